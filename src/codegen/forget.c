/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forget.c - what the verifier must not know.
 *
 * It walks every path of a program, unless a path comes to a state that it has seen. Two states are
 * the same when they agree in what branches, indexes and lengths depend on. Thirty conditions that
 * set a variable each, and thirty more that ask for them, are 2^30 states; where it knows nothing
 * of the variables, all of them are one. So programs with many branches keep their variables in
 * scratch memory, which the verifier does not look into, and load them anew for each use. Few
 * branches are walked path by path, at no cost to the program.
 */

#include "codegen/private.h"

#include "sema/sema.h"

enum { FEW = 8 }; /* 2^8 paths */

cgv cg_forget(struct cg *cg, cgv v)
{
	return cg_xor(cg, v, cg_control_word(cg, offsetof(struct image_control, zero)));
}

/* -- how many branches there are -- */

static bool is_comparison(const struct expr *e)
{
	return e->kind == EXPR_BINARY && e->type->kind == KIND_BOOL;
}

static void count_expr(void *n, struct expr *e);
static void count_block(void *n, struct block *b);

static void count_program(int64_t *n, const struct program *p)
{
	if (p->predicate)
		count_expr(n, p->predicate);
	count_block(n, p->body);
}

static void count_expr(void *n, struct expr *e)
{
	const struct ast_hooks below = { count_expr, count_block, NULL, n };

	/* A comparison that is a condition is one branch with it. */
	*(int64_t *)n += is_comparison(e) || (e->kind == EXPR_IF && !is_comparison(e->cond.cond)) ||
	                 (e->kind == EXPR_TERNARY && !is_comparison(e->ternary.cond));
	if (e->kind == EXPR_FN_CALL && *(int64_t *)n <= FEW)
		count_program(n, e->call.fn);
	expr_below(e, &below);
}

static void count_block(void *n, struct block *b)
{
	vec_each (i, &b->stmts) {
		struct stmt *s = b->stmts.v[i];
		int64_t inside = 0;
		const struct ast_hooks below = { count_expr, count_block, NULL, &inside };

		stmt_below(s, &below);
		*(int64_t *)n +=
			s->kind == STMT_UNROLL ? inside * literal_value(s->loop.over) : inside;
	}
	if (b->value)
		count_expr(n, b->value);
}

bool cg_has_many_branches(const struct program *p)
{
	int64_t n = 0;

	count_program(&n, p);
	return n > FEW;
}

/* -- what is compared -- */

/* What depends on the way that was taken to it. */
static void note_known(void *known, struct expr *e)
{
	*(bool *)known |= e->kind == EXPR_TERNARY || e->kind == EXPR_IF || e->kind == EXPR_BLOCK ||
	                  e->kind == EXPR_FN_CALL || is_comparison(e);
}

cgv cg_unknown(struct cg *cg, struct expr *e, cgv v)
{
	bool known = false;

	/* A comparison becomes the branch itself. */
	if (!cg->forgetful || is_comparison(e))
		return v;
	expr_visit(e, note_known, &known);
	return known ? cg_forget(cg, v) : v;
}
