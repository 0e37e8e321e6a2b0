/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usdt.c - usdt:<binary>:[<provider>:]<name>: places that a program's authors have marked.
 *
 * A place is a uprobe. Its arguments are wherever the compiler had them, and one mark may be at
 * several places (inlined, unrolled) with its arguments elsewhere in each: places that agree are
 * one target, and programs that read arguments are compiled for each target. So an argument costs
 * one load, and nothing is looked up while tracing.
 *
 * A target names its first place by address. It is found again when it is attached; when the file
 * has changed since the script was compiled, that is an error and not a wrong value.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "base/near.h"
#include "base/vec.h"
#include "probes/arch.h"
#include "probes/attach.h"
#include "probes/binary.h"
#include "probes/features.h"
#include "probes/finder.h"
#include "probes/kinds.h"
#include "probes/multi.h"
#include "probes/symbols.h"
#include "probes/target.h"
#include "probes/uprobe_link.h"
#include "probes/usdt_args.h"
#include "probes/usdt_notes.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { MOST_ARGS = 12 }; /* <sys/sdt.h> has STAP_PROBE12 */

/* -- reading -- */

/* usdt:BIN:name, usdt:BIN:provider:name; usdt:name, usdt::name, usdt::provider:name with -p */
static int usdt_parse(struct probe_env *env, const struct attach_point *ap, struct probe_target *t)
{
	if (ap->parts == 2 && !env->pid && !env->listing) {
		diag_hint(diag_error(env->diags, t->span,
		                     "Usdt probe must specify at least a path or a process (-p)"),
		          "usdt:*:%s looks at the programs of all processes", ap->part[1]);
		return -EINVAL;
	}
	if (!target_parts(env, ap, 1, 3))
		return -EINVAL;
	t->symbol = ap->part[ap->parts - 1];
	t->module = ap->parts > 2 ? ap->part[1] : "";
	t->mode = ap->parts == 4 && *ap->part[2] ? ap->part[2] : NULL;
	/* -l usdt:BIN */
	if (ap->parts == 2 && env->listing && !env->pid) {
		t->module = t->symbol;
		t->symbol = "*";
	}
	if (!*t->module && env->pid)
		t->module = "*";
	if (!*t->module)
		return target_error(env, t,
		                    "Usdt probe must specify at least a path or a process (-p)");
	if (!*t->symbol)
		return target_error(env, t, "Usdt probe must have a target function or wildcard");
	return 0;
}

/* -- finding -- */

/* An argument as it can be read at its place. */
struct operand {
	struct usdt_arg arg;
	int64_t displacement; /* with the symbol's address, from the place */
};

struct layout {
	size_t n;
	struct operand operand[MOST_ARGS];
};

static bool same_layout(const struct layout *a, const struct layout *b)
{
	return a->n == b->n && !memcmp(a->operand, b->operand, a->n * sizeof(a->operand[0]));
}

static void layout_read(struct elf_file *elf, const struct usdt_note *note, struct layout *l)
{
	struct usdt_arg arg[MOST_ARGS] = { 0 };

	memset(l, 0, sizeof(*l));
	l->n = usdt_args_parse(arch_host()->name, note->args, arg, MOST_ARGS);
	for (size_t i = 0; i < l->n; i++) {
		struct operand *o = &l->operand[i];
		struct symbol s;

		o->arg = arg[i];
		if (*arg[i].symbol && elf_symbol(elf, arg[i].symbol, &s))
			o->arg.where = USDT_NONE;
		else if (*arg[i].symbol)
			o->displacement = (int64_t)(s.address - note->address);
	}
}

struct mark {
	struct usdt_note note; /* the first */
	struct layout layout;
	size_t places;
};

struct gathering {
	const struct probe_target *pattern;
	struct elf_file *elf;
	struct mark *mark;
	size_t n;
};

static bool note_fits(const struct probe_target *t, const struct usdt_note *n)
{
	return wildcard_match(t->symbol, n->name) &&
	       (!t->mode || wildcard_match(t->mode, n->provider));
}

/* Places that agree are one. */
static bool gather_note(void *arg, const struct usdt_note *n)
{
	struct gathering *g = arg;
	struct layout l;

	if (!note_fits(g->pattern, n))
		return true;
	layout_read(g->elf, n, &l);
	for (size_t i = 0; i < g->n; i++) {
		struct mark *m = &g->mark[i];

		if (!strcmp(m->note.name, n->name) && !strcmp(m->note.provider, n->provider) &&
		    same_layout(&m->layout, &l)) {
			m->places++;
			return true;
		}
	}
	g->mark[g->n++] = (struct mark){ *n, l, 1 };
	return true;
}

