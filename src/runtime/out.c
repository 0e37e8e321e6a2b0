/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - the two forms of output: text, and JSON lines. */

#include "base/bug.h"
#include "base/log.h"
#include "image/buckets.h"
#include "runtime/rt.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A closed pipe ends the run quietly. */
static void put(struct rt *rt, const char *text, size_t len)
{
	if (fwrite(text, 1, len, rt->file) != len ||
	    (rt->o->buffering == RT_BUFFER_NONE && fflush(rt->file)))
		rt->stop = true;
}

/* -- dividing: print(@x, top, div) -- */

/* Values of more than a word are made of these. */
enum { MOST_WORDS = PERCENTILES_MOST + 2 };

/* The entry's value, or 'copy' after it was filled. */
static const void *divided(const struct rt_map *map, const struct rt_entry *e, uint64_t div,
                           uint64_t copy[MOST_WORDS])
{
	const struct meta_type *t = map->value;

	if (div < 2)
		return e->value;
	if (t->kind == KIND_INT) {
		copy[0] = number_divided(t, (uint64_t)value_int(t, e->value), div);
		return copy;
	}
	if (t->kind == KIND_PERCENTILES) {
		/* All but how many there are. */
		memcpy(copy, e->value, t->rows * sizeof(*copy));
		for (uint32_t i = 1; i < t->rows; i++)
			copy[i] = number_divided(t, copy[i], div);
		return copy;
	}
	if (t->kind < KIND_COUNT || t->kind > KIND_AVG)
		return e->value;
	memcpy(copy, e->value, t->kind == KIND_AVG ? 16 : 8);
	/* The average of the divided values is the divided average. */
	copy[0] = number_divided(t, copy[0], div);
	return copy;
}

/* -- text -- */

static void text_text(struct rt *rt, const char *type, const char *text, size_t len)
{
	put(rt, text, len);
}

static void text_value(struct rt *rt, const struct meta_type *t, const void *data)
{
	strbuf_reset(&rt->line);
	value_text(rt, t, data, &rt->line);
	strbuf_addc(&rt->line, '\n');
	put(rt, rt->line.buf, rt->line.len);
}

/* "@x[1, abc]": the parentheses of a tuple are the brackets. */
static void text_key(struct rt *rt, const struct rt_map *map, const struct rt_entry *e)
{
	struct strbuf key = STRBUF_INIT;
	size_t skip = 0;

	if (!map->key)
		return;
	value_text(rt, map->key, e->key, &key);
	if (key.len > 1 && key.buf[0] == '(' && key.buf[key.len - 1] == ')') {
		strbuf_cut(&key, key.len - 1);
		skip = 1;
	}
	strbuf_addc(&rt->line, '[');
	strbuf_add(&rt->line, key.buf + skip, key.len - skip);
	strbuf_addc(&rt->line, ']');
	strbuf_release(&key);
}

static void text_map(struct rt *rt, const struct rt_map *map, const struct rt_entry *entries,
                     size_t n, uint64_t div)
{
	uint64_t copy[MOST_WORDS];

	for (size_t i = 0; i < n; i++) {
		const struct rt_entry *e = &entries[i];

		strbuf_reset(&rt->line);
		strbuf_adds(&rt->line, map->name);
		text_key(rt, map, e);
		if (map->value->kind == KIND_TSERIES) {
			strbuf_adds(&rt->line, ":\n");
			series_text(map->value, e->value, &rt->line);
		} else if (kind_is_graph(map->value->kind)) {
			strbuf_adds(&rt->line, ":\n");
			hist_text(map->value, e->value, div, &rt->line);
		} else if (map->value->kind == KIND_STATS) {
			strbuf_adds(&rt->line, ": ");
			stats_text(map->value, e->value, div, &rt->line);
		} else {
			strbuf_adds(&rt->line, ": ");
			value_text(rt, map->value, divided(map, e, div, copy), &rt->line);
		}
		strbuf_addc(&rt->line, '\n');
		put(rt, rt->line.buf, rt->line.len);
	}
}

static void text_attached(struct rt *rt, size_t n)
{
	if (rt->o->quiet)
		return;
	fprintf(stderr, "Attached %zu probe%s\n", n, n == 1 ? "" : "s");
}

static void text_message(struct rt *rt, const struct message *m)
{
	struct strbuf text = STRBUF_INIT;

	message_text(&rt->source, m, rt->messages == stderr && log_colour(), &text);
	fflush(rt->file);
	fputs(text.buf, rt->messages);
	strbuf_release(&text);
}

static void text_lost(struct rt *rt, uint64_t events)
{
	fflush(rt->file);
	fprintf(rt->messages, "Lost %" PRIu64 " events\n", events);
}

const struct out out_text = { text_text,     text_value,   text_map,
	                      text_attached, text_message, text_lost };

/* -- JSON -- */

static void start(struct rt *rt, const char *type)
{
	strbuf_reset(&rt->line);
	strbuf_addf(&rt->line, "{\"type\": \"%s\", \"data\": ", type);
}

