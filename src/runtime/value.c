/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.c - values of any kind, as text and as JSON, from their type's row.
 *
 * Traced text is written by the traced program: control characters in it are printed as escapes,
 * always, so that neither a terminal nor one that shows a log later can be driven by it.
 */

#include "base/bug.h"
#include "runtime/rt.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct meta_type *type_row(struct rt *rt, uint32_t row)
{
	return meta_type(&rt->m, row);
}

int64_t value_int(const struct meta_type *t, const void *data)
{
	bool is_signed = t->flags & META_TYPE_SIGNED;
	uint64_t v = 0;

	if (t->size > 8)
		return 0;
	memcpy(&v, data, t->size);
	if (is_signed && t->size < 8 && t->size) {
		unsigned int bits = 64 - t->size * 8;

		return (int64_t)(v << bits) >> bits;
	}
	return (int64_t)v;
}

void json_string(struct strbuf *sb, const char *text, size_t len)
{
	strbuf_addc(sb, '"');
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)text[i];
		size_t n = c < 0x80 ? 1 : utf8_len(text + i, len - i);

		if (c == '"' || c == '\\')
			strbuf_addf(sb, "\\%c", c);
		else if (c == '\n')
			strbuf_adds(sb, "\\n");
		else if (c == '\r')
			strbuf_adds(sb, "\\r");
		else if (c == '\t')
			strbuf_adds(sb, "\\t");
		else if (c < 0x20 || c == 0x7f || !n)
			strbuf_addf(sb, "\\u00%02x", c);
		else
			strbuf_add(sb, text + i, n);
		i += n ? n : 1;
	}
	strbuf_addc(sb, '"');
}

/* What a double cannot hold is quoted: most readers of JSON have nothing else. */
void json_int(struct strbuf *sb, const struct meta_type *t, int64_t v)
{
	bool is_signed = t->flags & META_TYPE_SIGNED;
	bool exact = is_signed ? (int64_t)(double)v == v && v != INT64_MAX
	                       : (uint64_t)(double)(uint64_t)v == (uint64_t)v &&
	                                 (uint64_t)v != UINT64_MAX;

	strbuf_adds(sb, exact ? "" : "\"");
	if (is_signed)
		strbuf_addf(sb, "%" PRId64, v);
	else
		strbuf_addf(sb, "%" PRIu64, (uint64_t)v);
	strbuf_adds(sb, exact ? "" : "\"");
}

/* -- text, kind by kind -- */

static void int_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	int64_t v = value_int(t, data);

	if (t->flags & META_TYPE_SIGNED)
		strbuf_addf(sb, "%" PRId64, v);
	else
		strbuf_addf(sb, "%" PRIu64, (uint64_t)v);
}

static void bool_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	strbuf_adds(sb, *(const uint8_t *)data ? "true" : "false");
}

static void enum_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	int64_t v = value_int(t, data);

	for (uint32_t i = t->first; i < t->first + t->rows; i++) {
		if (meta_enumerator(&rt->m, i)->value != v)
			continue;
		strbuf_adds(sb, meta_text(&rt->m, meta_enumerator(&rt->m, i)->name));
		return;
	}
	int_text(rt, t, data, sb);
}

static void pointer_text(struct rt *rt, const struct meta_type *t, const void *data,
                         struct strbuf *sb)
{
	strbuf_addf(sb, "0x%" PRIx64, (uint64_t)value_int(t, data));
}

static void string_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	const char *s = data;
	size_t len = strnlen(s, t->size);

	text_safe(sb, s, len);
	/* A full place has its mark in the last byte: see kinds.def. */
	if (t->size && len == t->size)
		strbuf_adds(sb, meta_text(&rt->m, meta_script(&rt->m)->trunc_trailer));
}

static uint32_t buffer_len(const struct meta_type *t, const void *data)
{
	uint32_t len;

	memcpy(&len, data, sizeof(len));
	return len <= t->size - 4 ? len : t->size - 4;
}

static void buffer_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	const unsigned char *b = (const unsigned char *)data + 4;

	for (uint32_t i = 0; i < buffer_len(t, data); i++) {
		if (b[i] >= 32 && b[i] < 127)
			strbuf_addc(sb, (char)b[i]);
		else
			strbuf_addf(sb, "\\x%02x", b[i]);
	}
}

typedef void value_fn(struct rt *rt, const struct meta_type *t, const void *data,
                      struct strbuf *sb);

/* The elements of an array, each by fn. */
static void elements(struct rt *rt, const struct meta_type *t, const void *data, value_fn *fn,
                     struct strbuf *sb)
{
	const struct meta_type *e = type_row(rt, t->elem);

	strbuf_addc(sb, '[');
	for (uint32_t i = 0; i < t->count; i++) {
		if (i)
			strbuf_addc(sb, ',');
		fn(rt, e, (const char *)data + (size_t)i * e->size, sb);
	}
	strbuf_addc(sb, ']');
}

