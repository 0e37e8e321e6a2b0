/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ktypes.c - types of the kernel, from BTF, when something asks for them.
 *
 * A struct is a name until one of its members is used; then its members are read. A script that
 * touches no kernel type reads no BTF.
 */

#include "sema/ktypes.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/near.h"
#include "cdef/cdef.h"
#include "probes/btf.h"
#include "probes/probe.h"

#include <string.h>

static const struct type *int_from_btf(struct unit *u, const struct btf_type *t, enum addr_space as)
{
	uint32_t info = *(const uint32_t *)(t + 1);

	if (BTF_INT_ENCODING(info) & BTF_INT_BOOL && t->size == 1)
		return &type_bool;
	if (t->size > 8)
		return &type_none;
	return type_int_as(u->types, t->size, BTF_INT_ENCODING(info) & BTF_INT_SIGNED,
	                   t->size == 8 ? as : AS_NONE);
}

/* "char" is what text is made of; uint8_t is not. */
static bool is_char(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));
	const char *name;

	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_INT || t->size != 1)
		return false;
	name = btf_name(b, t->name_off);
	return !strcmp(name, "char") || !strcmp(name, "signed char");
}

static const struct type *array_from_btf(struct unit *u, const struct btf_file *b,
                                         const struct btf_type *t, enum addr_space as)
{
	const struct btf_array *a = (const struct btf_array *)(t + 1);
	const struct type *elem;

	if (is_char(b, a->type) && a->nelems)
		return type_string(u->types, a->nelems);
	elem = ktype_by_id(u, b, a->type, as);
	return elem->kind == KIND_NONE ? elem : type_array(u->types, elem, a->nelems);
}

static const struct type *named_from_btf(struct unit *u, const struct btf_file *b, uint32_t id,
                                         enum kind kind, const struct btf_type *t,
                                         enum addr_space as)
{
	const char *name = btf_name(b, t->name_off);
	struct type *n;

	/* What the script defines anew it means everywhere. */
	if (*name && cdef_tag_exists(u, kind, name, false))
		return type_with_as(u->types, ktype_find(u, kind, name), as);
	n = type_named(u->types, kind, name, b, id);
	if (!n->complete) {
		n->size = t->size;
		n->align = kind == KIND_ENUM ? t->size : 0;
		n->is_signed = kind == KIND_ENUM && BTF_INFO_KFLAG(t->info);
	}
	return kind == KIND_ENUM ? n : type_with_as(u->types, n, as);
}

/* A declaration without members: the definition may stand elsewhere in the same BTF. */
static const struct type *forward_from_btf(struct unit *u, const struct btf_file *b,
                                           const struct btf_type *t, enum addr_space as)
{
	enum kind kind = BTF_INFO_KFLAG(t->info) ? KIND_UNION : KIND_STRUCT;

	return type_with_as(u->types, type_named(u->types, kind, btf_name(b, t->name_off), NULL, 0),
	                    as);
}

static const struct type *pointer_from_btf(struct unit *u, const struct btf_file *b, uint32_t to,
                                           enum addr_space as)
{
	const char *tag = btf_tag(b, to);
	const struct type *elem;

	if (!strcmp(tag, "user"))
		as = AS_USER;
	elem = ktype_by_id(u, b, to, as);
	return type_pointer(u->types, elem->kind == KIND_NONE ? NULL : elem,
	                    strcmp(tag, "percpu") ? as : AS_PERCPU);
}

const struct type *ktype_by_id(struct unit *u, const void *btf, uint32_t id, enum addr_space as)
{
	const struct btf_file *b = btf;
	bool user = false;
	const struct btf_type *t;

	id = btf_strip_tags(b, id, &user);
	if (user)
		as = AS_USER;
	t = id ? btf_type(b, id) : NULL;
	if (!t)
		return &type_none;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT: return int_from_btf(u, t, as);
	case BTF_KIND_PTR: return pointer_from_btf(u, b, t->type, as);
	case BTF_KIND_ARRAY: return array_from_btf(u, b, t, as);
	case BTF_KIND_STRUCT: return named_from_btf(u, b, id, KIND_STRUCT, t, as);
	case BTF_KIND_UNION: return named_from_btf(u, b, id, KIND_UNION, t, as);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return named_from_btf(u, b, id, KIND_ENUM, t, as);
	case BTF_KIND_FWD: return forward_from_btf(u, b, t, as);
	default: return &type_none; /* functions, floats */
	}
}

