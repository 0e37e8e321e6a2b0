/* SPDX-License-Identifier: Apache-2.0 */
/* expr.c - expressions and types, a constructor per production. */

#include "parser/grammar.h"

#include "base/arena.h"
#include "base/diag.h"
#include "parser/depth.h"
#include "parser/message.h"
#include "stdlib/stdlib.h"

static struct expr *make(struct parser *p, enum expr_kind kind, struct span at)
{
	return expr_new(p->arena, kind, at);
}

static struct expr *bad(struct parser *p, struct span at)
{
	return make(p, EXPR_BAD, at);
}

struct expr *g_int(struct parser *p, struct span at, uint64_t value)
{
	struct expr *e = make(p, EXPR_INT, at);

	e->integer.value = value;
	return depth_expr(p, e);
}

struct expr *g_bool(struct parser *p, struct span at, bool value)
{
	struct expr *e = make(p, EXPR_BOOL, at);

	e->boolean.value = value;
	return depth_expr(p, e);
}

struct expr *g_string(struct parser *p, struct span at, struct string_value s)
{
	struct expr *e = make(p, EXPR_STRING, at);

	e->string.text = s.text;
	e->string.len = s.len;
	return depth_expr(p, e);
}

static void note_word(struct parser *p, const char *name)
{
	const struct stdlib_word *word = stdlib_find(name);

	if (word)
		p->wanted |= UINT64_C(1) << word->file;
}

struct expr *g_name(struct parser *p, struct span at, const char *name)
{
	struct expr *e = make(p, EXPR_NAME, at);

	note_word(p, name);
	e->call.name = name;
	e->call.name_span = at;
	return depth_expr(p, e);
}

static bool lists_elements(const char *name, const struct expr_list *args)
{
	if (strcmp(name, "delete") || !args || args->v.n < 2)
		return false;
	vec_each (i, &args->v)
		if (args->v.v[i]->kind != EXPR_MAP)
			return false;
	return args->v.v[0]->map.keys;
}

/* 'delete(@a[1], @b[2])', as older scripts have it: a call for each. */
static struct expr *delete_each(struct parser *p, struct span at, const char *name,
                                struct span name_at, const struct expr_list *args)
{
	struct block *b = block_new(p->arena, at);

	vec_each (i, &args->v) {
		struct expr *element = args->v.v[i];
		struct expr_list *one = g_list(p, NULL, element);

		g_add(p, b,
		      g_expr_stmt(p, element->span, g_call(p, at, name, name_at, one)));
	}
	return g_block(p, at, b);
}

struct expr *g_call(struct parser *p, struct span at, const char *name, struct span name_at,
                    struct expr_list *args)
{
	struct expr *e;

	if (lists_elements(name, args))
		return delete_each(p, at, name, name_at, args);
	e = make(p, EXPR_CALL, at);
	note_word(p, name);
	e->call.name = name;
	e->call.name_span = name_at;
	e->call.arg = args ? args->v.v : NULL;
	e->call.args = args ? args->v.n : 0;
	return depth_expr(p, e);
}

struct expr *g_var(struct parser *p, struct span at, const char *name)
{
	struct expr *e = make(p, EXPR_VAR, at);

	e->var.name = name;
	return depth_expr(p, e);
}

struct expr *g_map(struct parser *p, struct span at, const char *name, struct expr_list *keys)
{
	struct expr *e = make(p, EXPR_MAP, at);

	e->map.name = name;
	e->map.key = keys ? keys->v.v : NULL;
	e->map.keys = keys ? keys->v.n : 0;
	return depth_expr(p, e);
}

struct expr *g_param(struct parser *p, struct span at, uint64_t n)
{
	struct expr *e = make(p, n ? EXPR_PARAM : EXPR_BAD, at);

	e->integer.value = n;
	return depth_expr(p, e);
}

struct expr *g_field(struct parser *p, struct span at, struct expr *base, const char *name,
                     struct span name_at)
{
	struct expr *e = make(p, EXPR_FIELD, at);

	e->field.base = base;
	e->field.name = name;
	e->field.name_span = name_at;
	return depth_expr(p, e);
}

struct expr *g_element(struct parser *p, struct span at, struct expr *base, uint64_t n)
{
	struct expr *e = make(p, EXPR_FIELD, at);

	e->field.base = base;
	e->field.number = n;
	e->field.name_span = at;
	return depth_expr(p, e);
}

struct expr *g_index(struct parser *p, struct span at, struct expr *base, struct expr *index)
{
	struct expr *e = make(p, EXPR_INDEX, at);

	e->index.base = base;
	e->index.index = index;
	return depth_expr(p, e);
}

struct expr *g_unary(struct parser *p, struct span at, enum unary_op op, struct expr *operand)
{
	struct expr *e = make(p, EXPR_UNARY, at);

	e->unary.op = op;
	e->unary.operand = operand;
	return depth_expr(p, e);
}

struct expr *g_comptime(struct parser *p, struct span at, struct expr *operand)
{
	struct expr *e = make(p, EXPR_COMPTIME, at);

	e->unary.operand = operand;
	return depth_expr(p, e);
}

struct expr *g_binary(struct parser *p, struct span at, enum binary_op op, struct expr *left,
                      struct expr *right)
{
	struct expr *e = make(p, EXPR_BINARY, at);

	e->binary.op = op;
	e->binary.left = left;
	e->binary.right = right;
	return depth_expr(p, e);
}

struct expr *g_ternary(struct parser *p, struct span at, struct expr *cond, struct expr *yes,
                       struct expr *no)
{
	struct expr *e = make(p, EXPR_TERNARY, at);

