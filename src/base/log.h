/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log - the tool's own voice on stderr: trouble that has no place in a script. Messages are printed
 * as they are written, in lower case.
 *
 *	log_error("cannot open '%s': %s", path, strerror(err));
 *	log_info(...)		only with -v
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

extern bool log_verbose;  /* -v */
extern bool log_warnings; /* --no-warnings clears it */

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for callers with a variable list of their own. */
void log_verror(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether messages on stderr are coloured: as SONDE_COLOR or BPFTRACE_COLOR says (always, never);
 * else on a terminal, with NO_COLOR unset (no-color.org). */
bool log_colour(void);

#endif
