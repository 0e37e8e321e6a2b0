/* SPDX-License-Identifier: Apache-2.0 */
/* probe_args - what 'args' and 'retval' hold in each program. */
#ifndef SEMA_PROBE_ARGS_H
#define SEMA_PROBE_ARGS_H

#include "sema/sema.h"

struct probe_arg;

/* Sets args and args_type of programs that use them. */
void probe_args_run(struct unit *u);
/* The type of one argument or return value. */
const struct type *probe_arg_type(struct unit *u, const struct program *p,
                                  const struct probe_arg *arg);

#endif
