/* SPDX-License-Identifier: Apache-2.0 */
/*
 * man - the reference parts of sonde-lang(7), from the rows.
 *
 * Each part starts with a line that names it, @PROBES@, @CONFIG@ or @ROWS@; man/generate puts the
 * part in the place of the same line of sonde-lang.7.in.
 */
#ifndef LANG_MAN_H
#define LANG_MAN_H

#include <stdio.h>

struct lang_def;

void lang_print_man(FILE *out);
/* The manual's heading over a family of rows; NULL: it has none. */
const char *lang_family_title(const struct lang_def *family);

#endif
