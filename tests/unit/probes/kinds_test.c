/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind reads its attach points; nothing is attached. */

#include "setup.h"

#include "probes/target.h"

static const struct {
	const char *text, *name; /* NULL: an error */
} cases[] = {
	{ "BEGIN", "begin" },
	{ "end", "end" },
	{ "begin:*", "begin" },
	{ "begin:x", NULL },
	{ "self:signal:SIGUSR1", "self:signal:SIGUSR1" },
	{ "self:signal:SIGTERM", NULL },
	{ "self:event:SIGUSR1", NULL },
	{ "kprobe:vfs_read", "kprobe:vfs_read" },
	{ "k:vfs_read+0x10", "kprobe:vfs_read+16" },
	{ "k:fuse:fuse_open", "kprobe:fuse:fuse_open" },
	{ "k:vfs_read+x", NULL },
	{ "k:vfs_read+1+2", NULL },
	{ "k:0xffffffff81000000", NULL }, /* without --unsafe */
	{ "k:", NULL },
	{ "k", NULL },
	{ "k:a:b:c", NULL },
	{ "kr:vfs_read", "kretprobe:vfs_read" },
	{ "kr:vfs_read+1", NULL },
	{ "ur:/bin/sh:main+4", NULL },
	{ "u:/bin/sh", NULL },
	{ "u:/bin/sh:", NULL },
	{ "u:/bin/sh:rust:main", NULL },
	{ "u:/bin/sh@main.c:3", NULL },
	{ "tracepoint:sched:sched_switch", "tracepoint:sched:sched_switch" },
	{ "t:*wake*", "tracepoint:*:*wake*" },
	{ "t:sched", NULL },
	{ "t:sched:", NULL },
	{ "rt:sched_switch", "rawtracepoint:sched_switch" },
	{ "rt:vmlinux:sched_switch", "rawtracepoint:vmlinux:sched_switch" },
	{ "fentry:vfs_read", "fentry:vfs_read" },
	{ "kretfunc:vmlinux:vfs_read", "fexit:vmlinux:vfs_read" },
	{ "f:bpf:prog", "fentry:bpf:prog" },
	{ "fr:bpf:7:prog", "fexit:bpf:7:prog" },
	{ "f:bpf:*:prog", "fentry:bpf:prog" },
	{ "f:bpf", NULL },
	{ "f:bpf:x:prog", NULL },
	{ "f:a:b:prog", NULL },
	{ "usdt:mark", NULL }, /* without -p */
	{ "usdt:/bin/sh:", NULL },
	{ "usdt:/bin/sh:a:b:c", NULL },
	{ "i:s:1", "interval:s:1" },
	{ "i:1s", "interval:us:1000000" },
	{ "interval:us:100", "interval:us:100" },
	{ "profile:hz:99", "profile:hz:99" },
	{ "p:500us", "profile:us:500" },
	{ "p:hz:0", NULL },
	{ "p:hz:x", NULL },
	{ "p:hz:2000000", NULL }, /* shorter than 1 us */
	{ "p:999", NULL },
	{ "p:min:1", NULL },
	{ "p:hz", NULL },
	{ "i:s:99999999999999", NULL },
	{ "software:faults:100", "software:faults:100" },
	{ "s:cpu-clock", "software:cpu-clock" },
	{ "s:cpu:", "software:cpu" },
	{ "s:cpu:x", NULL },
	{ "s:cpu*", NULL },
	{ "s:nope", NULL },
	{ "h:cycles:1e6", "hardware:cycles:1000000" },
	{ "h:faults", NULL },
	{ "watchpoint:0x1000:8:rw", "watchpoint:4096:8:rw" },
	{ "w:0x1000:3:w", NULL },
	{ "w:0x1000:8:ww", NULL },
	{ "w:0x1000:8:q", NULL },
	{ "w:0x1000:8:", NULL },
	{ "w:x:8:w", NULL },
	{ "asyncwatchpoint:f+arg0:8:w", NULL },
	{ "iter:task", "iter:task" },
	{ "iter:task:pin", "iter:task:/sys/fs/bpf/pin" },
	{ "iter:task*", NULL },
};

