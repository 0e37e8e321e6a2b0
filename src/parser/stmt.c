/* SPDX-License-Identifier: Apache-2.0 */
/* stmt.c - statements, blocks, and what stands at the top of a file. */

#include "parser/grammar.h"

#include "ast/gap.h"
#include "base/arena.h"
#include "base/diag.h"
#include "parser/depth.h"
#include "parser/message.h"

struct stmt *g_stmt(struct parser *p, struct span at, enum stmt_kind kind, struct expr *e)
{
	struct stmt *s = stmt_new(p->arena, kind, at);

	s->expr = e;
	return s;
}

struct expr *g_gap(struct parser *p, struct span at)
{
	script_add_gap(p->arena, p->script, at);
	return expr_new(p->arena, EXPR_BAD, at);
}

struct stmt *g_expr_stmt(struct parser *p, struct span at, struct expr *e)
{
	return g_stmt(p, at, STMT_EXPR, e);
}

#define UNCHANGED                                                                                  \
	"tuples and records are immutable once created, as are arrays and structs: make a new "    \
	"value and assign that"

struct stmt *g_assign(struct parser *p, struct span at, struct expr *target, enum binary_op op,
                      struct expr *value)
{
	struct stmt *s = stmt_new(p->arena, STMT_ASSIGN, at);

	if (target->kind == EXPR_NAME && !strcmp(target->call.name, "_") && op == BINARY_NONE)
		return g_stmt(p, at, STMT_DISCARD, value);
	if (target->kind != EXPR_VAR && target->kind != EXPR_MAP) {
		struct diag *d = diag_error(p->u->diags, target->span, "Invalid assignment target");

		if (target->kind == EXPR_INDEX && target->index.base->kind == EXPR_VAR)
			diag_hint(d, UNCHANGED "; only maps have keys: @%s[...]",
			          target->index.base->var.name + 1);
		else if (target->kind == EXPR_INDEX && target->index.base->kind == EXPR_MAP)
			diag_hint(d, UNCHANGED "; several keys are @%s[a, b]",
			          target->index.base->map.name + 1);
		else if (target->kind == EXPR_FIELD || target->kind == EXPR_INDEX)
			diag_hint(d, UNCHANGED);
		else if (target->kind == EXPR_NAME)
			diag_hint(d, HINT_SIGNS);
		else
			diag_hint(d, "only variables ($x) and maps (@x) can be assigned to");
		g_gap(p, at);
		return g_stmt(p, at, STMT_BAD, NULL);
	}
	s->assign.target = target;
	s->assign.op = op;
	s->assign.value = value;
	return s;
}

struct stmt *g_let(struct parser *p, struct span at, struct expr *var, struct type_spec *spec,
                   struct expr *value)
{
	struct stmt *s = stmt_new(p->arena, STMT_LET, at);

	s->let.target = var;
	s->let.spec = spec;
	s->let.value = value;
	return s;
}

struct stmt *g_loop(struct parser *p, struct span at, enum stmt_kind kind, struct expr *var,
                    struct expr *over, struct expr *end, struct block *body)
{
	struct stmt *s = stmt_new(p->arena, kind, at);

	s->loop.var = var;
	s->loop.over = over;
	s->loop.end = end;
	s->loop.body = body;
	return s;
}

struct stmt *g_import(struct parser *p, struct span at, const char *path)
{
	struct stmt *s = stmt_new(p->arena, STMT_IMPORT, at);

	s->import.path = path;
	return s;
}

struct block *g_add(struct parser *p, struct block *b, struct stmt *s)
{
	if (!s)
		return b;
	vec_push_in(p->arena, &b->stmts, s);
	depth_add_stmt(p, b, s);
	return b;
}

/* An 'if' or a block at the end needs no ';' and is the value all the same. */
struct block *g_close(struct parser *p, struct span at, struct block *b, struct expr *value)
{
	const struct stmt *last = b->stmts.n ? b->stmts.v[b->stmts.n - 1] : NULL;

	b->span = at;
	b->value = value;
	depth_add_value(p, b, value);
	if (!value && last && last->kind == STMT_EXPR &&
	    (last->expr->kind == EXPR_BLOCK ||
	     (last->expr->kind == EXPR_IF && last->expr->cond.no))) {
		b->value = last->expr;
		b->stmts.n--;
	}
	return b;
}

