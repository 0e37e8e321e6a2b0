/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - in which order the entries of a map are printed: by value, then by key. */

#include "runtime/rt.h"

#include <stdlib.h>
#include <string.h>

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
static int compare_keys(const struct meta *m, const struct meta_type *t, const char *a,
                        const char *b)
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
			int c = compare_keys(m, meta_type(m, f->type), a + f->offset,
			                     b + f->offset);

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

	switch ((enum kind)t->kind) {
	case KIND_COUNT:
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX: return compare_number(t, x[0], y[0]);
	case KIND_AVG:
	case KIND_STATS:
		if (!x[1] || !y[1])
			return compare_number(t, x[1], y[1]);
		return compare_number(t, (uint64_t)stats_average(t, x),
		                      (uint64_t)stats_average(t, y));
	case KIND_HIST:
	case KIND_LHIST:
	case KIND_LLHIST: {
		uint64_t n = bucket_count(x, t->count), k = bucket_count(y, t->count);

		return n < k ? -1 : n > k;
	}
	/* The last one that was asked for. */
	case KIND_PERCENTILES: return compare_number(t, x[t->rows - 2], y[t->rows - 2]);
	case KIND_INT:
	case KIND_BOOL:
		return compare_number(t, (uint64_t)value_int(t, a), (uint64_t)value_int(t, b));
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

void entries_sort(const struct meta *m, const struct rt_map *map, struct rt_entry *entries,
                  size_t n)
{
	struct sorter s = { m, map };

	if (n > 1)
		qsort_r(entries, n, sizeof(*entries), by_order, &s);
}
