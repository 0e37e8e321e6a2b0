/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles: from buckets and the largest value to what is printed. */
#include "setup.h"

#include "image/buckets.h"

enum { TOTAL = PERCENTILE_ZERO + ((65 - PERCENTILE_BITS) << PERCENTILE_BITS) };

static struct meta_type percentiles(bool is_signed, uint32_t n, const uint32_t *thousandths)
{
	struct meta_type t = { .kind = KIND_PERCENTILES, .rows = n + 2, .count = TOTAL,
		               .flags = is_signed ? META_TYPE_SIGNED : 0 };

	for (uint32_t i = 0; i < n; i++)
		percentile_ask(t.arg, i, thousandths[i]);
	assert_int_equal(percentiles_asked(t.arg), n);
	assert_int_equal(bucket_total(t.kind, t.arg), TOTAL);
	return t;
}

/* Counts n as a program does, but by looking for its bucket. */
static void add(const struct meta_type *t, uint64_t *bucket, uint64_t n)
{
	uint64_t turn = t->flags & META_TYPE_SIGNED ? 1ull << 63 : 0;
	uint32_t first = turn ? 0 : PERCENTILE_ZERO, last = TOTAL - 1;

	while (first < last) {
		uint32_t half = (first + last + 1) / 2;

		if ((bucket_bounds(t->kind, t->arg, half).min ^ turn) > (n ^ turn))
			last = half - 1;
		else
			first = half;
	}
	bucket[first]++;
	if ((n ^ turn) > bucket[TOTAL])
		bucket[TOTAL] = n ^ turn;
}

static void expect(const struct meta_type *t, const uint64_t *bucket, const uint64_t *expected)
{
	const uint64_t *word = percentiles_of(&rt.arena, t, bucket);

	for (uint32_t i = 0; i < t->rows; i++)
		assert_int_equal(word[i], expected[i]);
}

static void nothing_counted_is_zeros(void **state)
{
	const struct meta_type t = percentiles(true, 2, (uint32_t[]){ 50000, 99000 });
	static uint64_t bucket[TOTAL + 1];

	expect(&t, bucket, (uint64_t[]){ 0, 0, 0, 0 });
}

static void small_numbers_are_exact(void **state)
{
	const struct meta_type t = percentiles(false, 6, (uint32_t[]){ 0, 1000, 50000, 90000, 99900, 100000 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	for (uint64_t n = 1; n <= 60; n++)
		add(&t, bucket, n);
	expect(&t, bucket, (uint64_t[]){ 60, 1, 1, 30, 54, 60, 60, 60 });
}

static void a_rank_is_rounded_up(void **state)
{
	const struct meta_type t = percentiles(false, 4, (uint32_t[]){ 49999, 50000, 50001, 75001 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	for (uint64_t n = 10; n <= 40; n += 10)
		add(&t, bucket, n);
	expect(&t, bucket, (uint64_t[]){ 4, 20, 20, 30, 40, 40 });
}

/* 1000 is in [992, 1008), 2000 in [1984, 2016). */
static void what_is_printed_is_the_middle_but_not_above_the_largest(void **state)
{
	const struct meta_type t = percentiles(false, 2, (uint32_t[]){ 25000, 75000 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	add(&t, bucket, 1000);
	expect(&t, bucket, (uint64_t[]){ 1, 1000, 1000, 1000 });
	add(&t, bucket, 1000);
	add(&t, bucket, 1985);
	add(&t, bucket, 1985);
	expect(&t, bucket, (uint64_t[]){ 4, 999, 1985, 1985 });
	add(&t, bucket, 2015);
	add(&t, bucket, 2015);
	expect(&t, bucket, (uint64_t[]){ 6, 999, 1999, 2015 });
}

static void negative_numbers_come_first(void **state)
{
	const struct meta_type t = percentiles(true, 3, (uint32_t[]){ 0, 50000, 75000 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	add(&t, bucket, (uint64_t)-1);
	expect(&t, bucket, (uint64_t[]){ 1, (uint64_t)-1, (uint64_t)-1, (uint64_t)-1, (uint64_t)-1 });
	add(&t, bucket, (uint64_t)-60);
	add(&t, bucket, 0);
	add(&t, bucket, 7);
	expect(&t, bucket, (uint64_t[]){ 4, (uint64_t)-60, (uint64_t)-1, 0, 7 });
}

static void the_ends_of_all_numbers_have_buckets(void **state)
{
	const struct meta_type u = percentiles(false, 2, (uint32_t[]){ 50000, 100000 });
	const struct meta_type s = percentiles(true, 2, (uint32_t[]){ 50000, 100000 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	add(&u, bucket, UINT64_MAX);
	assert_int_equal(bucket[TOTAL - 1], 1);
	expect(&u, bucket, (uint64_t[]){ 1, UINT64_MAX, UINT64_MAX, UINT64_MAX });
	memset(bucket, 0, sizeof(bucket));
	add(&s, bucket, 1ull << 63);
	assert_int_equal(bucket[0], 1);
	add(&s, bucket, INT64_MAX);
	expect(&s, bucket, (uint64_t[]){ 2, (1ull << 63) + (1ull << 56) - 1, INT64_MAX, INT64_MAX });
}

/* Against the samples in order, for sizes of all kinds. */
static void the_error_is_at_most_a_64th(void **state)
{
	enum { SAMPLES = 999 };
	const uint32_t asked[] = { 1000, 10000, 50000, 90000, 99000, 99900 };
	const struct meta_type t = percentiles(false, 6, asked);
	uint64_t bucket[TOTAL + 1] = { 0 }, n = 1, sample[SAMPLES];
	const uint64_t *word;

	/* Ascending, from 1 to about 2^60. */
	for (int i = 0; i < SAMPLES; i++) {
		sample[i] = n;
		add(&t, bucket, n);
		n += n / 24 + 1;
	}
	word = percentiles_of(&rt.arena, &t, bucket);
	assert_int_equal(word[0], SAMPLES);
	assert_int_equal(word[7], sample[SAMPLES - 1]);
	for (int i = 0; i < 6; i++) {
		uint64_t exact = sample[((uint64_t)SAMPLES * asked[i] + 99999) / 100000 - 1];
		uint64_t off = word[1 + i] > exact ? word[1 + i] - exact : exact - word[1 + i];

		assert_true(off <= exact / 64);
	}
}

static void counts_of_all_sizes_have_ranks(void **state)
{
	const struct meta_type t = percentiles(false, 3, (uint32_t[]){ 1, 50000, 99999 });
	uint64_t bucket[TOTAL + 1] = { 0 };

	bucket[PERCENTILE_ZERO + 1] = UINT64_MAX / 2;
	bucket[PERCENTILE_ZERO + 2] = UINT64_MAX / 2;
	bucket[TOTAL] = 2;
	expect(&t, bucket, (uint64_t[]){ UINT64_MAX - 1, 1, 1, 2, 2 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(nothing_counted_is_zeros),
		RUN_TEST(small_numbers_are_exact),
		RUN_TEST(a_rank_is_rounded_up),
		RUN_TEST(what_is_printed_is_the_middle_but_not_above_the_largest),
		RUN_TEST(negative_numbers_come_first),
		RUN_TEST(the_ends_of_all_numbers_have_buckets),
		RUN_TEST(the_error_is_at_most_a_64th),
		RUN_TEST(counts_of_all_sizes_have_ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
