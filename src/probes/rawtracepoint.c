/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rawtracepoint.c - tracepoints with the arguments that the kernel's code passes, not the record
 * that is made of them: cheaper, and pointers are there to follow.
 *
 * BTF names each as a typedef btf_trace_<event> and holds the function __traceiter_<event>, whose
 * parameters bear the names of the source (Linux 5.10).
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/near.h"
#include "probes/attach.h"
#include "probes/btf.h"
#include "probes/btf_args.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/target.h"
#include "probes/tracing.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

static const char prefix[] = "btf_trace_";

static void name_target(struct probe_env *env, struct probe_target *t)
{
	target_name(env, t, "rawtracepoint:%s%s%s", t->module ? t->module : "",
	            t->module ? ":" : "", t->symbol);
}

static int raw_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (!target_symbol(env, ap, t, "Rawtracepoint should be attached to an event"))
		return -EINVAL;
	name_target(env, t);
	return 0;
}

static uint32_t find_typedef(struct probe_env *env, const struct btf_file *b, const char *event)
{
	return btf_find(b, BTF_KIND_TYPEDEF, arena_printf(env->arena, "%s%s", prefix, event));
}

static void emit(struct finder *f, const char *event)
{
	struct probe_target t = *f->pattern;

	t.module = f->module;
	t.symbol = event;
	name_target(f->env, &t);
	finder_emit(f, &t);
}

static bool emit_typedef(void *arg, uint32_t id, const char *name)
{
	struct finder *f = arg;

	if (!strncmp(name, prefix, strlen(prefix)) &&
	    wildcard_match(f->pattern->symbol, name + strlen(prefix)))
		emit(f, name + strlen(prefix));
	return true;
}

static void find_in(struct finder *f, const struct btf_file *b)
{
	const char *event = f->pattern->symbol;

	if (has_wildcard(event))
		btf_each(b, BTF_KIND_TYPEDEF, emit_typedef, f);
	else if (find_typedef(f->env, b, event))
		emit(f, event);
}

static int raw_match(struct finder *f)
{
	const struct probe_target *t = f->pattern;

	if (!btf_vmlinux(f->env->cache)) {
		/* Arguments are words then; whether there is such an event shows at attach. */
		if (!has_wildcard(t->symbol)) {
			finder_emit(f, t);
			return 0;
		}
		diag_hint(diag_error(f->env->diags, t->span, "Rawtracepoints require kernel BTF"),
		          "try using a 'tracepoint' instead");
		return -ENOENT;
	}
	finder_each_btf(f, find_in);
	return 0;
}

static bool offer_event(void *arg, uint32_t id, const char *name)
{
	if (!strncmp(name, prefix, strlen(prefix)))
		near_offer(arg, name + strlen(prefix));
	return true;
}

static void raw_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	const struct btf_file *b = btf_vmlinux(env->cache);
	struct near event;

	near_init(&event, t->symbol);
	if (b)
		btf_each(b, BTF_KIND_TYPEDEF, offer_event, &event);
	if (event.best)
		near_offer(near, t->module ? arena_printf(env->arena, "vmlinux:%s", event.best)
		                           : event.best);
}

/* The function whose parameters are the event's, behind one of the kernel's own. */
static uint32_t find_prototype(struct probe_env *env, const struct btf_file *b, const char *event)
{
	static const char *const functions[] = { "__traceiter_", "__bpf_trace_" };
	const struct btf_type *t;
	uint32_t id;

	for (size_t i = 0; i < 2; i++) {
		id = btf_find(b, BTF_KIND_FUNC,
		              arena_printf(env->arena, "%s%s", functions[i], event));
		if (id)
			return id;
	}
	id = find_typedef(env, b, event);
	t = btf_type(b, btf_strip(b, id));
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_PTR ? t->type : 0;
}

static int raw_args(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	bool own = t->module && strcmp(t->module, "vmlinux");
	const struct btf_file *b = btf_module(env->cache, t->module);
	uint32_t id = b ? find_prototype(env, b, t->symbol) : 0;

	if (!id) {
		diag_hint(diag_error(env->diags, t->span, "The kernel's BTF does not describe '%s'",
		                     t->symbol),
		          "arg0, arg1 ... are its arguments as integers");
		return -ENOENT;
	}
	btf_args(env->arena, b, own ? t->module : NULL, id, 1, out);
	out->retval = NULL;
	return 0;
}

static const char *raw_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "%s/%s", t->flags & TARGET_TYPED ? "tp_btf" : "raw_tp", t->symbol);
}

/* Typed pointers cost a look into BTF: only for programs that need them. */
static int raw_prepare(struct probe_env *env, const struct probe_target *t,
                       struct bpf_program *prog)
{
	const struct btf_file *b;
	uint32_t id;
	int err;

	if (!(t->flags & TARGET_TYPED))
		return bpf_program__set_type(prog, BPF_PROG_TYPE_RAW_TRACEPOINT);
	b = btf_module(env->cache, t->module);
	id = b ? find_typedef(env, b, t->symbol) : 0;
	err = id ? tracing_set_target(prog, BPF_TRACE_RAW_TP, t->module, id) : -ENOENT;
	if (err)
		attach_error(env, t, err);
	return err;
}

static struct attachment *raw_attach(struct probe_env *env, const struct probe_target *t,
                                     struct bpf_program *prog)
{
	bool typed = t->flags & TARGET_TYPED;
	int fd = bpf_raw_tracepoint_open(typed ? NULL : t->symbol, bpf_program__fd(prog));

	tracing_forget(prog);
	if (fd == -EINVAL) {
		diag_hint(attach_error(env, t, fd),
		          "it may have fewer arguments than the program reads");
		return attach_gave_up(NULL, fd);
	}
	return attach_link(env, t, fd);
}

const struct probe_kind probe_rawtracepoint = {
	.name = "rawtracepoint",
	.alias = { "rt" },
	.synopsis = "rawtracepoint[:<module>]:<event>",
	.brief = "Fires at a tracepoint, with the arguments that the kernel's code passes to it.",
	.example = "rawtracepoint:sched_process_exec { @[comm] = count(); }",
	.caps = PROBE_ARGS | PROBE_WORDS | PROBE_FILTER_PID | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.listed = true,
	.parse = raw_parse,
	.match = raw_match,
	.suggest = raw_suggest,
	.args = raw_args,
	.section = raw_section,
	.prepare = raw_prepare,
	.attach = raw_attach,
};
