/* SPDX-License-Identifier: Apache-2.0 */
/* private - what the files of probes share. */
#ifndef PROBES_PRIVATE_H
#define PROBES_PRIVATE_H

#include "base/map.h"
#include "base/vec.h"
#include "probes/features.h"
#include "probes/probe.h"
#include "probes/symbols.h"

#include <linux/perf_event.h>

struct bpf_link;

/* Everything that was read from the system, kept while one script is compiled or run. */
struct probe_cache {
	struct btf_file *vmlinux;
	bool vmlinux_read;
	struct map module_btf;   /* name -> struct btf_file */
	struct map elf_files;    /* path -> struct elf_file */
	struct map names;        /* interned text */
	struct kallsyms *kallsyms;
	bool kallsyms_read;
};

/* A copy of text that lives as long as the cache. */
const char *cache_text(struct probe_cache *c, const char *text, size_t len);
void btf_cache_free(struct probe_cache *c);
void symbols_cache_free(struct probe_cache *c);
void elf_cache_free(struct probe_cache *c);

/* The directory of tracefs, or NULL after a diagnostic at span. */
const char *tracefs_dir(struct probe_env *env, struct span span);
/* The same without a diagnostic. */
const char *tracefs_find(void);

/* -- attachments -- */
struct attachment {
	VEC(struct bpf_link *) links;
	VEC(int) fds;
	bool slow;
};

struct attachment *attachment_new(void);
/* Takes a link; errno from the failed call is kept when link is NULL, and NULL returned. */
struct attachment *attachment_of(struct bpf_link *link, bool slow);
/* Attaches a program to a perf event of its own on one CPU. */
int attachment_add_perf(struct attachment *a, struct probe_env *env, struct bpf_program *prog,
                        struct perf_event_attr *attr, int pid, int cpu, uint64_t cookie);
/* CPUs that are online: numbers, in the caller's hands; free(3). */
int *online_cpus(size_t *n);

/* -- parsing -- */
/* Reports how an attach point of this kind is written. Returns -EINVAL. */
int bad_form(struct probe_env *env, const struct attach_point *ap, const struct probe_kind *kind);
/* A number, decimal, hex, octal, or with '_'; false: it is none. */
bool parse_u64(const char *text, uint64_t *value);
/* "function+offset" */
bool split_offset(struct probe_env *env, const char *text, const char **symbol, uint64_t *offset);

extern const struct probe_kind probe_begin, probe_end, probe_self, probe_kprobe, probe_kretprobe,
	probe_uprobe, probe_uretprobe, probe_tracepoint, probe_rawtracepoint, probe_fentry,
	probe_fexit, probe_interval, probe_profile, probe_software, probe_hardware,
	probe_watchpoint;

#endif
