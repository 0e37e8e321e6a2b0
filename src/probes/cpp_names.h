/* SPDX-License-Identifier: Apache-2.0 */
/* cpp_names - names of C++ functions. */
#ifndef PROBES_CPP_NAMES_H
#define PROBES_CPP_NAMES_H

#include <stdbool.h>

struct arena;

/* "ns::f(int)" of "_ZN2ns1fEi"; the symbol itself when it is none of C++'s, or where the program
 * was linked without a demangler (only the compiler needs one: it hands symbols on). */
const char *cpp_demangled(struct arena *a, const char *symbol);
/* The same, which the caller frees; NULL: it is none of C++'s, or there is no demangler. */
char *cpp_demangle(const char *symbol);
/* Whether a symbol's C++ name fits a pattern. Without '(' in it parameters do not count, so that it
 * means all overloads. */
bool cpp_matches(const char *pattern, const char *symbol);

#endif
