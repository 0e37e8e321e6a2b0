/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - what lies inside of a value or behind a pointer: members, elements, *p. */

#include "codegen/private.h"

#include <string.h>

struct value cg_read_at(struct cg *cg, cgv from, const struct type *type, enum addr_space as,
                        const struct dest *dest)
{
	uint32_t size = type_size(cg->u->types, type);
	cgv place;

	if (!size)
		return cg_value(cg_temp(cg, 8), type);
	place = cg_place(cg, dest, type);
	cg_read(cg, place, size, from, as);
	/* Text of the kernel's char arrays may fill its place: it is not cut. */
	return cg_load_value(cg, place, type);
}

static struct value bitfield(struct cg *cg, cgv unit, const struct type_field *f)
{
	unsigned int up = 64 - f->bit_offset - f->bit_size, down = 64 - f->bit_size;
	cgv v = cg_shl(cg, unit, up);

	v = f->type->is_signed ? cg_sar_by(cg, v, cg_u64(cg, down)) : cg_shr(cg, v, down);
	return cg_value(v, f->type);
}

/* p->a.b: the offsets along the way add up, and one read fetches the member. */
static const struct expr *member_base(const struct expr *e, uint32_t *offset)
{
	const struct expr *base = e->field.base;

	*offset = e->field.found.offset;
	while (base->kind == EXPR_FIELD && base->field.name &&
	       (base->type->kind == KIND_STRUCT || base->type->kind == KIND_UNION) &&
	       (base->field.base->type->kind == KIND_STRUCT ||
	        base->field.base->type->kind == KIND_UNION ||
	        base->field.base->type->kind == KIND_POINTER)) {
		*offset += base->field.found.offset;
		base = base->field.base;
	}
	return base;
}

static bool is_args(struct cg *cg, const struct expr *e)
{
	return e->kind == EXPR_CALL && !strcmp(e->call.def->name, "args") && cg->p->args_type &&
	       e->type == cg->p->args_type;
}

static struct value member_at(struct cg *cg, cgv from, const struct type_field *f,
                              enum addr_space as, const struct dest *dest)
{
	struct value unit = cg_read_at(cg, from, f->type, as, f->bit_size ? NULL : dest);

	return f->bit_size ? bitfield(cg, unit.v, f) : unit;
}

struct value cg_field(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct type_field *f = &e->field.found;
	const struct expr *base;
	struct value v;
	uint32_t offset;

	if (is_args(cg, e->field.base))
		return cg_args_field(cg, e);
	base = member_base(e, &offset);
	/* *p and p[0] are not read whole for one member. */
	if (base->kind == EXPR_UNARY && base->unary.op == UNARY_DEREF &&
	    base->unary.operand->type->kind == KIND_POINTER)
		base = base->unary.operand;
	v = cg_expr(cg, base);
	if (base->type->kind == KIND_POINTER)
		return member_at(cg, cg_add(cg, v.v, cg_u64(cg, offset)), f, base->type->as, dest);
	v = cg_load_value(cg, cg_offset(cg, v.v, offset), f->type);
	return f->bit_size ? bitfield(cg, v.v, f) : v;
}

static cgv checked_index(struct cg *cg, const struct expr *e, uint32_t count)
{
	cgv i = cg_opaque(cg, cg_int(cg, e->index.index));
	struct cg_if outside;

	if (e->index.index->literal)
		return cg_int(cg, e->index.index);
	outside = cg_if(cg, cg_compare(cg, CG_UGE, i, cg_u64(cg, count)));
	cg_warn(cg, "Array access out of bounds. This can lead to unexpected results.", e->span);
	cg_else(cg, &outside);
	return cg_endif_phi(cg, &outside, cg_u64(cg, 0), i);
}

struct value cg_index(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct type *base = e->index.base->type;
	uint32_t size = type_size(cg->u->types, e->type);
	struct value v;
	cgv at;

	if (base->kind == KIND_POINTER) {
		v = cg_expr(cg, e->index.base);
		at = cg_mul(cg, cg_int(cg, e->index.index), cg_u64(cg, size));
		return cg_read_at(cg, cg_add(cg, v.v, at), e->type, base->as, dest);
	}
	/* An array behind a pointer: its element is read, not the whole. */
	if (e->index.base->kind == EXPR_FIELD && base->kind == KIND_ARRAY &&
	    !is_args(cg, e->index.base->field.base)) {
		uint32_t offset;
		const struct expr *whole = member_base(e->index.base, &offset);

		if (whole->type->kind == KIND_POINTER) {
			v = cg_expr(cg, whole);
			at = base->count ? checked_index(cg, e, base->count)
			                 : cg_int(cg, e->index.index);
			at = cg_add(cg, cg_mul(cg, at, cg_u64(cg, size)), cg_u64(cg, offset));
			return cg_read_at(cg, cg_add(cg, v.v, at), e->type, whole->type->as, dest);
		}
	}
	v = cg_expr(cg, e->index.base);
	at = checked_index(cg, e, base->kind == KIND_STRING ? base->size : base->count);
	at = size == 1 ? at : cg_mul(cg, at, cg_u64(cg, size));
	return cg_load_value(cg, cg_offset_by(cg, v.v, at), e->type);
}
