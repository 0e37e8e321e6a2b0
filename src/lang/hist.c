/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hist.c - histograms: 'emit' gives the number of the bucket, the map counts it.
 *
 * hist, with k bits:  0 holds what is negative; then each power of two has 2^k buckets.
 * lhist:              0 holds what is below min; then one for each step; the last what is max and
 *                     above.
 */

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

/* For n >= 0: ((log - k) << k) + (n >> (log - k)) + 1 where log is log2(n), at least k. */
static struct value emit_hist(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	unsigned int k = (unsigned int)call->type->arg[0];
	cgv over = cg_sub(cg, log2_of(cg, cg_or(cg, v.v, cg_u64(cg, 1ull << k))), cg_u64(cg, k));
	cgv bucket = cg_add(cg, cg_add(cg, cg_shl(cg, over, k), cg_shr_by(cg, v.v, over)),
	                    cg_u64(cg, 1));

	if (v.type->is_signed) {
		cgv negative = cg_sar_by(cg, v.v, cg_u64(cg, 63));

		bucket = cg_and(cg, bucket, cg_xor(cg, negative, cg_u64(cg, UINT64_MAX)));
	}
	return cg_value(bucket, call->type);
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
	{ 0 },
};
/* clang-format on */
