/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - bytes from anywhere, made fit for a terminal. */

#include "base/text.h"

#include "base/bug.h"
#include "base/strbuf.h"

#include <stdint.h>
#include <string.h>

size_t utf8_len(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c;
	size_t n = s[0] >= 0xf0 && s[0] < 0xf5   ? 4
	           : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
	           : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
	                                         : 0;

	if (!n || n > len)
		return 0;
	c = s[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 2 && c < 0xa0) || (n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	return n;
}

static uint32_t code_point(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c = n > 1 ? s[0] & (0xff >> (n + 1)) : s[0];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

size_t utf8_columns(const char *text, size_t n)
{
	/* East Asian wide characters and emoji, by blocks; marks that go onto the one before. The
	 * rest is one column, as wcwidth() says of nearly all of it; that one needs a locale. */
	static const struct {
		uint32_t first, last;
		size_t columns;
	} blocks[] = {
		{ 0x300, 0x36f, 0 },     { 0x200b, 0x200f, 0 },   { 0x20d0, 0x20ff, 0 },
		{ 0xfe00, 0xfe0f, 0 },   { 0xfe20, 0xfe2f, 0 },   { 0x1100, 0x115f, 2 },
		{ 0x2e80, 0x303e, 2 },   { 0x3041, 0xa4cf, 2 },   { 0xac00, 0xd7a3, 2 },
		{ 0xf900, 0xfaff, 2 },   { 0xfe30, 0xfe6f, 2 },   { 0xff00, 0xff60, 2 },
		{ 0xffe0, 0xffe6, 2 },   { 0x1f300, 0x1f64f, 2 }, { 0x1f680, 0x1f6ff, 2 },
		{ 0x1f900, 0x1f9ff, 2 }, { 0x20000, 0x3fffd, 2 },
	};
	uint32_t c = code_point(text, n);

	for (size_t i = 0; i < countof(blocks); i++)
		if (c >= blocks[i].first && c <= blocks[i].last)
			return blocks[i].columns;
	return 1;
}

void text_safe(struct strbuf *sb, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)text[i];
		size_t n = 1;

		if (c >= 0x80)
			n = utf8_len(text + i, len - i);
		if (c >= 0x80 ? n > 0 : (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t') {
			strbuf_add(sb, text + i, n);
		} else {
			strbuf_addf(sb, "\\x%02x", c);
			n = 1;
		}
		i += n;
	}
}
