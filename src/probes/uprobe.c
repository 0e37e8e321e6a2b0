/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uprobe.c - entry and return of functions of user programs.
 *
 * Symbols are looked up at attach: a program made ahead of time finds them in the files of the
 * machine it runs on.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "probes/private.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

static bool is_return(const struct probe_target *t)
{
	return t->kind == &probe_uretprobe;
}

static int uprobe_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	const char *function;

	if (ap->at || ap->parts < 3 || ap->parts > 4 || !*ap->part[1] || !*ap->part[ap->parts - 1])
		return bad_form(env, ap, t->kind);
	t->module = ap->part[1];
	function = ap->part[ap->parts - 1];
	if (ap->parts == 4) {
		t->mode = ap->part[2];
		if (strcmp(t->mode, "cpp")) {
			diag_error(env->diags, ap->span, "'%s' is not a known language: cpp", t->mode);
			return -EINVAL;
		}
	}
	if (parse_u64(function, &t->address))
		return 0;
	if (!split_offset(env, function, &t->symbol, &t->offset))
		return bad_form(env, ap, t->kind);
	if (t->offset && is_return(t)) {
		diag_error(env->diags, ap->span, "a uretprobe has no offset");
		return -EINVAL;
	}
	return 0;
}

struct uprobe_match {
	struct probe_env *env;
	const struct probe_target *t;
	probe_match_fn *fn;
	void *arg;
	const char *path, *last;
};

static bool each_function(void *arg, const struct symbol *s)
{
	struct uprobe_match *m = arg;
	struct probe_target t = *m->t;
	size_t n = strcspn(s->name, "@");

	t.symbol = arena_memdup(m->env->arena, s->name, n);
	if (!wildcard_match(m->t->symbol, t.symbol) || (m->last && !strcmp(m->last, t.symbol)))
		return true;
	m->last = t.symbol;
	t.module = m->path;
	t.flags |= TARGET_WILDCARD;
	t.name = arena_printf(m->env->arena, "%s:%s:%s", t.kind->name, m->path, t.symbol);
	m->fn(m->arg, &t);
	return true;
}

static struct elf_file *open_binary(struct probe_env *env, const struct probe_target *t,
                                    const char **path)
{
	int err = binary_find(env->cache, env->pid, t->module, path);
	struct elf_file *f;

	if (err) {
		diag_error(env->diags, t->span, "cannot find '%s': %s", t->module, strerror(-err));
		errno = -err;
		return NULL;
	}
	f = elf_open(env->cache, *path);
	if (!f)
		diag_error(env->diags, t->span, "cannot read '%s': %s", *path,
		           errno == ENOEXEC ? "it is no ELF file" : strerror(errno));
	return f;
}

static int uprobe_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                        void *arg)
{
	struct uprobe_match m = { env, t, fn, arg, NULL, NULL };
	struct elf_file *f = open_binary(env, t, &m.path);
	struct probe_target found = *t;
	struct symbol s;

	if (!f)
		return -ENOENT;
	if (t->symbol && has_wildcard(t->symbol))
		return elf_each_function(f, each_function, &m);
	found.module = arena_strdup(env->arena, m.path);
	if (!t->symbol) {
		found.name = arena_printf(env->arena, "%s:%s:%llu", t->kind->name, m.path,
		                          (unsigned long long)t->address);
	} else if (!elf_symbol(f, t->symbol, &s)) {
		found.name = arena_printf(env->arena, "%s:%s:%s", t->kind->name, m.path, t->symbol);
		if (t->offset)
			found.name = arena_printf(env->arena, "%s+%llu", found.name,
			                          (unsigned long long)t->offset);
	} else {
		return 0;
	}
	fn(arg, &found);
	return 0;
}

static bool offer(void *arg, const struct symbol *s)
{
	near_offer(arg, s->name);
	return true;
}

static void uprobe_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	const char *path;
	struct elf_file *f = binary_find(env->cache, env->pid, t->module, &path)
	                             ? NULL
	                             : elf_open(env->cache, path);

	if (f)
		elf_each_function(f, offer, near);
}

static const char *uprobe_section(struct arena *a, const struct probe_target *t)
{
	return is_return(t) ? "uretprobe" : "uprobe";
}

/* The offset in the file of what the target names. */
static int file_offset(struct probe_env *env, const struct probe_target *t, struct elf_file *f,
                       uint64_t *offset)
{
	uint64_t vaddr = t->address;
	struct symbol s;
	struct diag *d;

	if (t->symbol) {
		if (elf_symbol(f, t->symbol, &s)) {
			struct near near;

			d = diag_error(env->diags, t->span, "'%s' has no function '%s'", t->module,
			               t->symbol);
			near_init(&near, t->symbol);
			uprobe_suggest(env, t, &near);
			if (near.best)
				diag_hint(d, "did you mean '%s'?", near.best);
			return -ENOENT;
		}
		if (s.size && t->offset >= s.size && !env->unsafe) {
			diag_error(env->diags, t->span, "'%s' is %llu bytes long: offset %llu is outside",
			           t->symbol, (unsigned long long)s.size,
			           (unsigned long long)t->offset);
			return -EINVAL;
		}
		vaddr = s.address + t->offset;
	}
	if (!elf_vaddr_to_offset(f, vaddr, offset))
		return 0;
	diag_error(env->diags, t->span, "'%s' has no code at %#llx", t->module,
	           (unsigned long long)vaddr);
	return -EINVAL;
}

static struct attachment *uprobe_attach(struct probe_env *env, const struct probe_target *t,
                                        struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = t->cookie, .retprobe = is_return(t));
	int pid = env->child_pid ? (int)env->child_pid : env->pid ? (int)env->pid : -1, err;
	const char *path;
	struct elf_file *f = open_binary(env, t, &path);
	uint64_t offset;

	if (!f)
		return NULL;
	err = file_offset(env, t, f, &offset);
	if (err) {
		errno = -err;
		return NULL;
	}
	return attachment_of(bpf_program__attach_uprobe_opts(prog, pid, path, offset, &opts), true);
}

const struct probe_kind probe_uprobe = {
	.name = "uprobe",
	.alias = { "u" },
	.synopsis = "uprobe:<binary>:<function>[+<offset>]",
	.brief = "Fires when a function of a program or library is called; its arguments are arg0, arg1 ...",
	.example = "uprobe:/bin/bash:readline { @ = count(); }",
	.caps = PROBE_REGS | PROBE_USER | PROBE_FUNC_IP | PROBE_FUNC_USER | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = uprobe_parse,
	.match = uprobe_match,
	.suggest = uprobe_suggest,
	.section = uprobe_section,
	.attach = uprobe_attach,
};

const struct probe_kind probe_uretprobe = {
	.name = "uretprobe",
	.alias = { "ur" },
	.synopsis = "uretprobe:<binary>:<function>",
	.brief = "Fires when a function of a program or library returns; its value is retval.",
	.example = "uretprobe:/bin/bash:readline { printf(\"%s\\n\", str(retval)); }",
	.caps = PROBE_RETVAL | PROBE_USER | PROBE_FUNC_IP | PROBE_FUNC_USER | PROBE_SIGNAL |
	        PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = uprobe_parse,
	.match = uprobe_match,
	.suggest = uprobe_suggest,
	.section = uprobe_section,
	.attach = uprobe_attach,
};
