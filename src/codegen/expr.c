/* SPDX-License-Identifier: Apache-2.0 */
/* expr.c - expressions, kind by kind. */

#include "codegen/private.h"

#include "base/bug.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

/* -- values and types -- */

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

cgv cg_int(struct cg *cg, const struct expr *e)
{
	return cg_expr(cg, e).v;
}

cgv cg_truth(struct cg *cg, const struct expr *e)
{
	cgv v = cg_expr(cg, e).v;

	return e->type->kind == KIND_BOOL ? v : cg_compare(cg, CG_NE, v, cg_u64(cg, 0));
}

void cg_expr_into(struct cg *cg, const struct expr *e, cgv addr, const struct type *type)
{
	struct dest dest = { addr, type };

	cg_store_value(cg, addr, cg_expr_to(cg, e, &dest), type);
}

struct value cg_expr(struct cg *cg, const struct expr *e)
{
	return cg_expr_to(cg, e, NULL);
}

/* -- literals and places -- */

static struct value string(struct cg *cg, const struct expr *e)
{
	/* cg_bytes wants the NUL among the bytes. */
	return cg_value(cg_bytes(cg, e->string.text, e->string.len + 1), e->type);
}

static struct value map_element(struct cg *cg, const struct expr *e)
{
	return cg_map_read(cg, e->map.map, cg_map_key(cg, e->map.map, e->map.key, e->map.keys));
}

/* A value of 'type' in traced memory at an address: scalars are read now; structs and arrays whole.
 */
static struct value read_at(struct cg *cg, cgv from, const struct type *type, enum addr_space as,
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
	struct value unit = read_at(cg, from, f->type, as, f->bit_size ? NULL : dest);

	return f->bit_size ? bitfield(cg, unit.v, f) : unit;
}

static struct value field(struct cg *cg, const struct expr *e, const struct dest *dest)
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

/* -- indexes -- */

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

static struct value index_of(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct type *base = e->index.base->type;
	uint32_t size = type_size(cg->u->types, e->type);
	struct value v;
	cgv at;

	if (base->kind == KIND_POINTER) {
		v = cg_expr(cg, e->index.base);
		at = cg_mul(cg, cg_int(cg, e->index.index), cg_u64(cg, size));
		return read_at(cg, cg_add(cg, v.v, at), e->type, base->as, dest);
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
			return read_at(cg, cg_add(cg, v.v, at), e->type, whole->type->as, dest);
		}
	}
	v = cg_expr(cg, e->index.base);
	at = checked_index(cg, e, base->kind == KIND_STRING ? base->size : base->count);
	at = size == 1 ? at : cg_mul(cg, at, cg_u64(cg, size));
	return cg_load_value(cg, cg_offset_by(cg, v.v, at), e->type);
}

/* -- operators -- */

static cgv magnitude(struct cg *cg, cgv v, cgv sign)
{
	return cg_sub(cg, cg_xor(cg, v, sign), sign);
}

/* BPF divides unsigned before v4 (Linux 6.6): signs are taken off and put back. */
static cgv signed_divide(struct cg *cg, cgv a, cgv b, bool modulo)
{
	cgv sign_a = cg_sar_by(cg, a, cg_u64(cg, 63)), sign_b = cg_sar_by(cg, b, cg_u64(cg, 63));
	cgv x = magnitude(cg, a, sign_a), y = magnitude(cg, b, sign_b);

	if (modulo)
		return magnitude(cg, cg_umod(cg, x, y), sign_a);
	return magnitude(cg, cg_udiv(cg, x, y), cg_xor(cg, sign_a, sign_b));
}

static cgv divide(struct cg *cg, cgv a, cgv b, bool is_signed, bool modulo, struct span span)
{
	struct cg_if zero;
	cgv result;

	if (LLVMIsAConstantInt(ref(b)) && !LLVMIsNull(ref(b)))
		return is_signed ? signed_divide(cg, a, b, modulo)
		       : modulo  ? cg_umod(cg, a, b)
		                 : cg_udiv(cg, a, b);
	zero = cg_if(cg, cg_compare(cg, CG_EQ, b, cg_u64(cg, 0)));
	cg_warn(cg,
	        "Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being "
	        "used as the "
	        "result.",
	        span);
	cg_else(cg, &zero);
	result = is_signed ? signed_divide(cg, a, b, modulo)
	         : modulo  ? cg_umod(cg, a, b)
	                   : cg_udiv(cg, a, b);
	return cg_endif_phi(cg, &zero, cg_u64(cg, 1), result);
}

