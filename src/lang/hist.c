/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hist.c - histograms: 'emit' gives the number of the bucket (image/buckets.h), the map counts it.
 */

#include "base/bug.h"
#include "codegen/cg.h"
#include "image/buckets.h"
#include "lang/aggregate.h"
#include "lang/families.h"

#include <string.h>

/* -- hist -- */

static const struct type *check_hist(struct sema *s, struct expr *call)
{
	uint64_t arg[KIND_ARGS] = { 0 };

	if (!aggregation_assigned(s, call))
		return &type_error;
	if (arg_given(call, 1) && !arg_literal(s, call, 1, "bits", &arg[0]))
		return &type_error;
	if (arg[0] > HIST_MOST_BITS) {
		diag_error(s->diags, call->call.arg[1]->span, "%s: bits %llu must be 0..%d",
		           call->call.name, (unsigned long long)arg[0], HIST_MOST_BITS);
		return &type_error;
	}
	return type_aggregation(s->ty, KIND_HIST, true, arg);
}

/*
 * floor(log2(n)) for n >= 1, without a branch: the bits below the highest one are set, which leaves
 * 64 different numbers; a product with a de Bruijn sequence has another number in its upper 6 bits
 * for each of them, and a table tells which.
 */
static cgv log2_of(struct cg *cg, cgv n)
{
	const uint64_t sequence = 0x03f79d71b4cb0a89; /* any 6 bits in a row occur once */
	unsigned char table[64];

	for (unsigned int log = 0; log < 64; log++) {
		uint64_t filled = log == 63 ? UINT64_MAX : (2ull << log) - 1;

		table[filled * sequence >> 58] = (unsigned char)log;
	}
	for (unsigned int bits = 1; bits < 64; bits *= 2)
		n = cg_or(cg, n, cg_shr(cg, n, bits));
	n = cg_shr(cg, cg_mul(cg, n, cg_u64(cg, sequence)), 58);
	return cg_load(cg, cg_offset_by(cg, cg_bytes(cg, table, sizeof(table)), n), 1, false);
}

cgv log_bucket(struct cg *cg, cgv n, unsigned int k)
{
	cgv over = cg_sub(cg, log2_of(cg, cg_or(cg, n, cg_u64(cg, 1ull << k))), cg_u64(cg, k));

	return cg_add(cg, cg_shl(cg, over, k), cg_shr_by(cg, n, over));
}

/* The first bucket when a number is negative. */
static cgv negative_first(struct cg *cg, const struct value *n, cgv bucket)
{
	cgv negative;

	if (!n->type->is_signed)
		return bucket;
	negative = cg_sar_by(cg, n->v, cg_u64(cg, 63));
	return cg_and(cg, bucket, cg_xor(cg, negative, cg_u64(cg, UINT64_MAX)));
}

static struct value emit_hist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	unsigned int k = (unsigned int)call->type->arg[0];
	cgv bucket = cg_add(cg, log_bucket(cg, v.v, k), cg_u64(cg, 1));

	return cg_value(negative_first(cg, &v, bucket), call->type);
}

/* -- lhist -- */

