/* SPDX-License-Identifier: Apache-2.0 */
/* meta_read.c - checks every table and reference of an image's description once. */

#include "image/buckets.h"
#include "image/meta.h"
#include "image/params.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { LARGEST_VALUE = 1 << 24 };

const uint32_t meta_row_size[META_TABLES] = {
	[META_STRINGS] = 1,
	[META_TYPES] = sizeof(struct meta_type),
	[META_FIELDS] = sizeof(struct meta_field),
	[META_ENUMERATORS] = sizeof(struct meta_enumerator),
	[META_MAPS] = sizeof(struct meta_map),
	[META_PROBES] = sizeof(struct meta_probe),
	[META_EVENTS] = sizeof(struct meta_event),
	[META_SCRIPT] = sizeof(struct meta_script),
	[META_OPTIONS] = sizeof(struct meta_option),
	[META_PARTS] = sizeof(struct meta_part),
};

static bool table_fits(const struct meta_header *h, int i, size_t len)
{
	uint64_t bytes = (uint64_t)h->table[i].count * h->table[i].row_size;

	return h->table[i].row_size >= meta_row_size[i] && h->table[i].row_size <= 4096 &&
	       h->table[i].off >= sizeof(*h) && h->table[i].off % 8 == 0 &&
	       (i == META_STRINGS || h->table[i].row_size % 8 == 0) && h->table[i].off <= len &&
	       bytes <= len - h->table[i].off;
}

static bool text_ok(const struct meta *m, uint32_t off)
{
	return off < meta_count(m, META_STRINGS);
}

static bool row_ok(const struct meta *m, enum meta_table table, uint32_t row)
{
	return row == META_NONE || row < meta_count(m, table);
}

static bool range_ok(const struct meta *m, enum meta_table table, uint32_t first, uint32_t rows)
{
	return (uint64_t)first + rows <= meta_count(m, table);
}

static uint32_t least_size(enum kind kind)
{
	switch (kind) {
	case KIND_BOOL: return 1;
	case KIND_POINTER:
	case KIND_KSTACK:
	case KIND_KSYM:
	case KIND_USERNAME:
	case KIND_COUNT:
	case KIND_SUM: return 8;
	case KIND_BUFFER: return 4;
	case KIND_USTACK:
	case KIND_USYM:
	case KIND_TIMESTAMP:
	case KIND_CGROUP_PATH:
	case KIND_MIN:
	case KIND_MAX:
	case KIND_AVG:
	case KIND_STATS: return 16;
	case KIND_INET:
	case KIND_TSERIES: return 24;
	case KIND_MAC: return 6;
	case KIND_NONE:
	case KIND_INT:
	case KIND_ENUM:
	case KIND_STRING:
	case KIND_ARRAY:
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_TUPLE:
	case KIND_RECORD:
	case KIND_HIST:
	case KIND_LHIST:
	case KIND_LLHIST:
	case KIND_PERCENTILES:
	case KIND_COUNT_OF: break;
	}
	return 0;
}

static bool int_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Parts lie inside the whole and have smaller rows, so that printers end. */
static bool members_ok(const struct meta *m, uint32_t row, const struct meta_type *t)
{
	if (!range_ok(m, META_FIELDS, t->first, t->rows))
		return false;
	for (uint32_t i = t->first; i < t->first + t->rows; i++) {
		const struct meta_field *f = meta_field(m, i);

		if (!text_ok(m, f->name) || f->type >= row || f->bit_size > 64 ||
		    f->bit_offset > 63 ||
		    (uint64_t)f->offset + meta_type(m, f->type)->size > t->size)
			return false;
		if (f->bit_size && !int_size(meta_type(m, f->type)->size))
			return false;
	}
	return true;
}

static bool buckets_ok(const struct meta_type *t)
{
	return t->count == bucket_total(t->kind, t->arg) && t->size == t->count * 8;
}

/* Count, percentiles and max are words, one behind the other. */
static bool percentiles_ok(const struct meta *m, uint32_t row, const struct meta_type *t)
{
	if (t->count != bucket_total(t->kind, t->arg) || t->size != t->count * 8 + 8 ||
	    t->rows != percentiles_asked(t->arg) + 2 || !members_ok(m, row, t))
		return false;
	for (uint32_t i = 0; i < t->rows; i++) {
		const struct meta_field *f = meta_field(m, t->first + i);

		if (f->offset != i * 8 || f->bit_size || meta_type(m, f->type)->kind != KIND_INT ||
		    meta_type(m, f->type)->size != 8)
			return false;
	}
	return true;
}

