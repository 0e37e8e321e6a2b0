/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls - numbers of syscalls, and functions that serve them, by name. */
#ifndef PROBES_SYSCALLS_H
#define PROBES_SYSCALLS_H

struct arena;

/* "openat", "newstat". -1: unknown here. */
int syscall_number(const char *name);
/* The other way round. NULL: there is none. */
const char *syscall_name(int number);
/* "__x64_sys_clone", as this processor's kernel calls sys_clone. NULL: not the name of a syscall.
 */
const char *syscall_function(struct arena *a, const char *name);

#endif
