/* SPDX-License-Identifier: Apache-2.0 */
/* meta_dump.c - the rows of an image as text. */

#include "image/meta_dump.h"

#include "base/bug.h"

#include <inttypes.h>

static const char *const store_names[] = { "hash",    "percpu_hash", "array", "percpu_array",
	                                   "buckets", "series",      "stacks" };

static const char *const event_names[] = {
#define EVENT(NAME, text) text,
#include "image/events.def"
#undef EVENT
};

static void dump_type(const struct meta *m, uint32_t row, FILE *out)
{
	const struct meta_type *t = meta_type(m, row);

	fprintf(out, "type %" PRIu32 " %s \"%s\" size %" PRIu32 "%s", row, kind_name(t->kind),
	        meta_text(m, t->name), t->size, t->flags & META_TYPE_SIGNED ? " signed" : "");
	if (t->elem != META_NONE)
		fprintf(out, " of %" PRIu32, t->elem);
	if (t->count)
		fprintf(out, " count %" PRIu32, t->count);
	if (t->map != META_NONE)
		fprintf(out, " map %" PRIu32, t->map);
	fputc('\n', out);
	/* Only compounds, and percentiles as they are printed, have members; in other rows the
	 * columns mean nothing. */
	if (t->kind != KIND_STRUCT && t->kind != KIND_UNION && t->kind != KIND_TUPLE &&
	    t->kind != KIND_RECORD && t->kind != KIND_PERCENTILES)
		return;
	for (uint32_t i = t->first; i < t->first + t->rows; i++) {
		const struct meta_field *f = meta_field(m, i);

		fprintf(out, "    +%" PRIu32 " %s: type %" PRIu32, f->offset, meta_text(m, f->name),
		        f->type);
		if (f->bit_size)
			fprintf(out, " bits %" PRIu32 "+%" PRIu32, f->bit_offset, f->bit_size);
		fputc('\n', out);
	}
}

static void dump_map(const struct meta *m, uint32_t row, FILE *out)
{
	const struct meta_map *map = meta_map(m, row);

	fprintf(out, "map %" PRIu32 " %s %s %s entries %" PRIu32, row, meta_text(m, map->name),
	        meta_text(m, map->bpf_name),
	        map->store < countof(store_names) ? store_names[map->store] : "?",
	        map->max_entries);
	if (map->key_type != META_NONE)
		fprintf(out, " key type %" PRIu32, map->key_type);
	if (map->value_type != META_NONE)
		fprintf(out, " value type %" PRIu32, map->value_type);
	if (map->short_key)
		fprintf(out, " short keys %" PRIu32, map->short_key);
	fputc('\n', out);
}

static void dump_probe(const struct meta *m, uint32_t row, FILE *out)
{
	const struct meta_probe *p = meta_probe(m, row);

	fprintf(out, "probe %" PRIu32 " %s program %s", row, meta_text(m, p->name),
	        meta_text(m, p->program));
	if (p->count)
		fprintf(out, " count %" PRIu64, p->count);
	if (p->flags)
		fprintf(out, " flags %#" PRIx32, p->flags);
	fputc('\n', out);
}

static void dump_event(const struct meta *m, uint32_t row, FILE *out)
{
	const struct meta_event *e = meta_event(m, row);

	fprintf(out, "event %" PRIu32 " %s", row,
	        e->kind < countof(event_names) ? event_names[e->kind] : "?");
	if (e->type != META_NONE)
		fprintf(out, " type %" PRIu32, e->type);
	if (e->map != META_NONE)
		fprintf(out, " map %" PRIu32, e->map);
	if (e->format) {
		fputs(" format \"", out);
		for (const char *c = meta_text(m, e->format); *c; c++) {
			if (*c == '\n')
				fputs("\\n", out);
			else
				fputc(*c, out);
		}
		fputc('"', out);
	}
	fputc('\n', out);
}

static void dump_option(const struct meta *m, uint32_t row, FILE *out)
{
	const struct meta_option *o = meta_option(m, row);

	fprintf(out, "option --%s %s size %" PRIu32 " at %" PRIu32, meta_text(m, o->name),
	        kind_name(o->kind), o->size, o->offset);
	if (o->kind == KIND_STRING)
		fprintf(out, " default \"%s\"", meta_text(m, o->text));
	else
		fprintf(out, " default %" PRId64, (int64_t)o->value);
	fprintf(out, "%s%s\n", *meta_text(m, o->description) ? ": " : "",
	        meta_text(m, o->description));
}

void meta_dump(const struct meta *m, FILE *out)
{
	static const struct {
		enum meta_table table;
		void (*dump)(const struct meta *m, uint32_t row, FILE *out);
	} parts[] = {
		{ META_PROBES, dump_probe },   { META_MAPS, dump_map },
		{ META_EVENTS, dump_event },   { META_TYPES, dump_type },
		{ META_OPTIONS, dump_option },
	};

	for (size_t i = 0; i < countof(parts); i++)
		for (uint32_t row = 0; row < meta_count(m, parts[i].table); row++)
			parts[i].dump(m, row, out);
}
