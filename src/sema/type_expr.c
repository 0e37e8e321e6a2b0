/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_expr.c - the type of an expression: literals, calls, maps, tuples and branches; operators,
 * members, casts and questions about types have files of their own.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "sema/sig.h"
#include "sema/types.h"

#include <string.h>

const struct type *int_of(struct sema *s, const struct type *t)
{
	if (t->kind == KIND_COUNT)
		return type_int(s->ty, 8, false);
	if (type_is_known(t) && type_is_castable(t))
		return type_int(s->ty, 8, t->is_signed);
	return t;
}

/* -- compounds -- */

static const struct type *tuple(struct sema *s, struct expr *e)
{
	const struct type **elem =
		arena_array(s->u->arena, const struct type *, e->tuple.elems + 1);
	const struct type *worst = NULL;

	for (size_t i = 0; i < e->tuple.elems; i++) {
		elem[i] = int_of(s, sema_expr(s, e->tuple.elem[i]));
		if (!type_is_known(elem[i])) {
			worst = elem[i];
		} else if (type_is_aggregation(elem[i]) || elem[i]->kind == KIND_NONE) {
			diag_error(s->diags, e->tuple.elem[i]->span,
			           elem[i]->kind == KIND_NONE
			                   ? "Value of type %s cannot exist inside a %s."
			                   : "Map type %s cannot exist inside a %s.",
			           type_name(s->ty, elem[i]),
			           e->kind == EXPR_TUPLE ? "tuple" : "record");
			worst = &type_error;
		}
	}
	if (worst)
		return worst;
	return e->kind == EXPR_TUPLE ? type_tuple(s->ty, elem, e->tuple.elems)
	                             : type_record(s->ty, e->tuple.name, elem, e->tuple.elems);
}

static const struct type *branches(struct sema *s, struct expr *e, const struct type *yes,
                                   const struct type *no)
{
	const struct type *t;
	struct diag *d;

	if (yes->kind == KIND_NONE && type_is_known(yes))
		return yes;
	if (no->kind == KIND_NONE && type_is_known(no))
		return no;
	t = type_promote(s->ty, int_of(s, yes), int_of(s, no));
	if (t)
		return t;
	d = diag_error(s->diags, e->span,
	               "Branches must return the same type or compatible types: have '%s' and '%s'",
	               type_name(s->ty, yes), type_name(s->ty, no));
	if (e->kind == EXPR_TERNARY && e->ternary.yes) {
		diag_note(d, e->ternary.yes->span, "%s", type_name(s->ty, yes));
		diag_note(d, e->ternary.no->span, "%s", type_name(s->ty, no));
	}
	return &type_error;
}

static const struct type *ternary(struct sema *s, struct expr *e)
{
	const struct type *yes, *no;

	sema_condition(s, e->ternary.cond);
	yes = e->ternary.yes ? sema_expr(s, e->ternary.yes) : e->ternary.cond->type;
	no = sema_expr(s, e->ternary.no);
	return branches(s, e, yes, no);
}

static const struct type *if_else(struct sema *s, struct expr *e)
{
	const struct type *yes, *no;

	if (e->cond.cond->kind == EXPR_COMPTIME) {
		sema_condition(s, e->cond.cond);
		if (!e->cond.cond->literal)
			return e->cond.cond->type;
		comptime_prune(s->u, e);
		return sema_expr(s, e);
	}
	sema_condition(s, e->cond.cond);
	yes = sema_block(s, e->cond.yes);
	if (!e->cond.no)
		return &type_none;
	no = sema_block(s, e->cond.no);
	return branches(s, e, yes, no);
}

/* -- names and calls -- */

/* Whether parameter i of a signature stands for a map as a whole. */
static bool takes_map(const struct lang_def *def, size_t i)
{
	return sig_wants(def->sig, i, "map") || sig_wants(def->sig, i, "place");
}

static void call_arg(struct sema *s, struct expr *call, size_t i)
{
	struct expr *arg = call->call.arg[i];

	if (arg->kind == EXPR_NAME)
		return; /* a word */
	if (arg->kind == EXPR_MAP && !arg->map.keys && takes_map(call->call.def, i)) {
		arg->type = arg->map.map->value;
		return;
	}
	sema_expr(s, arg);
}

static const struct type *call(struct sema *s, struct expr *e)
{
	bool bad = false;

	if (!(e->call.def->flags & LANG_NO_EVAL)) {
		for (size_t i = 0; i < e->call.args; i++) {
			call_arg(s, e, i);
			bad |= e->call.arg[i]->type == &type_error;
		}
	}
	return bad ? &type_error : sig_check(s, e);
}

static const struct type *map(struct sema *s, struct expr *e)
{
	struct map_var *m = e->map.map;

	sema_map_key(s, m, e->map.key, e->map.keys, e->span);
	return m->value;
}

static const struct type *literal_int(struct sema *s, const struct expr *e)
{
	/* Enumerators and parameters bring their type with them. */
	return e->type ? e->type : type_literal(s->ty, e->integer.value, e->integer.negative);
}

static const struct type *string(struct sema *s, struct expr *e)
{
	enum { LONGEST = 1u << 20 };

	if (s->final && e->string.len >= LONGEST)
		diag_error(s->diags, e->span, "String is too long (over %u bytes): it has %zu",
		           LONGEST, e->string.len);
	return type_string(s->ty, (uint32_t)e->string.len + 1);
}

const struct type *sema_expr(struct sema *s, struct expr *e)
{
	const struct type *t = &type_error;

	switch (e->kind) {
	case EXPR_INT: t = literal_int(s, e); break;
	case EXPR_STRING: t = string(s, e); break;
	case EXPR_BOOL: t = &type_bool; break;
	case EXPR_CALL: t = call(s, e); break;
	case EXPR_FN_CALL: t = function_call(s, e); break;
	case EXPR_C_CALL: t = c_function_call(s, e); break;
	case EXPR_VAR: t = e->var.var ? e->var.var->type : &type_error; break;
	case EXPR_MAP: t = map(s, e); break;
	case EXPR_FIELD: t = sema_field(s, e); break;
	case EXPR_INDEX: t = sema_index(s, e); break;
	case EXPR_UNARY: t = sema_unary(s, e); break;
	case EXPR_BINARY: t = sema_binary(s, e); break;
	case EXPR_TERNARY: t = ternary(s, e); break;
	case EXPR_CAST: t = sema_cast(s, e); break;
	case EXPR_TUPLE:
	case EXPR_RECORD: t = tuple(s, e); break;
	case EXPR_INCDEC: t = sema_incdec(s, e); break;
	case EXPR_BLOCK: t = sema_block(s, e->block); break;
	case EXPR_IF: t = if_else(s, e); break;
	case EXPR_COMPTIME: t = comptime_type(s, e); break;
	case EXPR_SIZEOF: t = sema_sizeof(s, e); break;
	case EXPR_OFFSETOF: t = sema_offsetof(s, e); break;
	case EXPR_TYPEINFO: t = sema_typeinfo(s, e); break;
	case EXPR_NAME:
	case EXPR_TYPE: diag_error(s->diags, e->span, "This is not a value"); break;
	case EXPR_PARAM:
	case EXPR_PARAM_COUNT: BUG("parameters are literals by now");
	case EXPR_BAD: break;
	}
	e->type = t;
	return t;
}
