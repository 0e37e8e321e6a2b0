/* SPDX-License-Identifier: Apache-2.0 */
/* tracing.c - fentry, fexit and raw tracepoints: functions whose arguments BTF describes. */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "probes/arch.h"
#include "probes/btf.h"
#include "probes/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

static bool is_raw(const struct probe_target *t)
{
	return t->kind == &probe_rawtracepoint;
}

static int tracing_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (ap->parts < 2 || ap->parts > 3 || !*ap->part[ap->parts - 1])
		return bad_form(env, ap, t->kind);
	t->symbol = ap->part[ap->parts - 1];
	if (ap->parts == 3)
		t->module = ap->part[1];
	return 0;
}

static const struct btf_file *btf_or_error(struct probe_env *env, const struct probe_target *t)
{
	const struct btf_file *b = btf_vmlinux(env->cache);

	if (!b)
		diag_hint(diag_error(env->diags, t->span, "%s needs the kernel's BTF", t->kind->name),
		          "a kernel with CONFIG_DEBUG_INFO_BTF has it in /sys/kernel/btf/vmlinux");
	return b;
}

struct tracing_match {
	struct probe_env *env;
	const struct probe_target *t;
	probe_match_fn *fn;
	void *arg;
	const char *module;
	const struct btf_file *btf;
	size_t found;
};

static void found(struct tracing_match *m, const char *symbol)
{
	struct probe_target t = *m->t;

	t.symbol = arena_strdup(m->env->arena, symbol);
	t.module = m->module;
	if (has_wildcard(m->t->symbol))
		t.flags |= TARGET_WILDCARD;
	t.name = is_raw(&t) ? arena_printf(m->env->arena, "%s:%s", t.kind->name, symbol)
	                    : arena_printf(m->env->arena, "%s:%s:%s", t.kind->name, m->module, symbol);
	m->found++;
	m->fn(m->arg, &t);
}

static const char btf_trace[] = "btf_trace_";

static bool each_type(void *arg, uint32_t id, const char *name)
{
	struct tracing_match *m = arg;

	if (is_raw(m->t)) {
		if (strncmp(name, btf_trace, strlen(btf_trace)))
			return true;
		name += strlen(btf_trace);
	}
	if (wildcard_match(m->t->symbol, name))
		found(m, name);
	return true;
}

static uint32_t type_kind(const struct probe_target *t)
{
	return is_raw(t) ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC;
}

static const char *type_of(struct probe_env *env, const struct probe_target *t)
{
	return is_raw(t) ? arena_printf(env->arena, "%s%s", btf_trace, t->symbol) : t->symbol;
}

static void match_in(struct tracing_match *m, const struct btf_file *b, const char *module)
{
	m->btf = b;
	m->module = arena_strdup(m->env->arena, module);
	if (has_wildcard(m->t->symbol))
		btf_each(b, type_kind(m->t), each_type, m);
	else if (btf_find(b, type_kind(m->t), type_of(m->env, m->t)))
		found(m, m->t->symbol);
}

static bool each_module(void *arg, const char *module)
{
	struct tracing_match *m = arg;
	const struct btf_file *b;

	if (m->t->module && !wildcard_match(m->t->module, module))
		return true;
	b = btf_module(m->env->cache, module);
	if (b)
		match_in(m, b, module);
	return true;
}

static int tracing_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                         void *arg)
{
	struct probe_target kernel_name = *t;
	struct tracing_match m = { .env = env, .t = &kernel_name, .fn = fn, .arg = arg };
	const struct btf_file *b = btf_or_error(env, t);

	if (!b)
		return -ENOENT;
	if (!t->module || wildcard_match(t->module, "vmlinux"))
		match_in(&m, b, "vmlinux");
	/* sys_clone is __x64_sys_clone here. */
	if (!m.found && !is_raw(t) && !strncmp(t->symbol, "sys_", 4)) {
		kernel_name.symbol = arena_printf(env->arena, "%s%s", arch_host()->syscall_prefix,
		                                  t->symbol + 4);
		match_in(&m, b, "vmlinux");
		kernel_name.symbol = t->symbol;
	}
	if (!m.found || has_wildcard(t->symbol))
		btf_each_module(env->cache, each_module, &m);
	return 0;
}

struct offer {
	struct near *near;
	bool raw;
};

static bool offer_type(void *arg, uint32_t id, const char *name)
{
	struct offer *o = arg;

	if (!o->raw)
		near_offer(o->near, name);
	else if (!strncmp(name, btf_trace, strlen(btf_trace)))
		near_offer(o->near, name + strlen(btf_trace));
	return true;
}

static void tracing_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	const struct btf_file *b = btf_vmlinux(env->cache);
	struct offer o = { near, is_raw(t) };

	if (b)
		btf_each(b, type_kind(t), offer_type, &o);
}

/* -- arguments -- */

static const struct btf_file *btf_of(struct probe_env *env, const struct probe_target *t)
{
	if (!t->module || !strcmp(t->module, "vmlinux") || !*t->module)
		return btf_vmlinux(env->cache);
	return btf_module(env->cache, t->module);
}

/* typedef void (*btf_trace_x)(void *, ...), or a FUNC: its prototype. */
static const struct btf_type *prototype(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);

	for (int i = 0; t && i < 4 && BTF_INFO_KIND(t->info) != BTF_KIND_FUNC_PROTO; i++)
		t = btf_type(b, t->type);
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

