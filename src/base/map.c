/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing over an array that keeps the order of insertion. */

#include "base/map.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a: short keys, no adversary that matters. */
uint64_t hash_bytes(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return h ^ (h >> 32);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *find_slot(const struct map *m, const void *key, size_t len, uint64_t hash)
{
	size_t mask = m->slot_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		const struct map_entry *e;

		if (!m->slots[i])
			return &m->slots[i];
		e = &m->entries[m->slots[i] - 1];
		if (e->hash == hash && e->key_len == len && !memcmp(e->key, key, len))
			return &m->slots[i];
	}
}

static void rehash(struct map *m, size_t slot_count)
{
	free(m->slots);
	m->slots = mem_calloc(slot_count, sizeof(*m->slots));
	m->slot_count = slot_count;
	for (size_t i = 0; i < m->count; i++) {
		const struct map_entry *e = &m->entries[i];

		*find_slot(m, e->key, e->key_len, e->hash) = (uint32_t)i + 1;
	}
}

void *map_get_bytes(const struct map *m, const void *key, size_t len)
{
	uint32_t *slot;

	if (!m->count)
		return NULL;
	slot = find_slot(m, key, len, hash_bytes(key, len));
	return *slot ? m->entries[*slot - 1].value : NULL;
}

void *map_get(const struct map *m, const char *key)
{
	return map_get_bytes(m, key, strlen(key));
}

struct map_entry *map_put_bytes(struct map *m, const void *key, size_t len, void *value)
{
	uint64_t hash = hash_bytes(key, len);
	struct map_entry *e;
	uint32_t *slot;
	char *copy;

	if (m->count * 2 >= m->slot_count)
		rehash(m, m->slot_count ? m->slot_count * 2 : 16);
	slot = find_slot(m, key, len, hash);
	if (*slot) {
		e = &m->entries[*slot - 1];
		e->value = value;
		return e;
	}
	if (m->count == m->room) {
		m->room = m->room ? m->room * 2 : 8;
		m->entries = mem_realloc(m->entries, m->room * sizeof(*m->entries));
	}
	copy = mem_alloc(len + 1);
	memcpy(copy, key, len);
	copy[len] = '\0';
	e = &m->entries[m->count++];
	*e = (struct map_entry){ .key = copy, .key_len = len, .hash = hash, .value = value };
	*slot = (uint32_t)m->count;
	return e;
}

struct map_entry *map_put(struct map *m, const char *key, void *value)
{
	return map_put_bytes(m, key, strlen(key), value);
}

void map_release(struct map *m)
{
	map_each (e, m)
		free((char *)e->key);
	free(m->entries);
	free(m->slots);
	*m = (struct map)MAP_INIT;
}
