/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - what the lexer decides by looking ahead. */

#include "lexer/lexer.h"

#include "base/bug.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_long_comment(const char *p, const char *end)
{
	return end - p >= 2 && p[0] == '/' && p[1] == '*';
}

static const char *skip_long_comment(const char *p, const char *end)
{
	p += 2;
	while (end - p >= 2 && !(p[0] == '*' && p[1] == '/'))
		p++;
	return end - p >= 2 ? p + 2 : end;
}

static const char *skip_layout(const char *p, const char *end)
{
	for (;;) {
		while (p < end && isspace((unsigned char)*p))
			p++;
		if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
			while (p < end && *p != '\n')
				p++;
		} else if (is_long_comment(p, end)) {
			p = skip_long_comment(p, end);
		} else {
			return p;
		}
	}
}

bool lexer_next_is(const char *p, const char *end, const char *text)
{
	size_t n = strlen(text);

	p = skip_layout(p, end);
	return (size_t)(end - p) >= n && !memcmp(p, text, n);
}

bool lexer_goes_on(const char *p, const char *end)
{
	p = skip_layout(p, end);
	return p < end &&
	       ((*p && strchr(")],+-*/%&|^=!<>?:.", *p)) || lexer_next_is(p, end, "else"));
}

static size_t word_len(const char *p, const char *end)
{
	size_t n = 0;

	if (p < end && isdigit((unsigned char)*p))
		return 0;
	while (p + n < end && is_word(p[n]))
		n++;
	return n;
}

static bool word_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && !strncmp(p, word, n);
}

static bool is_one_of(const char *p, size_t n, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (word_is(p, n, words[i]))
			return true;
	return false;
}

/* Names that are values wherever they stand. */
static bool is_value_word(const char *p, size_t n)
{
	static const char *const words[] = { "args",   "ctx",    "kstack",  "nsecs",   "pid",
		                             "tid",    "ustack", "retval",  "cpu",     "comm",
		                             "uid",    "gid",    "curtask", "elapsed", "rand",
		                             "cgroup", "func",   "probe",   "true",    "false" };

	if (n > 3 && !strncmp(p, "arg", 3) && isdigit((unsigned char)p[3]))
		return true;
	return is_one_of(p, n, words, countof(words));
}

static const char *skip_suffix(const char *p, const char *end)
{
	const char *q = skip_layout(p, end);

	if (q < end && *q == '*')
		return q + 1;
	if (q >= end || *q != '[')
		return NULL;
	q = skip_layout(q + 1, end);
	while (q < end && (isxdigit((unsigned char)*q) || *q == 'x'))
		q++;
	q = skip_layout(q, end);
	return q < end && *q == ']' ? q + 1 : NULL;
}

static const char *skip_parens(const char *p, const char *end)
{
	unsigned int depth = 0;

	for (; p < end; p++) {
		depth += *p == '(';
		depth -= *p == ')';
		if (!depth)
			return p + 1;
	}
	return NULL;
}

/* Behind something that looks like a type; NULL: it does not. */
static const char *skip_type(const char *p, const char *end)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	const char *behind;
	size_t n;

	p = skip_layout(p, end);
	n = word_len(p, end);
	if (!n || is_value_word(p, n))
		return NULL;
	if (word_is(p, n, "typeof")) {
		p = skip_layout(p + n, end);
		p = p < end && *p == '(' ? skip_parens(p, end) : NULL;
		n = 0;
	} else if (is_one_of(p, n, tags, countof(tags))) {
		p = skip_layout(p + n, end);
		n = word_len(p, end);
	}
	if (!p)
		return NULL;
	behind = p + n;
	while ((p = skip_suffix(behind, end)))
		behind = p;
	return behind;
}

