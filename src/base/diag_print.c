/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diag_print.c - messages with the lines that they are about, in the order of the source.
 *
 *	lat.bt:2:17-18: ERROR: @x holds a histogram, not an integer
 *	  1 | kprobe:a { @x = hist(arg0); }
 *	    |            ~~ first written here
 *	  2 | kprobe:b { @x = 1; }
 *	    |                 ^
 *	    = hint: use a second map for the other kind of value
 *
 * What is wrong in an expansion is shown where it is written, in the user's own files, and
 * then each call that led there:
 *
 *	lat.bt:7:3-8: ERROR: expanded from
 */

#include "base/diag_record.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct style {
	const char *error, *warning, *place, *dim, *off;
};

static const struct style plain = { "", "", "", "", "" };
static const struct style coloured = { "\033[1;31m", "\033[1;33m", "\033[1m", "\033[36m",
	                               "\033[0m" };

static int digits(uint32_t n)
{
	int d = 1;

	while (n /= 10)
		d++;
	return d;
}

/* Bytes [from, to) of a line as a terminal may see them: a tab as a blank, what is no printable
 * character as '?'. Returns the columns; sb NULL: counts only. */
static size_t excerpt(const char *line, size_t from, size_t to, struct strbuf *sb)
{
	size_t columns = 0, n;

	for (size_t i = from; i < to; i += n) {
		unsigned char c = (unsigned char)line[i];

		n = c < 0x80 ? 1 : utf8_len(line + i, to - i);
		columns += n ? utf8_columns(line + i, n) : 1;
		if (sb && c < 0x80)
			strbuf_addc(sb, c == '\t' ? ' ' : c < 0x20 || c == 0x7f ? '?' : (char)c);
		else if (sb && n)
			strbuf_add(sb, line + i, n);
		else if (sb)
			strbuf_addc(sb, '?');
		n += !n;
	}
	return columns;
}

/* What of a line is shown: all, or a window around the mark. */
struct window {
	const char *line;
	size_t from, to;  /* bytes of the line */
	size_t mark, end; /* bytes that are marked */
};

/* The window of a place; *shown, when it is of the same line and holds the place. */
static struct window window_of(const struct source *src, const struct span *at,
                               const struct window *shown)
{
	enum { WIDEST = 120 };
	size_t len, col = source_place(src, at->off).column - 1;
	struct window w = { .line = source_line(src, at->off, &len), .mark = col };

	if (len > WIDEST && col > WIDEST / 2)
		w.from = col - WIDEST / 2;
	while (w.from && w.from < len && ((unsigned char)w.line[w.from] & 0xc0) == 0x80)
		w.from++;
	w.to = len - w.from > WIDEST ? w.from + WIDEST : len;
	if (shown->line == w.line && col >= shown->from && col <= shown->to) {
		w.from = shown->from;
		w.to = shown->to;
	}
	w.end = col + (at->len ? at->len : 1);
	if (w.end > w.to)
		w.end = w.to > col ? w.to : col + 1;
	return w;
}

/* A line of the script, unless it is the one shown last, and the marks below it. */
static void print_line(const struct source *src, const struct note *n, bool is_note, int width,
                       struct window *shown, const struct style *st, FILE *out)
{
	struct window w = window_of(src, &n->at, shown);
	bool repeat = w.line == shown->line && w.from == shown->from;
	struct strbuf text = STRBUF_INIT;
	size_t len, before = excerpt(w.line, w.from, w.mark, NULL) + (w.from ? 3 : 0);
	size_t marks = w.end > w.to ? 1 : excerpt(w.line, w.mark, w.end, NULL);

	*shown = w;
	source_line(src, n->at.off, &len);
	if (!repeat) {
		excerpt(w.line, w.from, w.to, &text);
		fprintf(out, "  %s%*u |%s %s%s%s\n", st->dim, width,
		        source_place(src, n->at.off).line, st->off, w.from ? "..." : "", text.buf,
		        w.to < len ? "..." : "");
	}
	fprintf(out, "  %s%*s |%s %*s%s", st->dim, width, "", st->off, (int)before, "",
	        is_note ? st->dim : st->error);
	for (size_t i = 0; i < marks; i++)
		fputc(is_note ? '~' : '^', out);
	fprintf(out, "%s%s%s\n", st->off, is_note ? " " : "", is_note ? n->text : "");
	strbuf_release(&text);
}

