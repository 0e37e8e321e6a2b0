/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - what the lexer decides by looking ahead, and the values of literals. */

#include "lexer/lexer.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <ctype.h>
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

bool lexer_next_is(const char *p, const char *end, char c)
{
	p = skip_layout(p, end);
	return p < end && *p == c;
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

struct type_shape {
	const char *end;  /* behind the type */
	bool sure;        /* a keyword or suffix says that it is one */
};

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

/* Reads something that looks like a type; false: it does not. */
static bool type_shape(const char *p, const char *end, struct type_shape *t)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	size_t n;

	*t = (struct type_shape){ 0 };
	p = skip_layout(p, end);
	n = word_len(p, end);
	if (!n)
		return false;
	if (word_is(p, n, "typeof")) {
		p = skip_layout(p + n, end);
		p = p < end && *p == '(' ? skip_parens(p, end) : NULL;
		t->sure = true;
		n = 0;
	} else if (is_one_of(p, n, tags, countof(tags))) {
		p = skip_layout(p + n, end);
		n = word_len(p, end);
		t->sure = n > 0;
	} else if (is_value_word(p, n)) {
		return false;
	}
	if (!p)
		return false;
	for (p += n; p; p = skip_suffix(p, end)) {
		t->sure |= t->end != NULL;
		t->end = p;
	}
	return true;
}

bool lexer_is_cast(const char *p, const char *end)
{
	struct type_shape t;

	if (!type_shape(p, end, &t) || !lexer_next_is(t.end, end, ')'))
		return false;
	p = skip_layout(skip_layout(t.end, end) + 1, end);
	if (p >= end)
		return false;
	/* In "(a) == b" or "(a) && b" no operand starts behind the ')'. */
	if (*p == '&' && end - p > 1 && p[1] == '&')
		return false;
	if (*p == '!' && end - p > 1 && p[1] == '=')
		return false;
	return is_word(*p) || strchr("$@\"(-!~*&", *p) != NULL;
}

bool lexer_after_name(const char *text, uint32_t off)
{
	static const char *const keywords[] = { "if", "while", "unroll", "return", "for", "comptime" };
	const char *end, *start;

	while (off && isspace((unsigned char)text[off - 1]))
		off--;
	start = end = text + off;
	while (start > text && is_word(start[-1]))
		start--;
	/* "$x (" is no call. */
	if (start == end || (start > text && (start[-1] == '$' || start[-1] == '@')))
		return false;
	return !isdigit((unsigned char)*start) &&
	       !is_one_of(start, (size_t)(end - start), keywords, countof(keywords));
}

bool lexer_is_type(const char *p, const char *end)
{
	struct type_shape t;

	return type_shape(p, end, &t) &&
	       (lexer_next_is(t.end, end, ')') || lexer_next_is(t.end, end, ','));
}

