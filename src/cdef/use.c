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
	struct span body;  /* as written in the script */
	uint32_t base;     /* of the offsets of this expansion; UINT32_MAX: it has none */
};

/* Where a byte of the text that was parsed is written in the script. */
static uint32_t written_at(const struct c_macro *m, uint32_t at)
{
	uint32_t from = PARSED_EXPRESSION_AT, to = from;
	const struct c_token *t = NULL;

	vec_each (i, &m->body.list) {
		t = &m->body.list.v[i];
		from = to + (i && t->spaced);
		to = from + t->len;
		if (c_param_index(m, t) < m->params)
			to += (uint32_t)strlen(PARAM_PREFIX);
		if (at <= to)
			break;
	}
	at = at > from ? at - from : 0;
	return t->span.off + (at < t->len ? at : t->len);
}

/* Places in the macro's body become places of this expansion of it; what has none there, as
 * constants and all of a header's macro, is where the macro is used. */
static void place(const struct substitution *s, struct span *at)
{
	uint32_t from, to;

	if (s->base == UINT32_MAX || span_is_none(*at)) {
		*at = s->use->span;
		return;
	}
	from = written_at(s->m, at->off);
	to = written_at(s->m, at->off + at->len);
	*at = (struct span){ s->base + from - s->body.off, to > from ? to - from : 0 };
}

static void place_spec(const struct substitution *s, struct type_spec *spec)
{
	for (; spec; spec = spec->of_type)
		place(s, &spec->span);
}

static void place_one(void *arg, struct expr *e)
{
	const struct substitution *s = arg;
	size_t prefix = strlen(PARAM_PREFIX);

	s->c->nodes++;
	place(s, &e->span);
	if (e->kind == EXPR_CALL)
		place(s, &e->call.name_span);
	else if (e->kind == EXPR_FIELD)
		place(s, &e->field.name_span);
	else if (e->kind == EXPR_CAST)
		place_spec(s, e->cast.spec);
	else if (e->kind == EXPR_SIZEOF || e->kind == EXPR_OFFSETOF || e->kind == EXPR_TYPEINFO)
		place_spec(s, e->typed.spec);
	if (e->kind != EXPR_VAR || !s->call || strncmp(e->var.name, PARAM_PREFIX, prefix))
		return;
	for (size_t i = 0; i < s->m->params; i++) {
		if (strcmp(s->m->param[i], e->var.name + prefix))
			continue;
		*e = *expr_clone(s->c->u->arena, s->call->call.arg[i]);
		return;
	}
}

/* A part of the source for this use of a macro that the script defines. */
static void add_expansion(struct unit *u, struct substitution *s)
{
	const struct c_tokens *body = &s->m->body;

	s->base = UINT32_MAX;
	if (!body->list.n || span_is_none(s->m->span))
		return;
	s->body = span_join(body->list.v[0].span, body->list.v[body->list.n - 1].span);
	s->base = source_add_expansion(&u->source, u->arena, s->body, s->use->span);
}

/* Told once: it is so at each use that follows. */
static struct diag *too_much(struct cdefs *c, struct span at)
{
	struct diag *d;

	if (c->told_too_much)
		diags_mute(c->u->diags);
	d = diag_error(c->u->diags, at, "The macros used here expand to more than can be compiled");
	if (c->told_too_much)
		diags_unmute(c->u->diags);
	c->told_too_much = true;
	return d;
}

bool cdef_macro_enter(struct unit *u, struct c_macro *m, struct expr *e)
{
	struct cdefs *c = u->cdefs;
	struct expr use = *e, *body;
	struct substitution s = { .c = c, .m = m, .use = &use, .call = m->function ? &use : NULL };
	struct diag *d = NULL;

	if (!m->parsed)
		parse_macro(c, m);
	if (m->variadic)
		d = c_variadic(c, m, e->span);
	else if (!m->expr)
		d = diag_error(u->diags, e->span, "Unable to expand macro as an expression: %s",
		               m->body.list.n ? c_macro_text(c, m, "") : "it is empty");
	else if (m->function && (e->kind != EXPR_CALL || e->call.args != m->params))
		d = diag_error(u->diags, e->span, "Macro '%s' takes %zu argument%s", m->name,
		               m->params, m->params == 1 ? "" : "s");
	else if (!m->function && e->kind == EXPR_CALL && m->expr->kind != EXPR_NAME)
		d = diag_error(u->diags, e->span, "Macro '%s' takes no arguments", m->name);
	else if (c->depth + m->expr->depth > EXPR_DEPTH_MAX || c->nodes > EXPR_NODES_MAX)
		d = too_much(c, e->span);
	if (d) {
		if (!span_is_none(m->span))
			diag_note(d, m->span, "'%s' is defined here", m->name);
		e->kind = EXPR_BAD;
		return false;
	}
	add_expansion(u, &s);
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
