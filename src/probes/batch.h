/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch - many targets of one program, attached by links that hook all of their places or none.
 *
 * One place that cannot be hooked spoils a whole link: halves are tried until it stands alone.
 */
#ifndef PROBES_BATCH_H
#define PROBES_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attachment;
struct bpf_program;
struct probe_env;
struct probe_target;

struct batch {
	struct probe_env *env;
	struct bpf_program *prog;
	const struct probe_target **t;
	uint64_t *cookie; /* of each */
	size_t n;
	/* One link for n of the targets: its descriptor, or -errno. */
	int (*link)(struct batch *b, size_t from, size_t n);
	/* Says why a target cannot be attached; releases a, which is NULL here. */
	struct attachment *(*report)(struct probe_env *env, const struct probe_target *t,
	                             struct attachment *a, int err);
	void *own; /* what link needs besides */

	struct attachment *a;
	size_t attached;
	int err;     /* of the last target that failed */
	bool failed; /* ... and had to be there */
};

/* Room for up to n targets, none of which is there yet. */
void batch_init(struct batch *b, struct probe_env *env, struct bpf_program *prog, size_t n);
void batch_add(struct batch *b, const struct probe_target *t);
/* Attaches what was added; the batch is empty then. */
void batch_attach(struct batch *b);
/* A target that is not worth a try, which was reported. */
void batch_failed(struct batch *b, const struct probe_target *t, int err);
/* What was attached; NULL with errno set when a target is missing that had to be there, or all, of
 * which t is one. */
struct attachment *batch_end(struct batch *b, const struct probe_target *t);

#endif
