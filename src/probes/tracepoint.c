/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracepoint.c - tracepoint:<category>:<event>, in one of three ways:
 *
 *	perf event		the general way; args lie in the context as the format file says
 *	TARGET_RAW		a body that reads no arguments runs on the raw tracepoint of
 *				that name
 *	TARGET_RAW_SYSCALL	syscalls:sys_enter_X and sys_exit_X run on the raw tracepoints
 *				sys_enter and sys_exit, and pick their number
 *
 * The first way makes the kernel wait for grace periods, some 10 ms to attach and 100 ms to detach;
 * the others take 0.1 ms.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "probes/arch.h"
#include "probes/attach.h"
#include "probes/cache.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/syscalls.h"
#include "probes/target.h"
#include "probes/tracefs.h"
#include "probes/tracepoint_format.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

static const char enter_prefix[] = "sys_enter_", exit_prefix[] = "sys_exit_";

/* -- reading -- */

static int tracepoint_parse(struct probe_env *env, const struct attach_point *ap,
                            struct probe_target *t)
{
	/* t:*foo* is t:*:*foo* */
	if (ap->parts == 2 && has_wildcard(ap->part[1])) {
		t->module = "*";
		t->symbol = ap->part[1];
	} else {
		if (!target_parts(env, ap, 2, 2))
			return -EINVAL;
		t->module = ap->part[1];
		t->symbol = ap->part[2];
	}
	if (!*t->module || !*t->symbol)
		return target_error(env, t, "Tracepoint probe must have a category and an event");
	target_name(env, t, "tracepoint:%s:%s", t->module, t->symbol);
	return 0;
}

static const char *syscall_of(const struct probe_target *t)
{
	if (strcmp(t->module, "syscalls"))
		return NULL;
	if (!strncmp(t->symbol, enter_prefix, strlen(enter_prefix)))
		return t->symbol + strlen(enter_prefix);
	if (!strncmp(t->symbol, exit_prefix, strlen(exit_prefix)))
		return t->symbol + strlen(exit_prefix);
	return NULL;
}

static void mark_syscall(struct probe_target *t)
{
	const char *name = syscall_of(t);
	int number = name && arch_host()->syscall_nr ? syscall_number(name) : -1;

	if (number >= 0) {
		t->flags |= TARGET_RAW_SYSCALL;
		t->address = (uint64_t)number;
	}
}

/* -- finding -- */

typedef bool event_fn(void *arg, char *category, char *event);

/* Lines of available_events: "sched:sched_switch". The text is in the cache's memory. */
static int each_event(struct probe_cache *c, event_fn *fn, void *arg)
{
	struct strbuf sb = STRBUF_INIT;
	int err = tracefs_read(c, "available_events", &sb);
	char *text = arena_memdup(&c->arena, sb.buf, sb.len), *save, *line;

	strbuf_release(&sb);
	for (line = strtok_r(text, "\n", &save); !err && line; line = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		if (!fn(arg, line, colon + 1))
			break;
	}
	return err;
}

static bool emit_event(void *arg, char *category, char *event)
{
	struct finder *f = arg;
	struct probe_target t = *f->pattern;

	if (!wildcard_match(t.module, category) || !wildcard_match(t.symbol, event))
		return true;
	t.module = category;
	t.symbol = event;
	target_name(f->env, &t, "tracepoint:%s:%s", category, event);
	mark_syscall(&t);
	finder_emit(f, &t);
	return true;
}

static bool event_exists(struct probe_env *env, const struct probe_target *t)
{
	const char *path = arena_printf(env->arena, "events/%s/%s/id", t->module, t->symbol);

	return !strchr(t->symbol, '/') && tracefs_has(env->cache, path);
}

static int tracepoint_match(struct finder *f)
{
	struct probe_env *env = f->env;
	const struct probe_target *t = f->pattern;
	struct probe_target found = *t;
	int err = tracefs_root(env->cache);

	if (err < 0)
		return tracefs_failed(env, t, err);
	if (has_wildcard(t->module) || has_wildcard(t->symbol)) {
		err = each_event(env->cache, emit_event, f);
		return err ? tracefs_failed(env, t, err) : 0;
	}
	if (!event_exists(env, t))
		return 0;
	mark_syscall(&found);
	finder_emit(f, &found);
	return 0;
}

struct suggestion {
	struct probe_env *env;
	const struct probe_target *t;
	struct near *near;
};