static bool parts_ok(const struct meta *m, uint32_t row, const struct meta_type *t)
{
	switch ((enum kind)t->kind) {
	case KIND_INT: return int_size(t->size);
	case KIND_ENUM:
		if (!int_size(t->size) || !range_ok(m, META_ENUMERATORS, t->first, t->rows))
			return false;
		for (uint32_t i = t->first; i < t->first + t->rows; i++)
			if (!text_ok(m, meta_enumerator(m, i)->name))
				return false;
		return true;
	case KIND_ARRAY:
		return t->elem < row && (uint64_t)t->count * meta_type(m, t->elem)->size <= t->size;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_TUPLE:
	case KIND_RECORD: return members_ok(m, row, t);
	case KIND_KSTACK:
	case KIND_USTACK:
		return t->map < meta_count(m, META_MAPS) && t->count <= 1024 &&
		       meta_map(m, t->map)->store == STORE_STACKS;
	case KIND_HIST: return t->arg[0] <= HIST_MOST_BITS && buckets_ok(t);
	case KIND_LHIST:
		return t->arg[2] && t->arg[1] > t->arg[0] && t->count <= HIST_MOST_STEPS + 2 &&
		       buckets_ok(t);
	case KIND_LLHIST:
		return t->arg[0] >= 2 && t->arg[3] && t->arg[3] <= HIST_MOST_STEPS &&
		       t->arg[1] <= t->arg[2] && t->count && t->count <= HIST_MOST_STEPS + 2 &&
		       buckets_ok(t);
	case KIND_PERCENTILES: return percentiles_ok(m, row, t);
	case KIND_TSERIES:
		return t->arg[0] && t->count && t->count == t->arg[1] && t->arg[2] <= SERIES_COUNT;
	case KIND_NONE:
	case KIND_BOOL:
	case KIND_POINTER:
	case KIND_STRING:
	case KIND_BUFFER:
	case KIND_KSYM:
	case KIND_USYM:
	case KIND_INET:
	case KIND_MAC:
	case KIND_TIMESTAMP:
	case KIND_USERNAME:
	case KIND_CGROUP_PATH:
	case KIND_COUNT:
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX:
	case KIND_AVG:
	case KIND_STATS: return true;
	case KIND_COUNT_OF: break;
	}
	return false;
}

static bool type_ok(const struct meta *m, uint32_t row)
{
	const struct meta_type *t = meta_type(m, row);

	return t->kind < KIND_COUNT_OF && text_ok(m, t->name) && t->size <= LARGEST_VALUE &&
	       t->size >= least_size(t->kind) && parts_ok(m, row, t);
}

/* Whether a store goes with a key like this, or with none. */
static bool store_ok(const struct meta *m, const struct meta_map *map)
{
	bool keyed = map->key_type != META_NONE;
	const struct meta_type *key = keyed ? meta_type(m, map->key_type) : NULL;

	switch ((enum meta_store)map->store) {
	case STORE_HASH:
	case STORE_PERCPU_HASH:
	case STORE_BUCKETS: return keyed;
	case STORE_ARRAY:
	case STORE_PERCPU_ARRAY:
		if (!keyed)
			return map->max_entries == 1;
		return key->size <= 8 &&
		       (key->kind == KIND_BOOL || key->kind == KIND_INT || key->kind == KIND_ENUM);
	case STORE_SERIES: return !keyed;
	case STORE_STACKS: break;
	}
	return true;
}

static bool map_ok(const struct meta *m, uint32_t row)
{
	const struct meta_map *map = meta_map(m, row);
	bool keyed = map->key_type != META_NONE;
	enum kind kind;

	if (!text_ok(m, map->name) || !text_ok(m, map->bpf_name) || map->store > STORE_STACKS)
		return false;
	if (map->store == STORE_STACKS)
		return true;
	if (!row_ok(m, META_TYPES, map->key_type) || map->value_type >= meta_count(m, META_TYPES) ||
	    !store_ok(m, map))
		return false;
	if (map->short_key && (!keyed || map->short_key >= meta_type(m, map->key_type)->size))
		return false;
	kind = meta_type(m, map->value_type)->kind;
	return (map->store != STORE_BUCKETS || kind_has_buckets(kind)) &&
	       (map->store == STORE_SERIES) == (kind == KIND_TSERIES && !keyed);
}

