/* SPDX-License-Identifier: Apache-2.0 */
/* use.c - macros in the script's expressions. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "parser/parser.h"

#include <string.h>

enum { EXPR_DEPTH_MAX = 2000, EXPR_NODES_MAX = 100000 };

struct c_macro *cdef_macro_own(struct unit *u, const char *name)
{
	return u->cdefs ? map_get(&u->cdefs->macros, name) : NULL;
}

struct c_macro *cdef_macro_header(struct unit *u, const char *name, bool late)
{
	struct c_clang *cl = u->cdefs ? c_headers(u->cdefs, late) : NULL;

	return cl ? c_clang_macro(cl, name) : NULL;
}

static struct expr *literal(struct cdefs *c, struct c_value v)
{
	struct expr *e = expr_new(c->u->arena, EXPR_INT, SPAN_NONE);

	e->integer.value = (uint64_t)v.v;
	e->integer.negative = v.v < 0 && !v.is_unsigned;
	return e;
}

/* Parameters are parsed as variables, since "(a) * b" could be a cast if 'a' were a name. */
#define PARAM_PREFIX "$c_param_"

/* A number, if the body is one; or whatever expression the script's own grammar sees in it. */
static void parse_macro(struct cdefs *c, struct c_macro *m)
{
	struct c_tokens all = { 0 };
	struct c_value v;
	bool name_alone = m->body.list.n == 1 && m->body.list.v[0].kind == C_NAME;

	m->parsed = true;
	m->busy = true;
	diags_mute(c->u->diags);
	/* A name stays one: that of an enumerator prints as it does without the macro. */
	if (!m->function && m->body.list.n && !name_alone)
		c_expand(c, m->body.list.v, m->body.list.n, &all);
	if (all.list.n && c_evaluate(c, all.list.v, all.list.n, false, true, &v))
		m->expr = literal(c, v);
	else if (m->body.list.n)
		m->expr = parse_expression(c->u, c_macro_text(c, m, PARAM_PREFIX));
	diags_unmute(c->u->diags);
	m->busy = false;
}

struct substitution {
	struct cdefs *c;
	const struct c_macro *m;
	const struct expr *use;
	struct expr *call; /* its arguments take the parameters' places; NULL: none */
};

static void place_spec(struct type_spec *spec, struct span at)
{
	for (; spec; spec = spec->of_type)
		spec->span = at;
}

/* Messages about what the macro stands for point at its use. */
static void place_one(void *arg, struct expr *e)
{
	const struct substitution *s = arg;
	size_t prefix = strlen(PARAM_PREFIX);

	s->c->nodes++;
	e->span = s->use->span;
	if (e->kind == EXPR_CALL)
		e->call.name_span = e->span;
	else if (e->kind == EXPR_FIELD)
		e->field.name_span = e->span;
	else if (e->kind == EXPR_CAST)
		place_spec(e->cast.spec, e->span);
	else if (e->kind == EXPR_SIZEOF || e->kind == EXPR_OFFSETOF || e->kind == EXPR_TYPEINFO)
		place_spec(e->typed.spec, e->span);
	if (e->kind != EXPR_VAR || !s->call || strncmp(e->var.name, PARAM_PREFIX, prefix))
		return;
	for (size_t i = 0; i < s->m->params; i++) {
		if (strcmp(s->m->param[i], e->var.name + prefix))
			continue;
		*e = *expr_clone(s->c->u->arena, s->call->call.arg[i]);
		return;
	}
}

bool cdef_macro_enter(struct unit *u, struct c_macro *m, struct expr *e)
{
	struct cdefs *c = u->cdefs;
	struct expr use = *e, *body;
	struct substitution s = { c, m, &use, m->function ? &use : NULL };
	struct diag *d = NULL;

	if (!m->parsed)
		parse_macro(c, m);
	if (!m->expr)
		d = diag_error(u->diags, e->span, "Macro '%s' is no expression: %s", m->name,
		               m->body.list.n ? c_macro_text(c, m, "") : "it is empty");
	else if (m->function && (e->kind != EXPR_CALL || e->call.args != m->params))
		d = diag_error(u->diags, e->span, "Macro '%s' takes %zu argument%s", m->name,
		               m->params, m->params == 1 ? "" : "s");
	else if (!m->function && e->kind == EXPR_CALL && m->expr->kind != EXPR_NAME)
		d = diag_error(u->diags, e->span, "Macro '%s' takes no arguments", m->name);
	else if (c->depth + m->expr->depth > EXPR_DEPTH_MAX || c->nodes > EXPR_NODES_MAX)
		d = diag_error(u->diags, e->span,
		               "The macros used here make too much of themselves");
	if (d) {
		if (!span_is_none(m->span))
			diag_note(d, m->span, "'%s' is defined here", m->name);
		e->kind = EXPR_BAD;
		return false;
	}
	body = expr_clone(u->arena, m->expr);
	expr_visit(body, place_one, &s);
	if (e->kind == EXPR_CALL && !m->function)
		e->call.name = body->call.name; /* "#define log printf" */
	else
		*e = *body;
	m->busy = true;
	c->depth += m->expr->depth + 1;
	return true;
}

bool cdef_macro_busy(const struct c_macro *m)
{
	return m->busy;
}

bool cdef_macro_takes_args(const struct c_macro *m)
{
	return m->function;
}

void cdef_macro_leave(struct unit *u, struct c_macro *m)
{
	m->busy = false;
	u->cdefs->depth -= m->expr->depth + 1;
}
