/* SPDX-License-Identifier: Apache-2.0 */
/* features - what this kernel can do, found out by asking it, once. */
#ifndef PROBES_FEATURES_H
#define PROBES_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

/* Whether one link may serve many kernel functions (Linux 5.18, CONFIG_FPROBE), or many functions
 * of a file (Linux 6.6). */
bool kprobe_multi_supported(void);
bool uprobe_multi_supported(void);
/* Whether one program may run at entry and return of a function (Linux 6.10). */
bool kprobe_session_supported(void);
/* Whether programs of a type may call the kernel's function with this id in vmlinux's BTF. */
bool kfunc_allowed(uint32_t prog_type, uint32_t attach_type, uint32_t id);

#endif
