/* SPDX-License-Identifier: Apache-2.0 */
/* uprobe_link.c - the perf event of a uprobe. */

#include "probes/uprobe_link.h"

#include "probes/attach.h"
#include "probes/pmu.h"
#include "probes/probe.h"

#include <errno.h>
#include <linux/perf_event.h>

/* perf's config has the semaphore in its upper half (format/ref_ctr_offset, Linux 4.20). */
enum { SEMAPHORE_SHIFT = 32 };

int uprobe_link(struct probe_env *env, struct bpf_program *prog, const char *path,
                const struct uprobe_place *at, bool on_return, uint64_t cookie)
{
	int type = pmu_type("uprobe"), bit = pmu_retprobe_bit("uprobe"), pid = env_process(env);
	struct perf_event_attr attr = { 0 };

	if (type < 0 || bit < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config = (on_return ? 1ull << bit : 0) | at->semaphore << SEMAPHORE_SHIFT;
	/* Of a process, the kernel asks whose memory it is: all threads are in. Never inherited: the
	 * copy would read the path in the child's memory, and its fork() would fail. */
	attr.uprobe_path = (uint64_t)(uintptr_t)path;
	attr.probe_offset = at->offset;
	return perf_link(prog, &attr, pid, pid > 0 ? -1 : 0, cookie);
}
