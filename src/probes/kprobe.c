/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kprobe.c - entry and return of kernel functions.
 *
 * An exact name is not looked up: the kernel says at attach whether it exists, and only then are
 * names read to propose a near one. Syscalls may be named by their function in the sources:
 * sys_clone is __x64_sys_clone here.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "probes/arch.h"
#include "probes/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

static bool is_return(const struct probe_target *t)
{
	return t->kind == &probe_kretprobe;
}

static int kprobe_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	const char *function;

	if (ap->parts < 2 || ap->parts > 3 || !*ap->part[ap->parts - 1])
		return bad_form(env, ap, t->kind);
	function = ap->part[ap->parts - 1];
	if (ap->parts == 3)
		t->module = ap->part[1];
	if (parse_u64(function, &t->address)) {
		if (!env->unsafe) {
			diag_error(env->diags, ap->span, "probing by address needs --unsafe");
			return -EINVAL;
		}
		t->name = arena_printf(env->arena, "%s:%llu", t->kind->name,
		                       (unsigned long long)t->address);
		return 0;
	}
	if (!split_offset(env, function, &t->symbol, &t->offset))
		return bad_form(env, ap, t->kind);
	if (t->offset && is_return(t)) {
		diag_error(env->diags, ap->span, "a kretprobe has no offset");
		return -EINVAL;
	}
	return 0;
}

struct kprobe_match {
	struct probe_env *env;
	const struct probe_target *t;
	probe_match_fn *fn;
	void *arg;
};

static void found(struct kprobe_match *m, const char *module, const char *symbol)
{
	struct probe_target t = *m->t;

	t.symbol = symbol;
	t.name = m->t->module ? arena_printf(m->env->arena, "%s:%s:%s", t.kind->name,
	                                     module ? module : m->t->module, symbol)
	                      : arena_printf(m->env->arena, "%s:%s", t.kind->name, symbol);
	if (t.offset)
		t.name = arena_printf(m->env->arena, "%s+%llu", t.name, (unsigned long long)t.offset);
	m->fn(m->arg, &t);
}

static bool each_symbol(void *arg, const struct symbol *s)
{
	struct kprobe_match *m = arg;
	const char *module = s->module ? s->module : "vmlinux";

	if (!wildcard_match(m->t->symbol, s->name) ||
	    (m->t->module && !wildcard_match(m->t->module, module)))
		return true;
	/* Parts that the compiler split off are no functions of their own. */
	if (!strstr(s->name, ".part.") && !strstr(s->name, ".cold"))
		found(m, module, s->name);
	return true;
}

static int kprobe_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                        void *arg)
{
	struct probe_target wild = *t;
	struct kprobe_match m = { env, &wild, fn, arg };
	int err;

	wild.flags |= has_wildcard(t->symbol) || has_wildcard(t->module) ? TARGET_WILDCARD : 0;
	if (!(wild.flags & TARGET_WILDCARD)) {
		if (!t->symbol)
			fn(arg, t);
		else
			found(&m, t->module, t->symbol);
		return 0;
	}
	err = ksym_each_traceable(env->cache, each_symbol, &m);
	if (err)
		diag_error(env->diags, t->span, "cannot read the kernel's functions: %s",
		           strerror(-err));
	return err;
}

static bool offer(void *arg, const struct symbol *s)
{
	near_offer(arg, s->name);
	return true;
}

static bool offer_variant(void *arg, const struct symbol *s)
{
	struct probe_target *t = arg;
	size_t n = strlen(t->symbol);

	if (strncmp(s->name, t->symbol, n) || s->name[n] != '.')
		return true;
	t->name = s->name;
	return false;
}

static void kprobe_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	struct probe_target variant = { .symbol = t->symbol };

	/* name.isra.0 is what is left of a function after optimisation. */
	ksym_each_traceable(env->cache, offer_variant, &variant);
	if (variant.name) {
		near->best = variant.name;
		near->distance = 0;
		return;
	}
	ksym_each_traceable(env->cache, offer, near);
}

static const char *kprobe_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "%s/%s", is_return(t) ? "kretprobe" : "kprobe",
	                    t->symbol ? t->symbol : "address");
}

/* -- attaching -- */

static bool wants_multi(const struct probe_target *t)
{
	return t->flags & TARGET_MULTI && t->symbol && !t->module && !t->offset;
}

