/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - the reference parts of sonde-lang(7), from the rows. */

#include "lang/man.h"

#include "base/strbuf.h"
#include "lang/families.h"
#include "probes/probe.h"
#include "sema/sig.h"
#include "stdlib/stdlib.h"

#include <stdlib.h>
#include <string.h>

/* Text as roff: no line starts a request, and what is typeset as something nicer elsewhere stays
 * what one can type. */
static void roff(const char *text, FILE *out)
{
	static const char special[] = "\\-'`^~";
	static const char *const as[] = { "\\e", "\\-", "\\(aq", "\\(ga", "\\(ha", "\\(ti" };

	if (*text == '.')
		fputs("\\&", out);
	for (; *text; text++) {
		const char *at = strchr(special, *text);

		if (at)
			fputs(as[at - special], out);
		else
			fputc(*text, out);
	}
}

/* -- examples: rows have them in one line, the page lays out what a terminal would cut -- */

enum { WIDEST = 64 };

/* Where in a script one is. */
struct layout {
	int braces, brackets;
	bool quoted;
};

/* How much of the script is its first probe. */
static size_t first_probe(const char *script)
{
	struct layout l = { 0 };
	size_t n = 0;

	for (; script[n]; n++) {
		l.quoted ^= script[n] == '"' && (!n || script[n - 1] != '\\');
		if (!l.quoted)
			l.braces += (script[n] == '{') - (script[n] == '}');
		if (!l.quoted && !l.braces && script[n] == '}')
			return n + 1;
	}
	return n;
}

/* What follows script[i], where the probe is broken: the end of a line, or nothing. */
static const char *line_end(struct layout *l, const char *script, size_t i)
{
	l->quoted ^= script[i] == '"' && script[i - 1] != '\\';
	if (l->quoted)
		return "";
	l->braces += (script[i] == '{') - (script[i] == '}');
	l->brackets += (script[i] == '(') - (script[i] == ')');
	if (l->braces != 1 || l->brackets || !script[i + 1] || !strchr("{;}", script[i]))
		return "";
	return script[i + 1] == ' ' && script[i + 2] == '}' ? "\n" : "\n    ";
}

static void example_probe(const char *script, size_t n, FILE *out)
{
	struct strbuf sb = STRBUF_INIT;
	struct layout l = { 0 };
	const char *end;

	for (size_t i = 0; i < n; i++) {
		strbuf_addf(&sb, "%c", script[i]);
		end = i && n > WIDEST ? line_end(&l, script, i) : "";
		strbuf_adds(&sb, end);
		i += *end && script[i + 1] == ' ';
	}
	roff(sb.buf, out);
	fputc('\n', out);
	strbuf_release(&sb);
}

static void example(const char *script, FILE *out)
{
	fputs(".RS\n.PP\n.EX\n", out);
	if (strlen(script) <= WIDEST) {
		roff(script, out);
		fputc('\n', out);
		script = "";
	}
	while (*script) {
		size_t n = first_probe(script);

		example_probe(script, n, out);
		script += n + strspn(script + n, " ");
	}
	fputs(".EE\n.RE\n", out);
}

static void entry(const char *head, const char *brief, const char *since, const char *script,
                  FILE *out)
{
	/* No request takes the head: it would drop quotes. */
	fputs(".TP\n\\fB", out);
	roff(head, out);
	fputs("\\fR\n", out);
	roff(brief, out);
	fputc('\n', out);
	if (since)
		fprintf(out, "Needs Linux %s.\n", since);
	if (script)
		example(script, out);
}

/* -- probes -- */

/* What a block may ask for, by what its kind of probe can do. */
static const struct {
	uint32_t caps, without; /* any of these, none of those */
	const char *words;
} offers[] = {
	{ PROBE_ARGS, PROBE_ITER, "args" },
	{ PROBE_REGS | PROBE_WORDS, PROBE_NO_ARG0, "argN" },
	{ PROBE_RETVAL | PROBE_TYPED_RETVAL, 0, "retval" },
	{ PROBE_FUNC_IP, 0, "func" },
	{ PROBE_REGS | PROBE_RETVAL | PROBE_PERF_EVENT, 0, "reg()" },
	{ PROBE_ITER, 0, "ctx" },
};

static void print_offers(const struct probe_kind *k, FILE *out)
{
	const char *word[sizeof(offers) / sizeof(*offers)];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++)
		if (k->caps & offers[i].caps && !(k->caps & offers[i].without))
			word[n++] = offers[i].words;
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s\\fB%s\\fR%s", i ? i + 1 < n ? ", " : " and " : "Offers ", word[i],
		        i + 1 < n ? "" : ".\n");
}

/* "kprobe:<function>": what stands for something is slanted. */
static void print_synopsis(const char *text, FILE *out)
{
	fputs("\\fB", out);
	for (; *text; text++)
		if (*text == '<' || *text == '>')
			fputs(*text == '<' ? "\\fI" : "\\fB", out);
		else
			fputc(*text, out);
}

