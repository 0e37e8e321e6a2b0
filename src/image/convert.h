/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert - the conversions of formats: "%-8.3ld".
 *
 *	%[-+ #0][width][.precision][hh h l ll j z t L]conversion
 *
 *	struct conversion c;
 *	format = conversion_parse(format + 1, &c);
 *	if (*c.conv == 's')
 *		convert_text(sb, &c, text, len);
 *	else
 *		convert_number(sb, &c, v);		d i u o x X c p, gr
 *
 * As in printf(3), with "gr" for the kernel's allocation flags; r, rx and rh are those of buffers.
 */
#ifndef IMAGE_CONVERT_H
#define IMAGE_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

enum { CONVERSION_MOST = 65535 }; /* of width and precision */

struct conversion {
	bool left, plus, space, alt, zero;
	int width, precision; /* precision -1: none; CONVERSION_MOST + 1: too much */
	char length[3];
	const char *conv; /* in the format */
	size_t conv_len;
};

/* Reads a conversion behind '%'; returns what follows it. */
const char *conversion_parse(const char *at, struct conversion *c);
/* Pads and cuts. */
void convert_text(struct strbuf *sb, const struct conversion *c, const char *text, size_t len);
void convert_number(struct strbuf *sb, const struct conversion *c, int64_t v);

#endif
