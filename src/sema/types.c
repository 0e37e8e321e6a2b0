/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.c - each expression, variable and map gets a type.
 *
 * Types flow in every direction: a map written in one probe is read in another, a later assignment
 * widens an earlier one. So all programs are typed again and again, in silence, until no variable
 * and no map changes; what the last, loud round finds wrong is wrong.
 *
 * Requires: resolved names. Afterwards: types are final, program->vars and u->maps included.
 */

#include "sema/types.h"

#include "base/bug.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/probe_args.h"

/* Whether a literal lies in the range of an integer type. */
static bool literal_fits(const struct expr *e, const struct type *t)
{
	int64_t v = literal_value(e);
	unsigned int bits = t->size * 8;

	if (e->kind == EXPR_BOOL || t->size == 8)
		return true;
	if (t->is_signed)
		return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
	return v >= 0 && v < (int64_t)1 << bits;
}

bool value_fits(struct sema *s, const struct type *place, const struct type *t,
                const struct expr *value)
{
	if (!type_is_known(t) || !type_is_known(place))
		return true;
	if (type_is_int(place) && (type_is_int(t) || t->kind == KIND_BOOL))
		return !value || !value->literal || value->kind != EXPR_INT ||
		       literal_fits(value, place);
	if (place->kind == KIND_POINTER && t->kind == KIND_POINTER)
		return true;
	return type_promote(s->ty, place, t) != NULL &&
	       (place->kind != KIND_STRING || t->size <= place->size);
}

static struct diag *wrong_type(struct sema *s, struct span at, const struct var *v,
                               const struct type *t)
{
	return diag_error(s->diags, at,
	                  "Type mismatch for %s: trying to assign value of type '%s' when variable "
	                  "already has a type '%s'",
	                  v->name, type_name(s->ty, t), type_name(s->ty, v->type));
}

/* An integer that may not fit the declared type is cut; a literal has been checked. */
static void narrowing(struct sema *s, const struct var *v, const struct type *t,
                      const struct expr *value, struct span use)
{
	bool fits = !type_is_int(t) || t->flexible || t->size < v->type->size ||
	            (t->size == v->type->size && t->is_signed == v->type->is_signed);

	if (!s->final || !type_is_int(v->type) || fits || (value && value->literal))
		return;
	diag_warning(
		s->diags, value ? value->span : use,
		"Expression of type: %s being cast to type: %s. This may cause unexpected results. "
		"Use an explicit cast to suppress this warning.",
		type_name(s->ty, t), type_name(s->ty, v->type));
}

static void fixed_assign(struct sema *s, struct var *v, const struct type *t,
                         const struct expr *value, struct span use)
{
	struct diag *d;

	if (value_fits(s, v->type, t, value)) {
		narrowing(s, v, t, value, use);
		return;
	}
	d = wrong_type(s, value ? value->span : use, v, t);
	diag_note(d, v->span, "declared here");
}

void var_assign(struct sema *s, struct var *v, const struct type *t, const struct expr *value,
                struct span use)
{
	const struct type *wider;
	struct diag *d;

	if (type_is_aggregation(t) && type_is_known(t)) {
		d = diag_error(s->diags, value ? value->span : use,
		               "Value '%s' cannot be assigned to a scratch variable.",
		               type_name(s->ty, t));
		if (type_is_castable(t))
			diag_hint(d, "cast it to take its present value: (int64)...");
		return;
	}
	if (t->kind == KIND_NONE && type_is_known(t)) {
		diag_error(s->diags, value ? value->span : use,
		           "Invalid expression for assignment: it has no value");
		return;
	}
	if (v->fixed) {
		fixed_assign(s, v, t, value, use);
		return;
	}
	wider = type_promote(s->ty, v->type, t);
	if (!wider) {
		d = wrong_type(s, value ? value->span : use, v, t);
		diag_note(d, v->span, "first assigned here");
		return;
	}
	if (wider != v->type && wider != &type_error) {
		v->type = wider;
		s->changed = true;
	}
}

static struct diag *wrong_value(struct sema *s, struct span at, const struct map_var *m,
                                const struct type *t)
{
	if (m->value->kind == t->kind && t->kind == KIND_HIST)
		return diag_error(s->diags, at, "Different bits in a single hist unsupported");
	if (m->value->kind == t->kind && type_is_aggregation(t))
		return diag_error(s->diags, at, "Different %s bounds in a single map unsupported",
		                  t->kind == KIND_LHIST ? "lhist" : "tseries");
	return diag_error(
		s->diags, at,
		"Type mismatch for %s: trying to %s '%s' when %s already has a type '%s'", m->name,
		type_is_aggregation(t) ? "call function with type" : "assign value of type",
		type_name(s->ty, t), type_is_aggregation(t) ? "it" : "map",
		type_name(s->ty, m->value));
}

