/* SPDX-License-Identifier: Apache-2.0 */
/* tracing.c - loads tracing programs without libbpf's reading of BTF. */

#include "probes/tracing.h"

#include "base/bug.h"
#include "base/vec.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Filled before load, read by libbpf's callback, which has no room for a pointer of ours. */
struct tied {
	const struct bpf_program *prog;
	uint32_t attach_type, btf_id;
	int btf_fd;  /* of the module; 0: vmlinux */
	int prog_fd; /* of the BPF program that is traced; 0: none */
};

static VEC(struct tied) tied;

static struct tied *find_tied(const struct bpf_program *prog)
{
	vec_each (i, &tied)
		if (tied.v[i].prog == prog)
			return &tied.v[i];
	return NULL;
}

static int fill_in(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct tied *t = find_tied(prog);

	if (!t)
		return -EINVAL;
	opts->expected_attach_type = t->attach_type;
	opts->attach_btf_id = t->btf_id;
	opts->attach_btf_obj_fd = (uint32_t)t->btf_fd;
	opts->attach_prog_fd = (uint32_t)t->prog_fd;
	/* Only now: a program of this type makes libbpf read BTF before it loads anything. */
	return bpf_program__set_type(prog, BPF_PROG_TYPE_TRACING);
}

void tracing_register(void)
{
	static const char *const sections[] = { "fentry+", "fexit+", "iter+", "tp_btf+" };
	static bool done;
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = fill_in);

	if (done)
		return;
	done = true;
	for (size_t i = 0; i < countof(sections); i++)
		libbpf_register_prog_handler(sections[i], BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &opts);
}

/* The descriptor of a module's BTF object, which the kernel numbers like programs and maps. */
static int open_module_btf(const char *module)
{
	uint32_t id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { 0 };
		uint32_t len = sizeof(info);
		char name[64] = "";
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0)
			continue;
		info.name = (uint64_t)(uintptr_t)name;
		info.name_len = sizeof(name);
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf &&
		    !strcmp(name, module))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

int tracing_set_target(struct bpf_program *prog, uint32_t attach_type, const char *module,
                       uint32_t btf_id)
{
	struct tied t = { .prog = prog, .attach_type = attach_type, .btf_id = btf_id };

	if (module && strcmp(module, "vmlinux")) {
		t.btf_fd = open_module_btf(module);
		if (t.btf_fd < 0)
			return t.btf_fd;
	}
	tracing_forget(prog);
	vec_push(&tied, t);
	return 0;
}

void tracing_set_program(struct bpf_program *prog, uint32_t attach_type, int target,
                         uint32_t btf_id)
{
	tracing_forget(prog);
	vec_push(&tied, ((struct tied){ .prog = prog,
	                                .attach_type = attach_type,
	                                .btf_id = btf_id,
	                                .prog_fd = target }));
}

void tracing_forget(const struct bpf_program *prog)
{
	struct tied *t = find_tied(prog);

	if (!t)
		return;
	if (t->btf_fd)
		close(t->btf_fd);
	if (t->prog_fd)
		close(t->prog_fd);
	*t = tied.v[--tied.n];
	if (!tied.n)
		vec_release(&tied);
}
