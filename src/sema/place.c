/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.c - variables, maps and keys: each write gives the place a type that holds what it held and
 * what it gets.
 */

#include "ast/map_kind.h"
#include "base/bug.h"
#include "sema/types.h"

#include <inttypes.h>

/* Whether a literal lies in the range of an integer type. */
static bool literal_fits(const struct expr *e, const struct type *t)
{
	int64_t v = literal_value(e);
	unsigned int bits = t->size * 8;

	if (e->kind == EXPR_BOOL)
		return true;
	/* Both halves of the 64-bit numbers look alike but for the literal's own sign. */
	if (t->size == 8)
		return t->is_signed ? e->integer.negative || v >= 0 : !e->integer.negative;
	if (t->is_signed)
		return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
	return v >= 0 && v < (int64_t)1 << bits;
}

bool value_fits(struct sema *s, const struct type *place, const struct type *t,
                const struct expr *value)
{
	if (!type_is_known(t) || !type_is_known(place))
		return true;
	if (type_is_int(place) && (type_is_int(t) || t->kind == KIND_BOOL))
		return !value || !value->literal || value->kind != EXPR_INT ||
		       literal_fits(value, place);
	if (place->kind == KIND_POINTER && t->kind == KIND_POINTER)
		return true;
	return type_promote(s->ty, place, t) != NULL &&
	       (place->kind != KIND_STRING || t->size <= place->size);
}

static struct diag *wrong_type(struct sema *s, struct span at, const struct var *v,
                               const struct type *t)
{
	return diag_error(s->diags, at,
	                  "Type mismatch for %s: trying to assign value of type '%s' when variable "
	                  "already has a type '%s'",
	                  v->name, type_name(s->ty, t), type_name(s->ty, v->type));
}

/* An integer that may not fit the declared type is cut; a literal has been checked. */
static void narrowing(struct sema *s, const struct var *v, const struct type *t,
                      const struct expr *value, struct span use)
{
	bool fits = !type_is_int(t) || t->flexible || t->size < v->type->size ||
	            (t->size == v->type->size && t->is_signed == v->type->is_signed);

	if (!s->final || !type_is_int(v->type) || fits || (value && value->literal))
		return;
	diag_warning(
		s->diags, value ? value->span : use,
		"Expression of type: %s being cast to type: %s. This may cause unexpected results. "
		"Use an explicit cast to suppress this warning.",
		type_name(s->ty, t), type_name(s->ty, v->type));
}

static void fixed_assign(struct sema *s, struct var *v, const struct type *t,
                         const struct expr *value, struct span use)
{
	struct diag *d;

	if (value_fits(s, v->type, t, value)) {
		narrowing(s, v, t, value, use);
		return;
	}
	d = wrong_type(s, value ? value->span : use, v, t);
	diag_note(d, v->span, "declared here");
}

void var_assign(struct sema *s, struct var *v, const struct type *t, const struct expr *value,
                struct span use)
{
	const struct type *wider;
	struct diag *d;

	if (type_is_aggregation(t) && type_is_known(t)) {
		d = diag_error(s->diags, value ? value->span : use,
		               "Value '%s' cannot be assigned to a scratch variable.",
		               type_name(s->ty, t));
		if (type_is_castable(t))
			diag_hint(d, "cast it to take its present value: (int64)...");
		return;
	}
	if (t->kind == KIND_NONE && type_is_known(t)) {
		diag_error(s->diags, value ? value->span : use,
		           "Invalid expression for assignment: it has no value");
		return;
	}
	if (v->fixed) {
		fixed_assign(s, v, t, value, use);
		return;
	}
	wider = type_promote(s->ty, v->type, t);
	if (!wider) {
		d = wrong_type(s, value ? value->span : use, v, t);
		diag_note(d, v->span, "first assigned here");
		return;
	}
	if (wider != v->type && wider != &type_error) {
		v->type = wider;
		s->changed = true;
	}
}

static struct diag *wrong_value(struct sema *s, struct span at, const struct map_var *m,
                                const struct type *t)
{
	static const char *const parameters[KIND_COUNT_OF] = {
		[KIND_HIST] = "bits in a single hist",
		[KIND_LHIST] = "lhist bounds in a single map",
		[KIND_LLHIST] = "llhist bounds in a single map",
		[KIND_PERCENTILES] = "percentiles in a single map",
		[KIND_TSERIES] = "tseries bounds in a single map",
	};

	if (m->value->kind == t->kind && parameters[t->kind])
		return diag_error(s->diags, at, "Different %s unsupported", parameters[t->kind]);
	return diag_error(
		s->diags, at,
		"Type mismatch for %s: trying to %s '%s' when %s already has a type '%s'", m->name,
		type_is_aggregation(t) ? "call function with type" : "assign value of type",
		type_name(s->ty, t), type_is_aggregation(t) ? "it" : "map",
		type_name(s->ty, m->value));
}

