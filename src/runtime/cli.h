/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli - values of options that the tool and the programs it makes have in common.
 *
 * Each function returns false after it has said what is wrong.
 */
#ifndef RUNTIME_CLI_H
#define RUNTIME_CLI_H

#include "runtime/run.h"

bool option_pid(const char *text, pid_t *pid);
bool option_format(const char *text, bool *json);
bool option_buffering(const char *text, enum rt_buffering *buffering);

/* Whether this process has the capabilities that loading and attaching programs takes. */
bool may_trace(void);

#endif
