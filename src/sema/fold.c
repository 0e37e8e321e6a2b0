/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.c - literals computed at compile time, in 128 bits, so that overflow is seen.
 */

#include "sema/fold.h"

#include "base/arena.h"
#include "base/bug.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef __int128 wide;

static bool is_int(const struct expr *e)
{
	return e->literal && (e->kind == EXPR_INT || e->kind == EXPR_BOOL);
}

static wide value_of(const struct expr *e)
{
	if (e->kind == EXPR_BOOL)
		return e->boolean.value;
	return e->integer.negative ? (wide)(int64_t)e->integer.value : (wide)e->integer.value;
}

int64_t literal_value(const struct expr *e)
{
	return (int64_t)value_of(e);
}

static void become_int(struct expr *e, wide v)
{
	expr_become_int(e, (uint64_t)v, v < 0, NULL);
}

static void become(struct expr *e, const struct expr *other)
{
	struct span span = e->span;

	*e = *other;
	e->span = span;
}

static bool fits(wide v)
{
	return v >= INT64_MIN && v <= (wide)UINT64_MAX;
}

/* The result of an arithmetic operator; false: it has none that fits. */
static bool arithmetic(enum binary_op op, wide l, wide r, wide *v)
{
	switch (op) {
	case BINARY_ADD: *v = l + r; break;
	case BINARY_SUB: *v = l - r; break;
	case BINARY_MUL: return !__builtin_mul_overflow(l, r, v) && fits(*v);
	case BINARY_DIV:
		if (!r)
			return false;
		*v = l / r;
		break;
	case BINARY_MOD:
		if (!r)
			return false;
		*v = l % r;
		break;
	case BINARY_SHL:
		if (r < 0 || r >= 64)
			return false;
		*v = l * ((wide)1 << r);
		break;
	case BINARY_SHR:
		if (r < 0 || r >= 64)
			return false;
		*v = l >> r;
		break;
	case BINARY_AND: *v = l & r; break;
	case BINARY_OR: *v = l | r; break;
	case BINARY_XOR: *v = l ^ r; break;
	case BINARY_EQ:
	case BINARY_NE:
	case BINARY_LT:
	case BINARY_LE:
	case BINARY_GT:
	case BINARY_GE:
	case BINARY_LAND:
	case BINARY_LOR:
	case BINARY_NONE: return false;
	}
	return fits(*v);
}

static bool comparison(enum binary_op op, wide l, wide r, bool *v)
{
	switch (op) {
	case BINARY_EQ: *v = l == r; return true;
	case BINARY_NE: *v = l != r; return true;
	case BINARY_LT: *v = l < r; return true;
	case BINARY_LE: *v = l <= r; return true;
	case BINARY_GT: *v = l > r; return true;
	case BINARY_GE: *v = l >= r; return true;
	case BINARY_LAND: *v = l && r; return true;
	case BINARY_LOR: *v = l || r; return true;
	case BINARY_ADD:
	case BINARY_SUB:
	case BINARY_MUL:
	case BINARY_DIV:
	case BINARY_MOD:
	case BINARY_SHL:
	case BINARY_SHR:
	case BINARY_AND:
	case BINARY_OR:
	case BINARY_XOR:
	case BINARY_NONE: return false;
	}
	return false;
}

static void fold_ints(struct unit *u, struct expr *e)
{
	wide l = value_of(e->binary.left), r = value_of(e->binary.right), v = 0;
	bool truth;

	if (comparison(e->binary.op, l, r, &truth)) {
		expr_become_bool(e, truth);
		return;
	}
	if (arithmetic(e->binary.op, l, r, &v)) {
		const char *text = e->binary.op == BINARY_ADD ? e->binary.left->param_text : NULL;

		/* str($1 + 2) is the parameter's text from there on, also when that is a number. */
		if (text && r >= 0 && r <= (wide)strlen(text))
			e->param_text = text + (size_t)r;
		become_int(e, v);
		return;
	}
	if ((e->binary.op == BINARY_DIV || e->binary.op == BINARY_MOD) && !r)
		diag_error(u->diags, e->span, "Division by zero");
	else
		diag_error(u->diags, e->span,
		           "Unable to fold literals due to overflow or underflow");
	e->kind = EXPR_BAD;
}

