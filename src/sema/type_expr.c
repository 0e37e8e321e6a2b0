/* SPDX-License-Identifier: Apache-2.0 */
/* type_expr.c - the type of an expression, rule by rule. */

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/sig.h"
#include "sema/types.h"

#include <string.h>

const struct type *int_of(struct sema *s, const struct type *t)
{
	if (t->kind == KIND_COUNT)
		return type_int(s->ty, 8, false);
	if (type_is_known(t) && type_is_castable(t))
		return type_int(s->ty, 8, t->is_signed);
	return t;
}

/* Whether a value of type t can be a condition. */
static void check_condition(struct sema *s, const struct expr *e, const struct type *t)
{
	struct diag *d;

	if (!type_is_known(t) || type_is_int(t) || t->kind == KIND_BOOL || t->kind == KIND_POINTER)
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

/* -- operators -- */

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

static void mismatch(struct sema *s, const struct expr *e, enum binary_op op, const struct type *l,
                     const struct type *r, struct span span)
{
	struct diag *d;

	if ((l->kind == KIND_ARRAY && r->kind == KIND_ARRAY) ||
	    (!is_comparison(op) && (l->kind == KIND_ARRAY || r->kind == KIND_ARRAY))) {
		array_mismatch(s, op, l, r, span);
		return;
	}
	if (is_comparison(op))
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
	if (l->kind == KIND_STRING && type_is_int(r))
		diag_hint(d, "a number that was read as text? compare with \"...\"");
	else if (r->kind == KIND_STRING && type_is_int(l))
		diag_hint(d, "str() makes text of an address");
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

/* Conditions may be of any kind that a condition can have. */
static bool is_truth(const struct type *t)
{
	return type_is_int(t) || t->kind == KIND_BOOL || t->kind == KIND_POINTER;
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
		/* Arithmetic on an address stays in its address space. */
		if (!is_comparison(op) && l->as != r->as && (op == BINARY_ADD || op == BINARY_SUB))
			*common = type_with_as(s->ty, *common, l->as ? l->as : r->as);
		return is_comparison(op) ? &type_bool : *common;
	}
	if (is_comparison(op))
		return equality(s, e, op, l, r, span, common);
	mismatch(s, e, op, l, r, span);
	return &type_error;
}

static const struct type *binary(struct sema *s, struct expr *e)
{
	const struct type *l = int_of(s, sema_expr(s, e->binary.left));
	const struct type *r = int_of(s, sema_expr(s, e->binary.right));

	return binary_type(s, e, e->binary.op, l, r, e->span, &e->binary.common);
}

/* The kernel's __percpu pointers are offsets, not addresses. */
static bool is_readable(struct sema *s, const struct expr *e, const struct type *t)
{
	struct diag *d;

	if (t->as != AS_PERCPU)
		return true;
	d = diag_error(s->diags, e->span, "This pointer is marked percpu: it is no address");
	diag_hint(d, "per-CPU variables with a name: percpu_kaddr(\"name\", cpu)");
	return false;
}

/* What a pointer or an address points at: *p, or p[i]. */
static const struct type *deref(struct sema *s, struct expr *e, const struct type *t)
{
	if (!is_readable(s, e, t))
		return &type_error;
	if (t->kind == KIND_POINTER) {
		if (t->elem)
			return t->elem->kind == KIND_STRUCT || t->elem->kind == KIND_UNION
			               ? type_with_as(s->ty, t->elem, t->as)
			               : t->elem;
		diag_hint(diag_error(
				  s->diags, e->span,
				  "The %s cannot be used on a pointer to an unsized type (void *)",
				  e->kind == EXPR_INDEX ? "array index operator []" : "* operator"),
		          "cast it first: (uint64 *)...");
		return &type_error;
	}
	if (type_is_int(t))
		return type_int_as(s->ty, 8, false, t->as);
	diag_error(s->diags, e->span, "Can not dereference type '%s'. It is not a pointer.",
	           type_name(s->ty, t));
	return &type_error;
}

static const struct type *address_of(struct sema *s, struct expr *e, const struct type *t)
{
	if (e->unary.operand->kind != EXPR_VAR && e->unary.operand->kind != EXPR_MAP) {
		diag_error(s->diags, e->span,
		           "The address-of operator (&) can only be used on a map or variable");
		return &type_error;
	}
	return type_pointer(s->ty, t, AS_KERNEL);
}

static const struct type *unary(struct sema *s, struct expr *e)
{
	const struct type *t = int_of(s, sema_expr(s, e->unary.operand));

	if (!type_is_known(t))
		return e->unary.op == UNARY_NOT ? &type_bool : t;
	switch (e->unary.op) {
	case UNARY_DEREF: return deref(s, e, t);
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

static const struct type *incdec(struct sema *s, struct expr *e)
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
	wide = type_int(s->ty, 8,
	                !e->incdec.increment || (type_is_known(t) && t->is_signed && !t->flexible));
	if (target->kind == EXPR_VAR)
		var_assign(s, target->var.var, wide, NULL, e->span);
	else
		map_assign(s, target->map.map, wide, NULL, e->span);
	return target->kind == EXPR_VAR ? target->var.var->type : target->map.map->value;
}

/* -- members -- */

static void suggest_field(struct sema *s, struct diag *d, const struct type *t, const char *name)
{
	const struct type_field *f;
	struct near near;
	size_t n;

	f = type_fields(s->ty, t, &n);
	near_init(&near, name);
	for (size_t i = 0; i < n; i++)
		near_offer(&near, f[i].name);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	else if (!n)
		diag_hint(d, "its members are not known here: is there BTF for it?");
}

static struct diag *no_such_field(struct sema *s, struct span at, const struct type *t,
                                  const char *name)
{
	if (t->kind == KIND_RECORD)
		return diag_error(s->diags, at, "Record does not contain a field named '%s'", name);
	return diag_error(s->diags, at,
	                  "struct/union of type '%s' does not contain a field named '%s'",
	                  type_name(s->ty, t), name);
}

/* The first fields of each tracepoint are the kernel's own: programs of ours do not get them. */
static struct diag *no_such_argument(struct sema *s, const struct expr *e)
{
	if (!strncmp(e->field.name, "common_", 7))
		return diag_error(s->diags, e->field.name_span,
		                  "BPF does not support accessing common tracepoint fields");
	return diag_error(s->diags, e->field.name_span,
	                  "Can't find a field %s in the arguments of %s", e->field.name,
	                  s->program->targets.v[0].name);
}

static const struct type *tuple_member(struct sema *s, struct expr *e, const struct type *t)
{
	uint64_t i = e->field.number;

	if (t->kind != KIND_TUPLE) {
		struct diag *d = diag_error(
			s->diags, e->span, "Can not access index '%llu' on expression of type '%s'",
			(unsigned long long)i, type_name(s->ty, t));

		if (e->field.base->kind == EXPR_INT)
			diag_hint(d, "there are no floating point numbers");
		return &type_error;
	}
	if (i >= t->fields) {
		diag_error(s->diags, e->span,
		           "Invalid tuple index: %llu. Found %zu elements in tuple.",
		           (unsigned long long)i, t->fields);
		return &type_error;
	}
	e->field.found = t->field[i];
	return e->field.found.type;
}

static const struct type *field(struct sema *s, struct expr *e)
{
	const struct type *t = sema_expr(s, e->field.base);
	struct diag *d;

	if (!type_is_known(t))
		return t;
	if (!e->field.name)
		return tuple_member(s, e, t);
	if (!is_readable(s, e->field.base, t))
		return &type_error;
	if (t->kind == KIND_POINTER && t->elem)
		t = type_with_as(s->ty, t->elem, t->as);
	if (t->kind != KIND_STRUCT && t->kind != KIND_UNION && t->kind != KIND_RECORD) {
		diag_error(s->diags, e->field.name_span,
		           "Can not access field '%s' on expression of type '%s'", e->field.name,
		           type_name(s->ty, t));
		return &type_error;
	}
	if (type_find_field(s->ty, t, e->field.name, &e->field.found))
		return e->field.found.type;
	if (t->kind == KIND_RECORD && t == (s->program ? s->program->args_type : NULL))
		d = no_such_argument(s, e);
	else
		d = no_such_field(s, e->field.name_span, t, e->field.name);
	suggest_field(s, d, t, e->field.name);
	return &type_error;
}

static const struct type *index_tuple(struct sema *s, struct expr *e, const struct type *base)
{
	struct expr as_field = { .kind = EXPR_FIELD, .span = e->span };

	if (!e->index.index->literal || e->index.index->kind != EXPR_INT) {
		diag_error(s->diags, e->index.index->span,
		           "array-style access for tuples only valid for integer literals");
		return &type_error;
	}
	as_field.field.base = e->index.base;
	as_field.field.number = e->index.index->integer.value;
	as_field.literal = false;
	*e = as_field;
	return tuple_member(s, e, base);
}

static const struct type *index_array(struct sema *s, struct expr *e, const struct type *base,
                                      uint32_t count)
{
	const struct expr *i = e->index.index;

	if (i->literal && i->kind == EXPR_INT && count &&
	    (i->integer.negative || i->integer.value >= count)) {
		diag_error(s->diags, i->span,
		           "The index %lld is out of bounds for array of size %u",
		           (long long)literal_value(i), count);
		return &type_error;
	}
	if (type_is_known(i->type) && i->type->is_signed && !i->type->flexible) {
		struct diag *d = diag_error(s->diags, i->span,
		                            "The array index operator [] only accepts "
		                            "non-negative integer indices. Got: %s",
		                            type_name(s->ty, i->type));

		diag_hint(d, "cast it: (uint64)...");
		return &type_error;
	}
	return base->kind == KIND_STRING ? type_int(s->ty, 1, true) : base->elem;
}

static const struct type *index_of(struct sema *s, struct expr *e)
{
	const struct type *base = sema_expr(s, e->index.base);
	const struct type *i = int_of(s, sema_expr(s, e->index.index));

	if (!type_is_known(base))
		return base;
	if (base->kind == KIND_TUPLE)
		return index_tuple(s, e, base);
	if (type_is_known(i) && !type_is_int(i)) {
		diag_error(s->diags, e->index.index->span,
		           "The array index operator [] only accepts non-negative integer indices. "
		           "Got: %s",
		           type_name(s->ty, i));
		return &type_error;
	}
	if (base->kind == KIND_POINTER)
		return deref(s, e, base);
	if (base->kind == KIND_ARRAY)
		return index_array(s, e, base, base->count);
	if (base->kind == KIND_STRING)
		return index_array(s, e, base, base->size);
	diag_error(s->diags, e->span,
	           "The array index operator [] can only be used on arrays, pointers, and tuples, "
	           "found %s",
	           type_name(s->ty, base));
	return &type_error;
}

/* -- casts -- */

static const struct type *array_from(struct sema *s, struct expr *e, const struct type *from,
                                     const struct type *to)
{
	uint32_t elem = type_size(s->ty, to->elem), bytes = from->size;

	if (!elem || (to->elem->kind != KIND_INT && to->elem->kind != KIND_BOOL))
		return NULL;
	if (!to->count) {
		if (bytes % elem) {
			diag_error(
				s->diags, e->span,
				"Cannot determine array size: %u bytes are no whole number of %s",
				bytes, type_name(s->ty, to->elem));
			return &type_error;
		}
		return type_array(s->ty, to->elem, bytes / elem);
	}
	if (from->kind == KIND_ARRAY || from->kind == KIND_STRING || to->size <= 8)
		return to;
	return NULL;
}

static bool is_number(const struct type *t)
{
	return type_is_int(t) || t->kind == KIND_BOOL;
}

/* The type of a cast, or NULL when there is none. */
static const struct type *cast_type(struct sema *s, struct expr *e, const struct type *from,
                                    const struct type *to)
{
	const struct expr *op = e->cast.operand;

	if (from == to)
		return to;
	if (is_number(from) && to->kind == KIND_POINTER)
		return type_with_as(s->ty, to, from->as);
	if (is_number(from) && (is_number(to) || to->kind == KIND_USERNAME))
		return to->kind == KIND_INT && to->size == 8 ? type_with_as(s->ty, to, from->as)
		                                             : to;
	if (from->kind == KIND_POINTER && to->kind == KIND_POINTER)
		return type_with_as(s->ty, to, from->as);
	if (from->kind == KIND_POINTER && is_number(to))
		return to->kind == KIND_INT && to->size == 8 ? type_with_as(s->ty, to, from->as)
		                                             : to;
	if (to->kind == KIND_ARRAY &&
	    (is_number(from) || from->kind == KIND_STRING || from->kind == KIND_ARRAY))
		return array_from(s, e, from, to);
	if (from->kind == KIND_ARRAY && to->kind == KIND_INT && from->size == to->size)
		return to;
	if (from->kind == KIND_STRING && to->kind == KIND_BOOL)
		return to;
	if (from->kind == KIND_STRING && to->kind == KIND_STRING)
		return to->size >= from->size ? to : NULL;
	if ((from->kind == KIND_ARRAY && from->elem->size == 1) && to->kind == KIND_STRING)
		return to;
	/* An array or buffer that is read where it stands: C's decay. */
	if (from->kind == KIND_STRUCT || op->kind == EXPR_BAD)
		return NULL;
	return NULL;
}

/* A literal that no enumerator stands for is a slip; other numbers may be anything. */
static void check_variant(struct sema *s, const struct expr *e, const struct type *to)
{
	const struct expr *op = e->cast.operand;
	const struct type_enumerator *known;
	size_t n;

	if (to->kind != KIND_ENUM || op->kind != EXPR_INT || !op->literal)
		return;
	known = type_enumerators(s->ty, to, &n);
	for (size_t i = 0; i < n; i++)
		if (known[i].value == literal_value(op))
			return;
	diag_error(s->diags, op->span, "No enumerator of %s has the value %lld",
	           type_name(s->ty, to), (long long)literal_value(op));
}

static const struct type *cast(struct sema *s, struct expr *e)
{
	const struct type *from = int_of(s, sema_expr(s, e->cast.operand));
	const struct type *to = spec_type(s, e->cast.spec), *t;

	if (!type_is_known(to))
		return to;
	if (!type_is_known(from))
		return from == &type_error                    ? from
		       : to->kind == KIND_ARRAY && !to->count ? from
		                                              : to;
	check_variant(s, e, to);
	t = cast_type(s, e, from, to);
	if (s->final && from == to && !e->cast.operand->literal)
		diag_warning(s->diags, e->span,
		             "Unnecessary cast: expression is already of type %s",
		             type_name(s->ty, to));
	if (t)
		return t;
	diag_error(s->diags, e->span, "Cannot cast from \"%s\" to \"%s\"", type_name(s->ty, from),
	           type_name(s->ty, to));
	return &type_error;
}

/* -- compounds -- */

static const struct type *tuple(struct sema *s, struct expr *e)
{
	const struct type **elem =
		arena_array(s->u->arena, const struct type *, e->tuple.elems + 1);
	const struct type *worst = NULL;

	for (size_t i = 0; i < e->tuple.elems; i++) {
		elem[i] = int_of(s, sema_expr(s, e->tuple.elem[i]));
		if (!type_is_known(elem[i])) {
			worst = elem[i];
		} else if (type_is_aggregation(elem[i]) || elem[i]->kind == KIND_NONE) {
			diag_error(s->diags, e->tuple.elem[i]->span,
			           elem[i]->kind == KIND_NONE
			                   ? "Value of type %s cannot exist inside a %s."
			                   : "Map type %s cannot exist inside a %s.",
			           type_name(s->ty, elem[i]),
			           e->kind == EXPR_TUPLE ? "tuple" : "record");
			worst = &type_error;
		}
	}
	if (worst)
		return worst;
	return e->kind == EXPR_TUPLE ? type_tuple(s->ty, elem, e->tuple.elems)
	                             : type_record(s->ty, e->tuple.name, elem, e->tuple.elems);
}

static const struct type *branches(struct sema *s, struct expr *e, const struct type *yes,
                                   const struct type *no)
{
	const struct type *t;
	struct diag *d;

	if (yes->kind == KIND_NONE && type_is_known(yes))
		return yes;
	if (no->kind == KIND_NONE && type_is_known(no))
		return no;
	t = type_promote(s->ty, int_of(s, yes), int_of(s, no));
	if (t)
		return t;
	d = diag_error(s->diags, e->span,
	               "Branches must return the same type or compatible types: have '%s' and '%s'",
	               type_name(s->ty, yes), type_name(s->ty, no));
	if (e->kind == EXPR_TERNARY && e->ternary.yes) {
		diag_note(d, e->ternary.yes->span, "%s", type_name(s->ty, yes));
		diag_note(d, e->ternary.no->span, "%s", type_name(s->ty, no));
	}
	return &type_error;
}

static const struct type *ternary(struct sema *s, struct expr *e)
{
	const struct type *yes, *no;

	sema_condition(s, e->ternary.cond);
	yes = e->ternary.yes ? sema_expr(s, e->ternary.yes) : e->ternary.cond->type;
	no = sema_expr(s, e->ternary.no);
	return branches(s, e, yes, no);
}

static const struct type *if_else(struct sema *s, struct expr *e)
{
	const struct type *yes, *no;

	if (e->cond.cond->kind == EXPR_COMPTIME) {
		sema_condition(s, e->cond.cond);
		if (!e->cond.cond->literal)
			return e->cond.cond->type;
		comptime_prune(s->u, e);
		return sema_expr(s, e);
	}
	sema_condition(s, e->cond.cond);
	yes = sema_block(s, e->cond.yes);
	if (!e->cond.no)
		return &type_none;
	no = sema_block(s, e->cond.no);
	return branches(s, e, yes, no);
}

/* -- introspection -- */

static const struct type *typed_of(struct sema *s, struct expr *e)
{
	return e->typed.spec ? spec_type(s, e->typed.spec) : type_or_value(s, e->typed.operand);
}

static void become_u64(struct sema *s, struct expr *e, uint64_t n)
{
	e->kind = EXPR_INT;
	e->literal = true;
	e->integer.value = n;
	e->integer.negative = false;
	e->type = type_int(s->ty, 8, false);
}

static const struct type *size_of(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, e);

	e->typed.of = t;
	if (!type_is_known(t))
		return t == &type_error ? t : type_int(s->ty, 8, false);
	if (s->final)
		become_u64(s, e, type_size(s->ty, t));
	return type_int(s->ty, 8, false);
}

/* One step of offsetof(): the type there, its distance added to *offset. */
static const struct type *step_into(struct sema *s, const struct expr *e, const struct type *t,
                                    const struct member_step *step, uint64_t *offset)
{
	struct type_field f;
	struct diag *d;

	if (!step->name && (t->kind == KIND_ARRAY || t->kind == KIND_STRING)) {
		const struct type *elem =
			t->kind == KIND_ARRAY ? t->elem : type_int(s->ty, 1, true);
		uint32_t count = t->kind == KIND_ARRAY ? t->count : t->size;

		*offset += step->index * type_size(s->ty, elem);
		if (!count || step->index < count)
			return elem;
		diag_error(s->diags, e->span,
		           "The index %llu is out of bounds for array of size %u",
		           (unsigned long long)step->index, count);
		return &type_error;
	}
	if (!step->name) {
		diag_error(s->diags, e->span, "%s is no array", type_name(s->ty, t));
		return &type_error;
	}
	if ((t->kind == KIND_STRUCT || t->kind == KIND_UNION || t->kind == KIND_RECORD) &&
	    type_find_field(s->ty, t, step->name, &f)) {
		*offset += f.offset;
		return f.type;
	}
	d = no_such_field(s, e->span, t, step->name);
	if (t->kind == KIND_STRUCT || t->kind == KIND_UNION)
		suggest_field(s, d, t, step->name);
	return &type_error;
}

static const struct type *offset_of(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, e);
	uint64_t offset = 0;

	if (!type_is_known(t))
		return t == &type_error ? t : type_int(s->ty, 8, false);
	if (t->kind == KIND_POINTER && t->elem)
		t = t->elem;
	for (size_t i = 0; i < e->typed.members && t != &type_error; i++)
		t = step_into(s, e, t, &e->typed.member[i], &offset);
	if (t == &type_error)
		return t;
	if (s->final)
		become_u64(s, e, offset);
	return type_int(s->ty, 8, false);
}

