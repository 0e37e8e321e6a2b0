/* SPDX-License-Identifier: Apache-2.0 */
/* macro_find.c - macros by name, and the one that fits a call. */

#include "sema/macro.h"

#include "ast/gap.h"
#include "base/arena.h"
#include "cdef/cdef.h"
#include "lang/lang.h"

struct overloads {
	VEC(const struct macro_def *) defs;
};

/* -- definitions -- */

static bool same_signature(const struct macro_def *a, const struct macro_def *b)
{
	if (a->params != b->params)
		return false;
	for (size_t i = 0; i < a->params; i++)
		if (a->param[i].kind != b->param[i].kind)
			return false;
	return true;
}

void macro_define(struct macro_index *index, const struct macro_def *m)
{
	struct map *names = m->library ? &index->library : &index->user;
	struct overloads *o = map_get(names, m->name);

	if (!o) {
		o = arena_new(index->u->arena, struct overloads);
		map_put(names, m->name, o);
	}
	vec_each (i, &o->defs) {
		if (same_signature(o->defs.v[i], m)) {
			diag_note(diag_error(index->u->diags, m->name_span,
			                     "Redefinition of macro: %s", m->name),
			          o->defs.v[i]->name_span, "this is the original definition");
			return;
		}
	}
	vec_push_in(index->u->arena, &o->defs, m);
}

/* -- calls -- */

static bool is_whole_map(const struct expr *e)
{
	return e->kind == EXPR_MAP && !e->map.keys;
}

static bool fits(const struct macro_param *p, const struct expr *arg)
{
	switch (p->kind) {
	case MACRO_VAR: return arg->kind == EXPR_VAR;
	case MACRO_MAP: return is_whole_map(arg);
	case MACRO_EXPR: break;
	}
	return true;
}

/* How well a macro fits a call: -1 not at all, else how many parameters say more than "anything".
 */
static int fitness(const struct macro_def *m, const struct expr *e)
{
	int special = 0;

	if (m->params != e->call.args)
		return -1;
	for (size_t i = 0; i < m->params; i++) {
		if (!fits(&m->param[i], e->call.arg[i]))
			return -1;
		special += m->param[i].kind != MACRO_EXPR;
	}
	return special;
}

static const struct macro_def *best(const struct overloads *o, const struct expr *e)
{
	const struct macro_def *found = NULL;
	int most = -1;

	for (size_t i = 0; o && i < o->defs.n; i++) {
		int fit = fitness(o->defs.v[i], e);

		if (fit > most) {
			found = o->defs.v[i];
			most = fit;
		}
	}
	return found;
}

static const char *found(const struct expr *arg)
{
	return arg->kind == EXPR_VAR ? "a variable" : is_whole_map(arg) ? "a map" : "an expression";
}

static void note_mismatch(struct diag *d, const struct macro_def *m, const struct expr *e)
{
	static const char *const wanted[] = { "a variable", "a map", "an expression" };

	if (m->params != e->call.args) {
		diag_note(d, m->name_span, "Expected: %zu argument%s but got %zu", m->params,
		          m->params == 1 ? "" : "s", e->call.args);
		return;
	}
	for (size_t i = 0; i < m->params; i++)
		if (!fits(&m->param[i], e->call.arg[i]))
			diag_note(d, m->param[i].span, "%s() expects %s for arg %s but got %s",
			          m->name, wanted[m->param[i].kind], m->param[i].name,
			          found(e->call.arg[i]));
}

static void mismatch(struct macro_index *index, const struct overloads *o, struct expr *e)
{
	struct diag *d = diag_error(index->u->diags, e->span,
	                            "Call to %s() has arguments that do not match any definition.",
	                            e->call.name);

	vec_each (i, &o->defs)
		note_mismatch(d, o->defs.v[i], e);
	script_add_gap(index->u->arena, &index->u->script, e->span);
	e->kind = EXPR_BAD;
}

const struct macro_def *macro_find(struct macro_index *index, struct expr *e, bool in_library)
{
	const struct overloads *user = in_library ? NULL : map_get(&index->user, e->call.name);
	const struct overloads *library = !in_library && cdef_names_value(index->u, e->call.name)
	                                          ? NULL
	                                          : map_get(&index->library, e->call.name);
	const struct macro_def *m = best(user, e);

	if (!m)
		m = best(library, e);
	if (!m && (user || library) && !lang_find(index->u->lang, e->call.name))
		mismatch(index, user ? user : library, e);
	return m;
}

void macro_index_release(struct macro_index *index)
{
	map_release(&index->user);
	map_release(&index->library);
}
