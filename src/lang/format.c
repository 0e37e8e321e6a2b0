/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.c - formats against their arguments.
 *
 *	%[-][+][space][#][0][width][.precision][hh h l ll j z t L]conversion
 *
 * Conversions: d i u o x X c p s, r rx rh for buffers, gr for allocation flags of the kernel.
 */

#include "lang/format.h"

#include "base/bug.h"

#include <string.h>

/* What a conversion takes. */
static bool takes_int(const struct type *t)
{
	return type_is_int(t) || t->kind == KIND_BOOL || t->kind == KIND_POINTER;
}

static bool takes_text(const struct type *t)
{
	return t->kind != KIND_NONE && (!type_is_aggregation(t) || type_is_castable(t));
}

static bool takes_buffer(const struct type *t)
{
	return t->kind == KIND_BUFFER;
}

static const struct {
	const char *text; /* longer ones first */
	bool (*takes)(const struct type *t);
} conversions[] = {
	{ "rx", takes_buffer }, { "rh", takes_buffer }, { "gr", takes_int }, { "d", takes_int },
	{ "i", takes_int },     { "u", takes_int },     { "o", takes_int },  { "x", takes_int },
	{ "X", takes_int },     { "c", takes_int },     { "p", takes_int },  { "s", takes_text },
	{ "r", takes_buffer },
};

/* The conversion at text; its length in *len. NULL: there is none. */
static bool (*conversion(const char *text, size_t *len))(const struct type *t)
{
	for (size_t i = 0; i < countof(conversions); i++) {
		*len = strlen(conversions[i].text);
		if (!strncmp(text, conversions[i].text, *len))
			return conversions[i].takes;
	}
	*len = *text != '\0';
	return NULL;
}

static const char *skip_modifiers(const char *at)
{
	at += strspn(at, "-+ #0");
	at += strspn(at, "0123456789*");
	if (*at == '.')
		at += 1 + strspn(at + 1, "0123456789*");
	return at + strspn(at, "hljztL");
}

static const struct type *check_one(struct sema *s, struct expr *call, size_t arg, const char *spec,
                                    size_t spec_len, bool (*takes)(const struct type *t))
{
	const struct expr *e = call->call.arg[arg];
	struct diag *d;

	if (e->type == &type_unknown || e->type == &type_error || takes(e->type))
		return &type_none;
	d = diag_error(s->diags, e->span, "'%.*s' does not print %s", (int)spec_len, spec,
	               e->type->kind == KIND_NONE ? "what has no value" : type_name(s->ty, e->type));
	if (type_is_castable(e->type))
		diag_hint(d, "cast it to an integer, or print it with %%s");
	else if (takes_text(e->type))
		diag_hint(d, "print it with %%s");
	return &type_error;
}

const struct type *format_check(struct sema *s, struct expr *call)
{
	const struct expr *format = call->call.arg[0];
	size_t supplied = call->call.args - 1, wanted = 0;
	const struct type *result = &type_none;

	for (const char *at = format->string.text; (at = strchr(at, '%')); at++) {
		const char *end = skip_modifiers(at + 1);
		bool (*takes)(const struct type *t);
		size_t len;

		if (at[1] == '%') {
			at++;
			continue;
		}
		takes = conversion(end, &len);
		if (!takes) {
			diag_hint(diag_error(s->diags, format->span,
			                     "'%.*s' is no conversion of %s()", (int)(end + len - at), at,
			                     call->call.name),
			          "conversions: %%d %%u %%x %%c %%p %%s %%r; %%%% prints a '%%'");
			return &type_error;
		}
		if (++wanted <= supplied &&
		    check_one(s, call, wanted, at, (size_t)(end + len - at), takes) == &type_error)
			result = &type_error;
		at = end + len - 1;
	}
	if (wanted == supplied)
		return result;
	diag_error(s->diags, call->span, "%s arguments for the format: %zu given, %zu expected",
	           wanted > supplied ? "not enough" : "too many", supplied, wanted);
	return &type_error;
}
