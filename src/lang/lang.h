/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang - the vocabulary: one row per builtin value, function, aggregation and map operation.
 *
 * A row says all there is about a word: how it is called, what it gives, how it is checked and
 * compiled, and what the manual says. Families of rows live in one file each; table.c lists them,
 * the driver plugs the list into the unit. Nothing else in the compiler knows a word by name.
 *
 *	{
 *		.name = "pid",
 *		.sig = "pid -> u32",
 *		.emit = emit_pid,
 *		.brief = "Process id of the current task, as user space counts it.",
 *		.example = "begin { print(pid); }",
 *	},
 *
 * Signatures: "name" (also callable as "name()"), or "name(param, param: kind, param: kind = text,
 * ...)"; then "-> result". What a kind accepts:
 *
 *	any       every value		int      INT, BOOL, ENUM, castable aggregations
 *	bool, string, buffer		ptr      pointer, or an integer that holds an address
 *	mem       string, array, pointer or address
 *	text      string, array of bytes or pointer to bytes
 *	intlit    integer literal	strlit   string literal
 *	map       a whole map: @x	place    a map, with or without a key
 *	stack     kstack or ustack	word:a:b a bare name, one of these
 *	word:a|int	either of them
 *
 * A parameter with '=' may be left out; what follows is for the manual. '...' takes any values.
 * Results: none bool u8 u16 u32 u64 i8 i16 i32 i64 string (max_strlen) string[N] ksym usym
 * username mac inet; "T" when check computes it.
 */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include <stdbool.h>
#include <stdint.h>

struct cg;
struct dest;
struct expr;
struct llvm_value;
struct program;
struct sema;
struct type;
struct unit;

/* What codegen computes: the value of a scalar type as a 64-bit integer (extended by the type's
 * sign), the address of any other. */
struct value {
	struct llvm_value *v;
	const struct type *type;
};

enum lang_flag {
	LANG_UNSAFE = 1,      /* needs --unsafe */
	LANG_AGGREGATION = 2, /* only as "@map = f()": see emit_update */
	LANG_EXIT = 4,        /* ends the probe */
	LANG_DISCARD = 8,     /* its value may be ignored without a warning */
	LANG_PROBE = 16,      /* says something of the probe: not in functions */
	LANG_NO_EVAL = 32,    /* arguments are not evaluated before the hooks run */
	LANG_MAY_EXIT = 64,   /* may end the probe */
};

struct lang_def {
	const char *name;
	const char *sig;
	uint32_t flags;
	/* Checks a call whose arguments fit the signature and have types (call->call.arg[i]->type),
	 * and returns its type: &type_error after a diagnostic, &type_unknown while an argument's
	 * type is not known yet. Runs again for each round of inference. NULL: the signature says
	 * it all. */
	const struct type *(*check)(struct sema *s, struct expr *call);
	/* Words without arguments that are known once the program is: resolve puts the literal,
	 * or the record of literals, in their place. */
	void (*fold)(struct unit *u, const struct program *p, struct expr *call);
	/* Compiles a call. For types in memory 'dest' may name a place that the caller wants the
	 * value in; writing there and returning its address saves a copy. NULL dest: anywhere.
	 * Histograms: the number of the bucket. */
	struct value (*emit)(struct cg *cg, const struct expr *call, const struct dest *dest);
	/* Aggregations instead: updates the slot of this CPU at 'slot' (see kinds.def) for
	 * "@map = f(args)"; emit_update is called with the arguments evaluated in 'arg'. Time
	 * series and percentiles: 'slot' is the key, for cg_bucket_slot(). */
	void (*emit_update)(struct cg *cg, const struct expr *call, struct llvm_value *slot,
	                    const struct value *arg);
	const char *brief;   /* a sentence or two for the manual */
	const char *example; /* a script that compiles with --unsafe on a kernel with BTF */
	const char *since;   /* kernel version that it needs beyond 5.15, or NULL */
};

/* Families of rows, each ended by a row without a name; the list is ended by NULL. */
extern const struct lang_def *const lang_table[];

const struct lang_def *lang_find(const struct lang_def *const *table, const char *name);

#define lang_each(family, def, table)                                                              \
	for (const struct lang_def *const *family = (table); *family; family++)                    \
		for (const struct lang_def *def = *family; def->name; def++)

#endif
