/* SPDX-License-Identifier: Apache-2.0 */
/* bpf_programs.c - asks the kernel for its BPF programs. */

#include "probes/bpf_programs.h"

#include "base/mem.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <unistd.h>

typedef bool function_fn(void *arg, const struct bpf_function *f);

/* Which functions a program has; the caller frees. NULL: none, or unknown. */
static struct bpf_func_info *read_functions(int fd, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info), n;
	struct bpf_func_info *f;

	*info = (struct bpf_prog_info){ 0 };
	if (bpf_obj_get_info_by_fd(fd, info, &len) || !info->nr_func_info || !info->btf_id)
		return NULL;
	n = info->nr_func_info;
	f = mem_calloc(n, sizeof(*f));
	*info = (struct bpf_prog_info){
		.nr_func_info = n,
		.func_info_rec_size = sizeof(*f),
		.func_info = (uint64_t)(uintptr_t)f,
	};
	len = sizeof(*info);
	if (!bpf_obj_get_info_by_fd(fd, info, &len) && info->nr_func_info <= n)
		return f;
	free(f);
	return NULL;
}

static bool each_of(uint32_t id, function_fn *fn, void *arg)
{
	int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info;
	struct bpf_func_info *f = fd >= 0 ? read_functions(fd, &info) : NULL;
	struct btf *btf = f ? btf__load_from_kernel_by_id(info.btf_id) : NULL;
	bool more = true;

	for (uint32_t i = 0; btf && more && i < info.nr_func_info; i++) {
		const struct btf_type *t = btf__type_by_id(btf, f[i].type_id);
		struct bpf_function one = {
			.name = t ? btf__name_by_offset(btf, t->name_off) : NULL,
			.program = id,
			.btf_id = f[i].type_id,
		};

		more = !one.name || fn(arg, &one);
	}
	btf__free(btf);
	free(f);
	if (fd >= 0)
		close(fd);
	return more;
}

void bpf_functions_each(uint32_t program, function_fn *fn, void *arg)
{
	uint32_t id = 0;

	if (program) {
		each_of(program, fn, arg);
		return;
	}
	while (!bpf_prog_get_next_id(id, &id) && each_of(id, fn, arg))
		;
}
