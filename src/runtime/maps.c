/* SPDX-License-Identifier: Apache-2.0 */
/* maps.c - reading maps whole, CPUs merged. */

#include "runtime/maps.h"

#include "base/map.h"
#include "image/buckets.h"

#include <string.h>

bool map_is_array(const struct rt_map *map)
{
	return map->row->store == STORE_ARRAY || map->row->store == STORE_PERCPU_ARRAY;
}

bool map_is_percpu(const struct rt_map *map)
{
	return map->row->store == STORE_PERCPU_HASH || map->row->store == STORE_PERCPU_ARRAY ||
	       map->row->store == STORE_BUCKETS || map->row->store == STORE_SERIES;
}

uint32_t map_value_bytes(const struct rt_map *map)
{
	return bpf_map__value_size(map->map);
}

size_t map_parts(const struct rt_map *map, struct map_part part[2])
{
	size_t n = 0;

	part[n++] = (struct map_part){ map->fd, bpf_map__key_size(map->map), map->key->size };
	if (map->short_map)
		part[n++] = (struct map_part){ map->short_fd, bpf_map__key_size(map->short_map),
			                       map->row->short_key };
	return n;
}

/* -- merging CPUs -- */

static bool better(const struct meta_type *t, uint64_t a, uint64_t b)
{
	bool less = t->flags & META_TYPE_SIGNED ? (int64_t)a < (int64_t)b : a < b;

	return t->kind == KIND_MIN ? less : !less;
}

static void take_largest(uint64_t *largest, uint64_t v)
{
	*largest = v > *largest ? v : *largest;
}

/* Adds one CPU's slot to the merged value. */
static void merge_slot(const struct meta_type *t, uint64_t *merged, const uint64_t *slot)
{
	if (t->kind == KIND_MIN || t->kind == KIND_MAX) {
		if (slot[1] && (!merged[1] || better(t, slot[0], merged[0])))
			merged[0] = slot[0];
		merged[1] |= slot[1];
		return;
	}
	if (t->kind == KIND_PERCENTILES)
		take_largest(&merged[t->count], slot[t->count]);
	for (uint32_t i = 0; i < (t->count ? t->count : t->size / 8); i++)
		merged[i] += slot[i];
}

/* -- reading -- */

struct reader {
	struct rt *rt;
	const struct rt_map *map;
	struct arena *arena;
	VEC(struct rt_entry) entries;
	struct map by_key; /* graphs under keys: key -> buckets, or struct series */
	char *raw;
};

static const void *merged_value(struct reader *r)
{
	const struct meta_type *t = r->map->value;
	uint32_t stride = meta_align8(map_value_bytes(r->map));
	uint64_t *merged;

	if (!map_is_percpu(r->map))
		return arena_memdup(r->arena, r->raw, map_value_bytes(r->map));
	merged = arena_alloc(r->arena, meta_align8(t->size) + 8);
	for (uint32_t cpu = 0; cpu < r->rt->params.cpus; cpu++)
		merge_slot(t, merged, (const uint64_t *)(r->raw + (size_t)cpu * stride));
	return merged;
}

static bool was_written(struct reader *r)
{
	uint32_t stride = map_is_percpu(r->map) ? meta_align8(map_value_bytes(r->map)) : 0;
	uint32_t at = meta_align8(r->map->value->size);
	int witness = kind_witness(r->map->value->kind);
	uint64_t written = 0;

	for (uint32_t cpu = 0; cpu < (stride ? r->rt->params.cpus : 1); cpu++) {
		const char *slot = r->raw + (size_t)cpu * stride;
		uint64_t flag, told;

		memcpy(&flag, slot + at, 8);
		memcpy(&told, slot + (witness < 0 ? (int)at : witness), 8);
		written |= flag | told;
	}
	return written;
}

/* The elements that were written; without a key, the one that there is. */
static void read_array(struct reader *r)
{
	const struct meta_type *key = r->map->key;

	for (uint32_t i = 0; i < r->map->row->max_entries; i++) {
		struct rt_entry e = { 0 };

		if (bpf_map_lookup_elem(r->map->fd, &i, r->raw))
			return;
		e.written = was_written(r);
		if (key && !e.written)
			continue;
		if (key) {
			uint64_t number = i;

			e.key_len = key->size;
			e.key = arena_memdup(r->arena, &number, e.key_len);
		}
		e.value = merged_value(r);
		vec_push_in(r->arena, &r->entries, e);
	}
}

static void *new_graph(struct reader *r)
{
	if (r->map->value->kind == KIND_TSERIES)
		return arena_new(r->arena, struct series);
	return arena_alloc(r->arena, r->map->value->size);
}

/* Adds what one CPU has in neighbouring buckets. */
static void add_neighbours(const struct meta_type *t, uint64_t *buckets, uint64_t entry,
                           const char *slots)
{
	uint32_t n = bucket_neighbours(t->kind, t->arg);

	for (uint32_t i = 0; i < n && entry < t->count && entry * n + i < t->count; i++) {
		uint64_t count;

		memcpy(&count, slots + (size_t)i * 8, 8);
		buckets[entry * n + i] += count;
	}
	if (t->kind == KIND_PERCENTILES) {
		uint64_t largest;

		memcpy(&largest, slots + (size_t)n * 8, 8);
		take_largest(&buckets[t->count], largest);
	}
}

