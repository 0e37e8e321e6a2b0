/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracepoint.c - static events of the kernel, by the files of tracefs.
 *
 * A program on a perf event takes 10 ms to attach and 100 to detach, one on a raw tracepoint 0.1 of
 * both. So sys_enter_X and sys_exit_X are served by the raw sys_enter and sys_exit, told apart by
 * the syscall's number; all that their records hold is in the registers. And events whose arguments
 * are not read are attached raw (TARGET_RAW).
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "probes/arch.h"
#include "probes/private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <asm/unistd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

const char *tracefs_find(void)
{
	static const char *const dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[64];

	for (size_t i = 0; i < countof(dirs); i++) {
		snprintf(path, sizeof(path), "%s/events", dirs[i]);
		if (!access(path, F_OK))
			return dirs[i];
	}
	/* Small systems do not mount it; it belongs here, and perf(1) does the same. */
	return mount("nodev", dirs[0], "tracefs", 0, NULL) ? NULL : dirs[0];
}

const char *tracefs_dir(struct probe_env *env, struct span span)
{
	const char *dir = tracefs_find();
	struct diag *d;

	if (dir)
		return dir;
	d = diag_error(env->diags, span, "tracefs cannot be read: %s",
	               geteuid() ? "this needs root" : "it is not mounted, and cannot be");
	if (!geteuid())
		diag_hint(d, "mount -t tracefs nodev /sys/kernel/tracing");
	return NULL;
}

/* -- syscalls -- */

static const struct {
	const char *name;
	uint32_t number;
} syscalls[] = {
#define SYSCALL(name) { #name, __NR_##name },
#include "probes/syscalls.inc"
#undef SYSCALL
};

/* Events are named after the kernel's functions, which differ from the numbers' names here. */
static const struct {
	const char *event, *number;
} renamed[] = {
	{ "newstat", "stat" },       { "newfstat", "fstat" },     { "newlstat", "lstat" },
	{ "newuname", "uname" },     { "sendfile64", "sendfile" }, { "umount", "umount2" },
	{ "fadvise64_64", "fadvise64" },
};

static bool syscall_number(const char *name, uint64_t *number)
{
	for (size_t i = 0; i < countof(renamed); i++)
		if (!strcmp(renamed[i].event, name))
			name = renamed[i].number;
	for (size_t i = 0; i < countof(syscalls); i++) {
		if (!strcmp(syscalls[i].name, name)) {
			*number = syscalls[i].number;
			return true;
		}
	}
	return false;
}

static void mark_syscall(struct probe_target *t)
{
	static const char *const prefixes[] = { "sys_enter_", "sys_exit_" };

	for (size_t i = 0; i < countof(prefixes) && !strcmp(t->module, "syscalls"); i++)
		if (!strncmp(t->symbol, prefixes[i], strlen(prefixes[i])) &&
		    syscall_number(t->symbol + strlen(prefixes[i]), &t->address))
			t->flags |= TARGET_RAW_SYSCALL;
}

/* -- finding -- */

static int tracepoint_parse(struct probe_env *env, const struct attach_point *ap,
                            struct probe_target *t)
{
	if (ap->parts == 2 && has_wildcard(ap->part[1])) {
		t->module = "*";
		t->symbol = ap->part[1];
		return 0;
	}
	if (ap->parts != 3 || !*ap->part[1] || !*ap->part[2])
		return bad_form(env, ap, t->kind);
	t->module = ap->part[1];
	t->symbol = ap->part[2];
	return 0;
}

static void found(struct probe_env *env, const struct probe_target *t, const char *category,
                  const char *event, probe_match_fn *fn, void *arg)
{
	struct probe_target m = *t;

	m.module = arena_strdup(env->arena, category);
	m.symbol = arena_strdup(env->arena, event);
	m.name = arena_printf(env->arena, "%s:%s:%s", t->kind->name, category, event);
	if (has_wildcard(t->symbol) || has_wildcard(t->module))
		m.flags |= TARGET_WILDCARD;
	mark_syscall(&m);
	fn(arg, &m);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a directory that match, in order. */
static size_t entries(struct probe_env *env, const char *path, const char *pattern,
                      const char ***names)
{
	VEC(const char *) v = { 0 };
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_type == DT_DIR && *e->d_name != '.' && wildcard_match(pattern, e->d_name))
			vec_push_in(env->arena, &v, arena_strdup(env->arena, e->d_name));
	if (dir)
		closedir(dir);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), by_text);
	*names = v.v;
	return v.n;
}

