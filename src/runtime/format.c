/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - printf's formats over typed arguments; the compiler has checked that they fit. */

#include "base/bug.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct spec {
	bool left, plus, space, alt, zero;
	int width, precision; /* precision -1: none */
	char length[3];
	const char *conv;
	size_t conv_len;
};

/* Reads a conversion behind '%'; returns what follows it. */
static const char *parse_spec(const char *at, struct spec *s)
{
	static const char *const convs[] = { "rx", "rh", "gr" };

	*s = (struct spec){ .precision = -1 };
	for (; *at && strchr("-+ #0", *at); at++) {
		s->left |= *at == '-';
		s->plus |= *at == '+';
		s->space |= *at == ' ';
		s->alt |= *at == '#';
		s->zero |= *at == '0';
	}
	s->width = (int)strtol(at, (char **)&at, 10);
	if (*at == '.')
		s->precision = (int)strtol(at + 1, (char **)&at, 10);
	for (size_t n = 0; *at && strchr("hljztL", *at); at++)
		if (n < 2)
			s->length[n++] = *at;
	s->conv = at;
	s->conv_len = *at != '\0';
	for (size_t i = 0; i < countof(convs); i++)
		if (!strncmp(at, convs[i], 2))
			s->conv_len = 2;
	return at + s->conv_len;
}

static void pad_text(struct strbuf *sb, const struct spec *s, const char *text, size_t len)
{
	size_t width = s->width > 0 ? (size_t)s->width : 0;

	if (s->precision >= 0 && len > (size_t)s->precision)
		len = (size_t)s->precision;
	if (!s->left && width > len)
		strbuf_pad(sb, ' ', width - len);
	strbuf_add(sb, text, len);
	if (s->left && width > len)
		strbuf_pad(sb, ' ', width - len);
}

/* The value at the width that the length modifier names; without one an int's, as in C. */
static int64_t cut(const struct spec *s, int64_t v, bool is_signed)
{
	unsigned int bits = !strcmp(s->length, "hh") ? 8
	                    : *s->length == 'h'      ? 16
	                    : *s->length             ? 64
	                                             : 32;

	if (bits == 64)
		return v;
	return is_signed ? (int64_t)((uint64_t)v << (64 - bits)) >> (64 - bits)
	                 : (int64_t)((uint64_t)v << (64 - bits) >> (64 - bits));
}

static void int_conv(struct strbuf *sb, const struct spec *s, char conv, int64_t v)
{
	char format[32];
	size_t n = 0;

	format[n++] = '%';
	if (s->left)
		format[n++] = '-';
	if (s->plus)
		format[n++] = '+';
	if (s->space)
		format[n++] = ' ';
	if (s->alt)
		format[n++] = '#';
	if (s->zero)
		format[n++] = '0';
	n += (size_t)snprintf(format + n, 8, "*");
	if (s->precision >= 0)
		n += (size_t)snprintf(format + n, 8, ".*");
	format[n++] = 'j';
	format[n++] = conv;
	format[n] = '\0';
	v = cut(s, v, conv == 'd' || conv == 'i');
	if (s->precision >= 0)
		strbuf_addf(sb, format, s->width, s->precision, (intmax_t)v);
	else
		strbuf_addf(sb, format, s->width, (intmax_t)v);
}

static void pointer_conv(struct strbuf *sb, const struct spec *s, int64_t v)
{
	char text[24];
	int n = v ? snprintf(text, sizeof(text), "0x%" PRIx64, (uint64_t)v)
	          : snprintf(text, sizeof(text), "0");

	pad_text(sb, s, text, (size_t)n);
}

static void buffer_conv(struct strbuf *sb, const struct spec *s, const struct meta_type *t,
                        const char *data)
{
	struct strbuf text = STRBUF_INIT;
	const unsigned char *b = (const unsigned char *)data + 4;
	uint32_t len;

	memcpy(&len, data, 4);
	if (len > t->size - 4)
		len = t->size - 4;
	for (uint32_t i = 0; i < len; i++) {
		if (s->conv_len == 2 && s->conv[1] == 'h')
			strbuf_addf(&text, "%s%02x", i ? " " : "", b[i]);
		else if (s->conv_len == 1 && b[i] >= 32 && b[i] < 127)
			strbuf_addc(&text, (char)b[i]);
		else
			strbuf_addf(&text, "\\x%02x", b[i]);
	}
	pad_text(sb, s, text.buf, text.len);
	strbuf_release(&text);
}

