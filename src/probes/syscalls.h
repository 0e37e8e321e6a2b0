/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls - numbers of syscalls by the name of the kernel's function. */
#ifndef PROBES_SYSCALLS_H
#define PROBES_SYSCALLS_H

/* "openat", "newstat". -1: unknown here. */
int syscall_number(const char *name);

#endif
