/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms and time series: scales, bars, merging CPUs. */
#include "setup.h"

#include "image/buckets.h"

#define FULL "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
#define NONE "                                                    "

static struct meta_type hist(uint32_t bits)
{
	return (struct meta_type){ .kind = KIND_HIST, .count = ((65 - bits) << bits) + 1,
		                   .arg = { bits } };
}

static struct meta_type lhist(uint64_t min, uint64_t max, uint64_t step)
{
	return (struct meta_type){ .kind = KIND_LHIST, .count = (uint32_t)((max - min) / step) + 2,
		                   .arg = { min, max, step } };
}

static struct meta_type llhist(uint64_t factor, uint64_t low, uint64_t high, uint64_t steps)
{
	struct meta_type t = { .kind = KIND_LLHIST, .arg = { factor, low, high, steps } };

	t.count = bucket_total(t.kind, t.arg);
	return t;
}

static void expect_text(const struct meta_type *t, const uint64_t *bucket, uint64_t div,
                        const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	hist_text(t, bucket, div, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

/* The label of one bucket: it is then the only row. */
static void expect_label(struct meta_type t, uint32_t i, const char *label)
{
	uint64_t bucket[2048] = { 0 };
	char row[160];

	bucket[i] = 1;
	snprintf(row, sizeof(row), "%-16s%8d |" FULL "|\n", label, 1);
	expect_text(&t, bucket, 0, row);
}

static void powers_of_two_have_suffixes_above_1000(void **state)
{
	expect_label(hist(0), 0, "(..., 0)");
	expect_label(hist(0), 1, "[0]");
	expect_label(hist(0), 2, "[1]");
	expect_label(hist(0), 3, "[2, 4)");
	expect_label(hist(0), 11, "[512, 1K)");
	expect_label(hist(0), 12, "[1K, 2K)");
	expect_label(hist(0), 21, "[512K, 1M)");
	expect_label(hist(0), 32, "[1G, 2G)");
	expect_label(hist(0), 64, "[4E, 8E)");
	expect_label(hist(0), 65, "[8E, 16E)");
}

static void finer_scales_stay_exact(void **state)
{
	expect_label(hist(2), 5, "[4]");
	expect_label(hist(2), 8, "[7]");
	expect_label(hist(2), 9, "[8, 10)");
	expect_label(hist(2), 36, "[896, 1024)");
	expect_label(hist(2), 37, "[1024, 1280)");
	expect_label(hist(2), 45, "[4K, 5K)");
	expect_label(hist(5), 1, "[0]");
	expect_label(hist(5), (60 << 5), "[16128P, 16384P)");
}

static void linear_scales_have_ends(void **state)
{
	expect_label(lhist(10, 30, 10), 0, "(..., 10)");
	expect_label(lhist(10, 30, 10), 1, "[10, 20)");
	expect_label(lhist(10, 30, 10), 3, "[30, ...)");
	expect_label(lhist(0, 5, 1), 3, "[2]");
	expect_label(lhist(0, 4096, 1024), 1, "[0, 1K)");
	expect_label(lhist(0, 4 << 20, 1 << 20), 2, "[1M, 2M)");
	expect_label(lhist(0, 4096, 1000), 1, "[0, 1000)");
}

static void orders_of_magnitude_have_plain_numbers_or_suffixes(void **state)
{
	expect_label(llhist(10, 0, 2, 10), 0, "(..., 1)");
	expect_label(llhist(10, 0, 2, 10), 1, "[1]");
	expect_label(llhist(10, 0, 2, 10), 10, "[10, 20)");
	expect_label(llhist(10, 0, 2, 10), 19, "[100, 200)");
	expect_label(llhist(10, 0, 2, 10), 28, "[1000, ...)");
	expect_label(llhist(2, 9, 20, 4), 1, "[512, 768)");
	expect_label(llhist(2, 9, 20, 4), 2, "[768, 1K)");
	expect_label(llhist(2, 9, 20, 4), 3, "[1K, 1536)");
	expect_label(llhist(2, 9, 20, 4), 25, "[2M, ...)");
	expect_label(llhist(1024, 1, 1, 1), 1, "[1K, 1M)");
}

static void wide_labels_move_all_bars(void **state)
{
	const struct meta_type t = llhist(10, 0, 9, 1);
	uint64_t bucket[12] = { [1] = 1, [9] = 1 };
	struct strbuf sb = STRBUF_INIT;

	hist_text(&t, bucket, 0, &sb);
	assert_non_null(strstr(sb.buf, "[1, 10)                        1 |" FULL "|\n"));
	assert_non_null(strstr(sb.buf, "[100000000, 1000000000)        1 |" FULL "|\n"));
	strbuf_release(&sb);
}

static void bars_are_parts_of_the_largest_and_gaps_are_rows(void **state)
{
	const struct meta_type t = hist(0);
	uint64_t bucket[66] = { [3] = 1, [5] = 2 };

	expect_text(&t, bucket, 0,
	            "[2, 4)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
	            "[4, 8)                 0 |" NONE "|\n"
	            "[8, 16)                2 |" FULL "|\n");
	expect_text(&t, bucket, 2,
	            "[2, 4)                 0 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
	            "[4, 8)                 0 |" NONE "|\n"
	            "[8, 16)                1 |" FULL "|\n");
	expect_text(&t, (uint64_t[66]){ 0 }, 0, "");
}

static void histograms_as_json_have_inclusive_bounds(void **state)
{
	const struct meta_type t = lhist(0, 10, 5);
	struct strbuf sb = STRBUF_INIT;

	hist_json(&t, (uint64_t[]){ 1, 0, 2, 3 }, 0, &sb);
	assert_string_equal(sb.buf, "[{\"max\": -1, \"count\": 1},{\"min\": 0, \"max\": 4, \"count\": 0},"
	                            "{\"min\": 5, \"max\": 9, \"count\": 2},{\"min\": 10, \"count\": 3}]");
	strbuf_reset(&sb);
	hist_json(&t, (uint64_t[]){ 0, 0, 0, 0 }, 0, &sb);
	assert_string_equal(sb.buf, "[]");
	strbuf_release(&sb);
}

/* -- time series -- */

static struct meta_type tseries(uint64_t interval, uint32_t count, enum meta_series mode, bool is_signed)
{
	return (struct meta_type){ .kind = KIND_TSERIES, .size = 24, .count = count,
		                   .flags = is_signed ? META_TYPE_SIGNED : 0,
		                   .arg = { interval, count, mode } };
}

/* Two CPUs have been in the same slot. */
static void add_slots(const struct meta_type *t, struct series *s, struct point a, struct point b)
{
	struct point slots[2] = { a, b };

	a.interval++;
	slots[0].interval = a.interval;
	if (b.interval)
		slots[1].interval = b.interval + 1;
	series_add(&rt.arena, t, s, (const char *)slots, 2);
}

static uint64_t merged(enum meta_series mode, bool is_signed, struct point a, struct point b)
{
	const struct meta_type t = tseries(1000000000, 5, mode, is_signed);
	struct series s = { 0 };
	const struct rt_entry e = { .value = &s };

	add_slots(&t, &s, a, b);
	assert_true(s.touched);
	series_finish(&t, &e, 1);
	assert_int_equal(s.points.n, 1);
	assert_int_equal(s.points.v[0].interval, 7);
	return s.points.v[0].value;
}

static void cpus_are_merged_as_the_series_says(void **state)
{
	const struct point a = { 7, 10, 1 }, b = { 7, (uint64_t)-4, 2 };

	assert_int_equal(merged(SERIES_LAST, false, a, b), (uint64_t)-4);
	assert_int_equal(merged(SERIES_LAST, false, b, a), (uint64_t)-4);
	assert_int_equal(merged(SERIES_SUM, true, a, b), 6);
	assert_int_equal(merged(SERIES_AVG, true, a, b), 2);
	assert_int_equal(merged(SERIES_MIN, true, a, b), (uint64_t)-4);
	assert_int_equal(merged(SERIES_MAX, true, a, b), 10);
	assert_int_equal(merged(SERIES_MIN, false, a, b), 10);
	assert_int_equal(merged(SERIES_MAX, false, a, b), (uint64_t)-4);
}

static void intervals_of_an_earlier_round_are_dropped(void **state)
{
	const struct meta_type t = tseries(1, 5, SERIES_SUM, false);
	struct series s = { 0 }, other = { 0 };
	const struct rt_entry e[] = { { .value = &s }, { .value = &other } };

	/* 12 and 7 share a slot; 7 is five intervals older. */
	add_slots(&t, &s, (struct point){ 12, 1, 1 }, (struct point){ 7, 100, 1 });
	add_slots(&t, &s, (struct point){ 8, 2, 1 }, (struct point){ 0 });
	add_slots(&t, &other, (struct point){ 9, 3, 1 }, (struct point){ 0 });
	series_finish(&t, e, 2);
	assert_int_equal(s.points.n, 2);
	assert_int_equal(s.points.v[0].interval, 8);
	assert_int_equal(s.points.v[1].interval, 12);
	assert_int_equal(s.points.v[1].value, 1);
	assert_int_equal(other.points.n, 1);
	assert_int_equal(other.newest, 12);
}

static void expect_series(const struct meta_type *t, const struct series *s, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	series_text(t, s, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

static void a_series_is_drawn_between_its_extremes(void **state)
{
	const struct meta_type t = tseries(1000000000, 5, SERIES_LAST, true);
	struct point points[] = { { 1, (uint64_t)-2, 1 }, { 2, 0, 1 }, { 4, 2, 1 } };
	const struct series s = { .points = { points, 3, 3 }, .newest = 5 };

	expect_series(&t, &s,
	              "         -2                                                  2\n"
	              "hh:mm:ss |___________________________________________________|\n"
	              "00:00:01 *                         .                         | -2\n"
	              "00:00:02 |                         *                         | 0\n"
	              "00:00:03 |                         .                         | -\n"
	              "00:00:04 |                         .                         * 2\n"
	              "00:00:05 |                         .                         | -\n"
	              "         v___________________________________________________v\n"
	              "         -2                                                  2\n");
	expect_series(&t, &(struct series){ 0 }, "");
}

static void one_value_stands_in_the_middle_and_zero_at_the_edge(void **state)
{
	const struct meta_type us = tseries(1000, 5, SERIES_LAST, false);
	const struct meta_type ns = tseries(1, 5, SERIES_LAST, false);
	struct point five = { 1500, 5, 1 }, zero = { 3, 0, 1 };

	expect_series(&us, &(struct series){ .points = { &five, 1, 1 }, .newest = 1500 },
	              "                4                                                   6\n"
	              "hh:mm:ss.\u03bcs     |___________________________________________________|\n"
	              "00:00:00.001500 |                         *                         | 5\n"
	              "                v___________________________________________________v\n"
	              "                4                                                   6\n");
	expect_series(&ns, &(struct series){ .points = { &zero, 1, 1 }, .newest = 3 },
	              "                   0                                                   1\n"
	              "hh:mm:ss.ns        |___________________________________________________|\n"
	              "00:00:00.000000003 *                                                   | 0\n"
	              "                   v___________________________________________________v\n"
	              "                   0                                                   1\n");
}

static void the_last_of_all_numbers_has_none_behind_it(void **state)
{
	const struct meta_type t = tseries(1000000000, 5, SERIES_LAST, false);
	struct point point = { 1, UINT64_MAX, 1 };

	expect_series(&t, &(struct series){ .points = { &point, 1, 1 }, .newest = 1 },
	              "         18446744073709551614             18446744073709551615\n"
	              "hh:mm:ss |___________________________________________________|\n"
	              "00:00:01 |                                                   * 18446744073709551615\n"
	              "         v___________________________________________________v\n"
	              "         18446744073709551614             18446744073709551615\n");
}

static void extremes_of_all_numbers_fit_the_graph(void **state)
{
	const struct meta_type t = tseries(1000000000, 5, SERIES_LAST, true);
	struct point points[] = { { 1, (uint64_t)INT64_MIN, 1 }, { 2, INT64_MAX, 1 } };
	const struct series s = { .points = { points, 2, 2 }, .newest = 2 };
	struct strbuf sb = STRBUF_INIT;

	series_text(&t, &s, &sb);
	assert_non_null(strstr(sb.buf, "00:00:01 *"));
	assert_non_null(strstr(sb.buf, " * 9223372036854775807\n"));
	strbuf_release(&sb);
}

static void a_series_as_json_has_times_of_utc(void **state)
{
	const struct meta_type t = tseries(500000000, 5, SERIES_LAST, true);
	struct point points[] = { { 1, (uint64_t)-2, 1 }, { 172801, 9007199254740993, 1 } };
	struct strbuf sb = STRBUF_INIT;

	series_json(&t, &(struct series){ .points = { points, 2, 2 } }, &sb);
	assert_string_equal(sb.buf,
	                    "[{\"interval_start\":\"1970-01-01 00:00:00.500000000\",\"value\":-2},"
	                    "{\"interval_start\":\"1970-01-02 00:00:00.500000000\","
	                    "\"value\":\"9007199254740993\"}]");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(powers_of_two_have_suffixes_above_1000),
		RUN_TEST(finer_scales_stay_exact),
		RUN_TEST(linear_scales_have_ends),
		RUN_TEST(orders_of_magnitude_have_plain_numbers_or_suffixes),
		RUN_TEST(wide_labels_move_all_bars),
		RUN_TEST(bars_are_parts_of_the_largest_and_gaps_are_rows),
		RUN_TEST(histograms_as_json_have_inclusive_bounds),
		RUN_TEST(cpus_are_merged_as_the_series_says),
		RUN_TEST(intervals_of_an_earlier_round_are_dropped),
		RUN_TEST(a_series_is_drawn_between_its_extremes),
		RUN_TEST(one_value_stands_in_the_middle_and_zero_at_the_edge),
		RUN_TEST(the_last_of_all_numbers_has_none_behind_it),
		RUN_TEST(extremes_of_all_numbers_fit_the_graph),
		RUN_TEST(a_series_as_json_has_times_of_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
