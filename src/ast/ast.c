/* SPDX-License-Identifier: Apache-2.0 */
/* ast.c - making, copying and walking the tree. */

#include "ast/ast.h"

#include "base/arena.h"
#include "base/bug.h"

#include <string.h>

static const char *const expr_names[] = {
#define EXPR(NAME, text) text,
#include "ast/expr.def"
#undef EXPR
};
static const char *const stmt_names[] = {
#define STMT(NAME, text) text,
#include "ast/stmt.def"
#undef STMT
};
static const char *const unary_texts[] = {
#define UNARY(NAME, text) text,
#include "ast/op.def"
#undef UNARY
};
static const char *const binary_texts[] = {
#define BINARY(NAME, text) text,
#include "ast/op.def"
#undef BINARY
	"",
};

const char *expr_kind_name(enum expr_kind kind)
{
	return expr_names[kind];
}

const char *stmt_kind_name(enum stmt_kind kind)
{
	return stmt_names[kind];
}

const char *unary_op_text(enum unary_op op)
{
	return unary_texts[op];
}

const char *binary_op_text(enum binary_op op)
{
	return binary_texts[op];
}

struct expr *expr_new(struct arena *a, enum expr_kind kind, struct span span)
{
	struct expr *e = arena_new(a, struct expr);

	e->kind = kind;
	e->span = span;
	return e;
}

struct stmt *stmt_new(struct arena *a, enum stmt_kind kind, struct span span)
{
	struct stmt *s = arena_new(a, struct stmt);

	s->kind = kind;
	s->span = span;
	return s;
}

struct block *block_new(struct arena *a, struct span span)
{
	struct block *b = arena_new(a, struct block);

	b->span = span;
	return b;
}

void expr_become_int(struct expr *e, uint64_t value, bool negative, const struct type *type)
{
	e->kind = EXPR_INT;
	e->literal = true;
	e->type = type;
	e->integer.value = value;
	e->integer.negative = negative;
}

void expr_become_bool(struct expr *e, bool value)
{
	e->kind = EXPR_BOOL;
	e->literal = true;
	e->type = NULL;
	e->boolean.value = value;
}

void expr_become_string(struct expr *e, const char *text, size_t len)
{
	e->kind = EXPR_STRING;
	e->literal = true;
	e->type = NULL;
	e->string.text = text;
	e->string.len = len;
}

/* -- children: one place that knows which members of a node are nodes -- */

typedef struct expr *map_expr_fn(void *arg, struct expr *e);
typedef struct block *map_block_fn(void *arg, struct block *b);

struct mapper {
	map_expr_fn *expr;
	map_block_fn *block;
	/* Copies what a list and a type consist of; NULL: they stay as they are. */
	struct expr **(*list)(void *arg, struct expr **list, size_t n);
	struct type_spec *(*spec)(void *arg, struct type_spec *spec, bool *below);
	void *arg;
};

static struct expr *one(const struct mapper *m, struct expr *e)
{
	return e ? m->expr(m->arg, e) : NULL;
}

static struct block *body(const struct mapper *m, struct block *b)
{
	return b ? m->block(m->arg, b) : NULL;
}

static struct expr **many(const struct mapper *m, struct expr **list, size_t n)
{
	if (m->list)
		list = m->list(m->arg, list, n);
	for (size_t i = 0; i < n; i++)
		list[i] = one(m, list[i]);
	return list;
}

static struct type_spec *type_of(const struct mapper *m, struct type_spec *spec)
{
	bool below = true;

	if (!spec)
		return NULL;
	if (m->spec)
		spec = m->spec(m->arg, spec, &below);
	if (!below)
		return spec;
	spec->of_type = type_of(m, spec->of_type);
	spec->of_expr = one(m, spec->of_expr);
	return spec;
}

static void expr_children(struct expr *e, const struct mapper *m)
{
	switch (e->kind) {
	case EXPR_INT:
	case EXPR_STRING:
	case EXPR_BOOL:
	case EXPR_NAME:
	case EXPR_VAR:
	case EXPR_PARAM:
	case EXPR_PARAM_COUNT:
	case EXPR_BAD: break;
	case EXPR_CALL:
	case EXPR_FN_CALL:
	case EXPR_C_CALL: e->call.arg = many(m, e->call.arg, e->call.args); break;
	case EXPR_MAP: e->map.key = many(m, e->map.key, e->map.keys); break;
	case EXPR_FIELD: e->field.base = one(m, e->field.base); break;
	case EXPR_INDEX:
		e->index.base = one(m, e->index.base);
		e->index.index = one(m, e->index.index);
		break;
	case EXPR_UNARY:
	case EXPR_COMPTIME: e->unary.operand = one(m, e->unary.operand); break;
	case EXPR_BINARY:
		e->binary.left = one(m, e->binary.left);
		e->binary.right = one(m, e->binary.right);
		break;
	case EXPR_TERNARY:
		e->ternary.cond = one(m, e->ternary.cond);
		e->ternary.yes = one(m, e->ternary.yes);
		e->ternary.no = one(m, e->ternary.no);
		break;
	case EXPR_CAST:
		e->cast.spec = type_of(m, e->cast.spec);
		e->cast.operand = one(m, e->cast.operand);
		break;
	case EXPR_TUPLE:
	case EXPR_RECORD: e->tuple.elem = many(m, e->tuple.elem, e->tuple.elems); break;
	case EXPR_INCDEC: e->incdec.target = one(m, e->incdec.target); break;
	case EXPR_BLOCK: e->block = body(m, e->block); break;
	case EXPR_IF:
		e->cond.cond = one(m, e->cond.cond);
		e->cond.yes = body(m, e->cond.yes);
		e->cond.no = body(m, e->cond.no);
		break;
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
		e->typed.spec = type_of(m, e->typed.spec);
		e->typed.operand = one(m, e->typed.operand);
		break;
	}
}

