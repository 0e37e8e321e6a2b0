/* SPDX-License-Identifier: Apache-2.0 */
/* operator.c - arithmetic, comparisons, logic; ++ and --. */

#include "codegen/private.h"

#include "base/bug.h"

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
	                e->kind == EXPR_C_CALL || e->kind == EXPR_FN_CALL ||
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

struct value cg_binary(struct cg *cg, const struct expr *e)
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
	if (e->type->kind == KIND_BOOL && type_is_scalar(l.type)) {
		l.v = cg_unknown(cg, e->binary.left, l.v);
		r.v = cg_unknown(cg, e->binary.right, r.v);
	}
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

struct value cg_unary(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct expr *op = e->unary.operand;
	struct value v;

	switch (e->unary.op) {
	case UNARY_NEG: return cg_value(cg_sub(cg, cg_u64(cg, 0), cg_int(cg, op)), e->type);
	case UNARY_NOT:
		return cg_value(cg_xor(cg, cg_truth(cg, e->unary.operand), cg_u64(cg, 1)), e->type);
	case UNARY_COMPL:
		return cg_value(cg_xor(cg, cg_int(cg, op), cg_u64(cg, UINT64_MAX)), e->type);
	case UNARY_DEREF:
		v = cg_expr(cg, op);
		return cg_read_at(cg, v.v, e->type, v.type->as, dest);
	case UNARY_ADDR: return cg_value(address_of(cg, e), e->type);
	}
	BUG("unary operator");
}

struct value cg_incdec(struct cg *cg, const struct expr *e)
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
