/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map - from text or bytes to a pointer, in order of insertion.
 *
 *	struct map m = MAP_INIT;
 *	map_put(&m, "x", x);			(copies the key)
 *	struct thing *x = map_get(&m, "x");	(NULL: absent)
 *	map_each (e, &m)
 *		use(e->key, e->value);
 *	map_release(&m);
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_entry {
	const char *key; /* key_len bytes and a NUL */
	size_t key_len;
	uint64_t hash;
	void *value;
};

struct map {
	struct map_entry *entries; /* in order of insertion */
	size_t count, room;
	uint32_t *slots; /* index of entry + 1; 0: free */
	size_t slot_count;
};

#define MAP_INIT                                                                                   \
	{                                                                                          \
		0                                                                                  \
	}

void *map_get(const struct map *m, const char *key);
void *map_get_bytes(const struct map *m, const void *key, size_t len);
/* Adds or replaces. Returns the entry; valid until the next put. */
struct map_entry *map_put(struct map *m, const char *key, void *value);
struct map_entry *map_put_bytes(struct map *m, const void *key, size_t len, void *value);
void map_release(struct map *m);

#define map_each(e, m)                                                                             \
	for (struct map_entry *e = (m)->entries; e && e < (m)->entries + (m)->count; e++)

uint64_t hash_bytes(const void *data, size_t len);

#endif