static bool is_string(const struct expr *e)
{
	return e->kind == EXPR_STRING;
}

static void fold_strings(struct unit *u, struct expr *e)
{
	const struct expr *l = e->binary.left, *r = e->binary.right;
	bool same = !strcmp(l->string.text, r->string.text);
	struct strbuf sb = STRBUF_INIT;

	switch (e->binary.op) {
	case BINARY_EQ: expr_become_bool(e, same); break;
	case BINARY_NE: expr_become_bool(e, !same); break;
	case BINARY_ADD:
		strbuf_add(&sb, l->string.text, l->string.len);
		strbuf_add(&sb, r->string.text, r->string.len);
		expr_become_string(e, arena_memdup(u->arena, sb.buf, sb.len), sb.len);
		strbuf_release(&sb);
		break;
	case BINARY_SUB:
	case BINARY_MUL:
	case BINARY_DIV:
	case BINARY_MOD:
	case BINARY_SHL:
	case BINARY_SHR:
	case BINARY_AND:
	case BINARY_OR:
	case BINARY_XOR:
	case BINARY_LT:
	case BINARY_LE:
	case BINARY_GT:
	case BINARY_GE:
	case BINARY_LAND:
	case BINARY_LOR:
	case BINARY_NONE: break; /* types reports it */
	}
}

/* "foo" + 1 is the text from there on. */
static void fold_substring(struct unit *u, struct expr *e)
{
	const struct expr *s = e->binary.left;
	wide at = value_of(e->binary.right);

	if (at < 0) {
		diag_error(u->diags, e->binary.right->span, "Negative value will underflow");
		e->kind = EXPR_BAD;
		return;
	}
	if (at > (wide)s->string.len) {
		diag_warning(u->diags, e->span, "Literal string will always be empty");
		at = (wide)s->string.len;
	}
	expr_become_string(e, s->string.text + at, s->string.len - (size_t)at);
}

static void fold_binary(struct unit *u, struct expr *e)
{
	const struct expr *l = e->binary.left, *r = e->binary.right;

	if (is_int(l) && is_int(r))
		fold_ints(u, e);
	else if (is_string(l) && is_string(r))
		fold_strings(u, e);
	else if (is_string(l) && is_int(r) && e->binary.op == BINARY_ADD)
		fold_substring(u, e);
}

static void fold_unary(struct unit *u, struct expr *e)
{
	const struct expr *op = e->unary.operand;
	wide v;

	if (!is_int(op))
		return;
	v = value_of(op);
	switch (e->unary.op) {
	case UNARY_NEG:
		if (fits(-v)) {
			become_int(e, -v);
		} else {
			diag_error(u->diags, e->span, "Negative value will underflow");
			e->kind = EXPR_BAD;
		}
		break;
	case UNARY_NOT: expr_become_bool(e, !v); break;
	case UNARY_COMPL: become_int(e, v < 0 ? ~v : (wide) ~(uint64_t)v); break;
	case UNARY_DEREF:
	case UNARY_ADDR: break;
	}
}

static void fold_ternary(struct expr *e)
{
	const struct expr *cond = e->ternary.cond;

	if (is_int(cond))
		become(e, !value_of(cond) ? e->ternary.no : e->ternary.yes ? e->ternary.yes : cond);
}

static void fold_index(struct unit *u, struct expr *e)
{
	const struct expr *s = e->index.base, *i = e->index.index;
	wide at;

	if (!is_string(s) || !is_int(i))
		return;
	at = value_of(i);
	if (at < 0 || at > (wide)s->string.len) {
		diag_error(u->diags, e->span,
		           "The index %lld is out of bounds for array of size %zu", (long long)at,
		           s->string.len + 1);
		e->kind = EXPR_BAD;
		return;
	}
	become_int(e, (signed char)s->string.text[(size_t)at]);
}

