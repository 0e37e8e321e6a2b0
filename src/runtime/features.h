/* SPDX-License-Identifier: Apache-2.0 */
/* features - what this build and this kernel can do: "--info". */
#ifndef RUNTIME_FEATURES_H
#define RUNTIME_FEATURES_H

#include <stdbool.h>
#include <stdio.h>

/* compiler: the version of LLVM; NULL: this program has none. */
void rt_print_info(FILE *out, const char *compiler);
/* bpf_loop (Linux 5.17, and older ones that have been given it). */
bool rt_has_loop(void);

#endif
