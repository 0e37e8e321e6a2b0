/* SPDX-License-Identifier: Apache-2.0 */
/* maps.c - reading maps whole: CPUs merged, entries in order; clearing them. */

#include "base/bug.h"
#include "base/map.h"
#include "runtime/rt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint32_t align8(uint32_t n)
{
	return (n + 7) / 8 * 8;
}

static bool is_histogram(const struct meta_type *t)
{
	return t->kind == KIND_HIST || t->kind == KIND_LHIST;
}


static bool is_scalar_store(const struct rt_map *map)
{
	return map->row->store == STORE_SCALAR || map->row->store == STORE_PERCPU_SCALAR;
}

static bool is_percpu(const struct rt_map *map)
{
	return map->row->store == STORE_PERCPU_HASH || map->row->store == STORE_PERCPU_SCALAR ||
	       map->row->store == STORE_BUCKETS;
}

static uint32_t value_bytes(const struct rt_map *map)
{
	return bpf_map__value_size(map->map);
}

/* -- merging CPUs -- */

static bool better(const struct meta_type *t, uint64_t a, uint64_t b)
{
	bool less = t->flags & META_TYPE_SIGNED ? (int64_t)a < (int64_t)b : a < b;

	return t->kind == KIND_MIN ? less : !less;
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
	for (uint32_t i = 0; i < t->size / 8; i++)
		merged[i] += slot[i];
}

/* -- reading -- */

struct reader {
	struct rt *rt;
	const struct rt_map *map;
	struct arena *arena;
	VEC(struct rt_entry) entries;
	struct map by_key; /* histograms: key -> buckets */
	char *raw;
};

static const void *merged_value(struct reader *r)
{
	const struct meta_type *t = r->map->value;
	uint32_t stride = align8(value_bytes(r->map));
	uint64_t *merged;

	if (!is_percpu(r->map))
		return arena_memdup(r->arena, r->raw, value_bytes(r->map));
	merged = arena_alloc(r->arena, align8(t->size) + 8);
	for (uint32_t cpu = 0; cpu < r->rt->params.cpus; cpu++)
		merge_slot(t, merged, (const uint64_t *)(r->raw + (size_t)cpu * stride));
	return merged;
}

static bool was_written(struct reader *r)
{
	uint32_t stride = is_percpu(r->map) ? align8(value_bytes(r->map)) : 0;
	uint32_t at = align8(r->map->value->size);
	uint64_t written = 0;

	for (uint32_t cpu = 0; cpu < (stride ? r->rt->params.cpus : 1); cpu++) {
		uint64_t flag;

		memcpy(&flag, r->raw + (size_t)cpu * stride + at, 8);
		written |= flag;
	}
	return written;
}

static void read_scalar(struct reader *r)
{
	uint32_t key = 0;
	struct rt_entry e = { 0 };

	if (bpf_map_lookup_elem(r->map->fd, &key, r->raw))
		return;
	e.value = merged_value(r);
	e.written = was_written(r);
	vec_push_in(r->arena, &r->entries, e);
}

/* A bucket of a histogram: entry of its key, made when it is new. */
static void add_bucket(struct reader *r, const char *key)
{
	uint32_t key_len = r->map->key->size;
	uint64_t bucket, *buckets = map_get_bytes(&r->by_key, key, key_len);

	memcpy(&bucket, key + align8(key_len), 8);
	if (!buckets) {
		struct rt_entry e = { .key = arena_memdup(r->arena, key, key_len),
			              .key_len = key_len, .written = true };

		buckets = arena_alloc(r->arena, r->map->value->size);
		map_put_bytes(&r->by_key, key, key_len, buckets);
		e.value = buckets;
		vec_push_in(r->arena, &r->entries, e);
	}
	for (uint32_t cpu = 0; cpu < r->rt->params.cpus && bucket < r->map->value->count; cpu++) {
		uint64_t n;

		memcpy(&n, r->raw + (size_t)cpu * 8, 8);
		buckets[bucket] += n;
	}
}

static void add_entry(struct reader *r, const char *key)
{
	struct rt_entry e = { .written = true };

	if (r->map->row->store == STORE_BUCKETS) {
		add_bucket(r, key);
		return;
	}
	e.key_len = r->map->key->size;
	e.key = arena_memdup(r->arena, key, e.key_len);
	e.value = merged_value(r);
	vec_push_in(r->arena, &r->entries, e);
}

static void read_keys(struct reader *r)
{
	uint32_t size = bpf_map__key_size(r->map->map), left = r->map->row->max_entries + 1;
	char *key = arena_alloc(r->arena, size), *next = arena_alloc(r->arena, size), *swap;
	const char *last = NULL;

	/* A key that is deleted meanwhile starts the walk anew: its length is bounded. */
	while (left-- && !bpf_map_get_next_key(r->map->fd, last, next)) {
		if (!bpf_map_lookup_elem(r->map->fd, next, r->raw))
			add_entry(r, next);
		swap = key;
		key = next;
		next = swap;
		last = key;
	}
}

/* -- order -- */

struct sorter {
	const struct meta *m;
	const struct rt_map *map;
};

