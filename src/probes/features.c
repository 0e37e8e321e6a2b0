/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - what this kernel can do, found out by asking it. */

#include "probes/private.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

/* A program that does nothing, of a type and attach type. */
static int load_nothing(enum bpf_prog_type type, enum bpf_attach_type attach)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);

	return bpf_prog_load(type, "sonde_probe", "GPL", nothing, 2, &opts);
}

/* Kernels without it reject the link's attach type (5.18; CONFIG_FPROBE). */
bool kprobe_multi_supported(void)
{
	static int known = -1;
	const char *symbol = "vfs_read";
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1, .kprobe_multi.syms = &symbol);
	int prog, link;

	if (known >= 0)
		return known;
	prog = load_nothing(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI);
	link = prog < 0 ? prog : bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	known = link >= 0;
	if (link >= 0)
		close(link);
	if (prog >= 0)
		close(prog);
	return known;
}
