/* SPDX-License-Identifier: Apache-2.0 */
/* type_name.c - types as the user writes them. */

#include "ast/type.h"

#include "base/arena.h"
#include "base/strbuf.h"

static void add_name(struct types *ty, const struct type *t, struct strbuf *sb);

static void add_members(struct types *ty, const struct type *t, struct strbuf *sb)
{
	bool record = t->kind == KIND_RECORD;

	strbuf_adds(sb, record ? "record { " : "(");
	for (size_t i = 0; i < t->fields; i++) {
		if (i)
			strbuf_adds(sb, record ? ", " : ",");
		if (record)
			strbuf_addf(sb, ".%s = ", t->field[i].name);
		add_name(ty, t->field[i].type, sb);
	}
	strbuf_adds(sb, record ? " }" : ")");
}

static void add_name(struct types *ty, const struct type *t, struct strbuf *sb)
{
	static const char *const modes[] = { "bpftrace", "perf", "raw", "build_id" };

	switch (t->kind) {
	case KIND_INT: strbuf_addf(sb, "%sint%u", t->is_signed ? "" : "u", t->size * 8); break;
	case KIND_ENUM:
	case KIND_STRUCT:
	case KIND_UNION:
		strbuf_addf(sb, "%s %s", kind_name(t->kind), *t->name ? t->name : "(anonymous)");
		break;
	case KIND_POINTER:
		if (t->elem)
			add_name(ty, t->elem, sb);
		else
			strbuf_adds(sb, "void");
		strbuf_adds(sb, " *");
		break;
	case KIND_STRING: strbuf_addf(sb, "string[%u]", t->size); break;
	case KIND_BUFFER: strbuf_addf(sb, "buffer[%u]", t->size - 4); break;
	case KIND_ARRAY:
		add_name(ty, t->elem, sb);
		strbuf_addf(sb, "[%u]", t->count);
		break;
	case KIND_TUPLE:
	case KIND_RECORD: add_members(ty, t, sb); break;
	case KIND_KSTACK:
	case KIND_USTACK:
		strbuf_addf(sb, "%s_%s_%u", kind_name(t->kind), modes[t->mode & 3], t->count);
		break;
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX:
	case KIND_AVG:
	case KIND_STATS:
		strbuf_addf(sb, "%s%s", t->is_signed ? "" : "u", kind_name(t->kind));
		break;
	case KIND_NONE:
	case KIND_BOOL:
	case KIND_KSYM:
	case KIND_USYM:
	case KIND_INET:
	case KIND_MAC:
	case KIND_TIMESTAMP:
	case KIND_USERNAME:
	case KIND_CGROUP_PATH:
	case KIND_COUNT:
	case KIND_HIST:
	case KIND_LHIST:
	case KIND_LLHIST:
	case KIND_PERCENTILES:
	case KIND_TSERIES:
	case KIND_COUNT_OF: strbuf_adds(sb, kind_name(t->kind)); break;
	}
}

const char *type_name(struct types *ty, const struct type *t)
{
	struct strbuf sb = STRBUF_INIT;
	const char *name;

	if (t == &type_unknown)
		return "unknown";
	add_name(ty, t, &sb);
	name = arena_memdup(types_arena(ty), sb.buf, sb.len);
	strbuf_release(&sb);
	return name;
}
