/* SPDX-License-Identifier: Apache-2.0 */
/* sig.c - the text of signatures: parameters, how many there may be, the result. */

#include "sema/sig.h"

#include "base/bug.h"

#include <string.h>

bool sig_next(const char **at, struct sig_param *p)
{
	const char *s = *at + strspn(*at, ", ");

	*p = (struct sig_param){ 0 };
	if (!*s || *s == ')')
		return false;
	p->name = s;
	if (!strncmp(s, "...", 3)) {
		p->rest = true;
		*at = s + 3;
		return true;
	}
	p->name_len = strcspn(s, ":=,) ");
	s += p->name_len;
	s += strspn(s, " ");
	if (*s == ':') {
		s += 1 + strspn(s + 1, " ");
		p->kind = s;
		p->kind_len = strcspn(s, "=,) ");
		s += p->kind_len;
		s += strspn(s, " ");
	}
	*at = s + strcspn(s, ",)");
	p->optional = *s == '=';
	if (p->optional) {
		p->init = s + 1 + strspn(s + 1, " ");
		p->init_len = p->init < *at ? (size_t)(*at - p->init) : 0;
	}
	return true;
}

const char *sig_params(const char *sig)
{
	const char *open = strchr(sig, '(');

	return open ? open + 1 : "";
}

void sig_arity(const char *sig, size_t *least, size_t *most)
{
	const char *at = sig_params(sig);
	struct sig_param p;

	*least = *most = 0;
	while (sig_next(&at, &p)) {
		if (p.rest) {
			*most = SIZE_MAX;
			return;
		}
		*least += !p.optional;
		++*most;
	}
}

/* Parameter i; false: there is none of its own. */
static bool param_of(const char *sig, size_t i, struct sig_param *p)
{
	const char *at = sig_params(sig);

	for (size_t n = 0; n <= i; n++)
		if (!sig_next(&at, p) || p->rest)
			return false;
	return true;
}

bool sig_wants(const char *sig, size_t i, const char *kind)
{
	size_t len = strlen(kind);
	struct sig_param p;

	return param_of(sig, i, &p) && p.kind_len >= len && !strncmp(p.kind, kind, len) &&
	       (p.kind_len == len || p.kind[len] == '|' || p.kind[len] == ':');
}

bool sig_has_word(const char *sig, size_t i, const char *name)
{
	struct sig_param p;
	const char *at, *end;

	if (!sig_wants(sig, i, "word") || !param_of(sig, i, &p))
		return false;
	end = p.kind + p.kind_len;
	for (at = p.kind + strcspn(p.kind, ":|"); at < end && *at == ':';) {
		size_t len = strcspn(++at, ":|=,) ");

		if (len == strlen(name) && !strncmp(at, name, len))
			return true;
		at += len;
	}
	return false;
}

void sig_text(const char *sig, struct strbuf *out)
{
	const char *at = sig_params(sig), *separator = "";
	struct sig_param p;

	strbuf_add(out, sig, strcspn(sig, "( "));
	if (!*at)
		return;
	strbuf_addc(out, '(');
	for (; sig_next(&at, &p); separator = ", ") {
		strbuf_addf(out, "%s%s", p.optional ? "[" : "", separator);
		if (p.rest)
			strbuf_adds(out, "...");
		else
			strbuf_add(out, p.name, p.name_len);
		if (p.init_len)
			strbuf_adds(out, " = ");
		strbuf_add(out, p.init, p.init_len);
		strbuf_adds(out, p.optional ? "]" : "");
	}
	strbuf_addc(out, ')');
}

/* Integers as results: their short names here, their names for users. */
static const struct {
	const char *name, *text;
	uint8_t size;
	bool is_signed;
} ints[] = {
	{ "u8", "uint8", 1, false },   { "u16", "uint16", 2, false }, { "u32", "uint32", 4, false },
	{ "u64", "uint64", 8, false }, { "i8", "int8", 1, true },     { "i16", "int16", 2, true },
	{ "i32", "int32", 4, true },   { "i64", "int64", 8, true },
};

const char *sig_result_name(const char *sig)
{
	const char *arrow = strstr(sig, "-> ");

	return arrow ? arrow + 3 : "none";
}

const char *sig_result(const char *sig)
{
	const char *name = sig_result_name(sig);

	for (size_t i = 0; i < countof(ints); i++)
		if (!strcmp(ints[i].name, name))
			return ints[i].text;
	return strcmp(name, "T") && strcmp(name, "none") ? name : NULL;
}

bool sig_int(const char *name, uint32_t *size, bool *is_signed)
{
	for (size_t i = 0; i < countof(ints); i++) {
		if (strcmp(ints[i].name, name))
			continue;
		*size = ints[i].size;
		*is_signed = ints[i].is_signed;
		return true;
	}
	return false;
}
