/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - names point at what they mean.
 *
 * Requires: programs with trees of their own. Afterwards: variables and maps are known, calls hold
 * their row of the vocabulary, positional parameters and enumerators are literals, literal
 * arithmetic is folded.
 */

#include "sema/resolve.h"

#include "ast/map_kind.h"
#include "base/arena.h"
#include "lang/lang.h"
#include "sema/fold.h"
#include "sema/functions.h"
#include "sema/types.h"

#include <string.h>

/* The map of this name, made when it is new. */
static struct map_var *map_var_get(struct unit *u, const char *name, struct span span)
{
	struct map_var *m = map_get(&u->maps, name);

	if (m)
		return m;
	m = arena_new(u->arena, struct map_var);
	m->name = name;
	m->span = span;
	m->value = &type_unknown;
	map_put(&u->maps, name, m);
	return m;
}

static void resolve_block(struct resolver *r, struct block *b);

static void resolve_map(struct resolver *r, struct expr *e)
{
	e->map.map = map_var_get(r->u, e->map.name, e->span);
	e->map.map->used = true;
	for (size_t i = 0; i < e->map.keys; i++)
		resolve_expr(r, e->map.key[i]);
}

/* Whether the block is compiled shows when types are known: until then it may say what it likes. */
static void resolve_perhaps(struct resolver *r, struct block *b)
{
	b->held = diags_hold(r->u->diags);
	resolve_block(r, b);
	diags_hold_end(r->u->diags, b->held);
}

static void resolve_if(struct resolver *r, struct expr *e)
{
	bool comptime = e->cond.cond->kind == EXPR_COMPTIME;

	resolve_expr(r, e->cond.cond);
	if (comptime && e->cond.cond->literal && e->cond.cond->kind != EXPR_STRING) {
		comptime_prune(r->u, e);
		resolve_block(r, e->block);
		return;
	}
	(comptime ? resolve_perhaps : resolve_block)(r, e->cond.yes);
	if (e->cond.no)
		(comptime ? resolve_perhaps : resolve_block)(r, e->cond.no);
}

static void resolve_spec(struct resolver *r, struct type_spec *spec)
{
	for (; spec; spec = spec->of_type)
		if (spec->of_expr)
			resolve_expr(r, spec->of_expr);
}

/* A name in sizeof() looks like a type, and may be a value: an enumerator, a macro, a builtin. */
static void value_or_type(struct resolver *r, struct expr *e)
{
	const struct type_spec *spec = e->typed.spec;
	struct expr *name;

	if (!spec || spec->base != SPEC_NAME || spec->suffixes || e->kind == EXPR_OFFSETOF ||
	    spec_is_type(r->u, spec->name))
		return;
	name = expr_new(r->u->arena, EXPR_NAME, spec->span);
	name->call.name = spec->name;
	name->call.name_span = spec->span;
	e->typed.spec = NULL;
	e->typed.operand = name;
}

/* (*args).x is args.x: args is no pointer here. */
static void drop_deref_of_args(struct expr *e)
{
	struct expr *op = e->unary.operand;

	if (e->unary.op == UNARY_DEREF && op->kind == EXPR_CALL &&
	    !strcmp(op->call.def->name, "args"))
		*e = *op;
}

static void expr_inside(void *arg, struct expr *e)
{
	resolve_expr(arg, e);
}

static void block_inside(void *arg, struct block *b)
{
	resolve_block(arg, b);
}

static void resolve_inside(struct resolver *r, struct expr *e)
{
	expr_below(e, &(struct ast_hooks){ .expr = expr_inside, .block = block_inside, .arg = r });
}

/* What is counted up starts from zero, and who has a variable's address may write to it. */
static void note_written(struct resolver *r, const struct expr *e)
{
	struct scoped_var *s = e->kind == EXPR_VAR ? scope_find(r, e->var.name) : NULL;

	if (s)
		s->var->assigned = true;
}

