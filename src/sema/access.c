/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - what lies inside of a value or behind a pointer: members, elements, *p. */

#include "base/near.h"
#include "base/strbuf.h"
#include "probes/probe.h"
#include "sema/types.h"

#include <string.h>

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

const struct type *sema_deref(struct sema *s, struct expr *e, const struct type *t)
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

/* Those of members without a name are the whole's own. */
static void offer_fields(struct sema *s, const struct type *t, struct near *near,
                         struct strbuf *all, size_t *n)
{
	const struct type_field *f;
	size_t fields;

	f = type_fields(s->ty, t, &fields);
	for (size_t i = 0; i < fields; i++) {
		if (!*f[i].name) {
			offer_fields(s, f[i].type, near, all, n);
			continue;
		}
		near_offer(near, f[i].name);
		strbuf_addf(all, "%s%s", *n ? ", " : "", f[i].name);
		++*n;
	}
}

void suggest_field(struct sema *s, struct diag *d, const struct type *t, const char *name)
{
	enum { FEW = 8 };
	struct strbuf all = STRBUF_INIT;
	struct near near;
	size_t n = 0;

	near_init(&near, name);
	offer_fields(s, t, &near, &all, &n);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	else if (!n)
		diag_hint(d, "its members are not known here: is there BTF for it?");
	else if (n <= FEW)
		diag_hint(d, n > 1 ? "its members are %s" : "its only member is %s", all.buf);
	strbuf_release(&all);
}

struct diag *no_such_field(struct sema *s, struct span at, const struct type *t, const char *name)
{
	if (t->kind == KIND_RECORD)
		return diag_error(s->diags, at, "Record does not contain a field named '%s'", name);
	return diag_error(s->diags, at,
	                  "Struct/union of type '%s' does not contain a field named '%s'",
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

const struct type *sema_field(struct sema *s, struct expr *e)
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
		d = diag_error(s->diags, e->field.name_span,
		               "Can not access field '%s' on expression of type '%s'",
		               e->field.name, type_name(s->ty, t));
		if (type_is_int(t))
			diag_hint(d, "a cast says what is at an address: ((struct name *)...).%s",
			          e->field.name);
		else if (t->kind == KIND_TUPLE)
			diag_hint(d, "the members of a tuple are .0, .1 and so on");
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
		           "Array-style access for tuples only valid for integer literals");
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
	bool literal = i->literal && i->kind == EXPR_INT;

	if (literal && count && (i->integer.negative || i->integer.value >= count)) {
		diag_error(s->diags, i->span,
		           "The index %lld is out of bounds for array of size %u",
		           (long long)literal_value(i), count);
		return &type_error;
	}
	/* A parameter is a literal, and signed. */
	if (type_is_known(i->type) && i->type->is_signed && !i->type->flexible &&
	    (!literal || i->integer.negative)) {
		struct diag *d = diag_error(s->diags, i->span,
		                            "The array index operator [] only accepts "
		                            "non-negative integer indices. Got: %s",
		                            type_name(s->ty, i->type));

		diag_hint(d, "cast it: (uint64)...");
		return &type_error;
	}
	return base->kind == KIND_STRING ? type_int(s->ty, 1, true) : base->elem;
}

const struct type *sema_index(struct sema *s, struct expr *e)
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
		return sema_deref(s, e, base);
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