static struct value pointer_arithmetic(struct cg *cg, enum binary_op op, struct value l,
                                       struct value r, const struct type *type)
{
	uint32_t size = type->elem ? type_size(cg->u->types, type->elem) : 1;
	cgv p = l.type->kind == KIND_POINTER ? l.v : r.v;
	cgv n = l.type->kind == KIND_POINTER ? r.v : l.v;

	n = cg_mul(cg, n, cg_u64(cg, size ? size : 1));
	return cg_value(op == BINARY_ADD ? cg_add(cg, p, n) : cg_sub(cg, p, n), type);
}

struct value cg_arithmetic(struct cg *cg, enum binary_op op, struct value l, struct value r,
                           const struct type *type, struct span span)
{
	bool is_signed = type->is_signed;
	cgv a = l.v, b = r.v, v = NULL;

	if (type->kind == KIND_POINTER)
		return pointer_arithmetic(cg, op, l, r, type);
	switch (op) {
	case BINARY_ADD: v = cg_add(cg, a, b); break;
	case BINARY_SUB: v = cg_sub(cg, a, b); break;
	case BINARY_MUL: v = cg_mul(cg, a, b); break;
	case BINARY_DIV: v = divide(cg, a, b, is_signed, false, span); break;
	case BINARY_MOD: v = divide(cg, a, b, is_signed, true, span); break;
	/* Shifts by 64 and more have no meaning in BPF either; the processor's is kept. */
	case BINARY_SHL: v = cg_shl_by(cg, a, cg_and(cg, b, cg_u64(cg, 63))); break;
	case BINARY_SHR:
		b = cg_and(cg, b, cg_u64(cg, 63));
		v = is_signed ? cg_sar_by(cg, a, b) : cg_shr_by(cg, a, b);
		break;
	case BINARY_AND: v = cg_and(cg, a, b); break;
	case BINARY_OR: v = cg_or(cg, a, b); break;
	case BINARY_XOR: v = cg_xor(cg, a, b); break;
	case BINARY_EQ:
	case BINARY_NE:
	case BINARY_LT:
	case BINARY_LE:
	case BINARY_GT:
	case BINARY_GE:
	case BINARY_LAND:
	case BINARY_LOR:
	case BINARY_NONE: BUG("no arithmetic: %s", binary_op_text(op));
	}
	return cg_value(v, type);
}

static enum cg_cmp comparison(enum binary_op op, bool is_signed)
{
	switch (op) {
	case BINARY_EQ: return CG_EQ;
	case BINARY_NE: return CG_NE;
	case BINARY_LT: return is_signed ? CG_SLT : CG_ULT;
	case BINARY_LE: return is_signed ? CG_SLE : CG_ULE;
	case BINARY_GT: return is_signed ? CG_SGT : CG_UGT;
	case BINARY_GE: return is_signed ? CG_SGE : CG_UGE;
	case BINARY_ADD:
	case BINARY_SUB:
	case BINARY_MUL:
	case BINARY_DIV:
	case BINARY_MOD:
	case BINARY_SHL:
	case BINARY_SHR:
	case BINARY_AND:
	case BINARY_OR:
	case BINARY_XOR:
	case BINARY_LAND:
	case BINARY_LOR:
	case BINARY_NONE: break;
	}
	BUG("no comparison: %s", binary_op_text(op));
}

static cgv equal(struct cg *cg, struct value l, struct value r, const struct type *common);

static cgv equal_members(struct cg *cg, struct value l, struct value r, const struct type *common)
{
	cgv same = cg_u64(cg, 1);

	for (size_t i = 0; i < common->fields; i++) {
		const struct type_field *f = &common->field[i];
		struct type_field x = l.type->field[i], y = r.type->field[i];

		if (common->kind == KIND_RECORD) {
			type_find_field(cg->u->types, l.type, f->name, &x);
			type_find_field(cg->u->types, r.type, f->name, &y);
		}
		same = cg_and(cg, same,
		              equal(cg, cg_load_value(cg, cg_offset(cg, l.v, x.offset), x.type),
		                    cg_load_value(cg, cg_offset(cg, r.v, y.offset), y.type),
		                    f->type));
	}
	return same;
}

