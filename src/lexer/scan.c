/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - what the lexer decides by looking ahead, and the values of literals. */

#include "lexer/lexer.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *skip_layout(const char *p, const char *end)
{
	for (;;) {
		while (p < end && isspace((unsigned char)*p))
			p++;
		if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
			while (p < end && *p != '\n')
				p++;
		} else if (end - p >= 2 && p[0] == '/' && p[1] == '*') {
			p += 2;
			while (end - p >= 2 && !(p[0] == '*' && p[1] == '/'))
				p++;
			p = end - p >= 2 ? p + 2 : end;
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
	return p < end && ((*p && strchr(")],+-*/%&|^=!<>?:.", *p)) || lexer_next_is(p, end, "else"));
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
	static const char *const words[] = { "args", "ctx", "kstack", "nsecs", "pid", "tid", "ustack",
		                             "retval", "cpu", "comm", "uid", "gid", "curtask",
		                             "elapsed", "rand", "cgroup", "func", "probe", "true",
		                             "false" };

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
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr(",{}", *p) || (*p == '/' && !colon))
			break;
		colon |= *p == ':';
	}
	return (size_t)(p - start);
}

size_t lexer_hash_len(const char *p, const char *end)
{
	const char *start = p;

	for (; p < end && *p != '\n'; p++)
		if (*p == '\\' && end - p > 1 && p[1] == '\n')
			p++;
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
		const char *next = skip_layout(p, end);

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

/* -- numbers -- */

static const struct {
	const char *text;
	int (*same)(const char *a, const char *b, size_t n);
	uint64_t factor, most;
} suffixes[] = {
	{ "", strncmp, 1, UINT64_MAX },
	{ "u", strncasecmp, 1, UINT32_MAX },
	{ "l", strncasecmp, 1, INT64_MAX },
	{ "ul", strncasecmp, 1, UINT64_MAX },
	{ "ll", strncasecmp, 1, INT64_MAX },
	{ "ull", strncasecmp, 1, UINT64_MAX },
	{ "ns", strncmp, 1, UINT64_MAX },
	{ "us", strncmp, 1000, UINT64_MAX },
	{ "ms", strncmp, 1000000, UINT64_MAX },
	{ "s", strncmp, 1000000000, UINT64_MAX },
	{ "m", strncmp, 60000000000, UINT64_MAX },
	{ "h", strncmp, 3600000000000, UINT64_MAX },
	{ "d", strncmp, 86400000000000, UINT64_MAX },
};

static uint64_t too_large(struct lexer *l, struct span span)
{
	diag_error(l->u->diags, span, "this number is too large: the most is 18446744073709551615");
	return 0;
}

static uint64_t bad_suffix(struct lexer *l, const char *at, size_t n, struct span span)
{
	diag_hint(diag_error(l->u->diags, span, "invalid integer suffix '%.*s'", (int)n, at),
	          "a number may end in u, l, ul, ll, ull, ns, us, ms, s, m, h or d");
	return 0;
}

/* 1e6: 'at' holds what stands behind the 'e'. */
static uint64_t exponent(struct lexer *l, uint64_t value, const char *at, size_t n, struct span span)
{
	unsigned int e = 0;

	if (value < 1 || value > 9) {
		diag_error(l->u->diags, span, "the coefficient of a number like 1e6 is one digit, 1 to 9");
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)at[i]))
			return bad_suffix(l, at + i, n - i, span);
		e = e < 100 ? e * 10 + (unsigned int)(at[i] - '0') : e;
	}
	while (e--)
		if (__builtin_mul_overflow(value, 10, &value))
			return too_large(l, span);
	return value;
}

static uint64_t with_suffix(struct lexer *l, uint64_t value, const char *at, size_t n,
                            struct span span)
{
	for (size_t i = 0; i < countof(suffixes); i++) {
		if (strlen(suffixes[i].text) != n || suffixes[i].same(suffixes[i].text, at, n))
			continue;
		if (value > suffixes[i].most) {
			diag_error(l->u->diags, span, "this number does not fit its suffix '%.*s'", (int)n,
			           at);
			return 0;
		}
		return __builtin_mul_overflow(value, suffixes[i].factor, &value) ? too_large(l, span)
		                                                                 : value;
	}
	return bad_suffix(l, at, n, span);
}

