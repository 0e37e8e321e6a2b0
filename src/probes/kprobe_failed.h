/* SPDX-License-Identifier: Apache-2.0 */
/* kprobe_failed - what to say of a kernel function that cannot be hooked. */
#ifndef PROBES_KPROBE_FAILED_H
#define PROBES_KPROBE_FAILED_H

struct attachment;
struct probe_env;
struct probe_target;

/* Reports the error, releases a (may be NULL), sets errno and returns NULL: attach_failed for
 * kprobes. */
struct attachment *kprobe_failed(struct probe_env *env, const struct probe_target *t,
                                 struct attachment *a, int err);

#endif
