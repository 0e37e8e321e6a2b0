/* SPDX-License-Identifier: Apache-2.0 */
/* map_kind.c - the table of kinds of maps. */

#include "ast/map_kind.h"

#include "base/bug.h"

#include <string.h>

static const struct map_kind kinds[] = {
	{ .name = "hash", .other = "percpuhash" },
	{ .name = "lruhash", .other = "percpulruhash", .lru = true },
	{ .name = "percpuhash", .other = "hash", .percpu = true },
	{ .name = "percpulruhash", .other = "lruhash", .percpu = true, .lru = true },
	{ .name = "array", .other = "percpuarray", .array = true },
	{ .name = "percpuarray", .other = "array", .percpu = true, .array = true },
};

const struct map_kind *map_kind_find(const char *name)
{
	for (size_t i = 0; i < countof(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}