static int tracepoint_match(struct probe_env *env, const struct probe_target *t, probe_match_fn *fn,
                            void *arg)
{
	const char *dir = tracefs_dir(env, t->span), **categories, **events;
	size_t n, m;

	if (!dir)
		return -ENOENT;
	if (!has_wildcard(t->module) && !has_wildcard(t->symbol)) {
		const char *path = arena_printf(env->arena, "%s/events/%s/%s/format", dir, t->module,
		                                t->symbol);

		if (!strchr(t->module, '/') && !strchr(t->symbol, '/') && !access(path, R_OK))
			found(env, t, t->module, t->symbol, fn, arg);
		else if (errno == EACCES)
			return diag_error(env->diags, t->span, "cannot read %s: %s", path,
			                  strerror(errno)),
			       -EACCES;
		return 0;
	}
	n = entries(env, arena_printf(env->arena, "%s/events", dir), t->module, &categories);
	for (size_t i = 0; i < n; i++) {
		m = entries(env, arena_printf(env->arena, "%s/events/%s", dir, categories[i]), t->symbol,
		            &events);
		for (size_t j = 0; j < m; j++)
			found(env, t, categories[i], events[j], fn, arg);
	}
	return 0;
}

static void tracepoint_suggest(struct probe_env *env, const struct probe_target *t,
                               struct near *near)
{
	const char *dir = tracefs_find(), **categories, **names;
	size_t n, m;

	if (!dir)
		return;
	n = entries(env, arena_printf(env->arena, "%s/events", dir), "*", &categories);
	for (size_t i = 0; i < n; i++) {
		m = entries(env, arena_printf(env->arena, "%s/events/%s", dir, categories[i]), "*",
		            &names);
		for (size_t j = 0; j < m; j++) {
			/* The right name in another category is the likeliest slip. */
			if (!strcmp(names[j], t->symbol)) {
				near->best = arena_printf(env->arena, "%s:%s", categories[i], names[j]);
				near->distance = 0;
			} else if (!strcmp(categories[i], t->module)) {
				near_offer(near, names[j]);
			}
		}
	}
}

/* -- arguments: the lines of a format file --
 *
 *	field:const char * filename;	offset:24;	size:8;	signed:0;
 *	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
 *	field:__data_loc char[] name;	offset:8;	size:4;	signed:0;
 */

static uint32_t number_after(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? (uint32_t)strtoul(at + strlen(key), NULL, 10) : 0;
}

static bool parse_field(struct probe_env *env, char *line, struct probe_arg *a)
{
	char *decl = strstr(line, "field:"), *end, *name, *bracket;

	if (!decl || !(end = strchr(decl, ';')))
		return false;
	a->offset = number_after(end, "offset:");
	a->size = number_after(end, "size:");
	a->is_signed = number_after(end, "signed:");
	a->where = ARG_CTX;
	*end = '\0';
	decl += 6;
	bracket = strrchr(decl, '[');
	if (!strncmp(decl, "__data_loc ", 11) || !strncmp(decl, "__rel_loc ", 10)) {
		a->where = decl[2] == 'd' ? ARG_DATA_LOC : ARG_REL_LOC;
		bracket = NULL;
	}
	if (bracket) {
		a->count = (uint32_t)strtoul(bracket + 1, NULL, 10);
		*bracket = '\0';
	}
	name = strrchr(decl, ' ');
	if (!name)
		return false;
	*name++ = '\0';
	while (*name == '*')
		name++;
	a->name = arena_strdup(env->arena, name);
	a->ctype = arena_strdup(env->arena, decl);
	/* A size that is given by an expression is known from the bytes. */
	if (bracket && !a->count && !strncmp(decl, "char", 4))
		a->count = a->size;
	return true;
}

