/* SPDX-License-Identifier: Apache-2.0 */
/*
 * macro.c - calls of macros become what the macros say.
 *
 * A call is replaced by a copy of the macro's body. In the copy parameters stand for what the call
 * gives them: $x and @x for the caller's variable and map themselves, a bare name for an expression
 * or type, repeated wherever it is used. All other variables of the body are new ones: they get a
 * name of their own with the same text, since names compare by address. Places in the copy lie in a
 * range of offsets that leads to the body and to the call (base/source.h).
 *
 * Requires: a tree. Afterwards: no name of a macro is left in probes and functions.
 */

#include "sema/macro.h"

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "sema/sig.h"

/* What a tree may grow to: macros that call others twice double with each step. */
enum { MOST_NODES = 1 << 20 };

/* What a parameter stands for. */
struct argument {
	struct expr *e; /* expanded already */
	size_t nodes;
};

struct renamed {
	const char *from, *to;
};

/* One call on the way from the script to the place being expanded. */
struct call {
	struct call *outer;
	const struct macro_def *macro;
	struct argument *arg;
	uint32_t base; /* of the expansion's offsets */
	VEC(struct renamed) vars;
};

struct expander {
	struct unit *u;
	struct macro_index index;
	struct call *call; /* NULL: in the script itself */
	uint32_t depth;
	size_t nodes;
	bool full; /* too large, and reported */
};

static void expand_expr(struct expander *x, struct expr *e);
static void expand_block(struct expander *x, struct block *b);

/* -- places, parameters -- */

/* Spans of the body become spans of the expansion. */
static void move(const struct expander *x, struct span *at)
{
	const struct call *c = x->call;

	if (c && !span_is_none(*at))
		at->off = at->off - c->macro->body->span.off + c->base;
}

/* The parameter of this name; SIZE_MAX: there is none. */
static size_t param_index(const struct expander *x, const char *name)
{
	for (size_t i = 0; x->call && i < x->call->macro->params; i++)
		if (x->call->macro->param[i].name == name)
			return i;
	return SIZE_MAX;
}

static void count_node(void *nodes, struct expr *e)
{
	++*(size_t *)nodes;
}

static bool grow(struct expander *x, size_t nodes, uint32_t depth, struct span at)
{
	x->nodes += nodes;
	if (x->nodes <= MOST_NODES && x->depth + depth <= DEPTH_MAX)
		return true;
	if (!x->full && x->nodes > MOST_NODES)
		diag_error(x->u->diags, at, "Macros expand to more than %d expressions",
		           MOST_NODES);
	else if (!x->full)
		diag_error(x->u->diags, at, "Macros expand to more than %d levels", DEPTH_MAX);
	x->full = true;
	return false;
}

static void substitute(struct expander *x, struct expr *e, const struct argument *arg)
{
	if (grow(x, arg->nodes, arg->e->depth, e->span))
		*e = *expr_clone(x->u->arena, arg->e);
	else
		e->kind = EXPR_BAD;
}

static void expand_var(struct expander *x, struct expr *e)
{
	size_t i = param_index(x, e->var.name);
	const char *name = e->var.name;

	if (!x->call)
		return;
	if (i != SIZE_MAX) {
		e->var.name = x->call->arg[i].e->var.name;
		return;
	}
	vec_each (j, &x->call->vars) {
		if (x->call->vars.v[j].from == name) {
			e->var.name = x->call->vars.v[j].to;
			return;
		}
	}
	e->var.name = arena_strdup(x->u->arena, name);
	vec_push_in(x->u->arena, &x->call->vars, ((struct renamed){ name, e->var.name }));
}

/*
 * A type's name may be a parameter: it is then the type that was given, or the type of the value,
 * with names that are the caller's and not this macro's.
 */
static bool expand_spec(void *arg, struct type_spec *spec)
{
	struct expander *x = arg;
	size_t i = spec->base == SPEC_NAME ? param_index(x, spec->name) : SIZE_MAX;
	struct expr *type;

	move(x, &spec->span);
	if (i == SIZE_MAX)
		return true;
	if (!grow(x, x->call->arg[i].nodes, x->call->arg[i].e->depth, spec->span))
		return false;
	type = expr_clone(x->u->arena, x->call->arg[i].e);
	spec->base = SPEC_TYPEOF;
	spec->name = NULL;
	spec->of_type = type->kind == EXPR_TYPE ? type->typed.spec : NULL;
	spec->of_expr = type->kind == EXPR_TYPE ? type->typed.operand : type;
	return false;
}

