/* SPDX-License-Identifier: Apache-2.0 */
#include "sema/sig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect_arity(const char *sig, size_t least, size_t most)
{
	size_t l, m;

	sig_arity(sig, &l, &m);
	assert_int_equal(l, least);
	assert_int_equal(m, most);
}

static void a_bare_name_takes_nothing(void **state)
{
	expect_arity("pid -> u32", 0, 0);
	expect_arity("count() -> T", 0, 0);
}

static void parameters_are_counted(void **state)
{
	expect_arity("strncmp(a: mem, b: mem, length: intlit) -> u64", 3, 3);
}

static void a_default_makes_a_parameter_optional(void **state)
{
	expect_arity("str(p: mem, length: int = max_strlen) -> T", 1, 2);
	expect_arity("kstack(mode: word|int = bpftrace, limit: intlit = 127) -> T", 0, 2);
	expect_arity("print(value_or_map, top = , divisor = )", 1, 3);
}

static void dots_take_any_number(void **state)
{
	expect_arity("printf(format: strlit, ...)", 1, SIZE_MAX);
}

static void parts_of_a_parameter_are_told_apart(void **state)
{
	const char *sig = "str(p: mem, length: int = max_strlen) -> T";
	const char *at = strchr(sig, '(') + 1;
	struct sig_param p;

	assert_true(sig_next(&at, &p));
	assert_int_equal(p.name_len, 1);
	assert_memory_equal(p.kind, "mem", p.kind_len);
	assert_false(p.optional);
	assert_true(sig_next(&at, &p));
	assert_memory_equal(p.name, "length", p.name_len);
	assert_int_equal(p.kind_len, 3);
	assert_true(p.optional);
	assert_false(sig_next(&at, &p));
}

static void a_default_may_hold_quotes_and_colons(void **state)
{
	expect_arity("time(format: strlit = \"%H:%M:%S\\n\")", 0, 1);
}

static void kinds_are_asked_by_position(void **state)
{
	const char *sig = "f(map: map, key: any, mode: word|int = x)";

	assert_true(sig_wants(sig, 0, "map"));
	assert_false(sig_wants(sig, 1, "map"));
	assert_true(sig_wants(sig, 2, "word"));
	assert_false(sig_wants(sig, 2, "wo"));
	assert_false(sig_wants(sig, 3, "word"));
	assert_false(sig_wants("g(a, ...)", 4, "any"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bare_name_takes_nothing),
		cmocka_unit_test(parameters_are_counted),
		cmocka_unit_test(a_default_makes_a_parameter_optional),
		cmocka_unit_test(dots_take_any_number),
		cmocka_unit_test(parts_of_a_parameter_are_told_apart),
		cmocka_unit_test(a_default_may_hold_quotes_and_colons),
		cmocka_unit_test(kinds_are_asked_by_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
