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

#include "ast/gap.h"
#include "base/near.h"
#include "sema/probe_args.h"

static void type_program(struct sema *s, struct program *p)
{
	s->program = p;
	if (p->fn)
		function_types(s, p);
	if (p->predicate)
		sema_condition(s, p->predicate);
	sema_block(s, p->body);
	if (p->fn && s->final)
		function_end(s, p);
	/* A probe's last expression needs no ';'. */
	if (s->final && p->body->value)
		sema_discarded(s, p->body->value);
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
		if (v->assigned || (v->type != &type_unknown && !v->fixed) ||
		    unit_gap_mentions(s->u, v->name))
			continue;
		diag_warning(s->diags, v->span, "Variable %s was never assigned to", v->name);
		if (!v->fixed)
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

static void hint_unresolved(struct diag *d)
{
	diag_hint(d, "nothing that is assigned to it has a type of its own");
}

static void check_program_resolved(struct sema *s, const struct program *p)
{
	vec_each (j, &p->vars)
		if (p->vars.v[j]->type == &type_unknown)
			hint_unresolved(diag_error(s->diags, p->vars.v[j]->span,
			                           "Could not resolve the type of this variable"));
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
			hint_unresolved(diag_error(s->diags, m->span,
			                           "Could not resolve the type of %s", m->name));
	}
}

static void undefined_map(struct sema *s, const struct map_var *m)
{
	struct diag *d = diag_error(s->diags, m->span, "Undefined map: %s", m->name);
	struct near near;

	near_init(&near, m->name);
	map_each (other, &s->u->maps)
		if (((const struct map_var *)other->value)->assigned)
			near_offer(&near, other->key);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
}

static void check_maps(struct sema *s)
{
	map_each (e, &s->u->maps) {
		struct map_var *m = e->value;

		if (unit_gap_mentions(s->u, m->name))
			continue;
		if (!m->used) {
			diag_warning(s->diags, m->span, "Unused map: %s", m->name);
			m->value = type_int(s->ty, 8, true);
		} else if (m->value == &type_unknown && !m->assigned) {
			undefined_map(s, m);
		}
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
	check_maps(&s);
	check_vars(&s);
	round_of_types(&s);
	check_unresolved(&s);
	comptime_check(&s);
}
