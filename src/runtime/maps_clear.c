/* SPDX-License-Identifier: Apache-2.0 */
/* maps_clear.c - clear() and zero() of maps. */

#include "runtime/maps.h"

#include <stdlib.h>
#include <string.h>

/* Where an element says that it was written; behind others there is room. */
static uint32_t flag_offset(const struct rt_map *map)
{
	if (map->row->store == STORE_SERIES)
		return SERIES_WEIGHT_AT;
	return meta_align8(map->value ? map->value->size : 0);
}

static void write_zeros(struct rt *rt, const struct rt_map *map, int fd, const void *key,
                        bool keep_flag)
{
	uint32_t stride = meta_align8(map_value_bytes(map));
	size_t slots = map_is_percpu(map) ? rt->params.cpus : 1;
	char *zeros = calloc(slots, stride + 8);
	uint64_t one = 1;

	if (!zeros)
		return;
	if (keep_flag && (map_is_array(map) || map->row->store == STORE_SERIES))
		memcpy(zeros + flag_offset(map), &one, 8);
	bpf_map_update_elem(fd, key, zeros, BPF_ANY);
	free(zeros);
}

/* Zeroes what was written, or makes it as new. */
static void each_element(struct rt *rt, const struct rt_map *map, bool keep_flag)
{
	struct arena arena = ARENA_INIT;
	struct rt_entry *entries;
	size_t n = map_read(rt, map, &arena, &entries);

	for (size_t i = 0; i < n; i++) {
		uint32_t key = 0;

		if (!entries[i].written)
			continue;
		if (map->key)
			memcpy(&key, entries[i].key, map->key->size < 4 ? map->key->size : 4);
		write_zeros(rt, map, map->fd, &key, keep_flag);
	}
	arena_release(&arena);
}

static void each_interval(struct rt *rt, const struct rt_map *map, bool keep_flag)
{
	for (uint32_t i = 0; i < map->value->count; i++)
		write_zeros(rt, map, map->fd, &i, keep_flag);
}

/* All keys are read before the first one goes. */
static void clear_part(struct rt *rt, const struct rt_map *map, const struct map_part *part,
                       bool delete)
{
	struct arena arena = ARENA_INIT;
	VEC(char *) keys = { 0 };
	const void *last = NULL;

	while (keys.n <= map->row->max_entries) {
		char *key = arena_alloc(&arena, part->key_size);

		if (bpf_map_get_next_key(part->fd, last, key))
			break;
		vec_push_in(&arena, &keys, key);
		last = key;
	}
	vec_each (i, &keys) {
		if (delete)
			bpf_map_delete_elem(part->fd, keys.v[i]);
		else
			write_zeros(rt, map, part->fd, keys.v[i], true);
	}
	arena_release(&arena);
}

static void each_key(struct rt *rt, const struct rt_map *map, bool delete)
{
	struct map_part part[2];
	size_t n = map_parts(map, part);

	for (size_t i = 0; i < n; i++)
		clear_part(rt, map, &part[i], delete);
}

void map_clear(struct rt *rt, const struct rt_map *map)
{
	if (map_is_array(map))
		each_element(rt, map, false);
	else if (map->row->store == STORE_SERIES)
		each_interval(rt, map, false);
	else
		each_key(rt, map, true);
}

/* Whether a time series without keys was written. */
static bool has_points(struct rt *rt, const struct rt_map *map)
{
	struct arena arena = ARENA_INIT;
	struct rt_entry *entries;
	bool written = map_read(rt, map, &arena, &entries) && entries[0].written;

	arena_release(&arena);
	return written;
}

void map_zero(struct rt *rt, const struct rt_map *map)
{
	if (map_is_array(map))
		each_element(rt, map, true);
	else if (map->row->store != STORE_SERIES)
		each_key(rt, map, false);
	else if (has_points(rt, map))
		each_interval(rt, map, true);
}
