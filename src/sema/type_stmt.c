/* SPDX-License-Identifier: Apache-2.0 */
/* type_stmt.c - what statements ask of the types in them. */

#include "lang/lang.h"
#include "sema/types.h"

/* "@m = count()", also as the value of a block: the only place where an aggregation may stand. */
static void place_aggregation(const struct stmt *st)
{
	const struct expr *target = st->assign.target;
	struct expr *value = st->assign.value;

	if (value->kind == EXPR_BLOCK && value->block->value)
		value = value->block->value;
	if (target->kind == EXPR_MAP && st->assign.op == BINARY_NONE && value->kind == EXPR_CALL &&
	    value->call.def->flags & LANG_AGGREGATION)
		value->call.map = target->map.map;
}

static void assign(struct sema *s, struct stmt *st)
{
	struct expr *target = st->assign.target, *value = st->assign.value;
	const struct type *t;

	place_aggregation(st);
	t = sema_expr(s, value);
	if (target->kind == EXPR_BAD)
		return;
	sema_expr(s, target);
	if (s->asked && target->kind == EXPR_MAP)
		diag_error(s->diags, st->span, "Map assignments not allowed inside of %s",
		           s->asked);
	if (st->assign.op != BINARY_NONE)
		t = binary_type(s, NULL, st->assign.op, int_of(s, target->type), int_of(s, t),
		                st->span, &st->assign.common);
	if (target->kind == EXPR_VAR) {
		var_assign(s, target->var.var, t, st->assign.op == BINARY_NONE ? value : NULL,
		           st->span);
		target->type = target->var.var->type;
		return;
	}
	if (type_is_aggregation(t) && type_is_known(t) && value->kind == EXPR_MAP) {
		struct diag *d = diag_error(s->diags, value->span,
		                            "Map value '%s' cannot be assigned from one map to "
		                            "another. The function that returns this type must be "
		                            "called directly.",
		                            type_name(s->ty, t));

		if (type_is_castable(t))
			diag_hint(d, "cast it to take its present value: (int64)%s",
			          value->map.name);
		return;
	}
	map_assign(s, target->map.map, t, st->assign.op == BINARY_NONE ? value : NULL, st->span);
	target->type = target->map.map->value;
}

/* uint8[] */
static bool is_unsized(const struct type_spec *spec)
{
	const struct type_suffix *last = &spec->suffix[spec->suffixes - 1];

	return spec->suffixes && last->kind == SUFFIX_ARRAY && !last->sized;
}

static void let(struct sema *s, struct stmt *st)
{
	struct var *v = st->let.target->var.var;
	const struct type *t = NULL;

	if (!v)
		return;
	if (st->let.spec) {
		t = spec_type(s, st->let.spec);
		if (type_is_known(t) && (type_is_aggregation(t) || t->kind == KIND_NONE)) {
			diag_error(s->diags, st->let.spec->span,
			           "Invalid variable declaration type: %s", type_name(s->ty, t));
			t = &type_error;
		}
		if (t->kind == KIND_ARRAY && is_unsized(st->let.spec)) {
			diag_error(s->diags, st->let.spec->span,
			           "Could not determine size of the array");
			t = &type_error;
		}
		v->fixed = type_is_known(t);
		if (v->type != t)
			s->changed = true;
		v->type = t;
	}
	if (st->let.value)
		var_assign(s, v, sema_expr(s, st->let.value), st->let.value, st->span);
	st->let.target->type = v->type;
}

static void for_map(struct sema *s, struct stmt *st)
{
	struct expr *over = st->loop.over;
	const struct type *pair[2];
	struct map_var *m;
	struct diag *d;

	if (over->kind != EXPR_MAP || over->map.keys) {
		diag_error(s->diags, over->span,
		           "A for loop goes over a map (@x) or a range (0..10)");
		return;
	}
	m = over->map.map;
	over->type = m->value;
	if (s->final && m->scalar && !m->keyed) {
		d = diag_error(
			s->diags, over->span,
			"%s has no explicit keys (scalar map), and cannot be used for iteration",
			m->name);
		diag_note(d, m->scalar_span, "used without a key");
	}
	if (!m->keyed || !type_is_known(m->key) || !type_is_known(m->value))
		return;
	if (type_is_aggregation(m->value) && !type_is_castable(m->value)) {
		diag_error(s->diags, over->span, "Loop expression does not support type: %s",
		           type_name(s->ty, m->value));
		return;
	}
	pair[0] = m->key;
	pair[1] = int_of(s, m->value);
	var_assign(s, st->loop.var->var.var, type_tuple(s->ty, pair, 2), NULL, st->loop.var->span);
	st->loop.var->type = st->loop.var->var.var->type;
}

static void for_range(struct sema *s, struct stmt *st)
{
	const struct type *from = int_of(s, sema_expr(s, st->loop.over));
	const struct type *to = int_of(s, sema_expr(s, st->loop.end)), *t;
	const struct expr *wrong = NULL;

	if (type_is_known(from) && !type_is_int(from))
		wrong = st->loop.over;
	else if (type_is_known(to) && !type_is_int(to))
		wrong = st->loop.end;
	if (wrong) {
		diag_error(s->diags, wrong->span,
		           "Loop range requires an integer for the %s value, not %s",
		           wrong == st->loop.end ? "end" : "start", type_name(s->ty, wrong->type));
		return;
	}
	if (!type_is_known(from) || !type_is_known(to))
		return;
	t = type_promote(s->ty, from, to);
	t = type_int(s->ty, 8, !t || t->is_signed || t->flexible);
	var_assign(s, st->loop.var->var.var, t, NULL, st->loop.var->span);
	st->loop.var->type = st->loop.var->var.var->type;
}

