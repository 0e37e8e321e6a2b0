/* SPDX-License-Identifier: Apache-2.0 */
/* features - what this kernel can do, found out by asking it. */
#ifndef PROBES_FEATURES_H
#define PROBES_FEATURES_H

#include <stdbool.h>

/* Whether one link may serve many kernel functions (kprobe_multi). */
bool kprobe_multi_supported(void);

#endif
