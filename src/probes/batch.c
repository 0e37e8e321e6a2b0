/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - halves a set of targets until each link holds, or one target is left that cannot. */

#include "probes/batch.h"

#include "base/arena.h"
#include "image/meta.h"
#include "probes/attach.h"
#include "probes/probe.h"

#include <errno.h>

void batch_init(struct batch *b, struct probe_env *env, struct bpf_program *prog, size_t n)
{
	b->env = env;
	b->prog = prog;
	b->t = arena_array(env->arena, const struct probe_target *, n);
	b->cookie = arena_array(env->arena, uint64_t, n);
	b->a = attachment_new();
	attachment_mark_slow(b->a);
}

void batch_add(struct batch *b, const struct probe_target *t)
{
	b->cookie[b->n] = t->cookie;
	b->t[b->n++] = t;
}

void batch_failed(struct batch *b, const struct probe_target *t, int err)
{
	b->err = err;
	b->failed |= !(t->flags & TARGET_WILDCARD) && b->env->missing == MISSING_ERROR;
}

static void attach_range(struct batch *b, size_t from, size_t n)
{
	int fd = b->link(b, from, n);

	if (fd >= 0) {
		attachment_add(b->a, fd);
		b->attached += n;
	} else if (n == 1 || fd == -EPERM) {
		b->report(b->env, b->t[from], NULL, fd);
		batch_failed(b, b->t[from], fd);
	} else {
		attach_range(b, from, n / 2);
		attach_range(b, from + n / 2, n - n / 2);
	}
}

void batch_attach(struct batch *b)
{
	if (b->n)
		attach_range(b, 0, b->n);
	b->n = 0;
}

struct attachment *batch_end(struct batch *b, const struct probe_target *t)
{
	if (!b->attached && !b->failed)
		attach_error(b->env, t, b->err);
	if (b->failed || !b->attached)
		return attach_gave_up(b->a, b->err);
	attachment_serves(b->a, b->attached);
	return b->a;
}