/* -- the top of the file -- */

struct point_list *g_point(struct parser *p, struct point_list *list, struct span at,
                           const char *text)
{
	if (!list)
		list = arena_new(p->arena, struct point_list);
	vec_push_in(p->arena, &list->v, ((struct attach_text){ text, at }));
	return list;
}

void g_probe(struct parser *p, struct span at, struct point_list *points, struct expr *predicate,
             struct block *body)
{
	struct probe_def *d = arena_new(p->arena, struct probe_def);

	d->span = at;
	d->predicate = predicate;
	d->body = body;
	d->points.v = points->v.v;
	d->points.n = points->v.n;
	vec_push_in(p->arena, &p->script->probes, d);
}

/* Whether something has stood that must come after; reports it. */
static void must_come_first(struct parser *p, struct span at, const char *what)
{
	if (p->script->probes.n || p->script->fns.n)
		diag_error(p->u->diags, at, "%s must appear before probes and functions", what);
}

void g_c_text(struct parser *p, struct span at, const char *text)
{
	must_come_first(p, at, "C definitions");
	vec_push_in(p->arena, &p->script->c_text, ((struct attach_text){ text, at }));
}

void g_config(struct parser *p, struct span at, const char *key, struct span key_at,
              struct expr *value)
{
	vec_push_in(p->arena, &p->script->config, ((struct config_item){ key, key_at, value }));
}

void g_config_block(struct parser *p, struct span at)
{
	must_come_first(p, at, "config");
	if (p->imported)
		diag_error(p->u->diags, at, "Invalid `config` within import");
	if (p->script->config_span.len)
		diag_note(diag_error(p->u->diags, at, "Duplicate config block"),
		          p->script->config_span, "this is the first one");
	p->script->config_span = at;
}

void g_root_import(struct parser *p, struct span at, const char *path)
{
	must_come_first(p, at, "root imports");
	vec_push_in(p->arena, &p->script->imports, ((struct attach_text){ path, at }));
}

void g_map_decl(struct parser *p, struct span at, const char *name, const char *kind,
                struct span kind_at, uint64_t entries)
{
	if (!entries || entries > UINT32_MAX)
		diag_error(p->u->diags, at, "A map has 1 to %u entries", UINT32_MAX);
	vec_push_in(p->arena, &p->script->maps,
	            ((struct map_decl){ name, at, kind_at, kind, entries }));
}

struct param_list *g_macro_param(struct parser *p, struct param_list *list, struct span at,
                                 int kind, const char *name)
{
	struct macro_param param = { .kind = kind, .name = name, .span = at };

	if (!list)
		list = arena_new(p->arena, struct param_list);
	vec_push_in(p->arena, &list->macro, param);
	return list;
}

void g_macro(struct parser *p, struct span at, const char *name, struct span name_at,
             struct param_list *params, struct block *body)
{
	struct macro_def *m = arena_new(p->arena, struct macro_def);

	m->name = name;
	m->span = at;
	m->name_span = name_at;
	m->param = params ? params->macro.v : NULL;
	m->params = params ? params->macro.n : 0;
	m->body = body;
	m->library = p->library;
	vec_push_in(p->arena, &p->script->macros, m);
}

struct param_list *g_fn_param(struct parser *p, struct param_list *list, struct span at,
                              const char *name, struct type_spec *spec)
{
	if (!list)
		list = arena_new(p->arena, struct param_list);
	vec_push_in(p->arena, &list->fn, ((struct fn_param){ name, at, spec }));
	return list;
}

void g_fn(struct parser *p, struct span at, const char *name, struct span name_at,
          struct param_list *params, struct type_spec *result, struct block *body)
{
	struct fn_def *f = arena_new(p->arena, struct fn_def);

	f->name = name;
	f->span = at;
	f->name_span = name_at;
	f->param = params ? params->fn.v : NULL;
	f->params = params ? params->fn.n : 0;
	f->result = result;
	f->body = body;
	vec_push_in(p->arena, &p->script->fns, f);
}
