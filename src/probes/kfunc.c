/* SPDX-License-Identifier: Apache-2.0 */
/* kfunc.c - which of the kernel's functions programs may call. */

#include "probes/btf.h"
#include "probes/cache.h"
#include "probes/features.h"
#include "probes/probe.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

enum { LOG_BYTES = 4096 };

/* What a tracing program is tied to matters little; this event has always been there. */
static uint32_t some_event(void)
{
	struct probe_cache *c = probe_cache_new();
	const struct btf_file *b = btf_vmlinux(c);
	uint32_t id = b ? btf_find(b, BTF_KIND_TYPEDEF, "btf_trace_sys_enter") : 0;

	probe_cache_free(c);
	return id;
}

/* A program that calls the function without arguments. The verifier looks at the permission first;
 * what else it has to say about such a call does not count. */
bool kfunc_allowed(uint32_t prog_type, uint32_t attach_type, uint32_t id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .src_reg = BPF_PSEUDO_KFUNC_CALL,
		  .imm = (int32_t)id },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[LOG_BYTES] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
	            .log_level = 1, .expected_attach_type = attach_type);
	int fd;

	if (prog_type == BPF_PROG_TYPE_TRACING) {
		opts.expected_attach_type = BPF_TRACE_RAW_TP;
		opts.attach_btf_id = some_event();
	}
	fd = bpf_prog_load((enum bpf_prog_type)prog_type, NULL, "GPL", insns, 3, &opts);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || (*log && !strstr(log, "is not allowed") && !strstr(log, "not supported"));
}
