/* SPDX-License-Identifier: Apache-2.0 */
/* perf.c - clocks, counters and watchpoints: programs on perf events. */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "probes/private.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/hw_breakpoint.h>
#include <stdlib.h>
#include <string.h>

static const char *perf_section(struct arena *a, const struct probe_target *t)
{
	return "perf_event";
}

/* One event on each CPU, or on one; all of them or none. */
static struct attachment *perf_attach(struct probe_env *env, const struct probe_target *t,
                                      struct bpf_program *prog, struct perf_event_attr *attr,
                                      bool all_cpus)
{
	struct attachment *a = attachment_new();
	int pid = env->child_pid ? (int)env->child_pid : env->pid ? (int)env->pid : -1, err = 0;
	size_t n;
	int *cpus = online_cpus(&n);

	if (!all_cpus)
		pid = -1;
	attr->inherit = pid > 0;
	for (size_t i = 0; i < n && !err; i++) {
		err = attachment_add_perf(a, env, prog, attr, pid, cpus[i], t->cookie);
		if (!all_cpus)
			break;
	}
	free(cpus);
	/* Closing the event waits for a grace period: 10 ms. */
	a->slow = true;
	if (!err)
		return a;
	attachment_detach(a);
	errno = -err;
	return NULL;
}

/* -- interval, profile -- */

static const struct {
	const char *name;
	uint64_t ns; /* 0: Hz */
} units[] = {
	{ "hz", 0 },         { "ns", 1 },           { "us", 1000 },         { "ms", 1000000 },
	{ "s", 1000000000 }, { "m", 60000000000ull }, { "h", 3600000000000ull },
};

static int clock_error(struct probe_env *env, const struct attach_point *ap, const char *text)
{
	diag_hint(diag_error(env->diags, ap->span, "'%s' is not a period", text),
	          "for example interval:s:5, interval:5s or profile:hz:99");
	return -EINVAL;
}

/* "5s" */
static bool parse_duration(const char *text, uint64_t *ns)
{
	size_t digits = strspn(text, "0123456789_");
	char number[32];

	if (!digits || digits >= sizeof(number))
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (!parse_u64(number, ns))
		return false;
	if (!text[digits])
		return true;
	for (size_t i = 1; i < countof(units); i++)
		if (!strcmp(units[i].name, text + digits))
			return !__builtin_mul_overflow(*ns, units[i].ns, ns);
	return false;
}

static int clock_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	const char *unit = "us";

	if (ap->parts == 2 && has_wildcard(ap->part[1]))
		return 0;
	if (ap->parts == 2) {
		if (!parse_duration(ap->part[1], &t->count))
			return clock_error(env, ap, ap->part[1]);
	} else if (ap->parts == 3) {
		size_t i = 0;

		while (i < countof(units) && strcmp(units[i].name, ap->part[1]))
			i++;
		if (i == countof(units)) {
			diag_hint(diag_error(env->diags, ap->span, "'%s' is not a unit of time",
			                     ap->part[1]),
			          "units: hz, s, ms, us, ns");
			return -EINVAL;
		}
		if (!parse_u64(ap->part[2], &t->count) ||
		    (units[i].ns && __builtin_mul_overflow(t->count, units[i].ns, &t->count)))
			return clock_error(env, ap, ap->part[2]);
		unit = ap->part[1];
		t->flags |= units[i].ns ? 0 : TARGET_FREQUENCY;
	} else {
		return bad_form(env, ap, t->kind);
	}
	if (!t->count || (!(t->flags & TARGET_FREQUENCY) && t->count < 1000)) {
		diag_error(env->diags, ap->span, "the shortest period is 1 us");
		return -EINVAL;
	}
	t->name = ap->parts == 3
	                  ? arena_printf(env->arena, "%s:%s:%s", t->kind->name, unit, ap->part[2])
	                  : arena_printf(env->arena, "%s:us:%llu", t->kind->name,
	                                 (unsigned long long)t->count / 1000);
	return 0;
}

/* Patterns are for -l only: the units. */
static int clock_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                       void *arg)
{
	struct probe_target u = *t;

	if (t->count) {
		fn(arg, t);
		return 0;
	}
	for (size_t i = 0; i < countof(units); i++) {
		if (units[i].ns == 1 || units[i].ns > 1000000000)
			continue;
		u.name = arena_printf(env->arena, "%s:%s:", t->kind->name, units[i].name);
		fn(arg, &u);
	}
	return 0;
}

static struct perf_event_attr clock_attr(const struct probe_target *t)
{
	/* The CPU clock is an hrtimer: its period counts wall time in ns, also while the CPU idles
	 * (perf_event_open(2); kernel/events/core.c). */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = t->flags & TARGET_FREQUENCY ? 1 : 0,
	};

	attr.sample_period = t->count;
	return attr;
}

