/* SPDX-License-Identifier: Apache-2.0 */
/* introspect.c - what a script asks about types: sizeof, offsetof, typeinfo. */

#include "base/arena.h"
#include "sema/ktypes.h"
#include "sema/types.h"

#include <string.h>

const struct type *type_asked(struct sema *s, const char *word, struct expr *e)
{
	const char *outer = s->asked;
	const struct type *t;

	s->asked = word;
	t = type_or_value(s, e);
	s->asked = outer;
	return t;
}

static const struct type *typed_of(struct sema *s, const char *word, struct expr *e)
{
	return e->typed.spec ? spec_type(s, e->typed.spec) : type_asked(s, word, e->typed.operand);
}

static void become_u64(struct sema *s, struct expr *e, uint64_t n)
{
	expr_become_int(e, n, false, type_int(s->ty, 8, false));
}

const struct type *sema_sizeof(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, "sizeof", e);

	e->typed.of = t;
	if (!type_is_known(t))
		return t == &type_error ? t : type_int(s->ty, 8, false);
	if (s->final)
		become_u64(s, e, type_size(s->ty, t));
	return type_int(s->ty, 8, false);
}

/* One step of offsetof(): the type there, its distance added to *offset. */
static const struct type *step_into(struct sema *s, const struct expr *e, const struct type *t,
                                    const struct member_step *step, uint64_t *offset)
{
	struct type_field f;
	struct diag *d;

	if (!step->name && (t->kind == KIND_ARRAY || t->kind == KIND_STRING)) {
		const struct type *elem =
			t->kind == KIND_ARRAY ? t->elem : type_int(s->ty, 1, true);
		uint32_t count = t->kind == KIND_ARRAY ? t->count : t->size;

		*offset += step->index * type_size(s->ty, elem);
		if (!count || step->index < count)
			return elem;
		diag_error(s->diags, e->span,
		           "The index %llu is out of bounds for array of size %u",
		           (unsigned long long)step->index, count);
		return &type_error;
	}
	if (!step->name) {
		diag_error(s->diags, e->span, "%s is no array", type_name(s->ty, t));
		return &type_error;
	}
	if ((t->kind == KIND_STRUCT || t->kind == KIND_UNION || t->kind == KIND_RECORD) &&
	    type_find_field(s->ty, t, step->name, &f)) {
		*offset += f.offset;
		return f.type;
	}
	d = no_such_field(s, e->span, t, step->name);
	if (t->kind == KIND_STRUCT || t->kind == KIND_UNION)
		suggest_field(s, d, t, step->name);
	return &type_error;
}

const struct type *sema_offsetof(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, "offsetof", e);
	uint64_t offset = 0;

	if (!type_is_known(t))
		return t == &type_error ? t : type_int(s->ty, 8, false);
	if (t->kind == KIND_POINTER && t->elem)
		t = t->elem;
	for (size_t i = 0; i < e->typed.members && t != &type_error; i++)
		t = step_into(s, e, t, &e->typed.member[i], &offset);
	if (t == &type_error)
		return t;
	if (s->final)
		become_u64(s, e, offset);
	return type_int(s->ty, 8, false);
}

/* -- typeinfo: a record of literals -- */

static const char *base_name(const struct type *t)
{
	switch (t->kind) {
	case KIND_NONE: return "none";
	case KIND_BOOL: return "bool";
	case KIND_INT:
	case KIND_ENUM: return "int";
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
	case KIND_LLHIST: return "llhist_t";
	case KIND_PERCENTILES: return "percentiles_t";
	case KIND_TSERIES: return "tseries_t";
	case KIND_COUNT_OF: break;
	}
	return "";
}

static struct expr *text(struct sema *s, struct span at, const char *text)
{
	struct expr *e = expr_new(s->u->arena, EXPR_STRING, at);

	expr_become_string(e, text, strlen(text));
	return e;
}

static struct expr *number(struct sema *s, struct span at, uint64_t n)
{
	struct expr *e = expr_new(s->u->arena, EXPR_INT, at);

	become_u64(s, e, n);
	return e;
}

/* The record takes the place of the question once types will not change any more. */
static const struct type *typeinfo_record(struct sema *s, struct expr *e, const struct type *t)
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

const struct type *sema_typeinfo(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, "typeinfo", e);

	return type_is_known(t) ? typeinfo_record(s, e, t) : t;
}
