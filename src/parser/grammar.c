/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.c - one constructor per production. */

#include "parser/grammar.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

void g_too_deep(struct parser *p, struct span at, int levels)
{
	if (!p->lexer->stopped)
		diag_error(p->u->diags, at, "nested deeper than %d levels", levels);
	p->lexer->stopped = true;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t expr_depth(const struct expr *e)
{
	return e ? e->depth : 0;
}

static uint32_t block_depth(const struct block *b)
{
	return b ? b->depth : 0;
}

static uint32_t spec_depth(const struct type_spec *spec)
{
	uint32_t depth = 0;

	for (; spec; spec = spec->of_type, depth++)
		depth += expr_depth(spec->of_expr);
	return depth;
}

/* e is one level above something of this depth. */
static struct expr *deepen_by(struct parser *p, struct expr *e, uint32_t below)
{
	e->depth = larger(e->depth, below + 1);
	if (e->depth > DEPTH_MAX)
		g_too_deep(p, e->span, DEPTH_MAX);
	return e;
}

static struct expr *deepen(struct parser *p, struct expr *e, const struct expr *child)
{
	return deepen_by(p, e, expr_depth(child));
}

static struct expr *make(struct parser *p, enum expr_kind kind, struct span at)
{
	return expr_new(p->arena, kind, at);
}

static struct expr *bad(struct parser *p, struct span at)
{
	return make(p, EXPR_BAD, at);
}

struct expr *g_int(struct parser *p, struct span at, uint64_t value)
{
	struct expr *e = make(p, EXPR_INT, at);

	e->integer.value = value;
	return e;
}

struct expr *g_bool(struct parser *p, struct span at, bool value)
{
	struct expr *e = make(p, EXPR_BOOL, at);

	e->boolean.value = value;
	return e;
}

struct expr *g_string(struct parser *p, struct span at, struct string_value s)
{
	struct expr *e = make(p, EXPR_STRING, at);

	e->string.text = s.text;
	e->string.len = s.len;
	return e;
}

struct expr *g_name(struct parser *p, struct span at, const char *name)
{
	struct expr *e = make(p, EXPR_NAME, at);

	e->call.name = name;
	e->call.name_span = at;
	return e;
}

struct expr *g_call(struct parser *p, struct span at, const char *name, struct span name_at,
                    struct expr_list *args)
{
	struct expr *e = make(p, EXPR_CALL, at);

	e->call.name = name;
	e->call.name_span = name_at;
	for (size_t i = 0; args && i < args->v.n; i++)
		deepen(p, e, args->v.v[i]);
	e->call.arg = args ? args->v.v : NULL;
	e->call.args = args ? args->v.n : 0;
	return e;
}

struct expr *g_var(struct parser *p, struct span at, const char *name)
{
	struct expr *e = make(p, EXPR_VAR, at);

	e->var.name = name;
	return e;
}

struct expr *g_map(struct parser *p, struct span at, const char *name, struct expr_list *keys)
{
	struct expr *e = make(p, EXPR_MAP, at);

	e->map.name = name;
	for (size_t i = 0; keys && i < keys->v.n; i++)
		deepen(p, e, keys->v.v[i]);
	e->map.key = keys ? keys->v.v : NULL;
	e->map.keys = keys ? keys->v.n : 0;
	return e;
}

struct expr *g_param(struct parser *p, struct span at, uint64_t n)
{
	struct expr *e = make(p, EXPR_PARAM, at);

	e->integer.value = n;
	return e;
}

struct expr *g_field(struct parser *p, struct span at, struct expr *base, const char *name,
                     struct span name_at)
{
	struct expr *e = make(p, EXPR_FIELD, at);

	e->field.base = base;
	e->field.name = name;
	e->field.name_span = name_at;
	return deepen(p, e, base);
}

struct expr *g_element(struct parser *p, struct span at, struct expr *base, uint64_t n)
{
	struct expr *e = make(p, EXPR_FIELD, at);

	e->field.base = base;
	e->field.number = n;
	e->field.name_span = at;
	return deepen(p, e, base);
}

struct expr *g_index(struct parser *p, struct span at, struct expr *base, struct expr *index)
{
	struct expr *e = make(p, EXPR_INDEX, at);

	e->index.base = base;
	e->index.index = index;
	return deepen(p, deepen(p, e, base), index);
}

struct expr *g_unary(struct parser *p, struct span at, enum unary_op op, struct expr *operand)
{
	struct expr *e = make(p, EXPR_UNARY, at);

	e->unary.op = op;
	e->unary.operand = operand;
	return deepen(p, e, operand);
}

struct expr *g_comptime(struct parser *p, struct span at, struct expr *operand)
{
	struct expr *e = make(p, EXPR_COMPTIME, at);

	e->unary.operand = operand;
	return deepen(p, e, operand);
}

struct expr *g_binary(struct parser *p, struct span at, enum binary_op op, struct expr *left,
                      struct expr *right)
{
	struct expr *e = make(p, EXPR_BINARY, at);

	e->binary.op = op;
	e->binary.left = left;
	e->binary.right = right;
	return deepen(p, deepen(p, e, left), right);
}

struct expr *g_ternary(struct parser *p, struct span at, struct expr *cond, struct expr *yes,
                       struct expr *no)
{
	struct expr *e = make(p, EXPR_TERNARY, at);

	e->ternary.cond = cond;
	e->ternary.yes = yes;
	e->ternary.no = no;
	return deepen(p, deepen(p, deepen(p, e, cond), yes), no);
}

struct expr *g_cast(struct parser *p, struct span at, struct type_spec *spec, struct expr *operand)
{
	struct expr *e = make(p, EXPR_CAST, at);

	e->cast.spec = spec;
	e->cast.operand = operand;
	return deepen_by(p, e, larger(spec_depth(spec), expr_depth(operand)));
}

struct expr *g_tuple(struct parser *p, struct span at, struct expr_list *elems)
{
	struct expr *e = make(p, EXPR_TUPLE, at);

	for (size_t i = 0; elems && i < elems->v.n; i++)
		deepen(p, e, elems->v.v[i]);
	e->tuple.elem = elems ? elems->v.v : NULL;
	e->tuple.elems = elems ? elems->v.n : 0;
	return e;
}

struct expr *g_record(struct parser *p, struct span at, struct expr_list *elems)
{
	struct expr *e = g_tuple(p, at, elems);

	e->kind = EXPR_RECORD;
	e->tuple.name = elems->names.v;
	return e;
}

struct expr *g_incdec(struct parser *p, struct span at, struct expr *target, bool increment,
                      bool prefix)
{
	struct expr *e = make(p, EXPR_INCDEC, at);

	if (target->kind != EXPR_VAR && target->kind != EXPR_MAP && target->kind != EXPR_BAD) {
		diag_error(p->u->diags, target->span, "'%s' takes a variable or a map",
		           increment ? "++" : "--");
		return bad(p, at);
	}
	e->incdec.target = target;
	e->incdec.increment = increment;
	e->incdec.prefix = prefix;
	return deepen(p, e, target);
}

struct expr *g_block(struct parser *p, struct span at, struct block *b)
{
	struct expr *e = make(p, EXPR_BLOCK, at);

	e->block = b;
	return deepen_by(p, e, block_depth(b));
}

/* "(x = 1)" is a record, and hardly ever meant to be one here. */
struct expr *g_condition(struct parser *p, struct expr *cond)
{
	if (cond->kind == EXPR_RECORD)
		diag_hint(diag_error(p->u->diags, cond->span, "a record is no condition"),
		          "comparison is written '=='");
	return cond;
}

struct expr *g_if(struct parser *p, struct span at, struct expr *cond, struct block *yes,
                  struct block *no)
{
	struct expr *e = make(p, EXPR_IF, at);

	e->cond.cond = cond;
	e->cond.yes = yes;
	e->cond.no = no;
	deepen_by(p, e, larger(block_depth(yes), block_depth(no)));
	return deepen(p, e, cond);
}

struct expr *g_typed(struct parser *p, struct span at, enum expr_kind kind, struct type_spec *spec,
                     struct expr *operand, struct text_list *members)
{
	struct expr *e = make(p, kind, at);

	e->typed.spec = spec;
	e->typed.operand = operand;
	e->typed.member = members ? members->v.v : NULL;
	e->typed.members = members ? members->v.n : 0;
	return deepen_by(p, e, larger(spec_depth(spec), expr_depth(operand)));
}

/* -- lists -- */

struct expr_list *g_list(struct parser *p, struct expr_list *list, struct expr *e)
{
	if (!list)
		list = arena_new(p->arena, struct expr_list);
	vec_push_in(p->arena, &list->v, e);
	return list;
}

struct expr_list *g_prepend(struct parser *p, struct expr *e, struct expr_list *list)
{
	struct expr_list *all = g_list(p, NULL, e);

	vec_each (i, &list->v)
		g_list(p, all, list->v.v[i]);
	return all;
}

struct expr_list *g_named(struct parser *p, struct expr_list *list, struct span at,
                          const char *name, struct expr *e)
{
	for (size_t i = 0; list && i < list->names.n; i++)
		if (list->names.v[i] == name)
			diag_error(p->u->diags, at, "this record has a member '%s' already", name);
	list = g_list(p, list, e);
	vec_push_in(p->arena, &list->names, name);
	return list;
}

struct text_list *g_member(struct parser *p, struct text_list *list, const char *name)
{
	if (!list)
		list = arena_new(p->arena, struct text_list);
	vec_push_in(p->arena, &list->v, name);
	return list;
}

/* -- types -- */

struct type_spec *g_spec(struct parser *p, struct span at, int base, const char *name)
{
	struct type_spec *s = arena_new(p->arena, struct type_spec);

	s->span = at;
	s->base = base;
	s->name = name;
	return s;
}

struct type_spec *g_typeof(struct parser *p, struct span at, struct type_spec *type, struct expr *e)
{
	struct type_spec *s = g_spec(p, at, SPEC_TYPEOF, NULL);

	s->of_type = type;
	s->of_expr = e;
	return s;
}

struct type_spec *g_suffix(struct parser *p, struct span at, struct type_spec *spec, int kind,
                           bool sized, uint64_t count)
{
	enum { SUFFIXES_MAX = 64, COUNT_MAX = UINT32_MAX / 16 };

	spec->span = at;
	if (count > COUNT_MAX)
		diag_error(p->u->diags, at, "an array of this size does not fit into memory");
	if (!spec->suffix)
		spec->suffix = arena_array(p->arena, struct type_suffix, SUFFIXES_MAX);
	if (spec->suffixes == SUFFIXES_MAX) {
		g_too_deep(p, at, SUFFIXES_MAX);
		return spec;
	}
	spec->suffix[spec->suffixes].kind = kind;
	spec->suffix[spec->suffixes].sized = sized;
	spec->suffix[spec->suffixes++].count = count;
	return spec;
}

/* -- statements -- */

struct stmt *g_stmt(struct parser *p, struct span at, enum stmt_kind kind, struct expr *e)
{
	struct stmt *s = stmt_new(p->arena, kind, at);

	s->expr = e;
	return s;
}

struct stmt *g_expr_stmt(struct parser *p, struct span at, struct expr *e)
{
	return g_stmt(p, at, STMT_EXPR, e);
}

struct stmt *g_assign(struct parser *p, struct span at, struct expr *target, enum binary_op op,
                      struct expr *value)
{
	struct stmt *s = stmt_new(p->arena, STMT_ASSIGN, at);

	if (target->kind == EXPR_NAME && !strcmp(target->call.name, "_") && op == BINARY_NONE)
		return g_stmt(p, at, STMT_DISCARD, value);
	if (target->kind != EXPR_VAR && target->kind != EXPR_MAP) {
		struct diag *d = diag_error(p->u->diags, target->span,
		                            "only variables and maps can be assigned to");

		if (target->kind == EXPR_FIELD || target->kind == EXPR_INDEX)
			diag_hint(d, "tuples, records and structs do not change: make a new value");
		if (target->kind == EXPR_NAME)
			diag_hint(d, "names of variables start with '$', names of maps with '@'");
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

static uint32_t stmt_depth(const struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD:
	case STMT_RETURN: return expr_depth(s->expr);
	case STMT_ASSIGN: return larger(expr_depth(s->assign.target), expr_depth(s->assign.value));
	case STMT_LET: return larger(spec_depth(s->let.spec), expr_depth(s->let.value));
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_WHILE:
	case STMT_UNROLL:
		return larger(block_depth(s->loop.body),
		              larger(expr_depth(s->loop.over), expr_depth(s->loop.end)));
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_IMPORT:
	case STMT_BAD: break;
	}
	return 0;
}

static void deepen_block(struct parser *p, struct block *b, uint32_t below, struct span at)
{
	b->depth = larger(b->depth, below + 1);
	if (b->depth > DEPTH_MAX)
		g_too_deep(p, at, DEPTH_MAX);
}

struct block *g_add(struct parser *p, struct block *b, struct stmt *s)
{
	if (!s)
		return b;
	vec_push_in(p->arena, &b->stmts, s);
	deepen_block(p, b, stmt_depth(s), s->span);
	return b;
}

/* An 'if' or a block at the end needs no ';' and is the value all the same. */
struct block *g_close(struct parser *p, struct span at, struct block *b, struct expr *value)
{
	const struct stmt *last = b->stmts.n ? b->stmts.v[b->stmts.n - 1] : NULL;

	b->span = at;
	b->value = value;
	deepen_block(p, b, expr_depth(value), at);
	if (!value && last && last->kind == STMT_EXPR &&
	    (last->expr->kind == EXPR_BLOCK || (last->expr->kind == EXPR_IF && last->expr->cond.no))) {
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
	vec_push_in(p->arena, &p->u->script.probes, d);
}

/* Whether something has stood that must come after; reports it. */
static void must_come_first(struct parser *p, struct span at, const char *what)
{
	if (p->u->script.probes.n || p->u->script.fns.n)
		diag_error(p->u->diags, at, "%s must stand before probes and functions", what);
}

void g_c_text(struct parser *p, struct span at, const char *text)
{
	must_come_first(p, at, "C definitions");
	vec_push_in(p->arena, &p->u->script.c_text, ((struct attach_text){ text, at }));
}

void g_config(struct parser *p, struct span at, const char *key, struct span key_at,
              struct expr *value)
{
	vec_push_in(p->arena, &p->u->script.config, ((struct config_item){ key, key_at, value }));
}

void g_config_block(struct parser *p, struct span at)
{
	must_come_first(p, at, "the config block");
	if (p->u->script.config_span.len)
		diag_note(diag_error(p->u->diags, at, "a script has one config block"),
		          p->u->script.config_span, "the first one");
	p->u->script.config_span = at;
}

void g_root_import(struct parser *p, struct span at, const char *path)
{
	must_come_first(p, at, "imports");
	vec_push_in(p->arena, &p->u->script.imports, ((struct attach_text){ path, at }));
}

void g_map_decl(struct parser *p, struct span at, const char *name, const char *kind,
                struct span kind_at, uint64_t entries)
{
	if (!entries || entries > UINT32_MAX)
		diag_error(p->u->diags, at, "a map has 1 to %u entries", UINT32_MAX);
	vec_push_in(p->arena, &p->u->script.maps,
	            ((struct map_decl){ name, at, kind_at, kind, entries }));
}

struct param_list *g_macro_param(struct parser *p, struct param_list *list, struct span at, int kind,
                                 const char *name)
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
	vec_push_in(p->arena, &p->u->script.macros, m);
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
	vec_push_in(p->arena, &p->u->script.fns, f);
}