static void print_probe(const struct probe_kind *k, FILE *out)
{
	fputs(".TP\n", out);
	print_synopsis(k->synopsis, out);
	for (size_t i = 0; i < 3 && k->alias[i]; i++)
		fprintf(out, "%s\\fB%s\\fR", i ? ", " : " \\fR(", k->alias[i]);
	fputs(k->alias[0] ? ")\n" : "\\fR\n", out);
	roff(k->brief, out);
	fputc('\n', out);
	print_offers(k, out);
	if (k->example)
		example(k->example, out);
}

static int by_synopsis(const void *a, const void *b)
{
	const struct probe_kind *const *x = a, *const *y = b;

	return strcmp((*x)->synopsis, (*y)->synopsis);
}

static void print_probes(FILE *out)
{
	const struct probe_kind *kind[64];
	size_t n = 0;

	while (n < sizeof(kind) / sizeof(*kind) && (kind[n] = probe_kinds[n]))
		n++;
	qsort(kind, n, sizeof(*kind), by_synopsis);
	for (size_t i = 0; i < n; i++)
		print_probe(kind[i], out);
}

/* -- settings -- */

static void setting(const char *name, const char *init, const char *text, FILE *out)
{
	fprintf(out, ".TP\n\\fB%s\\fR (\\fB%s\\fR)\n", name, init);
	roff(text, out);
	fputc('\n', out);
}

/* The default of several words, and all of them. */
static void enum_setting(const char *name, unsigned int init, const char *words, const char *text,
                         FILE *out)
{
	struct strbuf all = STRBUF_INIT, first = STRBUF_INIT;

	strbuf_addf(&all, "%s: ", text);
	for (unsigned int i = 0; *words; i++) {
		size_t n = strcspn(words, " ");

		if (i == init)
			strbuf_addf(&first, "%.*s", (int)n, words);
		strbuf_addf(&all, "%s%.*s", i ? ", " : "", (int)n, words);
		words += n + strspn(words + n, " ");
	}
	setting(name, first.buf, all.buf, out);
	strbuf_release(&all);
	strbuf_release(&first);
}

static void print_settings(FILE *out)
{
	struct strbuf init = STRBUF_INIT;

#define SETTING(name, text, ...)                                                                   \
	strbuf_reset(&init);                                                                       \
	strbuf_addf(&init, __VA_ARGS__);                                                           \
	setting(#name, init.buf, text, out);
#define CONFIG_INT(name, init, least, most, text) SETTING(name, text, "%d", init)
#define CONFIG_BOOL(name, init, text) SETTING(name, text, "%s", init ? "true" : "false")
#define CONFIG_STRING(name, init, text) SETTING(name, text, "%s", init)
#define CONFIG_ENUM(name, init, values, text) enum_setting(#name, init, values, text, out);
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
#undef SETTING
	strbuf_release(&init);
}

/* -- words -- */

/* clang-format off */
static const struct {
	const struct lang_def *family;
	const char *title;
} titles[] = {
	{ lang_task,       "Tasks" },
	{ lang_time,       "Time" },
	{ lang_cpu,        "Processors and numbers" },
	{ lang_probe,      "The probe" },
	{ lang_stack,      "Stacks" },
	{ lang_string,     "Memory and text" },
	{ lang_symbol,     "Symbols" },
	{ lang_net,        "Addresses and cgroups" },
	{ lang_print,      "Output" },
	{ lang_control,    "Control" },
	{ lang_mapops,     "Maps" },
	{ lang_agg,        "Aggregations" },
	{ lang_hist,       "Histograms" },
	{ lang_percentiles, "Percentiles" },
	{ lang_series,     "Time series" },
	{ lang_names,      "Names of numbers" },
	{ lang_search,     "Searching" },
	{ lang_introspect, "Types" },
	{ lang_object,     "Objects of the kernel" },
	{ lang_elf,        "Binaries" },
	{ lang_settings,   "Settings" },
	{ lang_option,     "Options of the script" },
};
/* clang-format on */

const char *lang_family_title(const struct lang_def *family)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (titles[i].family == family)
			return titles[i].title;
	return NULL;
}

static void print_word(const struct lang_def *def, FILE *out)
{
	struct strbuf head = STRBUF_INIT;

	sig_text(def->sig, &head);
	if (sig_result(def->sig))
		strbuf_addf(&head, " -> %s", sig_result(def->sig));
	if (def->flags & LANG_UNSAFE)
		strbuf_adds(&head, " !");
	entry(head.buf, def->brief, def->since, def->example, out);
	strbuf_release(&head);
}

static void print_words(FILE *out)
{
	for (const struct lang_def *const *family = lang_table; *family; family++) {
		fprintf(out, ".SS %s\n", lang_family_title(*family));
		for (const struct lang_def *def = *family; def->name; def++)
			print_word(def, out);
	}
}

static void print_library(FILE *out)
{
	fputs(".SS The standard library\n", out);
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		entry(w->head, w->brief, NULL, w->example, out);
}

void lang_print_man(FILE *out)
{
	fputs("@PROBES@\n", out);
	print_probes(out);
	fputs("@CONFIG@\n", out);
	print_settings(out);
	fputs("@ROWS@\n", out);
	print_words(out);
	print_library(out);
}
