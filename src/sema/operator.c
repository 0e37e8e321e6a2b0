/* SPDX-License-Identifier: Apache-2.0 */
/* operator.c - operators: what they can be used on, and what type that gives. */

#include "sema/types.h"

#include <ctype.h>
#include <string.h>

/* What a condition, and both sides of && and ||, can be. */
static bool is_truth(const struct type *t)
{
	return type_is_int(t) || t->kind == KIND_BOOL || t->kind == KIND_POINTER;
}

static void check_condition(struct sema *s, const struct expr *e, const struct type *t)
{
	struct diag *d;

	if (!type_is_known(t) || is_truth(t))
		return;
	d = diag_error(s->diags, e->span, "Invalid condition: %s", type_name(s->ty, t));
	if (type_is_castable(t))
		diag_hint(d, "compare it with a number");
	else if (t->kind == KIND_STRING)
		diag_hint(d, "compare it with \"\"");
	else
		diag_hint(d, "a condition is an integer, a bool or a pointer");
}

void sema_condition(struct sema *s, struct expr *e)
{
	check_condition(s, e, sema_expr(s, e));
}

static bool is_comparison(enum binary_op op)
{
	return op >= BINARY_EQ && op <= BINARY_GE;
}

static bool is_logic(enum binary_op op)
{
	return op == BINARY_LAND || op == BINARY_LOR;
}

const struct type *int_binary(struct sema *s, enum binary_op op, const struct type *l,
                              const struct type *r)
{
	bool l_signed = l->is_signed, r_signed = r->is_signed;

	/* A non-negative literal adopts the other side's sign. */
	if (l->flexible != r->flexible) {
		if (l->flexible)
			l_signed = r_signed;
		else
			r_signed = l_signed;
	}
	return type_int(s->ty, 8, l_signed || r_signed || (op == BINARY_SUB && !is_comparison(op)));
}

static const struct type *bool_as_int(struct sema *s, const struct type *t)
{
	return t->kind == KIND_BOOL ? type_int(s->ty, 1, false) : t;
}

/* Arrays compare when they look alike, and do nothing else. */
static void array_mismatch(struct sema *s, enum binary_op op, const struct type *l,
                           const struct type *r, struct span span)
{
	if (op != BINARY_EQ && op != BINARY_NE)
		diag_error(s->diags, span, "The %s operator cannot be used on arrays.",
		           binary_op_text(op));
	else if (l->count != r->count)
		diag_error(
			s->diags, span,
			"Only arrays of same size support comparison operators: these have %u and "
			"%u elements",
			l->count, r->count);
	else
		diag_error(
			s->diags, span,
			"Only arrays of same sized integer support comparison operators: these are "
			"%s and %s",
			type_name(s->ty, l), type_name(s->ty, r));
}

static bool is_text_later(const struct type *t)
{
	return t->kind == KIND_KSYM || t->kind == KIND_USYM || t->kind == KIND_INET ||
	       t->kind == KIND_MAC || t->kind == KIND_TIMESTAMP || t->kind == KIND_USERNAME ||
	       t->kind == KIND_CGROUP_PATH;
}

/* "5" */
static bool is_quoted_number(const struct expr *e)
{
	return e->kind == EXPR_STRING && isdigit((unsigned char)e->string.text[0]);
}

/* What text is compared with, which is none. */
static void hint_text(struct diag *d, const struct expr *text, const struct expr *other,
                      const struct type *t)
{
	if (type_is_int(t) && other->literal)
		diag_hint(d, "text is compared with text: \"...\"");
	else if (type_is_int(t) && is_quoted_number(text))
		diag_hint(d, "numbers stand without quotes");
	else if ((type_is_int(t) && t->size == 8) || t->kind == KIND_POINTER)
		diag_hint(d, "str() reads the text at an address");
}

