/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall.c - tracepoints of single system calls, served by the raw events of all of them.
 *
 * The kernel's own syscalls:sys_enter_X are slow to attach and cost a perf record per event. A
 * program on the raw event asks for the number first. Several such programs are functions that one
 * program on the event calls by number: the event then costs one program, not one for each.
 */

#include "codegen/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "probes/arch.h"
#include "probes/probe.h"

#include <string.h>

/* 32-bit tasks count their syscalls differently; the kernel's own events skip them as well
 * (trace_get_syscall_nr, ARCH_TRACE_IGNORE_COMPAT_SYSCALLS). */
static void check_compat(struct cg *cg, LLVMBasicBlockRef out)
{
	const struct arch *a = arch_host();
	cgv task, word;

	if (!a->compat_mask)
		return;
	word = cg_temp(cg, 8);
	task = cg_helper(cg, BPF_FUNC_get_current_task, 0);
	cg_read(cg, word, 4, cg_add(cg, task, cg_u64(cg, a->compat_offset)), AS_KERNEL);
	cg_leave_when(cg, cg_and(cg, cg_load(cg, word, 4, false), cg_u64(cg, a->compat_mask)), out);
}

enum { SYSCALLS = 1024 };

static cgv syscall_nr(struct cg *cg)
{
	return cg_load(cg, cg_offset(cg, cg_ctx(cg), 8), 8, false);
}

/* The exit event has no number: it is in the registers still. */
static cgv syscall_nr_at_exit(struct cg *cg)
{
	const struct arch *a = arch_host();
	cgv regs = cg_load(cg, cg_ctx(cg), 8, false), word = cg_temp(cg, 8);

	cg_read(cg, word, 8, cg_add(cg, regs, cg_u64(cg, a->syscall_nr)), AS_KERNEL);
	return cg_load(cg, word, 8, false);
}

static bool is_syscall_exit(const struct program *p)
{
	return !strncmp(p->targets.v[0].symbol, "sys_exit", 8);
}

/* Row of the target by syscall number, plus one; 0: not wanted. */
static cgv syscall_rows(struct cg *cg, const struct program *p)
{
	uint16_t row[SYSCALLS] = { 0 };

	vec_each (i, &p->targets) {
		const struct probe_target *t = &p->targets.v[i];

		if (t->address < SYSCALLS)
			row[t->address] = (uint16_t)(p->first_row + i + 1);
	}
	return cg_bytes(cg, row, sizeof(row));
}

static cgv row_of_syscall(struct cg *cg, const struct program *p, cgv nr)
{
	nr = cg_bounded(cg, nr, SYSCALLS - 1);
	return cg_load(cg, cg_offset_by(cg, syscall_rows(cg, p), cg_shl(cg, nr, 1)), 2, false);
}

static cgv number(struct cg *cg)
{
	return is_syscall_exit(cg->p) ? syscall_nr_at_exit(cg) : syscall_nr(cg);
}

static cgv is_wanted(struct cg *cg, const struct program *p, cgv nr)
{
	if (p->targets.n == 1)
		return cg_compare(cg, CG_EQ, nr, cg_u64(cg, p->targets.v[0].address));
	return cg_compare(cg, CG_NE, row_of_syscall(cg, p, nr), cg_u64(cg, 0));
}

cgv cg_syscall_row(struct cg *cg)
{
	return cg_sub(cg, row_of_syscall(cg, cg->p, number(cg)), cg_u64(cg, 1));
}

void cg_check_syscall(struct cg *cg, LLVMBasicBlockRef out)
{
	cg_leave_when(cg, cg_compare(cg, CG_EQ, is_wanted(cg, cg->p, number(cg)), cg_u64(cg, 0)),
	              out);
	check_compat(cg, out);
}

static void call_program(struct cg *cg, const struct program *p)
{
	LLVMTypeRef type = LLVMFunctionType(cg->i64, &cg->ptr, 1, false);

	LLVMBuildCall2(cg->b, type, LLVMGetNamedFunction(cg->module, p->name), &cg->now.ctx, 1, "");
}

void cg_dispatch_compile(struct cg *cg, const struct dispatch *d)
{
	LLVMBasicBlockRef out;
	cgv nr, any, *wanted = arena_array(cg->u->arena, cgv, d->programs.n);

	cg_start_function(cg, d->programs.v[0], d->name, d->section);
	out = cg_block(cg, "out");
	cg_check_run(cg, out);
	nr = number(cg);
	any = cg_u64(cg, 0);
	vec_each (i, &d->programs) {
		wanted[i] = is_wanted(cg, d->programs.v[i], nr);
		any = cg_or(cg, any, wanted[i]);
	}
	cg_leave_when(cg, cg_compare(cg, CG_EQ, any, cg_u64(cg, 0)), out);
	check_compat(cg, out);
	vec_each (i, &d->programs) {
		struct cg_if mine = cg_if(cg, wanted[i]);

		call_program(cg, d->programs.v[i]);
		cg_endif(cg, &mine);
	}
	cg_goto(cg, cg->now.leave);
	cg_enter(cg, cg->now.leave);
	cg_goto(cg, out);
	cg_enter(cg, out);
	LLVMBuildRet(cg->b, LLVMConstInt(cg->i64, 0, false));
}
