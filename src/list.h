/* SPDX-License-Identifier: Apache-2.0 */
/* list - "-l": what there is to attach to. */
#ifndef LIST_H
#define LIST_H

#include "ast/unit.h"

/* Probes, or types of the kernel, that a pattern fits (NULL: all probes); with -v their arguments.
 */
int list_pattern(struct unit *u, const char *pattern);
/* The probes of a script. Returns the exit status. */
int list_script(struct unit *u);

#endif