static const struct type *check_lhist(struct sema *s, struct expr *call)
{
	static const char *const names[] = { "min", "max", "step" };
	enum { MIN, MAX, STEP };
	struct expr *const *at = call->call.arg + 1;
	uint64_t arg[KIND_ARGS] = { 0 };

	if (!aggregation_assigned(s, call))
		return &type_error;
	for (size_t i = 0; i < 3; i++)
		if (!arg_literal(s, call, i + 1, names[i], &arg[i]))
			return &type_error;
	if (arg[MIN] >= arg[MAX])
		diag_error(s->diags, span_join(at[MIN]->span, at[MAX]->span),
		           "lhist() min must be less than max (provided min %llu and max %llu)",
		           (unsigned long long)arg[MIN], (unsigned long long)arg[MAX]);
	else if (!arg[STEP])
		diag_error(s->diags, at[STEP]->span, "lhist() step must be >= 1 (0 provided)");
	else if (arg[STEP] > arg[MAX] - arg[MIN])
		diag_error(s->diags, at[STEP]->span,
		           "lhist() step is too large for the given range (provided step %llu for "
		           "range "
		           "%llu)",
		           (unsigned long long)arg[STEP],
		           (unsigned long long)(arg[MAX] - arg[MIN]));
	else if ((arg[MAX] - arg[MIN]) / arg[STEP] > HIST_MOST_STEPS)
		diag_hint(diag_error(s->diags, span_join(at[MIN]->span, at[STEP]->span),
		                     "lhist() too many buckets, must be <= %d (would need %llu)",
		                     HIST_MOST_STEPS,
		                     (unsigned long long)((arg[MAX] - arg[MIN]) / arg[STEP])),
		          "take a larger step");
	else
		return type_aggregation(s->ty, KIND_LHIST, true, arg);
	return &type_error;
}

static struct value emit_lhist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	uint64_t min = call->type->arg[0], max = call->type->arg[1], step = call->type->arg[2];
	bool is_signed = v.type->is_signed;
	struct cg_if below, above;
	cgv inside, bucket;

	below = cg_if(cg, cg_compare(cg, is_signed ? CG_SLT : CG_ULT, v.v, cg_u64(cg, min)));
	cg_else(cg, &below);
	above = cg_if(cg, cg_compare(cg, is_signed ? CG_SGE : CG_UGE, v.v, cg_u64(cg, max)));
	cg_else(cg, &above);
	inside = cg_add(cg, cg_udiv(cg, cg_sub(cg, v.v, cg_u64(cg, min)), cg_u64(cg, step)),
	                cg_u64(cg, 1));
	bucket = cg_endif_phi(cg, &above, cg_u64(cg, 1 + (max - min) / step), inside);
	return cg_value(cg_endif_phi(cg, &below, cg_u64(cg, 0), bucket), call->type);
}

/* -- llhist -- */

enum { FACTOR, LOW, HIGH, STEPS };

/* The largest exponent such that the order of magnitude ends within 64 bits. */
static unsigned int most_high(uint64_t factor)
{
	unsigned int high = 0;

	for (uint64_t power = factor; !__builtin_mul_overflow(power, factor, &power);)
		high++;
	return high;
}

/* Whether each order that is long enough is cut at whole numbers, among which it starts. */
static bool steps_fit(uint64_t factor, uint64_t steps)
{
	uint64_t power = factor;

	if (steps < factor)
		return factor % steps == 0;
	while (power < steps)
		power *= factor;
	return steps % factor == 0 && power % steps == 0;
}

static bool orders_allowed(struct sema *s, const struct expr *call, const uint64_t arg[KIND_ARGS])
{
	struct expr *const *at = call->call.arg + 1;

	if (arg[FACTOR] < 2)
		diag_error(s->diags, at[FACTOR]->span,
		           "llhist() factor must be >= 2 (%llu provided)",
		           (unsigned long long)arg[FACTOR]);
	else if (arg[LOW] > arg[HIGH])
		diag_error(s->diags, span_join(at[LOW]->span, at[HIGH]->span),
		           "llhist() low must be <= high (provided low %llu and high %llu)",
		           (unsigned long long)arg[LOW], (unsigned long long)arg[HIGH]);
	else if (arg[HIGH] > most_high(arg[FACTOR]))
		diag_error(s->diags, at[HIGH]->span,
		           "llhist() high must be <= %u for factor %llu: numbers have 64 bits "
		           "(%llu provided)",
		           most_high(arg[FACTOR]), (unsigned long long)arg[FACTOR],
		           (unsigned long long)arg[HIGH]);
	else
		return true;
	return false;
}

