/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declare.c - declarations of C: what a name is, read from the inside out (C11, 6.7).
 *
 * Variables and functions that are declared on the way are read and forgotten; bodies of functions
 * have no place in scripts.
 */

#include "cdef/private.h"

#include "base/arena.h"

#include <string.h>

static struct c_type named_type(struct c_reader *r)
{
	const struct c_token *t = c_peek(r);
	const struct c_typedef *own = map_get(&r->c->typedefs, t->text);
	const struct type *type;

	if (own) {
		r->at++;
		return own->type;
	}
	type = r->c->hooks->typedef_name(r->c->u, t->text);
	if (type) {
		r->at++;
		return c_from_type(r->c, type);
	}
	if (!r->failed && !r->quiet) {
		struct diag *d = diag_error(r->c->u->diags, t->span, "Unknown type '%s'", t->text);

		cdef_explain(r->c->u, d);
		r->quiet = true;
	}
	c_error(r, "Unknown type");
	return (struct c_type){ &type_none, 0, 1, true, false };
}

/* declaration-specifiers, specifier-qualifier-list */
bool c_specifiers(struct c_reader *r, struct c_type *t, struct c_attrs *attrs, bool *is_typedef)
{
	bool found = false;

	*is_typedef = false;
	while (!r->failed) {
		const struct c_token *now = c_peek(r);
		enum kind kind = c_tag_kind(now);

		if (c_is_qualifier(now)) {
			r->at++;
		} else if (c_take_name(r, "typedef")) {
			*is_typedef = true;
		} else if (c_attributes(r, attrs)) {
			continue;
		} else if (found) {
			return true;
		} else if (kind != KIND_NONE) {
			*t = c_tag_specifier(r, kind, attrs);
			found = true;
		} else if (c_is_basic(now)) {
			*t = c_basic_type(r);
			found = true;
		} else if (now->kind == C_NAME) {
			*t = named_type(r);
			found = true;
		} else {
			c_error(r, "A type is expected here, not '%.*s'", (int)now->len, now->text);
		}
	}
	return false;
}

static struct c_type suffixes(struct c_reader *r, struct c_type t, const struct c_attrs *attrs)
{
	struct c_type elem;
	uint64_t count = 0;

	if (r->failed || ++r->depth > C_DEEPEST) {
		c_error(r, "Types are nested deeper than %d levels", C_DEEPEST);
		return t;
	}
	if (c_is_mark(c_peek(r), '(')) {
		c_skip_parens(r);
		t = (struct c_type){ &type_none, 0, 1, false, true };
	} else if (c_take(r, '[')) {
		if (!c_is_mark(c_peek(r), ']')) {
			struct span at = c_peek(r)->span;
			struct c_value v = c_constant(r, false);

			if (v.v < 0 && !v.is_unsigned)
				c_error_at(r, at, "An array has no %lld elements", (long long)v.v);
			count = (uint64_t)v.v;
		}
		c_expect(r, ']', "a number of elements");
		elem = c_sized(r, suffixes(r, t, attrs));
		t = c_array_of(r->c, elem, count);
		if (t.size > (uint64_t)1 << 31)
			c_error(r, "This array is too large");
	}
	r->depth--;
	return t;
}

static bool is_nested_declarator(const struct c_reader *r)
{
	const struct c_token *t = &r->tok[r->at + 1];

	/* "(*name)" and "((name))", but "(void)" and "(int x)" are parameters. */
	return c_is_mark(c_peek(r), '(') &&
	       (c_is_mark(t, '*') || c_is_mark(t, '(') || c_is_name(t, "__attribute__"));
}

struct c_type c_declarator(struct c_reader *r, struct c_type t, const char **name, struct span *at,
                           struct c_attrs *attrs)
{
	struct c_reader inner;

	for (;;) {
		bool more = c_attributes(r, attrs);

		if (c_is_qualifier(c_peek(r)))
			r->at++;
		else if (c_take(r, '*'))
			t = c_pointer_to(r->c, t, attrs->as);
		else if (!more)
			break;
	}
	if (++r->depth > C_DEEPEST)
		c_error(r, "Types are nested deeper than %d levels", C_DEEPEST);
	if (!r->failed && is_nested_declarator(r)) {
		/* What stands in parentheses applies to what stands around them: read that first.
		 */
		inner = *r;
		inner.at++;
		c_skip_parens(r);
		t = suffixes(r, t, attrs);
		t = c_declarator(&inner, t, name, at, attrs);
		r->failed |= inner.failed;
		r->depth--;
		return t;
	}
	r->depth--;
	if (c_peek(r)->kind == C_NAME) {
		*at = c_peek(r)->span;
		*name = c_next(r)->text;
	}
	return suffixes(r, t, attrs);
}

struct c_type c_type_name(struct c_reader *r)
{
	struct c_type t = { &type_none, 0, 1, true, false };
	struct c_attrs attrs = { 0 };
	const char *name = "";
	bool is_typedef;
	struct span at;

	if (!c_specifiers(r, &t, &attrs, &is_typedef))
		return t;
	return c_sized(r, c_declarator(r, t, &name, &at, &attrs));
}

static void add_typedef(struct c_reader *r, const char *name, struct c_type t, struct span at)
{
	const struct c_typedef *known = map_get(&r->c->typedefs, name);
	struct c_typedef *def;

	/* C11 lets one repeat a typedef that says the same. */
	if (known && known->type.type != t.type) {
		struct diag *d = diag_error(r->c->u->diags, at, "'%s' is defined twice", name);

		diag_note(d, known->span, "first defined here");
		return;
	}
	def = arena_new(r->c->u->arena, struct c_typedef);
	def->type = t;
	def->span = at;
	map_put(&r->c->typedefs, name, def);
}

static void external_declaration(struct c_reader *r)
{
	struct c_attrs attrs = { 0 };
	struct c_type base = { 0 };
	bool is_typedef;

	if (c_take(r, ';') || !c_specifiers(r, &base, &attrs, &is_typedef))
		return;
	/* The ';' behind the last '}' may be left out. */
	if (c_peek(r)->kind == C_END && !is_typedef)
		return;
	while (!r->failed && !c_is_mark(c_peek(r), ';')) {
		struct c_attrs own = attrs;
		struct span at = SPAN_NONE;
		const char *name = "";
		struct c_type t = c_declarator(r, base, &name, &at, &own);

		c_attributes(r, &own);
		if (r->failed)
			return;
		if (!*name)
			c_error(r, "A declaration needs a name");
		else if (is_typedef)
			add_typedef(r, name, t, at);
		if (!c_take(r, ','))
			break;
	}
	c_expect(r, ';', "a declaration");
}

void c_declarations(struct c_reader *r)
{
	while (!r->failed && c_peek(r)->kind != C_END)
		external_declaration(r);
}
