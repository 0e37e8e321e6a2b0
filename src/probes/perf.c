/* SPDX-License-Identifier: Apache-2.0 */
/* perf.c - software and hardware: perf's counters, one sample every so many events. */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/near.h"
#include "probes/attach.h"
#include "probes/kinds.h"
#include "probes/target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <string.h>

struct counter {
	const char *name, *alias;
	uint64_t config;
	uint64_t period; /* when the script gives none */
};

static const struct counter software[] = {
	{ "alignment-faults", NULL, PERF_COUNT_SW_ALIGNMENT_FAULTS, 1 },
	{ "bpf-output", NULL, PERF_COUNT_SW_BPF_OUTPUT, 1 },
	{ "context-switches", "cs", PERF_COUNT_SW_CONTEXT_SWITCHES, 1000 },
	{ "cpu-clock", "cpu", PERF_COUNT_SW_CPU_CLOCK, 1000000 },
	{ "cpu-migrations", NULL, PERF_COUNT_SW_CPU_MIGRATIONS, 1 },
	{ "dummy", NULL, PERF_COUNT_SW_DUMMY, 1 },
	{ "emulation-faults", NULL, PERF_COUNT_SW_EMULATION_FAULTS, 1 },
	{ "major-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1 },
	{ "minor-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MIN, 100 },
	{ "page-faults", "faults", PERF_COUNT_SW_PAGE_FAULTS, 100 },
	{ "task-clock", NULL, PERF_COUNT_SW_TASK_CLOCK, 1 },
	{ 0 },
};

static const struct counter hardware[] = {
	{ "backend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 1000000 },
	{ "branch-instructions", "branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000 },
	{ "branch-misses", NULL, PERF_COUNT_HW_BRANCH_MISSES, 100000 },
	{ "bus-cycles", NULL, PERF_COUNT_HW_BUS_CYCLES, 100000 },
	{ "cache-misses", NULL, PERF_COUNT_HW_CACHE_MISSES, 1000000 },
	{ "cache-references", NULL, PERF_COUNT_HW_CACHE_REFERENCES, 1000000 },
	{ "cpu-cycles", "cycles", PERF_COUNT_HW_CPU_CYCLES, 1000000 },
	{ "frontend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 1000000 },
	{ "instructions", NULL, PERF_COUNT_HW_INSTRUCTIONS, 1000000 },
	{ "ref-cycles", NULL, PERF_COUNT_HW_REF_CPU_CYCLES, 1000000 },
	{ 0 },
};

static const struct counter *counters_of(const struct probe_kind *kind)
{
	return kind == &probe_software ? software : hardware;
}

static const struct counter *find_counter(const struct probe_kind *kind, const char *name)
{
	for (const struct counter *c = counters_of(kind); c->name; c++)
		if (!strcmp(c->name, name) || (c->alias && !strcmp(c->alias, name)))
			return c;
	return NULL;
}

static void offer_counters(const struct probe_kind *kind, struct near *near)
{
	for (const struct counter *c = counters_of(kind); c->name; c++) {
		near_offer(near, c->name);
		if (c->alias)
			near_offer(near, c->alias);
	}
}

static int unknown_counter(struct probe_env *env, const struct probe_target *t)
{
	struct diag *d =
		diag_error(env->diags, t->span, "'%s' is not a %s probe", t->symbol, t->kind->name);
	struct near near;

	near_init(&near, t->symbol);
	offer_counters(t->kind, &near);
	if (near.best)
		diag_hint(d, "did you mean '%s:%s'?", t->kind->name, near.best);
	else
		diag_hint(d, "see sonde -l '%s:*'", t->kind->name);
	return -EINVAL;
}

/* software:faults, software:faults:, software:faults:100 */
static int counter_parse(struct probe_env *env, const struct attach_point *ap,
                         struct probe_target *t)
{
	struct number n = { 0 };

	if (!target_parts(env, ap, 1, 2))
		return -EINVAL;
	t->span = ap->place[1];
	t->symbol = ap->part[1];
	if (!*t->symbol)
		return target_error(env, t, "%s probe must have a %s event name", t->kind->name,
		                    t->kind->name);
	if (has_wildcard(t->symbol))
		return target_error(env, t, "Wildcards are not allowed for %s probe type",
		                    t->kind->name);
	if (!find_counter(t->kind, t->symbol))
		return unknown_counter(env, t);
	t->span = ap->place[ap->parts - 1];
	if (ap->parts == 3 && *ap->part[2] &&
	    (!parse_number(ap->part[2], &n) || n.duration || !n.value))
		return target_error(env, t,
		                    "%s probe can only have a positive integer count, not '%s'",
		                    t->kind->name, ap->part[2]);
	t->count = n.value;
	if (t->count)
		target_name(env, t, "%s:%s:%" PRIu64, t->kind->name, t->symbol, t->count);
	else
		target_name(env, t, "%s:%s", t->kind->name, t->symbol);
	return 0;
}

static void counter_list(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
                         probe_match_fn *fn, void *arg)
{
	/* "software:cpu", "software:cpu:" and "software:cpu:*" mean the same line. */
	for (const struct counter *c = counters_of(kind); c->name; c++) {
		const char *names[] = { c->name, c->alias };

		for (size_t i = 0; i < countof(names) && names[i]; i++) {
			const char *line = arena_printf(env->arena, "%s:", names[i]);

			list_line(env, kind, wildcard_match(pattern, names[i]) ? line : pattern,
			          line, fn, arg);
		}
	}
}

static const char *counter_section(struct arena *a, const struct probe_target *t)
{
	return "perf_event";
}

static struct attachment *counter_attach(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog)
{
	const struct counter *c = find_counter(t->kind, t->symbol);
	bool hard = t->kind == &probe_hardware;
	struct perf_event_attr attr;

	if (!c)
		return attach_failed(env, t, NULL, -ENOENT);
	attr = (struct perf_event_attr){
		.type = hard ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE,
		.config = c->config,
		.sample_period = t->count ? t->count : c->period,
	};
	return perf_attach_all(env, t, prog, &attr);
}

const struct probe_kind probe_software = {
	.name = "software",
	.alias = { "s" },
	.synopsis = "software:<event>[:<count>]",
	.brief = "Fires each time the kernel has counted so many events.",
	.example = "software:page-faults:100 { @[comm] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.listed = true,
	.parse = counter_parse,
	.list = counter_list,
	.section = counter_section,
	.attach = counter_attach,
};

const struct probe_kind probe_hardware = {
	.name = "hardware",
	.alias = { "h" },
	.synopsis = "hardware:<event>[:<count>]",
	.brief = "Fires each time the processor has counted so many events.",
	.example = "hardware:cache-misses:1000000 { @[comm, pid] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.listed = true,
	.parse = counter_parse,
	.list = counter_list,
	.section = counter_section,
	.attach = counter_attach,
};
