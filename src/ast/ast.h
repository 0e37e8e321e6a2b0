/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ast - the syntax tree.
 *
 * The parser builds it with the constructors below; each node has the span of its text. Passes of
 * sema fill in the members marked with their names and rewrite nodes in place (a name that turns
 * out to be a constant becomes EXPR_INT). Everything lives in the unit's arena.
 */
#ifndef AST_AST_H
#define AST_AST_H

#include "ast/type.h"
#include "base/source.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct c_function;
struct lang_def;
struct map_var;
struct program;
struct unit;
struct var;

enum expr_kind {
#define EXPR(NAME, text) EXPR_##NAME,
#include "ast/expr.def"
#undef EXPR
};

enum stmt_kind {
#define STMT(NAME, text) STMT_##NAME,
#include "ast/stmt.def"
#undef STMT
};

enum unary_op {
#define UNARY(NAME, text) UNARY_##NAME,
#include "ast/op.def"
#undef UNARY
};

enum binary_op {
#define BINARY(NAME, text) BINARY_##NAME,
#include "ast/op.def"
#undef BINARY
	BINARY_NONE, /* plain '=' in assignments */
};

/* A type as written: "struct sock *", "uint8[4]", "typeof($x)". */
struct type_spec {
	struct span span;
	enum { SPEC_NAME, SPEC_STRUCT, SPEC_UNION, SPEC_ENUM, SPEC_TYPEOF } base;
	const char *name;          /* interned; not for SPEC_TYPEOF */
	struct type_spec *of_type; /* typeof(TYPE): one of these two */
	struct expr *of_expr;      /* typeof(expr) */
	struct type_suffix {
		enum { SUFFIX_POINTER, SUFFIX_ARRAY } kind;
		bool sized; /* [N], not [] */
		uint64_t count;
	} * suffix;
	size_t suffixes;
};

/* One step on the way to a member. */
struct member_step {
	const char *name; /* interned; NULL: [index] */
	uint64_t index;
};

struct block {
	struct span span;
	uint32_t depth; /* as that of expressions */
	VEC(struct stmt *) stmts;
	struct expr *value; /* trailing expression without ';', or NULL */
	struct held *held;  /* resolve: messages that count if 'if comptime' keeps the block */
};

struct expr {
	enum expr_kind kind;
	struct span span;
	const struct type *type; /* types; NULL before */
	uint32_t depth; /* of the tree below; the parser bounds it, so passes may recurse */
	bool literal;   /* fold: it was written as, or folded to, a literal */
	const char
		*param_text; /* resolve: the text of $n that this literal comes from; else NULL */
	union {
		struct {
			uint64_t value;
			bool negative; /* value is the two's complement of a negative number */
		} integer;
		struct {
			const char *text;
			size_t len; /* may hold NULs; one more NUL behind */
		} string;
		struct {
			bool value;
		} boolean;
		struct {
			const char *name; /* interned */
			struct span name_span;
			struct expr **arg;
			size_t args;
			const struct lang_def *def; /* resolve */
			const void *note;           /* check hooks: anything for the emit hook */
			struct map_var *map;        /* check hooks: a map the call is about */
			struct program *fn;         /* resolve: of EXPR_FN_CALL */
			struct c_function *c;       /* resolve: of EXPR_C_CALL */
		} call;
		struct {
			const char *name; /* interned, with the '$' */
			struct var *var;  /* resolve */
		} var;
		struct {
			const char *name;    /* interned, with the '@' */
			struct expr **key;   /* as written: @m[a, b] has two */
			size_t keys;         /* 0: no brackets */
			struct map_var *map; /* resolve */
		} map;
		struct {
			struct expr *base;
			const char *name; /* interned; NULL for .N */
			uint64_t number;  /* of .N */
			struct span name_span;
			struct type_field found; /* types: offset from the whole, looked up once */
		} field;
		struct {
			struct expr *base, *index;
		} index;
		struct {
			enum unary_op op;
			struct expr *operand;
		} unary;
		struct {
			enum binary_op op;
			struct expr *left, *right;
			const struct type *common; /* types: what both sides are converted to */
		} binary;
		struct {
			struct expr *cond, *yes, *no;
		} ternary;
		struct {
			struct type_spec *spec;
			struct expr *operand;
		} cast;
		struct {
			struct expr **elem;
			const char **name; /* records: interned; else NULL */
			size_t elems;
		} tuple;
		struct {
			struct expr *target; /* EXPR_VAR or EXPR_MAP */
			bool increment, prefix;
		} incdec;
		struct block *block;
		struct {
			struct expr *cond;
			struct block *yes;
			struct block
				*no; /* NULL: no else; else-if is a block that holds one EXPR_IF */
		} cond;
		struct {
			struct type_spec *spec; /* one of these two */
			struct expr *operand;
			struct member_step *member; /* offsetof: a.b[2] */
			size_t members;
			const struct type *of; /* types: what the spec or operand is */
		} typed;
	};
};

