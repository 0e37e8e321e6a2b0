/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - what this build and this kernel can do. */

#include "runtime/features.h"

#include "base/bug.h"
#include "probes/arch.h"
#include "probes/features.h"

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool has_helper(enum bpf_prog_type type, enum bpf_func_id id)
{
	return libbpf_probe_bpf_helper(type, id, NULL) == 1;
}

static bool has_btf(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK);
}

static bool has_get_tai(void)
{
	return has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_ktime_get_tai_ns);
}

static bool has_func_ip(void)
{
	return has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_func_ip);
}

static bool has_percpu_lookup(void)
{
	return has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_map_lookup_percpu_elem);
}

static bool has_loop(void)
{
	return has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_loop);
}

static bool has_cookie(void)
{
	return has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_attach_cookie);
}

static bool has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe/type", R_OK);
}

static bool has_uprobes(void)
{
	return !access("/sys/bus/event_source/devices/uprobe/type", R_OK);
}

static const struct {
	const char *name, *since;
	bool (*has)(void);
} features[] = {
	{ "btf", "5.2", has_btf },
	{ "kprobe", "4.1", has_kprobes },
	{ "uprobe", "4.1", has_uprobes },
	{ "kprobe_multi", "5.18", kprobe_multi_supported },
	{ "attach_cookie", "5.15", has_cookie },
	{ "get_func_ip", "5.15", has_func_ip },
	{ "loop", "5.17", has_loop },
	{ "lookup_percpu_elem", "5.19", has_percpu_lookup },
	{ "get_tai_ns", "6.1", has_get_tai },
};

void rt_print_info(FILE *out)
{
	struct utsname u;

	uname(&u);
	fprintf(out, "System\n  OS: %s %s %s\n  Arch: %s\n\n", u.sysname, u.release, u.version,
	        u.machine);
	fprintf(out, "Build\n  version: v%s\n  libbpf: %s\n\n", SONDE_VERSION, libbpf_version_string());
	fputs("Kernel features\n", out);
	for (size_t i = 0; i < countof(features); i++)
		fprintf(out, "  %s: %s (Linux %s)\n", features[i].name, features[i].has() ? "yes" : "no",
		        features[i].since);
	fputc('\n', out);
}
