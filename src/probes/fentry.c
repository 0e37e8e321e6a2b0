/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fentry.c - fentry and fexit: like kprobe and kretprobe, but through a trampoline that costs a
 * tenth, and with typed arguments by name. BTF says which functions there are and what they take.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/near.h"
#include "probes/attach.h"
#include "probes/bpf_programs.h"
#include "probes/btf.h"
#include "probes/btf_args.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/ksym.h"
#include "probes/syscalls.h"
#include "probes/target.h"
#include "probes/tracing.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* -- reading -- */

static void name_target(struct probe_env *env, struct probe_target *t)
{
	target_name(env, t, "%s:%s%s%s", t->kind->name, t->module ? t->module : "",
	            t->module ? ":" : "", t->symbol);
}

static void name_bpf(struct probe_env *env, struct probe_target *t)
{
	const char *id = t->address ? arena_printf(env->arena, "%" PRIu64 ":", t->address) : "";

	target_name(env, t, "%s:bpf:%s%s", t->kind->name, id, t->symbol);
}

/* fentry:bpf:[<id>:]<function>: 'mode' marks it, 'address' is the id. */
static int bpf_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	struct number id = { 0 };

	if (ap->parts < 3 || ap->parts > 4 || !*ap->part[ap->parts - 1])
		return target_error(
			env, t,
			"%s:bpf requires a BPF program's name, and may have its id in front",
			t->kind->name);
	if (ap->parts == 4 && strcmp(ap->part[2], "*") && !parse_number(ap->part[2], &id))
		return target_error(env, t, "A BPF program's id is a number or '*', not '%s'",
		                    ap->part[2]);
	t->mode = "bpf";
	t->symbol = ap->part[ap->parts - 1];
	t->address = id.value;
	name_bpf(env, t);
	return 0;
}

static int fentry_parse(struct probe_env *env, const struct attach_point *ap,
                        struct probe_target *t)
{
	if (ap->parts > 1 && !strcmp(ap->part[1], "bpf"))
		return bpf_parse(env, ap, t);
	if (ap->parts == 4)
		return target_error(env, t,
		                    "Only %s:bpf takes a program's id between module and function",
		                    t->kind->name);
	if (!target_symbol(env, ap, t, "fentry/fexit should specify a function"))
		return -EINVAL;
	name_target(env, t);
	return 0;
}

/* -- finding -- */

static int no_btf(struct probe_env *env, const struct probe_target *t)
{
	struct diag *d = diag_error(env->diags, t->span,
	                            "%s needs the kernel's BTF, which is not there", t->kind->name);

	diag_hint(d, "use a kprobe, or a kernel built with CONFIG_DEBUG_INFO_BTF");
	return -ENOENT;
}

static void emit(struct finder *f, const char *symbol)
{
	struct probe_target t = *f->pattern;

	t.module = f->module;
	t.symbol = symbol;
	name_target(f->env, &t);
	finder_emit(f, &t);
}

/* sys_clone has another name in most kernels. */
static const char *function_in(struct probe_env *env, const struct btf_file *b, const char *name)
{
	const char *variant;

	if (btf_find(b, BTF_KIND_FUNC, name))
		return name;
	variant = syscall_function(env->arena, name);
	return variant && btf_find(b, BTF_KIND_FUNC, variant) ? variant : NULL;
}

static void find_one(struct finder *f, const struct btf_file *b)
{
	const char *name = function_in(f->env, b, f->pattern->symbol);

	if (name)
		emit(f, name);
}

static int ambiguous(struct finder *f)
{
	return target_error(
		f->env, f->pattern,
		"Ambiguous attach point, please specify the module containing the function '%s'",
		f->pattern->symbol);
}

static int find_exact(struct finder *f)
{
	const char *module = f->pattern->module;

	if (module && !has_wildcard(module) && !btf_module(f->env->cache, module)) {
		probe_missing(f->env, f->pattern->span,
		              "No BTF found for module '%s': is it loaded?", module);
		return -ENOENT;
	}
	finder_each_btf(f, find_one);
	return f->found > 1 && !module ? ambiguous(f) : 0;
}

static bool note_traceable(void *arg, const struct symbol *s)
{
	map_put(arg, s->name, arg);
	return true;
}

struct search {
	struct finder *f;
	const struct btf_file *b;
};

static bool emit_function(void *arg, uint32_t id, const char *name)
{
	const struct search *s = arg;
	const struct map *traceable = s->f->own;

	if (wildcard_match(s->f->pattern->symbol, name) &&
	    (!traceable || map_get(traceable, name)) && btf_trampoline(s->b, id))
		emit(s->f, name);
	return true;
}

static void find_many(struct finder *f, const struct btf_file *b)
{
	btf_each(b, BTF_KIND_FUNC, emit_function, &(struct search){ f, b });
}

static void find_all(struct finder *f)
{
	struct map traceable = MAP_INIT;

	if (ksym_traceable_known(f->env->cache)) {
		ksym_each_traceable(f->env->cache, note_traceable, &traceable);
		f->own = &traceable;
	}
	finder_each_btf(f, find_many);
	map_release(&traceable);
}

/* -- functions of BPF programs -- */

static bool emit_bpf(void *arg, const struct bpf_function *b)
{
	struct finder *f = arg;
	struct probe_target t = *f->pattern;

	if (!wildcard_match(t.symbol, b->name))
		return true;
	t.symbol = arena_strdup(f->env->arena, b->name);
	t.address = b->program;
	name_bpf(f->env, &t);
	finder_emit(f, &t);
	return true;
}

