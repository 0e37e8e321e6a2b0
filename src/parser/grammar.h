/* SPDX-License-Identifier: Apache-2.0 */
/* grammar - what the actions of parser.y call: one constructor per production. */
#ifndef PARSER_GRAMMAR_H
#define PARSER_GRAMMAR_H

#include "ast/unit.h"
#include "lexer/lexer.h"

/* Lists under construction. */
struct expr_list {
	VEC(struct expr *) v;
	VEC(const char *) names; /* of records */
};
struct step_list {
	VEC(struct member_step) v;
};
struct point_list {
	VEC(struct attach_text) v;
};
struct param_list {
	VEC(struct macro_param) macro;
	VEC(struct fn_param) fn;
};

struct string_value {
	char *text;
	size_t len;
};

/* One file being read. */
struct parser {
	struct unit *u;
	struct lexer *lexer;
	struct arena *arena;
	struct script *script; /* what it makes */
	bool imported, library;
	uint32_t understood; /* up to where: behind the last probe, macro or function */
	bool told_of_brace;  /* that one is missing: the end of the script misses it again */
	uint64_t wanted;     /* a bit for each file of the standard library that may be called */
};

struct expr *g_int(struct parser *p, struct span at, uint64_t value);
struct expr *g_bool(struct parser *p, struct span at, bool value);
struct expr *g_string(struct parser *p, struct span at, struct string_value s);
struct expr *g_name(struct parser *p, struct span at, const char *name);
struct expr *g_call(struct parser *p, struct span at, const char *name, struct span name_at,
                    struct expr_list *args);
struct expr *g_var(struct parser *p, struct span at, const char *name);
struct expr *g_map(struct parser *p, struct span at, const char *name, struct expr_list *keys);
struct expr *g_param(struct parser *p, struct span at, uint64_t n);
struct expr *g_field(struct parser *p, struct span at, struct expr *base, const char *name,
                     struct span name_at);
struct expr *g_element(struct parser *p, struct span at, struct expr *base, uint64_t n);
struct expr *g_index(struct parser *p, struct span at, struct expr *base, struct expr *index);
struct expr *g_unary(struct parser *p, struct span at, enum unary_op op, struct expr *operand);
struct expr *g_binary(struct parser *p, struct span at, enum binary_op op, struct expr *left,
                      struct expr *right);
struct expr *g_ternary(struct parser *p, struct span at, struct expr *cond, struct expr *yes,
                       struct expr *no);
struct expr *g_cast(struct parser *p, struct span at, struct type_spec *spec, struct expr *operand);
struct expr *g_tuple(struct parser *p, struct span at, struct expr_list *elems);
struct expr *g_record(struct parser *p, struct span at, struct expr_list *elems);
struct expr *g_incdec(struct parser *p, struct span at, struct expr *target, bool increment,
                      bool prefix);
struct expr *g_block(struct parser *p, struct span at, struct block *b);
struct expr *g_condition(struct parser *p, struct expr *cond);
struct expr *g_if(struct parser *p, struct span at, struct expr *cond, struct block *yes,
                  struct block *no);
struct expr *g_comptime(struct parser *p, struct span at, struct expr *operand);
struct expr *g_typed(struct parser *p, struct span at, enum expr_kind kind, struct type_spec *spec,
                     struct expr *operand, struct step_list *members);

struct expr_list *g_list(struct parser *p, struct expr_list *list, struct expr *e);
struct expr_list *g_named(struct parser *p, struct expr_list *list, struct span at,
                          const char *name, struct expr *e);
/* list with e in front. */
struct expr_list *g_prepend(struct parser *p, struct expr *e, struct expr_list *list);
/* A member's name, or, without one, an index. */
struct step_list *g_member(struct parser *p, struct step_list *list, const char *name,
                           uint64_t index);

struct type_spec *g_spec(struct parser *p, struct span at, int base, const char *name);
struct type_spec *g_typeof(struct parser *p, struct span at, struct type_spec *type,
                           struct expr *e);
struct type_spec *g_suffix(struct parser *p, struct span at, struct type_spec *spec, int kind,
                           bool sized, uint64_t count);

/* What stands here was not understood; where a value is due, it has none. */
struct expr *g_gap(struct parser *p, struct span at);
struct stmt *g_expr_stmt(struct parser *p, struct span at, struct expr *e);
struct stmt *g_assign(struct parser *p, struct span at, struct expr *target, enum binary_op op,
                      struct expr *value);
struct stmt *g_let(struct parser *p, struct span at, struct expr *var, struct type_spec *spec,
                   struct expr *value);
struct stmt *g_loop(struct parser *p, struct span at, enum stmt_kind kind, struct expr *var,
                    struct expr *over, struct expr *end, struct block *body);
struct stmt *g_stmt(struct parser *p, struct span at, enum stmt_kind kind, struct expr *e);
struct stmt *g_import(struct parser *p, struct span at, const char *path);
struct block *g_add(struct parser *p, struct block *b, struct stmt *s);
struct block *g_close(struct parser *p, struct span at, struct block *b, struct expr *value);

struct point_list *g_point(struct parser *p, struct point_list *list, struct span at,
                           const char *text);
void g_probe(struct parser *p, struct span at, struct point_list *points, struct expr *predicate,
             struct block *body);
void g_c_text(struct parser *p, struct span at, const char *text);
void g_config(struct parser *p, struct span at, const char *key, struct span key_at,
              struct expr *value);
void g_config_block(struct parser *p, struct span at);
void g_root_import(struct parser *p, struct span at, const char *path);
void g_map_decl(struct parser *p, struct span at, const char *name, const char *kind,
                struct span kind_at, uint64_t entries);
struct param_list *g_macro_param(struct parser *p, struct param_list *list, struct span at,
                                 int kind, const char *name);
void g_macro(struct parser *p, struct span at, const char *name, struct span name_at,
             struct param_list *params, struct block *body);
struct param_list *g_fn_param(struct parser *p, struct param_list *list, struct span at,
                              const char *name, struct type_spec *spec);
void g_fn(struct parser *p, struct span at, const char *name, struct span name_at,
          struct param_list *params, struct type_spec *result, struct block *body);

#endif