static void mismatch(struct sema *s, const struct expr *e, enum binary_op op, const struct type *l,
                     const struct type *r, struct span span)
{
	struct diag *d;

	if ((l->kind == KIND_ARRAY && r->kind == KIND_ARRAY) ||
	    (!is_comparison(op) && (l->kind == KIND_ARRAY || r->kind == KIND_ARRAY))) {
		array_mismatch(s, op, l, r, span);
		return;
	}
	if (is_comparison(op) && l != r)
		d = diag_error(s->diags, span, "Type mismatch for '%s': comparing %s with %s",
		               binary_op_text(op), type_name(s->ty, l), type_name(s->ty, r));
	else
		d = diag_error(s->diags, span,
		               "The %s operator can not be used on expressions of types %s, %s",
		               binary_op_text(op), type_name(s->ty, l), type_name(s->ty, r));
	if (e) {
		diag_note(d, e->binary.left->span, "left (%s)", type_name(s->ty, l));
		diag_note(d, e->binary.right->span, "right (%s)", type_name(s->ty, r));
	}
	if (is_text_later(l) != is_text_later(r))
		diag_hint(d, "%s becomes text when it is printed, not before",
		          type_name(s->ty, is_text_later(l) ? l : r));
	else if (e && is_comparison(op) && l->kind == KIND_STRING)
		hint_text(d, e->binary.left, e->binary.right, r);
	else if (e && is_comparison(op) && r->kind == KIND_STRING)
		hint_text(d, e->binary.right, e->binary.left, l);
}

static void distinct_pointers(struct sema *s, const struct type *l, const struct type *r,
                              struct span span)
{
	/* By name: the address space is no part of it. */
	if (strcmp(type_name(s->ty, l), type_name(s->ty, r)))
		diag_warning(s->diags, span, "Comparison of distinct pointer types: %s, %s",
		             type_name(s->ty, l), type_name(s->ty, r));
}

static const struct type *pointer_binary(struct sema *s, const struct expr *e, enum binary_op op,
                                         const struct type *l, const struct type *r,
                                         struct span span, const struct type **common)
{
	if (is_comparison(op) &&
	    (type_is_int(l) || l->kind == KIND_POINTER || l->kind == KIND_BOOL) &&
	    (type_is_int(r) || r->kind == KIND_POINTER || r->kind == KIND_BOOL)) {
		*common = type_int(s->ty, 8, false);
		if (s->final && l->kind == r->kind && l->elem && r->elem)
			distinct_pointers(s, l, r, span);
		return &type_bool;
	}
	if ((op == BINARY_ADD || op == BINARY_SUB) && l->kind == KIND_POINTER && type_is_int(r)) {
		*common = l;
		return l;
	}
	if (op == BINARY_ADD && type_is_int(l) && r->kind == KIND_POINTER) {
		*common = r;
		return r;
	}
	mismatch(s, e, op, l, r, span);
	return &type_error;
}

/* Whether values of this kind can be told equal or not. */
static bool comparable(const struct type *t)
{
	return t->kind == KIND_STRING || t->kind == KIND_BUFFER || t->kind == KIND_ARRAY ||
	       t->kind == KIND_TUPLE || t->kind == KIND_RECORD || t->kind == KIND_INET ||
	       t->kind == KIND_MAC || t->kind == KIND_KSYM || t->kind == KIND_USYM ||
	       t->kind == KIND_USERNAME || t->kind == KIND_KSTACK || t->kind == KIND_USTACK;
}

static const struct type *equality(struct sema *s, const struct expr *e, enum binary_op op,
                                   const struct type *l, const struct type *r, struct span span,
                                   const struct type **common)
{
	const struct type *both = (op == BINARY_EQ || op == BINARY_NE) && comparable(l)
	                                  ? type_promote(s->ty, l, r)
	                                  : NULL;

	if (!both || (l->kind == KIND_ARRAY && type_size(s->ty, l) != type_size(s->ty, r))) {
		mismatch(s, e, op, l, r, span);
		return &type_error;
	}
	*common = both;
	return &type_bool;
}

static bool has_origin(const struct type *t)
{
	return t->as || (t->kind == KIND_INT && t->mode);
}