static const struct type *type_info(struct sema *s, struct expr *e)
{
	const struct type *t = typed_of(s, e);

	return type_is_known(t) ? typeinfo_type(s, e, t) : t;
}

/* -- names and calls -- */

/* Whether parameter i of a signature stands for a map as a whole. */
static bool takes_map(const struct lang_def *def, size_t i)
{
	return sig_wants(def->sig, i, "map") || sig_wants(def->sig, i, "place");
}

static void call_arg(struct sema *s, struct expr *call, size_t i)
{
	struct expr *arg = call->call.arg[i];

	if (arg->kind == EXPR_NAME)
		return; /* a word */
	if (arg->kind == EXPR_MAP && !arg->map.keys && takes_map(call->call.def, i)) {
		arg->type = arg->map.map->value;
		return;
	}
	sema_expr(s, arg);
}

static const struct type *call(struct sema *s, struct expr *e)
{
	bool bad = false;

	if (!(e->call.def->flags & LANG_NO_EVAL)) {
		for (size_t i = 0; i < e->call.args; i++) {
			call_arg(s, e, i);
			bad |= e->call.arg[i]->type == &type_error;
		}
	}
	return bad ? &type_error : sig_check(s, e);
}

static const struct type *map(struct sema *s, struct expr *e)
{
	struct map_var *m = e->map.map;

	sema_map_key(s, m, e->map.key, e->map.keys, e->span);
	return m->value;
}