static bool offer_event(void *arg, char *category, char *event)
{
	struct suggestion *s = arg;
	const char *name = arena_printf(s->env->arena, "%s:%s", category, event);

	/* The right event in another category is better than a similar one in this. */
	if (!strcmp(event, s->t->symbol)) {
		s->near->best = name;
		return false;
	}
	near_offer(s->near, name);
	return true;
}

static void tracepoint_suggest(struct probe_env *env, const struct probe_target *t,
                               struct near *near)
{
	struct suggestion s = { env, t, near };

	each_event(env->cache, offer_event, &s);
}

/* -- arguments -- */

/* Registers are 8 bytes wide, and so say the format files of syscalls; what counts is the type in
 * the syscall's definition: an 'int' has 4 bytes and a sign. */
static void narrow(struct probe_arg *f)
{
	static const struct {
		const char *ctype;
		uint8_t size;
		bool is_signed;
	} types[] = {
		{ "int", 4, true },       { "unsigned int", 4, false }, { "unsigned", 4, false },
		{ "uint", 4, false },     { "pid_t", 4, true },         { "uid_t", 4, false },
		{ "gid_t", 4, false },    { "umode_t", 2, false },      { "u32", 4, false },
		{ "__u32", 4, false },    { "s32", 4, true },           { "__s32", 4, true },
		{ "clockid_t", 4, true }, { "timer_t", 4, true },       { "mqd_t", 4, true },
		{ "key_t", 4, true },     { "key_serial_t", 4, true },  { "qid_t", 4, false },
		{ "rwf_t", 4, true },     { "long", 8, true },          { "off_t", 8, true },
		{ "loff_t", 8, true },    { "ssize_t", 8, true },
	};
	const char *type = strncmp(f->ctype, "const ", 6) ? f->ctype : f->ctype + 6;

	for (size_t i = 0; i < countof(types); i++) {
		if (strcmp(type, types[i].ctype))
			continue;
		f->size = types[i].size;
		f->is_signed = types[i].is_signed;
	}
}

/* Where programs find a field of a syscall's record, 'args' of which were arguments so far. false:
 * they do not find it. */
static bool place_field(const struct probe_target *t, struct probe_arg *f, size_t *args)
{
	const struct arch *arch = arch_host();
	bool raw = t->flags & TARGET_RAW_SYSCALL;
	bool entry = !strncmp(t->symbol, enter_prefix, strlen(enter_prefix));
	bool number = !strcmp(f->name, "__syscall_nr");
	bool argument = entry && !number && *args < countof(arch->syscall_arg);

	/* Copies of what pointers point to (Linux 6.19) are made for perf only. */
	if (f->where != ARG_CTX)
		return !raw;
	if (argument) {
		narrow(f);
		f->user = strchr(f->ctype, '*');
	}
	if (raw && number) {
		f->where = entry ? ARG_SYSCALL_NR : ARG_SYSCALL;
		f->offset = arch->syscall_nr;
	} else if (raw && !entry) {
		f->where = ARG_SYSCALL_RET;
	} else if (raw && argument) {
		f->where = ARG_SYSCALL;
		f->offset = arch->syscall_arg[*args];
	}
	*args += argument;
	return true;
}

static void syscall_fields(const struct probe_target *t, struct probe_args *args)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < args->count; i++) {
		struct probe_arg f = args->arg[i];

		if (place_field(t, &f, &n))
			args->arg[kept++] = f;
	}
	args->count = kept;
}

static int tracepoint_args(struct probe_env *env, const struct probe_target *t,
                           struct probe_args *out)
{
	const char *path = arena_printf(env->arena, "events/%s/%s/format", t->module, t->symbol);
	struct strbuf sb = STRBUF_INIT;
	int err = tracefs_read(env->cache, path, &sb);

	if (err) {
		tracefs_failed(env, t, err);
	} else {
		tracepoint_format(env->arena, sb.buf, out);
		if (syscall_of(t))
			syscall_fields(t, out);
	}
	strbuf_release(&sb);
	return err;
}

/* -- attaching -- */

/* Events that were made by users at run time have no tracepoint of their own, so no raw one. */
static bool is_dynamic(struct probe_cache *c, const struct probe_target *t)
{
	static const char *const made[] = { "kprobes", "uprobes", "synthetic", "eprobes",
		                            "ftrace" };
	struct strbuf sb = STRBUF_INIT, name = STRBUF_INIT;
	bool found = false;

	for (size_t i = 0; i < countof(made); i++)
		found |= !strcmp(t->module, made[i]);
	if (!found && !tracefs_read(c, "dynamic_events", &sb)) {
		/* "p:group/event where ..." */
		strbuf_addf(&name, ":%s/%s ", t->module, t->symbol);
		found = strstr(sb.buf, name.buf);
	}
	strbuf_release(&name);
	strbuf_release(&sb);
	return found;
}