/* Adds what the CPUs have in an entry of a graph; 'raw' holds their slots. */
static void add_buckets(struct reader *r, void *graph, uint64_t entry)
{
	const struct meta_type *t = r->map->value;

	if (t->kind == KIND_TSERIES) {
		series_add(r->arena, t, graph, r->raw, r->rt->params.cpus);
		return;
	}
	for (uint32_t cpu = 0; cpu < r->rt->params.cpus; cpu++)
		add_neighbours(t, graph, entry, r->raw + (size_t)cpu * map_value_bytes(r->map));
}

/* The graph of a key, made when it is new. */
static void *graph_of(struct reader *r, const char *key)
{
	uint32_t key_len = r->map->key->size;
	void *graph = map_get_bytes(&r->by_key, key, key_len);

	if (!graph) {
		struct rt_entry e = { .key_len = key_len, .written = true };

		e.key = arena_memdup(r->arena, key, key_len);
		e.value = graph = new_graph(r);
		map_put_bytes(&r->by_key, key, key_len, graph);
		vec_push_in(r->arena, &r->entries, e);
	}
	return graph;
}

/* Adds what the part holds under the key that was read into 'raw_key'. */
static void add_entry(struct reader *r, const struct map_part *part, const char *raw_key)
{
	struct rt_entry e = { .written = true, .key_len = r->map->key->size };
	char *key = arena_alloc(r->arena, e.key_len);

	memcpy(key, raw_key, part->key);
	if (r->map->row->store == STORE_BUCKETS) {
		uint64_t number;

		memcpy(&number, raw_key + meta_align8(part->key), 8);
		add_buckets(r, graph_of(r, key), number);
		return;
	}
	e.key = key;
	e.value = merged_value(r);
	vec_push_in(r->arena, &r->entries, e);
}

/* A time series without a key: an element for each interval. */
static void read_series(struct reader *r)
{
	struct series *s = new_graph(r);
	struct rt_entry e = { .value = s };

	for (uint32_t i = 0; i < r->map->value->count; i++)
		if (!bpf_map_lookup_elem(r->map->fd, &i, r->raw))
			add_buckets(r, s, i);
	e.written = s->touched;
	vec_push_in(r->arena, &r->entries, e);
}

static void read_part(struct reader *r, const struct map_part *part)
{
	char *key = arena_alloc(r->arena, part->key_size), *swap;
	char *next = arena_alloc(r->arena, part->key_size);
	uint32_t left = r->map->row->max_entries + 1;
	const char *last = NULL;

	/* A key that is deleted meanwhile starts the walk anew: its length is bounded. */
	while (left-- && !bpf_map_get_next_key(part->fd, last, next)) {
		if (!bpf_map_lookup_elem(part->fd, next, r->raw))
			add_entry(r, part, next);
		swap = key;
		key = next;
		next = swap;
		last = key;
	}
}

static void read_keys(struct reader *r)
{
	struct map_part part[2];
	size_t n = map_parts(r->map, part);

	for (size_t i = 0; i < n; i++)
		read_part(r, &part[i]);
}

size_t map_read(struct rt *rt, const struct rt_map *map, struct arena *arena,
                struct rt_entry **entries)
{
	struct reader r = { .rt = rt, .map = map, .arena = arena };
	size_t slots = map_is_percpu(map) ? rt->params.cpus : 1;

	r.raw = arena_alloc(arena, slots * meta_align8(map_value_bytes(map)) + 8);
	if (map_is_array(map))
		read_array(&r);
	else if (map->row->store == STORE_SERIES)
		read_series(&r);
	else
		read_keys(&r);
	map_release(&r.by_key);
	for (size_t i = 0; map->value->kind == KIND_PERCENTILES && i < r.entries.n; i++)
		r.entries.v[i].value = percentiles_of(arena, map->value, r.entries.v[i].value);
	if (map->value->kind == KIND_TSERIES)
		series_finish(map->value, r.entries.v, r.entries.n);
	entries_sort(&rt->m, map, r.entries.v, r.entries.n);
	*entries = r.entries.v;
	return r.entries.n;
}

void map_print(struct rt *rt, const struct rt_map *map, uint64_t top, uint64_t div, bool at_exit)
{
	struct arena arena = ARENA_INIT;
	struct rt_entry *entries;
	size_t n = map_read(rt, map, &arena, &entries), skip = 0;

	if (top && n > top)
		skip = n - (size_t)top;
	/* A value that was never written is no news at exit; asked for, it is zero. */
	if (map->key || !n || entries[0].written || (!at_exit && !kind_is_graph(map->value->kind)))
		rt->out->map(rt, map, entries + skip, n - skip, div);
	arena_release(&arena);
}
