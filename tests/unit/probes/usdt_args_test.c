/* SPDX-License-Identifier: Apache-2.0 */

#include "setup.h"

#include "probes/usdt_args.h"

static struct usdt_arg x86(const char *text)
{
	struct usdt_arg a = { 0 };

	assert_int_equal(usdt_args_parse("x86_64", text, &a, 1), 1);
	return a;
}

static struct usdt_arg arm(const char *text)
{
	struct usdt_arg a = { 0 };

	assert_int_equal(usdt_args_parse("aarch64", text, &a, 1), 1);
	return a;
}

static void a_register_has_one_name_at_every_width(void **state)
{
	static const struct {
		const char *text, *reg;
	} cases[] = {
		{ "8@%rax", "ax" },  { "-4@%eax", "ax" },  { "2@%ax", "ax" },   { "1@%al", "ax" },
		{ "1@%sil", "si" },  { "8@%r10", "r10" },  { "4@%r8d", "r8" },  { "1@%r15b", "r15" },
		{ "8@%rsp", "sp" },  { "4@%ebp", "bp" },   { "1@%bpl", "bp" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct usdt_arg a = x86(cases[i].text);

		assert_int_equal(a.where, USDT_REG);
		assert_string_equal(a.reg, cases[i].reg);
	}
	assert_true(x86("-4@%eax").is_signed);
	assert_int_equal(x86("-4@%eax").size, 4);
	assert_false(x86("4@%eax").is_signed);
}

static void constants_keep_their_sign(void **state)
{
	assert_int_equal(x86("-4@$-7").where, USDT_CONST);
	assert_int_equal(x86("-4@$-7").value, -7);
	assert_int_equal(x86("8@$0x10").value, 16);
	assert_int_equal(arm("-4@-3").value, -3);
	assert_int_equal(arm("4@wzr").where, USDT_CONST);
}

static void memory_has_base_index_and_displacement(void **state)
{
	struct usdt_arg a = x86("8@-24(%rbp)");

	assert_int_equal(a.where, USDT_MEM);
	assert_string_equal(a.reg, "bp");
	assert_int_equal(a.value, -24);
	assert_string_equal(a.index, "");
	a = x86("4@16(%rax,%rcx,4)");
	assert_string_equal(a.reg, "ax");
	assert_string_equal(a.index, "cx");
	assert_int_equal(a.scale, 4);
	a = x86("4@(,%rdx,8)");
	assert_string_equal(a.reg, "");
	assert_int_equal(a.scale, 8);
	a = x86("4@counter+8(%rip)");
	assert_string_equal(a.reg, "ip");
	assert_string_equal(a.symbol, "counter");
	assert_int_equal(a.value, 8);
	a = arm("8@[sp, 16]");
	assert_string_equal(a.reg, "sp");
	assert_int_equal(a.value, 16);
	a = arm("8@[x1, x2, lsl 3]");
	assert_string_equal(a.reg, "r1");
	assert_string_equal(a.index, "r2");
	assert_int_equal(a.scale, 8);
	assert_string_equal(arm("-4@w19").reg, "r19");
	assert_string_equal(arm("8@[x0]").reg, "r0");
}

static void a_list_is_read_to_its_end(void **state)
{
	struct usdt_arg a[4];

	assert_int_equal(usdt_args_parse("x86_64", "", a, 4), 0);
	assert_int_equal(usdt_args_parse("x86_64", "8@%rdi -4@$1 2@(%rsp)", a, 4), 3);
	assert_int_equal(a[2].size, 2);
	assert_int_equal(usdt_args_parse("aarch64", "8@[sp, 8] -4@w1", a, 4), 2);
	assert_string_equal(a[1].reg, "r1");
	assert_int_equal(usdt_args_parse("x86_64", "%rdi 5@%rdi", a, 1), 1);
	assert_int_equal(a[0].size, 8);
}

static void what_is_not_understood_does_not_hide_the_rest(void **state)
{
	struct usdt_arg a[4];

	assert_int_equal(usdt_args_parse("x86_64", "8f@%xmm0 4@%esi 8@%nothing 8@(%rax", a, 4), 4);
	assert_int_equal(a[0].where, USDT_NONE);
	assert_int_equal(a[1].where, USDT_REG);
	assert_int_equal(a[2].where, USDT_NONE);
	assert_int_equal(a[3].where, USDT_NONE);
	assert_int_equal(arm("8@[sp").where, USDT_NONE);
	assert_int_equal(arm("8@d0").where, USDT_NONE);
	assert_int_equal(x86("3@%rax").where, USDT_NONE);
	assert_int_equal(x86("8@").where, USDT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_has_one_name_at_every_width),
		cmocka_unit_test(constants_keep_their_sign),
		cmocka_unit_test(memory_has_base_index_and_displacement),
		cmocka_unit_test(a_list_is_read_to_its_end),
		cmocka_unit_test(what_is_not_understood_does_not_hide_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