void map_assign(struct sema *s, struct map_var *m, const struct type *t, const struct expr *value,
                struct span use)
{
	const struct type *wider;
	struct diag *d;

	if (t->kind == KIND_NONE && type_is_known(t)) {
		diag_error(s->diags, value ? value->span : use,
		           "Invalid expression for assignment: it has no value");
		return;
	}
	wider = type_promote(s->ty, m->value, t);
	if (!wider) {
		d = wrong_value(s, value ? value->span : use, m, t);
		diag_note(d, m->value_span, "first written here");
		diag_hint(d, "use a second map for the other kind of value");
		return;
	}
	if (m->value == &type_unknown && type_is_known(wider))
		m->value_span = use;
	if (wider != m->value && wider != &type_error) {
		m->value = wider;
		s->changed = true;
	}
}

/* -- keys -- */

static const struct type *key_type(struct sema *s, struct expr *const *key, size_t n)
{
	const struct type *elem[64];

	if (n == 1)
		return int_of(s, sema_expr(s, key[0]));
	if (n > countof(elem)) {
		diag_error(s->diags, key[countof(elem)]->span, "More than %zu parts in a key",
		           countof(elem));
		return &type_error;
	}
	for (size_t i = 0; i < n; i++) {
		elem[i] = int_of(s, sema_expr(s, key[i]));
		if (!type_is_known(elem[i]))
			return elem[i];
	}
	return type_tuple(s->ty, elem, n);
}

static bool key_allowed(struct sema *s, const struct type *t, struct span use)
{
	if (!type_is_known(t) || (!type_is_aggregation(t) && t->kind != KIND_NONE))
		return true;
	if (t->kind == KIND_NONE)
		diag_error(s->diags, use, "Value '%s' cannot be used as a map key",
		           type_name(s->ty, t));
	else
		diag_error(s->diags, use, "%s cannot be part of a map key", type_name(s->ty, t));
	return false;
}

/* The later use is the wrong one, whichever was typed first. */
static void scalar_conflict(struct sema *s, const struct map_var *m)
{
	struct diag *d;

	if (m->keyed_span.off > m->scalar_span.off) {
		d = diag_error(
			s->diags, m->keyed_span,
			"%s used as a map with an explicit key (non-scalar map), previously used "
			"without an explicit key (scalar map)",
			m->name);
		diag_note(d, m->scalar_span, "used without a key");
	} else {
		d = diag_error(
			s->diags, m->scalar_span,
			"%s used as a map without an explicit key (scalar map), previously used "
			"with an explicit key (non-scalar map)",
			m->name);
		diag_note(d, m->keyed_span, "used with a key");
	}
	diag_hint(d, "a map has either keys or one value: use a second map");
}

void sema_map_key(struct sema *s, struct map_var *m, struct expr *const *key, size_t n,
                  struct span use)
{
	const struct type *t, *wider;
	struct diag *d;

	if (!n) {
		if (!m->scalar)
			m->scalar_span = use;
		m->scalar = true;
		if (m->keyed)
			scalar_conflict(s, m);
		return;
	}
	if (!m->keyed) {
		m->keyed = true;
		m->keyed_span = use;
		m->key = &type_unknown;
		s->changed = true;
	}
	if (m->scalar)
		scalar_conflict(s, m);
	t = key_type(s, key, n);
	if (!key_allowed(s, t, use))
		return;
	wider = type_promote(s->ty, m->key, t);
	if (!wider) {
		d = diag_error(
			s->diags, use,
			"Argument mismatch for %s: trying to access with arguments: '%s' when map "
			"expects arguments: '%s'",
			m->name, type_name(s->ty, t), type_name(s->ty, m->key));
		diag_note(d, m->keyed_span, "first used here");
		return;
	}
	if (wider != m->key && wider != &type_error) {
		m->key = wider;
		s->changed = true;
	}
}

