/* SPDX-License-Identifier: Apache-2.0 */
/* time.c - clocks and times of day. */

#include "base/bug.h"
#include "codegen/cg.h"
#include "image/meta_write.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

static const struct {
	const char *name;
	enum meta_clock clock;
	int helper;
} clocks[] = {
	{ "boot", CLOCK_BOOT_NS, BPF_FUNC_ktime_get_boot_ns },
	{ "monotonic", CLOCK_MONO_NS, BPF_FUNC_ktime_get_ns },
	{ "tai", CLOCK_TAI_NS, BPF_FUNC_ktime_get_tai_ns },
	{ "sw_tai", CLOCK_SW_TAI_NS, BPF_FUNC_ktime_get_boot_ns },
};

/* The clock that a call names, as a row; -1: there is none of this name. */
static int clock_of(const struct expr *call)
{
	if (!arg_given(call, 0))
		return 0;
	if (call->call.arg[0]->kind != EXPR_NAME)
		return -1;
	for (size_t i = 0; i < countof(clocks); i++)
		if (!strcmp(clocks[i].name, call->call.arg[0]->call.name))
			return (int)i;
	return -1;
}

static const struct type *check_nsecs(struct sema *s, struct expr *call)
{
	int i = clock_of(call);

	if (i < 0)
		return arg_mismatch(s, call, 0, "one of boot, monotonic, tai and sw_tai");
	return type_int_clock(s->ty, clocks[i].clock);
}

static struct value emit_nsecs(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	int i = clock_of(call);
	cgv now = cg_helper(cg, clocks[i].helper, 0);

	if (clocks[i].clock == CLOCK_SW_TAI_NS)
		now = cg_add(cg, now, CG_PARAM(cg, tai_offset_ns));
	return cg_value(now, call->type);
}

static struct value emit_elapsed(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv now = cg_helper(cg, BPF_FUNC_ktime_get_boot_ns, 0);

	return cg_value(cg_sub(cg, now, CG_PARAM(cg, start_boot_ns)), call->type);
}

static struct value emit_jiffies(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_helper(cg, BPF_FUNC_jiffies64, 0), call->type);
}

static struct value emit_time(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct cg_event ev = {
		.kind = EVENT_TIME,
		.format = arg_given(call, 0) ? call->call.arg[0]->string.text : "%H:%M:%S\n",
		.span = call->span,
	};

	cg_send(cg, &ev, NULL, 0);
	return cg_value(NULL, call->type);
}

static const struct type *check_strftime(struct sema *s, struct expr *call)
{
	const struct expr *ns = call->call.arg[1];
	uint32_t clock = ns->type->kind == KIND_INT ? ns->type->mode : CLOCK_BOOT_NS;

	if (clock == CLOCK_MONO_NS) {
		diag_hint(diag_error(s->diags, ns->span,
		                     "strftime() can not take a monotonic timestamp"),
		          "use nsecs or nsecs(tai)");
		return &type_error;
	}
	if (ns->literal && ns->kind == EXPR_INT && ns->integer.negative) {
		diag_error(s->diags, ns->span, "strftime() does not accept negative timestamps");
		return &type_error;
	}
	return type_timestamp(s->ty, clock);
}

static struct value emit_strftime(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct unit *u = cg_unit(cg);
	cgv place = cg_place(cg, dest, call->type), ns = cg_arg_int(cg, call, 1);

	cg_store(cg, place, ns, 8);
	cg_store(cg, cg_offset(cg, place, 8), cg_u64(cg, call->type->mode), 4);
	cg_store(cg, cg_offset(cg, place, 12),
	         cg_u64(cg, meta_string(u->meta, call->call.arg[0]->string.text)), 4);
	return cg_value(place, call->type);
}

/* clang-format off */
const struct lang_def lang_time[] = {
	{
		.name = "nsecs",
		.sig = "nsecs(clock: word:boot:monotonic:tai:sw_tai|int = boot) -> T",
		.check = check_nsecs,
		.emit = emit_nsecs,
		.brief = "Nanoseconds since boot, sleep included. Clocks: boot, monotonic, tai (Linux 6.1), sw_tai.",
		.example = "tracepoint:raw_syscalls:sys_enter { @start[tid] = nsecs; }",
	},
	{
		.name = "elapsed",
		.sig = "elapsed -> u64",
		.emit = emit_elapsed,
		.brief = "Nanoseconds since tracing started.",
		.example = "interval:s:1 { printf(\"%d ms\\n\", elapsed / 1000000); }",
	},
	{
		.name = "jiffies",
		.sig = "jiffies -> u64",
		.emit = emit_jiffies,
		.brief = "Ticks of the kernel's timer since boot.",
		.example = "begin { print(jiffies); }",
	},
	{
		.name = "time",
		.sig = "time(format: strlit = \"%H:%M:%S\\n\")",
		.emit = emit_time,
		.brief = "Prints the time of day by a format of strftime(3).",
		.example = "interval:s:1 { time(\"%H:%M:%S \"); print(@); } end { @ = 1; }",
	},
	{
		.name = "strftime",
		.sig = "strftime(format: strlit, ns: int) -> T",
		.check = check_strftime,
		.emit = emit_strftime,
		.brief = "The time of day of a value of nsecs, by a format of strftime(3); %f gives microseconds, %l milliseconds, %k nanoseconds. The clock that a value is of goes with it through variables and maps; 0 is the start of the machine.",
		.example = "begin { printf(\"%s\\n\", strftime(\"%H:%M:%S.%f\", nsecs)); }",
	},
	{ 0 },
};
/* clang-format on */
