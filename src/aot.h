/* SPDX-License-Identifier: Apache-2.0 */
/* aot - the launcher that ahead-of-time programs begin with, carried in this executable. */
#ifndef AOT_H
#define AOT_H

#include <stddef.h>

extern const char aot_launcher_start[], aot_launcher_end[];

static inline const void *aot_launcher(size_t *len)
{
	*len = (size_t)(aot_launcher_end - aot_launcher_start);
	return aot_launcher_start;
}

#endif
