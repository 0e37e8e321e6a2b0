/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - the scales of histograms. */

#include "image/buckets.h"

/* -- HIST -- */

enum { BITS };

static uint32_t log_total(uint64_t k)
{
	return (uint32_t)((65 - k) << k) + 1;
}

static struct bounds log_bounds(uint64_t k, uint32_t i)
{
	uint64_t j = i - 1, exponent, mantissa;
	struct bounds b = { .has_min = true, .has_max = true };

	if (!i)
		return (struct bounds){ .has_max = true, .max = 0 };
	if (j < 1ull << k) {
		b.min = j;
		b.max = b.min + 1;
		return b;
	}
	exponent = (j >> k) - 1;
	mantissa = (j & ((1ull << k) - 1)) + (1ull << k);
	b.min = mantissa << exponent;
	b.max = (mantissa + 1) << exponent;
	b.has_max = b.max; /* 2^64 is the end of all numbers */
	return b;
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

/* -- any -- */

uint32_t bucket_total(enum kind kind, const uint64_t arg[KIND_ARGS])
{
	if (kind == KIND_HIST)
		return log_total(arg[BITS]);
	return kind == KIND_LHIST ? linear_total(arg) : 0;
}

uint32_t bucket_neighbours(enum kind kind, const uint64_t arg[KIND_ARGS])
{
	return kind == KIND_HIST ? 1u << arg[BITS] : 1;
}

struct bounds bucket_bounds(enum kind kind, const uint64_t arg[KIND_ARGS], uint32_t i)
{
	return kind == KIND_HIST ? log_bounds(arg[BITS], i) : linear_bounds(arg, i);
}
