/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - links, perf events, and why they fail. */

#include "probes/attach.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "image/meta.h"
#include "probes/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attachment {
	VEC(int) fds;
	size_t targets;
	bool slow;
};

struct attachment *attachment_new(void)
{
	struct attachment *a = mem_calloc(1, sizeof(*a));

	a->targets = 1;
	return a;
}

void attachment_add(struct attachment *a, int fd)
{
	vec_push(&a->fds, fd);
}

void attachment_serves(struct attachment *a, size_t targets)
{
	a->targets = targets;
}

size_t attachment_targets(const struct attachment *a)
{
	return a->targets;
}

int attachment_first(const struct attachment *a)
{
	return a->fds.n ? a->fds.v[0] : -1;
}

void attachment_mark_slow(struct attachment *a)
{
	a->slow = true;
}

bool attachment_is_slow(const struct attachment *a)
{
	return a->slow;
}

void attachment_detach(struct attachment *a)
{
	if (!a)
		return;
	vec_each (i, &a->fds)
		close(a->fds.v[i]);
	vec_release(&a->fds);
	free(a);
}

/* -- perf events -- */

int perf_link(struct bpf_program *prog, struct perf_event_attr *attr, int pid, int cpu,
              uint64_t cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int event, link;

	attr->size = sizeof(*attr);
	attr->disabled = 1;
	event = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return -errno;
	/* The link holds the event from here on (Linux 5.15). */
	link = bpf_link_create(bpf_program__fd(prog), event, BPF_PERF_EVENT, &opts);
	if (link < 0)
		link = -errno;
	else if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0)) {
		int err = -errno;

		close(link);
		link = err;
	}
	close(event);
	return link;
}

int env_process(const struct probe_env *env)
{
	if (env->pid)
		return (int)env->pid;
	return env->child_pid ? (int)env->child_pid : -1;
}

/* perf's "pid" is a thread: every thread gets an event, which its children inherit. */
static struct attachment *attach_threads(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog, struct perf_event_attr *attr)
{
	struct attachment *a = attachment_new();
	const struct dirent *e;
	char path[64];
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", env_process(env));
	dir = opendir(path);
	if (!dir)
		return attach_failed(env, t, a, -ESRCH);
	attr->inherit = 1;
	while (!err && (e = readdir(dir))) {
		int tid = atoi(e->d_name), fd;

		if (!tid)
			continue;
		fd = perf_link(prog, attr, tid, -1, t->cookie);
		if (fd >= 0)
			attachment_add(a, fd);
		else if (fd != -ESRCH) /* ended meanwhile */
			err = fd;
	}
	closedir(dir);
	if (!err && !a->fds.n)
		err = -ESRCH;
	return err ? attach_failed(env, t, a, err) : a;
}

static struct attachment *attach_cpus(struct probe_env *env, const struct probe_target *t,
                                      struct bpf_program *prog, struct perf_event_attr *attr)
{
	struct attachment *a = attachment_new();

	for (int cpu = cpu_next_online(-1); cpu >= 0; cpu = cpu_next_online(cpu)) {
		int fd = perf_link(prog, attr, -1, cpu, t->cookie);

		if (fd < 0)
			return attach_failed(env, t, a, fd);
		attachment_add(a, fd);
	}
	return a;
}

/* Also an event without a tracepoint waits for a grace period when it is closed: 10 ms. */
struct attachment *perf_attach_all(struct probe_env *env, const struct probe_target *t,
                                   struct bpf_program *prog, struct perf_event_attr *attr)
{
	struct attachment *a = env_process(env) > 0 ? attach_threads(env, t, prog, attr)
	                                            : attach_cpus(env, t, prog, attr);

	if (a)
		attachment_mark_slow(a);
	return a;
}

/* The file reads "0-3,8". */
int cpu_next_online(int cpu)
{
	struct strbuf sb = STRBUF_INIT;
	int next = cpu + 1, found = -1;

	if (strbuf_read_file(&sb, "/sys/devices/system/cpu/online"))
		strbuf_addf(&sb, "0-%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	for (char *at = sb.buf; found < 0 && *at;) {
		long from = strtol(at, &at, 10), to = from;

		if (*at == '-')
			to = strtol(at + 1, &at, 10);
		if (next <= to)
			found = (int)(next > from ? next : from);
		at += strcspn(at, ",");
		at += *at == ',';
	}
	strbuf_release(&sb);
	return found;
}

