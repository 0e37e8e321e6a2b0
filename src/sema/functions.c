/* SPDX-License-Identifier: Apache-2.0 */
/*
 * functions.c - the functions of a script and who calls whom.
 *
 * A function becomes one BPF function, which all programs share. It is typed once, with what all of
 * its calls hand over, and knows nothing of the probe that called it.
 */

#include "sema/functions.h"

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/types.h"

/* What a function can do: signal() works wherever its caller's does. */
static const struct probe_kind function_kind = { .name = "function", .caps = PROBE_SIGNAL };

struct program *functions_find(struct unit *u, const char *name)
{
	vec_each (i, &u->fns)
		if (u->fns.v[i]->fn->name == name)
			return u->fns.v[i];
	return NULL;
}

/* The value at the end of the body is returned. */
static void return_value(struct unit *u, struct block *body)
{
	struct stmt *s;

	if (!body->value)
		return;
	s = stmt_new(u->arena, STMT_RETURN, body->value->span);
	s->expr = body->value;
	vec_push_in(u->arena, &body->stmts, s);
	body->value = NULL;
}

static struct program *declare(struct unit *u, const struct fn_def *fn)
{
	struct program *p = arena_new(u->arena, struct program);

	p->name = arena_printf(u->arena, "fn_%s", fn->name);
	p->span = fn->span;
	p->fn = fn;
	p->kind = &function_kind;
	p->body = fn->body;
	p->parts = arena_new(u->arena, struct function_parts);
	p->parts->result = &type_unknown;
	return_value(u, p->body);
	return p;
}

void functions_declare(struct unit *u)
{
	vec_each (i, &u->script.fns) {
		const struct fn_def *fn = u->script.fns.v[i];
		const struct program *other = functions_find(u, fn->name);

		if (other)
			diag_note(diag_error(u->diags, fn->name_span, "%s() is defined twice",
			                     fn->name),
			          other->fn->name_span, "first defined here");
		else if (lang_find(u->lang, fn->name))
			diag_error(u->diags, fn->name_span,
			           "'%s' is a word of the language: use another name", fn->name);
		else
			vec_push_in(u->arena, &u->fns, declare(u, fn));
	}
}

/* -- who calls whom -- */

struct order {
	struct unit *u;
	VEC(struct program *) fns;
	VEC(const struct program *) chain; /* of calls that lead here */
	bool from_probe;
};

static void recursion(const struct order *o, const struct program *fn)
{
	struct diag *d =
		diag_error(o->u->diags, fn->fn->name_span, "%s() calls itself", fn->fn->name);
	size_t first = o->chain.n;

	while (first && o->chain.v[first - 1] != fn)
		first--;
	for (size_t i = first; i < o->chain.n; i++)
		diag_note(d, o->chain.v[i]->fn->name_span, "through %s()", o->chain.v[i]->fn->name);
	diag_hint(d, "the kernel has no recursion: use a loop");
}

static void visit(struct order *o, struct program *p)
{
	uint32_t deepest = p->calls_c;

	if (p->fn) {
		if (p->parts->visited)
			return;
		if (p->parts->visiting) {
			recursion(o, p);
			return;
		}
		p->parts->visiting = true;
		p->parts->called |= o->from_probe;
		vec_push_in(o->u->arena, &o->chain, p);
	}
	vec_each (i, &p->callees) {
		struct program *callee = p->callees.v[i];

		visit(o, callee);
		p->may_exit |= callee->may_exit;
		if (callee->call_depth > deepest)
			deepest = callee->call_depth;
	}
	p->call_depth = 1 + (p->dispatch != NULL) + p->loop_depth + deepest;
	if (p->fn) {
		o->chain.n--;
		p->parts->visiting = false;
		p->parts->visited = true;
		vec_push_in(o->u->arena, &o->fns, p);
	}
}

static bool is_typed(const struct fn_def *fn)
{
	for (size_t i = 0; i < fn->params; i++)
		if (!fn->param[i].spec)
			return false;
	return true;
}

/* Functions of the object that may be active at once, callbacks included (MAX_CALL_FRAMES). */
enum { MOST_CALLS = 8 };

void functions_order(struct unit *u)
{
	struct order o = { .u = u, .from_probe = true };

	vec_each (i, &u->programs) {
		struct program *p = u->programs.v[i];

		visit(&o, p);
		if (p->call_depth > MOST_CALLS)
			diag_hint(diag_error(u->diags, p->span,
			                     "Loops and calls of functions are nested %u deep "
			                     "here: the most is %d",
			                     p->call_depth - 1, MOST_CALLS - 1),
			          "each nested loop and each call counts");
	}
	o.from_probe = false;
	/* What nobody calls is checked as well, when its definition says all types. */
	vec_each (i, &u->fns)
		if (!u->fns.v[i]->parts->visited && is_typed(u->fns.v[i]->fn))
			visit(&o, u->fns.v[i]);
	u->fns.v = o.fns.v;
	u->fns.n = o.fns.n;
}

/* -- types -- */

static void set_result(struct sema *s, struct program *fn, const struct type *t)
{
	s->changed |= fn->parts->result != t;
	fn->parts->result = t;
}

static const struct type *declared_type(struct sema *s, const struct type_spec *spec, bool result)
{
	const struct type *t = spec_type(s, spec);

	if (!type_is_known(t) || (!type_is_aggregation(t) && (result || t->kind != KIND_NONE)))
		return t;
	diag_error(s->diags, spec->span, "A function cannot %s %s", result ? "return" : "take",
	           type_name(s->ty, t));
	return &type_error;
}

