/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - values in memory, and values of one type as another: stores, conversions, casts. */

#include "codegen/private.h"

struct value cg_load_value(struct cg *cg, cgv addr, const struct type *type)
{
	if (type_is_scalar(type))
		return cg_value(cg_load(cg, addr, type->size, type->is_signed), type);
	return cg_value(addr, type);
}

static bool is_number(const struct type *t)
{
	return t->kind == KIND_BOOL || type_is_int(t) || t->kind == KIND_POINTER ||
	       t->kind == KIND_KSYM || t->kind == KIND_USERNAME;
}

static void store_members(struct cg *cg, cgv addr, struct value v, const struct type *type)
{
	for (size_t i = 0; i < type->fields; i++) {
		const struct type_field *to = &type->field[i];
		struct type_field from = v.type->field[i];

		if (type->kind == KIND_RECORD)
			type_find_field(cg->u->types, v.type, to->name, &from);
		cg_store_value(cg, cg_offset(cg, addr, to->offset),
		               cg_load_value(cg, cg_offset(cg, v.v, from.offset), from.type),
		               to->type);
	}
}

/* Elements of an integer array, each widened. */
static void store_elements(struct cg *cg, cgv addr, struct value v, const struct type *type)
{
	for (uint32_t i = 0; i < type->count && i < v.type->count; i++)
		cg_store_value(
			cg, cg_offset(cg, addr, i * type->elem->size),
			cg_load_value(cg, cg_offset(cg, v.v, i * v.type->elem->size), v.type->elem),
			type->elem);
}

void cg_store_value(struct cg *cg, cgv addr, struct value v, const struct type *type)
{
	uint32_t size = type_size(cg->u->types, type);

	if (type_is_scalar(type)) {
		cg_store(cg, addr, cg_convert(cg, v, type).v, size);
	} else if (v.type->kind == type->kind &&
	           (type->kind == KIND_TUPLE || type->kind == KIND_RECORD) && v.type != type) {
		cg_zero(cg, addr, size);
		store_members(cg, addr, v, type);
	} else if (type->kind == KIND_ARRAY && v.type->kind == KIND_ARRAY &&
	           v.type->elem != type->elem) {
		store_elements(cg, addr, v, type);
	} else if (v.v != addr) {
		uint32_t from = type_size(cg->u->types, v.type);

		cg_copy(cg, addr, v.v, from < size ? from : size);
		if (from < size)
			cg_zero(cg, cg_offset(cg, addr, from), size - from);
	}
}

struct value cg_convert(struct cg *cg, struct value v, const struct type *type)
{
	cgv place;

	if (v.type == type)
		return v;
	if (type->kind == KIND_BOOL && is_number(v.type))
		return cg_value(cg_compare(cg, CG_NE, v.v, cg_u64(cg, 0)), type);
	if (type_is_scalar(type)) {
		if (!is_number(v.type) && !type_is_scalar(v.type))
			return cg_load_value(cg, v.v, type);
		return cg_value(cg_fit(cg, v.v, type->size, type->is_signed), type);
	}
	if (is_number(v.type)) {
		place = cg_temp(cg, type->size > 8 ? type->size : 8);
		cg_store(cg, place, v.v, 8);
		return cg_value(place, type);
	}
	if (type_size(cg->u->types, v.type) >= type_size(cg->u->types, type) &&
	    v.type->kind == type->kind && type->kind == KIND_STRING)
		return cg_value(v.v, type);
	place = cg_temp(cg, type_size(cg->u->types, type));
	cg_store_value(cg, place, v, type);
	return cg_value(place, type);
}

struct value cg_cast(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	struct value v = cg_expr(cg, e->cast.operand);
	const struct type *to = e->type;
	cgv place;

	if (v.type->kind == KIND_STRING && to->kind == KIND_BOOL)
		return cg_value(cg_compare(cg, CG_NE, cg_load(cg, v.v, 1, false), cg_u64(cg, 0)),
		                to);
	if (to->kind == KIND_ARRAY) {
		/* Bytes stay as they are; what is missing is zero. */
		place = cg_place(cg, dest, to);
		cg_zero(cg, place, to->size);
		if (is_number(v.type)) {
			cgv word = cg_temp(cg, 8);

			cg_store(cg, word, v.v, 8);
			cg_copy(cg, place, word, to->size < 8 ? to->size : 8);
		} else {
			uint32_t from = type_size(cg->u->types, v.type);

			cg_copy(cg, place, v.v, from < to->size ? from : to->size);
		}
		return cg_value(place, to);
	}
	if (v.type->kind == KIND_ARRAY && to->kind == KIND_STRING)
		return cg_convert(cg, cg_value(v.v, type_string(cg->u->types, v.type->size)), to);
	return cg_convert(cg, v, to);
}
