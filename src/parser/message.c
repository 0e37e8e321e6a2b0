/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - syntax errors: what was found, and what fits. */

#include "parser/message.h"

#include "base/bug.h"
#include "base/diag.h"
#include "parser/parser.tab.h"

#include <string.h>

static bool is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

bool wants(const struct wanted *w, const char *name)
{
	for (int i = 0; i < w->n; i++)
		if (is(w->name[i], name))
			return true;
	return false;
}

/* An operand stands before: every operator fits. */
static bool after_operand(const struct wanted *w)
{
	return wants(w, "'+'");
}

/* Tokens that only the lexer tells apart from others, and what the user sees. */
static const struct {
	const char *name, *shown;
} inner_names[] = {
	{ "'(' of a cast", "'('" },  { "'(' of a type", "'('" },
	{ "'{' of a value", "'{'" }, { "'if' of a value", "'if'" },
	{ "'for' of C", "'for'" },   { "'/' before the block", "'/'" },
};

static const char *shown(const char *name)
{
	for (size_t i = 0; i < countof(inner_names); i++)
		if (is(name, inner_names[i].name))
			return inner_names[i].shown;
	return name;
}

/* Operators are not worth a word: what may end an operand is. */
static const char *const ends[] = { "';'", "','", "')'", "']'",
	                            "'{'", "'}'", "':'", "'/' before the block" };

/* States in which many tokens fit have a name of their own. */
static const char *common_name(const struct wanted *w)
{
	if (wants(w, "attach point") && !wants(w, "'{'"))
		return "attach point";
	if (!after_operand(w) && wants(w, "'('") && !wants(w, "';'"))
		return "expression";
	if (wants(w, "'typeof'") && !wants(w, "'('"))
		return "type";
	return NULL;
}

/* ", expected ';' or '}'": when few would do. */
static void add_wanted(const struct wanted *w, struct strbuf *sb)
{
	enum { MOST = 4 };
	const char *names[countof(ends) + MOST + 1] = { common_name(w) };
	size_t n = names[0] != NULL;
	bool named = n, operand = after_operand(w);

	for (size_t i = 0; !named && operand && i < countof(ends); i++)
		if (wants(w, ends[i]))
			names[n++] = ends[i];
	for (int i = 0; !named && !operand && i < w->n && n <= MOST; i++)
		if (shown(w->name[i]) == w->name[i] && !is(w->name[i], "stray character"))
			names[n++] = w->name[i];
	for (size_t i = 0; n <= MOST && i < n; i++) {
		strbuf_adds(sb, !i ? ", expected " : i == n - 1 ? " or " : ", ");
		strbuf_adds(sb, names[i]);
	}
}

static bool is_printable(const char *text, uint32_t len)
{
	/* The control characters of Latin-1 start with 0xc2 in UTF-8. */
	if (len == 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0)
		return false;
	return len > 1 || (*text > 0x20 && *text < 0x7f);
}

static void add_found(const char *found, const char *text, uint32_t len, struct strbuf *sb)
{
	enum { LONGEST = 40 };

	if (is(found, "stray character") && is_printable(text, len))
		strbuf_addf(sb, "stray '%.*s'", (int)len, text);
	else if (is(found, "stray character"))
		strbuf_addf(sb, "stray byte 0x%02x", (unsigned char)*text);
	else if (is(found, "name") || is(found, "variable") || is(found, "map"))
		strbuf_addf(sb, "unexpected %s '%.*s'", found, (int)(len < LONGEST ? len : LONGEST),
		            text);
	else
		strbuf_addf(sb, "unexpected %s", shown(found));
}

/* The bracket that is open where nothing that came can stand in it. */
static const struct bracket *unclosed(const struct lexer *l, const char *found)
{
	unsigned int n = l->opened;

	if (is(found, "end of script"))
		return n ? &l->open[n - 1] : NULL;
	if (is(shown(found), "'{'") && n)
		n--; /* its own */
	else if (!is(found, "';'"))
		return NULL;
	return n && l->open[n - 1].c != '{' ? &l->open[n - 1] : NULL;
}

void message_unexpected(struct parser *p, struct span at, const char *found, const struct wanted *w)
{
	const struct lexer *l = p->lexer;
	struct strbuf sb = STRBUF_INIT;
	bool told = p->told_of_brace;
	const char *text = syntax_hint(p, at, found, w);
	const struct bracket *open = unclosed(l, found);
	struct diag *d;

	if (l->stopped || (told && is(found, "end of script")))
		return;
	add_found(found, l->text + (at.off - l->base), at.len, &sb);
	if (!is(found, "stray character"))
		add_wanted(w, &sb);
	d = diag_error(p->u->diags, at, "Syntax error: %s", sb.buf);
	strbuf_release(&sb);
	if (open)
		diag_note(d, (struct span){ open->off, 1 }, "this '%c' is not closed", open->c);
	if (text && !(open && is(found, "end of script")))
		diag_hint(d, "%s", text);
}
