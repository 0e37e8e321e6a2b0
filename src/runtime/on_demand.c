/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_demand.c - test and bench probes: run when --test or --bench asks for them.
 *
 * A test passes when its program returns 0, says no errorf() and leaves by no exit(n). A benchmark
 * is run in rounds, each twice as long as the one before, until the kernel has spent a millisecond
 * on one; the kernel's own account of a program's run time (bpf_enable_stats, Linux 5.8) is what
 * counts, less what it shows for a program that does nothing.
 */

#include "base/bug.h"
#include "base/log.h"
#include "base/mem.h"
#include "runtime/rt.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The test that is running. */
struct on_demand {
	bool failed;
};

static uint32_t caps_of(const struct rt_program *p)
{
	return p->target[0].kind->caps;
}

static size_t count_programs(const struct rt *rt, uint32_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < rt->programs; i++)
		n += (caps_of(&rt->program[i]) & cap) != 0;
	return n;
}

bool on_demand_wanted(const struct rt *rt)
{
	return count_programs(rt, PROBE_TEST | PROBE_BENCH) > 0;
}

void on_demand_failed(struct rt *rt)
{
	if (rt->test)
		rt->test->failed = true;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Returns what the program returns, or -1. */
static int run_once(int fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	return bpf_prog_test_run_opts(fd, &opts) ? -1 : (int)opts.retval;
}

/* -- tests -- */

struct result {
	const char *name;
	bool passed;
	uint64_t ns;
	char *output; /* what it printed and complained of */
};

/* What a test says is kept: it matters only when the test fails. */
static void run_test(struct rt *rt, const struct rt_program *p, struct result *r)
{
	FILE *file = rt->file, *messages = rt->messages;
	const struct out *out = rt->out;
	struct on_demand test = { 0 };
	size_t len;
	uint64_t start;
	int status;

	r->name = p->target[0].symbol;
	rt->file = rt->messages = open_memstream(&r->output, &len);
	if (!rt->file)
		mem_exhausted();
	rt->out = &out_text;
	rt->test = &test;
	start = now_ns();
	status = run_once(bpf_program__fd(p->prog));
	r->ns = now_ns() - start;
	rt_drain(rt);
	rt->control->stopped = 0; /* exit() ends a test only */
	r->passed = !status && !test.failed;
	rt->test = NULL;
	rt->out = out;
	fclose(rt->file);
	rt->file = file;
	rt->messages = messages;
}

static void tag(struct rt *rt, bool good, const char *text)
{
	bool colour = isatty(fileno(rt->file)) && log_colour();

	fprintf(rt->file, "%s%s%s ", colour ? good ? "\033[32m" : "\033[31m" : "", text,
	        colour ? "\033[0m" : "");
}

static void print_duration(struct rt *rt, uint64_t ns)
{
	static const char *const units[] = { "ns", "\u03bcs", "ms", "s" };
	size_t unit = 0;

	while (ns >= 1000 && unit + 1 < countof(units)) {
		ns /= 1000;
		unit++;
	}
	fprintf(rt->file, " (%" PRIu64 " %s)\n", ns, units[unit]);
}

static void test_text(struct rt *rt, const struct result *r)
{
	tag(rt, true, "[ RUN      ]");
	fprintf(rt->file, "%s\n", r->name);
	if (!r->passed)
		fputs(r->output, rt->file);
	tag(rt, r->passed, r->passed ? "[       OK ]" : "[  FAILED  ]");
	fputs(r->name, rt->file);
	print_duration(rt, r->ns);
}

static void test_json(struct rt *rt, const struct result *r)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, "{\"type\": \"test_result\", \"data\": {");
	json_string(&sb, r->name, strlen(r->name));
	strbuf_addf(&sb, ": {\"duration\": %" PRIu64 ", \"passed\": %s, \"output\": ", r->ns,
	            r->passed ? "true" : "false");
	json_string(&sb, r->output, strlen(r->output));
	strbuf_adds(&sb, "}}}\n");
	fputs(sb.buf, rt->file);
	strbuf_release(&sb);
}

static void tests_summary(struct rt *rt, const struct result *r, size_t n, size_t failed)
{
	tag(rt, true, "[==========]");
	fprintf(rt->file, "%zu tests ran.\n", n);
	tag(rt, true, "[  PASSED  ]");
	fprintf(rt->file, "%zu tests.\n", n - failed);
	if (!failed)
		return;
	tag(rt, false, "[  FAILED  ]");
	fprintf(rt->file, "%zu tests, listed below:\n", failed);
	for (size_t i = 0; i < n; i++) {
		if (r[i].passed)
			continue;
		tag(rt, false, "[  FAILED  ]");
		fprintf(rt->file, "%s\n", r[i].name);
	}
}