const struct type *binary_type(struct sema *s, struct expr *e, enum binary_op op,
                               const struct type *l, const struct type *r, struct span span,
                               const struct type **common)
{
	*common = &type_error;
	if (l == &type_error || r == &type_error)
		return &type_error;
	if (is_logic(op)) {
		if (type_is_known(l) && !is_truth(l))
			mismatch(s, e, op, l, r, span);
		else if (type_is_known(r) && !is_truth(r))
			mismatch(s, e, op, l, r, span);
		return &type_bool;
	}
	if (s->from_zero && !is_comparison(op)) {
		l = type_is_known(l) ? l : r;
		r = type_is_known(r) ? r : l;
	}
	if (!type_is_known(l) || !type_is_known(r)) {
		/* Enough to go on with: comparisons give bool whatever the sides are. */
		return is_comparison(op) ? &type_bool : &type_unknown;
	}
	if (l->kind == KIND_POINTER || r->kind == KIND_POINTER)
		return pointer_binary(s, e, op, l, r, span, common);
	if (l->kind == KIND_BOOL && r->kind == KIND_BOOL && is_comparison(op)) {
		*common = &type_bool;
		return &type_bool;
	}
	l = bool_as_int(s, l);
	r = bool_as_int(s, r);
	if (type_is_int(l) && type_is_int(r)) {
		*common = int_binary(s, op, l, r);
		/* Arithmetic on an address stays in its address space, on a time with its clock. */
		if ((op == BINARY_ADD || op == BINARY_SUB) && has_origin(l) != has_origin(r))
			*common = type_with_origin(s->ty, *common, has_origin(l) ? l : r);
		return is_comparison(op) ? &type_bool : *common;
	}
	if (is_comparison(op))
		return equality(s, e, op, l, r, span, common);
	mismatch(s, e, op, l, r, span);
	return &type_error;
}

const struct type *sema_binary(struct sema *s, struct expr *e)
{
	const struct type *l = int_of(s, sema_expr(s, e->binary.left));
	const struct type *r = int_of(s, sema_expr(s, e->binary.right));

	return binary_type(s, e, e->binary.op, l, r, e->span, &e->binary.common);
}

static const struct type *address_of(struct sema *s, struct expr *e, const struct type *t)
{
	const struct expr *op = e->unary.operand;

	if (op->kind != EXPR_VAR && (op->kind != EXPR_MAP || op->map.keys)) {
		diag_error(s->diags, e->span,
		           "The address-of operator (&) can only be used on a map or variable");
		return &type_error;
	}
	return type_pointer(s->ty, t, AS_KERNEL);
}

const struct type *sema_unary(struct sema *s, struct expr *e)
{
	const struct type *t = int_of(s, sema_expr(s, e->unary.operand));

	if (!type_is_known(t))
		return e->unary.op == UNARY_NOT ? &type_bool : t;
	switch (e->unary.op) {
	case UNARY_DEREF: return sema_deref(s, e, t);
	case UNARY_ADDR: return address_of(s, e, t);
	case UNARY_NOT: check_condition(s, e->unary.operand, t); return &type_bool;
	case UNARY_NEG:
	case UNARY_COMPL:
		t = bool_as_int(s, t);
		if (type_is_int(t))
			return type_int(s->ty, 8, t->is_signed);
		break;
	}
	diag_error(s->diags, e->span, "The %s operator can not be used on expressions of type %s",
	           unary_op_text(e->unary.op), type_name(s->ty, t));
	return &type_error;
}

const struct type *sema_incdec(struct sema *s, struct expr *e)
{
	struct expr *target = e->incdec.target;
	const struct type *t = sema_expr(s, target), *wide;

	if (target->kind == EXPR_BAD)
		return &type_error;
	if (target->kind != EXPR_VAR && target->kind != EXPR_MAP) {
		diag_error(s->diags, e->span, "increment/decrement requires a variable or map");
		return &type_error;
	}
	if (t->kind == KIND_POINTER || t == &type_error)
		return t;
	if (type_is_known(t) && !type_is_int(t)) {
		diag_error(s->diags, e->span,
		           "The %s operator can not be used on expressions of type %s",
		           e->incdec.increment ? "++" : "--", type_name(s->ty, t));
		return &type_error;
	}
	/* A declared type counts in its own width. */
	if (target->kind == EXPR_VAR && target->var.var->fixed)
		return t;
	wide = type_int(s->ty, 8,
	                !e->incdec.increment || (type_is_known(t) && t->is_signed && !t->flexible));
	wide = type_is_known(t) ? type_with_origin(s->ty, wide, t) : wide;
	if (target->kind == EXPR_VAR)
		var_assign(s, target->var.var, wide, NULL, e->span);
	else
		map_assign(s, target->map.map, wide, NULL, e->span);
	return target->kind == EXPR_VAR ? target->var.var->type : target->map.map->value;
}
