/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve_name.c - a name, and a call: of the vocabulary, a function of the script or of imported
 * C, a macro, an enumerator.
 */

#include "sema/resolve.h"

#include "ast/gap.h"
#include "base/arena.h"
#include "base/bug.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "cdef/cdef.h"
#include "lang/lang.h"
#include "sema/fold.h"
#include "sema/functions.h"
#include "sema/ktypes.h"
#include "sema/objects.h"
#include "sema/sig.h"
#include "stdlib/stdlib.h"

#include <ctype.h>
#include <string.h>

/* A variable or map whose sign was left out. */
static const char *signed_name(struct resolver *r, const char *name)
{
	const char *map = arena_printf(r->u->arena, "@%s", name);

	vec_each (i, &r->scope)
		if (!strcmp(r->scope.v[i].var->name + 1, name))
			return r->scope.v[i].var->name;
	return map_get(&r->u->maps, map) ? map : NULL;
}

/* 'statement': words that make one by themselves fit as well. */
static void suggest_word(struct resolver *r, struct diag *d, const char *name, bool statement)
{
	static const char *const statements[] = { "break", "continue", "return" };
	const char *habit = habit_hint(name), *meant = signed_name(r, name);
	struct near near;

	if (habit && !meant) {
		diag_hint(d, "%s", habit);
		return;
	}
	near_init(&near, name);
	for (size_t i = 0; statement && i < countof(statements); i++)
		near_offer(&near, statements[i]);
	lang_each(family, def, r->u->lang) near_offer(&near, def->name);
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		near_offer(&near, w->name);
	vec_each (i, &r->u->script.macros)
		if (!r->u->script.macros.v[i]->library)
			near_offer(&near, r->u->script.macros.v[i]->name);
	vec_each (i, &r->u->c_functions)
		near_offer(&near, r->u->c_functions.v[i]->name);
	vec_each (i, &r->u->script.fns)
		near_offer(&near, r->u->script.fns.v[i]->name);
	if (meant || near.best)
		diag_hint(d, "did you mean '%s'?", meant ? meant : near.best);
}

static bool check_usable(struct resolver *r, const struct expr *e)
{
	const struct lang_def *def = e->call.def;
	struct diag *d;

	if (def->flags & LANG_UNSAFE && !r->u->unsafe) {
		d = diag_error(r->u->diags, e->call.name_span,
		               "%s() is an unsafe function being used in safe mode", def->name);
		diag_hint(d, "it can change the system: run sonde with --unsafe if that is what "
		             "you want");
		return false;
	}
	if (def->flags & LANG_PROBE && r->program->lost)
		return false; /* the probe was reported */
	if (def->flags & LANG_PROBE && r->program->fn) {
		d = diag_error(r->u->diags, e->call.name_span,
		               "'%s' belongs to a probe and cannot be used in a function",
		               e->call.name);
		diag_hint(d, "hand it over: fn %s($x) { ... }", r->program->fn->name);
		return false;
	}
	r->program->may_exit |= (def->flags & LANG_MAY_EXIT) != 0;
	return true;
}

/* Known now: a literal, or a record of literals. */
static void fold_call(struct resolver *r, struct expr *e)
{
	if (e->kind != EXPR_CALL || !e->call.def->fold || e->call.args)
		return;
	e->call.def->fold(r->u, r->program, e);
	resolve_expr(r, e);
}

static void note_use(struct resolver *r, const char *name)
{
	if (!strcmp(name, "args"))
		r->program->uses_args = true;
	else if (!strcmp(name, "ctx"))
		r->program->uses_ctx = true;
	else if (!strcmp(name, "probe"))
		r->program->uses_probe = true;
}

/* Puts a C macro's body where its name, or call, stands. false: the name is not one here. */
static bool use_macro(struct resolver *r, struct c_macro *m, struct expr *e)
{
	if (!m || cdef_macro_busy(m))
		return false;
	/* A call's arguments mean what they mean outside of the macro. */
	if (e->kind == EXPR_CALL && cdef_macro_takes_args(m))
		for (size_t i = 0; i < e->call.args; i++)
			resolve_expr(r, e->call.arg[i]);
	if (cdef_macro_enter(r->u, m, e)) {
		resolve_expr(r, e);
		cdef_macro_leave(r->u, m);
	}
	return true;
}

static bool resolve_enumerator(struct resolver *r, struct expr *e)
{
	int64_t value = 0;
	const struct type *t = ktype_enumerator(r->u, e->call.name, &value);

	if (!t)
		return false;
	expr_become_int(e, (uint64_t)value, value < 0, type_wide_enum(r->u->types, t));
	return true;
}

/* A word that stands in another place than the one that it has. */
static void hint_usage(const struct lang_def *def, struct diag *d)
{
	struct strbuf usage = STRBUF_INIT;

	sig_text(def->sig, &usage);
	diag_hint(d, "it is called as %s", usage.buf);
	strbuf_release(&usage);
}

/* own: it is a macro in C of the script, and stands within itself. */
static void unknown_identifier(struct resolver *r, const struct expr *e, bool own)
{
	const char *name = e->call.name;
	struct diag *d;

	if (!strncmp(name, "sarg", 4) && isdigit((unsigned char)name[4])) {
		diag_hint(diag_error(r->u->diags, e->span,
		                     "sarg* is deleted: it was last available in bpftrace 0.24"),
		          "use *(uint64 *)(reg(\"sp\") + offset) instead");
		return;
	}
	d = own ? diag_error(r->u->diags, e->span, "Macro recursion: '%s' is made of itself", name)
	        : diag_error(r->u->diags, e->span, "Unknown identifier: '%s'", name);
	if (r->word_call)
		hint_usage(r->word_call->call.def, d);
	else
		suggest_word(r, d, name, true);
	cdef_explain(r->u, d);
}

