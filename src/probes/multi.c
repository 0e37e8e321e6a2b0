/* SPDX-License-Identifier: Apache-2.0 */
/* multi.c - kprobe and uprobe multi links, and whether there are any. */

#include "probes/multi.h"

#include "probes/features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* link_create of union bpf_attr, as Linux 6.6 has it for uprobes. */
struct uprobe_multi_attr {
	uint32_t prog_fd, target_fd, attach_type, link_flags;
	uint64_t path, offsets, ref_ctr_offsets, cookies;
	uint32_t cnt, flags, pid, unused;
};

enum { UPROBE_MULTI_RETURN = 1 };

static int uprobe_link_create(const struct uprobe_multi_attr *attr)
{
	int fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, attr, sizeof(*attr));

	return fd < 0 ? -errno : fd;
}

/* A program that does nothing, for asking. */
static int load_empty(enum bpf_attach_type type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);

	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", insns, 2, &opts);
}

/* A kernel that knows the link reads what the addresses point to, and fails; one that does not
 * fails earlier, with another error. No function is hooked in either case. */
static const uint64_t unreadable = 1;

static bool ask_kprobe(int prog)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 1,
	            .kprobe_multi.addrs = (const unsigned long *)(uintptr_t)unreadable);
	int fd = bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EFAULT;
}

static bool ask_uprobe(int prog)
{
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)prog,
		.attach_type = MULTI_UPROBE_ATTACH_TYPE,
		.path = unreadable,
		.offsets = unreadable,
		.cnt = 1,
	};
	int fd = uprobe_link_create(&attr);

	if (fd >= 0)
		close(fd);
	return fd == -EFAULT;
}

static bool ask(enum bpf_attach_type type, bool (*fn)(int prog))
{
	int prog = load_empty(type);
	bool yes = prog >= 0 && fn(prog);

	if (prog >= 0)
		close(prog);
	return yes;
}

bool kprobe_multi_supported(void)
{
	static int known = -1;

	if (known < 0)
		known = ask(BPF_TRACE_KPROBE_MULTI, ask_kprobe);
	return known;
}

/* bpf_attach_type of Linux 6.10 (linux/bpf.h). */
enum { KPROBE_SESSION_ATTACH_TYPE = 56 };

static bool ask_session(int prog)
{
	/* libbpf does not know the type: this is link_create's part of bpf(2)'s attributes. */
	struct {
		uint32_t prog_fd, target_fd, attach_type, link_flags;
		uint32_t flags, cnt;
		uint64_t syms, addrs, cookies;
	} attr = {
		.prog_fd = (uint32_t)prog,
		.attach_type = KPROBE_SESSION_ATTACH_TYPE,
		.cnt = 1,
		.addrs = unreadable,
	};

	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr)) < 0 && errno == EFAULT;
}

bool kprobe_session_supported(void)
{
	static int known = -1;

	if (known < 0)
		known = ask((enum bpf_attach_type)KPROBE_SESSION_ATTACH_TYPE, ask_session);
	return known;
}

bool uprobe_multi_supported(void)
{
	static int known = -1;

	if (known < 0)
		known = ask((enum bpf_attach_type)MULTI_UPROBE_ATTACH_TYPE, ask_uprobe);
	return known;
}

int multi_kprobe_link(const struct bpf_program *prog, const char *const *name,
                      const uint64_t *cookie, size_t n, bool on_return)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.syms = (const char **)name,
	            .kprobe_multi.cookies = (const __u64 *)cookie, .kprobe_multi.cnt = (__u32)n,
	            .kprobe_multi.flags = on_return ? BPF_F_KPROBE_MULTI_RETURN : 0);
	int fd = bpf_link_create(bpf_program__fd(prog), 0, BPF_TRACE_KPROBE_MULTI, &opts);

	return fd < 0 ? -errno : fd;
}

int multi_uprobe_link(const struct bpf_program *prog, const char *path, const uint64_t *offset,
                      const uint64_t *semaphore, const uint64_t *cookie, size_t n, bool on_return,
                      uint32_t pid)
{
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)bpf_program__fd(prog),
		.attach_type = MULTI_UPROBE_ATTACH_TYPE,
		.path = (uint64_t)(uintptr_t)path,
		.offsets = (uint64_t)(uintptr_t)offset,
		.ref_ctr_offsets = (uint64_t)(uintptr_t)semaphore,
		.cookies = (uint64_t)(uintptr_t)cookie,
		.cnt = (uint32_t)n,
		.flags = on_return ? UPROBE_MULTI_RETURN : 0,
		.pid = pid,
	};

	return uprobe_link_create(&attr);
}
