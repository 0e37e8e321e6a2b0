/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uprobe.c - uprobe and uretprobe: entry to and return from functions of programs and libraries.
 *
 * The kernel wants a file and an offset in it; names are looked up here, when the script is
 * compiled (so that mistakes show) and again when the probe is attached (where the file may be
 * another one). One function is a perf event, many of one file are a uprobe multi link (Linux 6.6):
 * each event costs 10-40 ms to attach and 150 ms to detach.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/near.h"
#include "probes/arch.h"
#include "probes/attach.h"
#include "probes/batch.h"
#include "probes/binary.h"
#include "probes/cpp_names.h"
#include "probes/features.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/multi.h"
#include "probes/pmu.h"
#include "probes/symbols.h"
#include "probes/target.h"
#include "probes/uprobe_link.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static bool is_return(const struct probe_target *t)
{
	return t->kind == &probe_uretprobe;
}

/* -- reading -- */

static void name_target(struct probe_env *env, struct probe_target *t)
{
	const char *kind = t->kind->name;

	if (!t->symbol)
		target_name(env, t, "%s:%s:%" PRIu64, kind, t->module, t->address);
	else if (t->mode)
		target_name(env, t, "%s:%s:%s:\"%s\"", kind, t->module, t->mode,
		            cpp_demangled(env->arena, t->symbol));
	else if (t->offset)
		target_name(env, t, "%s:%s:%s+%" PRIu64, kind, t->module, t->symbol, t->offset);
	else
		target_name(env, t, "%s:%s:%s", kind, t->module, t->symbol);
}

static int no_source_lines(struct probe_env *env, const struct probe_target *t)
{
	return target_error(env, t,
	                    is_return(t) ? "Source code location not allowed in a uretprobe"
	                                 : "Attaching by source code location is not supported");
}

/* The binary that a target names, or NULL. */
static struct elf_file *binary_of(struct probe_env *env, const struct probe_target *t)
{
	const char *path;

	return binary_find(env->cache, env->pid, t->module, &path) ? NULL
	                                                           : elf_open(env->cache, path);
}

static int check_offset(struct probe_env *env, const struct probe_target *t, const struct symbol *s)
{
	if (!t->offset || env->unsafe || t->flags & TARGET_UNSAFE)
		return 0;
	if (!s->size) {
		diag_hint(
			diag_error(
				env->diags, t->span,
				"Could not determine the boundary of '%s' (the symbol has size 0)",
				t->symbol),
			"use --unsafe to force attachment; this may corrupt the process");
		return -EINVAL;
	}
	if (t->offset >= s->size)
		return target_error(env, t,
		                    "Offset outside the function bounds ('%s' size is %" PRIu64 ")",
		                    t->symbol, s->size);
	return 0;
}

/* The kernel writes its breakpoint where it is told: within an instruction that ends every process
 * that comes by. */
static int check_instruction(struct probe_env *env, const struct probe_target *t)
{
	unsigned int bytes = arch_host()->instruction;
	struct elf_file *elf;
	struct symbol s;

	if (!t->offset || env->unsafe || (bytes && t->offset % bytes == 0))
		return 0;
	elf = binary_of(env, t);
	if (elf && !elf_symbol(elf, t->symbol, &s) && check_offset(env, t, &s))
		return -EINVAL;
	diag_hint(diag_error(env->diags, t->span,
	                     bytes ? "%s+%" PRIu64 " is in the middle of an instruction"
	                           : "Cannot tell whether an instruction starts at %s+%" PRIu64,
	                     t->symbol, t->offset),
	          "--unsafe attaches all the same: a breakpoint inside an instruction breaks every "
	          "process that runs it");
	return -EINVAL;
}

/* uprobe:BIN:fn, uprobe:BIN:cpp:"f(int)"; uprobe:fn with -p */
static int uprobe_parse(struct probe_env *env, const struct attach_point *ap,
                        struct probe_target *t)
{
	size_t min = env->pid || (ap->parts == 2 && env->listing) ? 1 : 2;
	const char *function;
	int err;

	if (ap->at)
		return no_source_lines(env, t);
	if (!target_parts(env, ap, min, 3))
		return -EINVAL;
	function = ap->part[ap->parts - 1];
	/* -l uprobe:BIN */
	if (ap->parts == 2 && !env->pid) {
		t->module = function;
		function = "*";
	} else if (ap->parts == 2)
		t->module = arena_printf(env->arena, "/proc/%u/exe", env->pid);
	else
		t->module = ap->part[1];
	if (ap->parts == 4)
		t->mode = ap->part[2];
	if (t->mode && strcmp(t->mode, "cpp"))
		return target_error(env, t, "Unsupported language type: '%s'", t->mode);
	if (!*t->module)
		return target_error(env, t, "%s should have a target: a program or library",
		                    t->kind->name);
	if (!*function)
		return target_error(env, t, "%s should be attached to a function or an address",
		                    t->kind->name);
	if (t->mode) {
		t->symbol = function;
		return 0;
	}
	err = target_function(env, function, t);
	if (!err && t->offset && is_return(t))
		return target_error(env, t, "Uretprobes can not be attached to a function offset");
	return err ? err : check_instruction(env, t);
}

