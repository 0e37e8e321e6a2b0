/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expr.c - expressions: literals, tuples, branches, and which file compiles what; operators,
 * members and elements, conversions have their own.
 */

#include "codegen/private.h"

#include "base/bug.h"

cgv cg_int(struct cg *cg, const struct expr *e)
{
	return cg_expr(cg, e).v;
}

cgv cg_truth(struct cg *cg, struct expr *e)
{
	cgv v = cg_unknown(cg, e, cg_expr(cg, e).v);

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

static struct value string(struct cg *cg, const struct expr *e)
{
	/* cg_bytes wants the NUL among the bytes. */
	return cg_value(cg_bytes(cg, e->string.text, e->string.len + 1), e->type);
}

static struct value map_element(struct cg *cg, const struct expr *e)
{
	return cg_map_read(cg, e->map.map, cg_map_key(cg, e->map.map, e->map.key, e->map.keys));
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
	case EXPR_FIELD: return cg_field(cg, e, dest);
	case EXPR_INDEX: return cg_index(cg, e, dest);
	case EXPR_UNARY: return cg_unary(cg, e, dest);
	case EXPR_BINARY: return cg_binary(cg, e);
	case EXPR_TERNARY: return ternary(cg, e);
	case EXPR_CAST: return cg_cast(cg, e, dest);
	case EXPR_TUPLE:
	case EXPR_RECORD: return tuple(cg, e, dest);
	case EXPR_INCDEC: return cg_incdec(cg, e);
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
