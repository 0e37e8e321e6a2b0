/* SPDX-License-Identifier: Apache-2.0 */
/* map_kind - the kinds that a map can be declared with: "let @a = lruhash(100);". */
#ifndef AST_MAP_KIND_H
#define AST_MAP_KIND_H

#include <stdbool.h>

struct map_kind {
	const char *name;
	const char *other; /* the same with percpu, or without */
	bool percpu;       /* for aggregations; others are for all but these */
	bool lru;
	bool array; /* keys are the numbers below its size */
};

/* NULL: there is none of that name. */
const struct map_kind *map_kind_find(const char *name);
/* All names, for a message. */
#define MAP_KINDS "percpulruhash, percpuhash, lruhash, hash, percpuarray, array"

#endif