void resolve_expr(struct resolver *r, struct expr *e)
{
	switch (e->kind) {
	case EXPR_INT:
	case EXPR_STRING:
	case EXPR_BOOL: e->literal = true; break;
	case EXPR_NAME: resolve_name(r, e); break;
	case EXPR_CALL:
	case EXPR_FN_CALL:
	case EXPR_C_CALL: resolve_call(r, e); break;
	case EXPR_VAR: scope_use(r, e); break;
	case EXPR_MAP: resolve_map(r, e); break;
	case EXPR_PARAM: param_literal(r->u, e); break;
	case EXPR_PARAM_COUNT:
		expr_become_int(e, r->u->params, false, type_int(r->u->types, 8, false));
		break;
	case EXPR_UNARY:
		if (e->unary.op == UNARY_ADDR)
			note_written(r, e->unary.operand);
		resolve_inside(r, e);
		drop_deref_of_args(e);
		break;
	case EXPR_INCDEC:
		note_written(r, e->incdec.target);
		resolve_inside(r, e);
		if (e->incdec.target->kind == EXPR_MAP)
			e->incdec.target->map.map->assigned = true;
		break;
	case EXPR_IF: resolve_if(r, e); break;
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
		value_or_type(r, e);
		resolve_inside(r, e);
		break;
	case EXPR_FIELD:
	case EXPR_INDEX:
	case EXPR_COMPTIME:
	case EXPR_BINARY:
	case EXPR_TERNARY:
	case EXPR_CAST:
	case EXPR_TUPLE:
	case EXPR_RECORD:
	case EXPR_BLOCK: resolve_inside(r, e); break;
	case EXPR_BAD: break;
	}
	fold_expr(r->u, e);
}

static void resolve_assign(struct resolver *r, struct stmt *s)
{
	struct expr *target = s->assign.target;

	resolve_expr(r, s->assign.value);
	if (target->kind == EXPR_VAR && s->assign.op == BINARY_NONE)
		scope_assign(r, target);
	else
		resolve_expr(r, target);
	if (target->kind == EXPR_MAP)
		target->map.map->assigned = true;
	if (target->kind == EXPR_VAR && target->var.var)
		target->var.var->assigned = true;
}

static void resolve_let(struct resolver *r, struct stmt *s)
{
	struct var *v;

	resolve_spec(r, s->let.spec);
	if (s->let.value)
		resolve_expr(r, s->let.value);
	v = scope_declare(r, s->let.target,
	                  "Variable %s was already declared. Variable shadowing is not allowed.");
	v->declared = true;
	v->assigned = s->let.value != NULL;
}

/* A loop whose body the kernel calls back. */
static void resolve_body(struct resolver *r, struct block *body)
{
	r->loops++;
	r->callbacks++;
	if (r->callbacks > r->program->loop_depth)
		r->program->loop_depth = r->callbacks;
	resolve_block(r, body);
	r->callbacks--;
	r->loops--;
}

static void resolve_for(struct resolver *r, struct stmt *s)
{
	size_t outer = r->scope.n;

	if (s->kind == STMT_FOR_MAP && s->loop.over->kind == EXPR_MAP && !s->loop.over->map.keys) {
		s->loop.over->map.map =
			map_var_get(r->u, s->loop.over->map.name, s->loop.over->span);
		s->loop.over->map.map->used = true;
	} else {
		resolve_expr(r, s->loop.over);
	}
	if (s->loop.end)
		resolve_expr(r, s->loop.end);
	if (s->kind == STMT_FOR_RANGE)
		s->loop.range = r->program->ranges++;
	/* The variable belongs to the body, in whose function it is set. */
	r->callbacks++;
	scope_declare(r, s->loop.var, "Loop declaration shadows existing variable: %s")->loop =
		true;
	r->callbacks--;
	s->loop.var->var.var->assigned = true;
	resolve_body(r, s->loop.body);
	r->scope.n = outer;
}

/* The condition is part of the body's function. */
static void resolve_while(struct resolver *r, struct stmt *s)
{
	r->callbacks++;
	resolve_expr(r, s->loop.over);
	r->callbacks--;
	resolve_body(r, s->loop.body);
}

