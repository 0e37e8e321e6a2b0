/* SPDX-License-Identifier: Apache-2.0 */
/* start.bpf.c - keeps a time by thread, in place when it is there */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} map SEC(".maps");

SEC("raw_tp/sys_enter") int on_event(void *ctx)
{
	__u32 key = (__u32)bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_boot_ns(), *v = bpf_map_lookup_elem(&map, &key);

	if (v)
		*v = now;
	else
		bpf_map_update_elem(&map, &key, &now, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "GPL";
