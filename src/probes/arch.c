/* SPDX-License-Identifier: Apache-2.0 */
/* arch.c - registers in struct pt_regs (asm/ptrace.h), arguments of calls and syscalls. */

#include "probes/arch.h"

#include "base/bug.h"

#include <string.h>

/* clang-format off */
static const struct arch archs[] = {
#if defined(__x86_64__)
	{
		.name = "x86_64",
		.syscall_prefix = "__x64_sys_",
		.call_args = 6,
		.call_arg = { 112, 104, 96, 88, 72, 64 },    /* di si dx cx r8 r9 */
		.syscall_arg = { 112, 104, 96, 56, 72, 64 }, /* di si dx r10 r8 r9 */
		.syscall_nr = 120,                           /* orig_ax */
		.retval = 80, .ip = 128, .sp = 152,
		.reg = {
			{ "r15", 0 }, { "r14", 8 }, { "r13", 16 }, { "r12", 24 }, { "bp", 32 },
			{ "bx", 40 }, { "r11", 48 }, { "r10", 56 }, { "r9", 64 }, { "r8", 72 },
			{ "ax", 80 }, { "cx", 88 }, { "dx", 96 }, { "si", 104 }, { "di", 112 },
			{ "orig_ax", 120 }, { "ip", 128 }, { "pc", 128 }, { "cs", 136 },
			{ "flags", 144 }, { "sp", 152 }, { "ss", 160 },
		},
		/* thread_info.status is the third member of the first member of task_struct since
		 * Linux 5.11; TS_COMPAT marks 32-bit syscalls (asm/thread_info.h). */
		.compat_offset = 16, .compat_mask = 2,
	},
#elif defined(__aarch64__)
	{
		.name = "aarch64",
		.syscall_prefix = "__arm64_sys_",
		.call_args = 8,
		.call_arg = { 0, 8, 16, 24, 32, 40, 48, 56 },
		.syscall_arg = { 272, 8, 16, 24, 32, 40 },   /* orig_x0, x1 ... */
		.syscall_nr = 280,                           /* syscallno, s32 */
		.retval = 0, .ip = 256, .sp = 248,
		.reg = {
			{ "r0", 0 }, { "r1", 8 }, { "r2", 16 }, { "r3", 24 }, { "r4", 32 }, { "r5", 40 },
			{ "r6", 48 }, { "r7", 56 }, { "r8", 64 }, { "r9", 72 }, { "r10", 80 },
			{ "r11", 88 }, { "r12", 96 }, { "r13", 104 }, { "r14", 112 }, { "r15", 120 },
			{ "r16", 128 }, { "r17", 136 }, { "r18", 144 }, { "r19", 152 }, { "r20", 160 },
			{ "r21", 168 }, { "r22", 176 }, { "r23", 184 }, { "r24", 192 }, { "r25", 200 },
			{ "r26", 208 }, { "r27", 216 }, { "r28", 224 }, { "r29", 232 }, { "r30", 240 },
			{ "sp", 248 }, { "pc", 256 }, { "ip", 256 }, { "pstate", 264 },
		},
	},
#else
#error "this processor has no row yet"
#endif
};
/* clang-format on */

const struct arch *arch_host(void)
{
	return &archs[0];
}

int arch_reg(const struct arch *a, const char *name)
{
	for (size_t i = 0; i < countof(a->reg) && a->reg[i].name; i++)
		if (!strcmp(a->reg[i].name, name))
			return a->reg[i].offset;
	return -1;
}
