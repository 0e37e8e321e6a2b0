/* SPDX-License-Identifier: Apache-2.0 */
/* watchpoint.c - watchpoint:<address>:<length>:<mode>, the processor's debug registers. */

#include "base/arena.h"
#include "base/diag.h"
#include "probes/attach.h"
#include "probes/kinds.h"
#include "probes/target.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>

static uint32_t mode_bit(char c)
{
	return c == 'r'   ? HW_BREAKPOINT_R
	       : c == 'w' ? HW_BREAKPOINT_W
	       : c == 'x' ? HW_BREAKPOINT_X
	                  : 0;
}

static uint32_t mode_bits(const char *mode)
{
	uint32_t bits = 0;

	for (; *mode; mode++)
		bits |= mode_bit(*mode);
	return bits;
}

static int check_mode(struct probe_env *env, const struct probe_target *t)
{
	uint32_t seen = 0;

	if (!*t->mode)
		return target_error(env, t, "Watchpoint mode must be a combination of (r,w,x)");
	for (const char *c = t->mode; *c; c++) {
		uint32_t bit = mode_bit(*c);

		if (!bit)
			return target_error(
				env, t,
				"Watchpoint mode must be a combination of (r,w,x), not '%s'",
				t->mode);
		if (seen & bit)
			return target_error(env, t, "Watchpoint modes may not be duplicated: '%s'",
			                    t->mode);
		seen |= bit;
	}
#if defined(__x86_64__)
	/* The debug registers know writes, accesses and execution. */
	if (seen != HW_BREAKPOINT_W && seen != HW_BREAKPOINT_RW && seen != HW_BREAKPOINT_X) {
		diag_hint(diag_error(env->diags, t->span, "Invalid watchpoint mode: %s", t->mode),
		          "supported modes: x,w,rw");
		return -EINVAL;
	}
#endif
	return 0;
}

static int no_address(struct probe_env *env, const struct probe_target *t, const char *text)
{
	struct diag *d =
		diag_error(env->diags, t->span, "Watchpoint needs an address, not '%s'", text);

	if (strchr(text, '+'))
		diag_hint(d, "'function+argN' is of older versions: print the argument in a uprobe "
		             "first");
	return -EINVAL;
}

static int watch_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	struct number address, length;
	int err;

	if (!target_parts(env, ap, 3, 3))
		return -EINVAL;
	t->span = ap->place[1];
	if (!parse_number(ap->part[1], &address) || !address.value)
		return no_address(env, t, ap->part[1]);
	t->span = ap->place[2];
	if (!parse_number(ap->part[2], &length) || length.value > 8 || !length.value ||
	    length.value & (length.value - 1))
		return target_error(env, t, "Watchpoint length must be one of (1,2,4,8), not '%s'",
		                    ap->part[2]);
	t->span = ap->place[3];
	t->mode = ap->part[3];
	t->address = address.value;
	t->count = length.value;
	err = check_mode(env, t);
	if (!err)
		target_name(env, t, "watchpoint:%" PRIu64 ":%" PRIu64 ":%s", t->address, t->count,
		            t->mode);
	return err;
}

static const char *watch_section(struct arena *a, const struct probe_target *t)
{
	return "perf_event";
}

static struct attachment *watch_attach(struct probe_env *env, const struct probe_target *t,
                                       struct bpf_program *prog)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = mode_bits(t->mode),
		.bp_addr = t->address,
		.bp_len = mode_bits(t->mode) == HW_BREAKPOINT_X ? sizeof(long) : t->count,
		.sample_period = 1,
	};

	return perf_attach_all(env, t, prog, &attr);
}

const struct probe_kind probe_watchpoint = {
	.name = "watchpoint",
	.alias = { "w", "asyncwatchpoint", "aw" },
	.synopsis = "watchpoint:<address>:<length>:<mode>",
	.brief = "Fires when memory is written (w), accessed (rw) or executed (x).",
	.example = "watchpoint:0x10000000:8:rw { @[comm] = count(); }",
	.caps = PROBE_PERF_EVENT | PROBE_COOKIE | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_PERF_EVENT,
	.parse = watch_parse,
	.section = watch_section,
	.attach = watch_attach,
};
