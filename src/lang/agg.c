/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agg.c - aggregations: each CPU adds to a slot of its own, and the runtime adds up the CPUs.
 *
 * A program may be interrupted or moved aside by another on the same CPU between reading and
 * writing its slot: sums are added atomically.
 */

#include "codegen/cg.h"
#include "lang/aggregate.h"
#include "lang/families.h"
#include "sema/sema.h"

bool aggregation_assigned(struct sema *s, const struct expr *call)
{
	if (call->call.map)
		return true;
	diag_error(s->diags, call->span, "%s() must be assigned directly to a map: @ = %s(...)",
	           call->call.name, call->call.name);
	return false;
}

static const struct type *aggregate(struct sema *s, const struct expr *call, enum kind kind)
{
	if (!aggregation_assigned(s, call))
		return &type_error;
	if (!arg_given(call, 0))
		return type_aggregation(s->ty, kind, false, NULL);
	/* What is not known yet may come from this very map: its kind is known all the same. */
	return type_aggregation_of(s->ty, kind, call->call.arg[0]->type, NULL);
}

#define CHECK(name, KIND)                                                                          \
	static const struct type *check_##name(struct sema *s, struct expr *call)                  \
	{                                                                                          \
		return aggregate(s, call, KIND);                                                   \
	}
CHECK(count, KIND_COUNT)
CHECK(sum, KIND_SUM)
CHECK(min, KIND_MIN)
CHECK(max, KIND_MAX)
CHECK(avg, KIND_AVG)
CHECK(stats, KIND_STATS)
#undef CHECK

static void update_count(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	cg_atomic_add(cg, slot, cg_u64(cg, 1));
}

static void update_sum(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	cg_atomic_add(cg, slot, arg[0].v);
}

static void update_avg(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	cg_atomic_add(cg, slot, arg[0].v);
	cg_atomic_add(cg, cg_offset(cg, slot, 8), cg_u64(cg, 1));
}

static void update_extreme(struct cg *cg, cgv slot, cgv v, enum cg_cmp better)
{
	cgv set = cg_load(cg, cg_offset(cg, slot, 8), 8, false), now = cg_load(cg, slot, 8, false);
	struct cg_if i = cg_if(cg, cg_or(cg, cg_compare(cg, CG_EQ, set, cg_u64(cg, 0)),
	                                 cg_compare(cg, better, v, now)));

	cg_store(cg, slot, v, 8);
	cg_store(cg, cg_offset(cg, slot, 8), cg_u64(cg, 1), 8);
	cg_endif(cg, &i);
}

static void update_min(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	update_extreme(cg, slot, arg[0].v, call->call.map->value->is_signed ? CG_SLT : CG_ULT);
}

static void update_max(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	update_extreme(cg, slot, arg[0].v, call->call.map->value->is_signed ? CG_SGT : CG_UGT);
}

/* clang-format off */
const struct lang_def lang_agg[] = {
	{
		.name = "count",
		.sig = "count() -> T",
		.flags = LANG_AGGREGATION,
		.check = check_count,
		.emit_update = update_count,
		.brief = "Counts how often this is called.",
		.example = "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }",
	},
	{
		.name = "sum",
		.sig = "sum(n: int) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_sum,
		.emit_update = update_sum,
		.brief = "Adds up values.",
		.example = "tracepoint:syscalls:sys_exit_read /args.ret > 0/ { @bytes[comm] = sum(args.ret); }",
	},
	{
		.name = "min",
		.sig = "min(n: int) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_min,
		.emit_update = update_min,
		.brief = "Keeps the least value.",
		.example = "tracepoint:syscalls:sys_exit_read { @[comm] = min(args.ret); }",
	},
	{
		.name = "max",
		.sig = "max(n: int) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_max,
		.emit_update = update_max,
		.brief = "Keeps the largest value.",
		.example = "tracepoint:syscalls:sys_exit_read { @[comm] = max(args.ret); }",
	},
	{
		.name = "avg",
		.sig = "avg(n: int) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_avg,
		.emit_update = update_avg,
		.brief = "The average of values, as an integer.",
		.example = "tracepoint:syscalls:sys_exit_read { @[comm] = avg(args.ret); }",
	},
	{
		.name = "stats",
		.sig = "stats(n: int) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_stats,
		.emit_update = update_avg,
		.brief = "Count, average and total of values.",
		.example = "tracepoint:syscalls:sys_exit_read { @[comm] = stats(args.ret); }",
	},
	{ 0 },
};
/* clang-format on */
