/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diag.c - messages with places, printed once, in the order of the source.
 *
 *	lat.bt:2:17: error: @x holds a histogram, not an integer
 *	  1 | kprobe:a { @x = hist(arg0); }
 *	    |            ~~ first written here
 *	  2 | kprobe:b { @x = 1; }
 *	    |                 ^
 *	    = hint: use a second map for the other kind of value
 *
 * What is wrong in an expansion is shown where it is written, in the user's own files, and then each
 * call that led there:
 *
 *	lat.bt:7:3: error: expanded from
 */

#include "base/diag.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stdlib.h>

struct note {
	struct span at;
	const char *text;
	size_t order; /* of recording: keeps equal lines stable */
};

struct diag {
	struct diags *owner;
	enum diag_level level;
	struct span given; /* by the caller: it may be in an expansion */
	struct span at;    /* where that is written */
	const char *text;
	VEC(struct note) notes;
	VEC(const char *) hints;
	VEC(struct note) way; /* from where it arose to the call in the script */
	size_t order; /* of recording: the sort's last word */
	bool printed;
};

struct diags {
	struct arena *arena;
	const struct source *src;
	VEC(struct diag *) list;
	struct diag dropped; /* what diag_error returns while muted */
	unsigned int muted;
};

struct diags *diags_new(struct arena *arena, const struct source *src)
{
	struct diags *ds = arena_new(arena, struct diags);

	ds->arena = arena;
	ds->src = src;
	return ds;
}

void diags_mute(struct diags *ds)
{
	ds->muted++;
}

void diags_unmute(struct diags *ds)
{
	BUG_ON(!ds->muted);
	ds->muted--;
}

static const char *format(struct arena *a, const char *fmt, va_list ap)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text;

	strbuf_vaddf(&sb, fmt, ap);
	text = arena_memdup(a, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

static void add_step(struct diag *d, struct span at, const char *text)
{
	struct note n = { .at = source_spelled(d->owner->src, at), .text = text };

	vec_push_in(d->owner->arena, &d->way, n);
}

/* A place in an expansion becomes the innermost place of it that the user wrote; the other places on
 * the way to the call in the script follow the message. */
static void place_diag(struct diag *d, struct span at)
{
	enum { MOST_STEPS = 8 };
	const struct source *src = d->owner->src;
	struct span call, shown = at;
	bool reached = false, more = src;

	while (src && source_is_library(src, shown) && source_caller(src, shown, &call))
		shown = call;
	d->at = src ? source_spelled(src, shown) : at;
	for (; more; at = call) {
		bool is_shown = at.off == shown.off && at.len == shown.len;

		more = source_caller(src, at, &call);
		/* Of a long way the far end is left out, but for the call in the script. */
		if (!is_shown && (d->way.n < MOST_STEPS || !more))
			add_step(d, at, reached ? "expanded from" : "raised here");
		reached |= is_shown;
	}
}

static struct diag *record(struct diags *ds, enum diag_level level, struct span at, const char *fmt,
                           va_list ap)
{
	struct diag *d;
	const char *text;

	if (ds->muted)
		return &ds->dropped;
	text = format(ds->arena, fmt, ap);
	vec_each (i, &ds->list) {
		d = ds->list.v[i];
		if (d->given.off == at.off && d->given.len == at.len && !strcmp(d->text, text))
			return &ds->dropped;
	}
	d = arena_new(ds->arena, struct diag);
	*d = (struct diag){
		.owner = ds, .level = level, .given = at, .text = text, .order = ds->list.n
	};
	place_diag(d, at);
	vec_push_in(ds->arena, &ds->list, d);
	return d;
}

struct diag *diag_error(struct diags *ds, struct span at, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	va_start(ap, fmt);
	d = record(ds, DIAG_ERROR, at, fmt, ap);
	va_end(ap);
	return d;
}

struct diag *diag_warning(struct diags *ds, struct span at, const char *fmt, ...)
{
	struct diag *d;
	va_list ap;

	va_start(ap, fmt);
	d = record(ds, DIAG_WARNING, at, fmt, ap);
	va_end(ap);
	return d;
}

void diag_note(struct diag *d, struct span at, const char *fmt, ...)
{
	struct note n = { .order = d->notes.n + 1 };
	va_list ap;

	if (!d->owner)
		return;
	n.at = d->owner->src ? source_spelled(d->owner->src, at) : at;
	va_start(ap, fmt);
	n.text = format(d->owner->arena, fmt, ap);
	va_end(ap);
	vec_push_in(d->owner->arena, &d->notes, n);
}

void diag_hint(struct diag *d, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	if (!d->owner)
		return;
	va_start(ap, fmt);
	text = format(d->owner->arena, fmt, ap);
	va_end(ap);
	vec_push_in(d->owner->arena, &d->hints, text);
}

size_t diags_count(const struct diags *ds, enum diag_level level)
{
	size_t n = 0;

	vec_each (i, &ds->list)
		n += ds->list.v[i]->level == level;
	return n;
}

bool diags_failed(const struct diags *ds)
{
	return diags_count(ds, DIAG_ERROR) > 0;
}

void diags_drop_warnings(struct diags *ds)
{
	vec_each (i, &ds->list)
		if (ds->list.v[i]->level == DIAG_WARNING)
			ds->list.v[i]->printed = true;
}

struct style {
	const char *error, *warning, *place, *dim, *off;
};

static const struct style plain = { "", "", "", "", "" };
static const struct style coloured = { "\033[1;31m", "\033[1;33m", "\033[1m", "\033[36m", "\033[0m" };

static int digits(uint32_t n)
{
	int d = 1;

	while (n /= 10)
		d++;
	return d;
}

/* One source line with its marks; a long one is shown as a window around the mark, control bytes
 * as '?', since a script may come from anywhere. */
static void print_line(const struct source *src, const struct note *n, bool is_note, int width,
                       bool repeat, const struct style *st, FILE *out)
{
	enum { WINDOW = 120 };
	struct place p = source_place(src, n->at.off);
	size_t len, from = 0, to, mark, col = p.column - 1;
	const char *line = source_line(src, n->at.off, &len);

	mark = n->at.len ? n->at.len : 1;
	if (col + mark > len)
		mark = len > col ? len - col : 1;
	if (len > WINDOW && col > WINDOW / 2)
		from = col - WINDOW / 2;
	to = len - from > WINDOW ? from + WINDOW : len;
	if (col + mark > to)
		mark = to > col ? to - col : 1;

	if (!repeat) {
		fprintf(out, "  %s%*u |%s %s", st->dim, width, p.line, st->off, from ? "..." : "");
		for (size_t i = from; i < to; i++) {
			unsigned char c = (unsigned char)line[i];

			fputc(c == '\t' ? ' ' : c < 0x20 || c == 0x7f ? '?' : c, out);
		}
		fprintf(out, "%s\n", to < len ? "..." : "");
	}
	fprintf(out, "  %s%*s |%s %*s%s", st->dim, width, "", st->off, (int)(col - from) + (from ? 3 : 0), "",
	        is_note ? st->dim : st->error);
	for (size_t i = 0; i < mark; i++)
		fputc(is_note ? '~' : '^', out);
	fprintf(out, "%s%s%s\n", st->off, is_note ? " " : "", is_note ? n->text : "");
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
	size_t n = 0;
	uint32_t last = 0;
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
		uint32_t line = source_place(src, all[i].at.off).line;

		if (source_name(src, all[i].at.off) != file) {
			file = source_name(src, all[i].at.off);
			fprintf(out, "  %*s = in %s:\n", width, "", file);
			last = 0;
		}
		print_line(src, &all[i], all[i].order != 0, width, line == last, st, out);
		last = line;
	}
	vec_each (i, &d->notes)
		if (span_is_none(d->notes.v[i].at))
			fprintf(out, "  %*s = note: %s\n", width, "", d->notes.v[i].text);
	vec_each (i, &d->hints)
		fprintf(out, "  %*s = hint: %s\n", width, "", d->hints.v[i]);
}

