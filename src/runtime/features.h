/* SPDX-License-Identifier: Apache-2.0 */
/* features - what this build and this kernel can do: "--info". */
#ifndef RUNTIME_FEATURES_H
#define RUNTIME_FEATURES_H

#include <stdio.h>

/* compiler: the version of LLVM; NULL: this program has none. */
void rt_print_info(FILE *out, const char *compiler);

#endif
