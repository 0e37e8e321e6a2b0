/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache - what the files of this module have read, kept for the next question.
 *
 * Each member belongs to the file that its comment names; nothing is read before it is asked for.
 */
#ifndef PROBES_CACHE_H
#define PROBES_CACHE_H

#include "base/arena.h"
#include "base/map.h"

#include <stdbool.h>

struct btf_file;
struct ksyms;

struct probe_cache {
	struct arena arena;    /* names and paths that results point to */
	int tracefs_fd;        /* tracefs.c: the root of tracefs; -1: not looked for, or none */
	int tracefs_err;       /* why there is none, as -errno */
	struct ksyms *ksyms;   /* symbols.c */
	const char *traceable; /* symbols.c: a file to read instead of available_filter_functions */
	struct map elf;        /* elf.c: path -> struct elf_file */
	struct map elf_ids;    /* elf.c: struct file_id -> struct elf_file, each once */
	struct map binaries;   /* binary.c: "pid:name" -> path */
	struct map btf;        /* btf.c: module -> struct btf_file, or btf_none */
};

void ksyms_free(struct ksyms *k);
void elf_files_free(struct probe_cache *c);
void btf_files_free(struct map *files);

#endif
