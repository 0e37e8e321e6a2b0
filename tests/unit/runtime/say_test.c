/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a script that runs, and the order of entries. */
#include "setup.h"

#include <errno.h>

static struct source script = { .name = "x.bt", .text = "begin {\n\terrorf(\"a\");\n}\n",
	                        .len = 24 };

static void expect_message(const struct message *m, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	message_text(&script, m, false, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

static void a_message_shows_its_place(void **state)
{
	expect_message(&(struct message){ .text = "a", .error = true, .at = { 9, 11 } },
	               "x.bt:2:2-13: ERROR: a\n"
	               "    errorf(\"a\");\n"
	               "    ~~~~~~~~~~~\n");
	expect_message(&(struct message){ .text = "b", .at = { 0, 5 } },
	               "x.bt:1:1-6: WARNING: b\n"
	               "begin {\n"
	               "~~~~~\n");
}

static void a_message_over_several_lines_shows_them_without_marks(void **state)
{
	expect_message(&(struct message){ .text = "a", .at = { 0, 23 } },
	               "x.bt:1-3: WARNING: a\n"
	               "begin {\n"
	               "    errorf(\"a\");\n"
	               "}\n");
}

static void a_message_without_a_place_has_none(void **state)
{
	expect_message(&(struct message){ .text = "a", .at = SPAN_NONE }, "WARNING: a\n");
	/* A place outside the script comes from a broken image. */
	expect_message(&(struct message){ .text = "a", .at = { 20, 100 } }, "WARNING: a\n");
}

static void a_helper_that_failed_is_named(void **state)
{
	struct message m = { .at = { 0, 5 } };

	helper_message(&m, "probe_read_user", -EFAULT);
	expect_message(&m, "x.bt:1:1-6: WARNING: Bad address\n"
	                   "Additional Info - helper: probe_read_user, retcode: -14\n"
	                   "begin {\n"
	                   "~~~~~\n");
	helper_message(&m, "map_lookup_elem", 0);
	assert_string_equal(m.text, "Can't lookup map element because it does not exist.");
	helper_message(&m, "map_update_elem", -E2BIG);
	assert_memory_equal(m.text, "Map full;", 9);
}

static void a_macro_leads_to_the_place_of_its_call(void **state)
{
	struct source two = { .name = "y.bt", .text = "macro m() { f(); }\nbegin { m(); }\n",
		              .len = 34 };
	struct arena arena = ARENA_INIT;
	uint32_t base = source_add_expansion(&two, &arena, (struct span){ 12, 4 },
	                                     (struct span){ 27, 3 });
	const struct message m = { .type = "errorf", .error = true, .text = "a", .at = { base, 3 } };
	struct strbuf sb = STRBUF_INIT;

	message_text(&two, &m, false, &sb);
	assert_string_equal(sb.buf, "y.bt:1:13-16: ERROR: a\n"
	                            "macro m() { f(); }\n"
	                            "            ~~~\n"
	                            "y.bt:2:9-12: ERROR: expanded from\n"
	                            "begin { m(); }\n"
	                            "        ~~~\n");
	strbuf_reset(&sb);
	message_json(&two, &m, &sb);
	assert_string_equal(sb.buf, "{\"type\": \"errorf\", \"msg\": \"a\", \"filename\": \"y.bt\", "
	                            "\"line\": 2, \"col\": 9}\n");
	strbuf_release(&sb);
	arena_release(&arena);
}

static void messages_are_records_in_json(void **state)
{
	struct message m = { .type = "errorf", .text = "a \"b\"", .at = { 9, 11 } };
	struct strbuf sb = STRBUF_INIT;

	message_json(&script, &m, &sb);
	assert_string_equal(sb.buf, "{\"type\": \"errorf\", \"msg\": \"a \\\"b\\\"\", \"filename\": \"x.bt\", "
	                            "\"line\": 2, \"col\": 2}\n");
	strbuf_reset(&sb);
	helper_message(&m, "probe_read", -EFAULT);
	message_json(&script, &m, &sb);
	assert_string_equal(sb.buf, "{\"type\": \"helper_error\", \"msg\": \"Bad address\", \"helper\": "
	                            "\"probe_read\", \"retcode\": -14, \"filename\": \"x.bt\", \"line\": 2, "
	                            "\"col\": 2}\n");
	strbuf_release(&sb);
}

/* -- order -- */

enum { MOST = 8 };

/* Sorts entries of one member each, and gives the keys in their new order. */
static void sort(uint32_t key, uint32_t value, const void *keys, const void *values, size_t n,
                 size_t key_size, size_t value_size, size_t *order)
{
	const struct rt_map map = { .key = type_of(key), .value = type_of(value) };
	struct rt_entry e[MOST];

	for (size_t i = 0; i < n; i++)
		e[i] = (struct rt_entry){ .key = (const char *)keys + i * key_size,
			                  .value = (const char *)values + i * value_size };
	entries_sort(&rt.m, &map, e, n);
	for (size_t i = 0; i < n; i++)
		order[i] = (size_t)((const char *)e[i].key - (const char *)keys) / key_size;
}

static void numbers_are_sorted_by_value_then_by_key(void **state)
{
	uint32_t s4 = add_int(4, true), s1 = add_int(1, true), u8 = add_int(8, false);
	size_t order[MOST];

	describe();
	sort(s4, s1, (int32_t[]){ 3, -1, 2, 0 }, (int8_t[]){ 5, -5, 5, 100 }, 4, 4, 1, order);
	assert_int_equal(order[0], 1); /* -5 */
	assert_int_equal(order[1], 2); /* 5 at key 2 */
	assert_int_equal(order[2], 0); /* 5 at key 3 */
	assert_int_equal(order[3], 3); /* 100 */
	sort(s4, u8, (int32_t[]){ 1, 2 }, (uint64_t[]){ UINT64_MAX, 1 }, 2, 4, 8, order);
	assert_int_equal(order[0], 1);
}

static void averages_are_sorted_not_totals(void **state)
{
	uint32_t s4 = add_int(4, true),
	         avg = add_type((struct meta_type){ .kind = KIND_AVG, .size = 16,
	                                            .flags = META_TYPE_SIGNED });
	const int64_t values[][2] = { { 100, 100 }, { 50, 1 }, { -9, 3 }, { 0, 0 } };
	size_t order[MOST];

	describe();
	sort(s4, avg, (int32_t[]){ 0, 1, 2, 3 }, values, 3, 4, 16, order);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 0);
	assert_int_equal(order[2], 1);
}

static void other_values_leave_the_order_to_the_keys(void **state)
{
	uint32_t text = add_type((struct meta_type){ .kind = KIND_STRING, .size = 4 });
	uint32_t s1 = add_int(1, true), first = add_field("", s1, 0), tuple;
	size_t order[MOST];

	add_field("", text, 1);
	tuple = add_type((struct meta_type){ .kind = KIND_TUPLE, .size = 5, .first = first, .rows = 2 });
	describe();
	sort(text, text, "bc\0\0b\0\0\0a\0\0\0", "x\0\0\0y\0\0\0z\0\0\0", 3, 4, 4, order);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 0);
	sort(tuple, text, "\1b\0\0\0\1a\0\0\0\377z\0\0\0", "x\0\0\0y\0\0\0z\0\0\0", 3, 5, 4, order);
	assert_int_equal(order[0], 2); /* -1 */
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(a_message_shows_its_place),
		RUN_TEST(a_message_over_several_lines_shows_them_without_marks),
		RUN_TEST(a_message_without_a_place_has_none),
		RUN_TEST(a_helper_that_failed_is_named),
		RUN_TEST(a_macro_leads_to_the_place_of_its_call),
		RUN_TEST(messages_are_records_in_json),
		RUN_TEST(numbers_are_sorted_by_value_then_by_key),
		RUN_TEST(averages_are_sorted_not_totals),
		RUN_TEST(other_values_leave_the_order_to_the_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