static const char *raw_event(const struct probe_target *t)
{
	if (t->flags & TARGET_RAW_SYSCALL)
		return strncmp(t->symbol, enter_prefix, strlen(enter_prefix)) ? "sys_exit"
		                                                              : "sys_enter";
	return t->flags & TARGET_RAW ? t->symbol : NULL;
}

static const char *tracepoint_section(struct arena *a, const struct probe_target *t)
{
	const char *raw = raw_event(t);

	return raw ? arena_printf(a, "raw_tp/%s", raw)
	           : arena_printf(a, "tracepoint/%s/%s", t->module, t->symbol);
}

static int tracepoint_prepare(struct probe_env *env, const struct probe_target *t,
                              struct bpf_program *prog)
{
	bool raw = raw_event(t);

	/* A program that reads nothing runs in either way. */
	if (raw && !(t->flags & TARGET_RAW_SYSCALL) && is_dynamic(env->cache, t))
		raw = false;
	return bpf_program__set_type(prog,
	                             raw ? BPF_PROG_TYPE_RAW_TRACEPOINT : BPF_PROG_TYPE_TRACEPOINT);
}

static struct attachment *attach_raw(struct probe_env *env, const struct probe_target *t,
                                     struct bpf_program *prog)
{
	return attach_link(env, t, bpf_raw_tracepoint_open(raw_event(t), bpf_program__fd(prog)));
}

static int event_id(struct probe_env *env, const struct probe_target *t, uint64_t *id)
{
	struct strbuf sb = STRBUF_INIT;
	int err = tracefs_read(
		env->cache, arena_printf(env->arena, "events/%s/%s/id", t->module, t->symbol), &sb);

	*id = strtoull(sb.buf, NULL, 10);
	strbuf_release(&sb);
	return err;
}

/* One event is enough: the program hangs on the tracepoint, whatever the CPU. */
static struct attachment *attach_perf(struct probe_env *env, const struct probe_target *t,
                                      struct bpf_program *prog)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 };
	uint64_t id;
	int fd = event_id(env, t, &id);
	struct attachment *a;

	if (!fd) {
		attr.config = id;
		fd = perf_link(prog, &attr, -1, cpu_next_online(-1), t->cookie);
	} else if (tracefs_root(env->cache) < 0) {
		tracefs_failed(env, t, fd);
		return attach_gave_up(NULL, fd);
	}
	a = attach_link(env, t, fd);
	if (a)
		attachment_mark_slow(a);
	return a;
}

static struct attachment *tracepoint_attach(struct probe_env *env, const struct probe_target *t,
                                            struct bpf_program *prog)
{
	bool raw = bpf_program__type(prog) == BPF_PROG_TYPE_RAW_TRACEPOINT;

	return raw ? attach_raw(env, t, prog) : attach_perf(env, t, prog);
}

/* The program of many syscalls is on their one raw tracepoint once. */
static struct attachment *tracepoint_attach_many(struct probe_env *env,
                                                 const struct probe_target *const *t, size_t n,
                                                 struct bpf_program *prog)
{
	struct attachment *a;

	if (!(t[0]->flags & TARGET_RAW_SYSCALL)) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	a = attach_raw(env, t[0], prog);
	if (a)
		attachment_serves(a, n);
	return a;
}

const struct probe_kind probe_tracepoint = {
	.name = "tracepoint",
	.alias = { "t" },
	.synopsis = "tracepoint:<category>:<event>",
	.brief = "Fires at a place that kernel developers have marked and named.",
	.example = "tracepoint:syscalls:sys_enter_openat { printf(\"%s %s\\n\", comm, "
		   "str(args.filename)); }",
	.caps = PROBE_ARGS | PROBE_FILTER_PID | PROBE_SIGNAL | PROBE_COOKIE | PROBE_RAWABLE,
	.prog_type = BPF_PROG_TYPE_TRACEPOINT,
	.listed = true,
	.parse = tracepoint_parse,
	.match = tracepoint_match,
	.suggest = tracepoint_suggest,
	.args = tracepoint_args,
	.section = tracepoint_section,
	.prepare = tracepoint_prepare,
	.attach = tracepoint_attach,
	.attach_many = tracepoint_attach_many,
};
