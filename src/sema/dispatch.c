/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch.c - programs on many system calls share an event: one of them is attached to it, and
 * calls the others by the number of the call.
 */

#include "sema/dispatch.h"

#include "base/arena.h"
#include "probes/probe.h"

#include <string.h>

static bool is_syscall_program(const struct program *p, const char *direction)
{
	const struct probe_target *t = &p->targets.v[0];

	return t->flags & TARGET_RAW_SYSCALL && !strncmp(t->symbol, direction, strlen(direction));
}

/* Programs on the same raw event become functions of one, side by side in the list. A kernel stack
 * would show one frame more: its programs stay on their own. false: there are no more. */
static bool gather_some(struct unit *u, const char *direction, size_t round)
{
	/* A program has 256 functions at most, and whether each is wanted waits on the stack. */
	enum { FUNCTIONS = 64 };
	struct dispatch *d = arena_new(u->arena, struct dispatch);
	struct program **all = u->programs.v;
	size_t n = u->programs.n;

	vec_each (i, &u->programs)
		if (d->programs.n < FUNCTIONS && is_syscall_program(all[i], direction) &&
		    !all[i]->dispatch && !all[i]->uses_kstack)
			vec_push_in(u->arena, &d->programs, all[i]);
	if (d->programs.n < 2)
		return false;
	d->name = round ? arena_printf(u->arena, "%s%zu", direction, round + 1) : direction;
	vec_push_in(u->arena, &u->dispatches, d);
	vec_each (i, &d->programs)
		d->programs.v[i]->dispatch = d;
	memset(&u->programs, 0, sizeof(u->programs));
	for (size_t i = 0; i < n; i++) {
		if (all[i]->dispatch != d)
			vec_push_in(u->arena, &u->programs, all[i]);
		else if (all[i] == d->programs.v[0])
			vec_each (j, &d->programs)
				vec_push_in(u->arena, &u->programs, d->programs.v[j]);
	}
	return true;
}

static void gather_syscalls(struct unit *u, const char *direction)
{
	for (size_t round = 0; gather_some(u, direction, round); round++)
		;
}

void dispatches_gather(struct unit *u)
{
	gather_syscalls(u, "sys_enter");
	gather_syscalls(u, "sys_exit");
}
