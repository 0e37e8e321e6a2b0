/* SPDX-License-Identifier: Apache-2.0 */
/* Scales of histograms: each number has one bucket. */
#include "image/buckets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct scale {
	enum kind kind;
	uint64_t arg[KIND_ARGS];
	uint32_t total;
} scales[] = {
	{ KIND_HIST, { 0 }, 66 },
	{ KIND_HIST, { 2 }, 253 },
	{ KIND_HIST, { 5 }, 1921 },
	{ KIND_LHIST, { 0, 100, 10 }, 12 },
	{ KIND_LHIST, { 3, 10, 1 }, 9 },
	{ KIND_LHIST, { 0, 1000, 1 }, 1002 },
	{ KIND_LLHIST, { 10, 0, 6, 10 }, 7 * 9 + 2 },
	{ KIND_LLHIST, { 10, 0, 6, 5 }, 7 * 5 + 2 },
	{ KIND_LLHIST, { 10, 0, 6, 2 }, 7 * 2 + 2 },
	{ KIND_LLHIST, { 10, 0, 18, 1 }, 19 + 2 },
	{ KIND_LLHIST, { 10, 0, 3, 100 }, 9 + 3 * 90 + 2 },
	{ KIND_LLHIST, { 10, 3, 5, 20 }, 3 * 18 + 2 },
	{ KIND_LLHIST, { 2, 0, 62, 1 }, 63 + 2 },
	{ KIND_LLHIST, { 2, 0, 62, 16 }, 1 + 2 + 4 + 60 * 8 + 2 },
	{ KIND_LLHIST, { 6, 0, 3, 3 }, 4 * 3 + 2 },
	{ KIND_LLHIST, { UINT64_MAX, 0, 0, 1 }, 1 + 2 },
};

#define each_scale(s) (const struct scale *s = scales; s < scales + sizeof(scales) / sizeof(*scales); s++)

static void scales_have_as_many_buckets_as_their_parameters_say(void **state)
{
	for each_scale (s)
		assert_int_equal(bucket_total(s->kind, s->arg), s->total);
}

/* Each bucket holds something and ends where the next one begins. */
static void buckets_leave_no_gap(void **state)
{
	for each_scale (s) {
		uint32_t last = bucket_total(s->kind, s->arg) - 1;

		for (uint32_t i = 0; i < last; i++) {
			struct bounds b = bucket_bounds(s->kind, s->arg, i);
			struct bounds next = bucket_bounds(s->kind, s->arg, i + 1);

			assert_true(b.has_max && next.has_min);
			assert_int_equal(b.max, next.min);
			assert_true(b.has_min ? b.max > b.min : i == 0);
		}
		assert_false(bucket_bounds(s->kind, s->arg, last).has_max);
	}
}

static void assert_bounds(const uint64_t *arg, uint32_t i, uint64_t min, uint64_t max)
{
	const struct bounds b = bucket_bounds(KIND_LLHIST, arg, i);

	assert_int_equal(b.has_min ? b.min : 0, min);
	assert_int_equal(b.has_max ? b.max : UINT64_MAX, max);
}

static void orders_are_cut_at_multiples_of_their_width(void **state)
{
	const uint64_t fives[KIND_ARGS] = { 10, 0, 1, 2 }, fine[KIND_ARGS] = { 10, 0, 1, 20 };

	assert_bounds(fives, 0, 0, 1);
	assert_bounds(fives, 1, 1, 5);
	assert_bounds(fives, 2, 5, 10);
	assert_bounds(fives, 3, 10, 50);
	assert_bounds(fives, 4, 50, 100);
	assert_bounds(fives, 5, 100, UINT64_MAX);
	/* Below 20 a number is as fine as it gets. */
	assert_bounds(fine, 9, 9, 10);
	assert_bounds(fine, 10, 10, 15);
	assert_bounds(fine, 27, 95, 100);
}

static void orders_that_leave_the_64_bits_are_no_scale(void **state)
{
	assert_int_equal(bucket_total(KIND_LLHIST, (uint64_t[KIND_ARGS]){ 10, 0, 19, 1 }), 0);
	assert_int_equal(bucket_total(KIND_LLHIST, (uint64_t[KIND_ARGS]){ 2, 63, 63, 1 }), 0);
	assert_int_equal(bucket_total(KIND_LLHIST, (uint64_t[KIND_ARGS]){ 2, 0, UINT64_MAX, 1 }), 0);
}

/* From the least number to the largest unsigned one; all differences are of unsigned numbers. */
static void percentiles_have_buckets_of_a_32nd_for_all_numbers(void **state)
{
	const uint64_t arg[KIND_ARGS] = { 0 };
	uint32_t total = bucket_total(KIND_PERCENTILES, arg);
	uint64_t from = 1ull << 63;

	assert_int_equal(total, 1888 + 1920);
	for (uint32_t i = 0; i < total; i++) {
		struct bounds b = bucket_bounds(KIND_PERCENTILES, arg, i);
		uint64_t least = i < PERCENTILE_ZERO ? -b.max : b.min, width = b.max - b.min;

		assert_int_equal(b.min, from);
		assert_true(width == 1 || (width - 1) / 2 <= least / 64);
		assert_true(width == 1 || width / 2 <= (least + width - 1) / 64);
		from = b.max;
	}
	assert_int_equal(from, 0);
}

static void what_is_asked_for_comes_back(void **state)
{
	uint64_t arg[KIND_ARGS] = { 0 };

	assert_int_equal(percentiles_asked(arg), 0);
	for (uint32_t i = 0; i < PERCENTILES_MOST; i++) {
		percentile_ask(arg, i, i * 1000);
		assert_int_equal(percentiles_asked(arg), i + 1);
	}
	for (uint32_t i = 0; i < PERCENTILES_MOST; i++)
		assert_int_equal(percentile(arg, i), i * 1000);
}

static void only_the_buckets_of_a_power_of_two_share_an_entry(void **state)
{
	assert_int_equal(bucket_neighbours(KIND_HIST, (uint64_t[KIND_ARGS]){ 0 }), 1);
	assert_int_equal(bucket_neighbours(KIND_HIST, (uint64_t[KIND_ARGS]){ 5 }), 32);
	assert_int_equal(bucket_neighbours(KIND_LHIST, (uint64_t[KIND_ARGS]){ 0, 100, 10 }), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales_have_as_many_buckets_as_their_parameters_say),
		cmocka_unit_test(buckets_leave_no_gap),
		cmocka_unit_test(orders_are_cut_at_multiples_of_their_width),
		cmocka_unit_test(orders_that_leave_the_64_bits_are_no_scale),
		cmocka_unit_test(percentiles_have_buckets_of_a_32nd_for_all_numbers),
		cmocka_unit_test(what_is_asked_for_comes_back),
		cmocka_unit_test(only_the_buckets_of_a_power_of_two_share_an_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