static bool count_note(void *arg, const struct usdt_note *n)
{
	struct gathering *g = arg;

	g->n += note_fits(g->pattern, n);
	return true;
}

static void emit(struct finder *f, const struct mark *m)
{
	struct probe_target t = *f->pattern;

	t.mode = arena_strdup(f->env->arena, m->note.provider);
	t.symbol = arena_strdup(f->env->arena, m->note.name);
	t.address = m->note.address;
	t.count = m->places;
	target_name(f->env, &t, "usdt:%s:%s:%s", t.module, t.mode, t.symbol);
	finder_emit(f, &t);
}

static int match_in_file(struct finder *f)
{
	struct gathering g = { f->pattern, elf_open(f->env->cache, f->pattern->module), NULL, 0 };

	if (!g.elf)
		return -errno;
	usdt_each(g.elf, count_note, &g);
	g.mark = arena_array(f->env->arena, struct mark, g.n + 1);
	g.n = 0;
	usdt_each(g.elf, gather_note, &g);
	for (size_t i = 0; i < g.n; i++)
		emit(f, &g.mark[i]);
	return 0;
}

static int usdt_match(struct finder *f)
{
	return finder_each_binary(f, match_in_file);
}

struct offers {
	struct probe_env *env;
	const struct probe_target *t;
	struct near *near;
};

static bool offer_note(void *arg, const struct usdt_note *n)
{
	struct offers *o = arg;
	const char *path = o->t->module;

	near_offer(o->near,
	           o->t->mode ? arena_printf(o->env->arena, "%s:%s:%s", path, n->provider, n->name)
	                      : arena_printf(o->env->arena, "%s:%s", path, n->name));
	return true;
}

static void usdt_suggest(struct probe_env *env, const struct probe_target *t, struct near *near)
{
	struct offers o = { env, t, near };
	struct elf_file *elf = NULL;
	const char *path;

	if (!has_wildcard(t->module) && !binary_find(env->cache, env->pid, t->module, &path))
		elf = elf_open(env->cache, path);
	if (elf)
		usdt_each(elf, offer_note, &o);
}

/* -- places: the notes that a target stands for -- */

struct places {
	const struct probe_target *t;
	struct elf_file *elf;
	struct layout layout;
	bool known; /* the layout is */
	VEC(struct uprobe_place) place;
	int err;
};

static bool is_target(const struct probe_target *t, const struct usdt_note *n)
{
	return !strcmp(t->symbol, n->name) && !strcmp(t->mode, n->provider);
}

static bool find_first(void *arg, const struct usdt_note *n)
{
	struct places *p = arg;

	if (!is_target(p->t, n) || n->address != p->t->address)
		return true;
	layout_read(p->elf, n, &p->layout);
	p->known = true;
	return false;
}

static bool add_place(void *arg, const struct usdt_note *n)
{
	struct places *p = arg;
	struct uprobe_place place = { 0 };
	struct layout l;

	if (!is_target(p->t, n))
		return true;
	layout_read(p->elf, n, &l);
	if (!same_layout(&l, &p->layout))
		return true;
	if (elf_vaddr_to_offset(p->elf, n->address, &place.offset) ||
	    (n->semaphore && elf_vaddr_to_offset(p->elf, n->semaphore, &place.semaphore)))
		p->err = -ENOEXEC;
	else
		vec_push(&p->place, place);
	return true;
}

/* The caller releases place. Returns 0 or -errno with a diagnostic. */
static int find_places(struct probe_env *env, const struct probe_target *t, struct places *p)
{
	*p = (struct places){ .t = t, .elf = elf_open(env->cache, t->module) };
	if (!p->elf)
		return binary_unreadable(env, t, -errno);
	usdt_each(p->elf, find_first, p);
	if (!p->known) {
		diag_hint(probe_missing(env, t->span, "%s is not where it was", t->name),
		          "'%s' has changed since the script was compiled", t->module);
		return -ENOENT;
	}
	usdt_each(p->elf, add_place, p);
	if (p->err)
		target_error(env, t, "The note of %s points outside of '%s'", t->name, t->module);
	return p->err;
}

/* -- arguments -- */

static struct probe_arg argument(struct arena *a, size_t i, const struct operand *o)
{
	const struct arch *arch = arch_host();
	int reg = *o->arg.reg ? arch_reg(arch, o->arg.reg) : -1;
	int index = *o->arg.index ? arch_reg(arch, o->arg.index) : -1;
	struct probe_arg arg = {
		.name = arena_printf(a, "arg%zu", i),
		.size = o->arg.size,
		.is_signed = o->arg.is_signed,
		.value = o->arg.value + o->displacement,
		.offset = reg < 0 ? ARG_NO_REG : (uint32_t)reg,
		.index = index < 0 ? ARG_NO_REG : (uint32_t)index,
		.scale = o->arg.scale,
	};

