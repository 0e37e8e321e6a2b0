/* SPDX-License-Identifier: Apache-2.0 */
/* binary - programs and libraries by the names that users give them. */
#ifndef PROBES_BINARY_H
#define PROBES_BINARY_H

#include <stdbool.h>
#include <stdint.h>

struct probe_cache;

/* Finds a binary the way a user means it: a path, a name in PATH, or a library ("libc", "c") from
 * the linker's cache; inside the mount namespace of pid unless 0. Returns 0 with *path in the
 * cache's memory, or -ENOENT. */
int binary_find(struct probe_cache *c, uint32_t pid, const char *name, const char **path);

/* Calls fn for each file that a pattern of paths fits; "*": those that the process, or any
 * process when pid is 0, has mapped to execute. Until fn returns false. */
void binaries_each(struct probe_cache *c, uint32_t pid, const char *pattern,
                   bool (*fn)(void *arg, const char *path), void *arg);

#endif