static void complete_members(struct unit *u, struct type *t, const struct btf_file *b,
                             const struct btf_type *bt)
{
	const struct btf_member *m = (const struct btf_member *)(bt + 1);
	size_t n = BTF_INFO_VLEN(bt->info);
	struct type_field *f = arena_array(u->arena, struct type_field, n + 1);
	bool bits = BTF_INFO_KFLAG(bt->info);

	for (size_t i = 0; i < n; i++) {
		uint32_t at = bits ? BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset;

		f[i].name = intern(&u->names, btf_name(b, m[i].name_off));
		f[i].type = ktype_by_id(u, b, m[i].type, t->as);
		f[i].bit_size = bits ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;
		f[i].offset = at / 8;
		f[i].bit_offset = f[i].bit_size ? at % 8 : 0;
		if (f[i].bit_size)
			type_fix_bits(u->types, &f[i], bt->size);
	}
	t->field = f;
	t->fields = n;
}

static void complete_enumerators(struct unit *u, struct type *t, const struct btf_file *b,
                                 const struct btf_type *bt)
{
	size_t n = BTF_INFO_VLEN(bt->info);
	struct type_enumerator *e = arena_array(u->arena, struct type_enumerator, n + 1);

	for (size_t i = 0; i < n; i++) {
		if (BTF_INFO_KIND(bt->info) == BTF_KIND_ENUM) {
			const struct btf_enum *v = (const struct btf_enum *)(bt + 1) + i;

			e[i].name = intern(&u->names, btf_name(b, v->name_off));
			e[i].value = t->is_signed ? v->val : (int64_t)(uint32_t)v->val;
		} else {
			const struct btf_enum64 *v = (const struct btf_enum64 *)(bt + 1) + i;

			e[i].name = intern(&u->names, btf_name(b, v->name_off));
			e[i].value = (int64_t)((uint64_t)v->val_hi32 << 32 | v->val_lo32);
		}
	}
	t->enumerator = e;
	t->fields = n;
}

/* The definition of a type that was only named, in vmlinux, a loaded module or an imported object.
 */
struct search {
	struct unit *u;
	uint32_t kind;
	const char *name;
	const struct btf_file *found_in;
	uint32_t id;
};

static bool search_file(void *arg, const char *module, const struct btf_file *b)
{
	struct search *s = arg;

	s->id = btf_find(b, s->kind, s->name);
	s->found_in = b;
	return !s->id;
}

/* What the script imports in C comes last: objects describe types of the kernel as they need them.
 */
static void search_objects(struct search *s)
{
	for (size_t i = 0; i < s->u->c_objects.n && !s->id; i++)
		search_file(s, NULL, s->u->c_objects.v[i]->btf);
}

static bool find_definition(struct search *s)
{
	btf_each_file(s->u->probes->cache, NULL, search_file, s);
	search_objects(s);
	return s->id != 0;
}

static uint32_t btf_kind_of(enum kind kind)
{
	return kind == KIND_STRUCT  ? BTF_KIND_STRUCT
	       : kind == KIND_UNION ? BTF_KIND_UNION
	                            : BTF_KIND_ENUM;
}

static void complete(void *arg, struct type *t)
{
	struct unit *u = arg;
	struct search s = { u, btf_kind_of(t->kind), t->name, t->btf, t->btf_id };
	const struct btf_type *bt;

	t->complete = true;
	if (cdef_complete(u, t, false))
		return;
	if (!s.found_in && !find_definition(&s)) {
		cdef_complete(u, t, true);
		return;
	}
	bt = btf_type(s.found_in, s.id);
	if (!bt)
		return;
	t->size = bt->size;
	if (t->kind == KIND_ENUM) {
		t->align = bt->size;
		t->is_signed = BTF_INFO_KFLAG(bt->info);
		complete_enumerators(u, t, s.found_in, bt);
	} else {
		t->align = 0;
		complete_members(u, t, s.found_in, bt);
	}
}

void ktypes_init(struct unit *u)
{
	types_set_completer(u->types, complete, u);
}

/* One that C text defines: its size is asked for without its enumerators. */
static const struct type *named_enum(struct unit *u, const char *name)
{
	const struct type *t = type_named(u->types, KIND_ENUM, intern(&u->names, name), NULL, 0);
	size_t n;

	type_enumerators(u->types, t, &n);
	return t;
}

const struct type *ktype_find(struct unit *u, enum kind kind, const char *name)
{
	struct search s = { .u = u, .kind = btf_kind_of(kind), .name = name };

	/* A struct is looked up when a member of it is used. */
	if (kind == KIND_STRUCT || kind == KIND_UNION)
		return type_named(u->types, kind, intern(&u->names, name), NULL, 0);
	if (cdef_tag_exists(u, kind, name, false))
		return named_enum(u, name);
	if (!find_definition(&s)) {
		s.kind = BTF_KIND_ENUM64;
		if (!find_definition(&s))
			return cdef_tag_exists(u, kind, name, true) ? named_enum(u, name) : NULL;
	}
	return ktype_by_id(u, s.found_in, s.id, AS_NONE);
}

