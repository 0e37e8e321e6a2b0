/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arch - what differs between processors: registers in struct pt_regs and names of syscalls.
 */
#ifndef PROBES_ARCH_H
#define PROBES_ARCH_H

#include <stdbool.h>
#include <stdint.h>

struct arch {
	const char *name;           /* as uname(2) says it: "x86_64", "aarch64" */
	const char *syscall_prefix; /* "__x64_sys_" */
	unsigned int instruction;   /* bytes of each; 0: they differ */
	unsigned int call_args;     /* arguments passed in registers */
	uint16_t call_arg[8];       /* their offsets in struct pt_regs, in bytes */
	uint16_t syscall_arg[6];
	uint16_t syscall_nr; /* where the number stays until the syscall returns */
	uint16_t retval, ip, sp;
	struct {
		const char *name;
		uint16_t offset;
	} reg[40]; /* ended by NULL */
	/* Tells 32-bit tasks: 'u32' at this offset of task_struct, masked; 0 mask: no such tasks.
	 */
	uint16_t compat_offset;
	uint32_t compat_mask;
};

/* Of the machine this runs on. */
const struct arch *arch_host(void);
/* The offset of a register by name, or -1. */
int arch_reg(const struct arch *a, const char *name);

#endif
