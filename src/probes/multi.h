/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multi - links that tie one program to many functions at once; features.h says whether there are
 * any.
 *
 * kprobe: Linux 5.18 with CONFIG_FPROBE. uprobe: Linux 6.6; newer than the libbpf that we build
 * with, so its part of bpf(2)'s attributes is written down in multi.c.
 */
#ifndef PROBES_MULTI_H
#define PROBES_MULTI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bpf_program;

/* bpf_attach_type of Linux 6.6 (linux/bpf.h). */
enum { MULTI_UPROBE_ATTACH_TYPE = 48 };

/* Both return a link's descriptor or -errno, and all functions are hooked or none is. */
int multi_kprobe_link(const struct bpf_program *prog, const char *const *name,
                      const uint64_t *cookie, size_t n, bool on_return);
/* pid 0: every process. semaphore: offsets of the counters of USDT probes, 0: none; may be NULL. */
int multi_uprobe_link(const struct bpf_program *prog, const char *path, const uint64_t *offset,
                      const uint64_t *semaphore, const uint64_t *cookie, size_t n, bool on_return,
                      uint32_t pid);

#endif
