/* SPDX-License-Identifier: Apache-2.0 */
/* special.c - BEGIN, END, self: fired by the tool itself, with BPF_PROG_TEST_RUN. */

#include "base/arena.h"
#include "base/diag.h"
#include "probes/private.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

static int begin_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	t->name = t->kind->name;
	if (ap->parts > 1 && strcmp(ap->part[1], "*") && *ap->part[1])
		return bad_form(env, ap, t->kind);
	return 0;
}

static int self_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (ap->parts != 3 || strcmp(ap->part[1], "signal"))
		return bad_form(env, ap, t->kind);
	if (strcmp(ap->part[2], "SIGUSR1")) {
		diag_error(env->diags, ap->span, "'%s' is not supported: the signal is SIGUSR1",
		           ap->part[2]);
		return -EINVAL;
	}
	t->symbol = ap->part[2];
	t->name = "self:signal:SIGUSR1";
	return 0;
}

static const char *special_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "raw_tp/%s", t->kind->name);
}

const struct probe_kind probe_begin = {
	.name = "begin",
	.synopsis = "BEGIN",
	.brief = "Runs once before anything is attached.",
	.example = "BEGIN { printf(\"hello\\n\"); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = begin_parse,
	.section = special_section,
};

const struct probe_kind probe_end = {
	.name = "end",
	.synopsis = "END",
	.brief = "Runs once when tracing has ended, before maps are printed.",
	.example = "END { printf(\"bye\\n\"); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = begin_parse,
	.section = special_section,
};

const struct probe_kind probe_self = {
	.name = "self",
	.synopsis = "self:signal:SIGUSR1",
	.brief = "Runs when the tool itself gets the signal.",
	.example = "self:signal:SIGUSR1 { time(); }",
	.caps = PROBE_SPECIAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.parse = self_parse,
	.section = special_section,
};
