/* SPDX-License-Identifier: Apache-2.0 */
/* fold - literals computed at compile time. */
#ifndef SEMA_FOLD_H
#define SEMA_FOLD_H

#include "sema/sema.h"

/* Replaces an operation on literals (children folded already) by its result, exactly: what does not
 * fit 64 bits is an error. Comparisons and logic give BOOL, a ternary its chosen side. */
void fold_expr(struct unit *u, struct expr *e);
/* Turns $n into the literal it stands for. */
void param_literal(struct unit *u, struct expr *e);
/* Reads a number as the script would: decimal, hex, octal, binary, 1e6, 5ms, '_' between digits, a
 * leading '-'. false: it is no number. */
bool number_parse(const char *text, uint64_t *value, bool *negative);

#endif