void function_types(struct sema *s, struct program *p)
{
	const struct fn_def *fn = p->fn;

	for (size_t i = 0; i < fn->params; i++) {
		struct var *v = p->parts->param[i];
		const struct type *t;

		if (!fn->param[i].spec)
			continue;
		t = declared_type(s, fn->param[i].spec, false);
		v->fixed = type_is_known(t);
		s->changed |= v->type != t;
		v->type = t;
	}
	if (fn->result)
		set_result(s, p, declared_type(s, fn->result, true));
	else if (!p->parts->gives_value)
		set_result(s, p, &type_none);
}

/* The end of the body, not a 'return': it need not have a value. */
static bool is_trailing(const struct stmt *st)
{
	return st->expr && st->span.off == st->expr->span.off;
}

static void wrong_result(struct sema *s, const struct stmt *st, const struct type *t)
{
	const struct program *p = s->program;
	const char *wanted = type_name(s->ty, p->parts->result);
	struct span at = st->expr ? st->expr->span : st->span;
	struct diag *d;

	if (t->kind == KIND_NONE)
		d = diag_error(s->diags, at, "%s() returns %s: a value is missing here",
		               p->fn->name, wanted);
	else if (p->parts->result->kind == KIND_NONE)
		d = diag_error(s->diags, at, "%s() returns nothing, not %s", p->fn->name,
		               type_name(s->ty, t));
	else
		d = diag_error(s->diags, at, "%s() returns %s, and %s does not fit", p->fn->name,
		               wanted, type_name(s->ty, t));
	diag_note(d, p->fn->result ? p->fn->result->span : p->fn->name_span, "defined here");
}

void function_returns(struct sema *s, struct stmt *st)
{
	struct program *p = s->program;
	const struct type *t = st->expr ? int_of(s, sema_expr(s, st->expr)) : &type_none, *wider;

	if (!type_is_known(t) ||
	    (t->kind == KIND_NONE && is_trailing(st) && type_is_known(p->parts->result)))
		return;
	if (p->fn->result) {
		if (type_is_known(p->parts->result) &&
		    ((t->kind == KIND_NONE) != (p->parts->result->kind == KIND_NONE) ||
		     !value_fits(s, p->parts->result, t, st->expr)))
			wrong_result(s, st, t);
		return;
	}
	wider = p->parts->result->kind == KIND_NONE && type_is_known(p->parts->result) &&
	                        t->kind != KIND_NONE
	                ? NULL
	                : type_promote(s->ty, p->parts->result, t);
	if (!wider || type_is_aggregation(wider))
		wrong_result(s, st, t);
	else
		set_result(s, p, wider);
}

/* -- the end of the body -- */

static bool block_leaves(const struct block *b);

/* Whether e has a value, or what follows it is never reached. */
static bool expr_leaves(const struct expr *e)
{
	if (e->kind == EXPR_BLOCK)
		return block_leaves(e->block);
	if (e->kind == EXPR_IF)
		return e->cond.no && block_leaves(e->cond.yes) && block_leaves(e->cond.no);
	if (e->kind == EXPR_CALL && e->call.def->flags & LANG_EXIT)
		return true;
	return e->type->kind != KIND_NONE;
}

static bool block_leaves(const struct block *b)
{
	const struct stmt *last = b->stmts.n ? b->stmts.v[b->stmts.n - 1] : NULL;

	if (b->value)
		return expr_leaves(b->value);
	if (!last)
		return false;
	if (last->kind == STMT_RETURN)
		return !is_trailing(last) || expr_leaves(last->expr);
	return last->kind == STMT_EXPR && expr_leaves(last->expr);
}

void function_end(struct sema *s, const struct program *p)
{
	if (!type_is_known(p->parts->result) || p->parts->result->kind == KIND_NONE ||
	    block_leaves(p->body))
		return;
	diag_hint(diag_warning(s->diags, p->fn->name_span,
	                       "%s() may end without a 'return': its result is 0 then",
	                       p->fn->name),
	          "the value at the end of the body is returned, too");
}

static void check_param(struct sema *s, const struct expr *call, size_t i)
{
	const struct program *fn = call->call.fn;
	struct expr *arg = call->call.arg[i];
	struct var *v = fn->parts->param[i];
	const struct type *t = int_of(s, arg->type);
	struct diag *d;

	if (!v->fixed && v->type != &type_error) {
		var_assign(s, v, t, arg, arg->span);
		return;
	}
	if (type_is_known(t) && t->kind != KIND_NONE && value_fits(s, v->type, t, arg))
		return;
	if (!type_is_known(t) || !type_is_known(v->type))
		return;
	d = diag_error(s->diags, arg->span, "%s() takes %s for %s, and %s does not fit",
	               fn->fn->name, type_name(s->ty, v->type), v->name, type_name(s->ty, t));
	diag_note(d, fn->fn->param[i].span, "defined here");
}

const struct type *function_call(struct sema *s, struct expr *e)
{
	bool bad = false;

	for (size_t i = 0; i < e->call.args; i++)
		bad |= sema_expr(s, e->call.arg[i]) == &type_error;
	if (bad)
		return &type_error;
	for (size_t i = 0; i < e->call.args; i++)
		check_param(s, e, i);
	return e->call.fn->parts->result;
}