	switch (o->arg.where) {
	case USDT_NONE: arg.where = ARG_UNKNOWN; break;
	case USDT_CONST: arg.where = ARG_CONST; break;
	case USDT_REG: arg.where = reg < 0 ? ARG_UNKNOWN : ARG_REGS; break;
	case USDT_MEM: arg.where = ARG_MEMORY; break;
	}
	return arg;
}

static int usdt_args(struct probe_env *env, const struct probe_target *t, struct probe_args *out)
{
	struct places p;
	int err = find_places(env, t, &p);

	*out = (struct probe_args){ 0 };
	if (!err) {
		out->arg = arena_array(env->arena, struct probe_arg, p.layout.n + 1);
		out->count = p.layout.n;
		for (size_t i = 0; i < p.layout.n; i++)
			out->arg[i] = argument(env->arena, i, &p.layout.operand[i]);
	}
	vec_release(&p.place);
	return err;
}

/* -- attaching -- */

static const char *usdt_section(struct arena *a, const struct probe_target *t)
{
	/* libbpf's own "usdt" expects its own code in the program. */
	return "uprobe";
}

static int usdt_prepare(struct probe_env *env, const struct probe_target *t,
                        struct bpf_program *prog)
{
	struct places p;
	int err = find_places(env, t, &p);

	if (!err && p.place.n > 1 && uprobe_multi_supported())
		err = bpf_program__set_expected_attach_type(
			prog, (enum bpf_attach_type)MULTI_UPROBE_ATTACH_TYPE);
	vec_release(&p.place);
	return err == -ENOENT && env->missing ? 0 : err;
}

static int link_all(struct probe_env *env, const struct probe_target *t, struct bpf_program *prog,
                    const struct places *p)
{
	size_t n = p->place.n;
	uint64_t *offset = arena_array(env->arena, uint64_t, n);
	uint64_t *semaphore = arena_array(env->arena, uint64_t, n);
	uint64_t *cookie = arena_array(env->arena, uint64_t, n);
	int pid = env_process(env);

	for (size_t i = 0; i < n; i++) {
		offset[i] = p->place.v[i].offset;
		semaphore[i] = p->place.v[i].semaphore;
		cookie[i] = t->cookie;
	}
	return multi_uprobe_link(prog, t->module, offset, semaphore, cookie, n, false,
	                         pid > 0 ? (uint32_t)pid : 0);
}

static int link_each(struct probe_env *env, const struct probe_target *t, struct bpf_program *prog,
                     const struct places *p, struct attachment *a)
{
	vec_each (i, &p->place) {
		int fd = uprobe_link(env, prog, t->module, &p->place.v[i], false, t->cookie);

		if (fd < 0)
			return fd;
		attachment_add(a, fd);
	}
	return 0;
}

static struct attachment *usdt_attach(struct probe_env *env, const struct probe_target *t,
                                      struct bpf_program *prog)
{
	bool multi = (int)bpf_program__expected_attach_type(prog) == MULTI_UPROBE_ATTACH_TYPE;
	struct attachment *a = attachment_new();
	struct places p;
	int err = find_places(env, t, &p);

	attachment_mark_slow(a);
	if (err) {
		vec_release(&p.place);
		return attach_gave_up(a, err);
	}
	err = multi ? link_all(env, t, prog, &p) : link_each(env, t, prog, &p, a);
	if (multi && err >= 0)
		attachment_add(a, err);
	vec_release(&p.place);
	return err < 0 ? attach_failed(env, t, a, err) : a;
}

const struct probe_kind probe_usdt = {
	.name = "usdt",
	.synopsis = "usdt:<binary>:[<provider>:]<name>",
	.brief = "Fires at a place that the authors of a program or library have marked and named; "
		 "with -p the "
		 "binary may be left out.",
	.caps = PROBE_REGS | PROBE_NOTED_ARGS | PROBE_USER | PROBE_SIGNAL | PROBE_COOKIE,
	.prog_type = BPF_PROG_TYPE_KPROBE,
	.parse = usdt_parse,
	.match = usdt_match,
	.suggest = usdt_suggest,
	.args = usdt_args,
	.section = usdt_section,
	.prepare = usdt_prepare,
	.attach = usdt_attach,
};
