/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - the tool's own voice. */

#include "base/log.h"

#include "base/bug.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool log_verbose;
bool log_warnings = true;

bool log_colour(void)
{
	static const char *const asked[] = { "SONDE_COLOR", "BPFTRACE_COLOR" };
	const char *no = getenv("NO_COLOR"), *value;

	for (size_t i = 0; i < countof(asked); i++) {
		value = getenv(asked[i]);
		if (value && !strcmp(value, "always"))
			return true;
		if (value && !strcmp(value, "never"))
			return false;
	}
	return (!no || !*no) && isatty(STDERR_FILENO);
}

/* What is said may quote names and texts from anywhere. */
static void say(const char *level, const char *colour, const char *fmt, va_list ap)
{
	struct strbuf raw = STRBUF_INIT, text = STRBUF_INIT;
	bool c = *colour && log_colour();

	strbuf_vaddf(&raw, fmt, ap);
	text_safe(&text, raw.buf, raw.len);
	fflush(stdout);
	fprintf(stderr, "%s%s%s%s\n", c ? colour : "", level, c ? "\033[0m" : "", text.buf);
	strbuf_release(&raw);
	strbuf_release(&text);
}

void log_verror(const char *fmt, va_list ap)
{
	say("ERROR: ", "\033[1;31m", fmt, ap);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_verror(fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	if (!log_warnings)
		return;
	va_start(ap, fmt);
	say("WARNING: ", "\033[1;33m", fmt, ap);
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
