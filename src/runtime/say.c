/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.c - errors and warnings of a script that runs, with their place.
 *
 *	x.bt:1:37-41: WARNING: Can't lookup map element because it does not exist.
 *	Additional Info - helper: map_lookup_elem, retcode: 0
 *	begin { @x[1] = 1; print(@x[2]) }
 *	                         ~~~~~
 */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* What a result of a helper means to the user; others are -errno. */
static const struct {
	const char *helper;
	int64_t result;
	const char *text;
} known[] = {
	{ "map_update_elem", -E2BIG,
	  "Map full; can't update element. Try increasing max_map_keys config or manually setting "
	  "the max "
	  "entries in a map declaration e.g. `let @a = hash(5000)`" },
	{ "map_lookup_elem", 0, "Can't lookup map element because it does not exist." },
	{ "map_delete_elem", -ENOENT, "Can't delete map element because it does not exist." },
};

void helper_message(struct message *m, const char *helper, int64_t result)
{
	m->type = "helper_error";
	m->helper = helper;
	m->result = result;
	m->text = result < 0 && result > -4096 ? strerror((int)-result) : "unexpected result";
	for (size_t i = 0; i < countof(known); i++)
		if (known[i].result == result && !strcmp(known[i].helper, helper))
			m->text = known[i].text;
}

static struct place end_of(const struct source *src, struct span at)
{
	return source_place(src, at.off + at.len);
}

static void add_columns(const char *line, size_t from, size_t to, const char *tab, char other,
                        struct strbuf *sb)
{
	for (size_t i = from; i < to; i++) {
		if (line[i] == '\t')
			strbuf_adds(sb, tab);
		else if (other)
			strbuf_addc(sb, other);
		else
			text_safe(sb, line + i, 1);
	}
}

/* The lines that a span touches; a single line has its marks. */
static void add_lines(const struct source *src, struct span at, struct strbuf *sb)
{
	struct place first = source_place(src, at.off), last = end_of(src, at);
	uint32_t off = at.off;

	for (uint32_t n = first.line; n <= last.line; n++) {
		const char *text = source_text(src, (struct span){ off, 0 });
		size_t len;
		const char *line = source_line(src, off, &len);

		add_columns(line, 0, len, "    ", '\0', sb);
		strbuf_addc(sb, '\n');
		off += (uint32_t)(line + len - text) + 1;
		if (first.line != last.line)
			continue;
		add_columns(line, 0, first.column - 1, "    ", ' ', sb);
		strbuf_pad(sb, '~', at.len ? at.len : 1);
		strbuf_addc(sb, '\n');
	}
}

static void add_place(const struct source *src, struct span at, struct strbuf *sb)
{
	struct place first = source_place(src, at.off), last = end_of(src, at);

	strbuf_addf(sb, "%s:%u", source_name(src, at.off), first.line);
	if (first.line == last.line)
		strbuf_addf(sb, ":%u-%u: ", first.column, last.column);
	else
		strbuf_addf(sb, "-%u: ", last.line);
}

static bool is_placed(const struct source *src, struct span at)
{
	return !span_is_none(at) && source_text(src, at);
}

/* One place with what is said about it. */
static void add_message(const struct source *src, const struct message *m, struct span at,
                        const char *text, bool colour, struct strbuf *sb)
{
	bool placed = is_placed(src, at);

	if (colour)
		strbuf_adds(sb, m->error ? "\033[31m" : "\033[33m");
	if (placed)
		add_place(src, at, sb);
	strbuf_adds(sb, m->error ? "ERROR: " : "WARNING: ");
	strbuf_adds(sb, text);
	strbuf_adds(sb, colour ? "\033[0m\n" : "\n");
	if (m->helper && text == m->text)
		strbuf_addf(sb, "Additional Info - helper: %s, retcode: %" PRId64 "\n", m->helper,
		            m->result);
	if (placed)
		add_lines(src, at, sb);
}

void message_text(const struct source *src, const struct message *m, bool colour, struct strbuf *sb)
{
	struct span at = m->at;

	add_message(src, m, at, m->text, colour, sb);
	while (source_caller(src, at, &at))
		add_message(src, m, at, "expanded from", colour, sb);
}

void message_json(const struct source *src, const struct message *m, struct strbuf *sb)
{
	struct span at = m->at;
	struct place p = { 0 };
	const char *name = src->name;

	/* A record has room for one place: the one that the user wrote. */
	while (source_caller(src, at, &at))
		;
	if (is_placed(src, at)) {
		p = source_place(src, at.off);
		name = source_name(src, at.off);
	}
	strbuf_addf(sb, "{\"type\": \"%s\", \"msg\": ", m->type);
	json_string(sb, m->text, strlen(m->text));
	if (m->helper)
		strbuf_addf(sb, ", \"helper\": \"%s\", \"retcode\": %" PRId64, m->helper,
		            m->result);
	strbuf_adds(sb, ", \"filename\": ");
	json_string(sb, name, strlen(name));
	strbuf_addf(sb, ", \"line\": %u, \"col\": %u}\n", p.line, p.column);
}

void say(struct rt *rt, const struct message *m)
{
	if (m->error || log_warnings)
		rt->out->message(rt, m);
}
