/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c - variables: where they are made, how far they are seen, which must be declared earlier.
 */

#include "ast/gap.h"
#include "base/arena.h"
#include "base/near.h"
#include "sema/resolve.h"

struct scoped_var *scope_find(struct resolver *r, const char *name)
{
	for (size_t i = r->scope.n; i-- > 0;)
		if (r->scope.v[i].var->name == name)
			return &r->scope.v[i];
	return NULL;
}

static struct var *declare_var(struct resolver *r, const struct expr *e)
{
	struct var *v = arena_new(r->u->arena, struct var);

	v->name = e->var.name;
	v->span = e->span;
	v->type = &type_unknown;
	vec_push_in(r->u->arena, &r->program->vars, v);
	vec_push_in(r->u->arena, &r->scope, ((struct scoped_var){ v, r->callbacks }));
	return v;
}

static bool hoist(struct resolver *r, const struct expr *e)
{
	vec_each (i, &r->hoisted)
		if (r->hoisted.v[i].name == e->var.name)
			return true;
	vec_each (i, &r->program->vars) {
		const struct var *v = r->program->vars.v[i];

		if (v->name != e->var.name || v->declared || v->loop || r->program->fn)
			continue;
		vec_push_in(r->u->arena, &r->hoisted,
		            ((struct hoisted){ v->name, v->span, e->span }));
		return true;
	}
	return false;
}

void scope_declare_hoisted(struct resolver *r)
{
	struct arena *arena = r->u->arena;
	struct block *body = r->program->body;
	struct stmt **rest = body->stmts.v;
	size_t n = body->stmts.n;

	memset(&body->stmts, 0, sizeof(body->stmts));
	vec_each (i, &r->hoisted) {
		const struct hoisted *h = &r->hoisted.v[i];
		struct stmt *s = stmt_new(arena, STMT_LET, h->assigned);

		s->let.target = expr_new(arena, EXPR_VAR, h->assigned);
		s->let.target->var.name = h->name;
		vec_push_in(arena, &body->stmts, s);
	}
	for (size_t i = 0; i < n; i++)
		vec_push_in(arena, &body->stmts, rest[i]);
}

void scope_warn_hoisted(struct resolver *r)
{
	vec_each (i, &r->hoisted) {
		const struct hoisted *h = &r->hoisted.v[i];

		diag_hint(diag_warning(r->u->diags, h->used,
		                       "Variable %s is used outside of the block that assigns it",
		                       h->name),
		          "declare it before that block: let %s;", h->name);
	}
}

void scope_use(struct resolver *r, struct expr *e)
{
	struct scoped_var *s = scope_find(r, e->var.name);
	struct near near;
	struct diag *d;
	bool gone = false;

	if (s) {
		e->var.var = s->var;
		s->var->captured |= s->callback < r->callbacks;
		if (!s->var->assigned && !s->var->read_first.len)
			s->var->read_first = e->span;
		return;
	}
	if (hoist(r, e) || unit_gap_mentions(r->u, e->var.name)) {
		e->kind = EXPR_BAD;
		return;
	}
	d = diag_error(r->u->diags, e->span, "Undefined or undeclared variable: %s", e->var.name);
	/* Macros give their variables names that are not interned. */
	if (intern(&r->u->names, e->var.name) != e->var.name) {
		diag_hint(d, "a macro has variables of its own: the caller's are parameters of it");
		e->kind = EXPR_BAD;
		return;
	}
	near_init(&near, e->var.name);
	vec_each (i, &r->scope)
		near_offer(&near, r->scope.v[i].var->name);
	vec_each (i, &r->program->vars)
		if (r->program->vars.v[i]->name == e->var.name) {
			diag_note(d, r->program->vars.v[i]->span,
			          "this one is gone where its block ends: declare it before");
			gone = true;
		}
	if (near.best && !gone)
		diag_hint(d, "did you mean '%s'?", near.best);
	e->kind = EXPR_BAD;
}

void scope_assign(struct resolver *r, struct expr *e)
{
	struct scoped_var *s = scope_find(r, e->var.name);

	if (s) {
		s->var->assigned = true;
		scope_use(r, e);
		return;
	}
	e->var.var = declare_var(r, e);
	e->var.var->assigned = true;
}

__attribute__((format(printf, 3, 0))) struct var *scope_declare(struct resolver *r, struct expr *e,
                                                                const char *fmt)
{
	struct scoped_var *s = scope_find(r, e->var.name);

	if (s) {
		struct diag *d = diag_error(r->u->diags, e->span, fmt, e->var.name);

		diag_note(d, s->var->span, "this is the initial %s",
		          s->var->declared || s->var->loop ? "declaration" : "assignment");
		diag_hint(d, "use another name: an inner variable cannot hide an outer one");
	}
	return e->var.var = declare_var(r, e);
}
