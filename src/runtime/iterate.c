/* SPDX-License-Identifier: Apache-2.0 */
/* iterate.c - iterators: what they have to say is had by reading a file. */

#include "base/diag.h"
#include "image/params.h"
#include "runtime/rt.h"

#include <string.h>

/* Pieces for which events fit into the ring buffer twice. */
static size_t piece(struct rt *rt)
{
	const struct bpf_map *ring = bpf_object__find_map_by_name(rt->obj, RING_MAP);

	return (ring ? bpf_map__max_entries(ring) : 1 << 18) / ITER_UNIT / 2;
}

static void pinned(struct rt *rt, const char *path)
{
	strbuf_reset(&rt->line);
	strbuf_addf(&rt->line, "Program pinned to %s\n", path);
	rt->out->text(rt, "printf", rt->line.buf, rt->line.len);
}

static int run_to_end(struct rt *rt, struct attachment *a, bool (*more)(void *arg), void *arg)
{
	int err;

	rt->iterating = true;
	err = probe_iter_run(a, piece(rt), more, arg);
	rt_drain(rt);
	rt->iterating = false;
	rt->stop = rt->stop || rt->stop_then;
	return err;
}

void rt_iterate(struct rt *rt, bool (*more)(void *arg), void *arg)
{
	for (size_t i = 0; i < rt->programs && !rt->stop; i++) {
		const struct rt_program *p = &rt->program[i];
		int err = 0;

		if (!(p->target[0].kind->caps & PROBE_ITER) || !p->attached)
			continue;
		if (p->target[0].mode)
			pinned(rt, p->target[0].mode);
		else
			err = run_to_end(rt, p->attached, more, arg);
		if (err)
			diag_error(rt->diags, p->target[0].span, "Cannot read %s: %s",
			           p->target[0].name, strerror(-err));
	}
}
