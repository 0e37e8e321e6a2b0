/* SPDX-License-Identifier: Apache-2.0 */
/* diag.c - keeps messages with their places, notes and hints; each once. */

#include "base/diag_record.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <string.h>

struct diags *diags_new(struct arena *arena, const struct source *src)
{
	struct diags *ds = arena_new(arena, struct diags);

	ds->arena = arena;
	ds->src = src;
	ds->into = &ds->told;
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

bool diags_muted(const struct diags *ds)
{
	return ds->muted;
}

const char *diag_safe(struct arena *a, const char *text, size_t len)
{
	struct strbuf sb = STRBUF_INIT;
	const char *result;

	text_safe(&sb, text, len);
	result = arena_memdup(a, sb.buf, sb.len);
	strbuf_release(&sb);
	return result;
}

static const char *format(struct arena *a, const char *fmt, va_list ap)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text;

	strbuf_vaddf(&sb, fmt, ap);
	text = diag_safe(a, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

static void add_step(struct diag *d, struct span at, const char *text)
{
	struct note n = { .at = source_spelled(d->owner->src, at), .text = text };

	vec_push_in(d->owner->arena, &d->way, n);
}

/* A place in an expansion becomes the innermost place of it that the user wrote; the other places
 * on the way to the call in the script follow the message. */
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

static bool is_same(struct span a, struct span b)
{
	return a.off == b.off && a.len == b.len;
}

/* What is wrong in one way is often wrong in another for the same reason: of a place the first
 * error is told. And what is wrong in a macro is wrong wherever that is called. */
static bool is_known(const struct held *h, const struct diag *d)
{
	vec_each (i, &h->list) {
		const struct diag *other = h->list.v[i];

		if (is_same(other->given, d->given) && d->level == DIAG_ERROR &&
		    other->level == DIAG_ERROR && !span_is_none(d->given))
			return true;
		if (is_same(other->at, d->at) && !strcmp(other->text, d->text))
			return true;
	}
	return false;
}

static struct diag *record(struct diags *ds, enum diag_level level, struct span at, const char *fmt,
                           va_list ap)
{
	struct diag *d;

	if (ds->muted)
		return &ds->dropped;
	d = arena_new(ds->arena, struct diag);
	*d = (struct diag){ .owner = ds,
		            .level = level,
		            .given = at,
		            .text = format(ds->arena, fmt, ap),
		            .order = ds->into->list.n };
	place_diag(d, at);
	if (is_known(ds->into, d))
		return &ds->dropped;
	if (ds->into == &ds->told && ++ds->count[level] > MOST_SHOWN)
		return &ds->dropped;
	vec_push_in(ds->arena, &ds->into->list, d);
	return d;
}

struct held *diags_hold(struct diags *ds)
{
	struct held *h = arena_new(ds->arena, struct held);

	h->outer = ds->into;
	return ds->into = h;
}

void diags_hold_end(struct diags *ds, struct held *h)
{
	BUG_ON(ds->into != h);
	ds->into = h->outer;
}

void diags_tell(struct diags *ds, const struct held *h)
{
	vec_each (i, &h->list) {
		struct diag *d = h->list.v[i];

		if (is_known(&ds->told, d) || ++ds->count[d->level] > MOST_SHOWN)
			continue;
		d->order = ds->told.list.n;
		vec_push_in(ds->arena, &ds->told.list, d);
	}
}

struct diag *diag_verror(struct diags *ds, struct span at, const char *fmt, va_list ap)
{
	return record(ds, DIAG_ERROR, at, fmt, ap);
}

struct diag *diag_vwarning(struct diags *ds, struct span at, const char *fmt, va_list ap)
{
	return record(ds, DIAG_WARNING, at, fmt, ap);
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

bool diag_is_kept(const struct diag *d)
{
	return d->owner;
}

size_t diags_count(const struct diags *ds, enum diag_level level)
{
	return ds->count[level];
}

bool diags_failed(const struct diags *ds)
{
	return diags_count(ds, DIAG_ERROR) > 0;
}

void diags_drop_warnings(struct diags *ds)
{
	vec_each (i, &ds->told.list)
		if (ds->told.list.v[i]->level == DIAG_WARNING)
			ds->told.list.v[i]->printed = true;
}
