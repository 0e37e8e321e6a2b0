/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - names point at what they mean.
 *
 * Requires: programs with trees of their own. Afterwards: variables and maps are known, calls hold
 * their row of the vocabulary, positional parameters and enumerators are literals, literal
 * arithmetic is folded.
 */

#include "sema/resolve.h"

#include "base/arena.h"
#include "base/bug.h"
#include "cdef/cdef.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/fold.h"
#include "sema/functions.h"
#include "sema/ktypes.h"
#include "sema/objects.h"
#include "sema/sig.h"
#include "sema/types.h"
#include "stdlib/stdlib.h"

#include <ctype.h>
#include <string.h>

struct scoped_var {
	struct var *var;
	unsigned int callback; /* depth of for loops where it was declared */
};

/* A variable that is used behind the block that first assigns it. Up to bpftrace 0.21 variables
 * were the probe's, so it is declared before everything else and the program is resolved again. */
struct hoisted {
	const char *name;
	struct span assigned, used;
};

struct resolver {
	struct unit *u;
	struct program *program;
	VEC(struct hoisted) hoisted;
	bool again;
	VEC(struct scoped_var) scope; /* innermost last */
	unsigned int loops;           /* enclosing loops of any kind */
	unsigned int callbacks;       /* of them, those whose body is a function of its own */
};

static void resolve_expr(struct resolver *r, struct expr *e);
static void resolve_block(struct resolver *r, struct block *b);

static struct scoped_var *find_var(struct resolver *r, const char *name)
{
	for (size_t i = r->scope.n; i-- > 0;)
		if (r->scope.v[i].var->name == name)
			return &r->scope.v[i];
	return NULL;
}

static struct var *declare_var(struct resolver *r, const struct expr *e)
{
	struct var *v = arena_new(r->u->arena, struct var);

	v->name = e->var.name;
	v->span = e->span;
	v->type = &type_unknown;
	vec_push_in(r->u->arena, &r->program->vars, v);
	vec_push_in(r->u->arena, &r->scope, ((struct scoped_var){ v, r->callbacks }));
	return v;
}

static bool hoist(struct resolver *r, const struct expr *e)
{
	vec_each (i, &r->hoisted)
		if (r->hoisted.v[i].name == e->var.name)
			return true;
	vec_each (i, &r->program->vars) {
		const struct var *v = r->program->vars.v[i];

		if (v->name != e->var.name || v->declared || v->loop || r->program->fn)
			continue;
		vec_push_in(r->u->arena, &r->hoisted,
		            ((struct hoisted){ v->name, v->span, e->span }));
		r->again = true;
		return true;
	}
	return false;
}

/* "let $x;" before everything else. */
static void declare_hoisted(struct resolver *r)
{
	struct arena *arena = r->u->arena;
	struct block *body = r->program->body;
	struct stmt **rest = body->stmts.v;
	size_t n = body->stmts.n;

	memset(&body->stmts, 0, sizeof(body->stmts));
	vec_each (i, &r->hoisted) {
		const struct hoisted *h = &r->hoisted.v[i];
		struct stmt *s = stmt_new(arena, STMT_LET, h->assigned);

		s->let.target = expr_new(arena, EXPR_VAR, h->assigned);
		s->let.target->var.name = h->name;
		vec_push_in(arena, &body->stmts, s);
	}
	for (size_t i = 0; i < n; i++)
		vec_push_in(arena, &body->stmts, rest[i]);
}

static void warn_hoisted(struct resolver *r)
{
	vec_each (i, &r->hoisted) {
		const struct hoisted *h = &r->hoisted.v[i];

		diag_hint(diag_warning(r->u->diags, h->used,
		                       "Variable %s is used outside of the block that assigns it",
		                       h->name),
		          "declare it before that block: let %s;", h->name);
	}
}

