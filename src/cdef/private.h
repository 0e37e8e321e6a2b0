/* SPDX-License-Identifier: Apache-2.0 */
/* private - what the files of this module share. */
#ifndef CDEF_PRIVATE_H
#define CDEF_PRIVATE_H

#include "base/diag.h"
#include "cdef/cdef.h"

/* -- tokens: scan.c -- */

enum c_token_kind { C_NAME, C_NUMBER, C_CHAR, C_STRING, C_MARK, C_END };

#define MARK(a, b) ((a) << 8 | (b))

struct c_token {
	enum c_token_kind kind;
	const char *text; /* names: interned; others: len bytes of the source */
	uint32_t len;
	int mark; /* C_MARK: '{', or MARK('<', '<') */
	struct span span;
	bool first;  /* the first one of its line */
	bool spaced; /* white space stands before it */
	bool kept;   /* a macro's name inside that macro: not expanded again */
};

struct c_tokens {
	VEC(struct c_token) list;
};

/* Appends the tokens of a text that stands at 'at' in the script. What is no token of C is
 * reported. */
void c_scan(struct cdefs *c, const char *text, size_t len, struct span at, struct c_tokens *out);
bool c_is_mark(const struct c_token *t, int mark);
bool c_is_name(const struct c_token *t, const char *name);

/* -- macros: macro.c -- */

struct c_macro {
	const char *name;
	struct span span; /* of the #define; SPAN_NONE: predefined, or of a header */
	bool function;    /* NAME(params) */
	bool variadic;    /* NAME(params, ...): for C alone */
	const char **param;
	size_t params;
	struct c_tokens body;
	bool busy;
	bool parsed;
	struct expr *expr; /* once parsed; NULL: the body is no expression */
};

/* Reads what stands behind '#define'. */
struct c_macro *c_define(struct cdefs *c, const struct c_token *t, size_t n, struct span at);
/* The message for a use of a variadic macro. */
struct diag *c_variadic(struct cdefs *c, const struct c_macro *m, struct span at);
/* Which of the parameters a token is; 'params': none. */
size_t c_param_index(const struct c_macro *m, const struct c_token *t);
/* The body on one line, with a prefix to its parameters. */
const char *c_macro_text(struct cdefs *c, const struct c_macro *m, const char *prefix);
/* The macro of this name, the script's or a header's; NULL: none. */
struct c_macro *c_macro_find(struct cdefs *c, const char *name);
/* Appends the tokens with all macros replaced. */
void c_expand(struct cdefs *c, const struct c_token *t, size_t n, struct c_tokens *out);
void c_predefine(struct cdefs *c);

/* -- types: reader.c, specifier.c, declare.c, layout.c -- */

struct c_type {
	const struct type *type; /* &type_none: void, a function, a float */
	uint64_t size;
	uint32_t align;
	bool is_void, is_function;
};

/* A struct, union or enum that is defined in the script or in a header. */
struct c_tag {
	enum kind kind;
	const char *name; /* "" when it has none */
	uint32_t number;  /* of those without a name: btf_id of their types, from 1 */
	struct span span;
	bool defined, open; /* open: between its braces */
	bool broken;        /* its definition was not read to the end: what it lacks is told */
	uint64_t size;
	uint32_t align;
	bool is_signed;
	VEC(struct type_field) fields;
	VEC(struct type_enumerator) enumerators;
};

struct c_enumerator {
	const struct c_tag *tag;
	int64_t value;
	struct span span;
};

struct c_typedef {
	struct c_type type;
	struct span span;
};

/* Attributes of a declaration. */
struct c_attrs {
	bool packed;
	enum addr_space as; /* __user, __percpu: of pointers */
	uint32_t align;
};

/* A run over the tokens of one definition. */
struct c_reader {
	struct cdefs *c;
	const struct c_token *tok; /* the last one is C_END */
	size_t at;
	bool failed; /* the first mistake was reported; the rest is not read */
	bool quiet;  /* mistakes are not reported */
	unsigned int depth;
	unsigned int skipping; /* "0 && 1 / 0": what does not count may divide by zero */
};