static void stmt_children(struct stmt *s, const struct mapper *m)
{
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD:
	case STMT_RETURN: s->expr = one(m, s->expr); break;
	case STMT_ASSIGN:
		s->assign.value = one(m, s->assign.value);
		s->assign.target = one(m, s->assign.target);
		break;
	case STMT_LET:
		s->let.spec = type_of(m, s->let.spec);
		s->let.value = one(m, s->let.value);
		s->let.target = one(m, s->let.target);
		break;
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_WHILE:
	case STMT_UNROLL:
		s->loop.over = one(m, s->loop.over);
		s->loop.end = one(m, s->loop.end);
		s->loop.var = one(m, s->loop.var);
		s->loop.body = body(m, s->loop.body);
		break;
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_IMPORT:
	case STMT_BAD: break;
	}
}

/* -- copies -- */

static struct expr *copy_expr(void *arg, struct expr *e)
{
	return expr_clone(arg, e);
}

static struct block *copy_block(void *arg, struct block *b)
{
	return block_clone(arg, b);
}

static struct expr **copy_list(void *arg, struct expr **list, size_t n)
{
	struct expr **copy = arena_array(arg, struct expr *, n + 1);

	if (n)
		memcpy(copy, list, n * sizeof(*list));
	return copy;
}

static struct type_spec *copy_spec(void *arg, struct type_spec *spec, bool *below)
{
	struct type_spec *copy = arena_new(arg, struct type_spec);

	*copy = *spec;
	*below = true;
	return copy;
}

struct expr *expr_clone(struct arena *a, const struct expr *e)
{
	struct expr *copy = arena_new(a, struct expr);
	const struct mapper m = { copy_expr, copy_block, copy_list, copy_spec, a };

	*copy = *e;
	expr_children(copy, &m);
	return copy;
}

struct block *block_clone(struct arena *a, const struct block *b)
{
	struct block *copy = block_new(a, b->span);
	const struct mapper m = { copy_expr, copy_block, copy_list, copy_spec, a };

	copy->depth = b->depth;
	vec_each (i, &b->stmts) {
		struct stmt *s = arena_new(a, struct stmt);

		*s = *b->stmts.v[i];
		stmt_children(s, &m);
		vec_push_in(a, &copy->stmts, s);
	}
	if (b->value)
		copy->value = expr_clone(a, b->value);
	return copy;
}

/* -- visits -- */

struct visit {
	expr_visit_fn *fn;
	void *arg;
};

static struct expr *visit_one(void *arg, struct expr *e)
{
	const struct visit *v = arg;

	expr_visit(e, v->fn, v->arg);
	return e;
}

static struct block *visit_body(void *arg, struct block *b)
{
	const struct visit *v = arg;

	block_visit(b, v->fn, v->arg);
	return b;
}

void expr_visit(struct expr *e, expr_visit_fn *fn, void *arg)
{
	struct visit v = { fn, arg };
	const struct mapper m = { visit_one, visit_body, NULL, NULL, &v };

	expr_children(e, &m);
	fn(arg, e);
}

void block_visit(struct block *b, expr_visit_fn *fn, void *arg)
{
	struct visit v = { fn, arg };
	const struct mapper m = { visit_one, visit_body, NULL, NULL, &v };

	vec_each (i, &b->stmts)
		stmt_children(b->stmts.v[i], &m);
	if (b->value)
		expr_visit(b->value, fn, arg);
}

/* -- one level -- */

static struct expr *hook_expr(void *arg, struct expr *e)
{
	const struct ast_hooks *h = arg;

	h->expr(h->arg, e);
	return e;
}

static struct block *hook_block(void *arg, struct block *b)
{
	const struct ast_hooks *h = arg;

	h->block(h->arg, b);
	return b;
}

static struct type_spec *hook_spec(void *arg, struct type_spec *spec, bool *below)
{
	const struct ast_hooks *h = arg;

	*below = h->spec(h->arg, spec);
	return spec;
}

void expr_below(struct expr *e, const struct ast_hooks *h)
{
	struct ast_hooks hooks = *h;
	const struct mapper m = { hook_expr, hook_block, NULL, h->spec ? hook_spec : NULL, &hooks };

	expr_children(e, &m);
}

void stmt_below(struct stmt *s, const struct ast_hooks *h)
{
	struct ast_hooks hooks = *h;
	const struct mapper m = { hook_expr, hook_block, NULL, h->spec ? hook_spec : NULL, &hooks };

	stmt_children(s, &m);
}
