/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - what this build and this kernel can do. */

#include "runtime/features.h"

#include "base/bug.h"
#include "probes/arch.h"
#include "probes/btf.h"
#include "probes/features.h"
#include "probes/probe.h"

#include <bpf/libbpf.h>
#include <dirent.h>
#include <linux/bpf.h>
#include <string.h>
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

bool rt_has_loop(void)
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

static bool has_function(const char *name)
{
	struct probe_cache *c = probe_cache_new();
	const struct btf_file *b = btf_vmlinux(c);
	bool has = b && btf_find(b, BTF_KIND_FUNC, name);

	probe_cache_free(c);
	return has;
}

/* Programs of the type that has this helper cannot be loaded for a mere question. */
static bool has_d_path(void)
{
	return has_function("bpf_d_path");
}

static bool has_module_btf(void)
{
	const struct dirent *e;
	DIR *dir = opendir("/sys/kernel/btf");
	bool any = false;

	while (dir && !any && (e = readdir(dir)))
		any = *e->d_name != '.' && strcmp(e->d_name, "vmlinux");
	if (dir)
		closedir(dir);
	return any;
}

/* A verifier that walks a million instructions (Linux 5.2) takes programs of more than 4096. */
static bool has_large_programs(void)
{
	return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_KPROBE, NULL) == 1 &&
	       has_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_ktime_get_boot_ns);
}

static bool has_tracing(void)
{
	return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_TRACING, NULL) == 1;
}

static bool has_iterators(void)
{
	return has_function("bpf_iter_task");
}

typedef bool has_fn(void);

/* clang-format off */
static const struct section {
	const char *heading;
	struct {
		const char *name;
		has_fn *has;
	} row[8];
} sections[] = {
	{ "Kernel helpers", {
		{ "dpath", has_d_path }, { "get_tai_ns", has_get_tai }, { "get_func_ip", has_func_ip },
		{ "lookup_percpu_elem", has_percpu_lookup }, { "loop", rt_has_loop },
		{ "attach_cookie", has_cookie },
	} },
	{ "Kernel features", {
		{ "Instruction limit", has_large_programs }, { "btf", has_btf },
		{ "module btf", has_module_btf },
	} },
	{ "Probe types", {
		{ "kprobe", has_kprobes }, { "uprobe", has_uprobes },
		{ "kprobe_multi", kprobe_multi_supported }, { "uprobe_multi", uprobe_multi_supported },
		{ "kprobe_session", kprobe_session_supported }, { "fentry", has_tracing },
		{ "iter", has_iterators },
	} },
};
/* clang-format on */

enum { COLUMN = 35 };

/* Two columns. */
static void print_section(FILE *out, const struct section *s)
{
	fprintf(out, "%s\n", s->heading);
	for (size_t i = 0; i < countof(s->row) && s->row[i].name; i++) {
		bool last = i % 2 || i + 1 == countof(s->row) || !s->row[i + 1].name;
		char text[64];

		snprintf(text, sizeof(text), "  %s: %s", s->row[i].name,
		         s->row[i].has() ? "yes" : "no");
		fprintf(out, "%-*s%s", last ? 0 : COLUMN, text, last ? "\n" : "");
	}
	fputc('\n', out);
}

/* What the others' tools can be built with, and this one is not. */
static void print_build(FILE *out, const char *compiler)
{
	fprintf(out, "Build\n  version: v%s\n  LLVM: %s\n  libbpf: %s\n", SONDE_VERSION,
	        compiler ? compiler : "no", libbpf_version_string());
	fputs("  bfd: no\n  libdw (DWARF support): no\n  libsystemd (systemd notify support): no\n"
	      "  blazesym (advanced symbolization): no\n  dwunwind (DWARF stack unwinding): no\n\n",
	      out);
}

void rt_print_info(FILE *out, const char *compiler)
{
	struct utsname u;

	uname(&u);
	fprintf(out, "System\n  OS: %s %s %s\n  Arch: %s\n\n", u.sysname, u.release, u.version,
	        u.machine);
	print_build(out, compiler);
	for (size_t i = 0; i < countof(sections); i++)
		print_section(out, &sections[i]);
}
