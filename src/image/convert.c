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

/* Allocation flags (include/linux/gfp_types.h): those that composed ones consist of. */
enum {
	HIGHMEM = 1 << 1,
	MOVABLE = 1 << 3,
	HIGH = 1 << 5,
	IO = 1 << 6,
	FS = 1 << 7,
	DIRECT_RECLAIM = 1 << 10,
	KSWAPD_RECLAIM = 1 << 11,
	NOWARN = 1 << 13,
	COMP = 1 << 18,
	NOMEMALLOC = 1 << 19,
	HARDWALL = 1 << 20,
	ACCOUNT = 1 << 22,
	RECLAIM = DIRECT_RECLAIM | KSWAPD_RECLAIM,
	KERNEL = RECLAIM | IO | FS,
	USER = KERNEL | HARDWALL,
	HIGHUSER_MOVABLE = USER | HIGHMEM | MOVABLE,
	TRANSHUGE_LIGHT = (HIGHUSER_MOVABLE & ~RECLAIM) | COMP | NOMEMALLOC | NOWARN,
};

/* Composed ones first. */
static const struct {
	const char *name;
	uint32_t bits;
} gfp_flags[] = {
	{ "GFP_TRANSHUGE", TRANSHUGE_LIGHT | DIRECT_RECLAIM },
	{ "GFP_TRANSHUGE_LIGHT", TRANSHUGE_LIGHT },
	{ "GFP_HIGHUSER_MOVABLE", HIGHUSER_MOVABLE },
	{ "GFP_HIGHUSER", USER | HIGHMEM },
	{ "GFP_USER", USER },
	{ "GFP_KERNEL_ACCOUNT", KERNEL | ACCOUNT },
	{ "GFP_KERNEL", KERNEL },
	{ "GFP_NOFS", RECLAIM | IO },
	{ "GFP_ATOMIC", HIGH | KSWAPD_RECLAIM },
	{ "GFP_NOIO", RECLAIM },
	{ "GFP_NOWAIT", KSWAPD_RECLAIM },
	{ "GFP_DMA", 1 << 0 },
	{ "__GFP_HIGHMEM", HIGHMEM },
	{ "GFP_DMA32", 1 << 2 },
	{ "__GFP_HIGH", HIGH },
	{ "__GFP_IO", IO },
	{ "__GFP_FS", FS },
	{ "__GFP_ZERO", 1 << 8 },
	{ "__GFP_DIRECT_RECLAIM", DIRECT_RECLAIM },
	{ "__GFP_KSWAPD_RECLAIM", KSWAPD_RECLAIM },
	{ "__GFP_WRITE", 1 << 12 },
	{ "__GFP_NOWARN", NOWARN },
	{ "__GFP_RETRY_MAYFAIL", 1 << 14 },
	{ "__GFP_NOFAIL", 1 << 15 },
	{ "__GFP_NORETRY", 1 << 16 },
	{ "__GFP_MEMALLOC", 1 << 17 },
	{ "__GFP_COMP", COMP },
	{ "__GFP_NOMEMALLOC", NOMEMALLOC },
	{ "__GFP_HARDWALL", HARDWALL },
	{ "__GFP_THISNODE", 1 << 21 },
	{ "__GFP_ACCOUNT", ACCOUNT },
	{ "__GFP_ZEROTAGS", 1 << 23 },
	{ "__GFP_SKIP_ZERO", 1 << 24 },
	{ "__GFP_SKIP_KASAN", 1 << 25 },
	{ "__GFP_NO_OBJ_EXT", 1 << 26 },
};

static void gfp_conv(struct strbuf *sb, const struct conversion *s, uint64_t v)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < countof(gfp_flags); i++) {
		if ((v & gfp_flags[i].bits) != gfp_flags[i].bits)
			continue;
		strbuf_addf(&text, "%s%s", text.len ? "|" : "", gfp_flags[i].name);
		v &= ~(uint64_t)gfp_flags[i].bits;
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
