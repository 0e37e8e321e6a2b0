/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - where the members of a struct lie, as the ABIs of x86-64 and arm64 have it.
 *
 * A member begins at the next multiple of its alignment. A bit field begins at the next bit, or, when
 * it would cross a boundary of its type there, at that boundary; width 0 moves to the boundary.
 * 'packed' makes alignments 1 and lets bit fields cross; 'aligned' raises alignments.
 */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

/* Larger things exist in no kernel, and sizes shall not overflow. */
#define SIZE_MOST ((uint64_t)1 << 31)

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return to ? (n + to - 1) / to * to : n;
}

/* -- types made of others -- */

struct c_type c_pointer_to(struct cdefs *c, struct c_type to, enum addr_space as)
{
	const struct type *elem = to.type->kind == KIND_NONE ? NULL : to.type;

	return (struct c_type){ type_pointer(c->u->types, elem, as), 8, 8, false, false };
}

struct c_type c_array_of(struct cdefs *c, struct c_type elem, uint64_t count)
{
	bool text = elem.type->kind == KIND_INT && elem.size == 1 && elem.type->is_signed;
	struct c_type t = { elem.type, elem.size * count, elem.align, false, false };

	if (elem.size && count > SIZE_MOST / elem.size)
		t.size = SIZE_MOST + 1;
	else if (text && count)
		t.type = type_string(c->u->types, (uint32_t)count);
	else if (elem.type->kind != KIND_NONE)
		t.type = type_array(c->u->types, elem.type, (uint32_t)count);
	return t;
}

struct c_type c_from_type(struct cdefs *c, const struct type *t)
{
	size_t n;

	if (t->kind == KIND_ENUM)
		type_enumerators(c->u->types, t, &n);
	return (struct c_type){ t, type_size(c->u->types, t), type_align(c->u->types, t),
		                t == &type_none, false };
}

struct c_type c_from_name(struct cdefs *c, enum kind kind, const char *name)
{
	return (struct c_type){ type_named(c->u->types, kind, name, NULL, 0), 0, 1, false, false };
}

struct c_type c_tag_type(struct cdefs *c, const struct c_tag *tag)
{
	struct type *t = type_named(c->u->types, tag->kind, tag->name, NULL, tag->number);

	if (tag->kind == KIND_ENUM)
		t->is_signed = tag->is_signed;
	if (tag->kind == KIND_ENUM && tag->defined)
		t->size = t->align = tag->align;
	return (struct c_type){ t, tag->size, tag->align, false, false };
}

/* -- members -- */

void c_put(struct cdefs *c, struct c_tag *tag, const char *name, struct c_type t, uint64_t bit, uint32_t width)
{
	struct type_field f = { .name = name, .type = t.type, .offset = (uint32_t)(bit / 8) };

	if (width) {
		f.bit_offset = (uint32_t)(bit % 8);
		f.bit_size = width;
	}
	vec_push_in(c->u->arena, &tag->fields, f);
}

static uint32_t member_align(const struct c_layout *l, const struct c_type *t,
                             const struct c_attrs *attrs)
{
	uint32_t align = l->packed || attrs->packed ? 1 : t->align;

	return attrs->align > align ? attrs->align : align;
}

static void note_end(struct c_layout *l, uint64_t bit, uint32_t align)
{
	if (align > l->align)
		l->align = align;
	if ((bit + 7) / 8 > l->size)
		l->size = (bit + 7) / 8;
	if (l->size > SIZE_MOST)
		l->size = SIZE_MOST;
	l->bits = l->tag->kind == KIND_UNION ? 0 : bit;
}

void c_place(struct c_layout *l, const char *name, struct c_type t, const struct c_attrs *attrs)
{
	uint32_t align = member_align(l, &t, attrs);
	uint64_t bit = round_up(l->bits, align * 8ull);

	c_put(l->c, l->tag, name, t, bit, 0);
	note_end(l, bit + t.size * 8, align);
}

void c_place_bits(struct c_layout *l, const char *name, struct c_type t, uint32_t width,
                  const struct c_attrs *attrs)
{
	bool packed = l->packed || attrs->packed;
	uint64_t unit = t.size * 8, bit = l->bits;

	if (attrs->align)
		bit = round_up(bit, attrs->align * 8ull);
	else if (!width || (!packed && bit % unit + width > unit))
		bit = round_up(bit, unit);
	if (width && *name)
		c_put(l->c, l->tag, name, t, bit, width);
	/* Those without a name only make room. */
	note_end(l, bit + width, *name ? member_align(l, &t, attrs) : 1);
}

void c_fix_bits(struct cdefs *c, struct c_tag *tag)
{
	vec_each (i, &tag->fields)
		if (tag->fields.v[i].bit_size)
			type_fix_bits(c->u->types, &tag->fields.v[i], (uint32_t)tag->size);
}

void c_close(struct c_layout *l, uint32_t align)
{
	l->tag->align = l->align > align ? l->align : align;
	if (!l->tag->align)
		l->tag->align = 1;
	l->tag->size = round_up(l->size, l->tag->align);
	l->tag->defined = true;
	c_fix_bits(l->c, l->tag);
}
