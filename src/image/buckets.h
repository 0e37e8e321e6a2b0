/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buckets - which numbers each bucket of a histogram counts. The compiler finds the bucket of a
 * number, the runtime the numbers of a bucket: here is what they agree on.
 *
 *	HIST    with k bits: 0 holds what is negative; then one for each number below 2^k, and 2^k
 *	        for each power of two from there.
 *	LHIST   0 holds what is below min; then one for each step; the last what is max and above.
 *	LLHIST  0 holds what is below factor^low; then come the orders of magnitude, that of m from
 *	        factor^m up to factor^(m + 1), cut at the multiples of factor^(m + 1) / steps (of 1
 *	        where that is less); the last holds what is above the order of 'high'.
 *	PERCENTILES  as HIST with 5 bits, but negative numbers have as many buckets, in their order
 *	        before the others: any number is within 1/64 of the middle of its bucket.
 *
 *	const struct bounds b = bucket_bounds(KIND_HIST, (uint64_t[]){ 0 }, 3);	2 <= n < 4
 */
#ifndef IMAGE_BUCKETS_H
#define IMAGE_BUCKETS_H

#include "image/kinds.h"

#include <stdint.h>

enum {
	HIST_MOST_BITS = 5,
	HIST_MOST_STEPS = 1000, /* of other scales, beside the buckets at their ends */
	HIST_MOST_ORDERS = 64,
	PERCENTILE_BITS = 5,
	PERCENTILE_ZERO = (64 - PERCENTILE_BITS) << PERCENTILE_BITS, /* the bucket of 0 */
	PERCENTILES_MOST = 2 * KIND_ARGS,
	PERCENT = 1000, /* percentiles are counted in thousandths */
};

struct bounds {
	bool has_min, has_max;
	uint64_t min, max; /* min <= n < max */
};

/* How many buckets a value of this kind has; arg: as in struct meta_type. */
uint32_t bucket_total(enum kind kind, const uint64_t arg[KIND_ARGS]);
struct bounds bucket_bounds(enum kind kind, const uint64_t arg[KIND_ARGS], uint32_t i);

/* LLHIST: numbers from 'min' on, up to that of the next order. */
struct bucket_order {
	uint64_t min, width; /* width 0: all are in one bucket */
	uint32_t first;      /* bucket that holds min */
};
struct bucket_scale {
	struct bucket_order order[1 + HIST_MOST_ORDERS + 1]; /* what is below and above as well */
	uint32_t orders;                                     /* 0: they leave the 64 bits */
};
void bucket_orders(const uint64_t arg[KIND_ARGS], struct bucket_scale *scale);

/* PERCENTILES: how many are asked for, and the i-th of them in thousandths of a percent. Each is
 * half of a parameter, plus one. */
uint32_t percentiles_asked(const uint64_t arg[KIND_ARGS]);
uint32_t percentile(const uint64_t arg[KIND_ARGS], uint32_t i);
void percentile_ask(uint64_t arg[KIND_ARGS], uint32_t i, uint32_t thousandths);

/* Under a key, so many neighbours share an entry of the map; a power of two. Finer scales would
 * take as many times the entries, and their keys as long to look through. */
uint32_t bucket_neighbours(enum kind kind, const uint64_t arg[KIND_ARGS]);

#endif
