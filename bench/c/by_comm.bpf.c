/* SPDX-License-Identifier: Apache-2.0 */
/* by_comm.bpf.c - counts by thread name */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct name {
	char text[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct name);
	__type(value, __u64);
} map SEC(".maps");

SEC("raw_tp/sys_enter") int on_event(void *ctx)
{
	struct name key;
	__u64 *n, one = 1;

	bpf_get_current_comm(&key, sizeof(key));
	n = bpf_map_lookup_elem(&map, &key);
	if (n)
		++*n;
	else
		bpf_map_update_elem(&map, &key, &one, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "GPL";
