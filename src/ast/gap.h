/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gap - parts of the script that could not be understood, and were reported.
 *
 * Later passes go on with the rest, so that one run finds more than one mistake. What a gap
 * mentions may be defined, assigned or used there: a name that is unknown elsewhere is then no
 * mistake of its own.
 *
 *	script_add_gap(arena, &u->script, span);	(where the reason is reported)
 *	...
 *	if (!unit_gap_mentions(u, "@x"))
 *		diag_error(... "Undefined map: @x")
 */
#ifndef AST_GAP_H
#define AST_GAP_H

#include "ast/unit.h"

void script_add_gap(struct arena *arena, struct script *s, struct span at);
/* Whether the text of a gap has 'name' ("@x", "$x", "f") as a word. */
bool unit_gap_mentions(const struct unit *u, const char *name);

#endif
