/* SPDX-License-Identifier: Apache-2.0 */
#include "lang/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The next conversion of *at is this text. */
static void expect_spec(const char **at, const char *text, bool known)
{
	struct format_spec spec;

	assert_true(format_next(at, &spec));
	assert_int_equal(spec.len, strlen(text));
	assert_memory_equal(spec.text, text, spec.len);
	assert_int_equal(spec.takes != NULL, known);
}

static void text_without_conversions_has_none(void **state)
{
	const char *at = "plain %% text %%";
	struct format_spec spec;

	assert_false(format_next(&at, &spec));
}

static void conversions_come_in_order_with_their_modifiers(void **state)
{
	const char *at = "a %d%% %-10.10s|%08llx %+#o %hhu%c%p";
	struct format_spec spec;

	expect_spec(&at, "%d", true);
	expect_spec(&at, "%-10.10s", true);
	expect_spec(&at, "%08llx", true);
	expect_spec(&at, "%+#o", true);
	expect_spec(&at, "%hhu", true);
	expect_spec(&at, "%c", true);
	expect_spec(&at, "%p", true);
	assert_false(format_next(&at, &spec));
}

static void buffers_have_three_conversions(void **state)
{
	const char *at = "%r|%rx|%rh|%gr";

	expect_spec(&at, "%r", true);
	expect_spec(&at, "%rx", true);
	expect_spec(&at, "%rh", true);
	expect_spec(&at, "%gr", true);
}

static void an_unknown_conversion_is_shown_whole(void **state)
{
	const char *at = "%5f %";

	expect_spec(&at, "%5f", false);
	expect_spec(&at, "%", false);
}

static void width_may_be_a_star(void **state)
{
	const char *at = "%-*s %.*d";

	expect_spec(&at, "%-*s", true);
	expect_spec(&at, "%.*d", true);
}

static struct span span_in(const char *script, size_t off, size_t len)
{
	const struct source src = { .name = "x", .text = script, .len = strlen(script) };
	const struct expr literal = {
		.kind = EXPR_STRING,
		.span = { 2, (uint32_t)strlen(script) - 2 },
	};

	return literal_span(&src, &literal, off, len);
}

static void bytes_of_a_literal_have_their_place_in_the_script(void **state)
{
	struct span at = span_in("f(\"ab%d\"", 2, 2);

	assert_int_equal(at.off, 5);
	assert_int_equal(at.len, 2);
}

static void escapes_take_more_room_in_the_script(void **state)
{
	/* In the script: \n \x41 \101 \" %d; in memory, %d is at 4. */
	struct span at = span_in("f(\"\\n\\x41\\101\\\"%d\"", 4, 2);

	assert_int_equal(at.off, 15);
	assert_int_equal(at.len, 2);
}

static void what_is_no_literal_in_the_script_is_its_own_place(void **state)
{
	struct span at = span_in("f($1   ", 1, 2);

	assert_int_equal(at.off, 2);
	assert_int_equal(at.len, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_conversions_has_none),
		cmocka_unit_test(conversions_come_in_order_with_their_modifiers),
		cmocka_unit_test(buffers_have_three_conversions),
		cmocka_unit_test(an_unknown_conversion_is_shown_whole),
		cmocka_unit_test(width_may_be_a_star),
		cmocka_unit_test(bytes_of_a_literal_have_their_place_in_the_script),
		cmocka_unit_test(escapes_take_more_room_in_the_script),
		cmocka_unit_test(what_is_no_literal_in_the_script_is_its_own_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
