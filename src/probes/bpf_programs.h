/* SPDX-License-Identifier: Apache-2.0 */
/* bpf_programs - functions of BPF programs that run in the kernel now. */
#ifndef PROBES_BPF_PROGRAMS_H
#define PROBES_BPF_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

/* A function: the program itself, or one that it calls. */
struct bpf_function {
	const char *name; /* as long as the call */
	uint32_t program; /* id */
	uint32_t btf_id;  /* in the program's BTF */
};

/* Calls fn for each function of the program with this id, or of all when it is 0, until it returns
 * false. Programs without BTF have no names. */
void bpf_functions_each(uint32_t program, bool (*fn)(void *arg, const struct bpf_function *f),
                        void *arg);

#endif
