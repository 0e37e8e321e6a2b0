/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - tokens of C. */

#include "cdef/private.h"

#include "base/bug.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static size_t comment_len(const char *p, const char *end)
{
	const char *at = p + 2;

	if (p[1] == '/') {
		while (at < end && *at != '\n')
			at++;
		return (size_t)(at - p);
	}
	while (end - at >= 2 && !(at[0] == '*' && at[1] == '/'))
		at++;
	return end - at >= 2 ? (size_t)(at + 2 - p) : (size_t)(end - p);
}

/* A character or string literal with its quotes. */
static size_t quoted_len(const char *p, const char *end)
{
	const char *at = p + 1;

	while (at < end && *at != *p && *at != '\n')
		at += *at == '\\' && end - at > 1 ? 2 : 1;
	return (size_t)((at < end && *at == *p ? at + 1 : at) - p);
}

/* C's preprocessing number: 1e+5, 0x1fUL. */
static size_t number_len(const char *p, const char *end)
{
	const char *at = p;

	while (at < end && (is_word(*at) || *at == '.' ||
	                    ((*at == '+' || *at == '-') && strchr("eEpP", at[-1]) && at - p > 1 &&
	                     (p[1] | 32) != 'x')))
		at++;
	return (size_t)(at - p);
}

static int mark_at(const char *p, const char *end, size_t *len)
{
	static const char pairs[][3] = {
		"<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##", "->"
	};

	for (size_t i = 0; i < countof(pairs) && end - p >= 2; i++) {
		if (p[0] == pairs[i][0] && p[1] == pairs[i][1]) {
			*len = 2;
			return MARK(p[0], p[1]);
		}
	}
	*len = 1;
	return (unsigned char)*p;
}

static enum c_token_kind token_at(const char *p, const char *end, size_t *len, int *mark)
{
	if (isdigit((unsigned char)*p) ||
	    (*p == '.' && end - p > 1 && isdigit((unsigned char)p[1]))) {
		*len = number_len(p, end);
		return C_NUMBER;
	}
	if (is_word(*p)) {
		for (*len = 0; p + *len < end && is_word(p[*len]);)
			++*len;
		return C_NAME;
	}
	if (*p == '"' || *p == '\'') {
		*len = quoted_len(p, end);
		return *p == '"' ? C_STRING : C_CHAR;
	}
	*mark = mark_at(p, end, len);
	return C_MARK;
}

/* The length of a '\' that ends its line, with the line's end; 0: it does not. */
static size_t continuation(const char *p, const char *end)
{
	const char *line_end = p + 1;

	if (*p != '\\')
		return 0;
	if (line_end < end && *line_end == '\r')
		line_end++;
	return line_end < end && *line_end == '\n' ? (size_t)(line_end + 1 - p) : 0;
}

void c_scan(struct cdefs *c, const char *text, size_t len, struct span at, struct c_tokens *out)
{
	const char *p = text, *end = text + len;
	bool first = true, spaced = false;

	while (p < end) {
		struct c_token t = { .first = first, .spaced = spaced };
		size_t n;

		if (isspace((unsigned char)*p)) {
			first |= *p++ == '\n';
			spaced = true;
			continue;
		}
		n = continuation(p, end);
		if (n) {
			p += n;
			continue;
		}
		if (*p == '/' && end - p > 1 && (p[1] == '/' || p[1] == '*')) {
			p += comment_len(p, end);
			spaced = true;
			continue;
		}
		t.kind = token_at(p, end, &n, &t.mark);
		t.text = t.kind == C_NAME ? intern_n(&c->u->names, p, n) : p;
		t.len = (uint32_t)n;
		t.span = span_is_none(at)
		                 ? at
		                 : (struct span){ at.off + (uint32_t)(p - text), (uint32_t)n };
		vec_push_in(c->u->arena, &out->list, t);
		first = spaced = false;
		p += n;
	}
}

bool c_is_mark(const struct c_token *t, int mark)
{
	return t->kind == C_MARK && t->mark == mark;
}

bool c_is_name(const struct c_token *t, const char *name)
{
	return t->kind == C_NAME && !strcmp(t->text, name);
}
