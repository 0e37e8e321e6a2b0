/* SPDX-License-Identifier: Apache-2.0 */
/* depth - the depth of a tree is bounded while it is built. */
#ifndef PARSER_DEPTH_H
#define PARSER_DEPTH_H

#include "parser/grammar.h"

/* Reports it, and ends the reading. */
void too_deep(struct parser *p, struct span at, int levels);
/* Sets the depth of a node whose children are there; returns the node. */
struct expr *depth_expr(struct parser *p, struct expr *e);
void depth_add_stmt(struct parser *p, struct block *b, struct stmt *s);
void depth_add_value(struct parser *p, struct block *b, const struct expr *value);

#endif
