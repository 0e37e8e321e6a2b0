/* SPDX-License-Identifier: Apache-2.0 */
/* literal.c - the values of numbers, parameters and strings. */

#include "lexer/lexer.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	diag_error(l->u->diags, span, "Overflow error, maximum value is 18446744073709551615");
	return 0;
}

static uint64_t bad_suffix(struct lexer *l, const char *at, size_t n, struct span span)
{
	diag_hint(diag_error(l->u->diags, span, "Invalid integer suffix '%.*s'", (int)n, at),
	          "a number may end in u, l, ul, ll, ull, ns, us, ms, s, m, h or d");
	return 0;
}

/* 1e6: 'at' holds what stands behind the 'e'. */
static uint64_t exponent(struct lexer *l, uint64_t value, const char *at, size_t n,
                         struct span span)
{
	unsigned int e = 0;

	if (value < 1 || value > 9) {
		diag_error(l->u->diags, span,
		           "Coefficient part of scientific literal must be 1-9: %.*s",
		           (int)span.len, l->u->source.text + span.off);
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
			diag_error(l->u->diags, span, "This number does not fit its suffix '%.*s'",
			           (int)n, at);
			return 0;
		}
		return __builtin_mul_overflow(value, suffixes[i].factor, &value)
		               ? too_large(l, span)
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
		diag_error(l->u->diags, span,
		           strspn(text + i, "_") < len - i ? "An underscore in an integer literal stands between digits"
		                       : "Trailing underscore in integer literal");
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
	diag_error(l->u->diags, span, "Param %s is out of integer range [1, %lld]", text,
	           (long long)INT64_MAX);
	return 0;
}

/* -- strings -- */

/* Reads the escape at text[*i] (behind the backslash); leaves *i on its last character. Returns -1
 * when it is none. */
static int escape(const char *text, size_t len, size_t *i)
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
	if (!n || v > 255)
		return -1;
	*i = at - 1;
	return (int)v;
}

static void bad_escape(struct lexer *l, struct span at, char c)
{
	if (isdigit((unsigned char)c) && c < '8')
		diag_hint(diag_error(l->u->diags, at, "Octal escape sequence out of range"),
		          "the most is \\377");
	else
		diag_hint(diag_error(l->u->diags, at, "Invalid escape character '\\%c'", c),
		          "escapes: \\n \\t \\r \\\" \\\\ \\NNN (octal) \\xNN");
}

char *lexer_string(struct lexer *l, const char *text, size_t len, struct span span, size_t *out)
{
	char *s = arena_alloc(l->u->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		struct span at = { span.off + 1 + (uint32_t)i, 2 };
		int c = (unsigned char)text[i];

		if (text[i] == '\\' && i + 1 < len) {
			i++;
			c = escape(text, len, &i);
		}
		if (c < 0) {
			bad_escape(l, at, text[i]);
			break;
		}
		s[n++] = (char)c;
	}
	*out = n;
	return s;
}
