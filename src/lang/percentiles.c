/* SPDX-License-Identifier: Apache-2.0 */
/*
 * percentiles.c - percentiles: a fine histogram (image/buckets.h) and the largest value, of which
 * the runtime makes what is printed.
 */

#include "base/bug.h"
#include "codegen/cg.h"
#include "image/buckets.h"
#include "lang/aggregate.h"
#include "lang/families.h"

#include <ctype.h>
#include <stdlib.h>

/* -- checks -- */

/* "99", "99.9" ... with up to three digits behind the point. */
static bool parse(const char *text, uint32_t *thousandths)
{
	char *at;
	unsigned long whole = strtoul(text, &at, 10);

	if (!isdigit((unsigned char)*text) || whole > 100)
		return false;
	*thousandths = (uint32_t)whole * PERCENT;
	if (!*at)
		return true;
	if (*at++ != '.' || !isdigit((unsigned char)*at))
		return false;
	for (uint32_t unit = PERCENT / 10; unit && isdigit((unsigned char)*at); unit /= 10)
		*thousandths += (uint32_t)(*at++ - '0') * unit;
	return !*at && *thousandths <= 100 * PERCENT;
}

static bool percentile_given(struct sema *s, const struct expr *e, uint32_t *thousandths)
{
	bool is_int = e->literal && e->kind == EXPR_INT && !e->integer.negative;

	if (is_int && e->integer.value <= 100) {
		*thousandths = (uint32_t)e->integer.value * PERCENT;
		return true;
	}
	if (e->literal && e->kind == EXPR_STRING && parse(e->string.text, thousandths))
		return true;
	diag_hint(diag_error(s->diags, e->span,
	                     "percentiles: invalid percentile (must be a literal from 0 to 100)"),
	          "what is between integers is written as text, with up to three digits: "
	          "\"99.9\"");
	return false;
}

static bool percentiles_given(struct sema *s, const struct expr *call, uint64_t arg[KIND_ARGS])
{
	uint32_t given = (uint32_t)call->call.args - 1, last = 0, thousandths;

	if (given > PERCENTILES_MOST) {
		diag_error(s->diags, call->call.arg[1 + PERCENTILES_MOST]->span,
		           "percentiles() takes up to %d percentiles (%u provided)",
		           PERCENTILES_MOST, given);
		return false;
	}
	for (uint32_t i = 0; i < given; i++) {
		const struct expr *e = call->call.arg[1 + i];

		if (!percentile_given(s, e, &thousandths))
			return false;
		if (i && thousandths <= last) {
			diag_error(s->diags, e->span,
			           "percentiles() takes percentiles in ascending order");
			return false;
		}
		percentile_ask(arg, i, thousandths);
		last = thousandths;
	}
	return true;
}

static const struct type *check_percentiles(struct sema *s, struct expr *call)
{
	static const uint32_t usual[] = { 50, 90, 99 };
	uint64_t arg[KIND_ARGS] = { 0 };

	if (!aggregation_assigned(s, call) || !percentiles_given(s, call, arg))
		return &type_error;
	for (uint32_t i = 0; call->call.args == 1 && i < countof(usual); i++)
		percentile_ask(arg, i, usual[i] * PERCENT);
	return type_aggregation_of(s->ty, KIND_PERCENTILES, call->call.arg[0]->type, arg);
}

/* -- code -- */

/* Negative numbers, turned over, have the mirror image of the buckets from 0 on. */
static cgv bucket_of(struct cg *cg, cgv n, bool is_signed)
{
	cgv turn = is_signed ? cg_sar_by(cg, n, cg_u64(cg, 63)) : cg_u64(cg, 0);
	cgv bucket = log_bucket(cg, cg_xor(cg, n, turn), PERCENTILE_BITS);

	return cg_add(cg, cg_xor(cg, bucket, turn), cg_u64(cg, PERCENTILE_ZERO));
}

static void update_percentiles(struct cg *cg, const struct expr *call, cgv key,
                               const struct value *arg)
{
	struct map_var *m = call->call.map;
	/* In the order of unsigned numbers, of which 0 is the least. */
	cgv rank = m->value->is_signed ? cg_xor(cg, arg[0].v, cg_u64(cg, 1ull << 63)) : arg[0].v;
	cgv slot, largest;
	struct cg_if absent, larger;

	slot = cg_bucket_slot(cg, m, key, bucket_of(cg, arg[0].v, m->value->is_signed), &largest,
	                      &absent);
	cg_atomic_add(cg, slot, cg_u64(cg, 1));
	larger = cg_if(cg, cg_compare(cg, CG_UGT, rank, cg_load(cg, largest, 8, false)));
	cg_store(cg, largest, rank, 8);
	cg_endif(cg, &larger);
	cg_endif(cg, &absent);
}

/* clang-format off */
const struct lang_def lang_percentiles[] = {
	{
		.name = "percentiles",
		.sig = "percentiles(n: int, ...) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_percentiles,
		.emit_update = update_percentiles,
		.brief = "Percentiles of values: 50, 90 and 99, or those given in ascending order, as 99 or \"99.9\". "
		         "They are within 1/64 of the true ones; count and max are exact.",
		.example = "tracepoint:syscalls:sys_exit_read { @bytes[comm] = percentiles(args.ret, 50, 90, 99, \"99.9\"); }",
	},
	{ 0 },
};
/* clang-format on */
