/* SPDX-License-Identifier: Apache-2.0 */
/* vec.c - doubling. */

#include "base/vec.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>

void *vec_grow(void *items, size_t *room, size_t item_size, struct arena *arena)
{
	size_t old = *room * item_size;
	void *larger;

	*room = *room ? *room * 2 : 8;
	if (!arena)
		return mem_realloc(items, *room * item_size);
	larger = arena_alloc(arena, *room * item_size);
	if (old)
		memcpy(larger, items, old);
	return larger;
}

void vec_free(void *items)
{
	free(items);
}
