/* SPDX-License-Identifier: Apache-2.0 */
/* finder.c - walks over the BTF of modules, and over binaries, in search of targets. */

#include "probes/finder.h"

#include "base/diag.h"
#include "probes/binary.h"
#include "probes/btf.h"

#include <errno.h>
#include <string.h>

void finder_emit(struct finder *f, const struct probe_target *t)
{
	f->found++;
	f->fn(f->arg, t);
}

/* -- BTF -- */

struct btf_walk {
	struct finder *f;
	void (*look)(struct finder *f, const struct btf_file *b);
};

static bool look_into(void *arg, const char *module, const struct btf_file *b)
{
	const struct btf_walk *w = arg;
	const struct probe_target *pattern = w->f->pattern;

	w->f->module = module;
	w->look(w->f, b);
	return !w->f->found || has_wildcard(pattern->symbol) || has_wildcard(pattern->module) ||
	       strcmp(module, "vmlinux");
}

void finder_each_btf(struct finder *f, void (*look)(struct finder *f, const struct btf_file *b))
{
	struct btf_walk w = { f, look };

	btf_each_file(f->env->cache, f->pattern->module, look_into, &w);
}

/* -- binaries -- */

int binary_unreadable(struct probe_env *env, const struct probe_target *t, int err)
{
	if (err == -ENOEXEC)
		probe_missing(env, t->span, "'%s' is not an ELF file", t->module);
	else
		probe_missing(env, t->span, "Cannot read '%s': %s", t->module, strerror(-err));
	return err;
}

static int no_binary(struct probe_env *env, const struct probe_target *t)
{
	struct diag *d = probe_missing(env, t->span,
	                               "%s target file '%s' does not exist or is not executable",
	                               t->kind->name, t->module);

	if (!strchr(t->module, '/'))
		diag_hint(d, "it was looked for as a program in PATH and as a library");
	return -ENOENT;
}

struct binary_walk {
	struct finder *f;
	int (*look)(struct finder *f);
	int err; /* of the last file */
};

static bool look_at(void *arg, const char *path)
{
	struct binary_walk *w = arg;
	const struct probe_target *pattern = w->f->pattern;
	struct probe_target one = *pattern;

	one.module = path;
	w->f->pattern = &one;
	w->err = w->look(w->f);
	w->f->pattern = pattern;
	return true;
}

int finder_each_binary(struct finder *f, int (*look)(struct finder *f))
{
	struct binary_walk w = { f, look, 0 };
	struct probe_target found = *f->pattern;

	if (has_wildcard(f->pattern->module)) {
		binaries_each(f->env->cache, f->env->pid, f->pattern->module, look_at, &w);
		return 0;
	}
	if (binary_find(f->env->cache, f->env->pid, f->pattern->module, &found.module))
		return no_binary(f->env, f->pattern);
	look_at(&w, found.module);
	return w.err ? binary_unreadable(f->env, &found, w.err) : 0;
}
