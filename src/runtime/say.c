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

/* The lines that a span touches; one line has its marks. */
static void add_lines(const struct source *src, struct span at, struct strbuf *sb)
{
	struct place first = source_place(src, at.off), last = source_place(src, at.off + at.len);
	uint32_t off = at.off;
	size_t len;

	for (uint32_t n = first.line; n <= last.line; n++) {
		const char *line = source_line(src, off, &len);

		for (size_t i = 0; i < len; i++) {
			if (line[i] == '\t')
				strbuf_adds(sb, "    ");
			else
				text_safe(sb, line + i, 1);
		}
		strbuf_addc(sb, '\n');
		off += (uint32_t)len + 2 - source_place(src, off).column;
		if (first.line != last.line)
			continue;
		for (size_t i = 0; i + 1 < first.column; i++)
			strbuf_adds(sb, line[i] == '\t' ? "    " : " ");
		strbuf_pad(sb, '~', at.len ? at.len : 1);
		strbuf_addc(sb, '\n');
	}
}

static void add_place(const struct source *src, struct span at, struct strbuf *sb)
{
	struct place first = source_place(src, at.off), last = source_place(src, at.off + at.len);

	if (first.line == last.line)
		strbuf_addf(sb, "%s:%u:%u-%u: ", source_name(src, at.off), first.line, first.column,
		            last.column);
	else
		strbuf_addf(sb, "%s:%u-%u: ", source_name(src, at.off), first.line, last.line);
}

/* The place itself, or where the script called what the standard library says there. */
static struct span outside_library(const struct source *src, struct span at)
{
	struct span call;

	while (source_is_library(src, at) && source_caller(src, at, &call))
		at = call;
	return at;
}

static void add_callers(const struct source *src, struct span at, struct strbuf *sb)
{
	enum { MOST = 8 };

	for (int n = 0; n < MOST && source_caller(src, at, &at); n++) {
		struct span spelled = source_spelled(src, at);

		add_place(src, spelled, sb);
		strbuf_adds(sb, "NOTE: expanded from here\n");
		add_lines(src, spelled, sb);
	}
}

void message_text(const struct source *src, const struct message *m, bool colour, struct strbuf *sb)
{
	struct span at = outside_library(src, m->at), spelled = source_spelled(src, at);
	bool placed = !span_is_none(at) && source_text(src, spelled);

	if (colour)
		strbuf_adds(sb, m->error ? "\033[31m" : "\033[33m");
	if (placed)
		add_place(src, spelled, sb);
	strbuf_adds(sb, m->error ? "ERROR: " : "WARNING: ");
	strbuf_adds(sb, m->text);
	strbuf_adds(sb, colour ? "\033[0m\n" : "\n");
	if (m->helper)
		strbuf_addf(sb, "Additional Info - helper: %s, retcode: %" PRId64 "\n", m->helper,
		            m->result);
	if (!placed)
		return;
	add_lines(src, spelled, sb);
	add_callers(src, at, sb);
}

void message_json(const struct source *src, const struct message *m, struct strbuf *sb)
{
	struct span at = source_spelled(src, outside_library(src, m->at));
	const char *name;
	struct place p = { 0 };

	if (!span_is_none(at))
		p = source_place(src, at.off);
	strbuf_addf(sb, "{\"type\": \"%s\", \"msg\": ", m->type);
	json_string(sb, m->text, strlen(m->text));
	if (m->helper)
		strbuf_addf(sb, ", \"helper\": \"%s\", \"retcode\": %" PRId64, m->helper,
		            m->result);
	strbuf_adds(sb, ", \"filename\": ");
	name = span_is_none(at) ? src->name : source_name(src, at.off);
	json_string(sb, name, strlen(name));
	strbuf_addf(sb, ", \"line\": %u, \"col\": %u}\n", p.line, p.column);
}

void say(struct rt *rt, const struct message *m)
{
	if (m->error || log_warnings)
		rt->out->message(rt, m);
}
