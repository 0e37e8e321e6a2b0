/* SPDX-License-Identifier: Apache-2.0 */
/*
 * constant.c - constant expressions: sizes of arrays, values of enumerators, widths of bit fields,
 * conditions of #if, and macros that stand for a number.
 *
 * Integers are 32 or 64 bits wide, signed or not, and mix as C says (6.3.1.8).
 */

#include "cdef/private.h"

#include "base/bug.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 200 };

static struct c_value ternary(struct c_reader *r, bool in_if);
static struct c_value unary(struct c_reader *r, bool in_if);

static struct c_value make(int64_t v, bool is_unsigned, bool narrow)
{
	if (narrow)
		v = is_unsigned ? (int64_t)(uint32_t)v : (int64_t)(int32_t)v;
	return (struct c_value){ v, is_unsigned, narrow };
}

static struct c_value truth(bool yes)
{
	return make(yes, false, true);
}

/* -- literals -- */

static struct c_value number(struct c_reader *r, const struct c_token *t)
{
	char digits[72], *end;
	bool is_unsigned = false, is_long = false;
	int base = 0;
	uint64_t v;

	snprintf(digits, sizeof(digits), "%.*s", (int)t->len, t->text);
	if (digits[0] == '0' && (digits[1] | 32) == 'b')
		base = 2;
	v = strtoull(digits + (base ? 2 : 0), &end, base);
	for (; *end && strchr("uUlL", *end); end++) {
		is_unsigned |= (*end | 32) == 'u';
		is_long |= (*end | 32) == 'l';
	}
	if (*end || t->len >= sizeof(digits))
		c_error_at(r, t->span, "'%.*s' is no integer", (int)t->len, t->text);
	if (digits[0] == '0' && !is_unsigned) /* hex and octal ones may be unsigned */
		is_unsigned = v > INT64_MAX || (v > INT32_MAX && v <= UINT32_MAX && !is_long);
	is_unsigned |= v > INT64_MAX;
	is_long |= v > UINT32_MAX || (v > INT32_MAX && !is_unsigned);
	return make((int64_t)v, is_unsigned, !is_long);
}

static struct c_value character(struct c_reader *r, const struct c_token *t)
{
	static const char letters[] = "abefnrtv0", values[] = "\a\b\033\f\n\r\t\v";
	const char *p = t->text + 1;
	const char *found;

	if (t->len < 3 || t->text[t->len - 1] != '\'') {
		c_error_at(r, t->span, "This character is not closed");
	} else if (*p != '\\') {
		if (t->len == 3)
			return make((signed char)*p, false, true);
		c_error_at(r, t->span, "One character stands between single quotes");
	} else if (p[1] == 'x') {
		return make((signed char)strtoul(p + 2, NULL, 16), false, true);
	} else if (isdigit((unsigned char)p[1])) {
		return make((signed char)strtoul(p + 1, NULL, 8), false, true);
	} else {
		found = strchr(letters, p[1]);
		return make(found ? values[found - letters] : p[1], false, true);
	}
	return truth(false);
}

/* -- names -- */

static struct c_value name(struct c_reader *r, const struct c_token *t, bool in_if)
{
	const struct c_enumerator *e = map_get(&r->c->enumerators, t->text);
	int64_t value;

	if (e)
		return make(e->value, false, e->value == (int32_t)e->value);
	if (!strcmp(t->text, "true") || !strcmp(t->text, "false"))
		return truth(*t->text == 't');
	if (in_if)
		return truth(false);
	if (!r->quiet && r->c->hooks->enumerator(r->c->u, t->text, &value))
		return make(value, false, value == (int32_t)value);
	c_error_at(r, t->span, "'%s' is no constant that is known here", t->text);
	return truth(false);
}

static struct c_value size_of(struct c_reader *r)
{
	struct c_type t = { 0 };

	if (c_take(r, '(')) {
		if (c_type_begins(r))
			t = c_type_name(r);
		else
			c_error(r, "Sizeof takes a type here");
		c_expect(r, ')', "sizeof(type");
	} else {
		c_error(r, "Sizeof takes a type in parentheses here");
	}
	return make((int64_t)t.size, true, false);
}

