/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - printf's formats over typed arguments; the compiler has checked that they fit. */

#include "image/convert.h"
#include "runtime/value.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static void buffer_conv(struct strbuf *sb, const struct conversion *s, const struct meta_type *t,
                        const char *data)
{
	struct strbuf text = STRBUF_INIT;
	const unsigned char *b = (const unsigned char *)data + 4;

	for (uint32_t i = 0; i < value_buffer_len(t, data); i++) {
		if (s->conv_len == 2 && s->conv[1] == 'h')
			strbuf_addf(&text, "%s%02x", i ? " " : "", b[i]);
		else if (s->conv_len == 1 && b[i] >= 32 && b[i] < 127)
			strbuf_addc(&text, (char)b[i]);
		else
			strbuf_addf(&text, "\\x%02x", b[i]);
	}
	convert_text(sb, s, text.buf, text.len);
	strbuf_release(&text);
}

static void convert(struct rt *rt, const struct conversion *s, const struct meta_type *t,
                    const char *data, struct strbuf *sb)
{
	struct strbuf text = STRBUF_INIT;
	int64_t v = 0;

	if (t->kind != KIND_STRING && t->size <= 8)
		v = value_int(t, data);
	if (*s->conv == 's') {
		value_text(rt, t, data, &text);
		convert_text(sb, s, text.buf, text.len);
	} else if (*s->conv == 'r') {
		buffer_conv(sb, s, t, data);
	} else {
		convert_number(sb, s, v);
	}
	strbuf_release(&text);
}

void format_event(struct rt *rt, const char *format, const struct meta_type *args, const char *data,
                  struct strbuf *sb)
{
	uint32_t arg = 0;

	while (*format) {
		size_t plain = strcspn(format, "%");
		struct conversion s;

		strbuf_add(sb, format, plain);
		format += plain;
		if (!*format)
			break;
		if (format[1] == '%') {
			strbuf_addc(sb, '%');
			format += 2;
			continue;
		}
		format = conversion_parse(format + 1, &s);
		if (args && arg < args->rows) {
			const struct meta_field *f = meta_field(&rt->m, args->first + arg++);

			convert(rt, &s, meta_type(&rt->m, f->type), data + f->offset, sb);
		}
	}
}

/* strftime(3) with %f microseconds, %l milliseconds and %k nanoseconds. */
void format_time(struct rt *rt, const char *format, uint64_t wall_ns, struct strbuf *sb)
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	uint64_t ns = wall_ns % 1000000000;
	struct strbuf own = STRBUF_INIT;
	char text[1024];
	struct tm tm;

	for (const char *c = format; *c; c++) {
		if (*c == '%' && c[1] == 'f')
			strbuf_addf(&own, "%06" PRIu64, ns / 1000);
		else if (*c == '%' && c[1] == 'l')
			strbuf_addf(&own, "%03" PRIu64, ns / 1000000);
		else if (*c == '%' && c[1] == 'k')
			strbuf_addf(&own, "%09" PRIu64, ns);
		else if (*c == '%' && c[1])
			strbuf_add(&own, c, 2);
		else
			strbuf_addc(&own, *c);
		c += *c == '%' && c[1];
	}
	localtime_r(&seconds, &tm);
	if (own.len && strftime(text, sizeof(text), own.buf, &tm))
		strbuf_adds(sb, text);
	strbuf_release(&own);
}