/* A literal in a record stands for itself, and the record need not be made. */
static void fold_field(struct expr *e)
{
	const struct expr *base = e->field.base;

	for (size_t i = 0; base->kind == EXPR_RECORD && i < base->tuple.elems; i++) {
		if (base->tuple.name[i] == e->field.name && base->tuple.elem[i]->literal) {
			become(e, base->tuple.elem[i]);
			return;
		}
	}
}

void fold_expr(struct unit *u, struct expr *e)
{
	/* Results of operations on enumerators are plain integers; the name stays with the name. */
	if (e->kind == EXPR_BINARY)
		fold_binary(u, e);
	else if (e->kind == EXPR_UNARY)
		fold_unary(u, e);
	else if (e->kind == EXPR_TERNARY)
		fold_ternary(e);
	else if (e->kind == EXPR_INDEX)
		fold_index(u, e);
	else if (e->kind == EXPR_FIELD)
		fold_field(e);
	else if (e->kind == EXPR_COMPTIME && e->unary.operand->literal)
		become(e, e->unary.operand);
}

/* -- numbers in text -- */

static const struct {
	const char *text;
	uint64_t ns;
} units[] = {
	{ "ns", 1 },          { "us", 1000 },         { "ms", 1000000 },       { "s", 1000000000 },
	{ "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 },
};

static bool scale(uint64_t *value, uint64_t factor)
{
	return !__builtin_mul_overflow(*value, factor, value);
}

/* 'e5' or a unit behind the digits. */
static bool number_suffix(const char *at, uint64_t *value)
{
	if (*at == 'e' && isdigit((unsigned char)at[1])) {
		char *end;
		unsigned long exponent = strtoul(at + 1, &end, 10);

		while (exponent--)
			if (exponent > 20 || !scale(value, 10))
				return false;
		return !*end;
	}
	for (size_t i = 0; i < countof(units); i++)
		if (!strcmp(at, units[i].text))
			return scale(value, units[i].ns);
	return false;
}

bool number_parse(const char *text, uint64_t *value, bool *negative)
{
	char digits[72];
	size_t n = 0;
	int base = 10;
	char *end;

	*negative = *text == '-';
	text += *negative;
	if (!isdigit((unsigned char)*text))
		return false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		base = 16, text += 2;
	else if (text[0] == '0' && (text[1] == 'b' || text[1] == 'B'))
		base = 2, text += 2;
	else if (text[0] == '0' && isdigit((unsigned char)text[1]))
		base = 8;
	for (; *text && n < sizeof(digits) - 1; text++) {
		if (*text == '_' && n && isxdigit((unsigned char)text[1]))
			continue;
		if (base == 16 ? !isxdigit((unsigned char)*text) : !isdigit((unsigned char)*text))
			break;
		digits[n++] = *text;
	}
	digits[n] = '\0';
	errno = 0;
	*value = strtoull(digits, &end, base);
	if (!n || *end || errno)
		return false;
	if (*text && !(base == 10 && number_suffix(text, value)))
		return false;
	if (*negative && *value > (uint64_t)INT64_MAX + 1)
		return false;
	if (*negative)
		*value = -*value;
	*negative = *negative && *value;
	return true;
}

void param_literal(struct unit *u, struct expr *e)
{
	uint64_t n = e->integer.value, value;
	const char *text;
	bool negative;

	if (n > u->params) {
		diag_warning(u->diags, e->span,
		             "Positional parameter $%llu is empty or not provided",
		             (unsigned long long)n);
		expr_become_int(e, 0, false, type_int(u->types, 8, true));
		e->param_text = "";
		return;
	}
	text = u->param[n - 1];
	if (number_parse(text, &value, &negative))
		expr_become_int(e, value, negative,
		                type_int(u->types, 8, negative || value <= INT64_MAX));
	else
		expr_become_string(e, text, strlen(text));
	e->param_text = text;
}
