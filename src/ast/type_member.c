/* SPDX-License-Identifier: Apache-2.0 */
/* type_member.c - what types consist of: members, enumerators, sizes; kernel types are asked first.
 */

#include "ast/type.h"

#include <string.h>

const struct type_field *type_fields(struct types *ty, const struct type *t, size_t *n)
{
	type_complete(ty, t);
	*n = t->fields;
	return t->field;
}

const struct type_enumerator *type_enumerators(struct types *ty, const struct type *t, size_t *n)
{
	type_complete(ty, t);
	*n = t->fields;
	return t->enumerator;
}

uint32_t type_size(struct types *ty, const struct type *t)
{
	if (t->kind == KIND_STRUCT || t->kind == KIND_UNION)
		type_complete(ty, t);
	return t->size;
}

static bool unit_fits(const struct type_field *f, uint64_t at, uint32_t size, uint64_t bit,
                      uint32_t struct_size)
{
	return bit >= at * 8 && bit + f->bit_size <= (at + size) * 8 && at + size <= struct_size;
}

void type_fix_bits(struct types *ty, struct type_field *f, uint32_t struct_size)
{
	uint64_t bit = (uint64_t)f->offset * 8 + f->bit_offset, first = bit / 8;
	uint32_t own = f->type->size ? f->type->size : 8;

	/* The declared type first: $x = $p->bits shall have it. */
	for (uint32_t size = own, turn = 0; turn < 5; size = 1u << turn++) {
		uint64_t at = first / size * size;

		if (!unit_fits(f, at, size, bit, struct_size))
			at = struct_size >= size && first + size > struct_size ? struct_size - size
			                                                       : first;
		if (!unit_fits(f, at, size, bit, struct_size))
			continue;
		if (size != f->type->size)
			f->type = type_int(ty, size, f->type->is_signed);
		f->offset = (uint32_t)at;
		f->bit_offset = (uint32_t)(bit - at * 8);
		return;
	}
	/* Packed, and across more than eight bytes. */
	f->type = &type_none;
	f->bit_size = f->bit_offset = 0;
}

uint32_t type_align(struct types *ty, const struct type *t)
{
	const struct type_field *f;
	uint32_t align = 1;
	size_t n;

	if (t->kind == KIND_ARRAY)
		return type_align(ty, t->elem);
	if (t->kind != KIND_STRUCT && t->kind != KIND_UNION)
		return t->align ? t->align : 1;
	f = type_fields(ty, t, &n);
	if (t->align)
		return t->align;
	for (size_t i = 0; i < n; i++) {
		uint32_t one = type_align(ty, f[i].type);

		if (f[i].offset % one && !f[i].bit_size)
			return 1; /* packed */
		align = one > align ? one : align;
	}
	((struct type *)t)->align = t->size % align ? 1 : align;
	return t->align;
}

bool type_find_field(struct types *ty, const struct type *t, const char *name,
                     struct type_field *out)
{
	size_t n;
	const struct type_field *f = type_fields(ty, t, &n);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(f[i].name, name)) {
			*out = f[i];
			return true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (*f[i].name || (f[i].type->kind != KIND_STRUCT && f[i].type->kind != KIND_UNION))
			continue;
		if (type_find_field(ty, f[i].type, name, out)) {
			out->offset += f[i].offset;
			return true;
		}
	}
	return false;
}
