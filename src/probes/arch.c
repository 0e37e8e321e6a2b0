/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arch.c - register layouts: struct pt_regs of each processor (arch/<name>/include/asm/ptrace.h),
 * and where its calling conventions put arguments (syscall(2), the psABI documents).
 */

#include "probes/arch.h"

#include <string.h>

/* clang-format off */
#if defined(__x86_64__)

enum {
	R15 = 0, R14 = 8, R13 = 16, R12 = 24, RBP = 32, RBX = 40, R11 = 48, R10 = 56, R9 = 64, R8 = 72,
	RAX = 80, RCX = 88, RDX = 96, RSI = 104, RDI = 112, ORIG_RAX = 120, RIP = 128, CS = 136,
	FLAGS = 144, RSP = 152, SS = 160,
};

static const struct arch host = {
	.name = "x86_64",
	.syscall_prefix = "__x64_sys_",
	.call_args = 6,
	.call_arg = { RDI, RSI, RDX, RCX, R8, R9 },
	.syscall_arg = { RDI, RSI, RDX, R10, R8, R9 },
	.syscall_nr = ORIG_RAX,
	.retval = RAX, .ip = RIP, .sp = RSP,
	.reg = {
		{ "r15", R15 }, { "r14", R14 }, { "r13", R13 }, { "r12", R12 }, { "bp", RBP }, { "bx", RBX },
		{ "r11", R11 }, { "r10", R10 }, { "r9", R9 }, { "r8", R8 }, { "ax", RAX }, { "cx", RCX },
		{ "dx", RDX }, { "si", RSI }, { "di", RDI }, { "orig_ax", ORIG_RAX }, { "orig_rax", ORIG_RAX },
		{ "ip", RIP }, { "pc", RIP }, { "cs", CS }, { "flags", FLAGS }, { "sp", RSP }, { "ss", SS },
	},
	/* TS_COMPAT in thread_info.status, behind two words; thread_info comes first in task_struct. */
	.compat_offset = 16,
	.compat_mask = 2,
};

#elif defined(__aarch64__)

enum { SP = 248, PC = 256, PSTATE = 264, ORIG_X0 = 272, SYSCALLNO = 280 };
#define X(n) (8 * (n))

static const struct arch host = {
	.name = "aarch64",
	.syscall_prefix = "__arm64_sys_",
	.instruction = 4,
	.call_args = 8,
	.call_arg = { X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7) },
	.syscall_arg = { ORIG_X0, X(1), X(2), X(3), X(4), X(5) },
	.syscall_nr = SYSCALLNO,
	.retval = X(0), .ip = PC, .sp = SP,
	.reg = {
		{ "r0", X(0) }, { "r1", X(1) }, { "r2", X(2) }, { "r3", X(3) }, { "r4", X(4) }, { "r5", X(5) },
		{ "r6", X(6) }, { "r7", X(7) }, { "r8", X(8) }, { "r9", X(9) }, { "r10", X(10) },
		{ "r11", X(11) }, { "r12", X(12) }, { "r13", X(13) }, { "r14", X(14) }, { "r15", X(15) },
		{ "r16", X(16) }, { "r17", X(17) }, { "r18", X(18) }, { "r19", X(19) }, { "r20", X(20) },
		{ "r21", X(21) }, { "r22", X(22) }, { "r23", X(23) }, { "r24", X(24) }, { "r25", X(25) },
		{ "r26", X(26) }, { "r27", X(27) }, { "r28", X(28) }, { "r29", X(29) }, { "r30", X(30) },
		{ "sp", SP }, { "pc", PC }, { "pstate", PSTATE }, { "fp", X(29) }, { "lr", X(30) },
	},
	/* TIF_32BIT in thread_info.flags, the first word of task_struct. */
	.compat_offset = 0,
	.compat_mask = 1 << 22,
};

#elif defined(__riscv) && __riscv_xlen == 64

enum { EPC = 0, RA = 8, SP = 16, GP = 24, TP = 32, A0 = 80, STATUS = 256, ORIG_A0 = 280 };
#define A(n) (A0 + 8 * (n))

static const struct arch host = {
	.name = "riscv64",
	.syscall_prefix = "__riscv_sys_",
	.call_args = 8,
	.call_arg = { A(0), A(1), A(2), A(3), A(4), A(5), A(6), A(7) },
	.syscall_arg = { ORIG_A0, A(1), A(2), A(3), A(4), A(5) },
	.syscall_nr = A(7),
	.retval = A(0), .ip = EPC, .sp = SP,
	.reg = {
		{ "pc", EPC }, { "ra", RA }, { "sp", SP }, { "gp", GP }, { "tp", TP }, { "t0", 40 },
		{ "t1", 48 }, { "t2", 56 }, { "s0", 64 }, { "s1", 72 }, { "a0", A(0) }, { "a1", A(1) },
		{ "a2", A(2) }, { "a3", A(3) }, { "a4", A(4) }, { "a5", A(5) }, { "a6", A(6) }, { "a7", A(7) },
		{ "s2", 144 }, { "s3", 152 }, { "s4", 160 }, { "s5", 168 }, { "s6", 176 }, { "s7", 184 },
		{ "s8", 192 }, { "s9", 200 }, { "s10", 208 }, { "s11", 216 }, { "t3", 224 }, { "t4", 232 },
		{ "t5", 240 }, { "t6", 248 }, { "status", STATUS },
	},
};

#else
#error "this processor's registers are not known: add them to probes/arch.c"
#endif
/* clang-format on */

const struct arch *arch_host(void)
{
	return &host;
}

int arch_reg(const struct arch *a, const char *name)
{
	for (size_t i = 0; a->reg[i].name; i++)
		if (!strcmp(a->reg[i].name, name))
			return a->reg[i].offset;
	return -1;
}
