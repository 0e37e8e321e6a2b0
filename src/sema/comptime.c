/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comptime.c - what is computed while the script is compiled.
 *
 * 'if comptime' keeps one of its branches; the other one is not typed and not compiled, and its names
 * need not be known. A condition of literals is decided with names (resolve.c). One that asks for
 * types waits until these do not change any more, and so do messages about names in the branches; the
 * branch that it keeps may then change other types, and so on. No answer may become wrong by that:
 * they are all asked again at the end.
 */

#include "base/arena.h"
#include "sema/fold.h"
#include "sema/types.h"

#include <string.h>

static void fold_node(void *arg, struct expr *e)
{
	fold_expr(arg, e);
}

struct expr *sema_literal(struct sema *s, const struct expr *e)
{
	struct expr *copy = expr_clone(s->u->arena, e);
	bool was_final = s->final;
	const struct type *t;

	diags_mute(s->diags);
	s->final = true;
	t = sema_expr(s, copy);
	s->final = was_final;
	diags_unmute(s->diags);
	expr_visit(copy, fold_node, s->u);
	/* The sum of two sizes is as wide as a size. */
	if (copy->kind == EXPR_INT && !copy->type && type_is_int(t))
		copy->type = t;
	return copy->literal ? copy : NULL;
}

static bool same_literal(const struct expr *a, const struct expr *b)
{
	if (a->kind == EXPR_STRING && b->kind == EXPR_STRING)
		return a->string.len == b->string.len &&
		       !memcmp(a->string.text, b->string.text, a->string.len);
	return a->kind != EXPR_STRING && b->kind != EXPR_STRING &&
	       literal_value(a) == literal_value(b);
}

const struct type *comptime_type(struct sema *s, struct expr *e)
{
	struct comptime_answer answer = { .program = s->program, .question = e->unary.operand };
	struct span span = e->span;

	answer.literal = s->settling || s->final ? sema_literal(s, e->unary.operand) : NULL;
	if (!answer.literal) {
		s->waiting |= !s->final;
		if (s->final && sema_expr(s, e->unary.operand) != &type_error)
			diag_error(s->diags, e->span,
			           "Unable to resolve comptime expression: it is not known at "
			           "compile time");
		return s->final ? &type_error : &type_unknown;
	}
	vec_push_in(s->u->arena, &s->u->answers, answer);
	s->changed = true;
	*e = *answer.literal;
	e->span = span;
	return sema_expr(s, e);
}

void comptime_prune(struct unit *u, struct expr *e)
{
	struct block *kept = literal_value(e->cond.cond) ? e->cond.yes : e->cond.no;

	e->kind = EXPR_BLOCK;
	e->block = kept ? kept : block_new(u->arena, e->span);
	if (e->block->held)
		diags_tell(u->diags, e->block->held);
}

/* -- what only branches that were left out mention -- */

static void note_use(void *arg, struct expr *e)
{
	(void)arg;
	if (e->kind == EXPR_MAP && e->map.map)
		e->map.map->used = true;
	else if (e->kind == EXPR_VAR && e->var.var)
		e->var.var->used = true;
}

static void drop_vars(struct program *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->vars.n; i++)
		if (p->vars.v[i]->used)
			p->vars.v[kept++] = p->vars.v[i];
	p->vars.n = kept;
}

static void visit_program(struct program *p)
{
	for (size_t i = 0; p->fn && i < p->fn->params; i++)
		p->parts->param[i]->used = true;
	if (p->predicate)
		expr_visit(p->predicate, note_use, NULL);
	block_visit(p->body, note_use, NULL);
	drop_vars(p);
}

void comptime_forget(struct unit *u)
{
	struct map kept = MAP_INIT;

	if (!u->answers.n)
		return;
	map_each (e, &u->maps)
		((struct map_var *)e->value)->used = false;
	vec_each (i, &u->fns)
		visit_program(u->fns.v[i]);
	vec_each (i, &u->programs)
		visit_program(u->programs.v[i]);
	map_each (e, &u->maps) {
		const struct map_var *m = e->value;

		if (m->used || m->decl)
			map_put(&kept, e->key, e->value);
	}
	map_release(&u->maps);
	u->maps = kept;
}

void comptime_check(struct sema *s)
{
	vec_each (i, &s->u->answers) {
		const struct comptime_answer *a = &s->u->answers.v[i];
		const struct expr *now;

		s->program = a->program;
		now = sema_literal(s, a->question);
		if (now && same_literal(now, a->literal))
			continue;
		diag_hint(diag_error(
				  s->diags, a->question->span,
				  "The answer to this was different before code that depends on it "
				  "was added"),
		          "types that 'comptime' asks for cannot be changed by what it decides");
	}
}