bool lexer_is_cast(const char *p, const char *end)
{
	const char *type = skip_type(p, end);

	if (!type || !lexer_next_is(type, end, ")"))
		return false;
	p = skip_layout(skip_layout(type, end) + 1, end);
	if (p >= end || !*p)
		return false;
	/* In "(a) && b" and "(a) != b" no operand starts behind the ')'. */
	if (lexer_next_is(p, end, "&&") || lexer_next_is(p, end, "!="))
		return false;
	return is_word(*p) || strchr("$@\"(-!~*&", *p) != NULL;
}

bool lexer_is_type(const char *p, const char *end)
{
	const char *type = skip_type(p, end);

	return type && (lexer_next_is(type, end, ")") || lexer_next_is(type, end, ","));
}

size_t lexer_c_for_len(const char *p, const char *end)
{
	const char *start = p, *close;

	p = skip_layout(p, end);
	if (p >= end || *p != '(' || !(close = skip_parens(p, end)))
		return 0;
	for (; p < close; p++)
		if (*p == '{' || *p == '}' || *p == ';')
			break;
	return p < close && *p == ';' ? (size_t)(close - start) : 0;
}

size_t lexer_attach_len(const char *p, const char *end, bool *open)
{
	const char *start = p;
	bool colon = false;

	*open = false;
	for (; p < end && *p != '\n' && *p; p++) {
		if (*open && *p == '\\' && end - p > 1 && p[1] != '\n' && p[1]) {
			p++;
			continue;
		}
		*open ^= *p == '"';
		if (*open)
			continue;
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr(",{}", *p) ||
		    (*p == '/' && !colon))
			break;
		colon |= *p == ':';
	}
	return (size_t)(p - start);
}

/* Behind the text in quotes that starts at p, or at the end of its line. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	while (p < end && *p != quote && *p != '\n')
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	return p < end && *p == quote ? p + 1 : p;
}

size_t lexer_hash_len(const char *p, const char *end)
{
	const char *start = p;
	bool goes_on = false; /* behind a '\', and the '\r' of a line's end behind that */
	bool comment = false; /* behind "//" */

	while (p < end && (*p != '\n' || goes_on)) {
		goes_on = *p == '\\' || (goes_on && *p == '\r');
		comment |= end - p >= 2 && p[0] == '/' && p[1] == '/';
		/* A long comment may end on a later line. */
		if (!comment && *p == '"')
			p = skip_quoted(p, end);
		else if (!comment && is_long_comment(p, end))
			p = skip_long_comment(p, end);
		else
			p++;
	}
	return (size_t)(p - start);
}

static const char *skip_attributes(const char *p, const char *end)
{
	p = skip_layout(p, end);
	while (lexer_next_is(p, end, "__attribute__")) {
		p = skip_layout(p + strlen("__attribute__"), end);
		if (p >= end || *p != '(' || !(p = skip_parens(p, end)))
			return end;
		p = skip_layout(p, end);
	}
	return p;
}

/* Behind the '}' of the '{' at p, or end + 1. */
static const char *skip_body(const char *p, const char *end)
{
	unsigned int depth = 0;

	while (p < end) {
		const char *next = *p == '"' ? skip_quoted(p, end) : skip_layout(p, end);

		if (next != p) {
			p = next;
			continue;
		}
		depth += *p == '{';
		depth -= *p == '}';
		p++;
		if (!depth)
			return p;
	}
	return end + 1;
}

size_t lexer_c_len(const char *p, const char *end)
{
	const char *start = p;

	p = skip_attributes(p + word_len(p, end), end);
	p = skip_layout(p + word_len(p, end), end);
	if (p < end && *p == ';')
		return (size_t)(p + 1 - start);
	if (p >= end || *p != '{')
		return 0;
	p = skip_body(p, end);
	if (p <= end)
		p = skip_attributes(p, end);
	if (p < end && *p == ';')
		return (size_t)(p + 1 - start);
	while (isspace((unsigned char)p[-1]))
		p--;
	return (size_t)(p - start);
}

size_t lexer_typedef_len(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p != ';') {
		const char *next = skip_layout(p, end);

		p = next != p ? next : *p == '{' ? skip_body(p, end) : p + 1;
	}
	return (size_t)(p + 1 - start);
}
