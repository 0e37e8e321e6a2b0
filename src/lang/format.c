/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - formats against their arguments. */

#include "lang/format.h"

#include "base/arena.h"
#include "base/bug.h"
#include "image/convert.h"

#include <ctype.h>
#include <string.h>

/* -- what a conversion takes -- */

static bool takes_int(const struct type *t)
{
	return type_is_int(t) || t->kind == KIND_BOOL || t->kind == KIND_POINTER;
}

static bool takes_text(const struct type *t)
{
	if (t->kind == KIND_TUPLE && !t->fields)
		return false;
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

/* -- reading a format -- */

static const char *skip_modifiers(const char *at)
{
	at += strspn(at, "-+ #0");
	at += strspn(at, "0123456789*");
	if (*at == '.')
		at += 1 + strspn(at + 1, "0123456789*");
	return at + strspn(at, "hljztL");
}

bool format_next(const char **at, struct format_spec *spec)
{
	const char *s = strchr(*at, '%'), *end;
	size_t len;

	while (s && s[1] == '%')
		s = strchr(s + 2, '%');
	if (!s)
		return false;
	end = skip_modifiers(s + 1);
	*spec = (struct format_spec){ .text = s };
	for (size_t i = 0; !spec->takes && i < countof(conversions); i++) {
		len = strlen(conversions[i].text);
		if (strncmp(end, conversions[i].text, len))
			continue;
		spec->takes = conversions[i].takes;
		end += len;
	}
	if (!spec->takes && isgraph((unsigned char)*end))
		end++;
	spec->len = (size_t)(end - s);
	*at = end;
	return true;
}

const char *format_without_stars(struct unit *u, const char *format)
{
	char *copy = arena_strdup(u->arena, format), *to = copy;
	const char *at = format, *from = format;
	struct format_spec spec;

	while (format_next(&at, &spec)) {
		to = mempcpy(to, from, (size_t)(spec.text - from));
		for (from = spec.text; from < at; from++)
			if (*from != '*')
				*to++ = *from;
	}
	strcpy(to, from);
	return copy;
}

/* -- places inside a literal -- */

/* How many bytes of source the character at s takes: itself, or an escape sequence. */
static size_t escape_len(const char *s, size_t left)
{
	size_t n = 2;

	if (*s != '\\' || left < 2)
		return 1;
	if (s[1] == 'x' || s[1] == 'X')
		while (n < left && n < 4 && isxdigit((unsigned char)s[n]))
			n++;
	else if (s[1] >= '0' && s[1] <= '7')
		while (n < left && n < 4 && s[n] >= '0' && s[n] <= '7')
			n++;
	return n;
}

struct span literal_span(const struct source *src, const struct expr *literal, size_t off,
                         size_t len)
{
	struct span whole = literal->span;
	const char *text = source_text(src, whole);
	size_t at = 1, from = 0;

	if (!text || whole.len < 2 || *text != '"')
		return whole;
	for (size_t i = 0; i < off + len; i++) {
		if (i == off)
			from = at;
		if (at >= whole.len)
			return whole;
		at += escape_len(text + at, whole.len - at);
	}
	return (struct span){ whole.off + (uint32_t)from, (uint32_t)(at - from) };
}

/* -- checks -- */

static struct span spec_span(struct sema *s, const struct expr *format,
                             const struct format_spec *spec)
{
	return literal_span(&s->u->source, format, (size_t)(spec->text - format->string.text),
	                    spec->len);
}

static bool check_size(struct sema *s, const struct expr *format, const struct format_spec *spec)
{
	struct conversion c;

	conversion_parse(spec->text + 1, &c);
	if (c.width <= CONVERSION_MOST && c.precision <= CONVERSION_MOST)
		return true;
	diag_error(s->diags, spec_span(s, format, spec), "Width and precision are at most %d",
	           CONVERSION_MOST);
	return false;
}

static bool check_spec(struct sema *s, const struct expr *call, const struct format_spec *spec)
{
	const struct expr *format = call->call.arg[0];
	struct diag *d;

	if (!spec->takes) {
		d = diag_error(s->diags, spec_span(s, format, spec),
		               "Invalid format specifier for `%s`: %.*s", call->call.name,
		               (int)spec->len, spec->text);
		diag_hint(d, "conversions are %%d %%i %%u %%o %%x %%X %%c %%p %%s %%r %%rx %%rh "
		             "%%gr; '%%%%' prints a '%%'");
		return false;
	}
	if (s->final && memchr(spec->text, '*', spec->len))
		diag_warning(s->diags, spec_span(s, format, spec),
		             "'*' has no effect: write the width into the format");
	return check_size(s, format, spec);
}

/* "%s" of the address of a text prints the address. */
static void check_address(struct sema *s, const struct expr *e, const struct format_spec *spec)
{
	const struct type *to = e->type->kind == KIND_POINTER ? e->type->elem : NULL;
	const char *text;

	if (!s->final || spec->takes != takes_text || !to || to->kind != KIND_INT || to->size != 1)
		return;
	text = source_text(&s->u->source, e->span);
	diag_hint(diag_warning(s->diags, e->span, "This is an address, and is printed as one"),
	          "str(%.*s) reads the text that is there", text ? (int)e->span.len : 0,
	          text ? text : "");
}

static bool check_arg(struct sema *s, const struct expr *call, size_t i,
                      const struct format_spec *spec)
{
	const struct expr *e = call->call.arg[i];
	struct diag *d;

	if (e->type == &type_unknown || e->type == &type_error)
		return true;
	if (spec->takes(e->type)) {
		check_address(s, e, spec);
		return true;
	}
	d = diag_error(
		s->diags, e->span, "Type does not match format specifier: %.*s does not print %s",
		(int)spec->len, spec->text,
		e->type->kind == KIND_NONE ? "what has no value" : type_name(s->ty, e->type));
	diag_note(d, spec_span(s, call->call.arg[0], spec), "for this conversion");
	if (type_is_castable(e->type))
		diag_hint(d, "cast it, (int64)..., or print it with %%s");
	else if (type_is_aggregation(e->type))
		diag_hint(d, "print() prints the whole map");
	else if (takes_text(e->type))
		diag_hint(d, "%%s prints values of any kind");
	return false;
}

static void check_count(struct sema *s, const struct expr *call, size_t wanted,
                        const struct format_spec *first_missing)
{
	size_t supplied = call->call.args - 1;

	if (wanted < supplied)
		diag_error(s->diags, call->call.arg[wanted + 1]->span,
		           "Too many arguments for the format: %zu given, %zu expected", supplied,
		           wanted);
	else if (wanted > supplied)
		diag_error(s->diags, spec_span(s, call->call.arg[0], first_missing),
		           "Not enough arguments for the format: %zu given, %zu expected", supplied,
		           wanted);
}

const struct type *format_check(struct sema *s, struct expr *call)
{
	const char *at = call->call.arg[0]->string.text;
	size_t supplied = call->call.args - 1, wanted = 0;
	struct format_spec spec, first_missing = { 0 };
	bool ok = true, known = true;

	while (format_next(&at, &spec)) {
		ok &= check_spec(s, call, &spec);
		known &= spec.takes != NULL;
		if (++wanted == supplied + 1)
			first_missing = spec;
		if (spec.takes && wanted <= supplied)
			ok &= check_arg(s, call, wanted, &spec);
	}
	if (known)
		check_count(s, call, wanted, &first_missing);
	return ok && wanted == supplied ? &type_none : &type_error;
}