	e->ternary.cond = cond;
	e->ternary.yes = yes;
	e->ternary.no = no;
	return depth_expr(p, e);
}

struct expr *g_cast(struct parser *p, struct span at, struct type_spec *spec, struct expr *operand)
{
	struct expr *e = make(p, EXPR_CAST, at);

	e->cast.spec = spec;
	e->cast.operand = operand;
	return depth_expr(p, e);
}

struct expr *g_tuple(struct parser *p, struct span at, struct expr_list *elems)
{
	struct expr *e = make(p, EXPR_TUPLE, at);

	e->tuple.elem = elems ? elems->v.v : NULL;
	e->tuple.elems = elems ? elems->v.n : 0;
	return depth_expr(p, e);
}

struct expr *g_record(struct parser *p, struct span at, struct expr_list *elems)
{
	struct expr *e = g_tuple(p, at, elems);

	e->kind = EXPR_RECORD;
	e->tuple.name = elems->names.v;
	return depth_expr(p, e);
}

struct expr *g_incdec(struct parser *p, struct span at, struct expr *target, bool increment,
                      bool prefix)
{
	struct expr *e = make(p, EXPR_INCDEC, at);

	if (target->kind != EXPR_VAR && target->kind != EXPR_MAP && target->kind != EXPR_BAD) {
		struct diag *d = diag_error(p->u->diags, target->span,
		                            "increment/decrement requires a variable or map");

		if (target->kind == EXPR_NAME)
			diag_hint(d, HINT_SIGNS);
		return bad(p, at);
	}
	e->incdec.target = target;
	e->incdec.increment = increment;
	e->incdec.prefix = prefix;
	return depth_expr(p, e);
}

struct expr *g_block(struct parser *p, struct span at, struct block *b)
{
	struct expr *e = make(p, EXPR_BLOCK, at);

	e->block = b;
	return depth_expr(p, e);
}

/* "(x = 1)" is a record, and hardly ever meant to be one here. */
struct expr *g_condition(struct parser *p, struct expr *cond)
{
	if (cond->kind != EXPR_RECORD)
		return cond;
	diag_hint(diag_error(p->u->diags, cond->span, "A record is no condition"),
	          "comparison is written '=='");
	return bad(p, cond->span);
}

struct expr *g_if(struct parser *p, struct span at, struct expr *cond, struct block *yes,
                  struct block *no)
{
	struct expr *e = make(p, EXPR_IF, at);

	e->cond.cond = cond;
	e->cond.yes = yes;
	e->cond.no = no;
	return depth_expr(p, e);
}

struct expr *g_typed(struct parser *p, struct span at, enum expr_kind kind, struct type_spec *spec,
                     struct expr *operand, struct step_list *members)
{
	struct expr *e = make(p, kind, at);

	e->typed.spec = spec;
	e->typed.operand = operand;
	e->typed.member = members ? members->v.v : NULL;
	e->typed.members = members ? members->v.n : 0;
	return depth_expr(p, e);
}

/* -- lists -- */

struct expr_list *g_list(struct parser *p, struct expr_list *list, struct expr *e)
{
	if (!list)
		list = arena_new(p->arena, struct expr_list);
	vec_push_in(p->arena, &list->v, e);
	return list;
}

struct expr_list *g_prepend(struct parser *p, struct expr *e, struct expr_list *list)
{
	struct expr_list *all = g_list(p, NULL, e);

	vec_each (i, &list->v)
		g_list(p, all, list->v.v[i]);
	return all;
}

struct expr_list *g_named(struct parser *p, struct expr_list *list, struct span at,
                          const char *name, struct expr *e)
{
	for (size_t i = 0; list && i < list->names.n; i++)
		if (list->names.v[i] == name)
			diag_error(p->u->diags, at, "Named argument list already contains name: %s",
			           name);
	list = g_list(p, list, e);
	vec_push_in(p->arena, &list->names, name);
	return list;
}

struct step_list *g_member(struct parser *p, struct step_list *list, const char *name,
                           uint64_t index)
{
	if (!list)
		list = arena_new(p->arena, struct step_list);
	vec_push_in(p->arena, &list->v, ((struct member_step){ name, index }));
	return list;
}

/* -- types -- */

struct type_spec *g_spec(struct parser *p, struct span at, int base, const char *name)
{
	struct type_spec *s = arena_new(p->arena, struct type_spec);

	s->span = at;
	s->base = base;
	s->name = name;
	return s;
}

struct type_spec *g_typeof(struct parser *p, struct span at, struct type_spec *type, struct expr *e)
{
	struct type_spec *s = g_spec(p, at, SPEC_TYPEOF, NULL);

	s->of_type = type;
	s->of_expr = e;
	return s;
}

struct type_spec *g_suffix(struct parser *p, struct span at, struct type_spec *spec, int kind,
                           bool sized, uint64_t count)
{
	enum { SUFFIXES_MAX = 64, COUNT_MAX = UINT32_MAX / 16 };

	spec->span = at;
	if (count > COUNT_MAX) {
		diag_error(p->u->diags, at, "An array of this size does not fit into memory");
		count = 1;
	}
	if (!spec->suffix)
		spec->suffix = arena_array(p->arena, struct type_suffix, SUFFIXES_MAX);
	if (spec->suffixes == SUFFIXES_MAX) {
		too_deep(p, at, SUFFIXES_MAX);
		return spec;
	}
	spec->suffix[spec->suffixes].kind = kind;
	spec->suffix[spec->suffixes].sized = sized;
	spec->suffix[spec->suffixes++].count = count;
	return spec;
}
