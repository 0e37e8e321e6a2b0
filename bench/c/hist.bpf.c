/* SPDX-License-Identifier: Apache-2.0 */
/* hist.bpf.c - a log2 histogram in a per-CPU array of buckets */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 66);
	__type(key, __u32);
	__type(value, __u64);
} map SEC(".maps");

SEC("raw_tp/sys_enter") int on_event(void *ctx)
{
	__u64 v = bpf_ktime_get_boot_ns(), *n;
	__u32 bucket = 1;

	for (int shift = 32; shift; shift /= 2) {
		if (v >> shift) {
			v >>= shift;
			bucket += shift;
		}
	}
	n = bpf_map_lookup_elem(&map, &bucket);
	if (n)
		++*n;
	return 0;
}

char _license[] SEC("license") = "GPL";