static int read_format(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	const char *dir = tracefs_dir(env, t->span), *path;
	struct strbuf sb = STRBUF_INIT;
	VEC(struct probe_arg) args = { 0 };
	char *line, *rest;
	int err;

	if (!dir)
		return -ENOENT;
	path = arena_printf(env->arena, "%s/events/%s/%s/format", dir, t->module, t->symbol);
	err = strbuf_read_file(&sb, path);
	if (err) {
		diag_error(env->diags, t->span, "cannot read %s: %s", path, strerror(-err));
		strbuf_release(&sb);
		return err;
	}
	for (line = strtok_r(sb.buf, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct probe_arg a = { 0 };

		/* The first 8 bytes, common to all events, are out of a program's reach. */
		if (parse_field(env, line, &a) && strncmp(a.name, "common_", 7))
			vec_push_in(env->arena, &args, a);
	}
	strbuf_release(&sb);
	*out = (struct probe_args){ .arg = args.v, .count = args.n };
	return 0;
}

static void as_raw_syscall(const struct probe_target *t, struct probe_args *out)
{
	bool enter = !strncmp(t->symbol, "sys_enter", 9);
	size_t n = 0;

	for (size_t i = 0; i < out->count; i++) {
		struct probe_arg *a = &out->arg[i];

		if (!strcmp(a->name, "__syscall_nr")) {
			a->where = ARG_SYSCALL_NR;
		} else if (!enter) {
			a->where = ARG_SYSCALL_RET;
		} else if (n < 6) {
			a->where = ARG_SYSCALL;
			a->offset = arch_host()->syscall_arg[n++];
			a->user = true;
		}
	}
}

static int tracepoint_args(struct probe_env *env, const struct probe_target *t,
                           struct probe_args *out)
{
	int err = read_format(env, t, out);

	if (!err && t->flags & TARGET_RAW_SYSCALL)
		as_raw_syscall(t, out);
	else if (!err && !strcmp(t->module, "syscalls") && !strncmp(t->symbol, "sys_enter", 9))
		for (size_t i = 0; i < out->count; i++)
			out->arg[i].user = true;
	return err;
}

/* -- attaching -- */

static const char *raw_name(const struct probe_target *t)
{
	if (!(t->flags & TARGET_RAW_SYSCALL))
		return t->symbol;
	return strncmp(t->symbol, "sys_enter", 9) ? "sys_exit" : "sys_enter";
}

static bool is_raw(const struct probe_target *t)
{
	return t->flags & (TARGET_RAW_SYSCALL | TARGET_RAW);
}

static const char *tracepoint_section(struct arena *a, const struct probe_target *t)
{
	if (is_raw(t))
		return arena_printf(a, "raw_tp/%s", raw_name(t));
	return arena_printf(a, "tracepoint/%s/%s", t->module, t->symbol);
}

static int tracepoint_prepare(struct probe_env *env, const struct probe_target *t,
                              struct bpf_program *prog)
{
	return bpf_program__set_type(prog, is_raw(t) ? BPF_PROG_TYPE_RAW_TRACEPOINT
	                                             : BPF_PROG_TYPE_TRACEPOINT);
}

static struct attachment *tracepoint_attach(struct probe_env *env, const struct probe_target *t,
                                            struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = t->cookie);

	if (is_raw(t))
		return attachment_of(bpf_program__attach_raw_tracepoint(prog, raw_name(t)), false);
	return attachment_of(bpf_program__attach_tracepoint_opts(prog, t->module, t->symbol, &opts),
	                     true);
}

/* All syscalls of a program come through one raw tracepoint. */
static struct attachment *tracepoint_attach_many(struct probe_env *env,
                                                 const struct probe_target *const *t, size_t n,
                                                 struct bpf_program *prog)
{
	if (t[0]->flags & TARGET_RAW_SYSCALL)
		return tracepoint_attach(env, t[0], prog);
	errno = EOPNOTSUPP;
	return NULL;
}

const struct probe_kind probe_tracepoint = {
	.name = "tracepoint",
	.alias = { "t" },
	.synopsis = "tracepoint:<category>:<event>",
	.brief = "Fires at a static event of the kernel; its fields are args.<name>.",
	.example = "tracepoint:sched:sched_process_exec { printf(\"%s\\n\", str(args.filename)); }",
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
