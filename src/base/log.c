/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - the tool's own voice. */

#include "base/log.h"

#include "base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool log_verbose;
bool log_warnings = true;

bool log_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (!no || !*no) && isatty(STDERR_FILENO);
}

static void say(const char *level, const char *colour, const char *fmt, va_list ap)
{
	bool c = *colour && log_colour();

	fflush(stdout);
	fprintf(stderr, "%s%s%s", c ? colour : "", level, c ? "\033[0m" : "");
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("error: ", "\033[1;31m", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	if (!log_warnings)
		return;
	va_start(ap, fmt);
	say("warning: ", "\033[1;33m", fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (!log_verbose)
		return;
	va_start(ap, fmt);
	say("info: ", "", fmt, ap);
	va_end(ap);
}

_Noreturn void bug(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "sonde: internal error at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\nThis is a bug in sonde, not in your script.\n", stderr);
	abort();
}
