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
		cmocka_unit_test(only_the_buckets_of_a_power_of_two_share_an_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
