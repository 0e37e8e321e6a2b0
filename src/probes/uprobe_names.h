/* SPDX-License-Identifier: Apache-2.0 */
/* uprobe_names - names of C++ functions, and of many binaries at once. */
#ifndef PROBES_UPROBE_NAMES_H
#define PROBES_UPROBE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct probe_cache;

/* "ns::f(int)" of "_ZN2ns1fEi"; the symbol itself when it is none of C++'s, or where the program
 * was linked without a demangler (only the compiler needs one: it hands symbols on). */
const char *cpp_demangled(struct arena *a, const char *symbol);
/* The same, which the caller frees; NULL: it is none of C++'s, or there is no demangler. */
char *cpp_demangle(const char *symbol);
/* Whether a symbol's C++ name fits a pattern. Without '(' in it parameters do not count, so that it
 * means all overloads. */
bool cpp_matches(const char *pattern, const char *symbol);

/* Calls fn for each file that a pattern of paths fits; "*": those that the process, or any
 * process when pid is 0, has mapped to execute. Until fn returns false. */
void binaries_each(struct probe_cache *c, uint32_t pid, const char *pattern,
                   bool (*fn)(void *arg, const char *path), void *arg);

#endif
