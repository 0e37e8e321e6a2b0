/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kprobe.c - kprobe and kretprobe: entry to and return from any kernel function.
 *
 * One function: a perf event (its kind of event is in sysfs), tied to the program by a BPF link.
 * Many: one kprobe multi link (Linux 5.18 with CONFIG_FPROBE), for which the program is marked
 * before it is loaded. Neither leaves a name in tracefs, so nothing stays behind when the process
 * is killed.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/near.h"
#include "image/meta.h"
#include "probes/attach.h"
#include "probes/batch.h"
#include "probes/btf.h"
#include "probes/btf_args.h"
#include "probes/cache.h"
#include "probes/features.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/kprobe_failed.h"
#include "probes/ksym.h"
#include "probes/multi.h"
#include "probes/pmu.h"
#include "probes/syscalls.h"
#include "probes/target.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <string.h>
#include <unistd.h>

static bool is_return(const struct probe_target *t)
{
	return t->kind == &probe_kretprobe;
}

/* -- reading -- */

static void name_target(struct probe_env *env, struct probe_target *t)
{
	const char *kind = t->kind->name, *module = t->module ? t->module : "",
		   *colon = t->module ? ":" : "";

	if (!t->symbol)
		target_name(env, t, "%s:%" PRIu64, kind, t->address);
	else if (t->offset)
		target_name(env, t, "%s:%s%s%s+%" PRIu64, kind, module, colon, t->symbol,
		            t->offset);
	else
		target_name(env, t, "%s:%s%s%s", kind, module, colon, t->symbol);
}

static int kprobe_parse(struct probe_env *env, const struct attach_point *ap,
                        struct probe_target *t)
{
	int err;

	if (!target_parts(env, ap, 1, 2))
		return -EINVAL;
	if (!*ap->part[ap->parts - 1])
		return target_error(env, t, "%ss should be attached to a function or an address",
		                    t->kind->name);
	if (ap->parts == 3 && *ap->part[1])
		t->module = ap->part[1];
	err = target_function(env, ap->part[ap->parts - 1], t);
	if (err)
		return err;
	if (t->offset && is_return(t))
		return target_error(env, t,
		                    "Offset not allowed: a kretprobe fires when '%s' returns",
		                    t->symbol);
	name_target(env, t);
	return 0;
}

/* -- finding -- */

static bool module_fits(const char *pattern, const struct symbol *s)
{
	return !pattern || wildcard_match(pattern, s->module ? s->module : "vmlinux");
}

/* The kernel's own hooks rely on RCU: a pattern that takes its functions in may hang the machine.
 * By its full name each can be had. */
static bool is_treacherous(const struct finder *f, const char *name)
{
	return has_wildcard(f->pattern->symbol) && !f->env->listing &&
	       !strncmp(name + strspn(name, "_"), "rcu_", 4);
}

static bool emit_function(void *arg, const struct symbol *s)
{
	struct finder *f = arg;
	struct probe_target t = *f->pattern;
	struct map *seen = f->own; /* static functions of different files share names */

	if (!wildcard_match(t.symbol, s->name) || !module_fits(t.module, s) ||
	    is_treacherous(f, s->name) || map_get(seen, s->name))
		return true;
	map_put(seen, s->name, f);
	t.symbol = s->name;
	if (t.module)
		t.module = s->module ? s->module : "vmlinux";
	name_target(f->env, &t);
	finder_emit(f, &t);
	return true;
}

static int no_symbols(struct probe_env *env, const struct probe_target *t, int err)
{
	struct diag *d =
		diag_error(env->diags, t->span, "Cannot read the kernel's list of functions: %s",
	                   strerror(-err));

	diag_hint(d, "wildcards need tracefs' available_filter_functions or /proc/kallsyms");
	return err;
}

/* Built-in code has directories in /sys/module as well, but no state. */
static bool module_loaded(struct probe_env *env, const char *module)
{
	return !strcmp(module, "vmlinux") ||
	       !access(arena_printf(env->arena, "/sys/module/%s/initstate", module), F_OK);
}