static void array_text(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	elements(rt, t, data, value_text, sb);
}

static void member(struct rt *rt, const struct meta_field *f, const void *data, value_fn *fn,
                   struct strbuf *sb)
{
	const struct meta_type *t = type_row(rt, f->type);
	const char *at = (const char *)data + f->offset;
	uint64_t bits = 0;

	if (!f->bit_size) {
		fn(rt, t, at, sb);
		return;
	}
	memcpy(&bits, at, t->size);
	bits = bits << (64 - f->bit_offset - f->bit_size);
	bits = t->flags & META_TYPE_SIGNED ? (uint64_t)((int64_t)bits >> (64 - f->bit_size))
	                                   : bits >> (64 - f->bit_size);
	fn(rt, t, &bits, sb);
}

static void tuple_text(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	strbuf_addc(sb, '(');
	for (uint32_t i = 0; i < t->rows; i++) {
		if (i)
			strbuf_adds(sb, ", ");
		member(rt, meta_field(&rt->m, t->first + i), data, value_text, sb);
	}
	strbuf_addc(sb, ')');
}

static void struct_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	strbuf_adds(sb, t->rows ? "{ " : "{");
	for (uint32_t i = 0; i < t->rows; i++) {
		const struct meta_field *f = meta_field(&rt->m, t->first + i);

		strbuf_addf(sb, "%s.%s = ", i ? ", " : "", meta_text(&rt->m, f->name));
		member(rt, f, data, value_text, sb);
	}
	strbuf_adds(sb, t->rows ? " }" : "}");
}

static void ksym_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	uint64_t address;

	memcpy(&address, data, 8);
	symbol_kernel(rt, address, false, sb);
}

static void usym_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	struct user_place at;
	uint64_t address;

	memcpy(&address, data, 8);
	memcpy(&at.pid, (const char *)data + 8, 4);
	memcpy(&at.probe, (const char *)data + 12, 4);
	at.leaf = address;
	symbol_user(rt, &at, address, false, false, sb);
}

static void inet_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	char text[INET6_ADDRSTRLEN];
	uint64_t af;

	memcpy(&af, data, 8);
	if (inet_ntop((int)af, (const char *)data + 8, text, sizeof(text)))
		strbuf_adds(sb, text);
}

static void mac_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	const unsigned char *b = data;

	for (int i = 0; i < 6; i++)
		strbuf_addf(sb, "%s%02X", i ? ":" : "", b[i]);
}

static void timestamp_text(struct rt *rt, const struct meta_type *t, const void *data,
                           struct strbuf *sb)
{
	uint64_t ns;
	uint32_t clock, format;

	memcpy(&ns, data, 8);
	memcpy(&clock, (const char *)data + 8, 4);
	memcpy(&format, (const char *)data + 12, 4);
	/* Without a format it was never written: a map's zero value. */
	if (!format || format >= meta_count(&rt->m, META_STRINGS)) {
		strbuf_adds(sb, "(?)");
		return;
	}
	if (clock == CLOCK_BOOT_NS)
		ns += (uint64_t)rt->boot_to_wall_ns;
	format_time(rt, meta_text(&rt->m, format), ns, sb);
}

/* A line of /etc/passwd: a static program has no name service. */
static void username_text(struct rt *rt, const struct meta_type *t, const void *data,
                          struct strbuf *sb)
{
	struct strbuf file = STRBUF_INIT;
	uint64_t uid = (uint64_t)value_int(t, data);
	char *line, *rest;

	strbuf_read_file(&file, "/etc/passwd");
	for (line = strtok_r(file.buf, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *colon = strchr(line, ':'), *id = colon ? strchr(colon + 1, ':') : NULL;

		if (!id || strtoull(id + 1, NULL, 10) != uid)
			continue;
		text_safe(sb, line, (size_t)(colon - line));
		break;
	}
	strbuf_release(&file);
}

static void cgroup_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	uint64_t id;

	memcpy(&id, data, 8);
	cgroup_path(id, sb);
}

static void none_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	strbuf_adds(sb, "null");
}

/* Merged: the value. */
static void number_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	struct meta_type whole = *t;

	whole.size = 8;
	int_text(rt, &whole, data, sb);
}

static int64_t average(const struct meta_type *t, const void *data)
{
	int64_t v[2];

	memcpy(v, data, sizeof(v));
	if (!v[1])
		return 0;
	return t->flags & META_TYPE_SIGNED ? v[0] / v[1]
	                                   : (int64_t)((uint64_t)v[0] / (uint64_t)v[1]);
}

static void avg_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	int64_t v = average(t, data);

	number_text(rt, t, &v, sb);
}

static void stats_text(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	int64_t v[2];

	memcpy(v, data, sizeof(v));
	strbuf_addf(sb, "{ .count = %" PRId64 ", .average = ", v[1]);
	avg_text(rt, t, data, sb);
	strbuf_adds(sb, ", .total = ");
	number_text(rt, t, v, sb);
	strbuf_adds(sb, " }");
}

