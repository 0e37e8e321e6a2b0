/* SPDX-License-Identifier: Apache-2.0 */
/* depth.c - how deep a tree is; known for each node when it is made, from its children. */

#include "ast/ast.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t of_expr(const struct expr *e)
{
	return e ? e->depth : 0;
}

static uint32_t of_two(const struct expr *a, const struct expr *b)
{
	return larger(of_expr(a), of_expr(b));
}

static uint32_t of_list(struct expr *const *list, size_t n)
{
	uint32_t depth = 0;

	for (size_t i = 0; i < n; i++)
		depth = larger(depth, of_expr(list[i]));
	return depth;
}

static uint32_t of_block(const struct block *b)
{
	return b ? b->depth : 0;
}

static uint32_t of_spec(const struct type_spec *spec)
{
	uint32_t depth = 0;

	for (; spec; spec = spec->of_type, depth++)
		depth += of_expr(spec->of_expr);
	return depth;
}

uint32_t expr_depth_below(const struct expr *e)
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
	case EXPR_C_CALL: return of_list(e->call.arg, e->call.args);
	case EXPR_MAP: return of_list(e->map.key, e->map.keys);
	case EXPR_FIELD: return of_expr(e->field.base);
	case EXPR_INDEX: return of_two(e->index.base, e->index.index);
	case EXPR_UNARY:
	case EXPR_COMPTIME: return of_expr(e->unary.operand);
	case EXPR_BINARY: return of_two(e->binary.left, e->binary.right);
	case EXPR_TERNARY:
		return larger(of_expr(e->ternary.cond), of_two(e->ternary.yes, e->ternary.no));
	case EXPR_CAST: return larger(of_spec(e->cast.spec), of_expr(e->cast.operand));
	case EXPR_TUPLE:
	case EXPR_RECORD: return of_list(e->tuple.elem, e->tuple.elems);
	case EXPR_INCDEC: return of_expr(e->incdec.target);
	case EXPR_BLOCK: return of_block(e->block);
	case EXPR_IF:
		return larger(of_expr(e->cond.cond),
		              larger(of_block(e->cond.yes), of_block(e->cond.no)));
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE: return larger(of_spec(e->typed.spec), of_expr(e->typed.operand));
	}
	return 0;
}

uint32_t stmt_depth_below(const struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD:
	case STMT_RETURN: return of_expr(s->expr);
	case STMT_ASSIGN: return of_two(s->assign.target, s->assign.value);
	case STMT_LET: return larger(of_spec(s->let.spec), of_expr(s->let.value));
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_WHILE:
	case STMT_UNROLL: return larger(of_block(s->loop.body), of_two(s->loop.over, s->loop.end));
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_IMPORT:
	case STMT_BAD: break;
	}
	return 0;
}