static void print_head(const struct diag *d, struct span at, const char *text,
                       const struct style *st, FILE *out)
{
	const struct source *src = d->owner->src;
	struct place p = source_place(src, at.off);
	bool error = d->level == DIAG_ERROR;

	fprintf(out, "%s%s:%u:%u:%s %s%s:%s %s\n", st->place, source_name(src, at.off), p.line,
	        p.column, st->off, error ? st->error : st->warning, error ? "error" : "warning",
	        st->off, text);
}

/* A step of the way looks like a message: editors find the place by the same pattern. */
static void print_step(const struct diag *d, const struct note *n, const struct style *st, FILE *out)
{
	const struct diag step = { .owner = d->owner, .level = d->level, .at = n->at };

	print_head(d, n->at, n->text, st, out);
	print_places(&step, st, out);
}

static void print_diag(const struct diag *d, const struct style *st, FILE *out)
{
	const struct source *src = d->owner->src;
	bool error = d->level == DIAG_ERROR;

	if (span_is_none(d->at) || !src || !src->text) {
		fprintf(out, "%s%s:%s %s\n", error ? st->error : st->warning, error ? "error" : "warning",
		        st->off, d->text);
		vec_each (i, &d->notes)
			fprintf(out, "  = note: %s\n", d->notes.v[i].text);
		vec_each (i, &d->hints)
			fprintf(out, "  = hint: %s\n", d->hints.v[i]);
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
	struct diag **sorted = arena_array(ds->arena, struct diag *, ds->list.n + 1);

	fflush(stdout);
	for (size_t i = 0; i < ds->list.n; i++)
		sorted[i] = ds->list.v[i];
	qsort(sorted, ds->list.n, sizeof(*sorted), by_source);
	for (size_t i = 0; i < ds->list.n; i++) {
		if (!sorted[i]->printed)
			print_diag(sorted[i], colour ? &coloured : &plain, out);
		sorted[i]->printed = true;
	}
	fflush(out);
}

/* Levenshtein distance, given up beyond limit; two letters that changed places are one mistake. */
static unsigned int edit_distance(const char *a, const char *b, unsigned int limit)
{
	enum { LONGEST = 128 };
	size_t la = strlen(a), lb = strlen(b);
	unsigned int rows[3][LONGEST + 1];

	if (la > LONGEST || lb > LONGEST || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		const unsigned int *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		unsigned int *row = rows[i % 3], smallest = row[0] = (unsigned int)i;

		for (size_t j = 1; j <= lb; j++) {
			unsigned int cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < cost)
				cost = above[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two_above[j - 2] + 1 < cost)
				cost = two_above[j - 2] + 1;
			row[j] = cost;
			smallest = cost < smallest ? cost : smallest;
		}
		if (smallest > limit)
			return limit + 1;
	}
	return rows[la % 3][lb];
}

void near_init(struct near *n, const char *name)
{
	/* One mistake in three letters is still a typo. */
	*n = (struct near){ .name = name, .distance = (unsigned int)strlen(name) / 3 + 1 };
}

/* Of two that are equally near, one that is as long as the name is the likelier. */
void near_offer(struct near *n, const char *candidate)
{
	size_t length = strlen(n->name);
	unsigned int d = edit_distance(n->name, candidate, n->distance);

	if (d < n->distance || (d == n->distance && !n->best) ||
	    (d == n->distance && strlen(candidate) == length && strlen(n->best) != length)) {
		n->distance = d;
		n->best = candidate;
	}
}
