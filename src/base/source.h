/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source - a script's text, and places in it.
 *
 * A place is a span: offset and length in bytes. Lines and columns are
 * computed when a message is printed, from 1, columns in bytes.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct span {
	uint32_t off, len;
};

/* "No place": messages about it are printed without a source line. */
#define SPAN_NONE ((struct span){ UINT32_MAX, 0 })

struct source {
	const char *name; /* as messages show it: a path, or "stdin" */
	const char *text; /* len bytes and a NUL; borrowed */
	size_t len;
};

struct place {
	uint32_t line, column; /* both from 1 */
};

/* From the start of a to the end of b. */
struct span span_join(struct span a, struct span b);
static inline int span_is_none(struct span s)
{
	return s.off == UINT32_MAX;
}
struct place source_place(const struct source *src, uint32_t off);
/* The line that holds off, without its newline; its length in *len. */
const char *source_line(const struct source *src, uint32_t off, size_t *len);

#endif