static bool probe_ok(const struct meta *m, uint32_t row)
{
	const struct meta_probe *p = meta_probe(m, row);

	return text_ok(m, p->name) && text_ok(m, p->kind) && text_ok(m, p->program) &&
	       text_ok(m, p->module) && text_ok(m, p->symbol) && text_ok(m, p->mode);
}

static bool event_ok(const struct meta *m, uint32_t row)
{
	const struct meta_event *e = meta_event(m, row);

	if (e->kind >= EVENT_COUNT_OF || !row_ok(m, META_TYPES, e->type) ||
	    !text_ok(m, e->format) || !row_ok(m, META_MAPS, e->map))
		return false;
	if (e->type != META_NONE && meta_type(m, e->type)->kind != KIND_TUPLE)
		return false;
	return e->map != META_NONE ||
	       (e->kind != EVENT_PRINT_MAP && e->kind != EVENT_CLEAR && e->kind != EVENT_ZERO);
}

static bool option_ok(const struct meta *m, uint32_t row)
{
	const struct meta_option *o = meta_option(m, row);
	bool size_ok = o->kind == KIND_BOOL     ? o->size == 1
	               : o->kind == KIND_INT    ? o->size == 8
	               : o->kind == KIND_STRING ? o->size && o->size <= LARGEST_VALUE
	                                        : false;

	return text_ok(m, o->name) && text_ok(m, o->description) && text_ok(m, o->text) &&
	       size_ok && o->offset <= LARGEST_VALUE;
}

static bool script_ok(const struct meta *m)
{
	const struct meta_script *s;

	if (meta_count(m, META_SCRIPT) != 1)
		return false;
	s = meta_script(m);
	return text_ok(m, s->name) && text_ok(m, s->text) && text_ok(m, s->tool_version) &&
	       text_ok(m, s->trunc_trailer) &&
	       (uint64_t)s->text + s->text_len < meta_count(m, META_STRINGS);
}

/* Parts do not overlap and lead back to earlier ones, so that the way to the script ends. */
static bool part_ok(const struct meta *m, uint32_t row)
{
	const struct meta_part *p = meta_part(m, row);
	const struct meta_part *last = row ? meta_part(m, row - 1) : NULL;
	uint64_t before = last ? (uint64_t)last->base + last->len : meta_script(m)->text_len;

	if (p->base <= before || p->len > INT32_MAX || p->base > INT32_MAX)
		return false;
	if (p->text)
		return text_ok(m, p->name) &&
		       (uint64_t)p->text + p->len < meta_count(m, META_STRINGS);
	return p->call_off < p->base && (uint64_t)p->spelled + p->len < p->base;
}

static bool parts_ordered(const struct meta *m)
{
	for (uint32_t row = 0; row < meta_count(m, META_PARTS); row++)
		if (!part_ok(m, row))
			return false;
	return true;
}

static bool references_ok(const struct meta *m)
{
	static bool (*const check[META_TABLES])(const struct meta *m, uint32_t row) = {
		[META_MAPS] = map_ok,
		[META_PROBES] = probe_ok,
		[META_EVENTS] = event_ok,
		[META_OPTIONS] = option_ok,
	};

	/* Types first: what refers to them looks at them. Maps of stacks are looked at by types. */
	for (uint32_t row = 0; row < meta_count(m, META_TYPES); row++)
		if (!type_ok(m, row))
			return false;
	for (int i = 0; i < META_TABLES; i++)
		for (uint32_t row = 0; check[i] && row < meta_count(m, i); row++)
			if (!check[i](m, row))
				return false;
	return script_ok(m) && parts_ordered(m);
}

int meta_open(struct meta *m, const void *data, size_t len)
{
	const struct meta_header *h = data;
	const char *strings;

	if (len < sizeof(*h) || (uintptr_t)data % 8 || h->magic != META_MAGIC ||
	    h->version != META_VERSION)
		return -EINVAL;
	for (int i = 0; i < META_TABLES; i++)
		if (!table_fits(h, i, len))
			return -EINVAL;
	*m = (struct meta){ .h = h, .len = len };
	strings = meta_text(m, 0);
	if (!meta_count(m, META_STRINGS) || strings[meta_count(m, META_STRINGS) - 1])
		return -EINVAL;
	return references_ok(m) ? 0 : -EINVAL;
}
