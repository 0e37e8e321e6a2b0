/* SPDX-License-Identifier: Apache-2.0 */
/* convert.c - conversions of formats: how they read, and what they make of numbers and text. */

#include "image/convert.h"

#include "base/bug.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits; more than anybody wants is too much all the same. */
static int number(const char **at)
{
	long n = strtol(*at, (char **)at, 10);

	return n > CONVERSION_MOST ? CONVERSION_MOST + 1 : (int)n;
}

const char *conversion_parse(const char *at, struct conversion *s)
{
	static const char *const convs[] = { "rx", "rh", "gr" };

	*s = (struct conversion){ .precision = -1 };
	for (; *at && strchr("-+ #0", *at); at++) {
		s->left |= *at == '-';
		s->plus |= *at == '+';
		s->space |= *at == ' ';
		s->alt |= *at == '#';
		s->zero |= *at == '0';
	}
	s->width = number(&at);
	if (*at == '.') {
		at++;
		s->precision = number(&at);
	}
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

void convert_text(struct strbuf *sb, const struct conversion *s, const char *text, size_t len)
{
	size_t width = (size_t)s->width;

	if (s->precision >= 0 && len > (size_t)s->precision) {
		len = (size_t)s->precision;
		/* No half of a character. */
		while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	if (!s->left && width > len)
		strbuf_pad(sb, ' ', width - len);
	strbuf_add(sb, text, len);
	if (s->left && width > len)
		strbuf_pad(sb, ' ', width - len);
}

/* The value at the width that the length modifier names; without one an int's, as in C. */
static int64_t cut(const struct conversion *s, int64_t v, bool is_signed)
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

static void int_conv(struct strbuf *sb, const struct conversion *s, char conv, int64_t v)
{
	char format[16];

	snprintf(format, sizeof(format), "%%%s%s%s%s%s*.*j%c", s->left ? "-" : "",
	         s->plus ? "+" : "", s->space ? " " : "", s->alt ? "#" : "", s->zero ? "0" : "",
	         conv);
	v = cut(s, v, conv == 'd' || conv == 'i');
	/* A negative precision is none. */
	strbuf_addf(sb, format, s->width, s->precision, (intmax_t)v);
}

static void pointer_conv(struct strbuf *sb, const struct conversion *s, int64_t v)
{
	char text[24];
	int n = v ? snprintf(text, sizeof(text), "0x%" PRIx64, (uint64_t)v)
	          : snprintf(text, sizeof(text), "0");

	convert_text(sb, s, text, (size_t)n);
}

/* Allocation flags by name (include/linux/gfp_types.h), composed ones first. */
static void gfp_conv(struct strbuf *sb, const struct conversion *s, uint64_t v)
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
	convert_text(sb, s, text.buf, text.len);
	strbuf_release(&text);
}

void convert_number(struct strbuf *sb, const struct conversion *s, int64_t v)
{
	struct strbuf text = STRBUF_INIT;
	char c = (char)v;

	switch (*s->conv) {
	case 'g': gfp_conv(sb, s, (uint64_t)v); break;
	case 'p': pointer_conv(sb, s, v); break;
	case 'c':
		/* A control character would drive the terminal. */
		text_safe(&text, &c, 1);
		convert_text(sb, s, text.buf, text.len);
		break;
	default: int_conv(sb, s, *s->conv, v);
	}
	strbuf_release(&text);
}