/* "(x)-1" is a cast by its looks, and would be a surprise with a value for x. */
static void check_cast(struct expander *x, const struct expr *e)
{
	const struct type_spec *spec = e->cast.spec;
	size_t i = spec->base == SPEC_NAME ? param_index(x, spec->name) : SIZE_MAX;
	struct diag *d;

	if (i == SIZE_MAX || x->call->arg[i].e->kind == EXPR_TYPE)
		return;
	d = diag_error(x->u->diags, e->span, "This casts to '%s', which stands for a value here",
	               spec->name);
	diag_note(d, x->call->arg[i].e->span, "this value");
	diag_hint(d, "%s without parentheses is the value, typeof(%s) its type", spec->name,
	          spec->name);
}

/* offsetof(type, member) with a parameter for the member: a, or a.b.c. */
static void expand_members(struct expander *x, struct expr *e)
{
	size_t i = e->typed.members == 1 ? param_index(x, e->typed.member[0].name) : SIZE_MAX,
	       n = 0;
	const struct expr *path, *at;

	if (i == SIZE_MAX)
		return;
	path = x->call->arg[i].e;
	for (at = path; at->kind == EXPR_FIELD && at->field.name; at = at->field.base)
		n++;
	if (at->kind != EXPR_NAME) {
		diag_error(x->u->diags, path->span, "A member is given by its name: a, or a.b.c");
		e->kind = EXPR_BAD;
		return;
	}
	e->typed.members = n + 1;
	e->typed.member = arena_array(x->u->arena, struct member_step, n + 1);
	for (at = path; at->kind == EXPR_FIELD; at = at->field.base)
		e->typed.member[n--].name = at->field.name;
	e->typed.member[0].name = at->call.name;
}

/* -- calls -- */

/* "a > b > a" */
static void recursion(struct expander *x, const struct macro_def *m, const struct expr *e)
{
	const struct macro_def *chain[32];
	struct strbuf text = STRBUF_INIT;
	size_t n = 0;

	for (const struct call *c = x->call; c && n < countof(chain); c = c->outer) {
		chain[n++] = c->macro;
		if (c->macro == m)
			break;
	}
	while (n--)
		strbuf_addf(&text, "%s > ", chain[n]->name);
	diag_error(x->u->diags, e->span, "Recursive macro call detected. Call chain: %s%s",
	           text.buf, m->name);
	strbuf_release(&text);
}

static bool is_active(const struct expander *x, const struct macro_def *m)
{
	for (const struct call *c = x->call; c; c = c->outer)
		if (c->macro == m)
			return true;
	return false;
}

static struct argument *expand_args(struct expander *x, struct expr *e)
{
	struct argument *arg = arena_array(x->u->arena, struct argument, e->call.args + 1);

	for (size_t i = 0; i < e->call.args; i++) {
		arg[i].e = e->call.arg[i];
		expand_expr(x, arg[i].e);
		expr_visit(arg[i].e, count_node, &arg[i].nodes);
	}
	return arg;
}

/* One expression takes the place of its call; with statements it is a block. */
static void replace(struct expr *e, struct block *body)
{
	if (!body->stmts.n && body->value) {
		*e = *body->value;
		return;
	}
	e->kind = EXPR_BLOCK;
	e->block = body;
}

static void expand_call(struct expander *x, struct expr *e, const struct macro_def *m)
{
	struct call call = { .outer = x->call, .macro = m };
	struct block *body;

	if (is_active(x, m)) {
		recursion(x, m, e);
		e->kind = EXPR_BAD;
		return;
	}
	call.arg = expand_args(x, e);
	call.base = source_add_expansion(&x->u->source, x->u->arena, m->body->span, e->span);
	if (call.base == UINT32_MAX || x->full) {
		grow(x, MOST_NODES, 0, e->span);
		e->kind = EXPR_BAD;
		return;
	}
	body = block_clone(x->u->arena, m->body);
	x->call = &call;
	expand_block(x, body);
	x->call = call.outer;
	replace(e, body);
}

