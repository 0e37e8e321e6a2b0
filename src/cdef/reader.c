/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - steps through the tokens of a definition; attributes, which may stand anywhere. */

#include "cdef/private.h"

#include <stdarg.h>
#include <string.h>

/* -- reading -- */

const struct c_token *c_peek(const struct c_reader *r)
{
	return &r->tok[r->at];
}

const struct c_token *c_next(struct c_reader *r)
{
	const struct c_token *t = c_peek(r);

	r->at += t->kind != C_END;
	return t;
}

bool c_take(struct c_reader *r, int mark)
{
	if (!c_is_mark(c_peek(r), mark))
		return false;
	r->at++;
	return true;
}

bool c_take_name(struct c_reader *r, const char *name)
{
	if (!c_is_name(c_peek(r), name))
		return false;
	r->at++;
	return true;
}

static void fail(struct c_reader *r, struct span at, const char *fmt, va_list ap)
{
	/* Without a budget the rest is missing, which was told. */
	if (!r->failed && !r->quiet && r->c->budget)
		diag_verror(r->c->u->diags, at, fmt, ap);
	r->failed = true;
	/* Nothing more is read. */
	while (r->tok[r->at].kind != C_END)
		r->at++;
}

void c_error(struct c_reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(r, c_peek(r)->span, fmt, ap);
	va_end(ap);
}

void c_error_at(struct c_reader *r, struct span at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(r, at, fmt, ap);
	va_end(ap);
}

void c_expect(struct c_reader *r, int mark, const char *behind)
{
	const struct c_token *t = c_peek(r);

	if (c_take(r, mark) || r->failed)
		return;
	if (t->kind == C_END)
		c_error(r, "'%c' is missing behind %s", mark, behind);
	else
		c_error(r, "'%c' is expected behind %s, not '%.*s'", mark, behind, (int)t->len,
		        t->text);
}

/* -- attributes -- */

static bool is_attribute(const struct c_token *t, const char *name)
{
	size_t n = strlen(name);

	if (t->kind != C_NAME)
		return false;
	return !strcmp(t->text, name) ||
	       (t->len == n + 4 && !strncmp(t->text, "__", 2) && !strncmp(t->text + 2, name, n) &&
	        !strcmp(t->text + 2 + n, "__"));
}

/* Behind "aligned". */
static uint32_t alignment(struct c_reader *r)
{
	struct c_value v = { .v = 16 };
	struct span at = r->tok[r->at].span;

	if (c_take(r, '(')) {
		at = c_peek(r)->span;
		v = c_constant(r, false);
		c_expect(r, ')', "an alignment");
	}
	if (!r->failed && (v.v <= 0 || v.v > 1 << 20 || v.v & (v.v - 1)))
		c_error_at(r, at, "An alignment is a power of two");
	return r->failed ? 1 : (uint32_t)v.v;
}

void c_skip_parens(struct c_reader *r)
{
	unsigned int depth = 0;

	do {
		const struct c_token *t = c_next(r);

		if (t->kind == C_END) {
			c_error(r, "')' is missing");
			return;
		}
		depth += c_is_mark(t, '(');
		depth -= c_is_mark(t, ')');
	} while (depth);
}

static void attribute(struct c_reader *r, struct c_attrs *attrs)
{
	const struct c_token *t = c_next(r);

	if (is_attribute(t, "packed")) {
		attrs->packed = true;
	} else if (is_attribute(t, "aligned")) {
		uint32_t align = alignment(r);

		attrs->align = align > attrs->align ? align : attrs->align;
	} else if (is_attribute(t, "btf_type_tag") && c_is_mark(c_peek(r), '(')) {
		t = &r->tok[r->at + 1];
		if (t->kind == C_STRING && t->len == 6 && !strncmp(t->text, "\"user\"", 6))
			attrs->as = AS_USER;
		c_skip_parens(r);
	} else if (t->kind == C_NAME && c_is_mark(c_peek(r), '(')) {
		c_skip_parens(r);
	}
}

/* ((...)) behind __attribute__. */
static void attribute_list(struct c_reader *r, struct c_attrs *attrs)
{
	c_expect(r, '(', "__attribute__");
	c_expect(r, '(', "__attribute__(");
	while (!r->failed && !c_is_mark(c_peek(r), ')')) {
		attribute(r, attrs);
		if (!c_take(r, ','))
			break;
	}
	c_expect(r, ')', "an attribute");
	c_expect(r, ')', "an attribute");
}

/* __attribute__((...)), and the words that the kernel's headers have for some. */
bool c_attributes(struct c_reader *r, struct c_attrs *attrs)
{
	size_t from = r->at;

	for (;;) {
		if (c_take_name(r, "__attribute__") || c_take_name(r, "__attribute")) {
			attribute_list(r, attrs);
		} else if (c_take_name(r, "__packed")) {
			attrs->packed = true;
		} else if (c_take_name(r, "__user")) {
			attrs->as = AS_USER;
		} else if (c_take_name(r, "__percpu")) {
			attrs->as = AS_PERCPU;
		} else if (c_take_name(r, "__aligned") || c_take_name(r, "_Alignas")) {
			uint32_t align = alignment(r);

			attrs->align = align > attrs->align ? align : attrs->align;
		} else {
			return r->at > from;
		}
	}
}
