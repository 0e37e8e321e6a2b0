/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem - allocation that does not fail: when memory is out, the process ends.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);
void *mem_calloc(size_t n, size_t size);
void *mem_realloc(void *p, size_t size);
_Noreturn void mem_exhausted(void);

#endif
