/* SPDX-License-Identifier: Apache-2.0 */
/* empty.bpf.c - does nothing */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>


SEC("raw_tp/sys_enter") int on_event(void *ctx)
{

	return 0;
}

char _license[] SEC("license") = "GPL";