void resolve_name(struct resolver *r, struct expr *e)
{
	const struct lang_def *def = lang_find(r->u->lang, e->call.name);
	struct c_macro *own = cdef_macro_own(r->u, e->call.name);

	if (use_macro(r, own, e))
		return;
	if (def) {
		e->kind = EXPR_CALL;
		e->call.def = def;
		if (!e->call.name_span.len)
			e->call.name_span = e->span;
		note_use(r, def->name);
		if (!check_usable(r, e))
			e->kind = EXPR_BAD;
		fold_call(r, e);
		return;
	}
	if (use_macro(r, cdef_macro_header(r->u, e->call.name, false), e) ||
	    resolve_enumerator(r, e) ||
	    use_macro(r, cdef_macro_header(r->u, e->call.name, true), e))
		return;
	/* The call says which words there are. */
	if (r->word_call && r->word_wanted)
		return;
	if (!unit_gap_mentions(r->u, e->call.name))
		unknown_identifier(r, e, own);
	e->kind = EXPR_BAD;
}

/* Some parameters take a bare name as it is: clocks, namespaces, stack modes. */
static bool takes_word(const struct expr *call, size_t i)
{
	const struct expr *arg = call->call.arg[i];

	return arg->kind == EXPR_NAME && sig_has_word(call->call.def->sig, i, arg->call.name);
}

/* find() writes to its last argument. */
static void note_written(struct resolver *r, const struct expr *call, size_t i)
{
	const struct expr *arg = call->call.arg[i];
	struct scoped_var *s = arg->kind == EXPR_VAR ? scope_find(r, arg->var.name) : NULL;

	if (s && sig_wants(call->call.def->sig, i, "var"))
		s->var->assigned = true;
}

static void count_error(struct resolver *r, const struct expr *e, const struct fn_def *fn)
{
	diag_note(diag_error(r->u->diags, e->span, "%s() requires %zu argument%s (%zu provided)",
	                     fn->name, fn->params, fn->params == 1 ? "" : "s", e->call.args),
	          fn->name_span, "defined here");
}

static bool resolve_fn_call(struct resolver *r, struct expr *e)
{
	struct program *fn = functions_find(r->u, e->call.name);

	if (!fn)
		return false;
	for (size_t i = 0; i < e->call.args; i++)
		resolve_expr(r, e->call.arg[i]);
	e->kind = EXPR_FN_CALL;
	e->call.fn = fn;
	vec_push_in(r->u->arena, &r->program->callees, fn);
	if (e->call.args != fn->fn->params) {
		count_error(r, e, fn->fn);
		e->kind = EXPR_BAD;
	}
	return true;
}

static bool resolve_c_call(struct resolver *r, struct expr *e)
{
	struct c_function *f = c_function_find(r->u, e->call.name);

	if (!f)
		return false;
	for (size_t i = 0; i < e->call.args; i++)
		resolve_expr(r, e->call.arg[i]);
	e->kind = EXPR_C_CALL;
	e->call.c = f;
	r->program->calls_c = true;
	if (!c_function_usable(r->u, f, e))
		e->kind = EXPR_BAD;
	return true;
}

/* It may be one of an object that is not to be had, which was reported. Whatever it is, it may
 * write to what it is given. */
static void unknown_function(struct resolver *r, const struct expr *e)
{
	struct diag *d;

	if (r->u->c_objects.n < r->u->script.objects.n || unit_gap_mentions(r->u, e->call.name))
		return;
	d = diag_error(r->u->diags, e->call.name_span, "Unknown function: '%s'", e->call.name);
	suggest_word(r, d, e->call.name, false);
	for (size_t i = 0; i < e->call.args; i++)
		script_add_gap(r->u->arena, &r->u->script, e->call.arg[i]->span);
}

static void resolve_args(struct resolver *r, struct expr *e)
{
	const struct lang_def *def = e->call.def;
	const struct expr *outer = r->word_call;
	bool wanted = r->word_wanted;

	for (size_t i = 0; i < e->call.args; i++) {
		bool name = e->call.arg[i]->kind == EXPR_NAME;

		if (def && takes_word(e, i))
			continue;
		if (def)
			note_written(r, e, i);
		r->word_call = def && name && sig_wants(def->sig, 0, "word") ? e : NULL;
		r->word_wanted = r->word_call && sig_wants(def->sig, i, "word");
		resolve_expr(r, e->call.arg[i]);
	}
	r->word_call = outer;
	r->word_wanted = wanted;
}

void resolve_call(struct resolver *r, struct expr *e)
{
	if (use_macro(r, cdef_macro_own(r->u, e->call.name), e))
		return;
	e->call.def = lang_find(r->u->lang, e->call.name);
	if (!e->call.def && (resolve_fn_call(r, e) || resolve_c_call(r, e) ||
	                     use_macro(r, cdef_macro_header(r->u, e->call.name, true), e)))
		return;
	resolve_args(r, e);
	if (!e->call.def) {
		unknown_function(r, e);
		e->kind = EXPR_BAD;
		return;
	}
	note_use(r, e->call.def->name);
	if (!check_usable(r, e))
		e->kind = EXPR_BAD;
	fold_call(r, e);
}