static struct attachment *interval_attach(struct probe_env *env, const struct probe_target *t,
                                          struct bpf_program *prog)
{
	struct perf_event_attr attr = clock_attr(t);

	/* A frequency is reached by measuring; the exact period is known here. */
	if (attr.freq) {
		attr.freq = 0;
		attr.sample_period = 1000000000 / t->count;
	}
	return perf_attach(env, t, prog, &attr, false);
}

static struct attachment *profile_attach(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog)
{
	struct perf_event_attr attr = clock_attr(t);

	return perf_attach(env, t, prog, &attr, true);
}

const struct probe_kind probe_interval = {
	.name = "interval",
	.alias = { "i" },
	.synopsis = "interval:{hz|s|ms|us}:<count>",
	.brief = "Fires on one CPU at a fixed period.",
	.example = "interval:s:1 { print(@); clear(@); } tracepoint:sched:sched_switch { @ = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = clock_parse,
	.match = clock_match,
	.section = perf_section,
	.attach = interval_attach,
};

const struct probe_kind probe_profile = {
	.name = "profile",
	.alias = { "p" },
	.synopsis = "profile:{hz|s|ms|us}:<count>",
	.brief = "Fires on every CPU at a fixed rate: what is running?",
	.example = "profile:hz:99 { @[kstack] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = clock_parse,
	.match = clock_match,
	.section = perf_section,
	.attach = profile_attach,
};

/* -- software, hardware -- */

struct counter {
	const char *name, *alias;
	uint32_t type, config;
	uint64_t period; /* when the script does not say */
};

