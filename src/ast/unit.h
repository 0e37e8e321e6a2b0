/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit - one compilation: what goes in, what the passes leave for each other, what comes out.
 */
#ifndef AST_UNIT_H
#define AST_UNIT_H

#include "ast/ast.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/strbuf.h"

#include <regex.h>

struct arena;
struct btf_file;
struct cdefs;
struct diags;
struct lang_def;
struct map_kind;
struct meta_writer;
struct probe_env;
struct probe_kind;
struct probe_target;

/* A $variable of one program. */
struct var {
	const char *name;
	struct span span;        /* where it was declared or first assigned */
	const struct type *type; /* types: what it converged to; &type_unknown before */
	bool declared;           /* by let */
	bool fixed;              /* let $x : T */
	bool assigned;
	bool used;              /* comptime: by code that is kept */
	bool loop;              /* the variable of a for loop */
	struct span read_first; /* where it is read before an assignment stands; else empty */
	bool captured;          /* used inside the body of a loop: lives in the frame */
	bool written, varies;   /* codegen: assigned; so that its value depends on the way there */
	void *cg;               /* codegen: its place */
};

/* An @map of the script. */
struct map_var {
	const char *name; /* "@x" */
	struct span span; /* first use, or declaration */
	bool used, assigned;
	bool keyed, scalar; /* seen with and without a key */
	struct span keyed_span, scalar_span;
	const struct type *key;      /* types: NULL for scalars; @m[a, b] has a tuple */
	const struct type *value;    /* types */
	struct span value_span;      /* where the value's type was fixed first */
	const struct map_decl *decl; /* or NULL */
	const struct map_kind *kind; /* of decl; NULL: there is none of that name */
	uint32_t store;              /* layout: enum meta_store */
	uint32_t max_entries;        /* layout */
	uint32_t short_key;          /* layout: see struct meta_map */
	uint32_t row;                /* layout: of META_MAPS */
	const char *bpf_name;        /* layout: "AT_x" */
	void *cg, *short_cg;         /* codegen: the globals */
};

/* One BPF program: a probe's body, with the targets it is attached to. Or a function of the script,
 * which programs call: 'fn' is its definition, and it has no target. */
struct program {
	const char *name;    /* of the ELF function */
	const char *section; /* of the ELF section */
	struct span span;    /* of the block */
	const struct probe_def *def;
	const struct fn_def *fn; /* or NULL */
	const struct probe_kind *kind;
	VEC(struct probe_target) targets; /* concrete; one at least */
	struct expr *predicate;           /* this program's own copy, or NULL */
	struct block *body;               /* this program's own copy */
	VEC(struct var *) vars;
	VEC(struct program *) callees; /* resolve: functions that it calls */
	uint32_t loop_depth;           /* resolve: of loops nested in each other */
	uint32_t call_depth; /* resolve: functions of the object that may be active at once */
	uint32_t ranges;     /* resolve: how many loops over ranges it has */
	bool may_exit;       /* resolve: exit() may be called in it */
	struct function_parts *parts; /* of functions */
	const void *args;             /* types: const struct probe_args *, of the first target */
	const struct type *args_type; /* types: RECORD of the fields of args, by name and type */
	struct dispatch *dispatch;    /* expand: what calls it, or NULL */
	uint32_t first_row;           /* layout: of META_PROBES */
	uint32_t loss_row;            /* layout: in the losses */
	bool lost;    /* expand: its attach points were refused; it is checked, not compiled */
	bool calls_c; /* resolve: functions of imported objects */
	bool uses_args, uses_ctx, uses_probe, uses_scratch, uses_kstack;
	uint32_t branches; /* codegen: once they are counted (forget.c) */
	bool counted;
	void *cg; /* codegen */
};