static void finish(struct rt *rt)
{
	strbuf_adds(&rt->line, "}\n");
	put(rt, rt->line.buf, rt->line.len);
}

static void json_text(struct rt *rt, const char *type, const char *text, size_t len)
{
	start(rt, type);
	json_string(&rt->line, text, len);
	finish(rt);
}

static void json_value(struct rt *rt, const struct meta_type *t, const void *data)
{
	start(rt, "value");
	value_json(rt, t, data, &rt->line);
	finish(rt);
}

static void key_text(struct rt *rt, const struct meta_type *t, const char *data, struct strbuf *sb);

static void key_members(struct rt *rt, const struct meta_type *t, const char *data,
                        struct strbuf *sb)
{
	for (uint32_t i = 0; i < t->rows; i++) {
		const struct meta_field *f = meta_field(&rt->m, t->first + i);

		if (i)
			strbuf_addc(sb, ',');
		if (t->kind == KIND_RECORD)
			strbuf_addf(sb, ".%s=", meta_text(&rt->m, f->name));
		key_text(rt, meta_type(&rt->m, f->type), data + f->offset, sb);
	}
}

/* The text form, but without blanks between its parts, and strings as they are: JSON escapes them.
 */
static void key_text(struct rt *rt, const struct meta_type *t, const char *data, struct strbuf *sb)
{
	if (t->kind == KIND_STRING) {
		string_bytes(rt, t, data, sb);
	} else if (t->kind == KIND_TUPLE || t->kind == KIND_RECORD) {
		strbuf_addc(sb, t->kind == KIND_TUPLE ? '(' : '{');
		key_members(rt, t, data, sb);
		strbuf_addc(sb, t->kind == KIND_TUPLE ? ')' : '}');
	} else {
		value_text(rt, t, data, sb);
	}
}

/* The parentheses around all parts of a key are the map's brackets. */
static void json_key(struct rt *rt, const struct rt_map *map, const struct rt_entry *e)
{
	struct strbuf key = STRBUF_INIT;

	if (map->key->kind == KIND_TUPLE)
		key_members(rt, map->key, e->key, &key);
	else
		key_text(rt, map->key, e->key, &key);
	json_string(&rt->line, key.buf, key.len);
	strbuf_release(&key);
}

static const char *record_type(const struct meta_type *t)
{
	if (t->kind == KIND_TSERIES)
		return "tseries";
	if (kind_is_graph(t->kind))
		return "hist";
	if (t->kind == KIND_PERCENTILES)
		return "percentiles";
	return t->kind == KIND_STATS || t->kind == KIND_AVG ? "stats" : "map";
}

static void json_map(struct rt *rt, const struct rt_map *map, const struct rt_entry *entries,
                     size_t n, uint64_t div)
{
	const struct meta_type *t = map->value;
	uint64_t copy[MOST_WORDS];

	if (!n)
		return;
	start(rt, record_type(t));
	strbuf_addc(&rt->line, '{');
	json_string(&rt->line, map->name, strlen(map->name));
	strbuf_adds(&rt->line, ": ");
	if (map->key)
		strbuf_addc(&rt->line, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_adds(&rt->line, ", ");
		if (map->key) {
			json_key(rt, map, &entries[i]);
			strbuf_adds(&rt->line, ": ");
		}
		if (t->kind == KIND_TSERIES)
			series_json(t, entries[i].value, &rt->line);
		else if (kind_is_graph(t->kind))
			hist_json(t, entries[i].value, div, &rt->line);
		else if (t->kind == KIND_STATS)
			stats_json(t, entries[i].value, div, &rt->line);
		else
			value_json(rt, t, divided(map, &entries[i], div, copy), &rt->line);
	}
	strbuf_adds(&rt->line, map->key ? "}}" : "}");
	finish(rt);
}

/* {"type": "lost_events", "count": 3, "data": {"events": 3}} */
static void json_count(struct rt *rt, const char *type, const char *what, uint64_t n)
{
	strbuf_reset(&rt->line);
	strbuf_addf(&rt->line,
	            "{\"type\": \"%s\", \"count\": %" PRIu64 ", \"data\": {\"%s\": %" PRIu64 "}}\n",
	            type, n, what, n);
	put(rt, rt->line.buf, rt->line.len);
	fflush(rt->file);
}

static void json_attached(struct rt *rt, size_t n)
{
	json_count(rt, "attached_probes", "probes", n);
}

static void json_lost(struct rt *rt, uint64_t events)
{
	json_count(rt, "lost_events", "events", events);
}

static void json_message(struct rt *rt, const struct message *m)
{
	strbuf_reset(&rt->line);
	message_json(&rt->source, m, &rt->line);
	put(rt, rt->line.buf, rt->line.len);
}

const struct out out_json = { json_text,     json_value,   json_map,
	                      json_attached, json_message, json_lost };
