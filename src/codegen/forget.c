/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forget.c - what the verifier must not know.
 *
 * It walks every path of a program, unless a path comes to a state that it has seen. Two states are
 * the same when they agree in what branches, indexes and lengths depend on. Thirty conditions that
 * set a variable each, and thirty more that ask for them, are 2^30 states; where it knows nothing
 * of the variables, all of them are one. So programs with many branches keep variables that
 * branches decide in scratch memory, which the verifier does not look into, and load them anew for
 * each use. Few branches are walked path by path, at no cost to the program.
 */

#include "codegen/private.h"

#include "sema/sema.h"

enum { FEW = 10 }; /* 2^10 paths */

cgv cg_forget(struct cg *cg, cgv v)
{
	return cg_xor(cg, v, cg_control_word(cg, offsetof(struct image_control, zero)));
}

/* What a branch tells of a copy, the verifier takes to be known of the original as well, but not of
 * what was computed from it. */
cgv cg_apart(struct cg *cg, cgv v)
{
	return cg_xor(cg, v, cg_opaque(cg, cg_u64(cg, 0)));
}

/* -- how many branches there are, and what variables hold -- */

struct count {
	int64_t branches;
	int depth; /* of blocks */
};

static bool is_comparison(const struct expr *e)
{
	return e->kind == EXPR_BINARY && e->type->kind == KIND_BOOL;
}

/* What depends on the way that was taken to it, or may be a number that the verifier knows. */
static void note_known(void *known, struct expr *e)
{
	*(bool *)known |= e->kind == EXPR_TERNARY || e->kind == EXPR_IF || e->kind == EXPR_BLOCK ||
	                  e->kind == EXPR_FN_CALL || is_comparison(e);
}

/* What is not there is 0, a quotient by 0 is 1. */
static void note_made(void *known, struct expr *e)
{
	note_known(known, e);
	*(bool *)known |= (e->kind == EXPR_CALL && e->call.args) || e->kind == EXPR_MAP ||
	                  (e->kind == EXPR_BINARY &&
	                   (e->binary.op == BINARY_DIV || e->binary.op == BINARY_MOD));
}

/* A variable that is assigned once, always, and a value that comes from elsewhere, has no history
 * that the verifier could know. value: NULL for what changes it. */
static void note_write(struct expr *target, struct expr *value, const struct count *c)
{
	bool known = !value || c->depth > 1;
	struct var *v = target->var.var;

	if (target->kind != EXPR_VAR)
		return;
	if (!known)
		expr_visit(value, note_made, &known);
	v->varies |= v->written || known;
	v->written = true;
}

static void count_expr(void *count, struct expr *e);
static void count_block(void *count, struct block *b);

/* Of a program or function with what it calls: FEW and 1 stand for all that is more. Once for each:
 * functions that call functions several times would be walked along every path. */
static int64_t branches_of(struct program *p)
{
	struct count c = { 0 };

	if (p->counted)
		return p->branches;
	p->counted = true;
	if (p->predicate)
		count_expr(&c, p->predicate);
	count_block(&c, p->body);
	p->branches = c.branches > FEW ? FEW + 1 : (uint32_t)c.branches;
	return p->branches;
}

static void count_expr(void *count, struct expr *e)
{
	const struct ast_hooks below = { count_expr, count_block, NULL, count };
	struct count *c = count;

	/* A comparison that is a condition is one branch with it; what searches has its own. */
	c->branches += is_comparison(e) ||
	               (e->kind == EXPR_CALL && e->call.args && type_is_scalar(e->type)) ||
	               (e->kind == EXPR_IF && !is_comparison(e->cond.cond)) ||
	               (e->kind == EXPR_TERNARY && !is_comparison(e->ternary.cond));
	if (e->kind == EXPR_FN_CALL)
		c->branches += branches_of(e->call.fn);
	if (e->kind == EXPR_INCDEC)
		note_write(e->incdec.target, NULL, c);
	if (e->kind == EXPR_UNARY && e->unary.op == UNARY_ADDR)
		note_write(e->unary.operand, NULL, c);
	expr_below(e, &below);
}

static void count_block(void *count, struct block *b)
{
	struct count *c = count;

	c->depth++;
	vec_each (i, &b->stmts) {
		struct stmt *s = b->stmts.v[i];
		struct count inside = { 0, c->depth };
		const struct ast_hooks below = { count_expr, count_block, NULL, &inside };

		if (s->kind == STMT_ASSIGN)
			note_write(s->assign.target,
			           s->assign.op == BINARY_NONE ? s->assign.value : NULL, c);
		if (s->kind == STMT_LET)
			note_write(s->let.target, s->let.value, c);
		stmt_below(s, &below);
		if (s->kind == STMT_UNROLL)
			inside.branches *= literal_value(s->loop.over);
		c->branches += inside.branches;
	}
	if (b->value)
		count_expr(c, b->value);
	c->depth--;
}

bool cg_has_many_branches(struct program *p)
{
	return branches_of(p) > FEW;
}

bool cg_must_hide(struct cg *cg, const struct var *v)
{
	return cg->forgetful && !v->loop && (v->varies || !v->written);
}

/* -- what is compared -- */

cgv cg_unknown(struct cg *cg, struct expr *e, cgv v)
{
	bool known = false;

	/* A comparison becomes the branch itself. */
	if (!cg->forgetful || is_comparison(e))
		return v;
	expr_visit(e, note_known, &known);
	return known ? cg_forget(cg, v) : v;
}
