/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.c - values of any kind as text, from their type's row.
 *
 * Traced text is written by the traced program: control characters in it are printed as escapes,
 * always, so that neither a terminal nor one that shows a log later can be driven by it.
 */

#include "runtime/value.h"

#include "base/bug.h"

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

/* A text that fills its place has its mark in the last byte (kinds.def): it was cut. */
static void mark_cut(struct rt *rt, const struct meta_type *t, size_t len, struct strbuf *sb)
{
	if (t->size && len == t->size)
		strbuf_adds(sb, meta_text(&rt->m, meta_script(&rt->m)->trunc_trailer));
}

static void string_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	size_t len = strnlen(data, t->size);

	text_safe(sb, data, len);
	mark_cut(rt, t, len, sb);
}

void string_bytes(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	size_t len = strnlen(data, t->size);

	strbuf_add(sb, data, len);
	mark_cut(rt, t, len, sb);
}

uint32_t value_buffer_len(const struct meta_type *t, const void *data)
{
	uint32_t len;

	memcpy(&len, data, sizeof(len));
	return len <= t->size - 4 ? len : t->size - 4;
}

static void buffer_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	const unsigned char *b = (const unsigned char *)data + 4;

	for (uint32_t i = 0; i < value_buffer_len(t, data); i++) {
		if (b[i] >= 32 && b[i] < 127)
			strbuf_addc(sb, (char)b[i]);
		else
			strbuf_addf(sb, "\\x%02x", b[i]);
	}
}

void value_elements(struct rt *rt, const struct meta_type *t, const void *data, value_fn *fn,
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
	value_elements(rt, t, data, value_text, sb);
}

void value_member(struct rt *rt, const struct meta_field *f, const void *data, value_fn *fn,
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
		value_member(rt, meta_field(&rt->m, t->first + i), data, value_text, sb);
	}
	strbuf_addc(sb, ')');
}

uint32_t value_members(struct rt *rt, const struct meta_type *t, const void *data, uint32_t n,
                       member_fn *fn, struct strbuf *sb)
{
	for (uint32_t i = 0; i < t->rows; i++) {
		const struct meta_field *f = meta_field(&rt->m, t->first + i);
		const struct meta_type *inner = type_row(rt, f->type);

		if (*meta_text(&rt->m, f->name))
			fn(rt, f, data, n++, sb);
		else if (inner->kind == KIND_STRUCT || inner->kind == KIND_UNION)
			n = value_members(rt, inner, (const char *)data + f->offset, n, fn, sb);
	}
	return n;
}

static void member_text(struct rt *rt, const struct meta_field *f, const void *data, uint32_t n,
                        struct strbuf *sb)
{
	strbuf_addf(sb, "%s.%s = ", n ? ", " : " ", meta_text(&rt->m, f->name));
	value_member(rt, f, data, value_text, sb);
}

static void struct_text(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	strbuf_addc(sb, '{');
	strbuf_adds(sb, value_members(rt, t, data, 0, member_text, sb) ? " }" : "}");
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
	/* It was never written: a map's zero value. */
	if ((!ns && !format) || format >= meta_count(&rt->m, META_STRINGS)) {
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
	uint32_t filter;

	memcpy(&id, data, 8);
	memcpy(&filter, (const char *)data + 8, 4);
	cgroup_path(id, filter < meta_count(&rt->m, META_STRINGS) ? meta_text(&rt->m, filter) : "",
	            sb);
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

static void avg_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	int64_t v = stats_average(t, data);

	number_text(rt, t, &v, sb);
}

static void whole_stats_text(struct rt *rt, const struct meta_type *t, const void *data,
                             struct strbuf *sb)
{
	stats_text(t, data, 0, sb);
}

static value_fn *const text_of[] = {
	[KIND_NONE] = none_text,
	[KIND_BOOL] = bool_text,
	[KIND_INT] = int_text,
	[KIND_ENUM] = enum_text,
	[KIND_POINTER] = pointer_text,
	[KIND_STRING] = string_text,
	[KIND_BUFFER] = buffer_text,
	[KIND_ARRAY] = array_text,
	[KIND_STRUCT] = struct_text,
	[KIND_UNION] = struct_text,
	[KIND_TUPLE] = tuple_text,
	[KIND_RECORD] = struct_text,
	[KIND_KSTACK] = stack_text,
	[KIND_USTACK] = stack_text,
	[KIND_KSYM] = ksym_text,
	[KIND_USYM] = usym_text,
	[KIND_INET] = inet_text,
	[KIND_MAC] = mac_text,
	[KIND_TIMESTAMP] = timestamp_text,
	[KIND_USERNAME] = username_text,
	[KIND_CGROUP_PATH] = cgroup_text,
	[KIND_COUNT] = number_text,
	[KIND_SUM] = number_text,
	[KIND_MIN] = number_text,
	[KIND_MAX] = number_text,
	[KIND_AVG] = avg_text,
	[KIND_STATS] = whole_stats_text,
	[KIND_HIST] = none_text,
	[KIND_LHIST] = none_text,
	[KIND_LLHIST] = none_text,
	[KIND_PERCENTILES] = struct_text,
	[KIND_TSERIES] = none_text,
};
_Static_assert(countof(text_of) == KIND_COUNT_OF, "each kind has its row");

void value_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	text_of[t->kind](rt, t, data, sb);
}