static int by_place(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	if (x->at.off != y->at.off)
		return x->at.off < y->at.off ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* The main place and the notes, in the order of the source. */
static void print_places(const struct diag *d, const struct style *st, FILE *out)
{
	const struct source *src = d->owner->src;
	const char *file = source_name(src, d->at.off);
	struct note *all;
	struct window shown = { 0 };
	size_t n = 0;
	int width = 1;

	all = arena_array(d->owner->arena, struct note, d->notes.n + 1);
	all[n++] = (struct note){ .at = d->at };
	vec_each (i, &d->notes)
		if (!span_is_none(d->notes.v[i].at))
			all[n++] = d->notes.v[i];
	qsort(all, n, sizeof(*all), by_place);
	for (size_t i = 0; i < n; i++) {
		int w = digits(source_place(src, all[i].at.off).line);

		width = w > width ? w : width;
	}
	for (size_t i = 0; i < n; i++) {
		if (source_name(src, all[i].at.off) != file) {
			file = source_name(src, all[i].at.off);
			fprintf(out, "  %*s = in %s:\n", width, "",
			        diag_safe(d->owner->arena, file, strlen(file)));
		}
		print_line(src, &all[i], all[i].order != 0, width, &shown, st, out);
	}
	vec_each (i, &d->notes)
		if (span_is_none(d->notes.v[i].at))
			fprintf(out, "  %*s = note: %s\n", width, "", d->notes.v[i].text);
	vec_each (i, &d->hints)
		fprintf(out, "  %*s = hint: %s\n", width, "", d->hints.v[i]);
}

static const char *level_text(const struct diag *d)
{
	return d->level == DIAG_ERROR ? "ERROR" : "WARNING";
}

static const char *level_colour(const struct diag *d, const struct style *st)
{
	return d->level == DIAG_ERROR ? st->error : st->warning;
}

static void print_unplaced(const struct diag *d, const struct style *st, FILE *out)
{
	fprintf(out, "%s%s:%s %s\n", level_colour(d, st), level_text(d), st->off, d->text);
	vec_each (i, &d->notes)
		fprintf(out, "  = note: %s\n", d->notes.v[i].text);
	vec_each (i, &d->hints)
		fprintf(out, "  = hint: %s\n", d->hints.v[i]);
}

/* "lat.bt:2:17-18": the column behind the last one comes second; or, over lines, "lat.bt:2-4". */
static void print_place(const struct diag *d, struct span at, const struct style *st, FILE *out)
{
	const struct source *src = d->owner->src;
	struct place from = source_place(src, at.off);
	struct place to = source_place(src, at.off + (at.len ? at.len - 1 : 0));
	const char *file = source_name(src, at.off);
	const char *name = diag_safe(d->owner->arena, file, strlen(file));

	to.column++;
	if (from.line == to.line)
		fprintf(out, "%s%s:%u:%u-%u:%s ", st->place, name, from.line, from.column,
		        to.column, st->off);
	else
		fprintf(out, "%s%s:%u-%u:%s ", st->place, name, from.line, to.line, st->off);
}

static void print_head(const struct diag *d, struct span at, const char *text,
                       const struct style *st, FILE *out)
{
	print_place(d, at, st, out);
	fprintf(out, "%s%s:%s %s\n", level_colour(d, st), level_text(d), st->off, text);
}

/* A step of the way looks like a message: editors find the place by the same pattern. */
static void print_step(const struct diag *d, const struct note *n, const struct style *st,
                       FILE *out)
{
	const struct diag step = { .owner = d->owner, .level = d->level, .at = n->at };

	print_head(d, n->at, n->text, st, out);
	print_places(&step, st, out);
}

static void print_diag(const struct diag *d, const struct style *st, FILE *out)
{
	const struct source *src = d->owner->src;

	if (span_is_none(d->at) || !src || !src->text) {
		print_unplaced(d, st, out);
		return;
	}
	print_head(d, d->at, d->text, st, out);
	print_places(d, st, out);
	vec_each (i, &d->way)
		print_step(d, &d->way.v[i], st, out);
}

/* Messages without a place come last: they are about the whole. */
static int by_source(const void *a, const void *b)
{
	const struct diag *x = *(struct diag *const *)a, *y = *(struct diag *const *)b;

	if (x->at.off != y->at.off)
		return x->at.off < y->at.off ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void diags_print(struct diags *ds, FILE *out, bool colour)
{
	struct diag **sorted = arena_array(ds->arena, struct diag *, ds->told.list.n + 1);

	fflush(stdout);
	for (size_t i = 0; i < ds->told.list.n; i++)
		sorted[i] = ds->told.list.v[i];
	qsort(sorted, ds->told.list.n, sizeof(*sorted), by_source);
	for (size_t i = 0; i < ds->told.list.n; i++) {
		if (!sorted[i]->printed)
			print_diag(sorted[i], colour ? &coloured : &plain, out);
		sorted[i]->printed = true;
	}
	if (ds->count[DIAG_ERROR] > MOST_SHOWN)
		fprintf(out, "%zu more errors are not shown\n", ds->count[DIAG_ERROR] - MOST_SHOWN);
	fflush(out);
}
