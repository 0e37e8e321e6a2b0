/* SPDX-License-Identifier: Apache-2.0 */
/*
 * macro - which macro a call means.
 *
 * The user's macros come first, then those of the standard library, then the vocabulary; each only
 * when the call fits. The standard library sees no macros but its own.
 */
#ifndef SEMA_MACRO_H
#define SEMA_MACRO_H

#include "sema/sema.h"

struct macro_index {
	struct unit *u;
	struct map user, library; /* name -> struct overloads */
};

/* Adds a definition; one of the same name and parameters is an error. */
void macro_define(struct macro_index *index, const struct macro_def *m);
/* The macro that a name or call means; NULL: none. When there are macros of the name and nothing
 * fits, that is reported and *e is bad. */
const struct macro_def *macro_find(struct macro_index *index, struct expr *e, bool in_library);
void macro_index_release(struct macro_index *index);

/* Reports what a macro's definition may not hold. */
void macro_check(struct unit *u, const struct macro_def *m);

#endif
