/* SPDX-License-Identifier: Apache-2.0 */
/* syscalls.c - syscalls as this processor has them. */

#include "probes/syscalls.h"

#include "base/arena.h"
#include "base/bug.h"
#include "probes/arch.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define SYSCALL(name, x86_64, generic) { #name, x86_64 },
#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
#define SYSCALL(name, x86_64, generic) { #name, generic },
#else
#define SYSCALL(name, x86_64, generic) { #name, -1 },
#endif

static const struct {
	const char *name;
	int16_t number;
} syscalls[] = {
#include "probes/syscalls.def"
};

int syscall_number(const char *name)
{
	size_t low = 0, high = countof(syscalls);

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(name, syscalls[mid].name);

		if (!order)
			return syscalls[mid].number;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}

const char *syscall_name(int number)
{
	for (size_t i = 0; i < countof(syscalls); i++)
		if (syscalls[i].number == number)
			return syscalls[i].name;
	return NULL;
}

const char *syscall_function(struct arena *a, const char *name)
{
	if (strncmp(name, "sys_", 4))
		return NULL;
	return arena_printf(a, "%s%s", arch_host()->syscall_prefix, name + 4);
}