static cgv equal(struct cg *cg, struct value l, struct value r, const struct type *common)
{
	if (common->kind == KIND_STRING)
		return cg_equal_strings(cg, l.v, l.type->size, r.v, r.type->size);
	if (common->kind == KIND_TUPLE || common->kind == KIND_RECORD)
		return equal_members(cg, l, r, common);
	if (type_is_scalar(common))
		return cg_compare(cg, CG_EQ, l.v, r.v);
	l = cg_convert(cg, l, common);
	r = cg_convert(cg, r, common);
	return cg_equal_bytes(cg, l.v, r.v, common->size);
}

struct value cg_compare_values(struct cg *cg, enum binary_op op, struct value l, struct value r,
                               const struct type *common)
{
	cgv same;

	if (type_is_scalar(common))
		return cg_value(cg_compare(cg, comparison(op, common->is_signed), l.v, r.v),
		                &type_bool);
	same = equal(cg, l, r, common);
	return cg_value(op == BINARY_EQ ? same : cg_xor(cg, same, cg_u64(cg, 1)), &type_bool);
}

static struct value logic(struct cg *cg, const struct expr *e)
{
	bool is_and = e->binary.op == BINARY_LAND;
	cgv left = cg_truth(cg, e->binary.left), right;
	struct cg_if i = cg_if(cg, is_and ? left : cg_xor(cg, left, cg_u64(cg, 1)));

	right = cg_truth(cg, e->binary.right);
	cg_else(cg, &i);
	return cg_value(cg_endif_phi(cg, &i, right, cg_u64(cg, is_and ? 0 : 1)), &type_bool);
}

static void note_effect(void *any, struct expr *e)
{
	*(bool *)any |= e->kind == EXPR_INCDEC || e->kind == EXPR_BLOCK || e->kind == EXPR_IF ||
	                e->kind == EXPR_C_CALL ||
	                (e->kind == EXPR_CALL && e->call.def->flags & LANG_NO_EVAL);
}

/* Whether the order in which arguments are computed can be seen. */
bool cg_has_effects(struct expr *const *arg, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		expr_visit(arg[i], note_effect, &any);
	return any;
}

static struct value binary(struct cg *cg, const struct expr *e)
{
	struct value l, r;
	cgv copy;

	if (e->binary.op == BINARY_LAND || e->binary.op == BINARY_LOR)
		return logic(cg, e);
	l = cg_expr(cg, e->binary.left);
	/* A variable in memory may be another's by the time that it is compared. */
	if (!type_is_scalar(l.type) && cg_has_effects(&e->binary.right, 1)) {
		copy = cg_temp(cg, type_size(cg->u->types, l.type));
		cg_copy(cg, copy, l.v, type_size(cg->u->types, l.type));
		l.v = copy;
	}
	r = cg_expr(cg, e->binary.right);
	cg_at(cg, e->span);
	if (e->type->kind == KIND_BOOL)
		return cg_compare_values(cg, e->binary.op, l, r, e->binary.common);
	return cg_arithmetic(cg, e->binary.op, l, r, e->type, e->span);
}

static cgv address_of(struct cg *cg, const struct expr *e)
{
	const struct expr *op = e->unary.operand;
	cgv addr;

	if (op->kind == EXPR_VAR)
		addr = cg_var_addr(cg, op->var.var);
	else
		addr = cg_map_lookup(cg, op->map.map, cg_map_key(cg, op->map.map, NULL, 0));
	return cg_address(cg, addr);
}

static struct value unary(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct expr *op = e->unary.operand;
	struct value v;

	switch (e->unary.op) {
	case UNARY_NEG: return cg_value(cg_sub(cg, cg_u64(cg, 0), cg_int(cg, op)), e->type);
	case UNARY_NOT: return cg_value(cg_xor(cg, cg_truth(cg, op), cg_u64(cg, 1)), e->type);
	case UNARY_COMPL:
		return cg_value(cg_xor(cg, cg_int(cg, op), cg_u64(cg, UINT64_MAX)), e->type);
	case UNARY_DEREF: v = cg_expr(cg, op); return read_at(cg, v.v, e->type, v.type->as, dest);
	case UNARY_ADDR: return cg_value(address_of(cg, e), e->type);
	}
	BUG("unary operator");
}

static struct value ternary(struct cg *cg, const struct expr *e)
{
	bool scalar = type_is_scalar(e->type), none = e->type->kind == KIND_NONE;
	cgv place = scalar || none ? NULL : cg_temp(cg, type_size(cg->u->types, e->type));
	struct value cond = cg_expr(cg, e->ternary.cond), yes = cond, no;
	cgv truth = cond.type->kind == KIND_BOOL ? cond.v
	                                         : cg_compare(cg, CG_NE, cond.v, cg_u64(cg, 0));
	struct cg_if i = cg_if(cg, truth);