/* -- the tree -- */

static void hook_expr(void *arg, struct expr *e)
{
	expand_expr(arg, e);
}

static void hook_block(void *arg, struct block *b)
{
	expand_block(arg, b);
}

static struct ast_hooks hooks(struct expander *x)
{
	return (struct ast_hooks){ hook_expr, hook_block, expand_spec, x };
}

/* Some words of the vocabulary take a bare name as it is: pid(init), kstack(perf). */
static bool is_word(const struct expander *x, const struct expr *call, size_t i)
{
	const struct expr *arg = call->call.arg[i];
	const struct lang_def *def = lang_find(x->u->lang, call->call.name);

	return arg->kind == EXPR_NAME && def && sig_has_word(def->sig, i, arg->call.name) &&
	       param_index(x, arg->call.name) == SIZE_MAX;
}

/* A parameter, a macro, or something else. */
static void expand_name(struct expander *x, struct expr *e)
{
	size_t i = e->kind == EXPR_NAME ? param_index(x, e->call.name) : SIZE_MAX;
	const struct macro_def *m;

	move(x, &e->call.name_span);
	if (i != SIZE_MAX) {
		substitute(x, e, &x->call->arg[i]);
		return;
	}
	m = macro_find(&x->index, e, x->call && x->call->macro->library);
	if (m) {
		expand_call(x, e, m);
		return;
	}
	for (i = 0; e->kind == EXPR_CALL && i < e->call.args; i++) {
		if (is_word(x, e, i))
			move(x, &e->call.arg[i]->span);
		else
			expand_expr(x, e->call.arg[i]);
	}
}

static void expand_kind(struct expander *x, struct expr *e)
{
	const struct ast_hooks h = hooks(x);
	size_t i;

	if (e->kind == EXPR_NAME || e->kind == EXPR_CALL) {
		expand_name(x, e);
		return;
	}
	if (e->kind == EXPR_VAR)
		expand_var(x, e);
	if (e->kind == EXPR_MAP) {
		i = param_index(x, e->map.name);
		if (i != SIZE_MAX)
			e->map.name = x->call->arg[i].e->map.name;
	}
	if (e->kind == EXPR_FIELD)
		move(x, &e->field.name_span);
	if (e->kind == EXPR_CAST)
		check_cast(x, e);
	if (e->kind == EXPR_OFFSETOF)
		expand_members(x, e);
	expr_below(e, &h);
}

static void expand_expr(struct expander *x, struct expr *e)
{
	move(x, &e->span);
	x->depth++;
	if (grow(x, 1, 0, e->span))
		expand_kind(x, e);
	else
		e->kind = EXPR_BAD;
	x->depth--;
	e->depth = expr_depth_below(e) + 1;
}

static void expand_stmt(struct expander *x, struct block *b, struct stmt *s)
{
	const struct ast_hooks h = hooks(x);
	uint32_t depth;

	move(x, &s->span);
	stmt_below(s, &h);
	depth = stmt_depth_below(s);
	b->depth = depth > b->depth ? depth : b->depth;
}

static void expand_block(struct expander *x, struct block *b)
{
	move(x, &b->span);
	x->depth++;
	if (!grow(x, 1, 0, b->span)) {
		b->stmts.n = 0;
		b->value = NULL;
	}
	b->depth = 0;
	vec_each (i, &b->stmts)
		expand_stmt(x, b, b->stmts.v[i]);
	if (b->value) {
		expand_expr(x, b->value);
		b->depth = b->value->depth > b->depth ? b->value->depth : b->depth;
	}
	x->depth--;
}

void macro_run(struct unit *u)
{
	struct expander x = { .u = u, .index = { .u = u } };

	if (!u->script.macros.n)
		return;
	vec_each (i, &u->script.macros) {
		macro_check(u, u->script.macros.v[i]);
		macro_define(&x.index, u->script.macros.v[i]);
	}
	vec_each (i, &u->script.probes) {
		struct probe_def *p = u->script.probes.v[i];

		if (p->predicate)
			expand_expr(&x, p->predicate);
		expand_block(&x, p->body);
	}
	vec_each (i, &u->script.fns)
		expand_block(&x, u->script.fns.v[i]->body);
	macro_index_release(&x.index);
}
