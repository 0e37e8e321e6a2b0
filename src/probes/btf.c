/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf.c - looks types up in BTF without reading most of it.
 *
 * A name is sought in the names as text, which gives the offset by which types refer to it, since
 * names are stored once.
 */

#include "probes/btf_file.h"

#include <string.h>

static const struct btf_type *own_type(const struct btf_file *b, uint32_t i)
{
	return (const struct btf_type *)(b->types + b->at[i]);
}

const struct btf_type *btf_type(const struct btf_file *b, uint32_t id)
{
	while (b->base && id < b->first_id)
		b = b->base;
	return id >= b->first_id && id - b->first_id < b->count ? own_type(b, id - b->first_id)
	                                                        : NULL;
}

const char *btf_name(const struct btf_file *b, uint32_t name_off)
{
	while (b->base && name_off < b->first_name)
		b = b->base;
	return name_off - b->first_name < b->names_len ? b->names + (name_off - b->first_name) : "";
}

static uint32_t search_name(const struct btf_file *b, const char *name)
{
	size_t len = strlen(name) + 1; /* with its NUL */
	const char *at = b->names, *end = at + b->names_len;

	if (len == 1)
		return 0;
	while ((at = memmem(at, (size_t)(end - at), name, len))) {
		if (at > b->names && !at[-1])
			return b->first_name + (uint32_t)(at - b->names);
		at++;
	}
	return 0;
}

/* The offset of a name; 0: it is not there. */
static uint32_t find_name(const struct btf_file *b, const char *name)
{
	uintptr_t known = (uintptr_t)map_get(&b->found->names, name);

	if (!known) {
		known = (uintptr_t)search_name(b, name) + 1;
		map_put(&b->found->names, name, (void *)known);
	}
	return (uint32_t)(known - 1);
}

static uint32_t search_type(const struct btf_file *b, uint32_t kind, uint32_t name)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = own_type(b, i);

		if (t->name_off == name && BTF_INFO_KIND(t->info) == kind)
			return b->first_id + i;
	}
	return 0;
}

static uint32_t find_type(const struct btf_file *b, uint32_t kind, uint32_t name)
{
	const uint32_t key[2] = { kind, name };
	uintptr_t known = (uintptr_t)map_get_bytes(&b->found->types, key, sizeof(key));

	if (!known) {
		known = (uintptr_t)search_type(b, kind, name) + 1;
		map_put_bytes(&b->found->types, key, sizeof(key), (void *)known);
	}
	return (uint32_t)(known - 1);
}

uint32_t btf_find(const struct btf_file *b, uint32_t kind, const char *name)
{
	/* A module's type may bear a name that the kernel's types use as well. */
	for (const struct btf_file *text = b; text; text = text->base) {
		uint32_t off = find_name(text, name);

		for (const struct btf_file *f = b; off && f; f = f->base) {
			uint32_t id = find_type(f, kind, off);

			if (id)
				return id;
		}
	}
	return 0;
}

void btf_each(const struct btf_file *b, uint32_t kind,
              bool (*fn)(void *arg, uint32_t id, const char *name), void *arg)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = own_type(b, i);

		if (BTF_INFO_KIND(t->info) == kind &&
		    !fn(arg, b->first_id + i, btf_name(b, t->name_off)))
			return;
	}
}

/* Chains in damaged BTF may run in a circle; real ones are short. */
enum { LONGEST_CHAIN = 64 };

/* *tag: the last one on the way; untouched when there is none. */
static uint32_t strip(const struct btf_file *b, uint32_t id, const char **tag)
{
	for (int i = 0; i < LONGEST_CHAIN; i++) {
		const struct btf_type *t = btf_type(b, id);

		if (!t)
			return id;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPE_TAG: *tag = btf_name(b, t->name_off); break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT: break;
		default: return id;
		}
		id = t->type;
	}
	return 0;
}

const char *btf_tag(const struct btf_file *b, uint32_t id)
{
	const char *tag = "";

	strip(b, id, &tag);
	return tag;
}

uint32_t btf_strip_tags(const struct btf_file *b, uint32_t id, bool *user)
{
	const char *tag = "";

	id = strip(b, id, &tag);
	if (!strcmp(tag, "user"))
		*user = true;
	return id;
}

uint32_t btf_strip(const struct btf_file *b, uint32_t id)
{
	bool user;

	return btf_strip_tags(b, id, &user);
}

static uint64_t size_of(const struct btf_file *b, uint32_t id, int depth)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));
	const struct btf_array *a;

	if (!t || depth > LONGEST_CHAIN)
		return 0;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR: return sizeof(void *);
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT: return t->size;
	case BTF_KIND_ARRAY:
		a = (const struct btf_array *)(t + 1);
		return a->nelems * size_of(b, a->type, depth + 1);
	default: return 0;
	}
}

uint64_t btf_size(const struct btf_file *b, uint32_t id)
{
	return size_of(b, id, 0);
}
