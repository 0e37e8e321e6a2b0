/* SPDX-License-Identifier: Apache-2.0 */
/* series.c - time series: slots of CPUs become points, points a graph. */

#include "base/bug.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARG_INTERVAL, ARG_COUNT, ARG_MODE };

static bool less(const struct meta_type *t, uint64_t a, uint64_t b)
{
	return t->flags & META_TYPE_SIGNED ? (int64_t)a < (int64_t)b : a < b;
}

/* -- merging CPUs -- */

static void merge(const struct meta_type *t, struct point *p, const struct point *other)
{
	bool take = false;

	switch ((enum meta_series)t->arg[ARG_MODE]) {
	case SERIES_SUM:
	case SERIES_COUNT:
	case SERIES_AVG:
		p->value += other->value;
		p->weight += other->weight;
		break;
	case SERIES_MIN: take = less(t, other->value, p->value); break;
	case SERIES_MAX: take = less(t, p->value, other->value); break;
	case SERIES_LAST: take = other->weight > p->weight; break;
	}
	if (take)
		*p = *other;
}

void series_add(struct arena *a, const struct meta_type *t, struct series *s, const char *slots,
                uint32_t cpus)
{
	size_t first = s->points.n;

	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		struct point p;
		size_t i;

		memcpy(&p, slots + (size_t)cpu * sizeof(p), sizeof(p));
		s->touched |= p.interval || p.weight;
		if (!p.interval)
			continue;
		/* A CPU that was idle may still hold the interval of a round before. */
		for (i = first; i < s->points.n && s->points.v[i].interval != p.interval;)
			i++;
		if (i < s->points.n)
			merge(t, &s->points.v[i], &p);
		else
			vec_push_in(a, &s->points, p);
	}
}

static int by_interval(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return x->interval < y->interval ? -1 : x->interval > y->interval;
}

static uint64_t average(const struct meta_type *t, const struct point *p)
{
	if (t->flags & META_TYPE_SIGNED)
		return (uint64_t)((int64_t)p->value / (int64_t)p->weight);
	return p->value / p->weight;
}

static void finish(const struct meta_type *t, struct series *s, uint64_t newest)
{
	size_t kept = 0;

	vec_each (i, &s->points) {
		struct point *p = &s->points.v[i];

		if (p->interval + t->arg[ARG_COUNT] <= newest)
			continue;
		if (t->arg[ARG_MODE] == SERIES_AVG && p->weight)
			p->value = average(t, p);
		s->points.v[kept] = *p;
		/* Slots count from 1: 0 is an empty one. */
		s->points.v[kept++].interval--;
	}
	s->points.n = kept;
	s->newest = newest - 1;
	if (kept)
		qsort(s->points.v, kept, sizeof(*s->points.v), by_interval);
}

void series_finish(const struct meta_type *t, const struct rt_entry *entries, size_t n)
{
	uint64_t newest = 0;

	for (size_t i = 0; i < n; i++) {
		const struct series *s = entries[i].value;

		vec_each (k, &s->points)
			if (s->points.v[k].interval > newest)
				newest = s->points.v[k].interval;
	}
	for (size_t i = 0; i < n; i++)
		finish(t, (struct series *)entries[i].value, newest);
}

/* -- text -- */

enum { WIDTH = 53 };

static void number(struct strbuf *sb, const struct meta_type *t, uint64_t v)
{
	if (t->flags & META_TYPE_SIGNED)
		strbuf_addf(sb, "%" PRId64, (int64_t)v);
	else
		strbuf_addf(sb, "%" PRIu64, v);
}

/* How times are shown: as many digits as the length of an interval asks for. */
static const struct scale {
	uint64_t least_ns; /* of an interval */
	const char *label;
	int columns, digits; /* of the label; of the fraction of a second */
} scales[] = {
	{ 1000000000, "hh:mm:ss", 8, 0 },
	{ 1000000, "hh:mm:ss.ms", 11, 3 },
	{ 1000, "hh:mm:ss.\u03bcs", 11, 6 },
	{ 0, "hh:mm:ss.ns", 11, 9 },
};

static const struct scale *scale_of(uint64_t interval_ns)
{
	const struct scale *s = scales;

	while (interval_ns < s->least_ns)
		s++;
	return s;
}

static int time_columns(const struct scale *s)
{
	return 8 + (s->digits ? 1 + s->digits : 0);
}

struct range {
	uint64_t min, max;
};