static void use_var(struct resolver *r, struct expr *e)
{
	struct scoped_var *s = find_var(r, e->var.name);
	struct near near;
	struct diag *d;
	bool gone = false;

	if (s) {
		e->var.var = s->var;
		s->var->captured |= s->callback < r->callbacks;
		if (!s->var->assigned && !s->var->read_first.len)
			s->var->read_first = e->span;
		return;
	}
	if (hoist(r, e)) {
		e->kind = EXPR_BAD;
		return;
	}
	d = diag_error(r->u->diags, e->span, "Undefined or undeclared variable: %s", e->var.name);
	if (source_caller(&r->u->source, e->span, &(struct span){ 0 })) {
		diag_hint(d, "a macro has variables of its own: the caller's are parameters of it");
		e->kind = EXPR_BAD;
		return;
	}
	near_init(&near, e->var.name);
	vec_each (i, &r->scope)
		near_offer(&near, r->scope.v[i].var->name);
	vec_each (i, &r->program->vars)
		if (r->program->vars.v[i]->name == e->var.name) {
			diag_note(d, r->program->vars.v[i]->span,
			          "this one is gone where its block ends: declare it before");
			gone = true;
		}
	if (near.best && !gone)
		diag_hint(d, "did you mean '%s'?", near.best);
	e->kind = EXPR_BAD;
}

/* The target of an assignment: a new name makes a variable. */
static void assign_var(struct resolver *r, struct expr *e)
{
	struct scoped_var *s = find_var(r, e->var.name);

	if (s) {
		s->var->assigned = true;
		use_var(r, e);
		return;
	}
	e->var.var = declare_var(r, e);
	e->var.var->assigned = true;
}

/* For let and loop variables, which must be new; fmt says so of a name that is not. */
__attribute__((format(printf, 3, 0))) static struct var *new_var(struct resolver *r, struct expr *e,
                                                                 const char *fmt)
{
	struct scoped_var *s = find_var(r, e->var.name);

	if (s) {
		struct diag *d = diag_error(r->u->diags, e->span, fmt, e->var.name);

		diag_note(d, s->var->span, "this is the initial %s",
		          s->var->declared || s->var->loop ? "declaration" : "assignment");
		diag_hint(d, "use another name: an inner variable cannot hide an outer one");
	}
	return e->var.var = declare_var(r, e);
}

struct map_var *map_var_get(struct unit *u, const char *name, struct span span)
{
	struct map_var *m = map_get(&u->maps, name);

	if (m)
		return m;
	m = arena_new(u->arena, struct map_var);
	m->name = name;
	m->span = span;
	m->value = &type_unknown;
	map_put(&u->maps, name, m);
	return m;
}

static void resolve_map(struct resolver *r, struct expr *e)
{
	e->map.map = map_var_get(r->u, e->map.name, e->span);
	e->map.map->used = true;
	for (size_t i = 0; i < e->map.keys; i++)
		resolve_expr(r, e->map.key[i]);
}

static void suggest_word(struct resolver *r, struct diag *d, const char *name)
{
	struct near near;

	near_init(&near, name);
	lang_each(family, def, r->u->lang) near_offer(&near, def->name);
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		near_offer(&near, w->name);
	vec_each (i, &r->u->script.macros)
		if (!r->u->script.macros.v[i]->library)
			near_offer(&near, r->u->script.macros.v[i]->name);
	vec_each (i, &r->u->c_functions)
		near_offer(&near, r->u->c_functions.v[i]->name);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
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
	e->kind = EXPR_INT;
	e->type = type_wide_enum(r->u->types, t);
	e->literal = true;
	e->integer.value = (uint64_t)value;
	e->integer.negative = value < 0;
	return true;
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
	suggest_word(r, d, name);
	cdef_explain(r->u, d);
}

static void resolve_name(struct resolver *r, struct expr *e)
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
	unknown_identifier(r, e, own);
	e->kind = EXPR_BAD;
}

/* Some parameters take a bare name as it is: clocks, namespaces, stack modes. */
static bool takes_word(const struct expr *call, size_t i)
{
	return call->call.arg[i]->kind == EXPR_NAME && sig_wants(call->call.def->sig, i, "word");
}

