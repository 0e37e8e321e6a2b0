/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finder - how the kinds of probes find the targets that a pattern may mean.
 *
 *	static int xyz_match(struct finder *f)
 *	{
 *		...				for each that is there and fits f->pattern:
 *		struct probe_target t = *f->pattern;
 *
 *		t.symbol = name;
 *		finder_emit(f, &t);
 *		...
 *		return 0;
 *	}
 */
#ifndef PROBES_FINDER_H
#define PROBES_FINDER_H

#include "probes/probe.h"

struct btf_file;

struct finder {
	struct probe_env *env;
	const struct probe_target *pattern;
	probe_match_fn *fn; /* called with each target that is found */
	void *arg;
	size_t found;
	const char *module; /* finder_each_btf: whose BTF is being looked at */
	void *own;          /* what a kind keeps while it looks */
};

void finder_emit(struct finder *f, const struct probe_target *t);

/* Calls look with the kernel's BTF, then with that of each module that the pattern may mean. What
 * the kernel has itself by its full name is not sought in modules, unless these are named. */
void finder_each_btf(struct finder *f, void (*look)(struct finder *f, const struct btf_file *b));

/* Calls look with each file that the pattern's module may mean (a path, a name, or a pattern of
 * these) in its place. look returns 0, or -errno when it cannot read the file, which is reported
 * when it was meant alone. Returns 0 or -errno. */
int finder_each_binary(struct finder *f, int (*look)(struct finder *f));
/* Reports a file that cannot be read; returns err. */
int binary_unreadable(struct probe_env *env, const struct probe_target *t, int err);

#endif
