/* SPDX-License-Identifier: Apache-2.0 */
/* macro.c - #define, and what becomes of a macro's name in C text. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* Text between two macros may double at each level. */
enum { TOKENS_MAX = 100000, ARGS_MAX = 16 };

size_t c_param_index(const struct c_macro *m, const struct c_token *t)
{
	for (size_t i = 0; t->kind == C_NAME && i < m->params; i++)
		if (m->param[i] == t->text)
			return i;
	return m->params;
}

/* -- definitions -- */

static bool is_ellipsis(const struct c_token *t, size_t i, size_t n)
{
	return i + 2 < n && c_is_mark(&t[i], '.') && c_is_mark(&t[i + 1], '.') &&
	       c_is_mark(&t[i + 2], '.');
}

/* The parameters behind '('; returns what stands behind ')', 0: something is wrong with them. */
static size_t parameters(struct cdefs *c, struct c_macro *m, const struct c_token *t, size_t n)
{
	size_t i = 2;

	m->function = true;
	m->param = arena_array(c->u->arena, const char *, ARGS_MAX);
	if (i < n && c_is_mark(&t[i], ')'))
		return i + 1;
	for (; i < n && m->params < ARGS_MAX; i++) {
		if (t[i].kind == C_NAME)
			m->param[m->params++] = t[i++].text;
		/* "...", also behind a name, is the last one. */
		m->variadic = is_ellipsis(t, i, n);
		if (m->variadic)
			i += 3;
		else if (t[i - 1].kind != C_NAME)
			return 0;
		if (i < n && c_is_mark(&t[i], ')'))
			return i + 1;
		if (m->variadic || i >= n || !c_is_mark(&t[i], ','))
			return 0;
	}
	return 0;
}

