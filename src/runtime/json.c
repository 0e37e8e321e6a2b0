/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - values of any kind as JSON, from their type's row. */

#include "runtime/value.h"

#include "base/bug.h"

#include <inttypes.h>
#include <string.h>

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
	json_int(sb, t, stats_average(t, data));
}

static void whole_stats_json(struct rt *rt, const struct meta_type *t, const void *data,
                             struct strbuf *sb)
{
	stats_json(t, data, 0, sb);
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
	for (uint32_t i = 0; i < value_buffer_len(t, data); i++)
		strbuf_addf(sb, "%s%d", i ? "," : "", b[i]);
	strbuf_addc(sb, ']');
}

static void array_json(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	value_elements(rt, t, data, value_json, sb);
}

static void tuple_json(struct rt *rt, const struct meta_type *t, const void *data,
                       struct strbuf *sb)
{
	strbuf_addc(sb, '[');
	for (uint32_t i = 0; i < t->rows; i++) {
		if (i)
			strbuf_addc(sb, ',');
		value_member(rt, meta_field(&rt->m, t->first + i), data, value_json, sb);
	}
	strbuf_addc(sb, ']');
}

static void member_json(struct rt *rt, const struct meta_field *f, const void *data, uint32_t n,
                        struct strbuf *sb)
{
	const char *name = meta_text(&rt->m, f->name);

	if (n)
		strbuf_adds(sb, ", ");
	json_string(sb, name, strlen(name));
	strbuf_adds(sb, ": ");
	value_member(rt, f, data, value_json, sb);
}

static void struct_json(struct rt *rt, const struct meta_type *t, const void *data,
                        struct strbuf *sb)
{
	strbuf_addc(sb, '{');
	value_members(rt, t, data, 0, member_json, sb);
	strbuf_addc(sb, '}');
}

static value_fn *const json_of[] = {
	[KIND_NONE] = value_text,
	[KIND_BOOL] = value_text,
	[KIND_INT] = int_json,
	[KIND_ENUM] = int_json,
	[KIND_POINTER] = int_json,
	[KIND_STRING] = string_json,
	[KIND_BUFFER] = buffer_json,
	[KIND_ARRAY] = array_json,
	[KIND_STRUCT] = struct_json,
	[KIND_UNION] = struct_json,
	[KIND_TUPLE] = tuple_json,
	[KIND_RECORD] = struct_json,
	[KIND_KSTACK] = quoted_json,
	[KIND_USTACK] = quoted_json,
	[KIND_KSYM] = quoted_json,
	[KIND_USYM] = quoted_json,
	[KIND_INET] = quoted_json,
	[KIND_MAC] = quoted_json,
	[KIND_TIMESTAMP] = quoted_json,
	[KIND_USERNAME] = quoted_json,
	[KIND_CGROUP_PATH] = quoted_json,
	[KIND_COUNT] = number_json,
	[KIND_SUM] = number_json,
	[KIND_MIN] = number_json,
	[KIND_MAX] = number_json,
	[KIND_AVG] = avg_json,
	[KIND_STATS] = whole_stats_json,
	[KIND_HIST] = value_text,
	[KIND_LHIST] = value_text,
	[KIND_LLHIST] = value_text,
	[KIND_PERCENTILES] = struct_json,
	[KIND_TSERIES] = value_text,
};
_Static_assert(countof(json_of) == KIND_COUNT_OF, "each kind has its row");

void value_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	json_of[t->kind](rt, t, data, sb);
}