	if (place && e->ternary.yes)
		cg_expr_into(cg, e->ternary.yes, place, e->type);
	else if (e->ternary.yes)
		yes = cg_expr(cg, e->ternary.yes);
	if (scalar)
		yes = cg_convert(cg, yes, e->type);
	cg_else(cg, &i);
	if (place)
		cg_expr_into(cg, e->ternary.no, place, e->type);
	else
		no = cg_expr(cg, e->ternary.no);
	if (scalar) {
		no = cg_convert(cg, no, e->type);
		return cg_value(cg_endif_phi(cg, &i, yes.v, no.v), e->type);
	}
	cg_endif(cg, &i);
	return cg_value(place, e->type);
}

static struct value cast(struct cg *cg, const struct expr *e, const struct dest *dest)
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

static struct value tuple(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct type *t = dest && dest->type->kind == e->type->kind &&
	                                       dest->type->fields == e->type->fields &&
	                                       e->kind == EXPR_TUPLE
	                               ? dest->type
	                               : e->type;
	cgv place = cg_place(cg, dest, t);

	/* Padding is part of a key: it must be zero. */
	cg_zero(cg, place, t->size);
	for (size_t i = 0; i < e->tuple.elems; i++)
		cg_expr_into(cg, e->tuple.elem[i], cg_offset(cg, place, t->field[i].offset),
		             t->field[i].type);
	return cg_value(place, t);
}

static struct value incdec(struct cg *cg, const struct expr *e)
{
	const struct expr *target = e->incdec.target;
	uint32_t step = e->type->kind == KIND_POINTER && e->type->elem
	                        ? type_size(cg->u->types, e->type->elem)
	                        : 1;
	cgv addr, old, now;

	if (target->kind == EXPR_MAP)
		return cg_map_step(cg, e);
	addr = cg_var_addr(cg, target->var.var);
	old = cg_var_load(cg, target->var.var).v;
	now = e->incdec.increment ? cg_add(cg, old, cg_u64(cg, step))
	                          : cg_sub(cg, old, cg_u64(cg, step));
	now = cg_fit(cg, now, e->type->size, e->type->is_signed);
	cg_store(cg, addr, now, e->type->size);
	return cg_value(e->incdec.prefix ? now : old, e->type);
}

static struct value expr_value(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	switch (e->kind) {
	case EXPR_INT: return cg_value(cg_u64(cg, e->integer.value), e->type);
	case EXPR_BOOL: return cg_value(cg_u64(cg, e->boolean.value), e->type);
	case EXPR_STRING: return string(cg, e);
	case EXPR_CALL: BUG_ON(!e->call.def->emit); return e->call.def->emit(cg, e, dest);
	case EXPR_FN_CALL: return cg_function_call(cg, e, dest);
	case EXPR_C_CALL: return cg_c_call(cg, e);
	case EXPR_VAR: return cg_var_load(cg, e->var.var);
	case EXPR_MAP: return map_element(cg, e);
	case EXPR_FIELD: return field(cg, e, dest);
	case EXPR_INDEX: return index_of(cg, e, dest);
	case EXPR_UNARY: return unary(cg, e, dest);
	case EXPR_BINARY: return binary(cg, e);
	case EXPR_TERNARY: return ternary(cg, e);
	case EXPR_CAST: return cast(cg, e, dest);
	case EXPR_TUPLE:
	case EXPR_RECORD: return tuple(cg, e, dest);
	case EXPR_INCDEC: return incdec(cg, e);
	case EXPR_BLOCK: return cg_block_value(cg, e->block, dest);
	case EXPR_IF: return cg_if_value(cg, e, dest);
	case EXPR_COMPTIME: return cg_expr_to(cg, e->unary.operand, dest);
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
	case EXPR_NAME:
	case EXPR_PARAM:
	case EXPR_PARAM_COUNT:
	case EXPR_BAD: break;
	}
	BUG("an expression of kind '%s' is left", expr_kind_name(e->kind));
}

struct value cg_expr_to(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	struct span outer = cg->at;
	struct value v;

	cg_at(cg, e->span);
	v = expr_value(cg, e, dest);
	/* What the outer expression does now is its own doing, and warned of at its place. */
	cg->at = outer;
	return v;
}