static void resolve_jump(struct resolver *r, struct stmt *s, const char *what)
{
	if (r->loops)
		return;
	diag_hint(diag_error(r->u->diags, s->span, "'%s' statement is not allowed in a %s", what,
	                     r->program->fn ? "function" : "probe"),
	          "it stands inside of a loop: for, while or unroll");
	s->kind = STMT_BAD;
}

static void resolve_stmt(struct resolver *r, struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD: resolve_expr(r, s->expr); break;
	case STMT_ASSIGN: resolve_assign(r, s); break;
	case STMT_LET: resolve_let(r, s); break;
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE: resolve_for(r, s); break;
	case STMT_WHILE: resolve_while(r, s); break;
	case STMT_UNROLL:
		resolve_expr(r, s->loop.over);
		r->loops++;
		resolve_block(r, s->loop.body);
		r->loops--;
		break;
	case STMT_BREAK: resolve_jump(r, s, "break"); break;
	case STMT_CONTINUE: resolve_jump(r, s, "continue"); break;
	case STMT_RETURN:
		if (s->expr)
			resolve_expr(r, s->expr);
		if (r->program->fn)
			r->program->parts->gives_value |= s->expr != NULL;
		break;
	case STMT_IMPORT:
		if (strncmp(s->import.path, "stdlib", 6))
			diag_error(r->u->diags, s->span,
			           "Import inside a block is for the standard library only");
		break;
	case STMT_BAD: break;
	}
}

static void resolve_block(struct resolver *r, struct block *b)
{
	size_t outer = r->scope.n;

	vec_each (i, &b->stmts)
		resolve_stmt(r, b->stmts.v[i]);
	if (b->value)
		resolve_expr(r, b->value);
	r->scope.n = outer;
}

static void declare_maps(struct unit *u)
{
	vec_each (i, &u->script.maps) {
		const struct map_decl *d = &u->script.maps.v[i];
		struct map_var *m = map_var_get(u, d->name, d->span);

		if (m->decl) {
			struct diag *e =
				diag_error(u->diags, d->span, "%s is declared twice", d->name);

			diag_note(e, m->decl->span, "first declared here");
			continue;
		}
		m->decl = d;
		m->kind = map_kind_find(d->kind);
	}
}

/* Parameters are variables that have been assigned. */
static void declare_params(struct resolver *r, const struct fn_def *fn)
{
	struct function_parts *parts = r->program->parts;

	parts->param = arena_array(r->u->arena, struct var *, fn->params + 1);
	for (size_t i = 0; i < fn->params; i++) {
		struct expr *e = expr_new(r->u->arena, EXPR_VAR, fn->param[i].span);

		e->var.name = fn->param[i].name;
		resolve_spec(r, fn->param[i].spec);
		parts->param[i] = scope_declare(
			r, e,
			"Variable %s was already declared. Variable shadowing is not allowed.");
		parts->param[i]->declared = parts->param[i]->assigned = true;
	}
	resolve_spec(r, fn->result);
}

static void resolve_program(struct resolver *r, struct program *p)
{
	size_t hoisted;

	r->program = p;
	r->hoisted.n = 0;
	do {
		hoisted = r->hoisted.n;
		if (hoisted) {
			program_body(r->u->arena, p);
			scope_declare_hoisted(r);
		}
		r->scope.n = p->vars.n = 0;
		if (p->fn)
			declare_params(r, p->fn);
		if (p->predicate)
			resolve_expr(r, p->predicate);
		resolve_block(r, p->body);
	} while (r->hoisted.n > hoisted);
	scope_warn_hoisted(r);
}

void resolve_run(struct unit *u)
{
	struct resolver r = { .u = u };

	declare_maps(u);
	functions_declare(u);
	vec_each (i, &u->fns)
		resolve_program(&r, u->fns.v[i]);
	vec_each (i, &u->programs)
		resolve_program(&r, u->programs.v[i]);
	functions_order(u);
}
