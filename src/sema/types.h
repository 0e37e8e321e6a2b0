/* SPDX-License-Identifier: Apache-2.0 */
/* types - the rules shared by the files that infer and check types. */
#ifndef SEMA_TYPES_H
#define SEMA_TYPES_H

#include "sema/sema.h"

/* Types a block; its trailing expression's type, or &type_none. */
const struct type *sema_block(struct sema *s, struct block *b);
/* Warns of a value that a statement leaves unused. */
void sema_discarded(struct sema *s, const struct expr *e);
/* A condition: int, bool, pointer. */
void sema_condition(struct sema *s, struct expr *e);
/* Writes of a value of type t: the place's type grows to hold it. */
void var_assign(struct sema *s, struct var *v, const struct type *t, const struct expr *value,
                struct span use);
void map_assign(struct sema *s, struct map_var *m, const struct type *t, const struct expr *value,
                struct span use);
/* Whether a value of type t can be kept in a place of a fixed type. */
bool value_fits(struct sema *s, const struct type *place, const struct type *t,
                const struct expr *value);
/* 'comptime e': a literal once types have settled. */
const struct type *comptime_type(struct sema *s, struct expr *e);
/* 'if comptime' with a literal as its condition becomes the branch that is kept. */
void comptime_prune(struct unit *u, struct expr *e);
/* Variables and maps that only branches left out mention are not the script's. */
void comptime_forget(struct unit *u);
/* Asks all questions again. */
void comptime_check(struct sema *s);
/* Functions: what their definition says of parameters and result; 'return'; a call's type. */
void function_types(struct sema *s, struct program *fn);
void function_returns(struct sema *s, struct stmt *st);
/* Warns where a function that has a result may come to its end without a 'return'. */
void function_end(struct sema *s, const struct program *fn);
const struct type *function_call(struct sema *s, struct expr *e);
const struct type *c_function_call(struct sema *s, struct expr *e);
/* The type of "l op r" for two integers, by the language's rule. */
const struct type *int_binary(struct sema *s, enum binary_op op, const struct type *l,
                              const struct type *r);
/* l op r of any types; reports what cannot be. *common: what both sides are converted to. */
const struct type *binary_type(struct sema *s, struct expr *e, enum binary_op op,
                               const struct type *l, const struct type *r, struct span span,
                               const struct type **common);
/* Whether a value of type t, an aggregation included, reads as an integer; its type then. */
const struct type *int_of(struct sema *s, const struct type *t);

/* Kinds of expression that have a file of their own: operator.c, access.c, cast.c, introspect.c. */
const struct type *sema_unary(struct sema *s, struct expr *e);
const struct type *sema_binary(struct sema *s, struct expr *e);
const struct type *sema_incdec(struct sema *s, struct expr *e);
const struct type *sema_field(struct sema *s, struct expr *e);
const struct type *sema_index(struct sema *s, struct expr *e);
const struct type *sema_cast(struct sema *s, struct expr *e);
/* The type of an expression that is not computed, for 'word'. */
const struct type *type_asked(struct sema *s, const char *word, struct expr *e);
const struct type *sema_sizeof(struct sema *s, struct expr *e);
const struct type *sema_offsetof(struct sema *s, struct expr *e);
const struct type *sema_typeinfo(struct sema *s, struct expr *e);
/* What a pointer or an address of type t points at: *p, or p[i]. */
const struct type *sema_deref(struct sema *s, struct expr *e, const struct type *t);
/* Reports a member that is not there; what it may have meant to be. */
struct diag *no_such_field(struct sema *s, struct span at, const struct type *t, const char *name);
void suggest_field(struct sema *s, struct diag *d, const struct type *t, const char *name);

#endif
