/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iter.c - iter:<kind>: runs once for each object of a kind that the kernel holds (tasks, files,
 * maps), while the output of the program is read like a file. No event is awaited.
 *
 * BTF names each kind twice: the struct bpf_iter__<kind> is the program's context, the function
 * bpf_iter_<kind> is what the program is tied to.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/mem.h"
#include "probes/attach.h"
#include "probes/btf.h"
#include "probes/btf_text.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/target.h"
#include "probes/tracing.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "bpf_iter__";

static int iter_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (!target_parts(env, ap, 1, 2))
		return -EINVAL;
	t->symbol = ap->part[1];
	if (!*t->symbol)
		return target_error(env, t, "Iter should specify an iterator's name");
	if (has_wildcard(t->symbol) && !env->listing)
		return target_error(env, t, "Iter probe type does not support wildcards");
	if (ap->parts == 3 && *ap->part[2])
		t->mode = *ap->part[2] == '/'
		                  ? ap->part[2]
		                  : arena_printf(env->arena, "/sys/fs/bpf/%s", ap->part[2]);
	target_name(env, t, t->mode ? "iter:%s:%s" : "iter:%s", t->symbol, t->mode);
	return 0;
}

static const char *function_of(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "bpf_iter_%s", t->symbol);
}

static bool emit_struct(void *arg, uint32_t id, const char *name)
{
	struct finder *f = arg;
	struct probe_target t = *f->pattern;

	if (strncmp(name, prefix, strlen(prefix)) ||
	    !wildcard_match(t.symbol, name + strlen(prefix)))
		return true;
	t.symbol = name + strlen(prefix);
	/* The verifier has such structs of its own: bpf_iter__task__safe_trusted. */
	if (!btf_find(btf_vmlinux(f->env->cache), BTF_KIND_FUNC, function_of(f->env->arena, &t)))
		return true;
	target_name(f->env, &t, "iter:%s", t.symbol);
	finder_emit(f, &t);
	return true;
}

static int no_iterator(struct probe_env *env, const struct probe_target *t)
{
	struct diag *d =
		probe_missing(env, t->span, "Iter '%s' is not available on this kernel", t->symbol);

	diag_hint(d, "see sonde -l 'iter:*'");
	return -ENOENT;
}

static int iter_match(struct finder *f)
{
	struct probe_env *env = f->env;
	const struct probe_target *t = f->pattern;
	const struct btf_file *b = btf_vmlinux(env->cache);

	if (!b) {
		diag_error(env->diags, t->span, "Iter needs the kernel's BTF, which is not there");
		return -ENOENT;
	}
	if (has_wildcard(t->symbol)) {
		btf_each(b, BTF_KIND_STRUCT, emit_struct, f);
		return 0;
	}
	if (!btf_find(b, BTF_KIND_STRUCT, arena_printf(env->arena, "%s%s", prefix, t->symbol)))
		return env->listing ? 0 : no_iterator(env, t);
	finder_emit(f, t);
	return 0;
}

/* A member of the context. Pointers stand in unions that align them to 8 bytes (__bpf_md_ptr). */
static bool read_member(struct arena *a, const struct btf_file *b, const struct btf_member *m,
                        uint32_t offset, bool kflag, struct probe_arg *out)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, m->type));

	offset += (kflag ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset) / 8;
	if (!*btf_name(b, m->name_off) && t && BTF_INFO_KIND(t->info) == BTF_KIND_UNION &&
	    BTF_INFO_VLEN(t->info))
		return read_member(a, b, (const struct btf_member *)(t + 1), offset,
		                   BTF_INFO_KFLAG(t->info), out);
	*out = (struct probe_arg){
		.name = btf_name(b, m->name_off),
		.ctype = btf_type_text(a, b, m->type),
		.btf_id = m->type,
		.where = ARG_CTX,
		.offset = offset,
		.size = (uint32_t)btf_size(b, m->type),
	};
	return *out->name && strcmp(out->name, "meta");
}

static int iter_args(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	const struct btf_file *b = btf_vmlinux(env->cache);
	uint32_t id = b ? btf_find(b, BTF_KIND_STRUCT,
	                           arena_printf(env->arena, "%s%s", prefix, t->symbol))
	                : 0;
	const struct btf_type *s = id ? btf_type(b, id) : NULL;

	*out = (struct probe_args){ 0 };
	if (!s)
		return no_iterator(env, t);
	out->arg = arena_array(env->arena, struct probe_arg, BTF_INFO_VLEN(s->info) + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(s->info); i++)
		out->count += read_member(env->arena, b, (const struct btf_member *)(s + 1) + i, 0,
		                          BTF_INFO_KFLAG(s->info), &out->arg[out->count]);
	return 0;
}

static const char *iter_section(struct arena *a, const struct probe_target *t)
{
	return arena_printf(a, "iter/%s", t->symbol);
}

static int iter_prepare(struct probe_env *env, const struct probe_target *t,
                        struct bpf_program *prog)
{
	const struct btf_file *b = btf_vmlinux(env->cache);
	uint32_t id = b ? btf_find(b, BTF_KIND_FUNC, function_of(env->arena, t)) : 0;

	return id ? tracing_set_target(prog, BPF_TRACE_ITER, NULL, id) : no_iterator(env, t);
}

static int cannot_pin(struct probe_env *env, const struct probe_target *t, int err)
{
	struct diag *d =
		diag_error(env->diags, t->span, "Cannot pin to '%s': %s", t->mode, strerror(-err));

	if (err == -ENOENT || err == -EPERM)
		diag_hint(d, "it must lie in a BPF file system: mount -t bpf bpf /sys/fs/bpf");
	else if (err == -EEXIST)
		diag_hint(d, "what is pinned there stays until the file is removed");
	return err;
}

static struct attachment *iter_attach(struct probe_env *env, const struct probe_target *t,
                                      struct bpf_program *prog)
{
	int fd = bpf_link_create(bpf_program__fd(prog), 0, BPF_TRACE_ITER, NULL);
	struct attachment *a;
	int err;

	tracing_forget(prog);
	a = attach_link(env, t, fd);
	err = a && t->mode ? bpf_obj_pin(fd, t->mode) : 0;
	return err ? attach_gave_up(a, cannot_pin(env, t, err)) : a;
}

int probe_iter_run(const struct attachment *a, size_t piece, bool (*fn)(void *arg), void *arg)
{
	int fd = bpf_iter_create(attachment_first(a));
	char *buf;
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	buf = mem_alloc(piece);
	/* After a million silent objects the kernel asks for another call (EAGAIN). */
	do {
		n = read(fd, buf, piece);
		err = n < 0 ? -errno : 0;
	} while ((n > 0 || err == -EAGAIN || err == -EINTR) && fn(arg));
	free(buf);
	close(fd);
	return err == -EAGAIN || err == -EINTR ? 0 : err;
}

const struct probe_kind probe_iter = {
	.name = "iter",
	.alias = { "it" },
	.synopsis = "iter:<kind>[:<pin>]",
	.brief = "Runs once for each object of a kind that the kernel holds, then ends. With a pin "
		 "(a path, or a "
		 "name in /sys/fs/bpf) the program stays, and whoever reads that file gets what "
		 "printf() writes.",
	.example = "iter:task { printf(\"%s %d\\n\", ctx.task.comm, ctx.task.pid); }",
	.caps = PROBE_ARGS | PROBE_ITER,
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_ITER,
	.listed = true,
	.parse = iter_parse,
	.match = iter_match,
	.args = iter_args,
	.section = iter_section,
	.prepare = iter_prepare,
	.attach = iter_attach,
};