static bool steps_allowed(struct sema *s, const struct expr *call, const uint64_t arg[KIND_ARGS])
{
	const struct expr *at = call->call.arg[1 + STEPS];
	uint64_t fitting = arg[STEPS];

	if (!arg[STEPS] || arg[STEPS] > HIST_MOST_STEPS) {
		diag_error(s->diags, at->span, "llhist() steps must be 1..%d (%llu provided)",
		           HIST_MOST_STEPS, (unsigned long long)arg[STEPS]);
		return false;
	}
	while (!steps_fit(arg[FACTOR], fitting))
		fitting--;
	if (fitting == arg[STEPS])
		return true;
	diag_hint(diag_error(s->diags, at->span,
	                     "llhist() steps must divide the factor, or be a multiple of it that "
	                     "divides one of its powers (provided steps %llu and factor %llu)",
	                     (unsigned long long)arg[STEPS], (unsigned long long)arg[FACTOR]),
	          "take %llu steps", (unsigned long long)fitting);
	return false;
}

static const struct type *check_llhist(struct sema *s, struct expr *call)
{
	static const char *const names[] = { "factor", "low", "high", "steps" };
	struct expr *const *at = call->call.arg + 1;
	uint64_t arg[KIND_ARGS];
	uint32_t ends = 2, buckets;

	if (!aggregation_assigned(s, call))
		return &type_error;
	for (size_t i = 0; i < countof(names); i++)
		if (!arg_literal(s, call, i + 1, names[i], &arg[i]))
			return &type_error;
	if (!orders_allowed(s, call, arg) || !steps_allowed(s, call, arg))
		return &type_error;
	buckets = bucket_total(KIND_LLHIST, arg) - ends;
	if (buckets <= HIST_MOST_STEPS)
		return type_aggregation(s->ty, KIND_LLHIST, true, arg);
	diag_hint(diag_error(s->diags, span_join(at[FACTOR]->span, at[STEPS]->span),
	                     "llhist() too many buckets, must be <= %d (would need %u)",
	                     HIST_MOST_STEPS, buckets),
	          "take fewer steps");
	return &type_error;
}

/* Among a number of orders, each comparison leaves half. */
static cgv bucket_among(struct cg *cg, cgv n, const struct bucket_order *order, uint32_t orders)
{
	uint32_t half = orders / 2;
	struct cg_if below;
	cgv low, high;

	if (!half && !order->width)
		return cg_u64(cg, order->first);
	if (!half)
		return cg_add(cg, cg_udiv(cg, n, cg_u64(cg, order->width)),
		              cg_u64(cg, order->first - order->min / order->width));
	below = cg_if(cg, cg_compare(cg, CG_ULT, n, cg_u64(cg, order[half].min)));
	low = bucket_among(cg, n, order, half);
	cg_else(cg, &below);
	high = bucket_among(cg, n, order + half, orders - half);
	return cg_endif_phi(cg, &below, low, high);
}

static struct value emit_llhist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	struct bucket_scale scale;
	cgv bucket;

	bucket_orders(call->type->arg, &scale);
	bucket = bucket_among(cg, v.v, scale.order, scale.orders);
	return cg_value(negative_first(cg, &v, bucket), call->type);
}

/* clang-format off */
const struct lang_def lang_hist[] = {
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
		.brief = "A histogram with buckets of equal width from min to max.",
		.example = "tracepoint:syscalls:sys_exit_read { @bytes = lhist(args.ret, 0, 4096, 256); }",
	},
	{
		.name = "llhist",
		.sig = "llhist(n: int, factor, low, high, steps) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_llhist,
		.emit = emit_llhist,
		.brief = "A histogram of orders of magnitude, from factor^low to the end of that of factor^high, "
		         "each with buckets of equal width: 'steps' of them up to the next power of the factor.",
		.example = "tracepoint:syscalls:sys_exit_read { @bytes = llhist(args.ret, 10, 0, 6, 10); }",
	},
	{ 0 },
};
/* clang-format on */