struct stmt {
	enum stmt_kind kind;
	struct span span;
	union {
		struct expr *expr;
		struct {
			struct expr *target; /* EXPR_VAR or EXPR_MAP */
			struct expr *value;
			enum binary_op op;         /* BINARY_NONE: '=' */
			const struct type *common; /* what op works on */
		} assign;
		struct {
			struct expr *target;    /* EXPR_VAR */
			struct type_spec *spec; /* or NULL */
			struct expr *value;     /* or NULL */
		} let;
		struct {
			struct expr *var; /* EXPR_VAR; for loops */
			struct expr *over, *end;
			struct block *body;
			uint32_t range; /* resolve: number of this range in its program */
		} loop;
		struct {
			const char *path;
		} import;
	};
};

/* An attach point's raw text, quotes and positional parameters as written. */
struct attach_text {
	const char *text;
	struct span span;
};

struct probe_def {
	struct span span;
	VEC(struct attach_text) points;
	struct expr *predicate; /* or NULL */
	struct block *body;
};

struct config_item {
	const char *key;
	struct span key_span;
	struct expr *value; /* INT, STRING, BOOL or NAME */
};

struct map_decl {
	const char *name; /* interned, with the '@' */
	struct span span, kind_span;
	const char *kind; /* "hash", "lruhash" ... */
	uint64_t max_entries;
};

struct macro_def {
	const char *name;
	struct span span, name_span;
	struct macro_param {
		enum { MACRO_VAR, MACRO_MAP, MACRO_EXPR } kind;
		const char *name; /* "$x", "@x" or "x" */
		struct span span;
	} * param;
	size_t params;
	struct block *body;
	bool library; /* of the standard library */
};

struct fn_def {
	const char *name;
	struct span span, name_span;
	struct fn_param {
		const char *name; /* "$x" */
		struct span span;
		struct type_spec *spec; /* NULL: as its calls want it */
	} * param;
	size_t params;
	struct type_spec *result; /* NULL: what it returns */
	struct block *body;
};

/* How the names of files end that hold functions in C, to be compiled or compiled already. */
#define C_SOURCE ".bpf.c"
#define C_OBJECT ".bpf.o"

/* What stands at the top of a file. */
struct script {
	VEC(struct attach_text) c_text; /* '#' lines and C definitions, raw */
	VEC(struct config_item) config;
	struct span config_span;         /* of the block; len 0: there is none */
	VEC(struct attach_text) imports; /* paths */
	VEC(struct attach_text) objects; /* of them, C functions: C_SOURCE, C_OBJECT */
	VEC(struct map_decl) maps;
	VEC(struct macro_def *) macros;
	VEC(struct fn_def *) fns;
	VEC(struct probe_def *) probes;
	VEC(struct span) gaps; /* what could not be understood: ast/gap.h */
};

struct expr *expr_new(struct arena *a, enum expr_kind kind, struct span span);
struct stmt *stmt_new(struct arena *a, enum stmt_kind kind, struct span span);
struct block *block_new(struct arena *a, struct span span);

/* Turn a node into a literal; its type, where that is NULL, is the value's own. */
void expr_become_int(struct expr *e, uint64_t value, bool negative, const struct type *type);
void expr_become_bool(struct expr *e, bool value);
void expr_become_string(struct expr *e, const char *text, size_t len);

/* Later passes recurse over the tree: whoever builds it keeps its depth below this. */
enum { DEPTH_MAX = 1000 };
/* The depth of what stands below a node, from the depth of its children. */
uint32_t expr_depth_below(struct expr *e);
uint32_t stmt_depth_below(struct stmt *s);

/* Deep copies, for passes before types. */
struct expr *expr_clone(struct arena *a, const struct expr *e);
struct block *block_clone(struct arena *a, const struct block *b);

/* Calls fn for every expression in b, also those in typeof(), children before parents; fn may
 * rewrite *e in place. */
typedef void expr_visit_fn(void *arg, struct expr *e);
void block_visit(struct block *b, expr_visit_fn *fn, void *arg);
void expr_visit(struct expr *e, expr_visit_fn *fn, void *arg);

/* Calls a hook for each thing that stands directly below a node; hooks may rewrite it in place. */
struct ast_hooks {
	void (*expr)(void *arg, struct expr *e);
	void (*block)(void *arg, struct block *b);
	/* Before what is in its typeof(), which is left out on false; may be NULL. */
	bool (*spec)(void *arg, struct type_spec *spec);
	void *arg;
};
void expr_below(struct expr *e, const struct ast_hooks *h);
void stmt_below(struct stmt *s, const struct ast_hooks *h);

const char *expr_kind_name(enum expr_kind kind);
const char *stmt_kind_name(enum stmt_kind kind);
const char *unary_op_text(enum unary_op op);
const char *binary_op_text(enum binary_op op);

/* One node a line, indented; with types when sema has run: "-d ast", "-d types". */
void script_dump(const struct script *s, FILE *out);
void block_dump(struct types *ty, const struct block *b, int indent, FILE *out);
void expr_dump(struct types *ty, const struct expr *e, int indent, FILE *out);

#endif
