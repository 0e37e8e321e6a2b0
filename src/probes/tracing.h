/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracing - programs that the kernel ties to a BTF function when they are loaded: fentry, fexit,
 * iter.
 *
 * libbpf finds the function by reading all of the kernel's BTF, 10-30 ms and tens of MB. Here
 * prepare() looks it up in our index, and a handler that libbpf calls for the section right before
 * it loads the program fills the result in.
 */
#ifndef PROBES_TRACING_H
#define PROBES_TRACING_H

#include <stdint.h>

struct bpf_program;

/* Before bpf_object__open, more than once does no harm: libbpf looks sections up when it opens. */
void tracing_register(void);
/* Before load: what the program will be tied to. module: of the BTF that has the id; NULL: vmlinux.
 * Returns 0 or -errno. */
int tracing_set_target(struct bpf_program *prog, uint32_t attach_type, const char *module,
                       uint32_t btf_id);
/* The same for a function of a BPF program: takes the program's descriptor over. */
void tracing_set_program(struct bpf_program *prog, uint32_t attach_type, int target,
                         uint32_t btf_id);
/* After load: closes what tracing_set_target has opened for the program. */
void tracing_forget(const struct bpf_program *prog);

#endif
