/* SPDX-License-Identifier: Apache-2.0 */
/* cdef.c - what the script defines: tables, and answers from them and from headers. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/near.h"

#include <string.h>

/* -- tables -- */

static const char *tag_key(struct cdefs *c, enum kind kind, const char *name)
{
	return arena_printf(c->u->arena, "%u %s", kind, name);
}

struct c_tag *c_tag_get(struct cdefs *c, enum kind kind, const char *name)
{
	return map_get(&c->tags, tag_key(c, kind, name));
}

struct c_tag *c_tag_new(struct cdefs *c, enum kind kind, const char *name, struct span span)
{
	struct c_tag *known = *name ? c_tag_get(c, kind, name) : NULL, *tag;

	if (known && !span_is_none(known->span) && (known->defined || known->open)) {
		struct diag *d = diag_error(c->u->diags, span, "'%s' is defined twice", name);

		diag_note(d, known->span, "first defined here");
	}
	tag = arena_new(c->u->arena, struct c_tag);
	tag->kind = kind;
	tag->name = intern(&c->u->names, name);
	tag->span = span;
	if (*name) {
		map_put(&c->tags, tag_key(c, kind, name), tag);
	} else {
		vec_push_in(c->u->arena, &c->anonymous, tag);
		tag->number = (uint32_t)c->anonymous.n;
	}
	return tag;
}

void c_add_enumerator(struct cdefs *c, struct c_tag *tag, const char *name, int64_t value,
                      struct span span)
{
	struct c_enumerator *e = map_get(&c->enumerators, name);

	if (e && !span_is_none(e->span) && !span_is_none(span)) {
		struct diag *d = diag_error(c->u->diags, span, "'%s' is defined twice", name);

		diag_note(d, e->span, "first defined here");
	}
	vec_push_in(c->u->arena, &tag->enumerators, ((struct type_enumerator){ name, value }));
	if (e && !span_is_none(e->span))
		return;
	e = arena_new(c->u->arena, struct c_enumerator);
	*e = (struct c_enumerator){ tag, value, span };
	map_put(&c->enumerators, name, e);
}

void cdef_release(struct unit *u)
{
	struct cdefs *c = u->cdefs;

	if (!c)
		return;
	c_clang_close(c->clang);
	map_release(&c->macros);
	map_release(&c->header_macros);
	map_release(&c->tags);
	map_release(&c->typedefs);
	map_release(&c->enumerators);
	strbuf_release(&c->hash_lines);
	u->cdefs = NULL;
}

/* -- questions -- */

struct c_clang *c_headers(struct cdefs *c, bool late)
{
	bool wanted = false;

	vec_each (i, &c->includes)
		wanted |= c->includes.v[i].found && (late || !c->includes.v[i].kernel);
	if (!wanted)
		return NULL;
	if (!c->clang_tried) {
		c->clang_tried = true;
		c->clang = c_clang_open(c, &c->clang_why);
	}
	return c->clang;
}

static struct c_tag *tag_find(struct cdefs *c, enum kind kind, const char *name, bool late)
{
	struct c_tag *tag = c_tag_get(c, kind, name);
	struct c_clang *cl;

	if (tag)
		return tag;
	cl = c_headers(c, late);
	return cl && c_clang_tag(cl, kind, name) ? c_tag_get(c, kind, name) : NULL;
}

bool cdef_tag_exists(struct unit *u, enum kind kind, const char *name, bool late)
{
	const struct c_tag *tag = u->cdefs ? tag_find(u->cdefs, kind, name, late) : NULL;

	return tag && tag->defined;
}

bool cdef_tag_broken(struct unit *u, enum kind kind, const char *name)
{
	const struct c_tag *tag = u->cdefs ? tag_find(u->cdefs, kind, name, false) : NULL;

	return tag && tag->broken;
}

void cdef_suggest_tag(struct unit *u, enum kind kind, struct near *near)
{
	if (!u->cdefs)
		return;
	map_each (e, &u->cdefs->tags) {
		const struct c_tag *tag = e->value;

		if (tag->kind == kind && tag->defined)
			near_offer(near, tag->name);
	}
}

/* Pointers found in user memory point to user memory, unless the declaration says otherwise. */
static const struct type *in_space(struct types *ty, const struct type *t, enum addr_space as)
{
	if (t->kind == KIND_ARRAY)
		return type_array(ty, in_space(ty, t->elem, as), t->count);
	if (t->as != AS_NONE || (t->kind == KIND_INT && t->size < 8))
		return t;
	return type_with_as(ty, t, as);
}

bool cdef_complete(struct unit *u, struct type *t, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_tag *tag;
	struct type_field *f;

	if (!c || t->btf)
		return false;
	tag = t->btf_id  ? c->anonymous.v[t->btf_id - 1]
	      : *t->name ? tag_find(c, t->kind, t->name, late)
	                 : NULL;
	if (!tag || !tag->defined)
		return false;
	t->size = (uint32_t)tag->size;
	t->align = tag->align;
	t->is_signed = tag->is_signed;
	t->complete = true;
	t->enumerator = tag->enumerators.v;
	t->fields = tag->kind == KIND_ENUM ? tag->enumerators.n : tag->fields.n;
	if (tag->kind == KIND_ENUM)
		return true;
	f = arena_array(u->arena, struct type_field, tag->fields.n + 1);
	vec_each (i, &tag->fields) {
		f[i] = tag->fields.v[i];
		if (t->as != AS_NONE)
			f[i].type = in_space(u->types, f[i].type, t->as);
	}
	t->field = f;
	return true;
}

const struct type *cdef_typedef_own(struct unit *u, const char *name)
{
	const struct c_typedef *def = u->cdefs ? map_get(&u->cdefs->typedefs, name) : NULL;

	return def ? def->type.type : NULL;
}

const struct type *cdef_typedef(struct unit *u, const char *name, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_typedef *def = c ? map_get(&c->typedefs, name) : NULL;
	struct c_clang *cl = c && !def ? c_headers(c, late) : NULL;

	if (cl && c_clang_typedef(cl, name))
		def = map_get(&c->typedefs, name);
	return def ? def->type.type : NULL;
}

const struct type *cdef_enumerator(struct unit *u, const char *name, int64_t *value, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_enumerator *e = c ? map_get(&c->enumerators, name) : NULL;
	struct c_clang *cl = c && !e ? c_headers(c, late) : NULL;

	if (cl && c_clang_enumerator(cl, name))
		e = map_get(&c->enumerators, name);
	if (!e)
		return NULL;
	*value = e->value;
	return c_tag_type(c, e->tag).type;
}

bool cdef_names_value(struct unit *u, const char *name)
{
	return u->cdefs &&
	       (map_get(&u->cdefs->macros, name) || map_get(&u->cdefs->enumerators, name));
}

/* -- messages -- */

void cdef_explain(struct unit *u, struct diag *d)
{
	struct cdefs *c = u->cdefs;
	bool missing = false;

	if (!c)
		return;
	vec_each (i, &c->includes) {
		const struct c_include *inc = &c->includes.v[i];

		missing |= !inc->found;
		if (!inc->found && !inc->reported)
			diag_hint(d, "header %s is not installed, and BTF does not have it",
			          inc->text);
	}
	if (c->clang_why && (!c->clang || !missing))
		diag_hint(d, "reading the headers: %s", c->clang_why);
}