const struct c_token *c_peek(const struct c_reader *r);
const struct c_token *c_next(struct c_reader *r);
bool c_take(struct c_reader *r, int mark);
bool c_take_name(struct c_reader *r, const char *name);
void c_expect(struct c_reader *r, int mark, const char *behind);
/* One message at the current token. */
void c_error(struct c_reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void c_error_at(struct c_reader *r, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

enum { C_DEEPEST = 64 }; /* levels of nesting in types */

void c_skip_parens(struct c_reader *r);
/* Reads what attributes stand here; false: none. */
bool c_attributes(struct c_reader *r, struct c_attrs *attrs);
bool c_is_qualifier(const struct c_token *t);
bool c_is_basic(const struct c_token *t);
struct c_type c_basic_type(struct c_reader *r);
/* KIND_NONE: the word is not struct, union or enum. */
enum kind c_tag_kind(const struct c_token *t);
struct c_type c_tag_specifier(struct c_reader *r, enum kind kind, struct c_attrs *attrs);
/* declaration-specifiers, specifier-qualifier-list; false: there is no type. */
bool c_specifiers(struct c_reader *r, struct c_type *t, struct c_attrs *attrs, bool *is_typedef);
/* What follows them; *name and *at stay when there is no name. */
struct c_type c_declarator(struct c_reader *r, struct c_type t, const char **name, struct span *at,
                           struct c_attrs *attrs);
/* A type that was only named so far with its size, when it has one by now. */
struct c_type c_sized(struct c_reader *r, struct c_type t);
void c_declarations(struct c_reader *r);
/* Whether a type begins here: for casts and sizeof. */
bool c_type_begins(const struct c_reader *r);
struct c_type c_type_name(struct c_reader *r);

struct c_type c_pointer_to(struct cdefs *c, struct c_type to, enum addr_space as);
struct c_type c_array_of(struct cdefs *c, struct c_type elem, uint64_t count);
struct c_type c_from_type(struct cdefs *c, const struct type *t);
struct c_type c_tag_type(struct cdefs *c, const struct c_tag *tag);
/* One that is only named: its size is not asked for yet. */
struct c_type c_from_name(struct cdefs *c, enum kind kind, const char *name);

/* The layout of a struct or union under way. */
struct c_layout {
	struct cdefs *c;
	struct c_tag *tag;
	uint64_t bits, size; /* next free bit; bytes so far */
	uint32_t align;
	bool packed;
};

void c_place(struct c_layout *l, const char *name, struct c_type t, const struct c_attrs *attrs);
void c_place_bits(struct c_layout *l, const char *name, struct c_type t, uint32_t width,
                  const struct c_attrs *attrs);
/* A member whose place is known. */
void c_put(struct cdefs *c, struct c_tag *tag, const char *name, struct c_type t, uint64_t bit,
           uint32_t width);
/* Ends the struct: its size, and places of bit fields that one load can read. */
void c_close(struct c_layout *l, uint32_t align);
void c_fix_bits(struct cdefs *c, struct c_tag *tag);

/* -- constants: constant.c -- */

struct c_value {
	int64_t v;
	bool is_unsigned;
	bool narrow; /* 32 bits wide */
};

/* Reads a constant expression. in_if: unknown names are 0. */
struct c_value c_constant(struct c_reader *r, bool in_if);
/* Evaluates all of n tokens; false: they are no constant. */
bool c_evaluate(struct cdefs *c, const struct c_token *t, size_t n, bool in_if, bool quiet,
                struct c_value *out);

/* -- headers: include.c, clang.c -- */

struct c_include {
	const char *text; /* "<linux/fs.h>", with its brackets or quotes */
	const char
		*wanted;  /* the same, or "PATH" when it was found beside the file that wants it */
	struct span span; /* SPAN_NONE: --include */
	bool kernel;      /* one of the kernel's: BTF comes first */
	bool found;
	bool reported; /* not found, and that was an error */
};

void c_include(struct cdefs *c, const char *text, size_t len, struct span at);
/* Directories that are searched, in order; ended by NULL. */
const char *const *c_include_dirs(struct cdefs *c);

struct c_clang;

/* Runs libclang over the '#' lines. NULL with a reason in *why. */
struct c_clang *c_clang_open(struct cdefs *c, const char **why);
void c_clang_close(struct c_clang *cl);
/* Each puts what it finds into the tables of c. false: the headers do not have it. */
bool c_clang_tag(struct c_clang *cl, enum kind kind, const char *name);
bool c_clang_typedef(struct c_clang *cl, const char *name);
bool c_clang_enumerator(struct c_clang *cl, const char *name);
struct c_macro *c_clang_macro(struct c_clang *cl, const char *name);

/* -- all of it: cdef.c, read.c, use.c -- */

struct cdefs {
	struct unit *u;
	const struct cdef_hooks *hooks;
	struct map macros; /* of the script: name -> struct c_macro; NULL after #undef */
	struct map header_macros;
	struct map tags;        /* "struct foo" -> struct c_tag */
	struct map typedefs;    /* name -> struct c_typedef */
	struct map enumerators; /* name -> struct c_enumerator */
	VEC(struct c_tag *) anonymous;
	VEC(struct c_include) includes;
	const char **dirs;
	struct strbuf hash_lines; /* all '#' lines of the script, for clang */
	struct c_clang *clang;
	bool clang_tried;
	const char *clang_why;
	uint32_t budget; /* tokens that macros may still make */
	uint32_t depth;  /* of expressions from macros that are busy */
	uint32_t nodes;  /* expressions that macros have made */
	bool told_too_much;
};

struct c_tag *c_tag_get(struct cdefs *c, enum kind kind, const char *name);
struct c_tag *c_tag_new(struct cdefs *c, enum kind kind, const char *name, struct span span);
void c_add_enumerator(struct cdefs *c, struct c_tag *tag, const char *name, int64_t value,
                      struct span span);
/* libclang's view of the headers, when one was found that the order of look-up asks for now. */
struct c_clang *c_headers(struct cdefs *c, bool late);

#endif
