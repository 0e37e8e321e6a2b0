/* SPDX-License-Identifier: Apache-2.0 */
/* Places: in the script, in other files, in expansions. */

#include "base/source.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
	arena = (struct arena)ARENA_INIT;
	return 0;
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static const char script[] = "one\ntwo three\n";
static const char library[] = "// top\nmacro m() { body }\n";

static struct source sample(void)
{
	return (struct source){ .name = "script", .text = script, .len = strlen(script) };
}

static void assert_place(const struct source *src, uint32_t off, uint32_t line, uint32_t column)
{
	struct place p = source_place(src, off);

	assert_int_equal(p.line, line);
	assert_int_equal(p.column, column);
}

static void assert_line(const struct source *src, uint32_t off, const char *text)
{
	size_t len;
	const char *line = source_line(src, off, &len);

	assert_int_equal(len, strlen(text));
	assert_memory_equal(line, text, len);
}

static void places_in_the_script(void **state)
{
	struct source src = sample();

	assert_place(&src, 0, 1, 1);
	assert_place(&src, 8, 2, 5);
	assert_place(&src, 999, 3, 1);
	assert_line(&src, 8, "two three");
	assert_string_equal(source_name(&src, 8), "script");
}

static void files_have_lines_of_their_own(void **state)
{
	struct source src = sample();
	uint32_t base = source_add_file(&src, &arena, "lib", library, strlen(library), true);

	assert_true(base > src.len);
	assert_place(&src, base, 1, 1);
	assert_place(&src, base + 7, 2, 1);
	assert_string_equal(source_name(&src, base), "lib");
	assert_string_equal(source_name(&src, base - 1), "script");
	assert_line(&src, base + 7, "macro m() { body }");
	assert_true(source_is_library(&src, (struct span){ base, 1 }));
	assert_false(source_is_library(&src, (struct span){ 0, 1 }));
	assert_false(source_is_library(&src, SPAN_NONE));
}

static void expansions_lead_to_text_and_call(void **state)
{
	struct source src = sample();
	uint32_t lib = source_add_file(&src, &arena, "lib", library, strlen(library), true);
	const struct span body = { lib + 17, 8 }, call = { 4, 3 };
	uint32_t first = source_add_expansion(&src, &arena, body, call);
	const struct span inner = { first + 2, 4 };
	uint32_t second = source_add_expansion(&src, &arena, body, inner);
	struct span found;

	assert_place(&src, inner.off, 2, 13);
	assert_memory_equal(source_text(&src, inner), "body", 4);
	assert_int_equal(source_spelled(&src, inner).off, lib + 19);
	assert_true(source_caller(&src, inner, &found));
	assert_int_equal(found.off, call.off);
	assert_true(source_caller(&src, (struct span){ second, 1 }, &found));
	assert_int_equal(found.off, inner.off);
	assert_true(source_is_library(&src, inner));
	assert_false(source_caller(&src, call, &found));
	assert_false(source_caller(&src, body, &found));
}

static void text_is_within_one_file(void **state)
{
	struct source src = sample();

	assert_memory_equal(source_text(&src, (struct span){ 4, 3 }), "two", 3);
	assert_non_null(source_text(&src, (struct span){ 0, (uint32_t)src.len }));
	assert_null(source_text(&src, (struct span){ 1, (uint32_t)src.len }));
	assert_null(source_text(&src, SPAN_NONE));
}

static void offsets_come_to_an_end(void **state)
{
	struct source src = sample();
	const struct span body = { 0, 1 << 30 };

	assert_int_not_equal(source_add_expansion(&src, &arena, body, body), UINT32_MAX);
	assert_int_equal(source_add_expansion(&src, &arena, body, body), UINT32_MAX);
	assert_int_equal(src.parts.n, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(places_in_the_script),
		TEST(files_have_lines_of_their_own),
		TEST(expansions_lead_to_text_and_call),
		TEST(text_is_within_one_file),
		TEST(offsets_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
