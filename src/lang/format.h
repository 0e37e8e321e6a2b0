/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format - formats of printf and its relatives, checked at compile time.
 *
 *	%[-+ #0][width][.precision][hh h l ll j z t L]conversion
 *
 * Conversions: d i u o x X c p for numbers, s for everything, r rx rh for buffers, gr for the
 * kernel's allocation flags.
 */
#ifndef LANG_FORMAT_H
#define LANG_FORMAT_H

#include "sema/sema.h"

/* One conversion: len bytes at text, from '%' on. */
struct format_spec {
	const char *text;
	size_t len;
	bool (*takes)(const struct type *t); /* NULL: there is no such conversion */
};

/* Finds the next conversion at or behind *at and steps over it; "%%" is none. false: no more. */
bool format_next(const char **at, struct format_spec *spec);

/* Checks arguments 1.. of a call against the format that is its argument 0. Returns &type_none or
 * &type_error. */
const struct type *format_check(struct sema *s, struct expr *call);

/* The format without the '*'s of its conversions, which have no effect. */
const char *format_without_stars(struct unit *u, const char *format);

/* Where byte 'off' of a string literal stands in the script, escapes considered; the literal's own
 * span when it is not written there as it is (folded, or a parameter). */
struct span literal_span(const struct source *src, const struct expr *literal, size_t off,
                         size_t len);

#endif