/* -- finding -- */

static void emit(struct finder *f, const char *symbol)
{
	struct probe_target t = *f->pattern;

	t.symbol = symbol;
	name_target(f->env, &t);
	finder_emit(f, &t);
}

static bool emit_function(void *arg, const struct symbol *s)
{
	struct finder *f = arg;
	const struct probe_target *t = f->pattern;

	if (t->mode ? cpp_matches(t->symbol, s->name) : wildcard_match(t->symbol, s->name))
		emit(f, s->name);
	return true;
}

static int match_in_file(struct finder *f)
{
	const struct probe_target *t = f->pattern;
	struct elf_file *elf;
	struct symbol s;

	if (!t->symbol) {
		emit(f, NULL);
		return 0;
	}
	elf = elf_open(f->env->cache, t->module);
	if (!elf)
		return -errno;
	if (t->mode || has_wildcard(t->symbol))
		return elf_each_function(elf, emit_function, f);
	if (!elf_symbol(elf, t->symbol, &s))
		emit(f, t->symbol);
	return 0;
}

static int uprobe_match(struct finder *f)
{
	return finder_each_binary(f, match_in_file);
}

static bool offer_function(void *arg, const struct symbol *s)
{
	near_offer(arg, s->name);
	return true;
}

static const char *nearest(struct probe_env *env, struct elf_file *elf, const char *symbol)
{
	struct near near;

	near_init(&near, symbol);
	elf_each_function(elf, offer_function, &near);
	return near.best ? arena_strdup(env->arena, near.best) : NULL;
}

static void uprobe_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	struct elf_file *elf = binary_of(env, t);
	const char *best = NULL;

	if (elf && t->symbol && !t->mode)
		best = nearest(env, elf, t->symbol);
	if (best)
		near_offer(near, arena_printf(env->arena, "%s:%s", t->module, best));
}

/* -- attaching -- */

static const char *uprobe_section(struct arena *a, const struct probe_target *t)
{
	/* Without a target behind it libbpf and bpftool need not read one; our attach does. */
	return t->kind->name;
}

static int uprobe_prepare(struct probe_env *env, const struct probe_target *t,
                          struct bpf_program *prog)
{
	if (t->flags & TARGET_MULTI && uprobe_multi_supported())
		return bpf_program__set_expected_attach_type(
			prog, (enum bpf_attach_type)MULTI_UPROBE_ATTACH_TYPE);
	return 0;
}

static bool is_multi(const struct bpf_program *prog)
{
	return (int)bpf_program__expected_attach_type(prog) == MULTI_UPROBE_ATTACH_TYPE;
}

static int no_function(struct probe_env *env, const struct probe_target *t, struct elf_file *elf)
{
	struct diag *d = probe_missing(env, t->span, "Cannot attach %s: '%s' has no function '%s'",
	                               t->name, t->module, t->symbol);
	const char *best = nearest(env, elf, t->symbol);

	if (best)
		diag_hint(d, "did you mean '%s'?", best);
	return -ENOENT;
}

/* Where in the file the probe belongs. Returns 0, or -errno with a diagnostic. */
static int find_place(struct probe_env *env, const struct probe_target *t, uint64_t *offset)
{
	struct elf_file *elf = elf_open(env->cache, t->module);
	struct symbol s = { .address = t->address };
	int err;

	if (!elf)
		return binary_unreadable(env, t, -errno);
	if (t->symbol && elf_symbol(elf, t->symbol, &s))
		return no_function(env, t, elf);
	err = t->symbol ? check_offset(env, t, &s) : 0;
	if (err)
		return err;
	err = elf_vaddr_to_offset(elf, s.address + t->offset, offset);
	if (err)
		target_error(env, t, "Address 0x%" PRIx64 " is not in a segment of '%s'",
		             s.address + t->offset, t->module);
	return err;
}

static int link_multi(struct probe_env *env, const struct probe_target *t, struct bpf_program *prog,
                      const uint64_t *offset, const uint64_t *cookie, size_t n)
{
	int pid = env_process(env);

	return multi_uprobe_link(prog, t->module, offset, NULL, cookie, n, is_return(t),
	                         pid > 0 ? (uint32_t)pid : 0);
}

