/* SPDX-License-Identifier: Apache-2.0 */
/* cdef.c - reads the script's C text piece by piece; answers questions about what it defines. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "parser/parser.h"

#include <string.h>

enum {
	CONDITIONS_MAX = 64, /* open #if */
	EXPR_DEPTH_MAX = 2000,
	EXPR_NODES_MAX = 100000,
};

/* -- tables -- */

static const char *tag_key(struct cdefs *c, enum kind kind, const char *name)
{
	return arena_printf(c->u->arena, "%u %s", kind, name);
}

struct c_tag *c_tag_get(struct cdefs *c, enum kind kind, const char *name)
{
	return map_get(&c->tags, tag_key(c, kind, name));
}

struct c_tag *c_tag_new(struct cdefs *c, enum kind kind, const char *name, struct span span)
{
	struct c_tag *known = *name ? c_tag_get(c, kind, name) : NULL, *tag;

	if (known && !span_is_none(known->span) && (known->defined || known->open)) {
		struct diag *d = diag_error(c->u->diags, span, "'%s' is defined twice", name);

		diag_note(d, known->span, "first defined here");
	}
	tag = arena_new(c->u->arena, struct c_tag);
	tag->kind = kind;
	tag->name = intern(&c->u->names, name);
	tag->span = span;
	if (*name) {
		map_put(&c->tags, tag_key(c, kind, name), tag);
	} else {
		vec_push_in(c->u->arena, &c->anonymous, tag);
		tag->number = (uint32_t)c->anonymous.n;
	}
	return tag;
}

void c_add_enumerator(struct cdefs *c, struct c_tag *tag, const char *name, int64_t value,
                      struct span span)
{
	struct c_enumerator *e = map_get(&c->enumerators, name);

	if (e && !span_is_none(e->span) && !span_is_none(span)) {
		struct diag *d = diag_error(c->u->diags, span, "'%s' is defined twice", name);

		diag_note(d, e->span, "first defined here");
	}
	vec_push_in(c->u->arena, &tag->enumerators, ((struct type_enumerator){ name, value }));
	if (e && !span_is_none(e->span))
		return;
	e = arena_new(c->u->arena, struct c_enumerator);
	*e = (struct c_enumerator){ tag, value, span };
	map_put(&c->enumerators, name, e);
}

/* -- directives -- */

struct condition {
	bool active, taken, outer, has_else;
	struct span span;
};

struct reading {
	struct cdefs *c;
	struct condition cond[CONDITIONS_MAX];
	size_t conds;
};

static bool is_active(const struct reading *rd)
{
	return !rd->conds || rd->cond[rd->conds - 1].active;
}

/* #if: 'defined X' first, since macros are replaced behind it. */
static bool condition(struct cdefs *c, const struct c_token *t, size_t n, struct span at)
{
	struct c_tokens plain = { 0 }, all = { 0 };
	struct c_value v = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct c_token one = t[i];
		bool paren = i + 2 < n && c_is_mark(&t[i + 1], '(');
		const char *name = paren ? t[i + 2].text : i + 1 < n ? t[i + 1].text : NULL;

		if (c_is_name(&one, "defined") && name) {
			one.kind = C_NUMBER;
			one.text = c_macro_find(c, intern_n(&c->u->names, name, t[i + 1 + paren].len)) ? "1"
			                                                                               : "0";
			one.len = 1;
			i += paren ? 3 : 1;
		}
		vec_push_in(c->u->arena, &plain.list, one);
	}
	c_expand(c, plain.list.v, plain.list.n, &all);
	if (!n)
		diag_error(c->u->diags, at, "#if needs a condition");
	else
		c_evaluate(c, all.list.v, all.list.n, true, false, &v);
	return v.v != 0;
}

static void open_if(struct reading *rd, struct span at, bool yes)
{
	if (rd->conds == CONDITIONS_MAX) {
		diag_error(rd->c->u->diags, at, "#if is nested deeper than %d levels", CONDITIONS_MAX);
		return;
	}
	rd->cond[rd->conds] = (struct condition){ yes && is_active(rd), yes, is_active(rd), false, at };
	rd->conds++;
}