static int kprobe_match(struct finder *f)
{
	struct probe_env *env = f->env;
	const struct probe_target *t = f->pattern;
	struct map seen = MAP_INIT;
	int err;

	if (t->module && !has_wildcard(t->module) && !module_loaded(env, t->module)) {
		probe_missing(env, t->span, "specified module %s in probe %s is not loaded.",
		              t->module, t->name);
		return -ENOENT;
	}
	/* Whether a function exists is for the kernel to say when it is attached: asking costs
	 * more. */
	if (!t->symbol || (!has_wildcard(t->symbol) && !env->listing && !has_wildcard(t->module) &&
	                   !env->cache->traceable)) {
		finder_emit(f, t);
		return 0;
	}
	f->own = &seen;
	err = ksym_each_traceable(env->cache, emit_function, f);
	map_release(&seen);
	return err ? no_symbols(env, t, err) : 0;
}

/* -- parameters: BTF knows them, programs by number -- */

struct prototype {
	struct probe_env *env;
	const struct probe_target *t;
	struct probe_args *out;
	bool found;
};

static bool read_prototype(void *arg, const char *module, const struct btf_file *b)
{
	struct prototype *p = arg;
	uint32_t id = btf_find(b, BTF_KIND_FUNC, p->t->symbol);

	if (!id)
		return true;
	btf_args(p->env->arena, b, strcmp(module, "vmlinux") ? module : NULL, id, 0, p->out);
	p->found = true;
	return false;
}

static int kprobe_params(struct probe_env *env, const struct probe_target *t,
                         struct probe_args *out)
{
	struct prototype p = { env, t, out, false };

	*out = (struct probe_args){ 0 };
	if (!t->symbol)
		return -ENOENT;
	btf_each_file(env->cache, t->module, read_prototype, &p);
	for (size_t i = 0; i < out->count; i++)
		out->arg[i].name = arena_printf(env->arena, "arg%zu", i);
	out->retval = NULL;
	return p.found ? 0 : -ENOENT;
}

/* -- suggesting -- */

static bool offer_function(void *arg, const struct symbol *s)
{
	near_offer(arg, s->name);
	return true;
}

static void kprobe_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	ksym_each_function(env->cache, offer_function, near);
}

/* -- attaching -- */

static const char *kprobe_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "%s/%s", t->kind->name, t->symbol ? t->symbol : "address");
}

/* A multi link does not reach into functions: it hooks their first instruction. */
static bool kprobe_joins(const struct probe_target *t)
{
	return t->symbol && !t->offset;
}

static int kprobe_prepare(struct probe_env *env, const struct probe_target *t,
                          struct bpf_program *prog)
{
	if (t->flags & TARGET_MULTI && kprobe_multi_supported())
		return bpf_program__set_expected_attach_type(prog, BPF_TRACE_KPROBE_MULTI);
	return 0;
}

static bool is_multi(const struct bpf_program *prog)
{
	return bpf_program__expected_attach_type(prog) == BPF_TRACE_KPROBE_MULTI;
}

/* One event by name ("mod:fn" also) or, when name is NULL, by address. */
static int link_perf(const struct probe_target *t, struct bpf_program *prog, const char *name,
                     uint64_t address)
{
	struct perf_event_attr attr = { 0 };
	int type = pmu_type("kprobe"), bit = pmu_retprobe_bit("kprobe");

	if (type < 0 || bit < 0)
		return -EOPNOTSUPP;
	attr.type = (uint32_t)type;
	attr.config = is_return(t) ? 1ull << bit : 0;
	attr.kprobe_func = (uint64_t)(uintptr_t)name;
	if (name)
		attr.probe_offset = t->offset;
	else
		attr.kprobe_addr = address;
	return perf_link(prog, &attr, -1, 0, t->cookie);
}

static int link_multi(const struct probe_target *t, struct bpf_program *prog, const char *name)
{
	return multi_kprobe_link(prog, &name, &t->cookie, 1, is_return(t));
}

static int link_name(const struct probe_target *t, struct bpf_program *prog, const char *name)
{
	return is_multi(prog) ? link_multi(t, prog, name) : link_perf(t, prog, name, 0);
}

static int link_function(struct probe_env *env, const struct probe_target *t,
                         struct bpf_program *prog)
{
	bool in_module = t->module && strcmp(t->module, "vmlinux");
	const char *variant = syscall_function(env->arena, t->symbol);
	int fd = -ENOENT;

	if (in_module && !is_multi(prog))
		fd = link_name(t, prog, arena_printf(env->arena, "%s:%s", t->module, t->symbol));
	/* Linux 6.6 did not count symbols of modules by their full name. */
	if (fd < 0 && (fd == -ENOENT || fd == -EINVAL))
		fd = link_name(t, prog, t->symbol);
	if (variant && fd < 0 && fd != -EPERM && fd != -EACCES) {
		int other = link_name(t, prog, variant);

		fd = other >= 0 ? other : fd;
	}
	return fd;
}