static int kprobe_prepare(struct probe_env *env, const struct probe_target *t,
                          struct bpf_program *prog)
{
	int err = bpf_program__set_type(prog, BPF_PROG_TYPE_KPROBE);

	if (!err && wants_multi(t) && kprobe_multi_supported())
		err = bpf_program__set_expected_attach_type(prog, BPF_TRACE_KPROBE_MULTI);
	return err;
}

static struct bpf_link *attach_symbol(const struct probe_target *t, struct bpf_program *prog,
                                      const char *symbol)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = t->cookie, .offset = t->offset,
	            .retprobe = is_return(t));

	if (!symbol)
		opts.offset = t->address;
	return bpf_program__attach_kprobe_opts(prog, symbol, &opts);
}

/* "sys_clone" as this processor's kernel calls it; NULL: the name says something else. */
static const char *syscall_variant(struct probe_env *env, const char *symbol)
{
	if (strncmp(symbol, "sys_", 4))
		return NULL;
	return arena_printf(env->arena, "%s%s", arch_host()->syscall_prefix, symbol + 4);
}

static void explain(struct probe_env *env, const struct probe_target *t, int err)
{
	struct near near;
	struct diag *d;

	if (err != ENOENT && err != EINVAL && err != EADDRNOTAVAIL)
		return;
	d = diag_error(env->diags, t->span, "the kernel has no function '%s' that can be probed",
	               t->symbol);
	near_init(&near, t->symbol);
	kprobe_suggest(env, t, &near);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	else
		diag_hint(d, "it may be inlined, or marked notrace; list names with sonde -l 'kprobe:*'");
}

static struct attachment *kprobe_attach(struct probe_env *env, const struct probe_target *t,
                                        struct bpf_program *prog)
{
	struct bpf_link *link = attach_symbol(t, prog, t->symbol);
	int err = errno;

	if (!link && err == ENOENT && t->symbol && syscall_variant(env, t->symbol))
		link = attach_symbol(t, prog, syscall_variant(env, t->symbol));
	if (!link && t->symbol && !(t->flags & TARGET_WILDCARD))
		explain(env, t, err);
	errno = err;
	return attachment_of(link, true);
}

static struct attachment *kprobe_attach_many(struct probe_env *env,
                                             const struct probe_target *const *t, size_t n,
                                             struct bpf_program *prog)
{
	const char **symbol = arena_array(env->arena, const char *, n);
	__u64 *cookie = arena_array(env->arena, __u64, n);
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = symbol, .cookies = cookie, .cnt = n,
	            .retprobe = is_return(t[0]));

	if (!wants_multi(t[0]) || !kprobe_multi_supported()) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		symbol[i] = t[i]->symbol;
		cookie[i] = t[i]->cookie;
		if (syscall_variant(env, symbol[i]) && !(t[i]->flags & TARGET_WILDCARD))
			symbol[i] = syscall_variant(env, symbol[i]);
	}
	return attachment_of(bpf_program__attach_kprobe_multi_opts(prog, NULL, &opts), true);
}

const struct probe_kind probe_kprobe = {
	.name = "kprobe",
	.alias = { "k" },
	.synopsis = "kprobe[:<module>]:<function>[+<offset>]",
	.brief = "Fires when a kernel function is called; its arguments are arg0, arg1 ...",
	.example = "kprobe:vfs_read { @[comm] = count(); }",
	.caps = PROBE_REGS | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.listed = true,
	.parse = kprobe_parse,
	.match = kprobe_match,
	.suggest = kprobe_suggest,
	.section = kprobe_section,
	.prepare = kprobe_prepare,
	.attach = kprobe_attach,
	.attach_many = kprobe_attach_many,
};

const struct probe_kind probe_kretprobe = {
	.name = "kretprobe",
	.alias = { "kr" },
	.synopsis = "kretprobe[:<module>]:<function>",
	.brief = "Fires when a kernel function returns; its value is retval.",
	.example = "kretprobe:vfs_read { @bytes = hist(retval); }",
	.caps = PROBE_RETVAL | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = kprobe_parse,
	.match = kprobe_match,
	.suggest = kprobe_suggest,
	.section = kprobe_section,
	.prepare = kprobe_prepare,
	.attach = kprobe_attach,
	.attach_many = kprobe_attach_many,
};
