/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source - a script's text, and places in it.
 *
 * A place is a span: offset and length in bytes. Lines and columns are
 * computed when a message is printed, from 1, columns in bytes.
 *
 * A script may consist of more than its own text: imported files, the
 * standard library, and what macros expand to. Each of these parts has a
 * range of offsets behind the script's own, so that a place is a span all
 * the same. An expansion repeats text that is written elsewhere: its range
 * leads to where that is (source_spelled) and to the call that it stands
 * for (source_caller).
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	uint32_t off, len;
};

/* "No place": messages about it are printed without a source line. */
#define SPAN_NONE ((struct span){ UINT32_MAX, 0 })

struct source_part {
	uint32_t base, len;      /* offsets base .. base + len, the end included */
	const char *name, *text; /* of a file; NULL: an expansion */
	bool library;            /* a file of the standard library */
	uint32_t spelled;        /* expansions: where 'base' is written */
	struct span call;        /* expansions: what they stand for */
};

struct source {
	const char *name; /* as messages show it: a path, or "stdin" */
	const char *text; /* len bytes and a NUL; borrowed */
	size_t len;
	VEC(struct source_part) parts; /* by base */
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

/* Adds a file (name and text are borrowed) or an expansion of the text at 'body'; returns the first
 * of its offsets, or UINT32_MAX when there are no offsets left. */
uint32_t source_add_file(struct source *src, struct arena *arena, const char *name,
                         const char *text, size_t len, bool library);
uint32_t source_add_expansion(struct source *src, struct arena *arena, struct span body,
                              struct span call);

/* Where a place is written: itself, unless it is in an expansion. */
struct span source_spelled(const struct source *src, struct span at);
/* The call that a place was expanded from; false: it is in no expansion. */
bool source_caller(const struct source *src, struct span at, struct span *call);
/* Whether a place is written in the standard library. */
bool source_is_library(const struct source *src, struct span at);

/* The file that holds off, and the place in it. */
const char *source_name(const struct source *src, uint32_t off);
struct place source_place(const struct source *src, uint32_t off);
/* The text of a place; NULL: it is not within one file. */
const char *source_text(const struct source *src, struct span at);
/* The line that holds off, without its newline (or CR and newline); its length in *len. */
const char *source_line(const struct source *src, uint32_t off, size_t *len);

#endif