static void ifdef(struct reading *rd, const struct c_token *t, size_t n, struct span at, bool want)
{
	bool defined = false;

	if (!n || t[0].kind != C_NAME)
		diag_error(rd->c->u->diags, at, "#ifdef and #ifndef take a name");
	else if (is_active(rd))
		defined = c_macro_find(rd->c, t[0].text) != NULL;
	open_if(rd, at, defined == want);
}

static void else_if(struct reading *rd, const struct c_token *t, size_t n, struct span at,
                    bool is_else)
{
	struct condition *now = rd->conds ? &rd->cond[rd->conds - 1] : NULL;
	bool yes;

	if (!now || now->has_else) {
		diag_error(rd->c->u->diags, at, "there is no #if that this belongs to");
		return;
	}
	now->has_else = is_else;
	yes = now->outer && !now->taken && (is_else || condition(rd->c, t, n, at));
	now->active = yes;
	now->taken |= yes;
}

static void end_if(struct reading *rd, struct span at)
{
	if (rd->conds)
		rd->conds--;
	else
		diag_error(rd->c->u->diags, at, "there is no #if that this #endif belongs to");
}

/* Whether the directive is one of conditions, which count in skipped text as well. */
static bool conditional(struct reading *rd, const char *word, const struct c_token *t, size_t n,
                        struct span at)
{
	if (!strcmp(word, "ifdef") || !strcmp(word, "ifndef"))
		ifdef(rd, t, n, at, !strcmp(word, "ifdef"));
	else if (!strcmp(word, "if"))
		open_if(rd, at, is_active(rd) && condition(rd->c, t, n, at));
	else if (!strcmp(word, "elif") || !strcmp(word, "else"))
		else_if(rd, t, n, at, !strcmp(word, "else"));
	else if (!strcmp(word, "endif"))
		end_if(rd, at);
	else
		return false;
	return true;
}

static void define(struct cdefs *c, const struct c_token *t, size_t n, struct span at)
{
	struct c_macro *m = c_define(c, t, n, at);

	if (m)
		map_put(&c->macros, m->name, m);
}

/* The header's name: what stands between the first '<' or '"' and the end of the line. */
static void include(struct cdefs *c, const struct c_token *t, size_t n, struct span at)
{
	const char *from = n ? t[0].text : NULL, *to;

	if (n && t[0].kind == C_STRING) {
		c_include(c, from, t[0].len, at);
	} else if (n && c_is_mark(&t[0], '<') && (to = strpbrk(from, ">\n")) && *to == '>') {
		c_include(c, from, (size_t)(to + 1 - from), at);
	} else {
		diag_error(c->u->diags, at, "#include takes <name> or \"name\"");
	}
}

static struct span join(const struct c_token *t, size_t n)
{
	return span_is_none(t[0].span) ? t[0].span : span_join(t[0].span, t[n - 1].span);
}

/* The words of #error. */
static const char *rest_of(struct cdefs *c, const struct c_token *t, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(c->u->arena, "%s%s%.*s", text, t[i].spaced ? " " : "",
		                    (int)t[i].len, t[i].text);
	return text;
}

/* A '#' line: t[0] is the '#'. */
static void directive(struct reading *rd, const struct c_token *t, size_t n)
{
	struct span at = join(t, n);
	struct cdefs *c = rd->c;
	const char *word = n > 1 ? t[1].text : "";

	if (n < 2)
		return; /* '#' alone is allowed */
	word = t[1].kind == C_NAME ? word : "";
	t += 2;
	n -= 2;
	if (conditional(rd, word, t, n, at) || !is_active(rd))
		return;
	if (!strcmp(word, "define"))
		define(c, t, n, at);
	else if (!strcmp(word, "undef") && n && t[0].kind == C_NAME)
		map_put(&c->macros, t[0].text, NULL);
	else if (!strcmp(word, "include") || !strcmp(word, "include_next"))
		include(c, t, n, at);
	else if (!strcmp(word, "error"))
		diag_error(c->u->diags, at, "the script refuses:%s", rest_of(c, t, n));
	else if (!strcmp(word, "warning"))
		diag_warning(c->u->diags, at, "the script warns:%s", rest_of(c, t, n));
	else if (strcmp(word, "pragma") && strcmp(word, "line") && strcmp(word, "ident"))
		diag_error(c->u->diags, at, "unknown directive '#%s'", word);
}