/* -- trouble -- */

static bool locked_down(void)
{
	struct strbuf sb = STRBUF_INIT;
	bool locked;

	/* "[none] integrity confidentiality": brackets mark what is in force. */
	strbuf_read_file(&sb, "/sys/kernel/security/lockdown");
	locked = strstr(sb.buf, "[integrity]") || strstr(sb.buf, "[confidentiality]");
	strbuf_release(&sb);
	return locked;
}

static bool is_root(void)
{
	return geteuid() == 0;
}

void probe_explain(const struct probe_env *env, const struct probe_target *t, int err,
                   struct diag *d)
{
	if (err == -EPERM || err == -EACCES) {
		if (!is_root())
			diag_hint(d, "needs root, or CAP_BPF and CAP_PERFMON");
		else if (t->kind->prog_type == BPF_PROG_TYPE_TRACING)
			diag_hint(d,
			          locked_down()
			                  ? "the kernel is locked down (kernel_lockdown(7)): it "
			                    "refuses %s programs"
			                  : "the kernel refuses %s programs: locked down "
			                    "(kernel_lockdown(7)), or a container without "
			                    "the right",
			          t->kind->name);
		else if (locked_down())
			diag_hint(d, "the kernel is locked down: see kernel_lockdown(7)");
	}
	if (t->kind->prog_type == BPF_PROG_TYPE_PERF_EVENT &&
	    (err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV))
		diag_hint(d, "this machine has no such counter; virtual machines often have none");
	if (t->kind->prog_type == BPF_PROG_TYPE_PERF_EVENT && err == -ENOSPC)
		diag_hint(d, "the processor's debug registers or counters are all in use");
	if (err == -EMFILE || err == -ENFILE)
		diag_hint(d, "too many files are open: raise the limit (ulimit -n)");
	if (err == -ESRCH && env_process(env) > 0)
		diag_hint(d, "process %d has ended", env_process(env));
}

struct diag *probe_missing(struct probe_env *env, struct span at, const char *fmt, ...)
{
	va_list ap;
	struct diag *d;

	va_start(ap, fmt);
	if (env->missing == MISSING_WARN) {
		bool ended = *fmt && fmt[strlen(fmt) - 1] == '.';

		d = diag_vwarning(
			env->diags, at,
			arena_printf(env->arena, ended ? "%s Skipping." : "%s. Skipping.", fmt),
			ap);
	} else {
		/* Muted, diag_error hands out a message that nobody will see. */
		if (env->missing == MISSING_IGNORE)
			diags_mute(env->diags);
		d = diag_verror(env->diags, at, fmt, ap);
		if (env->alternatives)
			diag_hint(d, "with config = { missing_probes=warn } the block does without it");
		if (env->missing == MISSING_IGNORE)
			diags_unmute(env->diags);
	}
	va_end(ap);
	return d;
}

/* The kernel's own ENOTSUPP, which leaks out of some of its BPF code, has no text. */
enum { KERNEL_ENOTSUPP = 524 };

static const char *error_text(int err)
{
	if (err == -EILSEQ)
		return "not the start of an instruction";
	return strerror(err == -KERNEL_ENOTSUPP ? EOPNOTSUPP : -err);
}

struct diag *attach_error(struct probe_env *env, const struct probe_target *t, int err)
{
	struct diag *d =
		probe_missing(env, t->span, "Cannot attach %s: %s", t->name, error_text(err));

	probe_explain(env, t, err, d);
	return d;
}

struct attachment *attach_failed(struct probe_env *env, const struct probe_target *t,
                                 struct attachment *a, int err)
{
	bool hopeless = err == -EPERM || err == -EACCES || err == -EMFILE;

	if (t->flags & TARGET_WILDCARD && !hopeless)
		log_info("cannot attach %s: %s", t->name, strerror(-err));
	else
		attach_error(env, t, err);
	return attach_gave_up(a, err);
}

struct attachment *attach_link(struct probe_env *env, const struct probe_target *t, int fd)
{
	struct attachment *a;

	if (fd < 0)
		return attach_failed(env, t, NULL, fd);
	a = attachment_new();
	attachment_add(a, fd);
	return a;
}

struct attachment *attach_gave_up(struct attachment *a, int err)
{
	attachment_detach(a);
	errno = -err;
	return NULL;
}