static struct c_value cast(struct c_reader *r, bool in_if)
{
	struct c_type t = c_type_name(r);
	struct c_value v;

	c_expect(r, ')', "(type");
	v = unary(r, in_if);
	if (!type_is_int(t.type) && t.type->kind != KIND_BOOL) {
		if (t.type->kind != KIND_POINTER)
			c_error(r, "A constant is an integer");
		return make(v.v, true, false);
	}
	if (t.type->kind == KIND_BOOL)
		return truth(v.v);
	if (t.size < 4) {
		unsigned int up = 64 - 8 * (unsigned int)t.size;
		uint64_t cut = (uint64_t)v.v << up;

		return make(t.type->is_signed ? (int64_t)cut >> up : (int64_t)(cut >> up), false,
		            true);
	}
	return make(v.v, !t.type->is_signed, t.size == 4);
}

/* -- operators -- */

static struct c_value primary(struct c_reader *r, bool in_if)
{
	const struct c_token *t = c_next(r);
	struct c_value v;

	switch (t->kind) {
	case C_NUMBER: return number(r, t);
	case C_CHAR: return character(r, t);
	case C_NAME: return strcmp(t->text, "sizeof") ? name(r, t, in_if) : size_of(r);
	case C_MARK:
		if (t->mark == '(' && !in_if && c_type_begins(r))
			return cast(r, in_if);
		if (t->mark == '(') {
			v = ternary(r, in_if);
			c_expect(r, ')', "an expression in parentheses");
			return v;
		}
		break;
	case C_STRING:
	case C_END: break;
	}
	c_error_at(r, t->span, "A constant is expected here");
	return truth(false);
}

static struct c_value unary(struct c_reader *r, bool in_if)
{
	struct c_value v = { 0 };

	if (++r->depth > DEEPEST)
		c_error(r, "This expression is nested too deep");
	if (r->failed)
		;
	else if (c_take(r, '-'))
		v = unary(r, in_if), v = make((int64_t) - (uint64_t)v.v, v.is_unsigned, v.narrow);
	else if (c_take(r, '+'))
		v = unary(r, in_if);
	else if (c_take(r, '~'))
		v = unary(r, in_if), v = make(~v.v, v.is_unsigned, v.narrow);
	else if (c_take(r, '!'))
		v = truth(!unary(r, in_if).v);
	else
		v = primary(r, in_if);
	r->depth--;
	return v;
}

static const struct {
	int mark, level;
} binaries[] = {
	{ MARK('|', '|'), 1 },
	{ MARK('&', '&'), 2 },
	{ '|', 3 },
	{ '^', 4 },
	{ '&', 5 },
	{ MARK('=', '='), 6 },
	{ MARK('!', '='), 6 },
	{ '<', 7 },
	{ '>', 7 },
	{ MARK('<', '='), 7 },
	{ MARK('>', '='), 7 },
	{ MARK('<', '<'), 8 },
	{ MARK('>', '>'), 8 },
	{ '+', 9 },
	{ '-', 9 },
	{ '*', 10 },
	{ '/', 10 },
	{ '%', 10 },
};

static int level_of(const struct c_token *t)
{
	for (size_t i = 0; t->kind == C_MARK && i < countof(binaries); i++)
		if (binaries[i].mark == t->mark)
			return binaries[i].level;
	return 0;
}

static struct c_value divide(struct c_reader *r, int mark, struct c_value a, struct c_value b,
                             bool is_unsigned, bool narrow)
{
	uint64_t ua = (uint64_t)a.v, ub = (uint64_t)b.v;

	if (!b.v) {
		if (!r->skipping)
			c_error(r, "Division by zero");
		return truth(false);
	}
	if (is_unsigned)
		return make((int64_t)(mark == '/' ? ua / ub : ua % ub), true, narrow);
	if (b.v == -1)
		return make(mark == '/' ? (int64_t)-ua : 0, false, narrow);
	return make(mark == '/' ? a.v / b.v : a.v % b.v, false, narrow);
}

static struct c_value shift(int mark, struct c_value a, struct c_value b)
{
	unsigned int n = (unsigned int)b.v & (a.narrow ? 31 : 63);

