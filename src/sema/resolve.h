/* SPDX-License-Identifier: Apache-2.0 */
/* resolve - what the passes of sema share about names. */
#ifndef SEMA_RESOLVE_H
#define SEMA_RESOLVE_H

#include "sema/sema.h"

/* The map of this name, made when it is new. */
struct map_var *map_var_get(struct unit *u, const char *name, struct span span);

#endif
