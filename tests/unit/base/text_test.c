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
	becomes("\xc0\xaf", "\\xc0\\xaf");         /* overlong */
	becomes("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* surrogate */
}

static void a_sentence_begins_with_a_word(void **state)
{
	assert_true(text_is_sentence("undefined map: %s"));
	assert_true(text_is_sentence("map full; can't update"));
	assert_false(text_is_sentence("hist() must"));
	assert_false(text_is_sentence("max_strlen is"));
	assert_false(text_is_sentence("%s"));
	assert_false(text_is_sentence("word"));
	assert_false(text_is_sentence(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_keeps_what_prints),
		cmocka_unit_test(text_escapes_what_drives_a_terminal),
		cmocka_unit_test(text_escapes_what_is_no_utf8),
		cmocka_unit_test(a_sentence_begins_with_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