	if (mark == MARK('<', '<'))
		return make((int64_t)((uint64_t)a.v << n), a.is_unsigned, a.narrow);
	return make(a.is_unsigned ? (int64_t)((uint64_t)a.v >> n) : a.v >> n, a.is_unsigned,
	            a.narrow);
}

static bool less(struct c_value a, struct c_value b, bool is_unsigned)
{
	return is_unsigned ? (uint64_t)a.v < (uint64_t)b.v : a.v < b.v;
}

static struct c_value apply(struct c_reader *r, int mark, struct c_value a, struct c_value b)
{
	bool narrow = a.narrow && b.narrow;
	/* The wider one decides; of equal width, the unsigned one. */
	bool is_unsigned =
		(a.is_unsigned && (a.narrow == narrow)) || (b.is_unsigned && (b.narrow == narrow));
	uint64_t ua, ub;

	if (mark == MARK('<', '<') || mark == MARK('>', '>'))
		return shift(mark, a, b);
	a = make(a.v, is_unsigned, narrow);
	b = make(b.v, is_unsigned, narrow);
	ua = (uint64_t)a.v;
	ub = (uint64_t)b.v;
	switch (mark) {
	case MARK('|', '|'): return truth(a.v || b.v);
	case MARK('&', '&'): return truth(a.v && b.v);
	case '|': return make(a.v | b.v, is_unsigned, narrow);
	case '^': return make(a.v ^ b.v, is_unsigned, narrow);
	case '&': return make(a.v & b.v, is_unsigned, narrow);
	case MARK('=', '='): return truth(a.v == b.v);
	case MARK('!', '='): return truth(a.v != b.v);
	case '<': return truth(less(a, b, is_unsigned));
	case '>': return truth(less(b, a, is_unsigned));
	case MARK('<', '='): return truth(!less(b, a, is_unsigned));
	case MARK('>', '='): return truth(!less(a, b, is_unsigned));
	case '+': return make((int64_t)(ua + ub), is_unsigned, narrow);
	case '-': return make((int64_t)(ua - ub), is_unsigned, narrow);
	case '*': return make((int64_t)(ua * ub), is_unsigned, narrow);
	default: return divide(r, mark, a, b, is_unsigned, narrow);
	}
}

/* Operators of at least this level. */
static struct c_value binary(struct c_reader *r, int least, bool in_if)
{
	struct c_value left = unary(r, in_if);
	int level;

	while (!r->failed && (level = level_of(c_peek(r))) && level >= least) {
		int mark = c_next(r)->mark;
		bool skip =
			(mark == MARK('&', '&') && !left.v) || (mark == MARK('|', '|') && left.v);
		struct c_value right;

		r->skipping += skip;
		right = binary(r, level + 1, in_if);
		r->skipping -= skip;
		left = apply(r, mark, left, right);
	}
	return left;
}

static struct c_value ternary(struct c_reader *r, bool in_if)
{
	struct c_value cond = binary(r, 1, in_if), yes, no;

	if (r->failed || !c_take(r, '?'))
		return cond;
	if (++r->depth > DEEPEST)
		c_error(r, "This expression is nested too deep");
	r->skipping += !cond.v;
	yes = ternary(r, in_if);
	r->skipping -= !cond.v;
	c_expect(r, ':', "a ? b");
	r->skipping += cond.v != 0;
	no = r->failed ? yes : ternary(r, in_if);
	r->skipping -= cond.v != 0;
	r->depth--;
	return cond.v ? yes : no;
}

struct c_value c_constant(struct c_reader *r, bool in_if)
{
	return ternary(r, in_if);
}

bool c_evaluate(struct cdefs *c, const struct c_token *t, size_t n, bool in_if, bool quiet,
                struct c_value *out)
{
	struct c_token end = { .kind = C_END, .span = n ? t[n - 1].span : SPAN_NONE };
	struct c_reader r = { .c = c, .quiet = quiet };
	struct c_tokens all = { 0 };

	for (size_t i = 0; i < n; i++)
		vec_push_in(c->u->arena, &all.list, t[i]);
	vec_push_in(c->u->arena, &all.list, end);
	r.tok = all.list.v;
	*out = c_constant(&r, in_if);
	if (!r.failed && c_peek(&r)->kind != C_END)
		c_error(&r, "This does not belong to a constant");
	return !r.failed;
}
