/* SPDX-License-Identifier: Apache-2.0 */
/* btf_print - definitions of types, as C writes them. */
#ifndef PROBES_BTF_PRINT_H
#define PROBES_BTF_PRINT_H

#include <stdint.h>

struct arena;
struct btf_file;

/* "struct list_head {\n    struct list_head *next; ...};" of a struct, union or enum. */
const char *btf_definition(struct arena *a, const struct btf_file *b, uint32_t id);

#endif
