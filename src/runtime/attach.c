/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - programs to their targets, and off them again. */

#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void add(struct rt *rt, struct attachment *a, const struct probe_target *t)
{
	vec_push(&rt->attached, ((struct rt_attached){ a, t }));
	rt->attached_count += attachment_targets(a);
}

/* A target that cannot be had ends the run, or is passed over where the script says so. */
static int missing(struct rt *rt, const struct probe_target *t, int err, size_t errors_before,
                   size_t warnings_before)
{
	enum meta_missing policy = meta_script(&rt->m)->missing_probes;
	struct diag *d;

	if (policy == MISSING_IGNORE || (t->flags & TARGET_WILDCARD && err != EPERM))
		return 0;
	if (diags_count(rt->diags, DIAG_ERROR) > errors_before)
		return -err;
	if (policy == MISSING_WARN) {
		if (diags_count(rt->diags, DIAG_WARNING) == warnings_before)
			diag_warning(rt->diags, t->span, "Cannot attach %s: %s. Skipping.", t->name,
			             strerror(err));
		return 0;
	}
	d = diag_error(rt->diags, t->span, "Cannot attach %s: %s", t->name, strerror(err));
	if (err == EPERM || err == EACCES)
		diag_hint(d, "needs root, or CAP_BPF and CAP_PERFMON (Linux 5.8)");
	return -err;
}

static int attach_one(struct rt *rt, struct rt_program *p, const struct probe_target *t)
{
	enum meta_missing policy = meta_script(&rt->m)->missing_probes;
	size_t errors = diags_count(rt->diags, DIAG_ERROR);
	size_t warnings = diags_count(rt->diags, DIAG_WARNING);
	struct attachment *a;
	int err;

	if (policy == MISSING_IGNORE)
		diags_mute(rt->diags);
	a = t->kind->attach(&rt->env, t, p->prog);
	err = errno ? errno : EINVAL;
	if (policy == MISSING_IGNORE)
		diags_unmute(rt->diags);
	if (a) {
		add(rt, a, t);
		p->attached = a;
		return 0;
	}
	return missing(rt, t, err, errors, warnings);
}

static int attach_program(struct rt *rt, struct rt_program *p)
{
	const struct probe_kind *k = p->target[0].kind;
	size_t errors = diags_count(rt->diags, DIAG_ERROR);
	int err = 0;

	rt->env.alternatives = p->count > 1;
	if (p->count > 1 && k->attach_many) {
		const struct probe_target **t =
			arena_array(&rt->arena, const struct probe_target *, p->count);
		struct attachment *a;

		for (uint32_t i = 0; i < p->count; i++)
			t[i] = &p->target[i];
		a = k->attach_many(&rt->env, t, p->count, p->prog);
		if (a) {
			add(rt, a, p->target);
			return 0;
		}
		/* What was reported is final; else each target is tried on its own. */
		if (diags_count(rt->diags, DIAG_ERROR) > errors)
			return -errno;
	}
	for (uint32_t i = 0; i < p->count && !err; i++)
		err = attach_one(rt, p, &p->target[i]);
	return err;
}

int rt_attach(struct rt *rt)
{
	int err = 0;

	/* In the order of kinds; blocks of one kind in the order of the script. */
	for (const struct probe_kind *const *k = probe_kinds; *k && !err; k++) {
		for (size_t i = 0; i < rt->programs && !err; i++) {
			struct rt_program *p = &rt->program[i];

			if (p->target[0].kind == *k && p->target[0].kind->attach)
				err = attach_program(rt, p);
		}
	}
	return err;
}

void rt_unwatch(struct rt *rt, uint64_t address)
{
	size_t n = 0;

	vec_each (i, &rt->attached) {
		const struct rt_attached *a = &rt->attached.v[i];

		if (!strcmp(a->target->kind->name, "watchpoint") && a->target->address == address)
			attachment_detach(a->link);
		else
			rt->attached.v[n++] = *a;
	}
	rt->attached.n = n;
}

/* What makes the kernel wait is left to a child that nobody waits for: it holds the last references
 * when we are gone. What is quick is let go here. */
void rt_detach(struct rt *rt)
{
	bool slow = false;

	vec_each (i, &rt->attached)
		slow |= attachment_is_slow(rt->attached.v[i].link);
	if (slow && fork() == 0) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		if (rt->file != stdout)
			close(fileno(rt->file));
		/* A session of its own: the terminal's signals are not meant for it. */
		setsid();
		vec_each (i, &rt->attached)
			attachment_detach(rt->attached.v[i].link);
		_exit(0);
	}
	if (!slow)
		vec_each (i, &rt->attached)
			attachment_detach(rt->attached.v[i].link);
	vec_release(&rt->attached);
}