/* find() writes to its last argument. */
static void note_written(struct resolver *r, const struct expr *call, size_t i)
{
	const struct expr *arg = call->call.arg[i];
	struct scoped_var *s = arg->kind == EXPR_VAR ? find_var(r, arg->var.name) : NULL;

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

static void resolve_call(struct resolver *r, struct expr *e)
{
	if (use_macro(r, cdef_macro_own(r->u, e->call.name), e))
		return;
	e->call.def = lang_find(r->u->lang, e->call.name);
	if (!e->call.def && (resolve_fn_call(r, e) || resolve_c_call(r, e) ||
	                     use_macro(r, cdef_macro_header(r->u, e->call.name, true), e)))
		return;
	for (size_t i = 0; i < e->call.args; i++) {
		if (e->call.def && takes_word(e, i))
			continue;
		if (e->call.def)
			note_written(r, e, i);
		resolve_expr(r, e->call.arg[i]);
	}
	if (!e->call.def) {
		/* It may be one of an object that is not to be had, which was reported. */
		if (r->u->c_objects.n == r->u->script.objects.n)
			suggest_word(r,
			             diag_error(r->u->diags, e->call.name_span,
			                        "Unknown function: '%s'", e->call.name),
			             e->call.name);
		e->kind = EXPR_BAD;
		return;
	}
	note_use(r, e->call.def->name);
	if (!check_usable(r, e))
		e->kind = EXPR_BAD;
	fold_call(r, e);
}

static void resolve_if(struct resolver *r, struct expr *e)
{
	bool comptime = e->cond.cond->kind == EXPR_COMPTIME;

	resolve_expr(r, e->cond.cond);
	if (comptime && e->cond.cond->literal && e->cond.cond->kind != EXPR_STRING) {
		comptime_prune(r->u, e);
		resolve_block(r, e->block);
		return;
	}
	resolve_block(r, e->cond.yes);
	if (e->cond.no)
		resolve_block(r, e->cond.no);
}

static void resolve_spec(struct resolver *r, struct type_spec *spec)
{
	for (; spec; spec = spec->of_type)
		if (spec->of_expr)
			resolve_expr(r, spec->of_expr);
}

/* A name in sizeof() looks like a type, and may be a value: an enumerator, a macro, a builtin. */
static void value_or_type(struct resolver *r, struct expr *e)
{
	const struct type_spec *spec = e->typed.spec;
	struct expr *name;

	if (!spec || spec->base != SPEC_NAME || spec->suffixes || e->kind == EXPR_OFFSETOF ||
	    spec_is_type(r->u, spec->name))
		return;
	name = expr_new(r->u->arena, EXPR_NAME, spec->span);
	name->call.name = spec->name;
	name->call.name_span = spec->span;
	e->typed.spec = NULL;
	e->typed.operand = name;
}

/* (*args).x is args.x: args is no pointer here. */
static void drop_deref_of_args(struct expr *e)
{
	struct expr *op = e->unary.operand;

	if (e->unary.op == UNARY_DEREF && op->kind == EXPR_CALL &&
	    !strcmp(op->call.def->name, "args"))
		*e = *op;
}

static void resolve_expr(struct resolver *r, struct expr *e)
{
	switch (e->kind) {
	case EXPR_INT:
	case EXPR_STRING:
	case EXPR_BOOL: e->literal = true; break;
	case EXPR_NAME: resolve_name(r, e); break;
	case EXPR_CALL:
	case EXPR_FN_CALL:
	case EXPR_C_CALL: resolve_call(r, e); break;
	case EXPR_VAR: use_var(r, e); break;
	case EXPR_MAP: resolve_map(r, e); break;
	case EXPR_PARAM: param_literal(r->u, e); break;
	case EXPR_PARAM_COUNT:
		e->kind = EXPR_INT;
		e->literal = true;
		e->type = type_int(r->u->types, 8, false);
		e->integer.value = r->u->params;
		e->integer.negative = false;
		break;
	case EXPR_FIELD: resolve_expr(r, e->field.base); break;
	case EXPR_INDEX:
		resolve_expr(r, e->index.base);
		resolve_expr(r, e->index.index);
		break;
	case EXPR_UNARY:
		resolve_expr(r, e->unary.operand);
		drop_deref_of_args(e);
		break;
	case EXPR_COMPTIME: resolve_expr(r, e->unary.operand); break;
	case EXPR_BINARY:
		resolve_expr(r, e->binary.left);
		resolve_expr(r, e->binary.right);
		break;
	case EXPR_TERNARY:
		resolve_expr(r, e->ternary.cond);
		if (e->ternary.yes)
			resolve_expr(r, e->ternary.yes);
		resolve_expr(r, e->ternary.no);
		break;
	case EXPR_CAST:
		resolve_spec(r, e->cast.spec);
		resolve_expr(r, e->cast.operand);
		break;
	case EXPR_TUPLE:
	case EXPR_RECORD:
		for (size_t i = 0; i < e->tuple.elems; i++)
			resolve_expr(r, e->tuple.elem[i]);
		break;
	case EXPR_INCDEC:
		if (e->incdec.target->kind == EXPR_VAR)
			use_var(r, e->incdec.target);
		else
			resolve_expr(r, e->incdec.target);
		if (e->incdec.target->kind == EXPR_MAP)
			e->incdec.target->map.map->assigned = true;
		break;
	case EXPR_BLOCK: resolve_block(r, e->block); break;
	case EXPR_IF: resolve_if(r, e); break;
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
		value_or_type(r, e);
		resolve_spec(r, e->typed.spec);
		if (e->typed.operand)
			resolve_expr(r, e->typed.operand);
		break;
	case EXPR_BAD: break;
	}
	fold_expr(r->u, e);
}

static void resolve_assign(struct resolver *r, struct stmt *s)
{
	struct expr *target = s->assign.target;

	resolve_expr(r, s->assign.value);
	if (target->kind == EXPR_VAR && s->assign.op == BINARY_NONE)
		assign_var(r, target);
	else
		resolve_expr(r, target);
	if (target->kind == EXPR_MAP)
		target->map.map->assigned = true;
	if (target->kind == EXPR_VAR && target->var.var)
		target->var.var->assigned = true;
}

static void resolve_let(struct resolver *r, struct stmt *s)
{
	struct var *v;

	resolve_spec(r, s->let.spec);
	if (s->let.value)
		resolve_expr(r, s->let.value);
	v = new_var(r, s->let.target,
	            "Variable %s was already declared. Variable shadowing is not allowed.");
	v->declared = true;
	v->assigned = s->let.value != NULL;
}

/* A loop whose body the kernel calls back. */
static void resolve_body(struct resolver *r, struct block *body)
{
	r->loops++;
	r->callbacks++;
	if (r->callbacks > r->program->loop_depth)
		r->program->loop_depth = r->callbacks;
	resolve_block(r, body);
	r->callbacks--;
	r->loops--;
}

static void resolve_for(struct resolver *r, struct stmt *s)
{
	size_t outer = r->scope.n;

	if (s->kind == STMT_FOR_MAP && s->loop.over->kind == EXPR_MAP && !s->loop.over->map.keys) {
		s->loop.over->map.map =
			map_var_get(r->u, s->loop.over->map.name, s->loop.over->span);
		s->loop.over->map.map->used = true;
	} else {
		resolve_expr(r, s->loop.over);
	}
	if (s->loop.end)
		resolve_expr(r, s->loop.end);
	if (s->kind == STMT_FOR_RANGE)
		s->loop.range = r->program->ranges++;
	/* The variable belongs to the body, in whose function it is set. */
	r->callbacks++;
	new_var(r, s->loop.var, "Loop declaration shadows existing variable: %s")->loop = true;
	r->callbacks--;
	s->loop.var->var.var->assigned = true;
	resolve_body(r, s->loop.body);
	r->scope.n = outer;
}

/* The condition is part of the body's function. */
static void resolve_while(struct resolver *r, struct stmt *s)
{
	r->callbacks++;
	resolve_expr(r, s->loop.over);
	r->callbacks--;
	resolve_body(r, s->loop.body);
}

static void resolve_jump(struct resolver *r, const struct stmt *s, const char *what)
{
	if (!r->loops)
		diag_hint(diag_error(r->u->diags, s->span,
		                     "'%s' statement is not allowed in a probe", what),
		          "it stands inside of a loop: for, while or unroll");
}

static void resolve_stmt(struct resolver *r, struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD: resolve_expr(r, s->expr); break;
	case STMT_ASSIGN: resolve_assign(r, s); break;
	case STMT_LET: resolve_let(r, s); break;
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE: resolve_for(r, s); break;
	case STMT_WHILE: resolve_while(r, s); break;
	case STMT_UNROLL:
		resolve_expr(r, s->loop.over);
		r->loops++;
		resolve_block(r, s->loop.body);
		r->loops--;
		break;
	case STMT_BREAK: resolve_jump(r, s, "break"); break;
	case STMT_CONTINUE: resolve_jump(r, s, "continue"); break;
	case STMT_RETURN:
		if (s->expr)
			resolve_expr(r, s->expr);
		if (r->program->fn)
			r->program->parts->gives_value |= s->expr != NULL;
		break;
	case STMT_IMPORT:
		if (strncmp(s->import.path, "stdlib", 6))
			diag_error(r->u->diags, s->span,
			           "Import inside a block is for the standard library only");
		break;
	case STMT_BAD: break;
	}
}