/* One '#' line or definition; lines with '#' may stand inside a definition. */
static void piece(struct reading *rd, const char *text, struct span at)
{
	struct c_token end = { .kind = C_END, .span = at };
	struct c_tokens raw = { 0 }, all = { 0 };
	struct c_reader r = { .c = rd->c };
	struct unit *u = rd->c->u;
	size_t i = 0, from;

	c_scan(rd->c, text, strlen(text), at, &raw);
	while (i < raw.list.n) {
		const struct c_token *t = &raw.list.v[i];
		bool is_directive = t->first && c_is_mark(t, '#');

		for (from = i++; i < raw.list.n; i++)
			if (raw.list.v[i].first && (is_directive || c_is_mark(&raw.list.v[i], '#')))
				break;
		if (is_directive)
			directive(rd, t, i - from);
		else if (is_active(rd))
			c_expand(rd->c, t, i - from, &all);
	}
	if (!all.list.n)
		return;
	if (!span_is_none(at))
		end.span = (struct span){ at.off + at.len, 0 };
	vec_push_in(u->arena, &all.list, end);
	r.tok = all.list.v;
	c_declarations(&r);
}

/* Lines with '#' are kept for libclang; an #include with the path where it was found. */
static void read_piece(struct reading *rd, const char *text, struct span at)
{
	struct cdefs *c = rd->c;
	size_t includes = c->includes.n;

	piece(rd, text, at);
	if (c->includes.n > includes)
		strbuf_addf(&c->hash_lines, "#include %s\n", c->includes.v[includes].wanted);
	else if (*text == '#')
		strbuf_addf(&c->hash_lines, "%s\n", text);
}

void cdef_read(struct unit *u, const struct cdef_hooks *hooks)
{
	struct cdefs *c;
	struct reading rd = { 0 };

	if (!u->script.c_text.n && !u->includes.n)
		return;
	c = arena_new(u->arena, struct cdefs);
	c->u = u;
	c->hooks = hooks;
	c->hash_lines = (struct strbuf)STRBUF_INIT;
	u->cdefs = c;
	rd.c = c;
	c_predefine(c);
	vec_each (i, &u->includes)
		read_piece(&rd, arena_printf(u->arena, "#include \"%s\"", u->includes.v[i]), SPAN_NONE);
	vec_each (i, &u->script.c_text)
		read_piece(&rd, u->script.c_text.v[i].text, u->script.c_text.v[i].span);
	while (rd.conds)
		diag_error(u->diags, rd.cond[--rd.conds].span, "this #if has no #endif");
}

void cdef_release(struct unit *u)
{
	struct cdefs *c = u->cdefs;

	if (!c)
		return;
	c_clang_close(c->clang);
	map_release(&c->macros);
	map_release(&c->header_macros);
	map_release(&c->tags);
	map_release(&c->typedefs);
	map_release(&c->enumerators);
	strbuf_release(&c->hash_lines);
	u->cdefs = NULL;
}

/* -- questions -- */

struct c_clang *c_headers(struct cdefs *c, bool late)
{
	bool wanted = false;

	vec_each (i, &c->includes)
		wanted |= c->includes.v[i].found && (late || !c->includes.v[i].kernel);
	if (!wanted)
		return NULL;
	if (!c->clang_tried) {
		c->clang_tried = true;
		c->clang = c_clang_open(c, &c->clang_why);
	}
	return c->clang;
}

static struct c_tag *tag_find(struct cdefs *c, enum kind kind, const char *name, bool late)
{
	struct c_tag *tag = c_tag_get(c, kind, name);
	struct c_clang *cl;

	if (tag)
		return tag;
	cl = c_headers(c, late);
	return cl && c_clang_tag(cl, kind, name) ? c_tag_get(c, kind, name) : NULL;
}

bool cdef_tag_exists(struct unit *u, enum kind kind, const char *name, bool late)
{
	const struct c_tag *tag = u->cdefs ? tag_find(u->cdefs, kind, name, late) : NULL;

	return tag && tag->defined;
}

bool cdef_tag_broken(struct unit *u, enum kind kind, const char *name)
{
	const struct c_tag *tag = u->cdefs ? tag_find(u->cdefs, kind, name, false) : NULL;

	return tag && tag->broken;
}

