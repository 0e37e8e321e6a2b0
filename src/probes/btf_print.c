/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf_print.c - definitions from BTF.
 *
 * A declaration is written from the inside: the name first, then what each step of the type puts
 * around it ("*f", "(*f)(int)", "(*f)(int)[4]"), and the last type in front.
 */

#include "probes/btf_print.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "probes/btf.h"

#include <string.h>

enum { DEEPEST = 24, INDENT = 4 };

struct printer {
	struct arena *a;
	const struct btf_file *b;
	int indent;
};

static const char *declaration(struct printer *p, uint32_t id, const char *name, int depth);
static const char *body(struct printer *p, const struct btf_type *t);

static const char *parameters(struct printer *p, const struct btf_type *t, int depth)
{
	const struct btf_param *param = (const struct btf_param *)(t + 1);
	struct strbuf sb = STRBUF_INIT;
	uint32_t n = BTF_INFO_VLEN(t->info);
	const char *text;

	for (uint32_t i = 0; i < n; i++) {
		strbuf_adds(&sb, i ? ", " : "");
		/* The last one without a type stands for any others. */
		strbuf_adds(&sb, param[i].type ? declaration(p, param[i].type,
		                                             btf_name(p->b, param[i].name_off), depth)
		                               : "...");
	}
	text = arena_strdup(p->a, n ? sb.buf : "void");
	strbuf_release(&sb);
	return text;
}

static const char *pointer(struct printer *p, const struct btf_type *t, const char *name)
{
	const struct btf_type *to = btf_type(p->b, t->type);
	uint32_t kind = to && t->type ? BTF_INFO_KIND(to->info) : BTF_KIND_UNKN;
	bool binds = kind == BTF_KIND_ARRAY || kind == BTF_KIND_FUNC_PROTO;

	return arena_printf(p->a, binds ? "(*%s)" : "*%s", name);
}

static const char *qualified(struct printer *p, const struct btf_type *t, const char *word,
                             const char *name, int depth)
{
	const struct btf_type *of = btf_type(p->b, t->type);

	if (t->type && of && BTF_INFO_KIND(of->info) == BTF_KIND_PTR)
		return declaration(p, t->type, arena_printf(p->a, "%s%s%s", word, *name ? " " : "", name),
		                   depth);
	return arena_printf(p->a, "%s %s", word, declaration(p, t->type, name, depth));
}

static const char *with_name(struct printer *p, const char *type, const char *name)
{
	return arena_printf(p->a, *name ? "%s %s" : "%s%s", type, name);
}

/* A struct by its name, or, when it has none, by what is in it. */
static const char *compound(struct printer *p, const struct btf_type *t, const char *word,
                            const char *name)
{
	const char *tag = btf_name(p->b, t->name_off);

	return with_name(p, *tag ? arena_printf(p->a, "%s %s", word, tag)
	                         : arena_printf(p->a, "%s %s", word, body(p, t)),
	                 name);
}

static const char *declaration(struct printer *p, uint32_t id, const char *name, int depth)
{
	const struct btf_type *t = id ? btf_type(p->b, id) : NULL;
	const struct btf_array *array;

	if (!t || depth > DEEPEST)
		return with_name(p, "void", name);
	depth++;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR: return declaration(p, t->type, pointer(p, t, name), depth);
	case BTF_KIND_CONST: return qualified(p, t, "const", name, depth);
	case BTF_KIND_VOLATILE: return qualified(p, t, "volatile", name, depth);
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: return declaration(p, t->type, name, depth);
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(t + 1);
		return declaration(p, array->type, arena_printf(p->a, "%s[%u]", name, array->nelems),
		                   depth);
	case BTF_KIND_FUNC_PROTO:
		return declaration(p, t->type,
		                   arena_printf(p->a, "%s(%s)", name, parameters(p, t, depth)), depth);
	case BTF_KIND_STRUCT: return compound(p, t, "struct", name);
	case BTF_KIND_UNION: return compound(p, t, "union", name);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return compound(p, t, "enum", name);
	case BTF_KIND_FWD:
		return with_name(p,
		                 arena_printf(p->a, "%s %s", BTF_INFO_KFLAG(t->info) ? "union" : "struct",
		                              btf_name(p->b, t->name_off)),
		                 name);
	default: return with_name(p, btf_name(p->b, t->name_off), name);
	}
}

static void add_members(struct printer *p, const struct btf_type *t, struct strbuf *sb)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		uint32_t bits = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;

		strbuf_pad(sb, ' ', (size_t)p->indent);
		strbuf_adds(sb, declaration(p, m[i].type, btf_name(p->b, m[i].name_off), 0));
		if (bits)
			strbuf_addf(sb, " : %u", bits);
		strbuf_adds(sb, ";\n");
	}
}

static void add_enumerators(struct printer *p, const struct btf_type *t, struct strbuf *sb)
{
	const struct btf_enum *e = (const struct btf_enum *)(t + 1);
	const struct btf_enum64 *e64 = (const struct btf_enum64 *)(t + 1);
	bool wide = BTF_INFO_KIND(t->info) == BTF_KIND_ENUM64;

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		long long value = wide ? (long long)((uint64_t)e64[i].val_hi32 << 32 | e64[i].val_lo32)
		                       : e[i].val;

		strbuf_pad(sb, ' ', (size_t)p->indent);
		strbuf_addf(sb, "%s = %lld,\n", btf_name(p->b, wide ? e64[i].name_off : e[i].name_off),
		            value);
	}
}

static const char *body(struct printer *p, const struct btf_type *t)
{
	uint32_t kind = BTF_INFO_KIND(t->info);
	struct strbuf sb = STRBUF_INIT;
	const char *text;

	strbuf_adds(&sb, "{\n");
	p->indent += INDENT;
	if (kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64)
		add_enumerators(p, t, &sb);
	else
		add_members(p, t, &sb);
	p->indent -= INDENT;
	strbuf_pad(&sb, ' ', (size_t)p->indent);
	strbuf_addc(&sb, '}');
	text = arena_strdup(p->a, sb.buf);
	strbuf_release(&sb);
	return text;
}

const char *btf_definition(struct arena *a, const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);
	uint32_t kind = t ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN;
	const char *word = kind == BTF_KIND_STRUCT ? "struct" : kind == BTF_KIND_UNION ? "union" : "enum";
	struct printer p = { .a = a, .b = b };

	return t ? arena_printf(a, "%s %s %s;", word, btf_name(b, t->name_off), body(&p, t)) : "";
}
