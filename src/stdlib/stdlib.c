/* SPDX-License-Identifier: Apache-2.0 */
/* stdlib.c - the texts and the index of their names, both made by 'embed'. */

#include "stdlib/stdlib.h"

#include <string.h>

#include "stdlib/stdlib.inc"

const struct stdlib_word *stdlib_find(const char *name)
{
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		if (!strcmp(w->name, name))
			return w;
	return NULL;
}
