/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver - text in, image out.
 *
 *	struct unit u;
 *	unit_init(&u, &arena, "x.bt", text, len);
 *	if (!compile(&u, dump_stages, stdout))
 *		rt_run(u.image.buf, u.image.len, &opts);
 *	else
 *		diags_print(u.diags, stderr, log_colour());
 *	unit_release(&u);
 */
#ifndef DRIVER_H
#define DRIVER_H

#include "ast/unit.h"

/* text is borrowed: len bytes and a NUL. */
void unit_init(struct unit *u, struct arena *arena, const char *name, const char *text, size_t len);

/* Runs the passes in order, up to the first that reports an error. Stages named in 'dump'
 * (comma-separated; NULL: none) are written to out. Returns 0 or -EINVAL; the reasons are in
 * u->diags. */
int compile(struct unit *u, const char *dump, FILE *out);
/* Runs the passes up to concrete targets only: what -l needs of a script. */
int compile_targets(struct unit *u);
/* Whether every stage in a comma-separated list exists; prints those that do into *known. */
bool dump_stages_valid(const char *dump, const char **known);

void unit_release(struct unit *u);

#endif