/* What functions have and probes have not. */
struct function_parts {
	struct var **param;        /* fn->params of them */
	const struct type *result; /* types: &type_none when it returns nothing */
	bool gives_value;          /* resolve: some 'return' has a value */
	bool called;               /* resolve: by a probe, if only through others */
	bool visiting, visited;    /* resolve: while callees are put before callers */
};

/* One kernel program that calls others, by the number of the system call. */
struct dispatch {
	const char *name, *section;
	VEC(struct program *) programs;
};

/* Settings: the config block, the environment, the command line. */
struct config {
#define CONFIG_INT(name, init, least, most, text) uint64_t name;
#define CONFIG_BOOL(name, init, text) bool name;
#define CONFIG_STRING(name, init, text) const char *name;
#define CONFIG_ENUM(name, init, values, text) uint32_t name;
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
};

/* getopt("name", default, "description"): an option of the script's command line. */
struct script_option {
	const char *name, *description;
	struct span span; /* of its first use */
	const struct type *type;
	const struct expr *init; /* the default: a literal; NULL: false */
	uint32_t offset;         /* of its value in OPTIONS_SECTION */
};

/* What 'comptime' came to. */
struct comptime_answer {
	struct program *program;
	struct expr *question;
	const struct expr *literal;
};

/* An import of functions in C. */
struct c_object {
	const char *path; /* as imported: "lib.bpf.c" */
	struct span span;
	char *bytes; /* what the path holds, or what it was compiled to */
	size_t len;
	const struct btf_file *btf;
};

/* A global function of an imported object. */
struct c_function {
	const char *name;
	const struct c_object *object;
	const char *program; /* its section, of one that the kernel calls: not linked; or NULL */
	const char *text;    /* its declaration */
	uint32_t proto;      /* its type, in the object's BTF */
	struct c_param {
		const char *name;
		uint32_t btf_id;
		const struct type *type; /* &type_none: one that the language does not have */
	} * param;
	size_t params;
	const struct type *result;
};

struct unit {
	/* in */
	struct source source;
	const char *const *param; /* positional parameters: param[0] is $1 */
	size_t params;
	bool unsafe;
	uint32_t on_demand;    /* PROBE_TEST or PROBE_BENCH: what --test, --bench run */
	const regex_t *filter; /* --probe-filter, on names of probes; or NULL */
	bool any_process;      /* -p comes with the compilation or never: no filter without */
	bool warn_reads;       /* -k: failed reads and lookups warn at run time */
	bool no_loop_helper;   /* the kernel has no bpf_loop (Linux 5.17) */
	const struct lang_def *const *lang; /* families of rows; ended by NULL */
	struct probe_env *probes;
	VEC(const char *) include_dirs; /* -I */
	VEC(const char *) includes;     /* --include */

	/* common */
	struct arena *arena;
	struct intern names;
	struct diags *diags;
	struct types *types;
	struct config config;

	/* between the passes */
	struct script script;                 /* parse */
	bool unread;                          /* parse: nobody knows what is missing in it */
	VEC(struct c_object *) c_objects;     /* objects */
	VEC(struct c_function *) c_functions; /* objects */
	struct cdefs *cdefs;                  /* definitions: C of the script; NULL: it has none */
	VEC(struct program *) programs;       /* expand */
	VEC(struct program *) fns;           /* resolve: functions that are called; callees first */
	VEC(struct dispatch *) dispatches;   /* expand */
	struct map maps;                     /* resolve: name -> struct map_var */
	VEC(struct comptime_answer) answers; /* types */
	VEC(struct script_option *) options; /* types */
	uint32_t options_size;
	struct meta_writer *meta; /* layout */
	struct map type_rows;     /* layout: type -> row + 1 */
	VEC(uint32_t) stack_maps; /* layout: rows of META_MAPS with STORE_STACKS */
	void *cg;                 /* codegen */

	/* out */
	struct strbuf image;
};

/* Rows of .trace.meta for a type and all it is made of; equal types share one. */
uint32_t unit_type_row(struct unit *u, const struct type *t);

#endif
