/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - from offsets to files, lines and columns. */

#include "base/source.h"

#include "base/arena.h"

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

/* -- parts -- */

/* The part that holds off; NULL: the script itself. */
static const struct source_part *part_at(const struct source *src, uint32_t off)
{
	size_t low = 0, high = src->parts.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (src->parts.v[middle].base <= off)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &src->parts.v[low - 1] : NULL;
}

static uint32_t add_part(struct source *src, struct arena *arena, struct source_part part)
{
	/* Half of the numbers: sums of an offset and a length do not wrap. */
	enum { OFFSETS = INT32_MAX };
	const struct source_part *last = src->parts.n ? &src->parts.v[src->parts.n - 1] : NULL;
	uint64_t base = last ? (uint64_t)last->base + last->len + 1 : (uint64_t)src->len + 1;

	if (base + part.len >= OFFSETS)
		return UINT32_MAX;
	part.base = (uint32_t)base;
	vec_push_in(arena, &src->parts, part);
	return part.base;
}

uint32_t source_add_file(struct source *src, struct arena *arena, const char *name,
                         const char *text, size_t len, bool library)
{
	if (len > INT32_MAX)
		return UINT32_MAX;
	return add_part(
		src, arena,
		(struct source_part){
			.len = (uint32_t)len, .name = name, .text = text, .library = library });
}

uint32_t source_add_expansion(struct source *src, struct arena *arena, struct span body,
                              struct span call)
{
	return add_part(src, arena,
	                (struct source_part){ .len = body.len, .spelled = body.off, .call = call });
}

struct span source_spelled(const struct source *src, struct span at)
{
	const struct source_part *p = part_at(src, at.off);

	if (span_is_none(at) || !p || p->text)
		return at;
	return (struct span){ at.off - p->base + p->spelled, at.len };
}

bool source_caller(const struct source *src, struct span at, struct span *call)
{
	const struct source_part *p = part_at(src, at.off);

	if (span_is_none(at) || !p || p->text)
		return false;
	*call = p->call;
	return true;
}

bool source_is_library(const struct source *src, struct span at)
{
	const struct source_part *p = part_at(src, source_spelled(src, at).off);

	return !span_is_none(at) && p && p->library;
}

/* -- text -- */

/* The file that off is written in, and off from its start on. */
static struct source_part file_at(const struct source *src, uint32_t *off)
{
	const struct source_part *p;
	struct source_part file = { .len = (uint32_t)src->len,
		                    .name = src->name,
		                    .text = src->text };

	*off = source_spelled(src, (struct span){ *off, 0 }).off;
	p = part_at(src, *off);
	if (p)
		file = *p;
	*off -= file.base;
	if (*off > file.len)
		*off = file.len;
	return file;
}

const char *source_name(const struct source *src, uint32_t off)
{
	return file_at(src, &off).name;
}

struct place source_place(const struct source *src, uint32_t off)
{
	const struct source_part file = file_at(src, &off);
	const char *at = file.text, *end = at + off, *newline;
	struct place p = { 1, 1 };

	/* Codegen asks for each expression: whole lines are stepped over. */
	for (; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1)
		p.line++;
	p.column += (uint32_t)(end - at);
	return p;
}

const char *source_text(const struct source *src, struct span at)
{
	uint32_t off = at.off;
	const struct source_part file = file_at(src, &off);

	if (span_is_none(at) || at.len > file.len - off)
		return NULL;
	return file.text + off;
}

const char *source_line(const struct source *src, uint32_t off, size_t *len)
{
	const struct source_part file = file_at(src, &off);
	const char *at = file.text + off, *end;

	while (at > file.text && at[-1] != '\n')
		at--;
	end = memchr(at, '\n', (size_t)(file.text + file.len - at));
	end = end ? end : file.text + file.len;
	*len = (size_t)(end - at);
	if (*len && end[-1] == '\r')
		--*len;
	return at;
}