uint32_t ktype_btf_id(struct unit *u, const struct type *t)
{
	struct search s = { .u = u, .kind = btf_kind_of(t->kind), .name = t->name };

	if (t->kind != KIND_STRUCT && t->kind != KIND_UNION && t->kind != KIND_ENUM)
		return 0;
	return t->btf_id || !*t->name || !find_definition(&s) ? t->btf_id : s.id;
}

bool ktype_exists(struct unit *u, enum kind kind, const char *name)
{
	struct search s = { .u = u, .kind = btf_kind_of(kind), .name = name };

	return cdef_tag_exists(u, kind, name, false) || find_definition(&s) ||
	       cdef_tag_exists(u, kind, name, true);
}

static bool offer_type(void *arg, uint32_t id, const char *name)
{
	near_offer(arg, name);
	return true;
}

void ktype_suggest(struct unit *u, enum kind kind, struct near *near)
{
	const struct btf_file *b = diags_muted(u->diags) ? NULL : btf_vmlinux(u->probes->cache);

	cdef_suggest_tag(u, kind, near);
	if (!b || near->best)
		return;
	/* Among thousands something is always near: only a small mistake counts. */
	near->distance = (near->distance + 1) / 2;
	btf_each(b, btf_kind_of(kind), offer_type, near);
}

const struct type *ktype_typedef_only(struct unit *u, const char *name)
{
	struct search s = { .u = u, .kind = BTF_KIND_TYPEDEF, .name = name };
	const struct type *t = cdef_typedef(u, name, false);

	if (!t && find_definition(&s))
		t = ktype_by_id(u, s.found_in, s.id, AS_NONE);
	return t ? t : cdef_typedef(u, name, true);
}

const struct type *ktype_typedef(struct unit *u, const char *name, enum addr_space as)
{
	static const enum kind kinds[] = { KIND_STRUCT, KIND_UNION, KIND_ENUM };
	const struct type *t = ktype_typedef_only(u, name);

	if (t)
		return type_with_as(u->types, t, as);
	/* A struct may be named without 'struct'. */
	for (size_t i = 0; i < countof(kinds); i++)
		if (ktype_exists(u, kinds[i], name))
			return type_with_as(u->types, ktype_find(u, kinds[i], name), as);
	return NULL;
}

struct enumerator_search {
	struct unit *u;
	const struct btf_file *b;
	const char *name;
	const struct type *type;
	int64_t value;
};

static bool search_enum(void *arg, uint32_t id, const char *name)
{
	struct enumerator_search *s = arg;
	const struct btf_type *t = btf_type(s->b, id);
	bool wide = BTF_INFO_KIND(t->info) == BTF_KIND_ENUM64;

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const struct btf_enum *e = (const struct btf_enum *)(t + 1) + i;
		const struct btf_enum64 *e64 = (const struct btf_enum64 *)(t + 1) + i;

		if (strcmp(btf_name(s->b, wide ? e64->name_off : e->name_off), s->name))
			continue;
		s->type = ktype_by_id(s->u, s->b, id, AS_NONE);
		s->value = wide ? (int64_t)((uint64_t)e64->val_hi32 << 32 | e64->val_lo32)
		           : BTF_INFO_KFLAG(t->info) ? e->val
		                                     : (int64_t)(uint32_t)e->val;
		return false;
	}
	return true;
}

static bool search_enums(void *arg, const char *module, const struct btf_file *b)
{
	struct enumerator_search *s = arg;

	s->b = b;
	btf_each(b, BTF_KIND_ENUM, search_enum, s);
	if (!s->type)
		btf_each(b, BTF_KIND_ENUM64, search_enum, s);
	return !s->type;
}

static const struct type *search_btf_enums(struct unit *u, const char *name, int64_t *value)
{
	struct enumerator_search s = { .u = u, .name = name };

	btf_each_file(u->probes->cache, NULL, search_enums, &s);
	for (size_t i = 0; i < u->c_objects.n && !s.type; i++)
		search_enums(&s, NULL, u->c_objects.v[i]->btf);
	*value = s.value;
	return s.type;
}

const struct type *ktype_enumerator(struct unit *u, const char *name, int64_t *value)
{
	const struct type *t = cdef_enumerator(u, name, value, false);

	if (!t)
		t = search_btf_enums(u, name, value);
	return t ? t : cdef_enumerator(u, name, value, true);
}
