/* SPDX-License-Identifier: Apache-2.0 */
/* depth.c - the depth of a tree is bounded while it is built. */

#include "parser/depth.h"

#include "base/diag.h"

void too_deep(struct parser *p, struct span at, int levels)
{
	if (!p->lexer->stopped)
		diag_error(p->u->diags, at, "Nested deeper than %d levels", levels);
	p->lexer->stopped = true;
}

struct expr *depth_expr(struct parser *p, struct expr *e)
{
	e->depth = expr_depth_below(e) + 1;
	if (e->depth > DEPTH_MAX)
		too_deep(p, e->span, DEPTH_MAX);
	return e;
}

/* A block is as deep as what stands in it: the expression that it is, or the loop, counts. */
static void deepen(struct parser *p, struct block *b, uint32_t below, struct span at)
{
	b->depth = below > b->depth ? below : b->depth;
	if (b->depth > DEPTH_MAX)
		too_deep(p, at, DEPTH_MAX);
}

void depth_add_stmt(struct parser *p, struct block *b, struct stmt *s)
{
	deepen(p, b, stmt_depth_below(s), s->span);
}

void depth_add_value(struct parser *p, struct block *b, const struct expr *value)
{
	deepen(p, b, value ? value->depth : 0, b->span);
}