static void run_tests(struct rt *rt, size_t n)
{
	struct result *result = arena_array(&rt->arena, struct result, n);
	size_t at = 0, failed = 0;

	if (!rt->o->json) {
		tag(rt, true, "[==========]");
		fprintf(rt->file, "Running %zu tests.\n", n);
	}
	for (size_t i = 0; i < rt->programs; i++) {
		if (!(caps_of(&rt->program[i]) & PROBE_TEST))
			continue;
		run_test(rt, &rt->program[i], &result[at]);
		failed += !result[at].passed;
		(rt->o->json ? test_json : test_text)(rt, &result[at++]);
	}
	if (!rt->o->json)
		tests_summary(rt, result, n, failed);
	if (failed)
		rt->exit_code = 1;
	for (size_t i = 0; i < n; i++)
		free(result[i].output);
}

/* -- benchmarks -- */

struct account {
	uint64_t ns, runs;
};

static struct account account_of(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	bpf_obj_get_info_by_fd(fd, &info, &len);
	return (struct account){ info.run_time_ns, info.run_cnt };
}

/* What the kernel spends on n runs, in ns. */
static uint64_t round_ns(struct rt *rt, int fd, uint64_t n)
{
	struct account before = account_of(fd);

	for (uint64_t i = 0; i < n; i++) {
		run_once(fd);
		if (i % 256 == 255)
			rt_drain(rt);
	}
	rt_drain(rt);
	return account_of(fd).ns - before.ns;
}

/* ns for each run of a program that does nothing: the cost of taking account. */
static double empty_ns(struct rt *rt)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	enum { RUNS = 2000 };
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "sonde_empty", "GPL", insns,
	                       countof(insns), NULL);
	double ns;

	if (fd < 0)
		return 0;
	ns = (double)round_ns(rt, fd, RUNS) / RUNS;
	close(fd);
	return ns;
}

struct bench {
	const char *name;
	uint64_t ns, runs; /* average; of the last round; 0: skipped, the program returned other
	                      than 0 */
};

static struct bench run_bench(struct rt *rt, const struct rt_program *p, double empty)
{
	enum { ENOUGH_NS = 1000000, MOST_RUNS = 1 << 22 };
	struct bench b = { .name = p->target[0].symbol };
	int fd = bpf_program__fd(p->prog);
	double spent = 0;

	if (run_once(fd))
		return b;
	for (b.runs = 1; !rt->stop; b.runs *= 2) {
		spent = (double)round_ns(rt, fd, b.runs);
		if (spent >= ENOUGH_NS || b.runs >= MOST_RUNS)
			break;
	}
	spent = spent / (double)b.runs - empty;
	b.ns = spent > 0 ? (uint64_t)(spent + 0.5) : 0;
	return b;
}

static void benches_text(struct rt *rt, const struct bench *b, size_t n)
{
	fprintf(rt->file, "%-41s%-15s%s\n", "Benchmark", "Time(ns)", "Iterations");
	for (int i = 0; i < 66; i++)
		fputc('-', rt->file);
	fputc('\n', rt->file);
	for (size_t i = 0; i < n; i++) {
		if (b[i].runs)
			fprintf(rt->file, "%-40s %-15" PRIu64 "%" PRIu64 "\n", b[i].name, b[i].ns,
			        b[i].runs);
		else
			fprintf(rt->file, "%-40s skipped\n", b[i].name);
	}
}

static void benches_json(struct rt *rt, const struct bench *b, size_t n)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (!b[i].runs)
			continue;
		strbuf_adds(&sb, "{\"type\": \"benchmark_result\", \"data\": {");
		json_string(&sb, b[i].name, strlen(b[i].name));
		strbuf_addf(&sb, ": {\"average\": %" PRIu64 ", \"iters\": %" PRIu64 "}}}\n",
		            b[i].ns, b[i].runs);
	}
	fputs(sb.buf, rt->file);
	strbuf_release(&sb);
}

static void run_benches(struct rt *rt, size_t n)
{
	struct bench *b = arena_array(&rt->arena, struct bench, n);
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	double empty;
	size_t at = 0;

	if (stats < 0) {
		log_error("cannot measure the run time of programs: %s", strerror(errno));
		rt->exit_code = 1;
		return;
	}
	empty = empty_ns(rt);
	for (size_t i = 0; i < rt->programs; i++)
		if (caps_of(&rt->program[i]) & PROBE_BENCH)
			b[at++] = run_bench(rt, &rt->program[i], empty);
	close(stats);
	(rt->o->json ? benches_json : benches_text)(rt, b, n);
}

void on_demand_run(struct rt *rt)
{
	size_t tests = count_programs(rt, PROBE_TEST), benches = count_programs(rt, PROBE_BENCH);

	if (tests)
		run_tests(rt, tests);
	if (benches)
		run_benches(rt, benches);
}
