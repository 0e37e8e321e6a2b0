/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the script's C text, piece by piece: directives here, definitions in declare.c. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

#include <string.h>

enum { CONDITIONS_MAX = 64 }; /* open #if */

struct condition {
	bool active, taken, outer, has_else;
	struct span span;
};

struct reading {
	struct cdefs *c;
	struct condition cond[CONDITIONS_MAX];
	size_t conds, beyond; /* how many are open; and more than cond holds */
};

static bool is_active(const struct reading *rd)
{
	return !rd->conds || rd->cond[rd->conds - 1].active;
}

/* "defined X" or "defined(X)" at the start of n tokens becomes 1 or 0; how many tokens that took.
 */
static size_t take_defined(struct cdefs *c, const struct c_token *t, size_t n, struct c_token *out)
{
	bool paren = n > 2 && c_is_mark(&t[1], '(');
	const struct c_token *name = &t[1 + paren];

	*out = t[0];
	if (n < 2 || !c_is_name(&t[0], "defined"))
		return 1;
	out->kind = C_NUMBER;
	out->text = c_macro_find(c, intern_n(&c->u->names, name->text, name->len)) ? "1" : "0";
	out->len = 1;
	return paren ? 4 : 2;
}

/* #if: 'defined X' first, since macros are replaced behind it. */
static bool condition(struct cdefs *c, const struct c_token *t, size_t n, struct span at)
{
	struct c_tokens plain = { 0 }, all = { 0 };
	struct c_value v = { 0 };

	for (size_t i = 0; i < n;) {
		struct c_token one;

		i += take_defined(c, t + i, n - i, &one);
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
		if (!rd->beyond++)
			diag_error(rd->c->u->diags, at, "#if is nested deeper than %d levels",
			           CONDITIONS_MAX);
		return;
	}
	rd->cond[rd->conds] =
		(struct condition){ yes && is_active(rd), yes, is_active(rd), false, at };
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

	if (rd->beyond)
		return;
	if (!now || now->has_else) {
		diag_error(rd->c->u->diags, at, "There is no #if that this belongs to");
		return;
	}
	now->has_else = is_else;
	yes = now->outer && !now->taken && (is_else || condition(rd->c, t, n, at));
	now->active = yes;
	now->taken |= yes;
}

static void end_if(struct reading *rd, struct span at)
{
	if (rd->beyond)
		rd->beyond--;
	else if (rd->conds)
		rd->conds--;
	else
		diag_error(rd->c->u->diags, at, "There is no #if that this #endif belongs to");
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
		diag_error(c->u->diags, at, "The script refuses:%s", rest_of(c, t, n));
	else if (!strcmp(word, "warning"))
		diag_warning(c->u->diags, at, "The script warns:%s", rest_of(c, t, n));
	else if (strcmp(word, "pragma") && strcmp(word, "line") && strcmp(word, "ident"))
		diag_hint(diag_error(c->u->diags, at, "Unknown directive '#%s'", word),
		          "lines with '#' are C; comments start with '//'");
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
		read_piece(&rd, arena_printf(u->arena, "#include \"%s\"", u->includes.v[i]),
		           SPAN_NONE);
	vec_each (i, &u->script.c_text)
		read_piece(&rd, u->script.c_text.v[i].text, u->script.c_text.v[i].span);
	while (rd.conds)
		diag_error(u->diags, rd.cond[--rd.conds].span, "This #if has no #endif");
}
