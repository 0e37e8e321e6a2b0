/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - from offsets to lines and columns. */

#include "base/source.h"

#include <string.h>

struct span span_join(struct span a, struct span b)
{
	uint32_t end;

	if (span_is_none(a))
		return b;
	if (span_is_none(b))
		return a;
	end = b.off + b.len;
	return (struct span){ a.off, end > a.off ? end - a.off : a.len };
}

static size_t clamp(const struct source *src, uint32_t off)
{
	return off < src->len ? off : src->len;
}

struct place source_place(const struct source *src, uint32_t off)
{
	struct place p = { 1, 1 };
	size_t end = clamp(src, off);

	for (size_t i = 0; i < end; i++) {
		if (src->text[i] == '\n')
			p = (struct place){ p.line + 1, 1 };
		else
			p.column++;
	}
	return p;
}

const char *source_line(const struct source *src, uint32_t off, size_t *len)
{
	const char *at = src->text + clamp(src, off), *end;

	while (at > src->text && at[-1] != '\n')
		at--;
	end = memchr(at, '\n', (size_t)(src->text + src->len - at));
	*len = (size_t)((end ? end : src->text + src->len) - at);
	return at;
}
