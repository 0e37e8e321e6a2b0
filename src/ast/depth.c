/* SPDX-License-Identifier: Apache-2.0 */
/* depth.c - how deep a tree is; known for each node when it is made, from its children. */

#include "ast/ast.h"

struct deepest {
	uint32_t depth;
	uint32_t types; /* typeof() around what is being looked at, or beside it */
};

static void note(struct deepest *d, uint32_t depth)
{
	if (d->types + depth > d->depth)
		d->depth = d->types + depth;
}

static void note_expr(void *arg, struct expr *e)
{
	note(arg, e->depth);
}

static void note_block(void *arg, struct block *b)
{
	note(arg, b->depth);
}

static bool note_type(void *arg, struct type_spec *spec)
{
	struct deepest *d = arg;

	d->types++;
	note(d, 0);
	return true;
}

uint32_t expr_depth_below(struct expr *e)
{
	struct deepest d = { 0 };

	expr_below(e, &(struct ast_hooks){ note_expr, note_block, note_type, &d });
	return d.depth;
}

uint32_t stmt_depth_below(struct stmt *s)
{
	struct deepest d = { 0 };

	stmt_below(s, &(struct ast_hooks){ note_expr, note_block, note_type, &d });
	return d.depth;
}