static void resolve_block(struct resolver *r, struct block *b)
{
	size_t outer = r->scope.n;

	vec_each (i, &b->stmts)
		resolve_stmt(r, b->stmts.v[i]);
	if (b->value)
		resolve_expr(r, b->value);
	r->scope.n = outer;
}

static void declare_maps(struct unit *u)
{
	vec_each (i, &u->script.maps) {
		const struct map_decl *d = &u->script.maps.v[i];
		struct map_var *m = map_var_get(u, d->name, d->span);

		if (m->decl) {
			struct diag *e =
				diag_error(u->diags, d->span, "%s is declared twice", d->name);

			diag_note(e, m->decl->span, "first declared here");
			continue;
		}
		m->decl = d;
	}
}

/* Parameters are variables that have been assigned. */
static void declare_params(struct resolver *r, const struct fn_def *fn)
{
	struct function_parts *parts = r->program->parts;

	parts->param = arena_array(r->u->arena, struct var *, fn->params + 1);
	for (size_t i = 0; i < fn->params; i++) {
		struct expr *e = expr_new(r->u->arena, EXPR_VAR, fn->param[i].span);

		e->var.name = fn->param[i].name;
		resolve_spec(r, fn->param[i].spec);
		parts->param[i] = new_var(
			r, e,
			"Variable %s was already declared. Variable shadowing is not allowed.");
		parts->param[i]->declared = parts->param[i]->assigned = true;
	}
	resolve_spec(r, fn->result);
}

static void resolve_program(struct resolver *r, struct program *p)
{
	r->program = p;
	r->hoisted.n = 0;
	for (bool first = true; first || r->again; first = false) {
		if (!first) {
			program_body(r->u->arena, p);
			declare_hoisted(r);
		}
		r->again = false;
		r->scope.n = p->vars.n = 0;
		if (p->fn)
			declare_params(r, p->fn);
		if (p->predicate)
			resolve_expr(r, p->predicate);
		resolve_block(r, p->body);
	}
	warn_hoisted(r);
}

void resolve_run(struct unit *u)
{
	struct resolver r = { .u = u };

	declare_maps(u);
	functions_declare(u);
	vec_each (i, &u->fns)
		resolve_program(&r, u->fns.v[i]);
	vec_each (i, &u->programs)
		resolve_program(&r, u->programs.v[i]);
	functions_order(u);
}
