/* SPDX-License-Identifier: Apache-2.0 */
/* An object that was written to be loaded by itself: programs, and what they call. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

static long total = 40;

__attribute__((noinline)) long add_up(long by)
{
	total += by;
	return total;
}

SEC("kprobe/no_such_function")
int on_call(void *ctx)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&hits, &zero);

	if (n)
		*n += 1;
	return (int)add_up(1);
}

SEC("tracepoint/syscalls/sys_enter_read")
int on_read(void *ctx)
{
	bpf_printk("read %d", 1);
	return on_call(ctx) + (int)add_up(1000);
}

char LICENSE[] SEC("license") = "GPL";