/* The function that calls a tracepoint's programs has their arguments with names; its typedef, for
 * kernels that do not describe it, without. */
static uint32_t prototype_id(struct probe_env *env, const struct btf_file *b,
                             const struct probe_target *t)
{
	uint32_t id = 0;

	if (is_raw(t))
		id = btf_find(b, BTF_KIND_FUNC,
		              arena_printf(env->arena, "__traceiter_%s", t->symbol));
	return id ? id : btf_find(b, type_kind(t), type_of(env, t));
}

static int tracing_args(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	const struct btf_file *b = btf_of(env, t);
	uint32_t id = b ? prototype_id(env, b, t) : 0;
	const struct btf_type *proto = id ? prototype(b, id) : NULL;
	const char *module = t->module && strcmp(t->module, "vmlinux") ? t->module : NULL;
	const struct btf_param *p;
	size_t n, skip = is_raw(t);

	if (!proto) {
		diag_error(env->diags, t->span, "the arguments of '%s' are not known", t->symbol);
		return -ENOENT;
	}
	p = (const struct btf_param *)(proto + 1);
	n = BTF_INFO_VLEN(proto->info);
	out->arg = arena_array(env->arena, struct probe_arg, n + 2);
	out->count = 0;
	out->retval = NULL;
	for (size_t i = skip; i < n; i++) {
		const char *name = btf_name(b, p[i].name_off);

		out->arg[out->count++] = (struct probe_arg){
			.name = *name ? name : arena_printf(env->arena, "arg%zu", i - skip),
			.btf_id = p[i].type,
			.btf_module = module,
			.where = ARG_CTX_WORD,
			.offset = (uint32_t)(i - skip) * 8,
			.size = 8,
		};
	}
	if (t->kind == &probe_fexit) {
		struct probe_arg *ret = &out->arg[n];

		*ret = (struct probe_arg){ .name = "retval", .btf_id = proto->type, .btf_module = module,
			                   .where = ARG_CTX_WORD, .offset = (uint32_t)n * 8, .size = 8 };
		out->retval = ret;
	}
	return 0;
}

/* -- attaching -- */

static const char *tracing_section(struct arena *a, const struct probe_target *t)
{
	if (is_raw(t))
		return arena_printf(a, "raw_tp/%s", t->symbol);
	return arena_printf(a, "%s/%s", t->kind->name, t->symbol);
}

static int tracing_prepare(struct probe_env *env, const struct probe_target *t,
                           struct bpf_program *prog)
{
	if (is_raw(t))
		return bpf_program__set_type(prog, BPF_PROG_TYPE_RAW_TRACEPOINT);
	return bpf_program__set_attach_target(prog, 0, t->symbol);
}

static struct attachment *tracing_attach(struct probe_env *env, const struct probe_target *t,
                                         struct bpf_program *prog)
{
	if (is_raw(t))
		return attachment_of(bpf_program__attach_raw_tracepoint(prog, t->symbol), false);
	return attachment_of(bpf_program__attach(prog), true);
}

const struct probe_kind probe_fentry = {
	.name = "fentry",
	.alias = { "f", "kfunc" },
	.synopsis = "fentry[:<module>]:<function>",
	.brief = "Fires when a kernel function is called; its arguments have names and types: args.<name>.",
	.example = "fentry:vfs_read { @[comm] = sum(args.count); }",
	.caps = PROBE_ARGS | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_FUNC_IP | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FENTRY,
	.listed = true,
	.parse = tracing_parse,
	.match = tracing_match,
	.suggest = tracing_suggest,
	.args = tracing_args,
	.section = tracing_section,
	.prepare = tracing_prepare,
	.attach = tracing_attach,
};

const struct probe_kind probe_fexit = {
	.name = "fexit",
	.alias = { "fr", "kretfunc" },
	.synopsis = "fexit[:<module>]:<function>",
	.brief = "Fires when a kernel function returns; args and retval have types.",
	.example = "fexit:vfs_read { @[comm] = hist(retval); }",
	.caps = PROBE_ARGS | PROBE_TYPED_RETVAL | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_FUNC_IP |
	        PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FEXIT,
	.parse = tracing_parse,
	.match = tracing_match,
	.suggest = tracing_suggest,
	.args = tracing_args,
	.section = tracing_section,
	.prepare = tracing_prepare,
	.attach = tracing_attach,
};

const struct probe_kind probe_rawtracepoint = {
	.name = "rawtracepoint",
	.alias = { "rt" },
	.synopsis = "rawtracepoint[:<module>]:<event>",
	.brief = "Fires at a static event of the kernel, with the arguments the kernel passes: arg0 ... or args.<name>.",
	.example = "rawtracepoint:sched_switch { @[comm] = count(); }",
	.caps = PROBE_ARGS | PROBE_WORDS | PROBE_FILTER_PID | PROBE_SIGNAL,
	.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.listed = true,
	.parse = tracing_parse,
	.match = tracing_match,
	.suggest = tracing_suggest,
	.args = tracing_args,
	.section = tracing_section,
	.prepare = tracing_prepare,
	.attach = tracing_attach,
};