static const struct type *literal_int(struct sema *s, const struct expr *e)
{
	/* Enumerators and parameters bring their type with them. */
	return e->type ? e->type : type_literal(s->ty, e->integer.value, e->integer.negative);
}

static const struct type *string(struct sema *s, struct expr *e)
{
	enum { LONGEST = 1u << 20 };

	if (s->final && e->string.len >= LONGEST)
		diag_error(s->diags, e->span, "String is too long (over %u bytes): it has %zu",
		           LONGEST, e->string.len);
	return type_string(s->ty, (uint32_t)e->string.len + 1);
}

const struct type *sema_expr(struct sema *s, struct expr *e)
{
	const struct type *t = &type_error;

	switch (e->kind) {
	case EXPR_INT: t = literal_int(s, e); break;
	case EXPR_STRING: t = string(s, e); break;
	case EXPR_BOOL: t = &type_bool; break;
	case EXPR_CALL: t = call(s, e); break;
	case EXPR_FN_CALL: t = function_call(s, e); break;
	case EXPR_C_CALL: t = c_function_call(s, e); break;
	case EXPR_VAR: t = e->var.var ? e->var.var->type : &type_error; break;
	case EXPR_MAP: t = map(s, e); break;
	case EXPR_FIELD: t = field(s, e); break;
	case EXPR_INDEX: t = index_of(s, e); break;
	case EXPR_UNARY: t = unary(s, e); break;
	case EXPR_BINARY: t = binary(s, e); break;
	case EXPR_TERNARY: t = ternary(s, e); break;
	case EXPR_CAST: t = cast(s, e); break;
	case EXPR_TUPLE:
	case EXPR_RECORD: t = tuple(s, e); break;
	case EXPR_INCDEC: t = incdec(s, e); break;
	case EXPR_BLOCK: t = sema_block(s, e->block); break;
	case EXPR_IF: t = if_else(s, e); break;
	case EXPR_COMPTIME: t = comptime_type(s, e); break;
	case EXPR_SIZEOF: t = size_of(s, e); break;
	case EXPR_OFFSETOF: t = offset_of(s, e); break;
	case EXPR_TYPEINFO: t = type_info(s, e); break;
	case EXPR_NAME:
	case EXPR_TYPE: diag_error(s->diags, e->span, "This is not a value"); break;
	case EXPR_PARAM:
	case EXPR_PARAM_COUNT: BUG("parameters are literals by now");
	case EXPR_BAD: break;
	}
	e->type = t;
	return t;
}