/* -- statements -- */

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
	if (s->final && !m->keyed) {
		d = diag_error(
			s->diags, over->span,
			"%s has no explicit keys (scalar map), and cannot be used for iteration",
			m->name);
		if (m->scalar)
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

static void unroll(struct sema *s, const struct stmt *st)
{
	enum { MOST = 100 };
	const struct expr *n = st->loop.over;
	int64_t count;

	if (!n->literal || n->kind != EXPR_INT) {
		diag_error(s->diags, n->span,
		           "Invalid unroll value: it must be an integer literal");
		return;
	}
	count = literal_value(n);
	if (count < 1)
		diag_error(s->diags, n->span, "Unroll minimum value is 1, not %lld",
		           (long long)count);
	else if (count > MOST)
		diag_error(s->diags, n->span, "unroll maximum value is %d, not %lld", MOST,
		           (long long)count);
}

static void discarded(struct sema *s, const struct expr *e)
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
			discarded(s, st->expr);
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
	case STMT_UNROLL:
		sema_expr(s, st->loop.over);
		unroll(s, st);
		loop_body(s, st, false);
		break;
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

/* -- rounds -- */

static void type_program(struct sema *s, struct program *p)
{
	s->program = p;
	if (p->fn)
		function_types(s, p);
	if (p->predicate)
		sema_condition(s, p->predicate);
	sema_block(s, p->body);
	/* A probe's last expression needs no ';'. */
	if (s->final && p->body->value)
		discarded(s, p->body->value);
}

enum { MOST_ROUNDS = 64 };

static void round_of_types(struct sema *s)
{
	s->changed = false;
	vec_each (i, &s->u->fns)
		type_program(s, s->u->fns.v[i]);
	vec_each (i, &s->u->programs)
		type_program(s, s->u->programs.v[i]);
}

static void check_order(struct sema *s, const struct var *v)
{
	if (v->read_first.len && v->assigned && !v->loop)
		diag_note(diag_warning(s->diags, v->read_first,
		                       "Variable used before it was assigned: %s", v->name),
		          v->span, "declared here");
}

static void check_program_vars(struct sema *s, const struct program *p)
{
	vec_each (j, &p->vars) {
		struct var *v = p->vars.v[j];

		check_order(s, v);
		if (v->type != &type_unknown || v->assigned)
			continue;
		diag_warning(s->diags, v->span, "Variable %s was never assigned to", v->name);
		v->type = type_int(s->ty, 8, true);
	}
}

static void check_vars(struct sema *s)
{
	vec_each (i, &s->u->fns)
		check_program_vars(s, s->u->fns.v[i]);
	vec_each (i, &s->u->programs)
		check_program_vars(s, s->u->programs.v[i]);
}

static void check_program_resolved(struct sema *s, const struct program *p)
{
	vec_each (j, &p->vars)
		if (p->vars.v[j]->type == &type_unknown)
			diag_error(s->diags, p->vars.v[j]->span,
			           "Could not resolve the type of this variable");
}

/* What has no type yet got no value that has one: mostly, the reason was reported there. */
static void check_unresolved(struct sema *s)
{
	if (diags_failed(s->diags))
		return;
	vec_each (i, &s->u->fns)
		check_program_resolved(s, s->u->fns.v[i]);
	vec_each (i, &s->u->programs)
		check_program_resolved(s, s->u->programs.v[i]);
	map_each (e, &s->u->maps) {
		const struct map_var *m = e->value;

		if (m->value == &type_unknown)
			diag_error(s->diags, m->span, "Could not resolve the type of %s", m->name);
	}
}

/* 'broken': what is not resolved may be what assigns the map. */
static void check_maps(struct sema *s, bool broken)
{
	struct near near;

	/* What a program that is missing does with a map is not known. */
	if (s->u->partial)
		return;
	map_each (e, &s->u->maps) {
		struct map_var *m = e->value;
		struct diag *d;

		if (!m->used) {
			diag_warning(s->diags, m->span, "Unused map: %s", m->name);
			m->value = type_int(s->ty, 8, true);
			continue;
		}
		if (m->value != &type_unknown || m->assigned || broken)
			continue;
		d = diag_error(s->diags, m->span, "Undefined map: %s", m->name);
		near_init(&near, m->name);
		map_each (other, &s->u->maps)
			if (other->value != m)
				near_offer(&near, other->key);
		if (near.best)
			diag_hint(d, "did you mean '%s'?", near.best);
	}
}

/* Types everything until nothing changes; then 'comptime' gets answers, which may change more. */
static void settle(struct sema *s)
{
	int rounds = 0;

	do {
		s->waiting = false;
		round_of_types(s);
	} while (s->changed && ++rounds < MOST_ROUNDS);
	if (!s->waiting)
		return;
	s->settling = true;
	round_of_types(s);
	s->settling = false;
}

static bool has_untyped_map(const struct unit *u)
{
	map_each (e, &u->maps) {
		const struct map_var *m = e->value;

		if (m->value == &type_unknown && m->assigned)
			return true;
	}
	return false;
}

void types_run(struct unit *u)
{
	struct sema s = { .u = u, .diags = u->diags, .ty = u->types };
	size_t errors = diags_count(u->diags, DIAG_ERROR);
	int rounds = 0;

	probe_args_run(u);
	diags_mute(u->diags);
	do {
		settle(&s);
		if (!s.changed && !s.from_zero && has_untyped_map(u))
			s.from_zero = s.changed = true;
	} while (s.changed && ++rounds < MOST_ROUNDS);
	diags_unmute(u->diags);
	s.final = true;
	comptime_forget(u);
	check_maps(&s, errors);
	check_vars(&s);
	round_of_types(&s);
	check_unresolved(&s);
	comptime_check(&s);
}