/* -- JSON -- */

static void int_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	json_int(sb, t, value_int(t, data));
}

static void number_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	int64_t v;

	memcpy(&v, data, 8);
	json_int(sb, t, v);
}

static void avg_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	json_int(sb, t, average(t, data));
}

static void stats_json(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	int64_t v[2];

	memcpy(v, data, sizeof(v));
	strbuf_addf(sb, "{\"count\": %" PRId64 ", \"average\": ", v[1]);
	avg_json(rt, t, data, sb);
	strbuf_adds(sb, ", \"total\": ");
	json_int(sb, t, v[0]);
	strbuf_addc(sb, '}');
}

/* Kinds whose JSON is their text in quotes. */
static void quoted_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	struct strbuf text = STRBUF_INIT;

	value_text(rt, t, data, &text);
	json_string(sb, text.buf, text.len);
	strbuf_release(&text);
}

void string_bytes(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	size_t len = strnlen(data, t->size);

	strbuf_add(sb, data, len);
	if (t->size && len == t->size)
		strbuf_adds(sb, meta_text(&rt->m, meta_script(&rt->m)->trunc_trailer));
}

static void string_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	struct strbuf text = STRBUF_INIT;

	string_bytes(rt, t, data, &text);
	json_string(sb, text.buf, text.len);
	strbuf_release(&text);
}

static void buffer_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	const signed char *b = (const signed char *)data + 4;

	strbuf_addc(sb, '[');
	for (uint32_t i = 0; i < buffer_len(t, data); i++)
		strbuf_addf(sb, "%s%d", i ? "," : "", b[i]);
	strbuf_addc(sb, ']');
}

static void array_json(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	elements(rt, t, data, value_json, sb);
}

static void tuple_json(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	strbuf_addc(sb, '[');
	for (uint32_t i = 0; i < t->rows; i++) {
		if (i)
			strbuf_addc(sb, ',');
		member(rt, meta_field(&rt->m, t->first + i), data, value_json, sb);
	}
	strbuf_addc(sb, ']');
}

static void struct_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	strbuf_addc(sb, '{');
	for (uint32_t i = 0; i < t->rows; i++) {
		const struct meta_field *f = meta_field(&rt->m, t->first + i);
		const char *name = meta_text(&rt->m, f->name);

		if (i)
			strbuf_adds(sb, ", ");
		json_string(sb, name, strlen(name));
		strbuf_adds(sb, ": ");
		member(rt, f, data, value_json, sb);
	}
	strbuf_addc(sb, '}');
}

/* clang-format off */
static const struct {
	value_fn *text, *json;
} kinds[] = {
	[KIND_NONE] = { none_text, none_text },
	[KIND_BOOL] = { bool_text, bool_text },
	[KIND_INT] = { int_text, int_json },
	[KIND_ENUM] = { enum_text, int_json },
	[KIND_POINTER] = { pointer_text, int_json },
	[KIND_STRING] = { string_text, string_json },
	[KIND_BUFFER] = { buffer_text, buffer_json },
	[KIND_ARRAY] = { array_text, array_json },
	[KIND_STRUCT] = { struct_text, struct_json },
	[KIND_UNION] = { struct_text, struct_json },
	[KIND_TUPLE] = { tuple_text, tuple_json },
	[KIND_RECORD] = { struct_text, struct_json },
	[KIND_KSTACK] = { stack_text, quoted_json },
	[KIND_USTACK] = { stack_text, quoted_json },
	[KIND_KSYM] = { ksym_text, quoted_json },
	[KIND_USYM] = { usym_text, quoted_json },
	[KIND_INET] = { inet_text, quoted_json },
	[KIND_MAC] = { mac_text, quoted_json },
	[KIND_TIMESTAMP] = { timestamp_text, quoted_json },
	[KIND_USERNAME] = { username_text, quoted_json },
	[KIND_CGROUP_PATH] = { cgroup_text, quoted_json },
	[KIND_COUNT] = { number_text, number_json },
	[KIND_SUM] = { number_text, number_json },
	[KIND_MIN] = { number_text, number_json },
	[KIND_MAX] = { number_text, number_json },
	[KIND_AVG] = { avg_text, avg_json },
	[KIND_STATS] = { stats_text, stats_json },
	[KIND_HIST] = { none_text, none_text },
	[KIND_LHIST] = { none_text, none_text },
	[KIND_LLHIST] = { none_text, none_text },
	[KIND_TSERIES] = { none_text, none_text },
};
/* clang-format on */
_Static_assert(countof(kinds) == KIND_COUNT_OF, "each kind has its row");

void value_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	kinds[t->kind].text(rt, t, data, sb);
}

void value_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	kinds[t->kind].json(rt, t, data, sb);
}
