/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - the reference part of sonde-lang(7), from the rows. */

#include "lang/man.h"

#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/sig.h"
#include "stdlib/stdlib.h"

/* Text as roff: no line starts a request, backslashes and dashes are themselves. */
static void roff(const char *text, FILE *out)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static void entry(const char *head, const char *brief, const char *since, const char *example,
                  FILE *out)
{
	fputs(".TP\n.B ", out);
	roff(head, out);
	fputc('\n', out);
	roff(brief, out);
	fputc('\n', out);
	if (since)
		fprintf(out, "Needs Linux %s.\n", since);
	if (example) {
		fputs(".RS\n.PP\n.EX\n", out);
		roff(example, out);
		fputs("\n.EE\n.RE\n", out);
	}
}

void lang_print_man(FILE *out)
{
	struct strbuf head = STRBUF_INIT;

	fputs(".SH PROBES\n", out);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		entry((*k)->synopsis, (*k)->brief, NULL, (*k)->example, out);
	fputs(".SH FUNCTIONS AND VALUES\n", out);
	lang_each(family, def, lang_table)
	{
		strbuf_reset(&head);
		sig_text(def->sig, &head);
		if (sig_result(def->sig))
			strbuf_addf(&head, " -> %s", sig_result(def->sig));
		entry(head.buf, def->brief, def->since, def->example, out);
	}
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		entry(w->head, w->brief, NULL, w->example, out);
	strbuf_release(&head);
}
