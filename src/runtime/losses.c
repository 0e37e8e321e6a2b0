/* SPDX-License-Identifier: Apache-2.0 */
/* losses.c - what is missing in the output, by program and cause. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct {
	const char *cause, *what, *hint;
} causes[] = {
	[LOSS_EVENT] = { "Ring buffer full", "events lost", "raise perf_rb_pages" },
	[LOSS_MAP_FULL] = { "Map full; can't update element", "map updates lost",
	                    "try increasing max_map_keys, or declare its size: let @a = hash(5000)" },
	[LOSS_STRING] = { "String too long", "strings cut", "raise max_strlen" },
	[LOSS_STACK] = { "Stack not readable, or no room to keep it", "stacks lost", NULL },
	[LOSS_SCRATCH] = { "Too many programs at once on one CPU", "events skipped", NULL },
};
_Static_assert(countof(causes) == LOSS_CAUSES, "each cause has its text");

/* Of the probe in this row, and those behind it that share its block. */
static void report_row(struct rt *rt, uint32_t row, const uint64_t *count)
{
	const struct meta_probe *p = meta_probe(&rt->m, row);
	bool others = row + 1 < meta_count(&rt->m, META_PROBES) && p[1].loss_row == p->loss_row;

	for (size_t c = 0; c < LOSS_CAUSES; c++) {
		const char *hint = causes[c].hint;

		if (count[c])
			log_warn("%s: %" PRIu64 " %s in %s%s%s%s%s", causes[c].cause, count[c],
			         causes[c].what, meta_text(&rt->m, p->name),
			         others ? " and others" : "", hint ? " (" : "", hint ? hint : "",
			         hint ? ")" : "");
	}
}

void losses_report(struct rt *rt)
{
	uint32_t rows = meta_script(&rt->m)->loss_rows, key = 0;
	uint64_t *count;

	if (rt->losses_fd < 0)
		return;
	count = calloc((size_t)rows * LOSS_CAUSES + 1, sizeof(*count));
	if (!count || bpf_map_lookup_elem(rt->losses_fd, &key, count)) {
		free(count);
		return;
	}
	for (uint32_t i = 0; i < meta_count(&rt->m, META_PROBES); i++) {
		const struct meta_probe *p = meta_probe(&rt->m, i);

		if (p->loss_row < rows && (!i || p->loss_row != p[-1].loss_row))
			report_row(rt, i, count + (size_t)p->loss_row * LOSS_CAUSES);
	}
	free(count);
}