static int compare_signed(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_number(const struct meta_type *t, uint64_t a, uint64_t b)
{
	if (t->flags & META_TYPE_SIGNED)
		return compare_signed((int64_t)a, (int64_t)b);
	return a < b ? -1 : a > b;
}

/* Keys: integers as signed, text by bytes, compounds member by member. */
static int compare_keys(const struct meta *m, const struct meta_type *t, const char *a, const char *b)
{
	if (t->kind == KIND_INT || t->kind == KIND_ENUM || t->kind == KIND_BOOL) {
		struct meta_type s = *t;

		s.flags |= META_TYPE_SIGNED;
		return compare_signed(value_int(&s, a), value_int(&s, b));
	}
	if (t->kind == KIND_STRING)
		return strncmp(a, b, t->size);
	if (t->kind == KIND_TUPLE || t->kind == KIND_RECORD) {
		for (uint32_t i = t->first; i < t->first + t->rows; i++) {
			const struct meta_field *f = meta_field(m, i);
			int c = compare_keys(m, meta_type(m, f->type), a + f->offset, b + f->offset);

			if (c)
				return c;
		}
		return 0;
	}
	return memcmp(a, b, t->size);
}

static int compare_values(const struct meta_type *t, const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	struct meta_type number = *t;

	switch ((enum kind)t->kind) {
	case KIND_COUNT:
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX: return compare_number(t, x[0], y[0]);
	case KIND_AVG:
	case KIND_STATS:
		if (!x[1] || !y[1])
			return compare_number(t, x[1], y[1]);
		return t->flags & META_TYPE_SIGNED
		               ? compare_signed((int64_t)x[0] / (int64_t)x[1],
		                                (int64_t)y[0] / (int64_t)y[1])
		               : compare_number(t, x[0] / x[1], y[0] / y[1]);
	case KIND_HIST:
	case KIND_LHIST: {
		uint64_t n = bucket_count(x, t->count), k = bucket_count(y, t->count);

		return n < k ? -1 : n > k;
	}
	case KIND_INT:
	case KIND_BOOL:
		return compare_number(&number, (uint64_t)value_int(t, a), (uint64_t)value_int(t, b));
	case KIND_NONE:
	case KIND_ENUM:
	case KIND_POINTER:
	case KIND_STRING:
	case KIND_BUFFER:
	case KIND_ARRAY:
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_TUPLE:
	case KIND_RECORD:
	case KIND_KSTACK:
	case KIND_USTACK:
	case KIND_KSYM:
	case KIND_USYM:
	case KIND_INET:
	case KIND_MAC:
	case KIND_TIMESTAMP:
	case KIND_USERNAME:
	case KIND_CGROUP_PATH:
	case KIND_TSERIES:
	case KIND_COUNT_OF: break;
	}
	return 0;
}

static int by_order(const void *a, const void *b, void *arg)
{
	const struct rt_entry *x = a, *y = b;
	const struct sorter *s = arg;
	int c = compare_values(s->map->value, x->value, y->value);

	return c ? c : compare_keys(s->m, s->map->key, x->key, y->key);
}

size_t map_read(struct rt *rt, const struct rt_map *map, struct arena *arena,
                struct rt_entry **entries)
{
	struct reader r = { .rt = rt, .map = map, .arena = arena };
	struct sorter s = { &rt->m, map };
	size_t slots = is_percpu(map) ? rt->params.cpus : 1;

	r.raw = arena_alloc(arena, slots * align8(value_bytes(map)) + 8);
	if (is_scalar_store(map))
		read_scalar(&r);
	else
		read_keys(&r);
	map_release(&r.by_key);
	if (r.entries.n > 1)
		qsort_r(r.entries.v, r.entries.n, sizeof(*r.entries.v), by_order, &s);
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
	if (!is_scalar_store(map) || !n || entries[0].written ||
	    (!at_exit && !is_histogram(map->value)))
		rt->out->map(rt, map, entries + skip, n - skip, div);
	arena_release(&arena);
}

/* -- clearing -- */

static void write_zeros(struct rt *rt, const struct rt_map *map, const void *key, bool keep_flag)
{
	uint32_t stride = align8(value_bytes(map)), at = align8(map->value ? map->value->size : 0);
	size_t slots = is_percpu(map) ? rt->params.cpus : 1;
	char *zeros = calloc(slots, stride + 8);
	uint64_t one = 1;

	if (!zeros)
		return;
	if (keep_flag && is_scalar_store(map))
		memcpy(zeros + at, &one, 8);
	bpf_map_update_elem(map->fd, key, zeros, BPF_ANY);
	free(zeros);
}

/* Calls for each key; the next one is read before. */
static void each_key(struct rt *rt, const struct rt_map *map, bool delete)
{
	struct arena arena = ARENA_INIT;
	uint32_t size = bpf_map__key_size(map->map);
	VEC(char *) keys = { 0 };
	const void *last = NULL;

	while (keys.n <= map->row->max_entries) {
		char *key = arena_alloc(&arena, size);

		if (bpf_map_get_next_key(map->fd, last, key))
			break;
		vec_push_in(&arena, &keys, key);
		last = key;
	}
	vec_each (i, &keys) {
		if (delete)
			bpf_map_delete_elem(map->fd, keys.v[i]);
		else
			write_zeros(rt, map, keys.v[i], true);
	}
	arena_release(&arena);
}

void map_clear(struct rt *rt, const struct rt_map *map)
{
	uint32_t key = 0;

	if (is_scalar_store(map))
		write_zeros(rt, map, &key, false);
	else
		each_key(rt, map, true);
}

void map_zero(struct rt *rt, const struct rt_map *map)
{
	uint32_t key = 0;

	if (is_scalar_store(map))
		write_zeros(rt, map, &key, true);
	else
		each_key(rt, map, false);
}
