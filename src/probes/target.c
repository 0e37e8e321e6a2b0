/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - what the kinds share in reading attach points. */

#include "probes/target.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void target_name(struct probe_env *env, struct probe_target *t, const char *fmt, ...)
{
	char text[4096 + 512];
	va_list ap;

	if (t->flags & TARGET_NAMED)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->name = arena_strdup(env->arena, text);
}

bool target_parts(struct probe_env *env, const struct attach_point *ap, size_t min, size_t max)
{
	const struct probe_kind *kind = probe_kind_find(ap->part[0]);
	size_t n = ap->parts - 1;
	struct diag *d;

	if (n >= min && n <= max)
		return true;
	if (min == max)
		d = diag_error(env->diags, ap->span,
		               "%s probe type requires %zu argument%s, found %zu", ap->part[0], min,
		               min == 1 ? "" : "s", n);
	else
		d = diag_error(env->diags, ap->span,
		               "%s probe type requires %zu %s %zu arguments, found %zu",
		               ap->part[0], min, max == min + 1 ? "or" : "to", max, n);
	if (kind && kind->synopsis)
		diag_hint(d, "it is written as %s", kind->synopsis);
	return false;
}

bool target_symbol(struct probe_env *env, const struct attach_point *ap, struct probe_target *t,
                   const char *missing)
{
	if (!target_parts(env, ap, 1, 2))
		return false;
	t->symbol = ap->part[ap->parts - 1];
	if (ap->parts == 3)
		t->module = ap->part[1];
	if (!*t->symbol)
		target_error(env, t, "%s", missing);
	return *t->symbol;
}

int target_error(struct probe_env *env, const struct probe_target *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_verror(env->diags, t->span, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* -- numbers -- */

static int digit_value(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;
}

/* Digits of a base, '_' between them. Returns what follows, or NULL on none or overflow. */
static const char *read_digits(const char *at, unsigned int base, uint64_t *value)
{
	const char *start = at;

	for (*value = 0; digit_value(*at) < (int)base || (*at == '_' && at > start); at++) {
		if (*at == '_')
			continue;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit_value(*at), value))
			return NULL;
	}
	return at == start || at[-1] == '_' ? NULL : at;
}

static bool apply_exponent(const char *at, struct number *n)
{
	uint64_t exponent;

	at = read_digits(at, 10, &exponent);
	if (!at || *at)
		return false;
	while (exponent--)
		if (__builtin_mul_overflow(n->value, 10, &n->value))
			return false;
	return true;
}

static bool apply_unit(const char *unit, struct number *n)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", 60000000000 },
		{ "h", 3600000000000 },
		{ "d", 86400000000000 },
	};

	for (size_t i = 0; i < countof(units); i++) {
		if (strcmp(unit, units[i].name))
			continue;
		n->duration = true;
		return !__builtin_mul_overflow(n->value, units[i].ns, &n->value);
	}
	return false;
}

bool parse_number(const char *text, struct number *n)
{
	unsigned int base = 10;
	const char *at = text;

	*n = (struct number){ 0 };
	if (at[0] == '0' && at[1]) {
		char c = (char)tolower((unsigned char)at[1]);

		base = c == 'x' ? 16 : c == 'b' ? 2 : isdigit((unsigned char)c) ? 8 : 10;
		at += c == 'x' || c == 'b' ? 2 : 0;
	}
	at = read_digits(at, base, &n->value);
	if (!at)
		return false;
	if (!*at)
		return true;
	if (base == 10 && (*at == 'e' || *at == 'E'))
		return apply_exponent(at + 1, n);
	return base == 10 && apply_unit(at, n);
}

/* -- functions -- */

static int read_offset(struct probe_env *env, const char *text, struct probe_target *t)
{
	struct number n;

	if (strchr(text, '+'))
		return target_error(env, t, "Cannot take more than one offset");
	if (!parse_number(text, &n) || n.duration)
		return target_error(env, t, "Invalid offset: '%s'", text);
	t->offset = n.value;
	return 0;
}

int target_function(struct probe_env *env, const char *text, struct probe_target *t)
{
	const char *plus = strchr(text, '+');
	struct number n;

	if (!plus && parse_number(text, &n) && !n.duration) {
		if (!env->unsafe) {
			diag_hint(diag_error(env->diags, t->span,
			                     "Probing by address requires --unsafe"),
			          "an address inside an instruction corrupts what runs there");
			return -EINVAL;
		}
		t->address = n.value;
		t->flags |= TARGET_UNSAFE;
		return 0;
	}
	if (!plus) {
		t->symbol = text;
		return 0;
	}
	t->symbol = arena_memdup(env->arena, text, (size_t)(plus - text));
	return read_offset(env, plus + 1, t);
}

void list_line(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
               const char *text, probe_match_fn *fn, void *arg)
{
	struct probe_target t = { .kind = kind, .span = SPAN_NONE };

	if (!wildcard_match(pattern, text))
		return;
	target_name(env, &t, "%s:%s", kind->name, text);
	fn(arg, &t);
}
