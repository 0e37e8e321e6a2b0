/* SPDX-License-Identifier: Apache-2.0 */
/* losses.c - what is missing in the output, by program and cause. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

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

int losses_open(struct rt *rt, int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), rows = meta_script(&rt->m)->loss_rows;
	void *shared;

	if (fd < 0)
		return 0;
	/* Shared memory: looking at it costs nothing. */
	rt->losses_size = (rows * sizeof(*rt->losses) + page - 1) / page * page;
	shared = mmap(NULL, rt->losses_size, PROT_READ, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return -errno;
	rt->losses = shared;
	rt->reported = arena_array(&rt->arena, struct image_losses, rows + 1);
	return 0;
}

void losses_close(struct rt *rt)
{
	if (rt->losses)
		munmap((void *)rt->losses, rt->losses_size);
	rt->losses = NULL;
}

static size_t loss_rows(const struct rt *rt)
{
	size_t rows = meta_script(&rt->m)->loss_rows;

	if (!rt->losses)
		return 0;
	return rows < rt->programs ? rows : rt->programs;
}

/* A full map is said once for each program and place, and counted. */
static void check_full(struct rt *rt, const struct image_losses *now, struct image_losses *said)
{
	struct message m = { .at = { now->full_off, now->full_len } };

	if (now->count[LOSS_MAP_FULL] == said->count[LOSS_MAP_FULL])
		return;
	if (said->full_len != now->full_len || said->full_off != now->full_off) {
		helper_message(&m, "map_update_elem", -E2BIG);
		say(rt, &m);
	}
	*said = *now;
}

void losses_check(struct rt *rt)
{
	uint64_t events = 0;

	for (size_t i = 0; i < loss_rows(rt); i++) {
		struct image_losses now = rt->losses[i], *said = &rt->reported[i];

		events += now.count[LOSS_EVENT] - said->count[LOSS_EVENT];
		said->count[LOSS_EVENT] = now.count[LOSS_EVENT];
		check_full(rt, &now, said);
	}
	if (events)
		rt->out->lost(rt, events);
}

void losses_report(struct rt *rt)
{
	for (size_t p = 0; p < loss_rows(rt); p++) {
		for (size_t c = 0; c < LOSS_CAUSES; c++) {
			uint64_t n = rt->losses[p].count[c];

			if (!n)
				continue;
			log_warn("%s%s: %" PRIu64 " %s%s%s%s", rt->program[p].target[0].name,
			         rt->program[p].count > 1 ? " and others" : "", n, causes[c].what,
			         causes[c].hint ? " (" : "", causes[c].hint ? causes[c].hint : "",
			         causes[c].hint ? ")" : "");
		}
	}
}
