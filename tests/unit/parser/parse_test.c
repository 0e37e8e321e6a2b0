/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts that are hard on a parser: deep, large, broken. What it makes of good ones is in
 * tests/golden/syntax. */

#include "parser/parser.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Parses and returns the number of errors. */
static size_t errors_in(const char *text, size_t len, size_t *probes)
{
	struct arena arena = ARENA_INIT;
	struct unit u = { .arena = &arena, .source = { .name = "test", .text = text, .len = len } };
	size_t errors;

	u.diags = diags_new(&arena, &u.source);
	parse_run(&u);
	errors = diags_count(u.diags, DIAG_ERROR);
	if (probes)
		*probes = u.script.probes.n;
	intern_release(&u.names);
	arena_release(&arena);
	return errors;
}

/* before, n times middle, core, n times after, end. */
static size_t errors_in_nest(const char *before, const char *middle, const char *core,
                             const char *after, const char *end, size_t n)
{
	struct strbuf sb = STRBUF_INIT;
	size_t errors;

	strbuf_adds(&sb, before);
	for (size_t i = 0; i < n; i++)
		strbuf_adds(&sb, middle);
	strbuf_adds(&sb, core);
	for (size_t i = 0; i < n; i++)
		strbuf_adds(&sb, after);
	strbuf_adds(&sb, end);
	errors = errors_in(sb.buf, sb.len, NULL);
	strbuf_release(&sb);
	return errors;
}

static const struct {
	const char *before, *middle, *core, *after, *end;
} nests[] = {
	{ "begin { $x = ", "(", "1", ")", "; }" },
	{ "begin { ", "{", "", "}", " }" },
	{ "begin { $x = ", "!", "1", "", "; }" },
	{ "begin { $x = ", "- ", "1", "", "; }" },
	{ "begin { $x = ", "(uint64)", "1", "", "; }" },
	{ "begin { $x = ", "@a[", "1", "]", "; }" },
	{ "begin { ", "if (1) { ", "", "}", " }" },
	{ "begin { ", "if (1) { } else ", "{ }", "", " }" },
	{ "begin { $x = ", "1 ? 2 : ", "3", "", "; }" },
	{ "begin { $x = ", "1 + ", "1", "", "; }" },
	{ "begin { $x = $y", ".a", "", "", "; }" },
	{ "begin { $x = ", "f(", "1", ")", "; }" },
	{ "begin { $x = sizeof(", "typeof(", "int", ")", "); }" },
	{ "begin { $x = (int", "*", "", "", ")1; }" },
	{ "begin { ", "while (1) { ", "", "}", " }" },
};

static void depth_is_bounded_with_one_message(void **state)
{
	for (size_t i = 0; i < countof(nests); i++)
		assert_int_equal(errors_in_nest(nests[i].before, nests[i].middle, nests[i].core,
		                                nests[i].after, nests[i].end, 10000),
		                 1);
}

static void reasonable_depth_is_fine(void **state)
{
	for (size_t i = 0; i < countof(nests); i++)
		assert_int_equal(errors_in_nest(nests[i].before, nests[i].middle, nests[i].core,
		                                nests[i].after, nests[i].end, 50),
		                 0);
}

static void depth_adds_up_over_all_kinds_of_nodes(void **state)
{
	char minus[201];

	/* Five times 200 operators, each inside a statement of the block of the last. */
	memset(minus, '~', 200);
	minus[200] = '\0';
	for (int i = 0; i < 2; i++) {
		struct strbuf sb = STRBUF_INIT;

		for (int n = 0; n < (i ? 6 : 3); n++)
			strbuf_addf(&sb, "{ $x = %s(", minus);
		strbuf_adds(&sb, "1");
		for (int n = 0; n < (i ? 6 : 3); n++)
			strbuf_adds(&sb, "); 1 }");
		assert_int_equal(errors_in_nest("begin { print(", "", sb.buf, "", "); }", 1), i);
		strbuf_release(&sb);
	}
}

static void a_megabyte_of_probes_is_read(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	size_t probes;

	for (int i = 0; i < 20000; i++)
		strbuf_adds(&sb, "kprobe:vfs_read /pid == 1/ { @x[tid] = count(); }\n");
	assert_int_equal(errors_in(sb.buf, sb.len, &probes), 0);
	assert_int_equal(probes, 20000);
	strbuf_release(&sb);
}

static void errors_are_counted_but_not_without_end(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	size_t errors;

	for (int i = 0; i < 20000; i++)
		strbuf_adds(&sb, "begin { a b; }\n");
	errors = errors_in(sb.buf, sb.len, NULL);
	assert_in_range(errors, 20, 100);
	strbuf_release(&sb);
}

static void every_error_of_a_script_is_reported(void **state)
{
	static const char text[] = "begin { a b; c(1 2); if (x { y; } d }\n"
				   "kprobe:f /pid = 1/ { $x = ; }\n"
				   "config = { a 1 }\n"
				   "end { ok(); }\n";
	size_t probes;

	assert_int_equal(errors_in(text, strlen(text), &probes), 6);
	assert_int_equal(probes, 2);
}

static void random_bytes_end_in_messages(void **state)
{
	unsigned char bytes[4096];

	srand(1);
	for (int n = 0; n < 200; n++) {
		size_t start = n % 2 ? 0 : strlen("begin {");

		memcpy(bytes, "begin {", start);
		for (size_t i = start; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(rand() >> 8);
		assert_true(errors_in((const char *)bytes, sizeof(bytes), NULL) > 0);
	}
}

static void random_tokens_do_no_harm(void **state)
{
	static const char *const tokens[] = {
		"begin", "{",  "}",      "(",      ")",        "/",      "$x",    "@",
		"@a",    "[",  "]",      "if",     "for",      "else",   "while", "1",
		"\"a\"", ",",  ";",      "=",      "==",       "+",      "*",     "&",
		"->",    ".",  "a",      "sizeof", "typeof",   "struct", "let",   "config",
		"macro", "fn", "import", "unroll", "return",   "break",  ":",     "?",
		"..",    "!",  "#x\n",   "\n",     "'",        "\"",     "/*",    "*/",
		"//",    "++", "$1",     "$#",     "comptime", "int64",
	};

	srand(2);
	for (int n = 0; n < 5000; n++) {
		struct strbuf sb = STRBUF_INIT;

		strbuf_adds(&sb, n % 2 ? "" : "begin { ");
		for (int i = rand() % 60; i >= 0; i--)
			strbuf_addf(&sb, "%s ", tokens[(size_t)rand() % countof(tokens)]);
		errors_in(sb.buf, sb.len, NULL);
		strbuf_release(&sb);
	}
}

static void an_empty_script_is_no_syntax_error(void **state)
{
	size_t probes;

	assert_int_equal(errors_in("", 0, &probes), 0);
	assert_int_equal(probes, 0);
	assert_int_equal(errors_in("#!/usr/bin/env sonde", 20, NULL), 0);
	assert_int_equal(errors_in("\xef\xbb\xbf// x", 7, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_is_bounded_with_one_message),
		cmocka_unit_test(reasonable_depth_is_fine),
		cmocka_unit_test(depth_adds_up_over_all_kinds_of_nodes),
		cmocka_unit_test(a_megabyte_of_probes_is_read),
		cmocka_unit_test(errors_are_counted_but_not_without_end),
		cmocka_unit_test(every_error_of_a_script_is_reported),
		cmocka_unit_test(random_bytes_end_in_messages),
		cmocka_unit_test(random_tokens_do_no_harm),
		cmocka_unit_test(an_empty_script_is_no_syntax_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
