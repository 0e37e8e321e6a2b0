/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void becomes(const char *text, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	text_safe(&sb, text, strlen(text));
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

static void text_keeps_what_prints(void **state)
{
	becomes("a\tb\nc", "a\tb\nc");
	becomes("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
	becomes("\xe2\x82\xac \xf0\x9f\x90\x9d", "\xe2\x82\xac \xf0\x9f\x90\x9d");
}

static void text_escapes_what_drives_a_terminal(void **state)
{
	becomes("\033[31m", "\\x1b[31m");
	becomes("\x7f\r", "\\x7f\\x0d");
	/* U+009B is a control sequence introducer, too. */
	becomes("\xc2\x9b"
	        "31m",
	        "\\xc2\\x9b31m");
}

static void text_escapes_what_is_no_utf8(void **state)
{
	becomes("\xff\xfe", "\\xff\\xfe");
	becomes("\xc3", "\\xc3");
	becomes("\xc0\xaf", "\\xc0\\xaf");          /* overlong */
	becomes("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* surrogate */
}

static void columns_are_what_terminals_show(void **state)
{
	assert_int_equal(utf8_columns("a", 1), 1);
	assert_int_equal(utf8_columns("\xc3\xbc", 2), 1);
	assert_int_equal(utf8_columns("\xcc\x81", 2), 0);
	assert_int_equal(utf8_columns("\xe4\xb8\xad", 3), 2);
	assert_int_equal(utf8_columns("\xf0\x9f\x90\x9d", 4), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_keeps_what_prints),
		cmocka_unit_test(text_escapes_what_drives_a_terminal),
		cmocka_unit_test(text_escapes_what_is_no_utf8),
		cmocka_unit_test(columns_are_what_terminals_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
