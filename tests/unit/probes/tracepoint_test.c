/* SPDX-License-Identifier: Apache-2.0 */
/* Tracepoints: format files from text, and those of this kernel where it has them. */

#include "setup.h"

#include "probes/arch.h"
#include "probes/syscalls.h"
#include "probes/tracefs.h"
#include "probes/tracepoint_format.h"

#include <errno.h>

static const char format[] =
	"name: sample\nID: 372\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	"\tfield:const struct sock * sk;\toffset:32;\tsize:8;\tsigned:0;\n"
	"\tfield:__u8 saddr[4];\toffset:40;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc char[] name;\toffset:44;\tsize:4;\tsigned:0;\n"
	"\tfield:__rel_loc unsigned int[] ids;\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:char task[TASK_COMM_LEN];\toffset:52;\tsize:16;\tsigned:0;\n"
	"\tfield:struct list_head *next;\toffset:72;\tsize:8;\tsigned:0;\n"
	"\tfield:bad;\toffset:80;\tsize:8;\tsigned:0;\n"
	"\nprint fmt: \"field:%s\", REC->x\n";

static void fields_are_read_from_text(void **state)
{
	struct setup *s = *state;
	struct probe_args args;

	tracepoint_format(&s->arena, format, &args);
	assert_int_equal(args.count, 8);

	assert_string_equal(args.arg[0].name, "prev_comm");
	assert_string_equal(args.arg[0].ctype, "char");
	assert_int_equal(args.arg[0].count, 16);
	assert_int_equal(args.arg[0].offset, 8);

	assert_string_equal(args.arg[1].name, "prev_pid");
	assert_true(args.arg[1].is_signed);
	assert_int_equal(args.arg[1].size, 4);

	assert_string_equal(args.arg[2].name, "sk");
	assert_string_equal(args.arg[2].ctype, "const struct sock *");
	assert_int_equal(args.arg[3].count, 4);

	assert_string_equal(args.arg[4].name, "name");
	assert_int_equal(args.arg[4].where, ARG_DATA_LOC);
	assert_string_equal(args.arg[4].ctype, "char[]");
	assert_int_equal(args.arg[5].where, ARG_REL_LOC);

	/* Where a macro stands, the size tells how many there are. */
	assert_int_equal(args.arg[6].count, 16);
	assert_string_equal(args.arg[7].name, "next");
	assert_string_equal(args.arg[7].ctype, "struct list_head *");
}

static void damaged_formats_have_no_fields(void **state)
{
	struct setup *s = *state;
	struct probe_args args;

	tracepoint_format(&s->arena, "", &args);
	assert_int_equal(args.count, 0);
	tracepoint_format(&s->arena,
	                  "field:;\nfield:int x\nfield:[];offset:1;size:1;\nfield:", &args);
	assert_int_equal(args.count, 0);
}

static void syscalls_have_numbers_by_the_kernels_names(void **state)
{
#if defined(__x86_64__)
	assert_int_equal(syscall_number("read"), 0);
	assert_int_equal(syscall_number("newstat"), 4);
	assert_int_equal(syscall_number("openat"), 257);
#elif defined(__aarch64__)
	assert_int_equal(syscall_number("read"), 63);
	assert_int_equal(syscall_number("newfstat"), 80);
#endif
	assert_int_equal(syscall_number("mseal"), 462);
	assert_int_equal(syscall_number("stat"), -1);
	assert_int_equal(syscall_number(""), -1);
}

static void registers_are_known_by_name(void **state)
{
	const struct arch *a = arch_host();

	assert_int_equal(arch_reg(a, "sp"), a->sp);
	assert_int_equal(arch_reg(a, "no such"), -1);
	for (size_t i = 0; a->reg[i].name; i++)
		assert_int_equal(a->reg[i].offset % 8, 0);
}

static void need_tracefs(struct setup *s)
{
	if (tracefs_root(s->env.cache) < 0)
		skip();
}

static void this_kernels_events_are_found(void **state)
{
	struct setup *s = *state;

	need_tracefs(s);
	assert_int_equal(setup_expand(s, "tracepoint:sched:sched_switch"), 0);
	assert_int_equal(s->count, 1);
	assert_int_equal(setup_expand(s, "tracepoint:sched:sched_sw*"), 0);
	assert_true(s->count >= 1);
	assert_true(s->found[0].flags & TARGET_WILDCARD);
	assert_int_equal(setup_expand(s, "t:*sched_switch"), 0);
	assert_int_equal(setup_expand(s, "t:sched:no_such"), -ENOENT);
	assert_int_equal(setup_expand(s, "t:sched:../sched/sched_switch"), -ENOENT);
	assert_int_equal(setup_expand(s, "t:..:sched"), -ENOENT);
}

static void syscalls_are_marked_and_read_registers(void **state)
{
	struct setup *s = *state;
	const struct arch *a = arch_host();
	struct probe_args args;

	need_tracefs(s);
	if (setup_expand(s, "t:syscalls:sys_enter_openat"))
		skip();
	assert_true(s->found[0].flags & TARGET_RAW_SYSCALL);
	assert_int_equal(s->found[0].address, syscall_number("openat"));
	assert_int_equal(s->found[0].kind->args(&s->env, &s->found[0], &args), 0);
	assert_int_equal(args.count, 5);
	assert_int_equal(args.arg[0].where, ARG_SYSCALL_NR);
	assert_string_equal(args.arg[1].name, "dfd");
	assert_int_equal(args.arg[1].offset, a->syscall_arg[0]);
	assert_int_equal(args.arg[1].size, 4);
	assert_true(args.arg[1].is_signed);
	assert_string_equal(args.arg[2].name, "filename");
	assert_true(args.arg[2].user);

	assert_int_equal(setup_expand(s, "t:syscalls:sys_exit_openat"), 0);
	assert_int_equal(s->found[0].kind->args(&s->env, &s->found[0], &args), 0);
	assert_int_equal(args.arg[0].where, ARG_SYSCALL);
	assert_int_equal(args.arg[0].offset, a->syscall_nr);
	assert_int_equal(args.arg[1].where, ARG_SYSCALL_RET);
}

static void a_missing_tracefs_is_an_error_with_a_way_out(void **state)
{
	struct setup *s = *state;

	setenv("SONDE_TRACEFS", "/nowhere", 1);
	assert_int_equal(setup_expand(s, "tracepoint:sched:sched_switch"), -ENOENT);
	assert_int_equal(diags_count(s->env.diags, DIAG_ERROR), 1);
	unsetenv("SONDE_TRACEFS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(fields_are_read_from_text),
		probe_test(damaged_formats_have_no_fields),
		cmocka_unit_test(syscalls_have_numbers_by_the_kernels_names),
		cmocka_unit_test(registers_are_known_by_name),
		probe_test(this_kernels_events_are_found),
		probe_test(syscalls_are_marked_and_read_registers),
		probe_test(a_missing_tracefs_is_an_error_with_a_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
