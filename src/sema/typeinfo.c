/* SPDX-License-Identifier: Apache-2.0 */
/* typeinfo.c - what typeinfo(x) says: a record of literals about a type. */

#include "base/arena.h"
#include "sema/ktypes.h"
#include "sema/types.h"

#include <string.h>

static const char *base_name(const struct type *t)
{
	switch (t->kind) {
	case KIND_NONE: return "none";
	case KIND_BOOL: return "bool";
	case KIND_INT: return "int";
	case KIND_ENUM: return "enum";
	case KIND_POINTER: return "pointer";
	case KIND_STRING: return "string";
	case KIND_BUFFER: return "buffer";
	case KIND_ARRAY: return "array";
	case KIND_STRUCT: return "struct";
	case KIND_UNION: return "union";
	case KIND_TUPLE: return "tuple";
	case KIND_RECORD: return "record";
	case KIND_KSTACK: return "kstack";
	case KIND_USTACK: return "ustack";
	case KIND_KSYM: return "ksym_t";
	case KIND_USYM: return "usym_t";
	case KIND_INET: return "inet";
	case KIND_MAC: return "mac_address";
	case KIND_TIMESTAMP: return "timestamp";
	case KIND_USERNAME: return "username_t";
	case KIND_CGROUP_PATH: return "cgroup_path_t";
	case KIND_COUNT: return "count_t";
	case KIND_SUM: return "sum_t";
	case KIND_MIN: return "min_t";
	case KIND_MAX: return "max_t";
	case KIND_AVG: return "avg_t";
	case KIND_STATS: return "stats_t";
	case KIND_HIST: return "hist_t";
	case KIND_LHIST: return "lhist_t";
	case KIND_TSERIES: return "tseries_t";
	case KIND_COUNT_OF: break;
	}
	return "";
}

static struct expr *text(struct sema *s, struct span at, const char *text)
{
	struct expr *e = expr_new(s->u->arena, EXPR_STRING, at);

	e->literal = true;
	e->string.text = text;
	e->string.len = strlen(text);
	return e;
}

static struct expr *number(struct sema *s, struct span at, uint64_t n)
{
	struct expr *e = expr_new(s->u->arena, EXPR_INT, at);

	e->literal = true;
	e->type = type_int(s->ty, 8, false);
	e->integer.value = n;
	return e;
}

/* The record takes the place of the question once types will not change any more. */
const struct type *typeinfo_type(struct sema *s, struct expr *e, const struct type *t)
{
	static const char *const names[] = { "btf_id", "base_type", "full_type" };
	struct expr *record = expr_new(s->u->arena, EXPR_RECORD, e->span);
	const struct type *type;

	record->tuple.elems = 3;
	record->tuple.elem = arena_array(s->u->arena, struct expr *, 3);
	record->tuple.name = arena_array(s->u->arena, const char *, 3);
	for (size_t i = 0; i < 3; i++)
		record->tuple.name[i] = intern(&s->u->names, names[i]);
	record->tuple.elem[0] = number(s, e->span, ktype_btf_id(s->u, t));
	record->tuple.elem[1] = text(s, e->span, base_name(t));
	record->tuple.elem[2] = text(s, e->span, type_name(s->ty, t));
	type = sema_expr(s, record);
	if (s->final)
		*e = *record;
	return type;
}