static void loop_body(struct sema *s, struct stmt *st, bool callback)
{
	s->loops++;
	s->callbacks += callback;
	sema_block(s, st->loop.body);
	s->callbacks -= callback;
	s->loops--;
}

/* How often the body is repeated; 1 after a message. */
static uint64_t unroll_count(struct sema *s, const struct expr *n)
{
	enum { MOST = 100 };
	int64_t count;

	if (!n->literal || n->kind != EXPR_INT) {
		diag_error(s->diags, n->span,
		           "Invalid unroll value: it must be an integer literal");
		return 1;
	}
	count = literal_value(n);
	if (count < 1)
		diag_error(s->diags, n->span, "Unroll minimum value is 1, not %lld",
		           (long long)count);
	else if (count > MOST)
		diag_error(s->diags, n->span, "unroll maximum value is %d, not %lld", MOST,
		           (long long)count);
	return count < 1 || count > MOST ? 1 : (uint64_t)count;
}

/* Each level multiplies the copies of what is inside. */
static void unroll(struct sema *s, struct stmt *st)
{
	enum { MOST_COPIES = 10000 };
	uint64_t outer = s->copies ? s->copies : 1;

	sema_expr(s, st->loop.over);
	s->copies = outer * unroll_count(s, st->loop.over);
	if (s->copies > MOST_COPIES) {
		diag_hint(diag_error(s->diags, st->loop.over->span,
		                     "Nested unrolls make %llu copies of this: the most is %d",
		                     (unsigned long long)s->copies, MOST_COPIES),
		          "a loop makes none: for $i : 0..N { ... }");
		s->copies = outer;
	}
	loop_body(s, st, false);
	s->copies = outer;
}

void sema_discarded(struct sema *s, const struct expr *e)
{
	bool value = e->kind != EXPR_INCDEC && e->kind != EXPR_IF && e->kind != EXPR_TERNARY &&
	             e->kind != EXPR_BAD && e->kind != EXPR_FN_CALL && e->kind != EXPR_C_CALL &&
	             e->type && type_is_known(e->type) && e->type->kind != KIND_NONE;

	if (e->kind == EXPR_CALL && e->call.def->flags & (LANG_DISCARD | LANG_EXIT))
		return;
	if (e->kind == EXPR_CALL && e->call.def->flags & LANG_AGGREGATION)
		diag_error(s->diags, e->span,
		           "%s() must be assigned directly to a map: @ = %s(...)", e->call.name,
		           e->call.name);
	else if (value)
		diag_hint(diag_warning(s->diags, e->span, "Return value discarded."),
		          "'_ = ...' says that this is meant");
}

static void returned(struct sema *s, struct stmt *st)
{
	const struct type *t;

	if (s->program->fn) {
		function_returns(s, st);
		return;
	}
	if (!st->expr)
		return;
	t = int_of(s, sema_expr(s, st->expr));
	if (type_is_known(t) && !type_is_int(t) && t->kind != KIND_BOOL)
		diag_error(s->diags, st->expr->span,
		           "Probe return values can only be integers. Found %s",
		           type_name(s->ty, t));
}

static void statement(struct sema *s, struct stmt *st)
{
	switch (st->kind) {
	case STMT_EXPR:
		sema_expr(s, st->expr);
		if (s->final)
			sema_discarded(s, st->expr);
		break;
	case STMT_DISCARD: sema_expr(s, st->expr); break;
	case STMT_ASSIGN: assign(s, st); break;
	case STMT_LET: let(s, st); break;
	case STMT_FOR_MAP:
		for_map(s, st);
		loop_body(s, st, true);
		break;
	case STMT_FOR_RANGE:
		for_range(s, st);
		loop_body(s, st, true);
		break;
	case STMT_WHILE:
		sema_condition(s, st->loop.over);
		loop_body(s, st, false);
		break;
	case STMT_UNROLL: unroll(s, st); break;
	case STMT_RETURN: returned(s, st); break;
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_IMPORT:
	case STMT_BAD: break;
	}
}

static bool is_jump(const struct stmt *st)
{
	return st->kind == STMT_RETURN || st->kind == STMT_BREAK || st->kind == STMT_CONTINUE ||
	       (st->kind == STMT_EXPR && st->expr->kind == EXPR_CALL &&
	        st->expr->call.def->flags & LANG_EXIT);
}

const struct type *sema_block(struct sema *s, struct block *b)
{
	vec_each (i, &b->stmts) {
		statement(s, b->stmts.v[i]);
		if (s->final && i && is_jump(b->stmts.v[i - 1]))
			diag_warning(s->diags, b->stmts.v[i]->span, "Unreachable statement.");
	}
	if (!b->value)
		return &type_none;
	if (s->final && b->stmts.n && is_jump(b->stmts.v[b->stmts.n - 1]))
		diag_warning(s->diags, b->value->span, "Unreachable statement.");
	return sema_expr(s, b->value);
}
