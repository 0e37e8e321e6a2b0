/* SPDX-License-Identifier: Apache-2.0 */
/* cast.c - which casts there are. */

#include "sema/types.h"

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
	if (from == to)
		return to;
	if (is_number(from) && to->kind == KIND_POINTER)
		return type_with_as(s->ty, to, from->as);
	if (is_number(from) && (is_number(to) || to->kind == KIND_USERNAME))
		return type_with_origin(s->ty, to, from);
	if (from->kind == KIND_POINTER && to->kind == KIND_POINTER)
		return type_with_as(s->ty, to, from->as);
	if (from->kind == KIND_POINTER && is_number(to))
		return type_with_origin(s->ty, to, from);
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
	diag_error(s->diags, op->span, "Enum: %s doesn't contain a variant value of %lld", to->name,
	           (long long)literal_value(op));
}

/* Not worth a word: a cast in a macro, where the type depends on the caller. */
static void warn_unnecessary(struct sema *s, const struct expr *e, const struct type *to)
{
	struct span call;

	if (!s->final || e->cast.operand->literal || source_caller(&s->u->source, e->span, &call))
		return;
	diag_warning(s->diags, e->span, "Unnecessary cast: expression is already of type %s",
	             type_name(s->ty, to));
}

const struct type *sema_cast(struct sema *s, struct expr *e)
{
	const struct type *operand = sema_expr(s, e->cast.operand), *from = int_of(s, operand);
	const struct type *to = spec_type(s, e->cast.spec), *t;

	if (!type_is_known(to))
		return to;
	if (!type_is_known(from))
		return from == &type_error                    ? from
		       : to->kind == KIND_ARRAY && !to->count ? from
		                                              : to;
	check_variant(s, e, to);
	t = cast_type(s, e, from, to);
	/* By its cast, an aggregation is read. */
	if (operand == to)
		warn_unnecessary(s, e, to);
	if (t)
		return t;
	diag_error(s->diags, e->span, "Cannot cast from \"%s\" to \"%s\"", type_name(s->ty, from),
	           type_name(s->ty, to));
	return &type_error;
}
