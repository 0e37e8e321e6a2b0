/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - names of kinds. */

#include "image/kinds.h"

const char *kind_name(enum kind kind)
{
	static const char *const names[] = {
#define KIND(NAME, text) text,
#include "image/kinds.def"
#undef KIND
	};

	return kind < KIND_COUNT_OF ? names[kind] : "unknown";
}
