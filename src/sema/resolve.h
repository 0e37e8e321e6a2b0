/* SPDX-License-Identifier: Apache-2.0 */
/* resolve - what the files of the pass that resolves names share. */
#ifndef SEMA_RESOLVE_H
#define SEMA_RESOLVE_H

#include "sema/sema.h"

struct scoped_var {
	struct var *var;
	unsigned int callback; /* depth of for loops where it was declared */
};

/* A variable that is used behind the block that first assigns it. Up to bpftrace 0.21 variables
 * were the probe's, so it is declared before everything else and the program is resolved again. */
struct hoisted {
	const char *name;
	struct span assigned, used;
};

struct resolver {
	struct unit *u;
	struct program *program;
	VEC(struct hoisted) hoisted;
	VEC(struct scoped_var) scope; /* innermost last */
	unsigned int loops;           /* enclosing loops of any kind */
	unsigned int callbacks;       /* of them, those whose body is a function of its own */
	const struct expr *word_call; /* the call whose arguments are looked at: takes bare names */
	bool word_wanted;             /* this argument may be one */
};

void resolve_expr(struct resolver *r, struct expr *e);
/* EXPR_NAME and EXPR_CALL become what the name stands for. */
void resolve_name(struct resolver *r, struct expr *e);
void resolve_call(struct resolver *r, struct expr *e);

/* The variable of this name that can be seen here, or NULL. */
struct scoped_var *scope_find(struct resolver *r, const char *name);
/* Reads a variable; EXPR_BAD with a diagnostic when there is none. */
void scope_use(struct resolver *r, struct expr *e);
/* The target of an assignment: a new name makes a variable. */
void scope_assign(struct resolver *r, struct expr *e);
/* For let and loop variables, which must be new; fmt says so of a name that is not. */
__attribute__((format(printf, 3, 0))) struct var *scope_declare(struct resolver *r, struct expr *e,
                                                                const char *fmt);
/* "let $x;" before everything else, for variables that are used behind the block that assigns them;
 * and a warning for each. */
void scope_declare_hoisted(struct resolver *r);
void scope_warn_hoisted(struct resolver *r);

#endif