size_t lexer_attach_len(const char *p, const char *end)
{
	const char *start = p;
	bool quoted = false, colon = false;

	for (; p < end && *p != '\n'; p++) {
		if (quoted && *p == '\\' && end - p > 1) {
			p++;
			continue;
		}
		if (*p == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (isspace((unsigned char)*p) || *p == ',' || *p == '{' || *p == '}' ||
		    (*p == '/' && !colon))
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

size_t lexer_c_len(const char *p, const char *end)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	const char *start = p;
	size_t n = word_len(p, end);
	unsigned int depth = 0;

	if (!is_one_of(p, n, tags, countof(tags)))
		return 0;
	for (p += n; p < end && *p != '{'; p++)
		if (*p == ':' || *p == ';' || *p == '/')
			return *p == ';' ? (size_t)(p + 1 - start) : 0;
	for (; p < end; p++) {
		depth += *p == '{';
		depth -= *p == '}';
		if (!depth)
			break;
	}
	if (p >= end)
		return 0;
	p = skip_layout(p + 1, end);
	if (end - p > 13 && !strncmp(p, "__attribute__", 13)) {
		p = skip_layout(p + 13, end);
		p = p < end && *p == '(' ? skip_parens(p, end) : p;
		p = p ? skip_layout(p, end) : end;
	}
	return (size_t)((p < end && *p == ';' ? p + 1 : p) - start);
}

/* -- numbers -- */

static const struct {
	const char *text;
	uint64_t factor, most;
} suffixes[] = {
	{ "", 1, UINT64_MAX },
	{ "u", 1, UINT32_MAX },
	{ "l", 1, INT64_MAX },
	{ "ul", 1, UINT64_MAX },
	{ "ll", 1, INT64_MAX },
	{ "ull", 1, UINT64_MAX },
	{ "ns", 1, UINT64_MAX },
	{ "us", 1000, UINT64_MAX },
	{ "ms", 1000000, UINT64_MAX },
	{ "s", 1000000000, UINT64_MAX },
	{ "m", 60000000000, UINT64_MAX },
	{ "h", 3600000000000, UINT64_MAX },
	{ "d", 86400000000000, UINT64_MAX },
};

static uint64_t too_large(struct lexer *l, struct span span)
{
	diag_error(l->u->diags, span, "this number is too large: the most is 18446744073709551615");
	return 0;
}

static uint64_t exponent(struct lexer *l, uint64_t value, const char *at, size_t n, struct span span)
{
	unsigned int e = 0;

	if (value < 1 || value > 9) {
		diag_error(l->u->diags, span, "the coefficient of a number like 1e6 is one digit, 1 to 9");
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		e = e < 100 ? e * 10 + (unsigned int)(at[i] - '0') : e;
	while (e--)
		if (__builtin_mul_overflow(value, 10, &value))
			return too_large(l, span);
	return value;
}

static uint64_t with_suffix(struct lexer *l, uint64_t value, const char *at, size_t n,
                            struct span span)
{
	for (size_t i = 0; i < countof(suffixes); i++) {
		if (strlen(suffixes[i].text) != n || strncasecmp(suffixes[i].text, at, n))
			continue;
		if (value > suffixes[i].most) {
			diag_error(l->u->diags, span, "this number does not fit its suffix '%.*s'", (int)n,
			           at);
			return 0;
		}
		return __builtin_mul_overflow(value, suffixes[i].factor, &value) ? too_large(l, span)
		                                                                 : value;
	}
	diag_hint(diag_error(l->u->diags, span, "invalid integer suffix '%.*s'", (int)n, at),
	          "a number may end in u, l, ul, ll, ull, ns, us, ms, s, m, h or d");
	return 0;
}

uint64_t lexer_number(struct lexer *l, const char *text, size_t len, struct span span)
{
	unsigned int base = 10;
	uint64_t value = 0;
	size_t i = 0;

	if (len > 2 && text[0] == '0' && (text[1] | 32) == 'x')
		base = 16, i = 2;
	else if (len > 2 && text[0] == '0' && (text[1] | 32) == 'b')
		base = 2, i = 2;
	else if (len > 1 && text[0] == '0' && isdigit((unsigned char)text[1]))
		base = 8;
	for (; i < len; i++) {
		int c = tolower((unsigned char)text[i]);
		unsigned int digit = isdigit(c) ? (unsigned int)(c - '0') : (unsigned int)(c - 'a' + 10);

		if (c == '_' && i + 1 < len && isxdigit((unsigned char)text[i + 1]))
			continue;
		if (!isalnum(c) || digit >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
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

/* -- strings -- */

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Reads the escape at text[*i] (behind the backslash); leaves *i on its last character. */
static int escape(struct lexer *l, const char *text, size_t len, size_t *i, struct span span)
{
	static const char letters[] = "ntr\"\\";
	static const char values[] = "\n\t\r\"\\";
	char c = text[*i];
	const char *known = strchr(letters, c);

	if (c >= '0' && c <= '7') {
		int v = 0, n = 0;

		for (; n < 3 && *i < len && text[*i] >= '0' && text[*i] <= '7'; n++, (*i)++)
			v = v * 8 + text[*i] - '0';
		(*i)--;
		if (v > 255)
			diag_error(l->u->diags, span, "octal escape out of range: the most is \\377");
		return v & 255;
	}
	if ((c | 32) == 'x' && *i + 1 < len && hex_digit(text[*i + 1]) >= 0) {
		int v = hex_digit(text[++*i]);

		if (*i + 1 < len && hex_digit(text[*i + 1]) >= 0)
			v = v * 16 + hex_digit(text[++*i]);
		return v;
	}
	if (c && known)
		return (unsigned char)values[known - letters];
	diag_hint(diag_error(l->u->diags, span, "invalid escape character '\\%c'",
	                     isprint((unsigned char)c) ? c : '?'),
	          "escapes: \\n \\t \\r \\\" \\\\ \\NNN (octal) \\xNN");
	return c;
}

char *lexer_string(struct lexer *l, const char *text, size_t len, struct span span, size_t *out)
{
	char *s = arena_alloc(l->u->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len) {
			struct span at = { span.off + 1 + (uint32_t)i, 2 };

			i++;
			s[n++] = (char)escape(l, text, len, &i, at);
		} else {
			s[n++] = text[i];
		}
	}
	*out = n;
	return s;
}
