/* SPDX-License-Identifier: Apache-2.0 */
/*
 * special.c - begin, end, self, test and bench: probes that the tool fires itself.
 *
 * Their programs are raw tracepoint programs that are never attached: the runtime runs them with
 * BPF_PROG_TEST_RUN in its own context, so that 'pid' and 'comm' are the tool's.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "probes/kinds.h"
#include "probes/target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

static int special_parse(struct probe_env *env, const struct attach_point *ap,
                         struct probe_target *t)
{
	if (ap->parts > 2 || (ap->parts == 2 && strcmp(ap->part[1], "*")))
		return target_error(env, t, "%s probes should not have a target", t->kind->name);
	t->flags &= ~(uint32_t)TARGET_WILDCARD;
	target_name(env, t, "%s", t->kind->name);
	return 0;
}

static int self_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (!target_parts(env, ap, 2, 2))
		return -EINVAL;
	t->span = ap->place[1];
	if (!wildcard_match(ap->part[1], "signal"))
		return target_error(env, t, "'%s' is not a supported trigger: 'signal' is",
		                    ap->part[1]);
	t->span = ap->place[2];
	if (!wildcard_match(ap->part[2], "SIGUSR1"))
		return target_error(env, t, "'%s' is not a supported signal: 'SIGUSR1' is",
		                    ap->part[2]);
	t->mode = "signal";
	t->symbol = "SIGUSR1";
	target_name(env, t, "self:signal:SIGUSR1");
	return 0;
}

static int named_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (!target_parts(env, ap, 1, 1))
		return -EINVAL;
	if (!*ap->part[1])
		return target_error(env, t, "A %s probe has a name: %s:NAME", t->kind->name,
		                    t->kind->name);
	t->flags &= ~(uint32_t)TARGET_WILDCARD;
	t->symbol = ap->part[1];
	target_name(env, t, "%s:%s", t->kind->name, t->symbol);
	return 0;
}

static void self_list(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
                      probe_match_fn *fn, void *arg)
{
	list_line(env, kind, pattern, "signal:SIGUSR1", fn, arg);
}

static void special_list(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
                         probe_match_fn *fn, void *arg)
{
	struct probe_target t = { .kind = kind, .name = kind->name, .span = SPAN_NONE };

	fn(arg, &t);
}

static const char *special_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "raw_tp/%s", t->kind->name);
}

const struct probe_kind probe_begin = {
	.name = "begin",
	.synopsis = "begin",
	.brief = "Runs once, before anything is attached.",
	.example = "begin { printf(\"hello\\n\"); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = special_parse,
	.list = special_list,
	.section = special_section,
};

const struct probe_kind probe_end = {
	.name = "end",
	.synopsis = "end",
	.brief = "Runs once, after everything is detached and before maps are printed.",
	.example = "begin { @start = nsecs; } end { printf(\"%ld ns\\n\", nsecs - @start); "
		   "clear(@start); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = special_parse,
	.list = special_list,
	.section = special_section,
};

const struct probe_kind probe_self = {
	.name = "self",
	.synopsis = "self:signal:SIGUSR1",
	.brief = "Runs when sonde itself gets the signal.",
	.example =
		"profile:hz:99 { @[comm] = count(); } self:signal:SIGUSR1 { print(@); clear(@); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = self_parse,
	.list = self_list,
	.section = special_section,
};

const struct probe_kind probe_test = {
	.name = "test",
	.synopsis = "test:<name>",
	.brief = "Runs with --test only. The test passes when it returns 0, or nothing, without "
		 "errorf() and exit(n).",
	.example = "test:sum { @x = 1; @x += 1; if (@x != 2) { errorf(\"%d\", @x); } }",
	.caps = PROBE_SPECIAL | PROBE_TEST,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = named_parse,
	.section = special_section,
};

const struct probe_kind probe_bench = {
	.name = "bench",
	.synopsis = "bench:<name>",
	.brief =
		"Runs with --bench only: many times, to find out how long the kernel takes for it.",
	.example = "bench:count { @ = count(); }",
	.caps = PROBE_SPECIAL | PROBE_BENCH,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = named_parse,
	.section = special_section,
};
