/* SPDX-License-Identifier: Apache-2.0 */
/* uprobe_link - one place in a file, tied to a program by a perf event. */
#ifndef PROBES_UPROBE_LINK_H
#define PROBES_UPROBE_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_program;
struct probe_env;

/* Offsets in the file. */
struct uprobe_place {
	uint64_t offset;
	uint64_t semaphore; /* a u16 that counts who listens (USDT); 0: none */
};

/* In the process of -p or -c, or in all. Returns the link or -errno. */
int uprobe_link(struct probe_env *env, struct bpf_program *prog, const char *path,
                const struct uprobe_place *at, bool on_return, uint64_t cookie);

#endif
