/* SPDX-License-Identifier: Apache-2.0 */
/* count.bpf.c - counts in a per-CPU array */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} map SEC(".maps");

SEC("raw_tp/sys_enter") int on_event(void *ctx)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&map, &zero);

	if (n)
		++*n;
	return 0;
}

char _license[] SEC("license") = "GPL";
