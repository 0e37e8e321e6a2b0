/* SPDX-License-Identifier: Apache-2.0 */
/* What the lexer decides by looking ahead, and the values of literals. */

#include "lexer/lexer.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct unit unit;
static struct lexer lexer;

static int setup(void **state)
{
	arena = (struct arena)ARENA_INIT;
	unit = (struct unit){ .arena = &arena, .source = { .name = "test", .text = "" } };
	unit.diags = diags_new(&arena, &unit.source);
	lexer = (struct lexer){ .u = &unit };
	return 0;
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static uint64_t number(const char *text)
{
	return lexer_number(&lexer, text, strlen(text), SPAN_NONE);
}

static void numbers_have_their_value(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} cases[] = {
		{ "0", 0 },
		{ "42", 42 },
		{ "1_000_000", 1000000 },
		{ "0123", 0123 },
		{ "0x1F", 0x1f },
		{ "0XfF", 0xff },
		{ "0xdead_beef", 0xdeadbeef },
		{ "0b101", 5 },
		{ "1e6", 1000000 },
		{ "9e18", 9000000000000000000u },
		{ "5u", 5 },
		{ "5U", 5 },
		{ "10ULL", 10 },
		{ "4294967295u", 4294967295u },
		{ "0x7fffffffffffffffl", INT64_MAX },
		{ "18446744073709551615", UINT64_MAX },
		{ "18446744073709551615ull", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "10ns", 10 },
		{ "5us", 5000 },
		{ "3ms", 3000000 },
		{ "2s", 2000000000 },
		{ "1m", 60000000000 },
		{ "1h", 3600000000000 },
		{ "1d", 86400000000000 },
		{ "0x1d", 0x1d },
	};

	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(number(cases[i].text), cases[i].value);
	assert_false(diags_failed(unit.diags));
}

static void what_is_no_number_is_reported(void **state)
{
	static const char *const cases[] = {
		"5x",
		"1_",
		"12e3",
		"1e99",
		"0x",
		"0b2",
		"089",
		"5M",
		"5NS",
		"1e6x",
		"4294967296u",
		"9223372036854775808l",
		"18446744073709551616",
		"300000000d",
		"1__0",
		"1e",
		"5lu",
	};

	for (size_t i = 0; i < countof(cases); i++) {
		setup(NULL);
		number(cases[i]);
		if (!diags_failed(unit.diags))
			fail_msg("'%s' was taken", cases[i]);
		teardown(NULL);
	}
}

static void escapes_become_their_bytes(void **state)
{
	static const char text[] = "a\\n\\t\\r\\\"\\\\\\1\\12\\101\\x4\\x41\\X4a\\0z";
	static const char wanted[] = "a\n\t\r\"\\\001\nA\x04"
				     "AJ\0z";
	size_t len;
	const char *s = lexer_string(&lexer, text, strlen(text), SPAN_NONE, &len);

	assert_false(diags_failed(unit.diags));
	assert_int_equal(len, sizeof(wanted) - 1);
	assert_memory_equal(s, wanted, sizeof(wanted));
}

static void bytes_that_are_not_ascii_pass_through(void **state)
{
	static const char text[] = "\xff\xfe \xc3\xa9";
	size_t len;

	assert_memory_equal(lexer_string(&lexer, text, strlen(text), SPAN_NONE, &len), text,
	                    sizeof(text));
	assert_int_equal(len, strlen(text));
}

static void wrong_escapes_are_reported_once_a_string(void **state)
{
	static const char *const cases[] = { "\\q\\q", "\\400", "\\x", "\\xg", "\\'" };
	size_t len;

	for (size_t i = 0; i < countof(cases); i++) {
		setup(NULL);
		lexer_string(&lexer, cases[i], strlen(cases[i]), (struct span){ 0, 4 }, &len);
		assert_int_equal(diags_count(unit.diags, DIAG_ERROR), 1);
		teardown(NULL);
	}
}

static bool is_cast(const char *text)
{
	return lexer_is_cast(text + 1, text + strlen(text));
}

static void a_type_before_an_operand_is_a_cast(void **state)
{
	static const char *const casts[] = {
		"(uint64)1",
		"(uint64) $x",
		"(struct sock *)arg0",
		"(uint8[4])$x",
		"(int32*[4])@a",
		"(x)*$a",
		"(int8[])\"abc\"",
		"(typeof($x))1",
		"(enum e)1",
		"(t*)-1",
		"( struct /* c */ s * ) x",
		"(x)(1)",
		"(uint64)!$x",
		"(uint64)~$x",
		"(uint64)&$x",
	};

	for (size_t i = 0; i < countof(casts); i++)
		if (!is_cast(casts[i]))
			fail_msg("%s is a cast", casts[i]);
}

