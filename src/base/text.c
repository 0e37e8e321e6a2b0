/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - bytes from anywhere, made fit for a terminal. */

#include "base/text.h"

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

bool text_is_sentence(const char *fmt)
{
	size_t n = strspn(fmt, "abcdefghijklmnopqrstuvwxyz'");

	return n && *fmt != '\'' && fmt[n] && strchr(" :;,", fmt[n]);
}
