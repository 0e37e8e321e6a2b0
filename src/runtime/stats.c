/* SPDX-License-Identifier: Apache-2.0 */
/* stats.c - averages and statistics of merged slots; dividing, for print(@m, top, div). */

#include "runtime/rt.h"

#include <inttypes.h>
#include <string.h>

uint64_t number_divided(const struct meta_type *t, uint64_t n, uint64_t div)
{
	if (div < 2)
		return n;
	if (!(t->flags & META_TYPE_SIGNED))
		return n / div;
	return div > INT64_MAX ? 0 : (uint64_t)((int64_t)n / (int64_t)div);
}

int64_t stats_average(const struct meta_type *t, const void *slot)
{
	int64_t v[2];

	memcpy(v, slot, sizeof(v));
	if (!v[1])
		return 0;
	return t->flags & META_TYPE_SIGNED ? v[0] / v[1]
	                                   : (int64_t)((uint64_t)v[0] / (uint64_t)v[1]);
}

static void number(const struct meta_type *t, uint64_t n, struct strbuf *sb)
{
	strbuf_addf(sb, t->flags & META_TYPE_SIGNED ? "%" PRId64 : "%" PRIu64, n);
}

/* Of statistics the average is divided alone. */
void stats_text(const struct meta_type *t, const void *slot, uint64_t div, struct strbuf *sb)
{
	uint64_t v[2];

	memcpy(v, slot, sizeof(v));
	strbuf_addf(sb, "{ .count = %" PRIu64 ", .average = ", v[1]);
	number(t, number_divided(t, (uint64_t)stats_average(t, slot), div), sb);
	strbuf_adds(sb, ", .total = ");
	number(t, v[0], sb);
	strbuf_adds(sb, " }");
}

void stats_json(const struct meta_type *t, const void *slot, uint64_t div, struct strbuf *sb)
{
	uint64_t v[2];

	memcpy(v, slot, sizeof(v));
	strbuf_addf(sb, "{\"count\": %" PRIu64 ", \"average\": ", v[1]);
	json_int(sb, t, (int64_t)number_divided(t, (uint64_t)stats_average(t, slot), div));
	strbuf_adds(sb, ", \"total\": ");
	json_int(sb, t, (int64_t)v[0]);
	strbuf_addc(sb, '}');
}