/* The value of a digit, or 99. */
static unsigned int digit_of(char c)
{
	if (isdigit((unsigned char)c))
		return (unsigned int)(c - '0');
	return isxdigit((unsigned char)c) ? (unsigned int)((c | 32) - 'a' + 10) : 99;
}

/* Leaves *i behind the prefix "0x", "0b" or "0". */
static unsigned int base_of(const char *text, size_t len, size_t *i)
{
	if (len < 2 || text[0] != '0')
		return 10;
	*i = len > 2 ? 2 : 0;
	if (len > 2 && (text[1] | 32) == 'x')
		return 16;
	if (len > 2 && (text[1] | 32) == 'b')
		return 2;
	*i = 0;
	return isdigit((unsigned char)text[1]) ? 8 : 10;
}

uint64_t lexer_number(struct lexer *l, const char *text, size_t len, struct span span)
{
	size_t i = 0;
	unsigned int base = base_of(text, len, &i);
	uint64_t value = 0;

	for (; i < len; i++) {
		if (text[i] == '_' && i && i + 1 < len && digit_of(text[i + 1]) < base)
			continue;
		if (digit_of(text[i]) >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit_of(text[i]), &value))
			return too_large(l, span);
	}
	if (i < len && text[i] == '_') {
		diag_error(l->u->diags, span, "trailing underscore in a number");
		return 0;
	}
	if (base == 10 && len - i > 1 && text[i] == 'e' && isdigit((unsigned char)text[i + 1]))
		return exponent(l, value, text + i + 1, len - i - 1, span);
	return with_suffix(l, value, text + i, len - i, span);
}

uint64_t lexer_param(struct lexer *l, const char *text, struct span span)
{
	uint64_t n;

	errno = 0;
	n = strtoull(text + 1, NULL, 10);
	if (text[1] != '0' && !errno && n <= INT64_MAX)
		return n;
	diag_error(l->u->diags, span, "parameters are numbered from $1, not %s", text);
	return 1;
}

/* -- strings -- */

/* Reads the escape at text[*i] (behind the backslash); leaves *i on its last character. Returns -1
 * when it is none, with what to say about it. */
static int escape(const char *text, size_t len, size_t *i, const char **trouble)
{
	static const char letters[] = "ntr\"\\";
	static const char values[] = "\n\t\r\"\\";
	const char *known = text[*i] ? strchr(letters, text[*i]) : NULL;
	bool hex = (text[*i] | 32) == 'x';
	unsigned int v = 0, base = hex ? 16 : 8, most = hex ? 2 : 3, n = 0;
	size_t at = *i + hex;

	if (known)
		return (unsigned char)values[known - letters];
	for (; n < most && at < len && digit_of(text[at]) < base; n++, at++)
		v = v * base + digit_of(text[at]);
	*trouble = n ? "octal escape out of range: the most is \\377" : "invalid escape";
	if (!n || v > 255)
		return -1;
	*i = at - 1;
	return (int)v;
}

char *lexer_string(struct lexer *l, const char *text, size_t len, struct span span, size_t *out)
{
	char *s = arena_alloc(l->u->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		struct span at = { span.off + 1 + (uint32_t)i, 2 };
		const char *trouble;
		int c = (unsigned char)text[i];

		if (text[i] == '\\' && i + 1 < len) {
			i++;
			c = escape(text, len, &i, &trouble);
		}
		if (c < 0) {
			diag_hint(diag_error(l->u->diags, at, "%s", trouble),
			          "escapes: \\n \\t \\r \\\" \\\\ \\NNN (octal) \\xNN");
			break;
		}
		s[n++] = (char)c;
	}
	*out = n;
	return s;
}
