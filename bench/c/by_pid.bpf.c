/* SPDX-License-Identifier: Apache-2.0 */
/* by_pid.bpf.c - counts by process */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} map SEC(".maps");

SEC("raw_tp/sys_enter") int on_event(void *ctx)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;
	__u64 *n = bpf_map_lookup_elem(&map, &key), one = 1;

	if (n)
		++*n;
	else
		bpf_map_update_elem(&map, &key, &one, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "GPL";
