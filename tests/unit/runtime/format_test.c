/* SPDX-License-Identifier: Apache-2.0 */
/* printf: conversions over typed arguments; strftime with fractions. */
#include "setup.h"

/* Formats one argument. */
static void expect(const char *format, uint32_t row, const void *data, const char *expected)
{
	const struct meta_type args = { .kind = KIND_TUPLE, .size = type_of(row)->size, .first = row,
		                        .rows = 1 };
	struct strbuf sb = STRBUF_INIT;

	format_event(&rt, format, &args, data, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

/* Type row and field row are the same number: 'expect' makes a tuple of it. */
static uint32_t argument(struct meta_type t)
{
	uint32_t row = add_type(t);

	assert_int_equal(add_field("", row, 0), row);
	return row;
}

static uint32_t int_argument(uint32_t size, bool is_signed)
{
	return argument((struct meta_type){ .kind = KIND_INT, .size = size,
	                                    .flags = is_signed ? META_TYPE_SIGNED : 0 });
}

static void plain_text_and_percent_signs(void **state)
{
	uint32_t row = int_argument(4, true);
	int32_t n = 5;

	describe();
	expect("", row, &n, "");
	expect("100%% of %d%%", row, &n, "100% of 5%");
	expect("%d", row, &n, "5");
}

static void integers_are_cut_to_the_conversion_s_width(void **state)
{
	uint32_t row = int_argument(8, true);
	int64_t minus = -1, large = 0x12345678abcdef;

	describe();
	expect("%d", row, &minus, "-1");
	expect("%u", row, &minus, "4294967295");
	expect("%x", row, &minus, "ffffffff");
	expect("%llx", row, &minus, "ffffffffffffffff");
	expect("%hhx", row, &large, "ef");
	expect("%hhd", row, &large, "-17");
	expect("%hx", row, &large, "cdef");
	expect("%X", row, &large, "78ABCDEF");
	expect("%lx", row, &large, "12345678abcdef");
	expect("%jd", row, &large, "5124095577148911");
	expect("%o", row, &(int64_t){ 8 }, "10");
}

static void flags_width_and_precision_work_as_in_c(void **state)
{
	uint32_t row = int_argument(4, true);
	int32_t n = 42;

	describe();
	expect("[%6d]", row, &n, "[    42]");
	expect("[%-6d]", row, &n, "[42    ]");
	expect("[%06d]", row, &n, "[000042]");
	expect("[%+d]", row, &n, "[+42]");
	expect("[% d]", row, &n, "[ 42]");
	expect("[%#x]", row, &n, "[0x2a]");
	expect("[%#o]", row, &n, "[052]");
	expect("[%.4d]", row, &n, "[0042]");
	expect("[%6.4d]", row, &n, "[  0042]");
	expect("[%-6.4d]", row, &n, "[0042  ]");
}

static void characters_and_pointers(void **state)
{
	uint32_t row = int_argument(8, false);

	describe();
	expect("[%c]", row, &(uint64_t){ 'A' }, "[A]");
	expect("[%3c|%-3c]", row, &(uint64_t){ 'A' }, "[  A|]");
	expect("%c", row, &(uint64_t){ 0x1b }, "\\x1b");
	expect("%p", row, &(uint64_t){ 0xdead }, "0xdead");
	expect("%p", row, &(uint64_t){ 0 }, "0");
	expect("[%8p]", row, &(uint64_t){ 16 }, "[    0x10]");
	expect("[%-8p]", row, &(uint64_t){ 16 }, "[0x10    ]");
}

static void strings_by_width_and_precision(void **state)
{
	uint32_t row = argument((struct meta_type){ .kind = KIND_STRING, .size = 8 });

	describe();
	expect("[%s]", row, "abcdef\0", "[abcdef]");
	expect("[%8s]", row, "abcdef\0", "[  abcdef]");
	expect("[%-8s]", row, "abcdef\0", "[abcdef  ]");
	expect("[%5.3s]", row, "abcdef\0", "[  abc]");
	expect("[%-5.3s]", row, "abcdef\0", "[abc  ]");
	expect("[%.0s]", row, "abcdef\0", "[]");
	expect("%s", row, "50%d\0\0\0", "50%d");
}

static void any_value_is_printed_by_s(void **state)
{
	uint32_t row = argument((struct meta_type){ .kind = KIND_BOOL, .size = 1 });

	describe();
	expect("[%6s]", row, "\1", "[  true]");
	expect("%d", row, "\1", "1");
}

static void buffers_have_three_forms(void **state)
{
	uint32_t row = argument((struct meta_type){ .kind = KIND_BUFFER, .size = 8 });
	const char data[] = "\2\0\0\0a\xff\0";

	describe();
	expect("%r", row, data, "a\\xff");
	expect("%rx", row, data, "\\x61\\xff");
	expect("%rh", row, data, "61 ff");
	expect("[%8rh]", row, data, "[   61 ff]");
	expect("[%-8r]", row, data, "[a\\xff   ]");
	expect("%r|x", row, data, "a\\xff|x");
}

static void allocation_flags_have_names(void **state)
{
	uint32_t row = int_argument(4, false);

	describe();
	expect("%gr", row, &(uint32_t){ 0 }, "0");
	expect("%gr", row, &(uint32_t){ 0xcc0 }, "GFP_KERNEL");
	expect("%gr", row, &(uint32_t){ 0xdc0 }, "GFP_KERNEL|__GFP_ZERO");
	expect("%gr", row, &(uint32_t){ 1u << 31 }, "0x80000000");
	expect("%gr", row, &(uint32_t){ 0x820 }, "GFP_ATOMIC");
}

/* The compiler checks formats; one of another compiler must not do harm. */
static void missing_arguments_print_nothing(void **state)
{
	uint32_t row = int_argument(4, true);
	int32_t n = 5;

	describe();
	expect("%d %d|", row, &n, "5 |");
	expect("%d %", row, &n, "5 ");
}

static void times_have_fractions(void **state)
{
	static const struct {
		const char *format;
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ "%H:%M:%S", 3661000000000, "01:01:01" },
		{ "%S.%f", 1000123000, "01.000123" },
		{ "%l|%k", 1002003004, "002|002003004" },
		{ "100%%%f", 5000, "100%000005" },
		{ "%Y-%m-%d", 0, "1970-01-01" },
		{ "", 0, "" },
		{ "x%", 0, "x%" },
	};

	describe();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf sb = STRBUF_INIT;

		format_time(&rt, cases[i].format, cases[i].ns, &sb);
		assert_string_equal(sb.buf, cases[i].text);
		strbuf_release(&sb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(plain_text_and_percent_signs),
		RUN_TEST(integers_are_cut_to_the_conversion_s_width),
		RUN_TEST(flags_width_and_precision_work_as_in_c),
		RUN_TEST(characters_and_pointers),
		RUN_TEST(strings_by_width_and_precision),
		RUN_TEST(any_value_is_printed_by_s),
		RUN_TEST(buffers_have_three_forms),
		RUN_TEST(allocation_flags_have_names),
		RUN_TEST(missing_arguments_print_nothing),
		RUN_TEST(times_have_fractions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
