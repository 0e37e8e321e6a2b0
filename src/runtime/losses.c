/* SPDX-License-Identifier: Apache-2.0 */
/* losses.c - what is missing in the output, by program and cause. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>

static const struct {
	const char *what, *hint;
} causes[] = {
	[LOSS_EVENT] = { "events lost: the ring buffer was full", "raise perf_rb_pages" },
	[LOSS_MAP_FULL] = { "map updates lost: the map was full",
	                    "raise max_map_keys, or declare its size: let @a = hash(5000)" },
	[LOSS_STRING] = { "strings cut", "raise max_strlen" },
	[LOSS_STACK] = { "stacks lost: not readable, or no room to keep them", NULL },
	[LOSS_SCRATCH] = { "events skipped: too many programs at once on one CPU", NULL },
};
_Static_assert(countof(causes) == LOSS_CAUSES, "each cause has its text");

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
	for (size_t p = 0; p < rows; p++) {
		/* The row behind those of programs counts for the script's functions. */
		bool fn = p >= rt->programs;

		for (size_t c = 0; c < LOSS_CAUSES; c++) {
			uint64_t n = count[p * LOSS_CAUSES + c];

			if (!n)
				continue;
			log_warn("%s%s: %" PRIu64 " %s%s%s%s",
			         fn ? "functions" : rt->program[p].target[0].name,
			         !fn && rt->program[p].count > 1 ? " and others" : "", n, causes[c].what,
			         causes[c].hint ? " (" : "", causes[c].hint ? causes[c].hint : "",
			         causes[c].hint ? ")" : "");
		}
	}
	free(count);
}
