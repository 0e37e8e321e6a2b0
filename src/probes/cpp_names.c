/* SPDX-License-Identifier: Apache-2.0 */
/* cpp_names.c - names of C++ functions as they are written in the source. */

#include "probes/cpp_names.h"

#include "base/arena.h"
#include "probes/probe.h"

#include <stdlib.h>
#include <string.h>

/* Of the C++ runtime (Itanium C++ ABI, 3.4), which the compiler links for LLVM's sake. */
char *__cxa_demangle(const char *name, char *buf, size_t *len, int *status) __attribute__((weak));

char *cpp_demangle(const char *symbol)
{
	int status;

	if (strncmp(symbol, "_Z", 2) || !__cxa_demangle)
		return NULL;
	return __cxa_demangle(symbol, NULL, NULL, &status);
}

const char *cpp_demangled(struct arena *a, const char *symbol)
{
	char *text = cpp_demangle(symbol);
	const char *copy = text ? arena_strdup(a, text) : symbol;

	free(text);
	return copy;
}

/* Where "(int)" of "f(int)" starts, or NULL; the '(' of "operator()" belongs to the name. */
static char *parameters(const char *name)
{
	static const char call[] = "operator()";
	const char *at = strstr(name, call);

	return strchr(at ? at + strlen(call) : name, '(');
}

bool cpp_matches(const char *pattern, const char *symbol)
{
	char *text = cpp_demangle(symbol);
	char *end = text && !parameters(pattern) ? parameters(text) : NULL;
	bool fits;

	if (end)
		*end = '\0';
	fits = wildcard_match(pattern, text ? text : symbol);
	free(text);
	return fits;
}
