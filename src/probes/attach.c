/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - attached programs: links and perf events, and how they are let go. */

#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/private.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attachment *attachment_new(void)
{
	return mem_calloc(1, sizeof(struct attachment));
}

struct attachment *attachment_of(struct bpf_link *link, bool slow)
{
	struct attachment *a;

	if (!link)
		return NULL;
	a = attachment_new();
	vec_push(&a->links, link);
	a->slow = slow;
	return a;
}

void attachment_detach(struct attachment *a)
{
	if (!a)
		return;
	vec_each (i, &a->links)
		bpf_link__destroy(a->links.v[i]);
	vec_each (i, &a->fds)
		close(a->fds.v[i]);
	vec_release(&a->links);
	vec_release(&a->fds);
	free(a);
}

bool attachment_is_slow(const struct attachment *a)
{
	return a->slow;
}

int attachment_add_perf(struct attachment *a, struct probe_env *env, struct bpf_program *prog,
                        struct perf_event_attr *attr, int pid, int cpu, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = cookie);
	struct bpf_link *link;
	int fd;

	attr->size = sizeof(*attr);
	fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* The link owns the event from here on. */
	link = bpf_program__attach_perf_event_opts(prog, fd, &opts);
	if (!link) {
		int err = -errno;

		close(fd);
		return err;
	}
	vec_push(&a->links, link);
	return 0;
}

/* "0-3,6" */
static int *parse_cpus(const char *text, size_t *n)
{
	VEC(int) cpus = { 0 };

	while (*text >= '0' && *text <= '9') {
		char *end;
		long first = strtol(text, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (; first <= last && cpus.n < 65536; first++)
			vec_push(&cpus, (int)first);
		text = *end == ',' ? end + 1 : end;
	}
	*n = cpus.n;
	return cpus.v;
}

int *online_cpus(size_t *n)
{
	struct strbuf sb = STRBUF_INIT;
	int *cpus;

	if (strbuf_read_file(&sb, "/sys/devices/system/cpu/online"))
		strbuf_adds(&sb, "0");
	cpus = parse_cpus(sb.buf, n);
	strbuf_release(&sb);
	return cpus;
}