static struct range range_of(const struct meta_type *t, const struct series *s)
{
	bool is_signed = t->flags & META_TYPE_SIGNED;
	uint64_t least = is_signed ? (uint64_t)INT64_MIN : 0;
	uint64_t most = is_signed ? INT64_MAX : UINT64_MAX;
	struct range r = { s->points.v[0].value, s->points.v[0].value };

	vec_each (i, &s->points) {
		uint64_t v = s->points.v[i].value;

		r.min = less(t, v, r.min) ? v : r.min;
		r.max = less(t, r.max, v) ? v : r.max;
	}
	/* One value stands in the middle, unless it is the last of all numbers. */
	if (r.min == r.max) {
		r.min -= r.min != least;
		r.max += r.max != most;
	}
	return r;
}

/* The column of a value, from 0 to WIDTH - 1. */
static int column(const struct range *r, uint64_t v)
{
	return (int)((double)(v - r->min) * (WIDTH - 1) / (double)(r->max - r->min));
}

static void bounds_line(const struct meta_type *t, const struct range *r, int indent,
                        struct strbuf *sb)
{
	struct strbuf min = STRBUF_INIT, max = STRBUF_INIT;

	number(&min, t, r->min);
	number(&max, t, r->max);
	strbuf_addf(sb, "%*s%-21s%32s\n", indent, "", min.buf, max.buf);
	strbuf_release(&min);
	strbuf_release(&max);
}

static void time_of_day(const struct scale *s, uint64_t ns, struct strbuf *sb)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char fraction[16], text[16];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	strbuf_adds(sb, text);
	snprintf(fraction, sizeof(fraction), ".%09" PRIu64, ns % 1000000000);
	if (s->digits)
		strbuf_add(sb, fraction, (size_t)s->digits + 1);
}

/* point NULL: there was no value in this interval. */
static void point_line(const struct meta_type *t, const struct range *r, const struct point *p,
                       struct strbuf *sb)
{
	char line[WIDTH + 1];

	memset(line, ' ', WIDTH);
	line[0] = line[WIDTH - 1] = '|';
	line[WIDTH] = '\0';
	if (t->flags & META_TYPE_SIGNED && (int64_t)r->min < 0 && (int64_t)r->max > 0)
		line[column(r, 0)] = '.';
	if (p)
		line[column(r, p->value)] = '*';
	strbuf_addf(sb, " %s ", line);
	if (p)
		number(sb, t, p->value);
	else
		strbuf_addc(sb, '-');
	strbuf_addc(sb, '\n');
}

static void rule(char edge, struct strbuf *sb)
{
	strbuf_addc(sb, edge);
	strbuf_pad(sb, '_', WIDTH - 2);
	strbuf_addc(sb, edge);
	strbuf_addc(sb, '\n');
}

void series_text(const struct meta_type *t, const struct series *s, struct strbuf *sb)
{
	const struct scale *scale = scale_of(t->arg[ARG_INTERVAL]);
	const struct point *p = s->points.v;
	int indent = time_columns(scale) + 1;
	struct range r;

	if (!s->points.n)
		return;
	r = range_of(t, s);
	bounds_line(t, &r, indent, sb);
	strbuf_addf(sb, "%s%*s", scale->label, indent - scale->columns, "");
	rule('|', sb);
	for (uint64_t i = p->interval; i <= s->newest; i++) {
		bool there = p < s->points.v + s->points.n && p->interval == i;

		time_of_day(scale, i * t->arg[ARG_INTERVAL], sb);
		point_line(t, &r, there ? p : NULL, sb);
		p += there;
	}
	strbuf_pad(sb, ' ', (size_t)indent);
	rule('v', sb);
	bounds_line(t, &r, indent, sb);
}

/* -- JSON -- */

void series_json(const struct meta_type *t, const struct series *s, struct strbuf *sb)
{
	strbuf_addc(sb, '[');
	vec_each (i, &s->points) {
		uint64_t ns = s->points.v[i].interval * t->arg[ARG_INTERVAL];
		time_t seconds = (time_t)(ns / 1000000000);
		char text[32];
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
		strbuf_addf(sb,
		            "%s{\"interval_start\":\"%s.%09" PRIu64 "\",\"value\":", i ? "," : "",
		            text, ns % 1000000000);
		json_int(sb, t, (int64_t)s->points.v[i].value);
		strbuf_addc(sb, '}');
	}
	strbuf_addc(sb, ']');
}