/* Pointers found in user memory point to user memory, unless the declaration says otherwise. */
static const struct type *in_space(struct types *ty, const struct type *t, enum addr_space as)
{
	if (t->kind == KIND_ARRAY)
		return type_array(ty, in_space(ty, t->elem, as), t->count);
	if (t->as != AS_NONE || (t->kind == KIND_INT && t->size < 8))
		return t;
	return type_with_as(ty, t, as);
}

bool cdef_complete(struct unit *u, struct type *t, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_tag *tag;
	struct type_field *f;

	if (!c || t->btf)
		return false;
	tag = t->btf_id                         ? c->anonymous.v[t->btf_id - 1]
	      : *t->name                        ? tag_find(c, t->kind, t->name, late)
	                                        : NULL;
	if (!tag || !tag->defined)
		return false;
	t->size = (uint32_t)tag->size;
	t->align = tag->align;
	t->is_signed = tag->is_signed;
	t->complete = true;
	t->enumerator = tag->enumerators.v;
	t->fields = tag->kind == KIND_ENUM ? tag->enumerators.n : tag->fields.n;
	if (tag->kind == KIND_ENUM)
		return true;
	f = arena_array(u->arena, struct type_field, tag->fields.n + 1);
	vec_each (i, &tag->fields) {
		f[i] = tag->fields.v[i];
		if (t->as != AS_NONE)
			f[i].type = in_space(u->types, f[i].type, t->as);
	}
	t->field = f;
	return true;
}

const struct type *cdef_typedef_own(struct unit *u, const char *name)
{
	const struct c_typedef *def = u->cdefs ? map_get(&u->cdefs->typedefs, name) : NULL;

	return def ? def->type.type : NULL;
}

const struct type *cdef_typedef(struct unit *u, const char *name, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_typedef *def = c ? map_get(&c->typedefs, name) : NULL;
	struct c_clang *cl = c && !def ? c_headers(c, late) : NULL;

	if (cl && c_clang_typedef(cl, name))
		def = map_get(&c->typedefs, name);
	return def ? def->type.type : NULL;
}

const struct type *cdef_enumerator(struct unit *u, const char *name, int64_t *value, bool late)
{
	struct cdefs *c = u->cdefs;
	const struct c_enumerator *e = c ? map_get(&c->enumerators, name) : NULL;
	struct c_clang *cl = c && !e ? c_headers(c, late) : NULL;

	if (cl && c_clang_enumerator(cl, name))
		e = map_get(&c->enumerators, name);
	if (!e)
		return NULL;
	*value = e->value;
	return c_tag_type(c, e->tag).type;
}

/* -- macros in the script's expressions -- */

struct c_macro *cdef_macro_own(struct unit *u, const char *name)
{
	return u->cdefs ? map_get(&u->cdefs->macros, name) : NULL;
}

struct c_macro *cdef_macro_header(struct unit *u, const char *name, bool late)
{
	struct c_clang *cl = u->cdefs ? c_headers(u->cdefs, late) : NULL;

	return cl ? c_clang_macro(cl, name) : NULL;
}

static struct expr *literal(struct cdefs *c, struct c_value v)
{
	struct expr *e = expr_new(c->u->arena, EXPR_INT, SPAN_NONE);

	e->integer.value = (uint64_t)v.v;
	e->integer.negative = v.v < 0 && !v.is_unsigned;
	return e;
}

/* Parameters are parsed as variables, since "(a) * b" could be a cast if 'a' were a name. */
#define PARAM_PREFIX "$c_param_"

/* A number, if the body is one; or whatever expression the script's own grammar sees in it. */
static void parse_macro(struct cdefs *c, struct c_macro *m)
{
	struct c_tokens all = { 0 };
	struct c_value v;
	bool name_alone = m->body.list.n == 1 && m->body.list.v[0].kind == C_NAME;

	m->parsed = true;
	m->busy = true;
	diags_mute(c->u->diags);
	/* A name stays one: that of an enumerator prints as it does without the macro. */
	if (!m->function && m->body.list.n && !name_alone)
		c_expand(c, m->body.list.v, m->body.list.n, &all);
	if (all.list.n && c_evaluate(c, all.list.v, all.list.n, false, true, &v))
		m->expr = literal(c, v);
	else if (m->body.list.n)
		m->expr = parse_expression(c->u, c_macro_text(c, m, PARAM_PREFIX));
	diags_unmute(c->u->diags);
	m->busy = false;
}

