/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - the scales of histograms. */

#include "image/buckets.h"

/* -- HIST -- */

enum { BITS };

/* Of the numbers from 0 on. */
static uint32_t log_total(uint64_t k)
{
	return (uint32_t)((65 - k) << k);
}

static struct bounds log_bounds(uint64_t k, uint32_t i)
{
	uint64_t exponent, mantissa;
	struct bounds b = { .has_min = true, .has_max = true };

	if (i < 1ull << k) {
		b.min = i;
		b.max = b.min + 1;
		return b;
	}
	exponent = (i >> k) - 1;
	mantissa = (i & ((1ull << k) - 1)) + (1ull << k);
	b.min = mantissa << exponent;
	b.max = (mantissa + 1) << exponent;
	b.has_max = b.max; /* 2^64 is the end of all numbers */
	return b;
}

static struct bounds hist_bounds(uint64_t k, uint32_t i)
{
	return i ? log_bounds(k, i - 1) : (struct bounds){ .has_max = true, .max = 0 };
}

/* -- PERCENTILES -- */

/* The mirror image of bucket i from 0 is that of what is ~n there: -1 is next to 0. */
static struct bounds percentile_bounds(uint32_t i)
{
	struct bounds b;

	if (i >= PERCENTILE_ZERO)
		return log_bounds(PERCENTILE_BITS, i - PERCENTILE_ZERO);
	b = log_bounds(PERCENTILE_BITS, PERCENTILE_ZERO - 1 - i);
	return (struct bounds){ true, true, -b.max, -b.min };
}

uint32_t percentile(const uint64_t arg[KIND_ARGS], uint32_t i)
{
	return (uint32_t)(arg[i / 2] >> i % 2 * 32) - 1;
}

void percentile_ask(uint64_t arg[KIND_ARGS], uint32_t i, uint32_t thousandths)
{
	arg[i / 2] |= (uint64_t)(thousandths + 1) << i % 2 * 32;
}

uint32_t percentiles_asked(const uint64_t arg[KIND_ARGS])
{
	uint32_t n = 0;

	while (n < PERCENTILES_MOST && percentile(arg, n) <= 100 * PERCENT)
		n++;
	return n;
}

/* -- LHIST -- */

enum { MIN, MAX, STEP };

static uint32_t linear_total(const uint64_t arg[KIND_ARGS])
{
	return arg[STEP] ? (uint32_t)((arg[MAX] - arg[MIN]) / arg[STEP]) + 2 : 0;
}

static struct bounds linear_bounds(const uint64_t arg[KIND_ARGS], uint32_t i)
{
	uint64_t min = arg[MIN], step = arg[STEP];

	if (!i)
		return (struct bounds){ .has_max = true, .max = min };
	if (i == linear_total(arg) - 1)
		return (struct bounds){ .has_min = true, .min = arg[MAX] };
	return (struct bounds){ true, true, min + (i - 1) * step, min + i * step };
}

/* -- LLHIST -- */

enum { FACTOR, LOW, HIGH, STEPS };

static void add_order(struct bucket_scale *scale, uint64_t min, uint64_t width, uint64_t buckets)
{
	const struct bucket_order *last = &scale->order[scale->orders];

	scale->order[++scale->orders] =
		(struct bucket_order){ min, width, last->first + (uint32_t)buckets };
}

void bucket_orders(const uint64_t arg[KIND_ARGS], struct bucket_scale *scale)
{
	uint64_t power = 1, width, buckets = 1;

	*scale = (struct bucket_scale){ 0 };
	for (uint64_t m = 0; m <= arg[HIGH]; m++) {
		uint64_t next;

		if (__builtin_mul_overflow(power, arg[FACTOR], &next)) {
			scale->orders = 0;
			return;
		}
		if (m >= arg[LOW]) {
			width = next > arg[STEPS] ? next / arg[STEPS] : 1;
			add_order(scale, power, width, buckets);
			buckets = next / width - power / width;
		}
		power = next;
	}
	add_order(scale, power, 0, buckets);
	scale->orders++;
}

static uint32_t orders_total(const uint64_t arg[KIND_ARGS])
{
	struct bucket_scale scale;

	bucket_orders(arg, &scale);
	return scale.orders ? scale.order[scale.orders - 1].first + 1 : 0;
}

static struct bounds order_bounds(const uint64_t arg[KIND_ARGS], uint32_t i)
{
	struct bucket_scale scale;
	const struct bucket_order *o;
	uint64_t cut;

	bucket_orders(arg, &scale);
	for (o = &scale.order[scale.orders - 1]; o->first > i;)
		o--;
	if (!i)
		return (struct bounds){ .has_max = true, .max = o[1].min };
	if (!o->width)
		return (struct bounds){ .has_min = true, .min = o->min };
	cut = o->min / o->width + (i - o->first);
	/* The first of an order starts with it, though it may be cut before. */
	return (struct bounds){ true, true, i == o->first ? o->min : cut * o->width,
		                (cut + 1) * o->width };
}

/* -- any -- */

uint32_t bucket_total(enum kind kind, const uint64_t arg[KIND_ARGS])
{
	if (kind == KIND_HIST)
		return 1 + log_total(arg[BITS]);
	if (kind == KIND_PERCENTILES)
		return PERCENTILE_ZERO + log_total(PERCENTILE_BITS);
	if (kind == KIND_LLHIST)
		return orders_total(arg);
	return kind == KIND_LHIST ? linear_total(arg) : 0;
}

uint32_t bucket_neighbours(enum kind kind, const uint64_t arg[KIND_ARGS])
{
	if (kind == KIND_PERCENTILES)
		return 1u << PERCENTILE_BITS;
	return kind == KIND_HIST ? 1u << arg[BITS] : 1;
}

struct bounds bucket_bounds(enum kind kind, const uint64_t arg[KIND_ARGS], uint32_t i)
{
	if (kind == KIND_LLHIST)
		return order_bounds(arg, i);
	if (kind == KIND_PERCENTILES)
		return percentile_bounds(i);
	return kind == KIND_HIST ? hist_bounds(arg[BITS], i) : linear_bounds(arg, i);
}
