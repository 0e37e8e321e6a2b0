/* SPDX-License-Identifier: Apache-2.0 */
/* symbols - what names of addresses are made of, for the files that make them. */
#ifndef RUNTIME_SYMBOLS_H
#define RUNTIME_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct elf_file;
struct rt;
struct strbuf;
struct user_place;

/* Something that a process has mapped to execute. */
struct mapping {
	uint64_t start, end, offset;
	const char *path; /* as seen from here; NULL: no file */
	const char *name; /* as the process sees it: a path, "[vdso]", "" */
};

/* A user address in its file. */
struct user_spot {
	struct elf_file *file;
	uint64_t address;   /* virtual, in the file */
	const char *module; /* the file as the process names it, also when it cannot be read; NULL:
	                       none */
};

bool user_locate(struct rt *rt, const struct user_place *at, uint64_t address,
                 struct user_spot *spot);

/* The mapping of an address, also when the process has ended since it was first heard of. NULL:
 * none. */
const struct mapping *process_mapping(struct rt *rt, uint32_t pid, uint64_t address);
/* A process that may end soon: its mappings are read now, once more if this address is in none. */
void process_note(struct rt *rt, uint32_t pid, uint64_t address);
/* The name that a program which makes code at run time has left in /tmp/perf-PID.map; NULL: none.
 */
const char *perf_map_name(struct rt *rt, uint32_t pid, uint64_t address, uint64_t *offset);
void processes_free(struct rt *rt);

#endif
