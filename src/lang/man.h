/* SPDX-License-Identifier: Apache-2.0 */
/* man - the reference part of sonde-lang(7), from the rows. */
#ifndef LANG_MAN_H
#define LANG_MAN_H

#include <stdio.h>

void lang_print_man(FILE *out);

#endif
