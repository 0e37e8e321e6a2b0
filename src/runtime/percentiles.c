/* SPDX-License-Identifier: Apache-2.0 */
/*
 * percentiles.c - percentiles: what is printed of buckets and the largest value.
 *
 * That of p percent is the value of the sample with the rank of p percent of all, rounded up: the
 * middle of its bucket, but for the last sample, which is known.
 */

#include "base/bug.h"
#include "image/buckets.h"
#include "runtime/rt.h"

static bool less(const struct meta_type *t, uint64_t a, uint64_t b)
{
	return t->flags & META_TYPE_SIGNED ? (int64_t)a < (int64_t)b : a < b;
}

/* From 1 on. */
static uint64_t rank_of(uint64_t count, uint32_t thousandths)
{
	uint64_t all = 100 * PERCENT;
	uint64_t rank = count / all * thousandths + (count % all * thousandths + all - 1) / all;

	return rank ? rank : 1;
}

static uint64_t middle_of(const struct meta_type *t, uint32_t i)
{
	const struct bounds b = bucket_bounds(t->kind, t->arg, i);

	return b.min + (b.max - b.min - 1) / 2;
}

static uint64_t value_at(const struct meta_type *t, const uint64_t *bucket, uint64_t rank)
{
	uint32_t i = 0;

	for (; rank > bucket[i]; i++)
		rank -= bucket[i];
	return middle_of(t, i);
}

const uint64_t *percentiles_of(struct arena *a, const struct meta_type *t, const uint64_t *bucket)
{
	uint64_t *word = arena_array(a, uint64_t, t->rows), count = bucket_count(bucket, t->count);
	uint64_t max = bucket[t->count] ^ (t->flags & META_TYPE_SIGNED ? 1ull << 63 : 0);

	if (!count)
		return word;
	word[0] = count;
	word[t->rows - 1] = max;
	for (uint32_t i = 0; i < t->rows - 2; i++) {
		uint64_t rank = rank_of(count, percentile(t->arg, i));
		uint64_t v = rank == count ? max : value_at(t, bucket, rank);

		word[1 + i] = less(t, max, v) ? max : v;
	}
	return word;
}
