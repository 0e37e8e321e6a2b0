/* SPDX-License-Identifier: Apache-2.0 */
/* kprobe_failed.c - why a kernel function cannot be hooked, as far as it can be found out. */

#include "probes/kprobe_failed.h"

#include "base/diag.h"
#include "base/near.h"
#include "probes/attach.h"
#include "probes/ksym.h"
#include "probes/pmu.h"
#include "probes/probe.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct search {
	const char *name;
	struct near near;
	const char *variant;
	bool exists;
};

/* The compiler appends to names of functions that it changed: foo.isra.0, foo.constprop.0, foo.cold
 */
static bool is_variant(const char *name, const char *of)
{
	size_t n = strlen(of);

	return !strncmp(name, of, n) && name[n] == '.';
}

static bool look_near(void *arg, const struct symbol *s)
{
	struct search *x = arg;

	x->exists |= !strcmp(s->name, x->name);
	if (!x->variant && is_variant(s->name, x->name))
		x->variant = s->name;
	if (!strchr(s->name, '.'))
		near_offer(&x->near, s->name);
	return true;
}

static struct search search_near(struct probe_env *env, const char *name)
{
	struct search x = { .name = name };

	near_init(&x.near, name);
	ksym_each_function(env->cache, look_near, &x);
	return x;
}

static const char not_traceable[] = "the kernel may not let it be traced: notrace, or listed in "
				    "/sys/kernel/debug/kprobes/blacklist";

static void no_function(struct probe_env *env, const struct probe_target *t)
{
	struct search x = search_near(env, t->symbol);
	struct diag *d;

	if (x.exists) {
		d = probe_missing(env, t->span, "Cannot attach %s: it cannot be traced", t->name);
		diag_hint(d, "%s", not_traceable);
		return;
	}
	d = probe_missing(env, t->span, "Cannot attach %s: the kernel has no function '%s'",
	                  t->name, t->symbol);
	if (x.variant)
		diag_hint(d, "the compiler made '%s' of it, whose arguments may differ: %s:\"%s\"",
		          x.variant, t->kind->name, x.variant);
	else if (x.near.best && strcmp(x.near.best, t->symbol))
		diag_hint(d, "did you mean '%s:%s'?", t->kind->name, x.near.best);
	else
		diag_hint(d, "it may be inlined into its callers; see sonde -l 'kprobe:*%s*'",
		          t->symbol);
}

/* The kernel says of such a place that it is no instruction. */
static bool is_outside(struct probe_env *env, const struct probe_target *t)
{
	uint64_t start, offset;
	const struct symbol *s;

	if (!t->offset || ksym_address(env->cache, t->symbol, &start) || !start)
		return false;
	s = ksym_lookup(env->cache, start + t->offset, &offset);
	return !s || strcmp(s->name, t->symbol);
}

struct attachment *kprobe_failed(struct probe_env *env, const struct probe_target *t,
                                 struct attachment *a, int err)
{
	struct diag *d;

	if (t->flags & TARGET_WILDCARD || err == -EPERM || err == -EACCES || !t->symbol)
		return attach_failed(env, t, a, err);
	if (err == -EOPNOTSUPP && pmu_type("kprobe") < 0) {
		d = probe_missing(env, t->span, "Cannot attach %s: this kernel has no kprobes",
		                  t->name);
		diag_hint(d, "it was built without CONFIG_KPROBES");
		return attach_gave_up(a, err);
	}
	if (err == -ENOENT || err == -ESRCH) {
		no_function(env, t);
		return attach_gave_up(a, -ENOENT);
	}
	if (is_outside(env, t)) {
		d = probe_missing(env, t->span,
		                  "Cannot attach %s: offset outside the function bounds", t->name);
		diag_hint(d, "'%s' is shorter than %" PRIu64 " bytes", t->symbol, t->offset);
		return attach_gave_up(a, err);
	}
	d = attach_error(env, t, err);
	if (err == -EINVAL && t->offset)
		diag_hint(d, "the offset may lie outside of the function");
	else if (err == -EINVAL)
		diag_hint(d, "%s", not_traceable);
	return attach_gave_up(a, err);
}
