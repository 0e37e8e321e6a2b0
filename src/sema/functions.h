/* SPDX-License-Identifier: Apache-2.0 */
/* functions - the functions of a script: fn f($a : int64) : int64 { ... }. */
#ifndef SEMA_FUNCTIONS_H
#define SEMA_FUNCTIONS_H

#include "sema/sema.h"

/* Makes a program of each definition: u->fns. */
void functions_declare(struct unit *u);
/* By name (interned); NULL: there is none. */
struct program *functions_find(struct unit *u, const char *name);
/* Once calls are known: u->fns holds those that are called, callees first; recursion and too deep
 * chains of calls are reported, call_depth and may_exit say what callees add. */
void functions_order(struct unit *u);

#endif