static void anything_else_in_parentheses_is_a_value(void **state)
{
	static const char *const values[] = {
		"(pid)*tid", "(x);",        "(x))",     "($x)1",   "(1)",
		"(x) == 1",  "(x) != 1",    "(x) && y", "(x) + 1", "()",
		"(x",        "(args)->y",   "(arg0)*2", "(a, b)",  "(a = 1)",
		"(x) / 2",   "(nsecs) - 1", "(typeof(", "(true)1",
	};

	for (size_t i = 0; i < countof(values); i++)
		if (is_cast(values[i]))
			fail_msg("%s is no cast", values[i]);
}

static size_t attach_len(const char *text)
{
	bool open;

	return lexer_attach_len(text, text + strlen(text), &open);
}

static void attach_points_end_where_text_ends(void **state)
{
	static const struct {
		const char *text, *point;
	} cases[] = {
		{ "begin{}", "begin" },
		{ "BEGIN/1/{}", "BEGIN" },
		{ "kprobe:f+0x10 /x/", "kprobe:f+0x10" },
		{ "kprobe:a,kprobe:b", "kprobe:a" },
		{ "uprobe:/bin/bash:readline{", "uprobe:/bin/bash:readline" },
		{ "usdt:./a.out:\"n s:p,{x\" {", "usdt:./a.out:\"n s:p,{x\"" },
		{ "uprobe:a:\"b\\\"c d\",", "uprobe:a:\"b\\\"c d\"" },
		{ "interval:s:$1\n", "interval:s:$1" },
		{ "my=kprobe:f {", "my=kprobe:f" },
		{ "uprobe:a:f@x.c:12 {", "uprobe:a:f@x.c:12" },
	};

	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(attach_len(cases[i].text), strlen(cases[i].point));
}

static void a_quote_does_not_reach_into_the_next_line(void **state)
{
	static const char text[] = "uprobe:a:\"b\nend { }";
	bool open;

	assert_int_equal(lexer_attach_len(text, text + strlen(text), &open),
	                 strlen("uprobe:a:\"b"));
	assert_true(open);
}

static size_t c_len(const char *text)
{
	return lexer_c_len(text, text + strlen(text));
}

static void c_definitions_end_behind_their_attributes(void **state)
{
	static const struct {
		const char *text, *definition;
	} cases[] = {
		{ "struct a { int x; }; begin", "struct a { int x; };" },
		{ "struct a { struct { int x; } y; } begin", "struct a { struct { int x; } y; }" },
		{ "enum { A, B = 2 } ;begin", "enum { A, B = 2 } ;" },
		{ "union u { /* } */ int x; // }\n};x", "union u { /* } */ int x; // }\n};" },
		{ "struct __attribute__((packed)) a {};", "struct __attribute__((packed)) a {};" },
		{ "struct a {} __attribute__((x(1))) __attribute__((y));z",
		  "struct a {} __attribute__((x(1))) __attribute__((y));" },
		{ "struct a;x", "struct a;" },
		{ "struct:x { }", "" },
		{ "struct struct struct { }", "" },
	};

	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(c_len(cases[i].text), strlen(cases[i].definition));
	assert_true(c_len("struct a { int x; ") > strlen("struct a { int x; "));
}

static void hash_lines_go_on_behind_a_backslash(void **state)
{
	static const char text[] = "#define A \\\n 1\nbegin";

	assert_int_equal(lexer_hash_len(text, text + strlen(text)), strlen("#define A \\\n 1"));
}

static void layout_is_skipped_when_looking_ahead(void **state)
{
	static const char text[] = " \t\n/* { */ // {\n {";

	assert_true(lexer_next_is(text, text + strlen(text), "{"));
	assert_false(lexer_next_is(text, text + strlen(text) - 1, "{"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(numbers_have_their_value),
		cmocka_unit_test(what_is_no_number_is_reported),
		T(escapes_become_their_bytes),
		T(bytes_that_are_not_ascii_pass_through),
		cmocka_unit_test(wrong_escapes_are_reported_once_a_string),
		T(a_type_before_an_operand_is_a_cast),
		T(anything_else_in_parentheses_is_a_value),
		T(attach_points_end_where_text_ends),
		T(a_quote_does_not_reach_into_the_next_line),
		T(c_definitions_end_behind_their_attributes),
		T(hash_lines_go_on_behind_a_backslash),
		T(layout_is_skipped_when_looking_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