struct substitution {
	struct cdefs *c;
	const struct c_macro *m;
	const struct expr *use;
	struct expr *call; /* its arguments take the parameters' places; NULL: none */
};

static void place_spec(struct type_spec *spec, struct span at)
{
	for (; spec; spec = spec->of_type)
		spec->span = at;
}

/* Messages about what the macro stands for point at its use. */
static void place_one(void *arg, struct expr *e)
{
	const struct substitution *s = arg;
	size_t prefix = strlen(PARAM_PREFIX);

	s->c->nodes++;
	e->span = s->use->span;
	if (e->kind == EXPR_CALL)
		e->call.name_span = e->span;
	else if (e->kind == EXPR_FIELD)
		e->field.name_span = e->span;
	else if (e->kind == EXPR_CAST)
		place_spec(e->cast.spec, e->span);
	else if (e->kind == EXPR_SIZEOF || e->kind == EXPR_OFFSETOF || e->kind == EXPR_TYPEINFO)
		place_spec(e->typed.spec, e->span);
	if (e->kind != EXPR_VAR || !s->call || strncmp(e->var.name, PARAM_PREFIX, prefix))
		return;
	for (size_t i = 0; i < s->m->params; i++) {
		if (strcmp(s->m->param[i], e->var.name + prefix))
			continue;
		*e = *expr_clone(s->c->u->arena, s->call->call.arg[i]);
		return;
	}
}

bool cdef_macro_enter(struct unit *u, struct c_macro *m, struct expr *e)
{
	struct cdefs *c = u->cdefs;
	struct expr use = *e, *body;
	struct substitution s = { c, m, &use, m->function ? &use : NULL };
	struct diag *d = NULL;

	if (!m->parsed)
		parse_macro(c, m);
	if (!m->expr)
		d = diag_error(u->diags, e->span, "macro '%s' is no expression: %s", m->name,
		               m->body.list.n ? c_macro_text(c, m, "") : "it is empty");
	else if (m->function && (e->kind != EXPR_CALL || e->call.args != m->params))
		d = diag_error(u->diags, e->span, "macro '%s' takes %zu argument%s", m->name, m->params,
		               m->params == 1 ? "" : "s");
	else if (!m->function && e->kind == EXPR_CALL && m->expr->kind != EXPR_NAME)
		d = diag_error(u->diags, e->span, "macro '%s' takes no arguments", m->name);
	else if (c->depth + m->expr->depth > EXPR_DEPTH_MAX || c->nodes > EXPR_NODES_MAX)
		d = diag_error(u->diags, e->span, "the macros used here make too much of themselves");
	if (d) {
		if (!span_is_none(m->span))
			diag_note(d, m->span, "'%s' is defined here", m->name);
		e->kind = EXPR_BAD;
		return false;
	}
	body = expr_clone(u->arena, m->expr);
	expr_visit(body, place_one, &s);
	if (e->kind == EXPR_CALL && !m->function)
		e->call.name = body->call.name; /* "#define log printf" */
	else
		*e = *body;
	m->busy = true;
	c->depth += m->expr->depth + 1;
	return true;
}

bool cdef_macro_busy(const struct c_macro *m)
{
	return m->busy;
}

bool cdef_macro_takes_args(const struct c_macro *m)
{
	return m->function;
}

void cdef_macro_leave(struct unit *u, struct c_macro *m)
{
	m->busy = false;
	u->cdefs->depth -= m->expr->depth + 1;
}

/* -- messages -- */

void cdef_explain(struct unit *u, struct diag *d)
{
	struct cdefs *c = u->cdefs;
	bool missing = false;

	if (!c)
		return;
	vec_each (i, &c->includes) {
		const struct c_include *inc = &c->includes.v[i];

		missing |= !inc->found;
		if (!inc->found && !inc->reported)
			diag_hint(d, "header %s is not installed, and BTF does not have it", inc->text);
	}
	if (c->clang_why && (!c->clang || !missing))
		diag_hint(d, "reading the headers: %s", c->clang_why);
}
