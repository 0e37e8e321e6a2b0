/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agg.c - aggregations: each CPU adds to a slot of its own, and the runtime adds up the CPUs.
 *
 * A program may be interrupted or moved aside by another on the same CPU between reading and
 * writing its slot: sums are added atomically.
 */

#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

static const struct type *aggregate(struct sema *s, const struct expr *call, enum kind kind)
{
	const struct type *t = arg_given(call, 0) ? call->call.arg[0]->type : NULL;
	bool is_signed = t && t->is_signed && !t->flexible;

	if (t == &type_unknown)
		return t;
	return type_aggregation(s->ty, kind, is_signed, NULL);
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

static bool is_signed_map(const struct expr *call, const struct value *arg)
{
	return arg[0].type->is_signed;
}

static void update_min(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	update_extreme(cg, slot, arg[0].v, is_signed_map(call, arg) ? CG_SLT : CG_ULT);
}

static void update_max(struct cg *cg, const struct expr *call, cgv slot, const struct value *arg)
{
	update_extreme(cg, slot, arg[0].v, is_signed_map(call, arg) ? CG_SGT : CG_UGT);
}

/* -- histograms: emit gives the number of the bucket -- */

static const struct type *check_hist(struct sema *s, struct expr *call)
{
	enum { MOST_BITS = 5 };
	uint64_t arg[3] = { 0 };

	if (arg_given(call, 1) && !arg_literal(s, call, 1, "the number of bits", &arg[0]))
		return &type_error;
	if (arg[0] > MOST_BITS) {
		diag_error(s->diags, call->call.arg[1]->span, "hist(): bits are 0 to %d, not %llu",
		           MOST_BITS, (unsigned long long)arg[0]);
		return &type_error;
	}
	return type_aggregation(s->ty, KIND_HIST, true, arg);
}

/* floor(log2(n)) for n >= 1, by halving: six steps without a loop. */
static cgv log2_of(struct cg *cg, cgv n)
{
	cgv log = cg_u64(cg, 0);

	for (unsigned int bits = 32; bits; bits /= 2) {
		cgv large = cg_compare(cg, CG_UGE, n, cg_u64(cg, 1ull << bits));
		cgv shift = cg_mul(cg, large, cg_u64(cg, bits));

		log = cg_add(cg, log, shift);
		n = cg_shr_by(cg, n, shift);
	}
	return log;
}

/* n < 0: 0; n < 2^k: n + 1; else ((log2 n - k + 1) << k) + the k bits below the highest + 1. */
static struct value emit_hist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	uint64_t k = call->type->arg[0];
	struct cg_if negative, small;
	cgv log, bits, large, bucket;

	negative = cg_if(cg, v.type->is_signed ? cg_compare(cg, CG_SLT, v.v, cg_u64(cg, 0))
	                                       : cg_u64(cg, 0));
	cg_else(cg, &negative);
	small = cg_if(cg, cg_compare(cg, CG_ULT, v.v, cg_u64(cg, 1ull << k)));
	bucket = cg_add(cg, v.v, cg_u64(cg, 1));
	cg_else(cg, &small);
	log = log2_of(cg, v.v);
	bits = cg_and(cg, cg_shr_by(cg, v.v, cg_sub(cg, log, cg_u64(cg, k))),
	              cg_u64(cg, (1ull << k) - 1));
	large = cg_add(cg, cg_sub(cg, log, cg_u64(cg, k)), cg_u64(cg, 1));
	large = cg_add(cg, cg_add(cg, cg_shl(cg, large, (unsigned int)k), bits), cg_u64(cg, 1));
	bucket = cg_endif_phi(cg, &small, bucket, large);
	return cg_value(cg_endif_phi(cg, &negative, cg_u64(cg, 0), bucket), call->type);
}

static const struct type *check_lhist(struct sema *s, struct expr *call)
{
	static const char *const names[] = { "min", "max", "step" };
	enum { MOST_BUCKETS = 1000 };
	uint64_t arg[3], buckets;
	const char *wrong = NULL;

	for (size_t i = 0; i < 3; i++)
		if (!arg_literal(s, call, i + 1, names[i], &arg[i]))
			return &type_error;
	buckets = arg[2] ? (arg[1] - arg[0]) / arg[2] : 0;
	if (!arg[2])
		wrong = "the step is at least 1";
	else if (arg[0] >= arg[1])
		wrong = "min must be less than max";
	else if (buckets > MOST_BUCKETS)
		wrong = "there would be more than 1000 buckets";
	else if (!buckets)
		wrong = "the step is larger than the range";
	if (wrong) {
		diag_error(s->diags, call->span, "lhist(): %s (min %llu, max %llu, step %llu)", wrong,
		           (unsigned long long)arg[0], (unsigned long long)arg[1],
		           (unsigned long long)arg[2]);
		return &type_error;
	}
	return type_aggregation(s->ty, KIND_LHIST, true, arg);
}

static struct value emit_lhist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	const uint64_t *arg = call->type->arg;
	bool is_signed = v.type->is_signed;
	struct cg_if below, above;
	cgv inside, bucket;

	below = cg_if(cg, cg_compare(cg, is_signed ? CG_SLT : CG_ULT, v.v, cg_u64(cg, arg[0])));
	cg_else(cg, &below);
	above = cg_if(cg, cg_compare(cg, is_signed ? CG_SGE : CG_UGE, v.v, cg_u64(cg, arg[1])));
	cg_else(cg, &above);
	inside = cg_add(cg, cg_udiv(cg, cg_sub(cg, v.v, cg_u64(cg, arg[0])), cg_u64(cg, arg[2])),
	                cg_u64(cg, 1));
	bucket = cg_endif_phi(cg, &above, cg_u64(cg, 1 + (arg[1] - arg[0]) / arg[2]), inside);
	return cg_value(cg_endif_phi(cg, &below, cg_u64(cg, 0), bucket), call->type);
}

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
	{
		.name = "hist",
		.sig = "hist(n: int, bits = 0) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_hist,
		.emit = emit_hist,
		.brief = "A histogram with a bucket per power of two, or 2^bits buckets for each.",
		.example = "tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }",
	},
	{
		.name = "lhist",
		.sig = "lhist(n: int, min, max, step) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_lhist,
		.emit = emit_lhist,
		.brief = "A histogram with buckets of equal width.",
		.example = "tracepoint:syscalls:sys_exit_read { @bytes = lhist(args.ret, 0, 4096, 256); }",
	},
	{ 0 },
};
