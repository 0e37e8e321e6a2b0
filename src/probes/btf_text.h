/* SPDX-License-Identifier: Apache-2.0 */
/* btf_text - types as C writes them. */
#ifndef PROBES_BTF_TEXT_H
#define PROBES_BTF_TEXT_H

#include <stdint.h>

struct arena;
struct btf_file;

/* "struct file *", "unsigned long", "char[16]". */
const char *btf_type_text(struct arena *a, const struct btf_file *b, uint32_t id);

/* The C definition of a struct, union or enum: "struct x {\n        int a;\n};". */
const char *btf_definition(struct arena *a, const struct btf_file *b, uint32_t id);

#endif
