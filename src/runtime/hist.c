/* SPDX-License-Identifier: Apache-2.0 */
/* hist.c - histograms: how they are drawn. */

#include "image/buckets.h"
#include "runtime/rt.h"

#include <inttypes.h>

static struct bounds bounds_of(const struct meta_type *t, uint32_t i)
{
	return bucket_bounds(t->kind, t->arg, i);
}

/* v * 2^p; large ones get a suffix: v * 2^(p mod 10) and the (p div 10)th of them. */
static void power(struct strbuf *sb, uint64_t v, unsigned int p)
{
	strbuf_addf(sb, "%" PRIu64, v << p % 10);
	if (p / 10)
		strbuf_addc(sb, " KMGTPE"[p / 10]);
}

static void log_number(struct strbuf *sb, uint64_t k, uint64_t v)
{
	uint64_t limit = 2ull << k;
	unsigned int p = 0;

	while (v > limit && v >> p >= limit)
		p++;
	power(sb, v >> p, p);
}

/* All numbers end at 2^64, which is none of ours. */
static void log_end(struct strbuf *sb, uint64_t k)
{
	power(sb, 1ull << k, 64 - (unsigned int)k);
}

static void linear_number(struct strbuf *sb, const struct meta_type *t, uint64_t n)
{
	if (t->arg[2] % 1024 == 0 && n && n % (1 << 20) == 0)
		strbuf_addf(sb, "%" PRIu64 "M", n >> 20);
	else if (t->arg[2] % 1024 == 0 && n && n % 1024 == 0)
		strbuf_addf(sb, "%" PRIu64 "K", n >> 10);
	else
		strbuf_addf(sb, "%" PRIu64, n);
}

/* Orders of 2, 4, 8 ... have suffixes. */
static void order_number(struct strbuf *sb, const struct meta_type *t, uint64_t n)
{
	const char *suffix = " KMGTPE";

	if ((t->arg[0] & (t->arg[0] - 1)) == 0)
		for (; n && n % 1024 == 0; n /= 1024)
			suffix++;
	strbuf_addf(sb, "%" PRIu64, n);
	if (*suffix != ' ')
		strbuf_addc(sb, *suffix);
}

static void number(struct strbuf *sb, const struct meta_type *t, uint64_t n)
{
	if (t->kind == KIND_HIST)
		log_number(sb, t->arg[0], n);
	else if (t->kind == KIND_LLHIST)
		order_number(sb, t, n);
	else
		linear_number(sb, t, n);
}

/* Whether a bucket of a single number is labelled with that. */
static bool is_plain(const struct meta_type *t, const struct bounds *b)
{
	if (t->kind == KIND_LLHIST)
		return true;
	return t->kind == KIND_LHIST ? t->arg[2] == 1 : b->max <= 2ull << t->arg[0];
}

static void label(struct strbuf *sb, const struct meta_type *t, uint32_t i)
{
	struct bounds b = bounds_of(t, i);

	if (!b.has_min) {
		strbuf_adds(sb, "(..., ");
		number(sb, t, b.max);
		strbuf_addc(sb, ')');
	} else if (!b.has_max) {
		strbuf_addc(sb, '[');
		number(sb, t, b.min);
		strbuf_adds(sb, ", ");
		if (t->kind == KIND_HIST)
			log_end(sb, t->arg[0]);
		else
			strbuf_adds(sb, "...");
		strbuf_addc(sb, ')');
	} else if (b.max - b.min == 1 && is_plain(t, &b)) {
		strbuf_addf(sb, "[%" PRIu64 "]", b.min);
	} else {
		strbuf_addc(sb, '[');
		number(sb, t, b.min);
		strbuf_adds(sb, ", ");
		number(sb, t, b.max);
		strbuf_addc(sb, ')');
	}
}

uint64_t bucket_count(const uint64_t *bucket, uint32_t n)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < n; i++)
		total += bucket[i];
	return total;
}

/* First and last bucket with something in it; false: all are empty. */
static bool used_range(const struct meta_type *t, const uint64_t *bucket, uint32_t *first,
                       uint32_t *last)
{
	bool any = false;

	for (uint32_t i = 0; i < t->count; i++) {
		if (!bucket[i])
			continue;
		*first = any ? *first : i;
		*last = i;
		any = true;
	}
	return any;
}

/* How wide the labels are; numbers without suffixes need more. */
static int label_columns(const struct meta_type *t, uint32_t first, uint32_t last)
{
	struct strbuf text = STRBUF_INIT;
	int columns = 16;

	for (uint32_t i = first; t->kind == KIND_LLHIST && i <= last; i++) {
		strbuf_reset(&text);
		label(&text, t, i);
		columns = (int)text.len >= columns ? (int)text.len + 1 : columns;
	}
	strbuf_release(&text);
	return columns;
}

/* print(@m, top, div): as in bpftrace, the counts of a linear scale stay. */
static uint64_t divided(const struct meta_type *t, uint64_t count, uint64_t div)
{
	return t->kind != KIND_LHIST && div ? count / div : count;
}

void hist_text(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb)
{
	enum { BAR = 52 };
	struct strbuf text = STRBUF_INIT;
	uint32_t first = 0, last = 0;
	uint64_t most = 1;
	int columns;

	if (!used_range(t, bucket, &first, &last))
		return;
	columns = label_columns(t, first, last);
	for (uint32_t i = first; i <= last; i++)
		most = bucket[i] > most ? bucket[i] : most;
	for (uint32_t i = first; i <= last; i++) {
		int bar = (int)((double)bucket[i] / (double)most * BAR);

		strbuf_reset(&text);
		label(&text, t, i);
		strbuf_addf(sb, "%-*s%8" PRIu64 " |", columns, text.buf,
		            divided(t, bucket[i], div));
		strbuf_pad(sb, '@', (size_t)bar);
		strbuf_pad(sb, ' ', (size_t)(BAR - bar));
		strbuf_adds(sb, "|\n");
	}
	strbuf_release(&text);
}

void hist_json(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb)
{
	uint32_t first = 0, last = 0;

	strbuf_addc(sb, '[');
	if (used_range(t, bucket, &first, &last)) {
		for (uint32_t i = first; i <= last; i++) {
			struct bounds b = bounds_of(t, i);

			strbuf_adds(sb, i > first ? ",{" : "{");
			if (b.has_min)
				strbuf_addf(sb, "\"min\": %" PRIu64 ", ", b.min);
			if (b.has_max || t->kind == KIND_HIST)
				/* Below zero, the largest is -1. */
				strbuf_addf(sb,
				            b.max || b.has_min ? "\"max\": %" PRIu64 ", "
				                               : "\"max\": %" PRId64 ", ",
				            b.max - 1);
			strbuf_addf(sb, "\"count\": %" PRIu64 "}", divided(t, bucket[i], div));
		}
	}
	strbuf_addc(sb, ']');
}