struct namesakes {
	const struct probe_target *t;
	struct bpf_program *prog;
	struct attachment *a;
	size_t attached;
	int err;
};

static bool attach_namesake(void *arg, const struct symbol *s)
{
	struct namesakes *n = arg;
	int fd;

	if (strcmp(s->name, n->t->symbol) || !module_fits(n->t->module, s) || !s->address)
		return true;
	fd = link_perf(n->t, n->prog, NULL, s->address + n->t->offset);
	if (fd >= 0) {
		attachment_add(n->a, fd);
		n->attached++;
	} else {
		n->err = fd;
	}
	return true;
}

/* Several functions may bear one name: each that can be traced is meant. */
static int attach_namesakes(struct probe_env *env, const struct probe_target *t,
                            struct bpf_program *prog, struct attachment *a)
{
	struct namesakes n = { .t = t, .prog = prog, .a = a, .err = -ENOENT };
	int err = ksym_each_function(env->cache, attach_namesake, &n);

	return err || n.attached ? err : n.err;
}

static struct attachment *kprobe_attach(struct probe_env *env, const struct probe_target *t,
                                        struct bpf_program *prog)
{
	struct attachment *a = attachment_new();
	int fd;

	attachment_mark_slow(a);
	fd = t->symbol ? link_function(env, t, prog) : link_perf(t, prog, NULL, t->address);
	/* Linux 6.6 refuses such names; before, it took the first, and that may be untraceable. */
	if (fd == -EADDRNOTAVAIL || (fd == -EINVAL && t->symbol && !t->offset && !is_multi(prog))) {
		fd = attach_namesakes(env, t, prog, a);
		return fd < 0 ? kprobe_failed(env, t, a, fd) : a;
	}
	if (fd < 0)
		return kprobe_failed(env, t, a, fd);
	attachment_add(a, fd);
	return a;
}

/* -- many at once -- */

static int link_range(struct batch *b, size_t from, size_t n)
{
	const char **name = b->own;

	if (n == 1)
		return link_function(b->env, b->t[from], b->prog);
	return multi_kprobe_link(b->prog, name + from, b->cookie + from, n, is_return(b->t[from]));
}

static struct attachment *kprobe_attach_many(struct probe_env *env,
                                             const struct probe_target *const *t, size_t n,
                                             struct bpf_program *prog)
{
	const char **name = arena_array(env->arena, const char *, n);
	struct batch b = { .link = link_range, .report = kprobe_failed, .own = name };

	if (!is_multi(prog)) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	batch_init(&b, env, prog, n);
	for (size_t i = 0; i < n; i++) {
		name[i] = t[i]->symbol;
		batch_add(&b, t[i]);
	}
	batch_attach(&b);
	return batch_end(&b, t[0]);
}

const struct probe_kind probe_kprobe = {
	.name = "kprobe",
	.alias = { "k" },
	.synopsis = "kprobe[:<module>]:<function>[+<offset>]",
	.brief = "Fires on entry to a kernel function.",
	.example = "kprobe:vfs_read { @[comm] = hist(arg2); }",
	.caps = PROBE_REGS | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.listed = true,
	.parse = kprobe_parse,
	.match = kprobe_match,
	.suggest = kprobe_suggest,
	.params = kprobe_params,
	.section = kprobe_section,
	.prepare = kprobe_prepare,
	.attach = kprobe_attach,
	.joins = kprobe_joins,
	.attach_many = kprobe_attach_many,
};

const struct probe_kind probe_kretprobe = {
	.name = "kretprobe",
	.alias = { "kr" },
	.synopsis = "kretprobe[:<module>]:<function>",
	.brief = "Fires when a kernel function returns.",
	.example = "kretprobe:vfs_read { @bytes = sum((int64)retval); }",
	.caps = PROBE_RETVAL | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = kprobe_parse,
	.match = kprobe_match,
	.suggest = kprobe_suggest,
	.params = kprobe_params,
	.section = kprobe_section,
	.prepare = kprobe_prepare,
	.attach = kprobe_attach,
	.joins = kprobe_joins,
	.attach_many = kprobe_attach_many,
};