void map_assign(struct sema *s, struct map_var *m, const struct type *t, const struct expr *value,
                struct span use)
{
	const struct type *wider;
	struct diag *d;

	if (t->kind == KIND_NONE && type_is_known(t)) {
		diag_error(s->diags, value ? value->span : use,
		           "Invalid expression for assignment: it has no value");
		return;
	}
	wider = type_promote(s->ty, m->value, t);
	if (!wider) {
		d = wrong_value(s, value ? value->span : use, m, t);
		diag_note(d, m->value_span, "first written here");
		diag_hint(d, "use a second map for the other kind of value");
		return;
	}
	if (m->value == &type_unknown && type_is_known(wider))
		m->value_span = use;
	if (wider != m->value && wider != &type_error) {
		m->value = wider;
		s->changed = true;
	}
}

/* -- keys -- */

static const struct type *key_type(struct sema *s, struct expr *const *key, size_t n)
{
	const struct type *elem[64];

	if (n == 1)
		return int_of(s, sema_expr(s, key[0]));
	if (n > countof(elem)) {
		diag_error(s->diags, key[countof(elem)]->span, "More than %zu parts in a key",
		           countof(elem));
		return &type_error;
	}
	for (size_t i = 0; i < n; i++) {
		elem[i] = int_of(s, sema_expr(s, key[i]));
		if (!type_is_known(elem[i]))
			return elem[i];
	}
	return type_tuple(s->ty, elem, n);
}

static bool key_allowed(struct sema *s, const struct type *t, struct span use)
{
	if (!type_is_known(t) || (!type_is_aggregation(t) && t->kind != KIND_NONE))
		return true;
	if (t->kind == KIND_NONE)
		diag_error(s->diags, use, "Value '%s' cannot be used as a map key",
		           type_name(s->ty, t));
	else
		diag_error(s->diags, use, "%s cannot be part of a map key", type_name(s->ty, t));
	return false;
}

/* The later use is the wrong one, whichever was typed first. */
static void scalar_conflict(struct sema *s, const struct map_var *m)
{
	struct diag *d;

	if (m->keyed_span.off > m->scalar_span.off) {
		d = diag_error(
			s->diags, m->keyed_span,
			"%s used as a map with an explicit key (non-scalar map), previously used "
			"without an explicit key (scalar map)",
			m->name);
		diag_note(d, m->scalar_span, "used without a key");
	} else {
		d = diag_error(
			s->diags, m->scalar_span,
			"%s used as a map without an explicit key (scalar map), previously used "
			"with an explicit key (non-scalar map)",
			m->name);
		diag_note(d, m->keyed_span, "used with a key");
	}
	diag_hint(d, "a map has either keys or one value: use a second map");
}

/* An array's keys are the numbers below its size. */
static bool index_allowed(struct sema *s, const struct map_var *m, const struct type *t,
                          const struct expr *key, struct span use)
{
	uint64_t most = m->decl->max_entries - 1;
	struct diag *d;

	if (!type_is_known(t))
		return true;
	if (t->kind != KIND_BOOL && !type_is_int(t)) {
		d = diag_error(s->diags, use,
		               "A key of type '%s' cannot be used with %s, which is an array",
		               type_name(s->ty, t), m->name);
		diag_hint(d,
		          "its keys are the integers 0 to %" PRIu64
		          "; a hash has keys of all types",
		          most);
	} else if (key->literal &&
	           (literal_value(key) < 0 || (uint64_t)literal_value(key) > most)) {
		d = diag_error(s->diags, use, "Key outside of %s, which holds keys 0 to %" PRIu64,
		               m->name, most);
	} else {
		return true;
	}
	diag_note(d, m->decl->span, "declared here");
	return false;
}

void sema_map_key(struct sema *s, struct map_var *m, struct expr *const *key, size_t n,
                  struct span use)
{
	const struct type *t, *wider;
	struct diag *d;

	if (!n) {
		if (!m->scalar)
			m->scalar_span = use;
		m->scalar = true;
		if (m->keyed)
			scalar_conflict(s, m);
		return;
	}
	if (!m->keyed) {
		m->keyed = true;
		m->keyed_span = use;
		m->key = &type_unknown;
		s->changed = true;
	}
	if (m->scalar)
		scalar_conflict(s, m);
	t = key_type(s, key, n);
	if (!key_allowed(s, t, use))
		return;
	if (m->kind && m->kind->array && !index_allowed(s, m, t, key[0], use))
		return;
	wider = type_promote(s->ty, m->key, t);
	if (!wider) {
		d = diag_error(
			s->diags, use,
			"Argument mismatch for %s: trying to access with arguments: '%s' when map "
			"expects arguments: '%s'",
			m->name, type_name(s->ty, t), type_name(s->ty, m->key));
		diag_note(d, m->keyed_span, "first used here");
		return;
	}
	if (wider != m->key && wider != &type_error) {
		m->key = wider;
		s->changed = true;
	}
}