#define SW(name, alias, config, period) { name, alias, PERF_TYPE_SOFTWARE, config, period }
#define HW(name, alias, config, period) { name, alias, PERF_TYPE_HARDWARE, config, period }
static const struct counter counters[] = {
	SW("alignment-faults", NULL, PERF_COUNT_SW_ALIGNMENT_FAULTS, 1),
	SW("bpf-output", NULL, PERF_COUNT_SW_BPF_OUTPUT, 1),
	SW("context-switches", "cs", PERF_COUNT_SW_CONTEXT_SWITCHES, 1000),
	SW("cpu-clock", "cpu", PERF_COUNT_SW_CPU_CLOCK, 1000000),
	SW("cpu-migrations", NULL, PERF_COUNT_SW_CPU_MIGRATIONS, 1),
	SW("dummy", NULL, PERF_COUNT_SW_DUMMY, 1),
	SW("emulation-faults", NULL, PERF_COUNT_SW_EMULATION_FAULTS, 1),
	SW("major-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1),
	SW("minor-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MIN, 100),
	SW("page-faults", "faults", PERF_COUNT_SW_PAGE_FAULTS, 100),
	SW("task-clock", NULL, PERF_COUNT_SW_TASK_CLOCK, 1),
	HW("backend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 1000000),
	HW("branch-instructions", "branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000),
	HW("branch-misses", NULL, PERF_COUNT_HW_BRANCH_MISSES, 100000),
	HW("bus-cycles", NULL, PERF_COUNT_HW_BUS_CYCLES, 100000),
	HW("cache-misses", NULL, PERF_COUNT_HW_CACHE_MISSES, 1000000),
	HW("cache-references", NULL, PERF_COUNT_HW_CACHE_REFERENCES, 1000000),
	HW("cpu-cycles", "cycles", PERF_COUNT_HW_CPU_CYCLES, 1000000),
	HW("frontend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 1000000),
	HW("instructions", NULL, PERF_COUNT_HW_INSTRUCTIONS, 1000000),
	HW("ref-cycles", NULL, PERF_COUNT_HW_REF_CPU_CYCLES, 1000000),
};
#undef SW
#undef HW

static uint32_t perf_type(const struct probe_kind *k)
{
	return k == &probe_software ? PERF_TYPE_SOFTWARE : PERF_TYPE_HARDWARE;
}

static const struct counter *find_counter(uint32_t type, const char *name)
{
	for (size_t i = 0; i < countof(counters); i++)
		if (counters[i].type == type &&
		    (!strcmp(counters[i].name, name) ||
		     (counters[i].alias && !strcmp(counters[i].alias, name))))
			return &counters[i];
	return NULL;
}

static int counter_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	const struct counter *c;

	if (ap->parts < 2 || ap->parts > 3)
		return bad_form(env, ap, t->kind);
	t->symbol = ap->part[1];
	if (has_wildcard(t->symbol))
		return 0;
	c = find_counter(perf_type(t->kind), t->symbol);
	t->count = c ? c->period : 0;
	if (ap->parts == 3 && *ap->part[2] && (!parse_u64(ap->part[2], &t->count) || !t->count)) {
		diag_error(env->diags, ap->span, "'%s' is not a number of events", ap->part[2]);
		return -EINVAL;
	}
	t->name = arena_printf(env->arena, "%s:%s:%llu", t->kind->name, t->symbol,
	                       (unsigned long long)t->count);
	return 0;
}

static int counter_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                         void *arg)
{
	struct probe_target c = *t;

	if (!has_wildcard(t->symbol)) {
		if (find_counter(perf_type(t->kind), t->symbol))
			fn(arg, t);
		return 0;
	}
	for (size_t i = 0; i < countof(counters); i++) {
		const char *names[] = { counters[i].name, counters[i].alias };

		for (size_t n = 0; n < 2; n++) {
			if (counters[i].type != perf_type(t->kind) || !names[n] ||
			    !wildcard_match(t->symbol, names[n]))
				continue;
			c.symbol = names[n];
			c.count = counters[i].period;
			c.name = arena_printf(env->arena, "%s:%s:", t->kind->name, names[n]);
			fn(arg, &c);
		}
	}
	return 0;
}

static void counter_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	for (size_t i = 0; i < countof(counters); i++)
		if (counters[i].type == perf_type(t->kind))
			near_offer(near, counters[i].name);
}

static struct attachment *counter_attach(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog)
{
	const struct counter *c = find_counter(perf_type(t->kind), t->symbol);
	struct perf_event_attr attr = { 0 };

	if (!c) {
		errno = ENOENT;
		return NULL;
	}
	attr.type = c->type;
	attr.config = c->config;
	attr.sample_period = t->count;
	return perf_attach(env, t, prog, &attr, true);
}

const struct probe_kind probe_software = {
	.name = "software",
	.alias = { "s" },
	.synopsis = "software:<event>[:<count>]",
	.brief = "Fires each <count> times a counter of the kernel has gone up.",
	.example = "software:page-faults:1 { @[comm] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.listed = true,
	.parse = counter_parse,
	.match = counter_match,
	.suggest = counter_suggest,
	.section = perf_section,
	.attach = counter_attach,
};

const struct probe_kind probe_hardware = {
	.name = "hardware",
	.alias = { "h" },
	.synopsis = "hardware:<event>[:<count>]",
	.brief = "Fires each <count> times a counter of the processor has gone up.",
	.example = "hardware:cache-misses:1000000 { @[comm] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.listed = true,
	.parse = counter_parse,
	.match = counter_match,
	.suggest = counter_suggest,
	.section = perf_section,
	.attach = counter_attach,
};

/* -- watchpoint -- */

static int watch_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	static const char *const modes[] = { "w", "rw", "wr", "x" };
	bool known = false;

	if (ap->parts != 4)
		return bad_form(env, ap, t->kind);
	if (!parse_u64(ap->part[1], &t->address) || !parse_u64(ap->part[2], &t->count))
		return bad_form(env, ap, t->kind);
	if (t->count != 1 && t->count != 2 && t->count != 4 && t->count != 8) {
		diag_error(env->diags, ap->span, "a watchpoint covers 1, 2, 4 or 8 bytes, not %s",
		           ap->part[2]);
		return -EINVAL;
	}
	for (size_t i = 0; i < countof(modes); i++)
		known |= !strcmp(modes[i], ap->part[3]);
	if (!known) {
		diag_hint(diag_error(env->diags, ap->span, "invalid watchpoint mode '%s'", ap->part[3]),
		          "modes: w, rw, x");
		return -EINVAL;
	}
	t->mode = ap->part[3];
	t->name = arena_printf(env->arena, "watchpoint:%llu:%llu:%s", (unsigned long long)t->address,
	                       (unsigned long long)t->count, t->mode);
	return 0;
}

static struct attachment *watch_attach(struct probe_env *env, const struct probe_target *t,
                                       struct bpf_program *prog)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_addr = t->address,
		.bp_len = t->count,
		.bp_type = *t->mode == 'x'      ? HW_BREAKPOINT_X
		           : strchr(t->mode, 'r') ? HW_BREAKPOINT_RW
		                                  : HW_BREAKPOINT_W,
	};

	attr.sample_period = 1;
	if (*t->mode == 'x')
		attr.bp_len = sizeof(long);
	return perf_attach(env, t, prog, &attr, true);
}

const struct probe_kind probe_watchpoint = {
	.name = "watchpoint",
	.alias = { "w" },
	.synopsis = "watchpoint:<address>:<length>:<mode>",
	.brief = "Fires when memory at an address is read or written (rw), written (w) or executed (x).",
	.example = "watchpoint:0x1000:8:w { print(1); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_USER,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = watch_parse,
	.section = perf_section,
	.attach = watch_attach,
};
