/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interval.c - clock ticks: interval on one CPU, profile on each.
 *
 * Both are perf's CPU clock, a high resolution timer whose period is wall time in ns, also while
 * the CPU idles (perf_event_open(2)).
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "probes/attach.h"
#include "probes/kinds.h"
#include "probes/target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <string.h>

static const uint64_t SECOND_NS = 1000000000, SHORTEST_NS = 1000;

static const struct unit {
	const char *name;
	uint64_t ns; /* 0: a frequency */
} units[] = {
	{ "hz", 0 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "us", 1000 },
};

static const struct unit *find_unit(const char *name)
{
	for (size_t i = 0; i < countof(units); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

static struct diag *bad_rate(struct probe_env *env, const struct probe_target *t, uint64_t ns)
{
	return diag_error(env->diags, t->span,
	                  "Invalid rate of %s probe: the minimum is 1000 ns or 1us, found %" PRIu64
	                  " nanoseconds",
	                  t->kind->name, ns);
}

/* profile:99 */
static int without_unit(struct probe_env *env, const struct probe_target *t, uint64_t number)
{
	diag_hint(bad_rate(env, t, number), "with its unit: %s:%s:%" PRIu64, t->kind->name,
	          t->kind == &probe_profile ? "hz" : "s", number);
	return -EINVAL;
}

/* interval:500ms */
static int parse_duration(struct probe_env *env, const char *text, struct probe_target *t)
{
	struct number n;

	if (!parse_number(text, &n)) {
		if (find_unit(text)) {
			diag_hint(diag_error(env->diags, t->span, "%s:%s lacks a count",
			                     t->kind->name, text),
			          "for example %s:%s:%d", t->kind->name, text,
			          strcmp(text, "hz") ? 1 : 99);
			return -EINVAL;
		}
		return target_error(env, t,
		                    "%s probe must have a unit of time and a count, or a duration "
		                    "like 10ms: found '%s'",
		                    t->kind->name, text);
	}
	if (n.value < SHORTEST_NS && n.value && !n.duration)
		return without_unit(env, t, n.value);
	if (n.value < SHORTEST_NS) {
		bad_rate(env, t, n.value);
		return -EINVAL;
	}
	t->count = n.value / SHORTEST_NS * SHORTEST_NS;
	target_name(env, t, "%s:us:%" PRIu64, t->kind->name, t->count / 1000);
	return 0;
}

static int parse_count(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	const struct unit *unit = find_unit(ap->part[1]);
	struct number n;

	if (!unit) {
		struct diag *d = diag_error(env->diags, ap->place[1],
		                            "'%s' is not an accepted unit of time", ap->part[1]);

		if (find_unit(ap->part[2]))
			diag_hint(d, "the unit stands first: %s:%s:%s", t->kind->name, ap->part[2],
			          ap->part[1]);
		else
			diag_hint(d, "units are hz, s, ms and us");
		return -EINVAL;
	}
	t->span = ap->place[2];
	if (!parse_number(ap->part[2], &n) || n.duration || !n.value)
		return target_error(env, t, "%s frequency should be a positive integer, not '%s'",
		                    t->kind->name, ap->part[2]);
	t->count = n.value;
	if (!unit->ns) {
		t->flags |= TARGET_FREQUENCY;
		if (n.value > SECOND_NS / SHORTEST_NS) {
			bad_rate(env, t, SECOND_NS / n.value);
			return -EINVAL;
		}
	} else if (__builtin_mul_overflow(n.value, unit->ns, &t->count)) {
		return target_error(env, t, "%s is too long", ap->part[2]);
	}
	target_name(env, t, "%s:%s:%" PRIu64, t->kind->name, unit->name, n.value);
	return 0;
}

static int timer_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (!target_parts(env, ap, 1, 2))
		return -EINVAL;
	return ap->parts == 2 ? parse_duration(env, ap->part[1], t) : parse_count(env, ap, t);
}

static void timer_list(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
                       probe_match_fn *fn, void *arg)
{
	for (size_t i = 0; i < countof(units); i++)
		list_line(env, kind, pattern, arena_printf(env->arena, "%s:", units[i].name), fn,
		          arg);
}

static const char *timer_section(struct arena *a, const struct probe_target *t)
{
	return "perf_event";
}

/* A period also for frequencies: perf caps those (kernel.perf_event_max_sample_rate), and for this
 * clock it would do the same division. */
static struct perf_event_attr timer_attr(const struct probe_target *t)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = t->flags & TARGET_FREQUENCY ? SECOND_NS / t->count : t->count,
	};
}

static struct attachment *interval_attach(struct probe_env *env, const struct probe_target *t,
                                          struct bpf_program *prog)
{
	struct perf_event_attr attr = timer_attr(t);

	return attach_link(env, t, perf_link(prog, &attr, -1, cpu_next_online(-1), t->cookie));
}

static struct attachment *profile_attach(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog)
{
	struct perf_event_attr attr = timer_attr(t);

	return perf_attach_all(env, t, prog, &attr);
}

const struct probe_kind probe_interval = {
	.name = "interval",
	.alias = { "i" },
	.synopsis = "interval:{hz|s|ms|us}:<count>, interval:<duration>",
	.brief = "Fires on one CPU at a fixed period.",
	.example = "interval:s:1 { print(@); clear(@); @ = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = timer_parse,
	.list = timer_list,
	.section = timer_section,
	.attach = interval_attach,
};

const struct probe_kind probe_profile = {
	.name = "profile",
	.alias = { "p" },
	.synopsis = "profile:{hz|s|ms|us}:<count>, profile:<duration>",
	.brief = "Fires on every CPU at a fixed period; with -p on that process's threads as they "
		 "run.",
	.example = "profile:hz:99 { @[kstack] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = timer_parse,
	.list = timer_list,
	.section = timer_section,
	.attach = profile_attach,
};
