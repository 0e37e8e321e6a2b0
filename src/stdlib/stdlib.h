/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stdlib - the standard library: what the language can say of itself, as macros in *.bt.
 *
 * The texts are part of the executable; a script pays only for the files whose names it mentions.
 * A macro's comment is its entry in the manual: how it is called, a sentence or two, and behind a
 * tab an example.
 *
 *	// twice(n) -> int64
 *	// Two times a number.
 *	//	begin { print(twice(2)); }
 *	macro twice(n) { n * 2 }
 */
#ifndef STDLIB_STDLIB_H
#define STDLIB_STDLIB_H

#include <stddef.h>
#include <stdint.h>

struct stdlib_file {
	const char *name; /* "stdlib/base.bt" */
	const char *text; /* len bytes and a NUL */
	size_t len;
};

struct stdlib_word {
	const char *name;
	uint32_t file;                      /* that defines it */
	const char *head, *brief, *example; /* for the manual */
};

/* At most 64; ended by one without a name, as is the list of words. */
extern const struct stdlib_file stdlib_files[];
extern const struct stdlib_word stdlib_words[];

/* The word of this name, or NULL. */
const struct stdlib_word *stdlib_find(const char *name);

#endif
