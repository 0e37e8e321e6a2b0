/* SPDX-License-Identifier: Apache-2.0 */
/* by_path.bpf.c - counts by the path that is opened */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct path {
	char text[256];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct path);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct path);
	__type(value, __u64);
} map SEC(".maps");

/* The arguments of a system call as x86-64 keeps them (struct pt_regs). */
struct regs {
	__u64 before[13], rsi;
};

SEC("raw_tp/sys_enter") int on_event(struct bpf_raw_tracepoint_args *ctx)
{
	enum { OPENAT = 257 };
	__u32 zero = 0;
	__u64 *n, one = 1;
	struct path *key;
	const char *name;

	if (ctx->args[1] != OPENAT)
		return 0;
	key = bpf_map_lookup_elem(&scratch, &zero);
	if (!key)
		return 0;
	bpf_probe_read_kernel(&name, sizeof(name), &((struct regs *)ctx->args[0])->rsi);
	__builtin_memset(key, 0, sizeof(*key));
	bpf_probe_read_user_str(key, sizeof(*key), name);
	n = bpf_map_lookup_elem(&map, key);
	if (n)
		++*n;
	else
		bpf_map_update_elem(&map, key, &one, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "GPL";
