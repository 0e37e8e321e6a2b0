/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf_define.c - a type of the kernel as its C definition, for 'sonde -lv "struct file"'.
 *
 * A declaration is written from its name outwards: pointers go in front, arrays and parameters
 * behind, and what is left in the end is the base type.
 */

#include "base/arena.h"
#include "base/strbuf.h"
#include "probes/btf.h"
#include "probes/btf_text.h"

#include <string.h>

enum { DEEPEST = 32 };

struct definer {
	struct arena *arena;
	const struct btf_file *b;
	struct strbuf sb;
	unsigned int indent, depth;
};

static void define_body(struct definer *d, const struct btf_type *t);

static void line(struct definer *d)
{
	for (unsigned int i = 0; i < d->indent; i++)
		strbuf_adds(&d->sb, "        ");
}

static uint32_t kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

static const char *parameters(struct definer *d, const struct btf_type *t)
{
	const struct btf_param *p = (const struct btf_param *)(t + 1);
	const char *text = "";

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++)
		text = arena_printf(d->arena, "%s%s%s", text, i ? ", " : "",
		                    p[i].type ? btf_type_text(d->arena, d->b, p[i].type) : "...");
	return *text ? text : "void";
}

static bool is_suffix(const struct btf_type *t)
{
	return t && (kind_of(t) == BTF_KIND_ARRAY || kind_of(t) == BTF_KIND_FUNC_PROTO);
}

/* Whether *id was one more step towards the base type, now part of *name. */
static bool step(struct definer *d, uint32_t *id, const char **name, const char **quals)
{
	const struct btf_type *t = *id ? btf_type(d->b, *id) : NULL;
	const struct btf_array *a;

	if (!t)
		return false;
	switch (kind_of(t)) {
	case BTF_KIND_PTR:
		*name = arena_printf(d->arena, "*%s%s%s", *quals, **quals && **name ? " " : "", *name);
		*quals = "";
		if (is_suffix(btf_type(d->b, t->type)))
			*name = arena_printf(d->arena, "(%s)", *name);
		*id = t->type;
		return true;
	case BTF_KIND_ARRAY:
		a = (const struct btf_array *)(t + 1);
		*name = arena_printf(d->arena, "%s[%u]", *name, a->nelems);
		*id = a->type;
		return true;
	case BTF_KIND_FUNC_PROTO:
		*name = arena_printf(d->arena, "%s(%s)", *name, parameters(d, t));
		*id = t->type;
		return true;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
		*quals = arena_printf(d->arena, "%s%s%s", *quals, **quals ? " " : "",
		                      kind_of(t) == BTF_KIND_CONST ? "const" : "volatile");
		*id = t->type;
		return true;
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: *id = t->type; return true;
	default: return false;
	}
}

static bool has_body(const struct btf_type *t)
{
	return t && (kind_of(t) == BTF_KIND_STRUCT || kind_of(t) == BTF_KIND_UNION ||
	             kind_of(t) == BTF_KIND_ENUM || kind_of(t) == BTF_KIND_ENUM64);
}

static void declare(struct definer *d, uint32_t id, const char *name)
{
	const struct btf_type *t;
	const char *quals = "";

	for (int i = 0; i < DEEPEST && step(d, &id, &name, &quals); i++)
		;
	t = id ? btf_type(d->b, id) : NULL;
	if (*quals)
		strbuf_addf(&d->sb, "%s ", quals);
	if (has_body(t) && !*btf_name(d->b, t->name_off) && d->depth < DEEPEST)
		define_body(d, t);
	else
		strbuf_adds(&d->sb, btf_type_text(d->arena, d->b, id));
	if (*name)
		strbuf_addf(&d->sb, " %s", name);
}

static void members(struct definer *d, const struct btf_type *t)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		uint32_t bits = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;

		line(d);
		declare(d, m[i].type, btf_name(d->b, m[i].name_off));
		if (bits)
			strbuf_addf(&d->sb, " : %u", bits);
		strbuf_adds(&d->sb, ";\n");
	}
}

static void enumerators(struct definer *d, const struct btf_type *t)
{
	bool is_signed = BTF_INFO_KFLAG(t->info);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const struct btf_enum *e = (const struct btf_enum *)(t + 1) + i;
		const struct btf_enum64 *w = (const struct btf_enum64 *)(t + 1) + i;
		bool wide = kind_of(t) == BTF_KIND_ENUM64;
		uint64_t v = wide        ? (uint64_t)w->val_hi32 << 32 | w->val_lo32
		             : is_signed ? (uint64_t)(int64_t)e->val
		                         : (uint32_t)e->val;

		line(d);
		strbuf_addf(&d->sb, is_signed ? "%s = %lld,\n" : "%s = %llu,\n",
		            btf_name(d->b, wide ? w->name_off : e->name_off), (unsigned long long)v);
	}
}

static void define_body(struct definer *d, const struct btf_type *t)
{
	bool is_enum = kind_of(t) == BTF_KIND_ENUM || kind_of(t) == BTF_KIND_ENUM64;
	const char *name = btf_name(d->b, t->name_off);

	strbuf_adds(&d->sb, is_enum                         ? "enum "
	                    : kind_of(t) == BTF_KIND_STRUCT ? "struct "
	                                                    : "union ");
	strbuf_addf(&d->sb, *name ? "%s {\n" : "%s{\n", name);
	d->indent++;
	d->depth++;
	if (is_enum)
		enumerators(d, t);
	else
		members(d, t);
	d->depth--;
	d->indent--;
	line(d);
	strbuf_addc(&d->sb, '}');
}

const char *btf_definition(struct arena *a, const struct btf_file *b, uint32_t id)
{
	struct definer d = { .arena = a, .b = b, .sb = STRBUF_INIT };
	const struct btf_type *t = btf_type(b, id);
	const char *text;

	if (has_body(t))
		define_body(&d, t);
	strbuf_addc(&d.sb, ';');
	text = arena_memdup(a, d.sb.buf, d.sb.len);
	strbuf_release(&d.sb);
	return text;
}