static int find_bpf(struct finder *f)
{
	const struct probe_target *t = f->pattern;

	bpf_functions_each((uint32_t)t->address, emit_bpf, f);
	if (f->found || has_wildcard(t->symbol) || f->env->listing)
		return 0;
	if (t->address)
		probe_missing(f->env, t->span, "No BPF program with the id %u has a function '%s'",
		              (uint32_t)t->address, t->symbol);
	else
		probe_missing(f->env, t->span, "No BPF program has a function '%s'", t->symbol);
	return -ENOENT;
}

struct wanted {
	const struct probe_target *t;
	uint32_t program, btf_id;
};

static bool is_wanted(void *arg, const struct bpf_function *b)
{
	struct wanted *w = arg;

	if (strcmp(w->t->symbol, b->name))
		return true;
	w->program = b->program;
	w->btf_id = b->btf_id;
	return false;
}

/* Programs come and go: the id is a first guess. */
static int prepare_bpf(struct probe_env *env, const struct probe_target *t,
                       struct bpf_program *prog)
{
	struct wanted w = { .t = t };
	int fd;

	bpf_functions_each((uint32_t)t->address, is_wanted, &w);
	if (!w.program)
		bpf_functions_each(0, is_wanted, &w);
	fd = w.program ? bpf_prog_get_fd_by_id(w.program) : -1;
	if (fd < 0) {
		probe_missing(env, t->span, "No BPF program has a function '%s'", t->symbol);
		return -ENOENT;
	}
	tracing_set_program(prog, t->kind->attach_type, fd, w.btf_id);
	return 0;
}

static int fentry_match(struct finder *f)
{
	if (f->pattern->mode)
		return find_bpf(f);
	if (!btf_vmlinux(f->env->cache))
		return no_btf(f->env, f->pattern);
	if (!has_wildcard(f->pattern->symbol))
		return find_exact(f);
	find_all(f);
	return 0;
}

static bool offer_function(void *arg, uint32_t id, const char *name)
{
	near_offer(arg, name);
	return true;
}

static void fentry_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	const struct btf_file *b = btf_module(env->cache, t->module);
	struct near function;

	near_init(&function, t->symbol);
	if (b)
		btf_each(b, BTF_KIND_FUNC, offer_function, &function);
	if (function.best)
		near_offer(near,
		           t->module ? arena_printf(env->arena, "%s:%s", t->module, function.best)
		                     : function.best);
}

/* -- arguments -- */

static const struct btf_file *btf_of(struct probe_env *env, const struct probe_target *t,
                                     uint32_t *id)
{
	const struct btf_file *b = btf_module(env->cache, t->module);

	*id = b ? btf_find(b, BTF_KIND_FUNC, t->symbol) : 0;
	if (*id)
		return b;
	diag_error(env->diags, t->span, "The kernel's BTF has no function '%s' in %s", t->symbol,
	           t->module ? t->module : "vmlinux");
	return NULL;
}

static int fentry_args(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	const struct btf_file *b;
	uint32_t id;
	bool own = t->module && strcmp(t->module, "vmlinux");

	if (t->mode)
		return target_error(env, t, "Arguments of BPF programs are not known by name");
	b = btf_of(env, t, &id);
	if (!b)
		return -ENOENT;
	btf_args(env->arena, b, own ? t->module : NULL, id, 0, out);
	return 0;
}

/* -- attaching -- */

static const char *fentry_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "%s/%s", t->kind->name, t->symbol);
}

static int fentry_prepare(struct probe_env *env, const struct probe_target *t,
                          struct bpf_program *prog)
{
	uint32_t id;
	int err;

	if (t->mode)
		return prepare_bpf(env, t, prog);
	if (!btf_vmlinux(env->cache))
		return no_btf(env, t);
	if (!btf_of(env, t, &id))
		return -ENOENT;
	err = tracing_set_target(prog, t->kind->attach_type, t->module, id);
	if (err)
		attach_error(env, t, err);
	return err;
}

static struct attachment *fentry_attach(struct probe_env *env, const struct probe_target *t,
                                        struct bpf_program *prog)
{
	int fd = bpf_raw_tracepoint_open(NULL, bpf_program__fd(prog));

	tracing_forget(prog);
	return attach_link(env, t, fd);
}

const struct probe_kind probe_fentry = {
	.name = "fentry",
	.alias = { "f", "kfunc" },
	.synopsis = "fentry[:<module>]:<function>, fentry:bpf[:<id>]:<function>",
	.brief = "Fires on entry to a kernel function, with arguments by name.",
	.example = "fentry:vfs_read { @[comm] = hist(args.count); }",
	.caps = PROBE_ARGS | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FENTRY,
	.listed = true,
	.parse = fentry_parse,
	.match = fentry_match,
	.suggest = fentry_suggest,
	.args = fentry_args,
	.section = fentry_section,
	.prepare = fentry_prepare,
	.attach = fentry_attach,
};

const struct probe_kind probe_fexit = {
	.name = "fexit",
	.alias = { "fr", "kretfunc" },
	.synopsis = "fexit[:<module>]:<function>, fexit:bpf[:<id>]:<function>",
	.brief = "Fires when a kernel function returns, with arguments by name and its result.",
	.example = "fexit:vfs_read { @[args.count, retval] = count(); }",
	.caps = PROBE_ARGS | PROBE_TYPED_RETVAL | PROBE_FUNC_IP | PROBE_FILTER_PID | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FEXIT,
	.parse = fentry_parse,
	.match = fentry_match,
	.suggest = fentry_suggest,
	.args = fentry_args,
	.section = fentry_section,
	.prepare = fentry_prepare,
	.attach = fentry_attach,
};
