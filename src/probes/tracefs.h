/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracefs - the kernel's files about tracepoints and traceable functions.
 *
 * Usually mounted on /sys/kernel/tracing. Where it is not, root gets a mount of its own that
 * nobody else sees and that ends with the process. SONDE_TRACEFS names another directory.
 */
#ifndef PROBES_TRACEFS_H
#define PROBES_TRACEFS_H

#include <stdbool.h>

struct probe_cache;
struct probe_env;
struct probe_target;
struct strbuf;

/* A descriptor of the root, owned by the cache, or -errno. */
int tracefs_root(struct probe_cache *c);
/* Reads a file, its path relative to the root. Returns 0 or -errno. */
int tracefs_read(struct probe_cache *c, const char *path, struct strbuf *out);
bool tracefs_has(struct probe_cache *c, const char *path);
/* Says why tracefs cannot be read, and what to do. Returns err. */
int tracefs_failed(struct probe_env *env, const struct probe_target *t, int err);

#endif