/* Allocation flags by name (include/linux/gfp_types.h), composed ones first. */
static void gfp_conv(struct strbuf *sb, const struct spec *s, uint64_t v)
{
	enum {
		RECLAIM = 3 << 10,
		IO = 1 << 6,
		FS = 1 << 7,
		HIGHMEM = 2,
		MOVABLE = 8,
		HARDWALL = 1 << 20
	};
	static const struct {
		const char *name;
		uint32_t bits;
	} flags[] = {
		{ "GFP_TRANSHUGE",
		  1 << 10 | 1 << 6 | 1 << 7 | 1 << 20 | 2 | 8 | 1 << 18 | 1 << 19 | 1 << 13 },
		{ "GFP_TRANSHUGE_LIGHT",
		  1 << 6 | 1 << 7 | 1 << 20 | 2 | 8 | 1 << 18 | 1 << 19 | 1 << 13 },
		{ "GFP_HIGHUSER_MOVABLE", RECLAIM | IO | FS | HARDWALL | HIGHMEM | MOVABLE },
		{ "GFP_HIGHUSER", RECLAIM | IO | FS | HARDWALL | HIGHMEM },
		{ "GFP_USER", RECLAIM | IO | FS | HARDWALL },
		{ "GFP_KERNEL_ACCOUNT", RECLAIM | IO | FS | 1 << 22 },
		{ "GFP_KERNEL", RECLAIM | IO | FS },
		{ "GFP_NOFS", RECLAIM | IO },
		{ "GFP_ATOMIC", 1 << 5 | 1 << 11 },
		{ "GFP_NOIO", RECLAIM },
		{ "GFP_NOWAIT", 1 << 11 },
		{ "GFP_DMA", 1 },
		{ "__GFP_HIGHMEM", 1 << 1 },
		{ "GFP_DMA32", 1 << 2 },
		{ "__GFP_HIGH", 1 << 5 },
		{ "__GFP_IO", 1 << 6 },
		{ "__GFP_FS", 1 << 7 },
		{ "__GFP_ZERO", 1 << 8 },
		{ "__GFP_DIRECT_RECLAIM", 1 << 10 },
		{ "__GFP_KSWAPD_RECLAIM", 1 << 11 },
		{ "__GFP_WRITE", 1 << 12 },
		{ "__GFP_NOWARN", 1 << 13 },
		{ "__GFP_RETRY_MAYFAIL", 1 << 14 },
		{ "__GFP_NOFAIL", 1 << 15 },
		{ "__GFP_NORETRY", 1 << 16 },
		{ "__GFP_MEMALLOC", 1 << 17 },
		{ "__GFP_COMP", 1 << 18 },
		{ "__GFP_NOMEMALLOC", 1 << 19 },
		{ "__GFP_HARDWALL", 1 << 20 },
		{ "__GFP_THISNODE", 1 << 21 },
		{ "__GFP_ACCOUNT", 1 << 22 },
		{ "__GFP_ZEROTAGS", 1 << 23 },
		{ "__GFP_SKIP_ZERO", 1 << 24 },
		{ "__GFP_SKIP_KASAN", 1 << 25 },
		{ "__GFP_NO_OBJ_EXT", 1 << 26 },
	};
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < countof(flags); i++) {
		if ((v & flags[i].bits) != flags[i].bits)
			continue;
		strbuf_addf(&text, "%s%s", text.len ? "|" : "", flags[i].name);
		v &= ~(uint64_t)flags[i].bits;
	}
	if (v)
		strbuf_addf(&text, "%s0x%" PRIx64, text.len ? "|" : "", v);
	else if (!text.len)
		strbuf_addc(&text, '0');
	pad_text(sb, s, text.buf, text.len);
	strbuf_release(&text);
}

static void convert(struct rt *rt, const struct spec *s, const struct meta_type *t,
                    const char *data, struct strbuf *sb)
{
	struct strbuf text = STRBUF_INIT;
	int64_t v = 0;

	if (t->kind != KIND_STRING && t->size <= 8)
		v = value_int(t, data);
	if (*s->conv == 's') {
		value_text(rt, t, data, &text);
		pad_text(sb, s, text.buf, text.len);
	} else if (*s->conv == 'r') {
		buffer_conv(sb, s, t, data);
	} else if (*s->conv == 'g') {
		gfp_conv(sb, s, (uint64_t)v);
	} else if (*s->conv == 'p') {
		pointer_conv(sb, s, v);
	} else if (*s->conv == 'c') {
		char c = (char)v;

		/* A control character would drive the terminal. */
		text_safe(&text, &c, 1);
		pad_text(sb, s, text.buf, text.len);
	} else {
		int_conv(sb, s, *s->conv, v);
	}
	strbuf_release(&text);
}

void format_event(struct rt *rt, const char *format, const struct meta_type *args, const char *data,
                  struct strbuf *sb)
{
	uint32_t arg = 0;

	while (*format) {
		size_t plain = strcspn(format, "%");
		struct spec s;

		strbuf_add(sb, format, plain);
		format += plain;
		if (!*format)
			break;
		if (format[1] == '%') {
			strbuf_addc(sb, '%');
			format += 2;
			continue;
		}
		format = parse_spec(format + 1, &s);
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