static struct attachment *link_failed(struct probe_env *env, const struct probe_target *t,
                                      struct attachment *a, int err)
{
	struct diag *d;

	if (t->flags & TARGET_WILDCARD || err == -EPERM || err == -EACCES)
		return attach_failed(env, t, a, err);
	d = attach_error(env, t, err);
	if (err == -EOPNOTSUPP && pmu_type("uprobe") < 0)
		diag_hint(d, "this kernel was built without CONFIG_UPROBE_EVENTS");
	else if (t->offset && (err == -EINVAL || err == -EOPNOTSUPP || err == -EILSEQ))
		diag_hint(d, "+%" PRIu64 " may lie in the middle of an instruction", t->offset);
	else if (err == -EINVAL || err == -EIO)
		diag_hint(d, "the file may be on a file system that cannot be probed");
	return attach_gave_up(a, err);
}

static struct attachment *uprobe_attach(struct probe_env *env, const struct probe_target *t,
                                        struct bpf_program *prog)
{
	struct attachment *a;
	uint64_t offset;
	int fd = find_place(env, t, &offset);

	if (fd)
		return attach_gave_up(NULL, fd);
	fd = is_multi(prog) ? link_multi(env, t, prog, &offset, &t->cookie, 1)
	                    : uprobe_link(env, prog, t->module, &(struct uprobe_place){ offset, 0 },
	                                  is_return(t), t->cookie);
	if (fd < 0)
		return link_failed(env, t, NULL, fd);
	a = attachment_new();
	attachment_mark_slow(a);
	attachment_add(a, fd);
	return a;
}

/* -- many at once -- */

static int link_range(struct batch *b, size_t from, size_t n)
{
	const uint64_t *offset = b->own;

	return link_multi(b->env, b->t[from], b->prog, offset + from, b->cookie + from, n);
}

/* Attaches to one file, that of the first target which is not taken yet; false: all are. */
static bool attach_file(struct batch *b, const struct probe_target *const *t, size_t n, bool *taken)
{
	uint64_t *offset = b->own;
	const char *path = NULL;

	for (size_t i = 0; i < n; i++) {
		int err;

		if (taken[i] || (path && strcmp(path, t[i]->module)))
			continue;
		taken[i] = true;
		path = t[i]->module;
		err = find_place(b->env, t[i], &offset[b->n]);
		if (err)
			batch_failed(b, t[i], err);
		else
			batch_add(b, t[i]);
	}
	batch_attach(b);
	return path;
}

static struct attachment *uprobe_attach_many(struct probe_env *env,
                                             const struct probe_target *const *t, size_t n,
                                             struct bpf_program *prog)
{
	struct batch b = { .link = link_range, .report = link_failed };
	bool *taken = arena_array(env->arena, bool, n);

	if (!is_multi(prog)) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	b.own = arena_array(env->arena, uint64_t, n);
	batch_init(&b, env, prog, n);
	while (attach_file(&b, t, n, taken))
		;
	return batch_end(&b, t[0]);
}

const struct probe_kind probe_uprobe = {
	.name = "uprobe",
	.alias = { "u" },
	.synopsis = "uprobe:<binary>:[cpp:]<function>[+<offset>]",
	.brief = "Fires on entry to a function of a program or library, or at an offset in it "
		 "(mostly with --unsafe).",
	.example = "uprobe:libc:malloc { @[comm] = hist(arg0); }",
	.caps = PROBE_REGS | PROBE_FUNC_IP | PROBE_FUNC_USER | PROBE_USER | PROBE_SIGNAL |
	        PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = uprobe_parse,
	.match = uprobe_match,
	.suggest = uprobe_suggest,
	.section = uprobe_section,
	.prepare = uprobe_prepare,
	.attach = uprobe_attach,
	.attach_many = uprobe_attach_many,
};

const struct probe_kind probe_uretprobe = {
	.name = "uretprobe",
	.alias = { "ur" },
	.synopsis = "uretprobe:<binary>:[cpp:]<function>",
	.brief = "Fires when a function of a program or library returns.",
	.example = "uretprobe:libc:malloc { @[retval == 0] = count(); }",
	.caps = PROBE_RETVAL | PROBE_FUNC_IP | PROBE_FUNC_USER | PROBE_USER | PROBE_SIGNAL |
	        PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = uprobe_parse,
	.match = uprobe_match,
	.suggest = uprobe_suggest,
	.section = uprobe_section,
	.prepare = uprobe_prepare,
	.attach = uprobe_attach,
	.attach_many = uprobe_attach_many,
};
