/* SPDX-License-Identifier: Apache-2.0 */
/* objects - functions in C: import "lib.bpf.c"; import "lib.bpf.o"; */
#ifndef SEMA_OBJECTS_H
#define SEMA_OBJECTS_H

#include "sema/sema.h"

/* Has clang compile a file for BPF. Returns false with a diagnostic; what is wrong in the file
 * clang has said itself, on standard error. */
bool compile_c(struct unit *u, const char *path, struct span at, struct strbuf *object);

/* By name (interned); NULL: there is none. */
struct c_function *c_function_find(struct unit *u, const char *name);
/* Whether this call hands over as many arguments as f takes, and f is one to call from a script. */
bool c_function_usable(struct unit *u, const struct c_function *f, const struct expr *call);

#endif