static void each_kind_reads_its_attach_points(void **state)
{
	struct setup *s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t errors = diags_count(s->env.diags, DIAG_ERROR);
		struct probe_target t;
		int err = setup_parse(s, cases[i].text, &t);

		if (!cases[i].name != (err != 0))
			fail_msg("%s: %d", cases[i].text, err);
		if (err)
			assert_true(diags_count(s->env.diags, DIAG_ERROR) > errors);
		else
			assert_string_equal(t.name, cases[i].name);
	}
}

static void units_become_periods(void **state)
{
	struct setup *s = *state;
	struct probe_target t;

	assert_int_equal(setup_parse(s, "interval:ms:20", &t), 0);
	assert_int_equal(t.count, 20000000);
	assert_false(t.flags & TARGET_FREQUENCY);
	assert_int_equal(setup_parse(s, "interval:hz:20", &t), 0);
	assert_int_equal(t.count, 20);
	assert_true(t.flags & TARGET_FREQUENCY);
	assert_int_equal(setup_parse(s, "interval:1m", &t), 0);
	assert_true(t.count == 60000000000);
}

static void addresses_need_unsafe(void **state)
{
	struct setup *s = *state;
	struct probe_target t;

	s->env.unsafe = true;
	assert_int_equal(setup_parse(s, "kprobe:0xffffffff81000000", &t), 0);
	assert_true(t.address == 0xffffffff81000000);
	assert_null(t.symbol);
	assert_true(t.flags & TARGET_UNSAFE);
}

static void numbers_have_many_spellings(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
		bool ok, duration;
	} numbers[] = {
		{ "0", 0, true, false },
		{ "1_000", 1000, true, false },
		{ "0x1F", 31, true, false },
		{ "017", 15, true, false },
		{ "0b101", 5, true, false },
		{ "1e6", 1000000, true, false },
		{ "10ms", 10000000, true, true },
		{ "1d", 86400000000000, true, true },
		{ "18446744073709551615", UINT64_MAX, true, false },
		{ "18446744073709551616", 0, false, false },
		{ "", 0, false, false },
		{ "x", 0, false, false },
		{ "1_", 0, false, false },
		{ "_1", 0, false, false },
		{ "0x", 0, false, false },
		{ "09", 0, false, false },
		{ "1e20", 0, false, false },
		{ "5x", 0, false, false },
		{ "999999999d", 0, false, false },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct number n;

		if (parse_number(numbers[i].text, &n) != numbers[i].ok)
			fail_msg("'%s'", numbers[i].text);
		if (!numbers[i].ok)
			continue;
		assert_true(n.value == numbers[i].value);
		assert_int_equal(n.duration, numbers[i].duration);
	}
}

static void programs_get_sections_that_libbpf_knows(void **state)
{
	struct setup *s = *state;
	struct probe_target t;

	assert_int_equal(setup_parse(s, "begin", &t), 0);
	assert_string_equal(t.kind->section(&s->arena, &t), "raw_tp/begin");
	assert_int_equal(setup_parse(s, "t:sched:sched_switch", &t), 0);
	assert_string_equal(t.kind->section(&s->arena, &t), "tracepoint/sched/sched_switch");
	t.flags |= TARGET_RAW;
	assert_string_equal(t.kind->section(&s->arena, &t), "raw_tp/sched_switch");
	assert_int_equal(setup_parse(s, "t:syscalls:sys_exit_read", &t), 0);
	t.flags |= TARGET_RAW_SYSCALL;
	assert_string_equal(t.kind->section(&s->arena, &t), "raw_tp/sys_exit");
	assert_int_equal(setup_parse(s, "profile:hz:9", &t), 0);
	assert_string_equal(t.kind->section(&s->arena, &t), "perf_event");
	assert_int_equal(setup_parse(s, "kprobe:f", &t), 0);
	assert_string_equal(t.kind->section(&s->arena, &t), "kprobe/f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(each_kind_reads_its_attach_points),
		probe_test(units_become_periods),
		probe_test(addresses_need_unsafe),
		cmocka_unit_test(numbers_have_many_spellings),
		probe_test(programs_get_sections_that_libbpf_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
