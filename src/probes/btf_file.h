/* SPDX-License-Identifier: Apache-2.0 */
/* btf_file - an index over BTF, as btf_file.c makes it and btf.c looks things up in it. */
#ifndef PROBES_BTF_FILE_H
#define PROBES_BTF_FILE_H

#include "base/map.h"
#include "probes/btf.h"

struct btf_file {
	char *data;
	size_t size;
	bool mapped;
	const char *types, *names;
	uint32_t types_len, names_len;
	uint32_t *at; /* offset into types, by id - first_id */
	uint32_t count;
	uint32_t first_id;           /* 1, or the base's count of types */
	uint32_t first_name;         /* 0, or the base's length of names */
	const struct btf_file *base; /* NULL for vmlinux */
	struct btf_found *found;
};

/* What was looked for in one file before, there or not: modules ask their base the same again, and
 * so does each round of the compiler. Values are 1 more than what they stand for. */
struct btf_found {
	struct map names; /* name -> its offset, or 0 */
	struct map types; /* kind and offset of a name -> id, or 0 */
};

#endif
