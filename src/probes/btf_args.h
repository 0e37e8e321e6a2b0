/* SPDX-License-Identifier: Apache-2.0 */
/* btf_args - arguments of a kernel function, from its BTF. */
#ifndef PROBES_BTF_ARGS_H
#define PROBES_BTF_ARGS_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct btf_file;
struct probe_args;

/* Parameters of a FUNC or FUNC_PROTO behind the first 'skip', as words of the context; the result,
 * if there is one, behind them. module: as in struct probe_arg. */
void btf_args(struct arena *a, const struct btf_file *b, const char *module, uint32_t id,
              uint32_t skip, struct probe_args *out);
/* Whether the kernel has trampolines (fentry, fexit) for functions of this type. */
bool btf_trampoline(const struct btf_file *b, uint32_t id);

#endif