const char *c_macro_text(struct cdefs *c, const struct c_macro *m, const char *prefix)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text;

	vec_each (i, &m->body.list) {
		const struct c_token *t = &m->body.list.v[i];

		if (i && t->spaced)
			strbuf_addc(&sb, ' ');
		if (c_param_index(m, t) < m->params)
			strbuf_adds(&sb, prefix);
		strbuf_add(&sb, t->text, t->len);
	}
	text = arena_memdup(c->u->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

struct c_macro *c_define(struct cdefs *c, const struct c_token *t, size_t n, struct span at)
{
	struct c_macro *m = arena_new(c->u->arena, struct c_macro);
	size_t body = 1;

	if (!n || t[0].kind != C_NAME) {
		diag_error(c->u->diags, at, "#define needs a name");
		return NULL;
	}
	m->name = t[0].text;
	m->span = at;
	if (n > 1 && c_is_mark(&t[1], '(') && !t[1].spaced) {
		body = parameters(c, m, t, n);
		if (!body) {
			diag_error(c->u->diags, at,
			           "The parameters of macro '%s' are names: NAME(a, b)", m->name);
			return NULL;
		}
	}
	for (size_t i = body; i < n; i++)
		vec_push_in(c->u->arena, &m->body.list, t[i]);
	return m;
}

struct c_macro *c_macro_find(struct cdefs *c, const char *name)
{
	struct c_macro *m = cdef_macro_own(c->u, name);

	return m ? m : cdef_macro_header(c->u, name, true);
}

static void predefine(struct cdefs *c, const char *text)
{
	struct c_tokens t = { 0 };
	struct c_macro *m;

	c_scan(c, text, strlen(text), SPAN_NONE, &t);
	m = c_define(c, t.list.v, t.list.n, SPAN_NONE);
	map_put(&c->macros, m->name, m);
}

void c_predefine(struct cdefs *c)
{
	unsigned int major = 0, minor = 0, patch = 0;
	struct utsname un;

	c->budget = TOKENS_MAX;
	if (!uname(&un))
		sscanf(un.release, "%u.%u.%u", &major, &minor, &patch);
	predefine(c, arena_printf(c->u->arena, "LINUX_VERSION_CODE %u",
	                          major << 16 | minor << 8 | (patch < 255 ? patch : 255)));
	predefine(c, "KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))");
	predefine(c, "__linux__ 1");
	predefine(c, "__LP64__ 1");
#if defined(__x86_64__)
	predefine(c, "__x86_64__ 1");
#elif defined(__aarch64__)
	predefine(c, "__aarch64__ 1");
#endif
	if (c->hooks->have_btf(c->u))
		predefine(c, "BPFTRACE_HAVE_BTF 1");
}

/* -- replacement -- */

struct arg {
	size_t from, n;
};

static void push(struct cdefs *c, struct c_tokens *out, struct c_token t)
{
	if (!c->budget)
		return;
	if (!--c->budget)
		diag_error(c->u->diags, t.span,
		           "The macros used here expand to more than can be compiled");
	vec_push_in(c->u->arena, &out->list, t);
}

/* Splits the arguments behind the '(' at t[i]. Returns what stands behind their ')'; 0: no ')'. */
static size_t split_args(const struct c_token *t, size_t i, size_t n, struct arg *arg, size_t *args)
{
	unsigned int depth = 0;

	*args = 0;
	arg[0] = (struct arg){ i + 1, 0 };
	for (; i < n; i++) {
		depth += c_is_mark(&t[i], '(');
		if (c_is_mark(&t[i], ')') && !--depth) {
			arg[*args].n = i - arg[*args].from;
			*args += *args || arg[0].n;
			return i + 1;
		}
		if (depth == 1 && c_is_mark(&t[i], ',')) {
			arg[*args].n = i - arg[*args].from;
			if (++*args == ARGS_MAX)
				return 0;
			arg[*args] = (struct arg){ i + 1, 0 };
		}
	}
	return 0;
}

/* The body with its parameters replaced by the arguments, which are expanded first. */
static void substitute(struct cdefs *c, const struct c_macro *m, const struct c_token *t,
                       const struct arg *arg, struct span use, struct c_tokens *out)
{
	vec_each (i, &m->body.list) {
		struct c_token b = m->body.list.v[i];
		size_t p = c_param_index(m, &b);

		b.span = use;
		if (p < m->params)
			c_expand(c, t + arg[p].from, arg[p].n, out);
		else
			push(c, out, b);
	}
}

struct diag *c_variadic(struct cdefs *c, const struct c_macro *m, struct span at)
{
	return diag_error(c->u->diags, at,
	                  "Macro '%s' takes any number of arguments, which is for C alone",
	                  m->name);
}

/* Replaces the macro's name at t[i]; returns what stands behind all that was used up. */
static size_t replace(struct cdefs *c, struct c_macro *m, const struct c_token *t, size_t i,
                      size_t n, struct c_tokens *out)
{
	struct c_tokens body = { 0 };
	struct arg arg[ARGS_MAX];
	size_t behind = i + 1, args;

	if (m->variadic) {
		c_variadic(c, m, t[i].span);
		return n;
	}
	if (m->function) {
		if (behind == n || !c_is_mark(&t[behind], '(')) {
			push(c, out, t[i]);
			return behind;
		}
		behind = split_args(t, behind, n, arg, &args);
		if (!behind || args != m->params) {
			diag_error(c->u->diags, t[i].span, "Macro '%s' takes %zu argument%s",
			           m->name, m->params, m->params == 1 ? "" : "s");
			return n;
		}
	}
	substitute(c, m, t, arg, t[i].span, &body);
	m->busy = true;
	c_expand(c, body.list.v, body.list.n, out);
	m->busy = false;
	return behind;
}

void c_expand(struct cdefs *c, const struct c_token *t, size_t n, struct c_tokens *out)
{
	for (size_t i = 0; i < n && c->budget;) {
		struct c_token one = t[i];
		struct c_macro *m =
			one.kind == C_NAME && !one.kept ? c_macro_find(c, one.text) : NULL;

		if (m && !m->busy) {
			i = replace(c, m, t, i, n, out);
			continue;
		}
		one.kept |= m != NULL;
		push(c, out, one);
		i++;
	}
}
