/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sema - from a tree of names to a tree of types.
 *
 * Passes, in order (driver.c); each leaves what its line says:
 *
 *	config_run	u->config
 *	definitions_run	u->cdefs: types, enumerators and macros in C
 *	objects_run	u->c_functions: what imported C objects offer
 *	macro_run	calls of macros are replaced by what they say
 *	expand_run	u->programs: concrete targets, no wildcards; each with its own tree
 *	resolve_run	names point at what they mean; parameters, enumerators and constants are
 *			literals; variables and maps are known
 *	types_run	each expression, variable and map has a type
 *	layout_run	maps and probes have rows in the image, programs have names
 *
 * This header is also what check hooks of lang/ use.
 */
#ifndef SEMA_SEMA_H
#define SEMA_SEMA_H

#include "ast/unit.h"
#include "base/diag.h"

struct sema {
	struct unit *u;
	struct program *program; /* whose body is being typed */
	struct diags *diags;     /* muted while types are inferred, loud in the last round */
	struct types *ty;
	bool final;         /* the last round: types will not change any more */
	bool changed;       /* a variable or map got another type in this round */
	bool settling;      /* types have settled: 'comptime' gets its answers */
	bool waiting;       /* some 'comptime' has none yet */
	bool from_zero;     /* of a map nothing else is known: "@m += v" adds to a number like v */
	unsigned int loops; /* depth of enclosing loops */
	unsigned int callbacks; /* of them, those whose body is a BPF callback (for) */
	const char *asked;      /* sizeof and its like, of whose operand the type is asked only; or NULL */
	uint64_t copies;        /* that enclosing unrolls make; 0: there are none */
};

void config_run(struct unit *u);
void definitions_run(struct unit *u);
void objects_run(struct unit *u);
void macro_run(struct unit *u);
void expand_run(struct unit *u);
void resolve_run(struct unit *u);
void types_run(struct unit *u);
void layout_run(struct unit *u);

/* -- for check hooks -- */

/* Whether argument i exists. */
bool arg_given(const struct expr *call, size_t i);
/* Integer literals: value, or false with a diagnostic that names the parameter. */
bool arg_literal(struct sema *s, const struct expr *call, size_t i, const char *what,
                 uint64_t *value);
/* String literals: text, or NULL with a diagnostic. */
const char *arg_text(struct sema *s, const struct expr *call, size_t i);
/* "f() expects ..., not T" at argument i. Returns &type_error. */
const struct type *arg_mismatch(struct sema *s, const struct expr *call, size_t i,
                                const char *wanted);
/* Types an expression that the signature left alone (LANG_NO_EVAL). */
const struct type *sema_expr(struct sema *s, struct expr *e);
/* The literal that a copy of e comes to with the types of now; NULL: it comes to none. */
struct expr *sema_literal(struct sema *s, const struct expr *e);
/* The whole map a call is about: EXPR_MAP without keys, or NULL with a diagnostic. */
struct map_var *arg_map(struct sema *s, struct expr *call, size_t i);
/* Types the keys of '@m[...]', or of a key given as one expression, against the map's key type. */
void sema_map_key(struct sema *s, struct map_var *m, struct expr *const *key, size_t n,
                  struct span use);
/* An error that 'what' cannot be used in this kind of probe. Returns &type_error. */
const struct type *not_in_probe(struct sema *s, const struct expr *e, const char *what);
/* A kernel type by name from BTF ("task_struct", KIND_STRUCT), or NULL. */
const struct type *ktype_find(struct unit *u, enum kind kind, const char *name);
/* The type of a BTF id. as: where it lives, for pointers inside. */
const struct type *ktype_by_id(struct unit *u, const void *btf, uint32_t id, enum addr_space as);
/* A type from C text: "const char *", "unsigned int", "struct sock *", "u8[16]". NULL: unknown. */
const struct type *ktype_by_text(struct unit *u, const char *text, enum addr_space as);
/* Gives a program its own copy of its block and predicate. */
void program_body(struct arena *arena, struct program *p);
/* What a word of another language is called here, or NULL. */
const char *habit_hint(const char *word);
/* A type as written in the script, or &type_error with a diagnostic. */
const struct type *spec_type(struct sema *s, const struct type_spec *spec);
/* Whether a name alone is a type's. */
bool spec_is_type(struct unit *u, const char *name);
/* The type that an expression has, or that it names: typeof(...), from a macro. */
const struct type *type_or_value(struct sema *s, struct expr *e);
/* Evaluates an integer literal with its sign. */
int64_t literal_value(const struct expr *e);

#endif
