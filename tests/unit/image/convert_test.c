/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions: how they read, and what they make of numbers and text. */
#include "image/convert.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_number(const char *conversion, int64_t n, const char *text)
{
	struct strbuf sb = STRBUF_INIT;
	struct conversion c;

	assert_string_equal(conversion_parse(conversion + 1, &c), "");
	convert_number(&sb, &c, n);
	assert_string_equal(sb.buf, text);
	strbuf_release(&sb);
}

static void expect_text(const char *conversion, const char *from, const char *text)
{
	struct strbuf sb = STRBUF_INIT;
	struct conversion c;

	conversion_parse(conversion + 1, &c);
	convert_text(&sb, &c, from, strlen(from));
	assert_string_equal(sb.buf, text);
	strbuf_release(&sb);
}

static void numbers_have_the_width_of_their_modifier(void **state)
{
	expect_number("%d", INT64_C(0x1ffffffff), "-1");
	expect_number("%ld", INT64_C(0x1ffffffff), "8589934591");
	expect_number("%hhd", 0x1ff, "-1");
	expect_number("%hu", -1, "65535");
	expect_number("%zx", -1, "ffffffffffffffff");
}

static void flags_are_those_of_printf(void **state)
{
	expect_number("%05d", -42, "-0042");
	expect_number("%-5d", 42, "42   ");
	expect_number("%+d", 42, "+42");
	expect_number("% d", 42, " 42");
	expect_number("%#o", 8, "010");
	expect_number("%8.3d", 5, "     005");
	expect_number("%.0d", 0, "");
}

static void others_are_padded(void **state)
{
	expect_number("%3c", 'a', "  a");
	expect_number("%c", 27, "\\x1b");
	expect_number("%p", 0, "0");
	expect_number("%8p", 255, "    0xff");
	expect_number("%-12gr", 0xcc0, "GFP_KERNEL  ");
	expect_number("%gr", 0x80000000, "0x80000000");
}

static void a_precision_cuts_between_characters(void **state)
{
	expect_text("%.2s", "abc", "ab");
	expect_text("%5.2s", "abc", "   ab");
	expect_text("%-5s", "abc", "abc  ");
	expect_text("%.2s", "a\xc3\xa9", "a");
	expect_text("%.3s", "a\xc3\xa9", "a\xc3\xa9");
}

static void sizes_have_an_end(void **state)
{
	struct conversion c;

	conversion_parse("99999999999.99999999999d", &c);
	assert_int_equal(c.width, CONVERSION_MOST + 1);
	assert_int_equal(c.precision, CONVERSION_MOST + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_the_width_of_their_modifier),
		cmocka_unit_test(flags_are_those_of_printf),
		cmocka_unit_test(others_are_padded),
		cmocka_unit_test(a_precision_cuts_between_characters),
		cmocka_unit_test(sizes_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
