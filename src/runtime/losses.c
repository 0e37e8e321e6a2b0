/* SPDX-License-Identifier: Apache-2.0 */
/* losses.c - what is missing in the output, by program and cause. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *cause, *what, *hint;
} causes[] = {
	[LOSS_MAP_FULL] = { "Map full; can't update element", "map updates lost",
	                    "try increasing max_map_keys, or declare its size: let @a = "
	                    "hash(5000)" },
	[LOSS_OUTSIDE] = { "Key outside of an array", "map updates lost",
	                   "declare a larger one, or a hash" },
	[LOSS_EVENT] = { "Ring buffer full", "events lost", "raise perf_rb_pages" },
	[LOSS_STRING] = { "String too long", "strings cut", "raise max_strlen" },
	[LOSS_STACK] = { "Stack not readable, or no room to keep it", "stacks lost", NULL },
	[LOSS_SCRATCH] = { "Too many programs at once on one CPU", "events skipped", NULL },
};
_Static_assert(countof(causes) == LOSS_CAUSES, "each cause has its text");

static void report(const char *name, bool others, const uint64_t *count)
{
	for (size_t c = 0; c < LOSS_CAUSES; c++) {
		const char *hint = causes[c].hint;

		if (count[c])
			log_warn("%s: %" PRIu64 " %s in %s%s%s%s%s", causes[c].cause, count[c],
			         causes[c].what, name, others ? " and others" : "",
			         hint ? " (" : "", hint ? hint : "", hint ? ")" : "");
	}
}

size_t loss_rows(const struct rt *rt)
{
	return meta_script(&rt->m)->loss_rows;
}

void losses_open(struct rt *rt, const struct image_losses *losses)
{
	rt->losses = losses;
	rt->reported = arena_array(&rt->arena, struct image_losses, loss_rows(rt) + 1);
}

static void say_full(struct rt *rt, const struct image_update *u)
{
	struct message m = { .at = { u->off, u->len } };

	helper_message(&m, "map_update_elem", -E2BIG);
	say(rt, &m);
}

static void say_outside(struct rt *rt, const struct image_update *u)
{
	const struct meta_map *map;
	char text[256];

	if (u->map >= meta_count(&rt->m, META_MAPS))
		return;
	map = meta_map(&rt->m, u->map);
	snprintf(text, sizeof(text),
	         "Key outside of the array; can't update element. %s holds keys 0 to %" PRIu32 ".",
	         meta_text(&rt->m, map->name), map->max_entries - 1);
	say(rt,
	    &(struct message){ .type = "runtime_error", .text = text, .at = { u->off, u->len } });
}

/* What was lost of maps is said once for each program and place, and counted. */
static void check_updates(struct rt *rt, const struct image_losses *now, struct image_losses *said)
{
	static void (*const tell[LOSS_UPDATES])(struct rt *, const struct image_update *) = {
		[LOSS_MAP_FULL] = say_full,
		[LOSS_OUTSIDE] = say_outside,
	};

	for (size_t c = 0; c < LOSS_UPDATES; c++) {
		if (now->count[c] != said->count[c] &&
		    memcmp(&now->update[c], &said->update[c], sizeof(now->update[c])))
			tell[c](rt, &now->update[c]);
		said->count[c] = now->count[c];
		said->update[c] = now->update[c];
	}
}

/* Whether it is a second since lost events were told: who loses many need not read of each batch.
 */
static bool is_time_to_tell(struct rt *rt)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec == rt->told_at)
		return false;
	rt->told_at = now.tv_sec;
	return true;
}

void losses_check(struct rt *rt, bool last)
{
	for (size_t i = 0; rt->losses && i < loss_rows(rt); i++) {
		struct image_losses now = rt->losses[i], *said = &rt->reported[i];

		rt->lost += now.count[LOSS_EVENT] - said->count[LOSS_EVENT];
		said->count[LOSS_EVENT] = now.count[LOSS_EVENT];
		check_updates(rt, &now, said);
	}
	if (rt->lost && (last || is_time_to_tell(rt))) {
		rt->out->lost(rt, rt->lost);
		rt->lost = 0;
	}
}

/* Of the probe in this row, and those behind it that share its block. */
static void report_row(struct rt *rt, uint32_t row, const uint64_t *count)
{
	const struct meta_probe *p = meta_probe(&rt->m, row);
	bool others = row + 1 < meta_count(&rt->m, META_PROBES) && p[1].loss_row == p->loss_row;

	report(meta_text(&rt->m, p->name), others, count);
}

void losses_report(struct rt *rt)
{
	uint32_t next = 0;

	for (uint32_t i = 0; rt->losses && i < meta_count(&rt->m, META_PROBES); i++) {
		const struct meta_probe *p = meta_probe(&rt->m, i);

		if (p->loss_row < loss_rows(rt) && (!i || p->loss_row != p[-1].loss_row))
			report_row(rt, i, rt->losses[p->loss_row].count);
		next = p->loss_row >= next ? p->loss_row + 1 : next;
	}
	/* The script's functions have the row behind those of probes. */
	if (rt->losses && next < loss_rows(rt))
		report("functions", false, rt->losses[next].count);
}
