/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - one LLVM function per program: what stands around a probe's body.
 *
 *	entry:	allocas
 *	start:	stopped? other process? other syscall? -> out
 *	claim:	scratch memory, when the body needs it
 *	body
 *	leave:	scratch memory back; return
 */

#include "codegen/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "image/meta_write.h"
#include "probes/arch.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

/* -- before the body -- */

void cg_leave_when(struct cg *cg, cgv cond, LLVMBasicBlockRef out)
{
	struct cg_if i = cg_if(cg, cond);

	cg_goto(cg, out);
	cg_endif(cg, &i);
}

static LLVMValueRef control(struct cg *cg)
{
	if (!cg->control)
		cg->control = cg_global(cg, "sonde_control", CONTROL_SECTION,
		                        sizeof(struct image_control), false);
	return cg->control;
}

cgv cg_control(struct cg *cg, uint32_t offset)
{
	return cg_load_anew(cg, cg_offset(cg, val(control(cg)), offset), 4, false);
}

void cg_stop(struct cg *cg)
{
	LLVMSetVolatile(LLVMBuildStore(cg->b, LLVMConstInt(cg->i32, 1, false), control(cg)), true);
}

cgv cg_control_word(struct cg *cg, uint32_t offset)
{
	return cg_load(cg, cg_offset(cg, val(control(cg)), offset), 8, false);
}

/* struct bpf_pidns_info: pid, tgid. */
cgv cg_pid_tgid(struct cg *cg)
{
	struct cg_if ns = cg_if(cg, CG_PARAM(cg, pidns_ino));
	cgv place = cg_temp(cg, 8), inside, outside;

	cg_store(cg, place, cg_u64(cg, 0), 8);
	cg_helper(cg, BPF_FUNC_get_ns_current_pid_tgid, 4, CG_PARAM(cg, pidns_dev),
	          CG_PARAM(cg, pidns_ino), place, cg_u64(cg, 8));
	inside = cg_or(cg, cg_load(cg, place, 4, false),
	               cg_shl(cg, cg_load(cg, cg_offset(cg, place, 4), 4, false), 32));
	cg_else(cg, &ns);
	outside = cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);
	return cg_endif_phi(cg, &ns, inside, outside);
}

/* With -p: the verifier drops all of this when there is none. */
static void check_pid(struct cg *cg, LLVMBasicBlockRef out)
{
	struct cg_if filtered = cg_if(cg, CG_PARAM(cg, filter_pid));
	cgv pid = cg_shr(cg, cg_pid_tgid(cg), 32);

	cg_leave_when(cg, cg_compare(cg, CG_NE, pid, CG_PARAM(cg, filter_pid)), out);
	cg_endif(cg, &filtered);
}

/* -- scratch memory -- */

static struct cg_scratch_map *scratch_map(struct cg *cg)
{
	struct cg_scratch_map *s =
		cg->scratch_used > PERCPU_SLOT_MOST ? &cg->large_scratch : &cg->scratch;

	if (!s->map)
		s->map = LLVMAddGlobal(cg->module, cg->ptr, "scratch_placeholder");
	if (cg->scratch_used > s->size)
		s->size = cg->scratch_used;
	return s;
}

/* Of this CPU. */
static cgv first_slot(struct cg *cg, const struct cg_scratch_map *s)
{
	if (s == &cg->scratch)
		return cg_u64(cg, 0);
	return cg_mul(cg, cg_helper(cg, BPF_FUNC_get_smp_processor_id, 0),
	              cg_u64(cg, SCRATCH_SLOTS));
}

/* Takes the first free slot of this CPU. A program may be interrupted, or moved aside by another
 * task on its CPU, anywhere: a flag per slot, set atomically, is what tells them apart. */
static void claim_scratch(struct cg *cg, LLVMBasicBlockRef body, LLVMBasicBlockRef out)
{
	LLVMBasicBlockRef next = NULL;
	const struct cg_scratch_map *s = scratch_map(cg);
	cgv first = first_slot(cg, s);

	for (uint32_t i = 0; i < SCRATCH_SLOTS; i++) {
		LLVMValueRef key = cg_alloca(cg, cg->i32, 8, "slot"), was;
		LLVMBasicBlockRef found = cg_block(cg, "found"), ours = cg_block(cg, "ours");
		cgv slot;

		cg_store(cg, val(key), cg_add(cg, first, cg_u64(cg, i)), 4);
		slot = cg_helper_ptr(cg, BPF_FUNC_map_lookup_elem, 2, val(s->map), val(key));
		LLVMBuildCondBr(
			cg->b,
			LLVMBuildICmp(cg->b, LLVMIntEQ, ref(slot), LLVMConstNull(cg->ptr), ""), out,
			found);
		cg_enter(cg, found);
		was = LLVMBuildAtomicRMW(cg->b, LLVMAtomicRMWBinOpXchg, ref(slot),
		                         LLVMConstInt(cg->i64, 1, false),
		                         LLVMAtomicOrderingSequentiallyConsistent, false);
		next = cg_block(cg, "taken");
		LLVMBuildCondBr(
			cg->b,
			LLVMBuildICmp(cg->b, LLVMIntEQ, was, LLVMConstInt(cg->i64, 0, false), ""),
			ours, next);
		cg_enter(cg, ours);
		LLVMBuildStore(cg->b, ref(slot), cg->now.scratch_ptr);
		LLVMBuildBr(cg->b, body);
		cg_enter(cg, next);
	}
	cg_loss(cg, LOSS_SCRATCH);
	cg_goto(cg, out);
}

static void release_scratch(struct cg *cg)
{
	cgv slot = val(LLVMBuildLoad2(cg->b, cg->ptr, cg->now.scratch_ptr, ""));

	cg_store(cg, slot, cg_u64(cg, 0), 8);
}

/* -- the function -- */

/* What a function may keep on the stack, of whose 512 bytes all that are active at once have a
 * share (MAX_BPF_STACK); registers that LLVM puts aside want some of it, too. */
static const struct cg_stack shares[] = {
	{ .temps = 224, .vars = 160, .frame = 0 }, { .temps = 96, .vars = 96, .frame = 160 },
	{ .temps = 64, .vars = 64, .frame = 128 }, { .temps = 16, .vars = 32, .frame = 96 },
	{ .temps = 16, .vars = 16, .frame = 64 },
};

static uint32_t calls_at_once(const struct cg *cg, const struct program *p)
{
	uint32_t most = p->call_depth;

	for (size_t i = 0; p->fn && i < cg->u->programs.n; i++)
		if (cg->u->programs.v[i]->call_depth > most)
			most = cg->u->programs.v[i]->call_depth;
	return most;
}

/* Scratch memory below is that of functions that it calls. */
static uint32_t scratch_of_callees(const struct program *p)
{
	uint32_t end = 0;

	vec_each (i, &p->callees) {
		const struct cg_function *f = p->callees.v[i]->cg;

		end = f->scratch_end > end ? f->scratch_end : end;
	}
	return end;
}

void cg_begin(struct cg *cg, struct program *p)
{
	uint32_t depth = calls_at_once(cg, p);

	cg->p = p;
	cg->now.entry = cg_block(cg, "entry");
	cg->now.leave = cg_block(cg, "leave");
	cg->stack = shares[depth > countof(shares) ? countof(shares) - 1 : depth - 1];
	cg->now.stack_used = cg->event_bytes = 0;
	cg->now.frames = depth - p->call_depth + 1 + (p->dispatch != NULL);
	cg->scratch_top = cg->scratch_used = scratch_of_callees(p);
	cg->now.in_callback = false;
	cg->now.passed = NULL;
	cg->now.loop = NULL;
	/* Loops in place end because the verifier knows their counters. */
	cg->forgetful = cg_has_many_branches(p) && !(cg->u->no_loop_helper && p->loop_depth);
	cg_enter(cg, cg->now.entry);
	cg_at(cg, p->span);
	cg->result = cg_alloca(cg, cg->i64, 8, "result");
	cg->now.zero_key = cg_alloca(cg, cg->i32, 8, "zero");
	LLVMBuildStore(cg->b, LLVMConstInt(cg->i32, 0, false), cg->now.zero_key);
}

void cg_make_frame(struct cg *cg)
{
	uint32_t size = cg_place_vars(cg);

	cg->now.frame = NULL;
	if (!cg->p->loop_depth) {
		cg->now.scratch_ptr = cg_alloca(cg, cg->ptr, 8, "scratch");
	} else {
		cg->now.frame = cg_bytes_alloca(cg, size);
		cg->now.scratch_ptr = cg->now.frame;
		cg_store(cg, cg_frame(cg, FRAME_LEFT), cg_u64(cg, LEFT_NOTHING), 8);
		if (cg->now.ctx)
			LLVMBuildStore(cg->b, cg->now.ctx, ref(cg_frame(cg, FRAME_CTX)));
	}
	if (cg->p->callees.n)
		LLVMBuildStore(cg->b, LLVMConstNull(cg->ptr), cg->now.scratch_ptr);
}

static uint64_t default_result(const struct program *p)
{
	/* perf sees a tracepoint's event when its program returns 1. */
	return !strcmp(p->kind->name, "tracepoint") &&
	       !(p->targets.v[0].flags & TARGET_RAW_SYSCALL);
}

void cg_start_function(struct cg *cg, struct program *p, const char *name, const char *section)
{
	LLVMTypeRef type = LLVMFunctionType(cg->i64, &cg->ptr, 1, false);

	cg->now.fn = LLVMAddFunction(cg->module, name, type);
	if (section)
		LLVMSetSection(cg->now.fn, section);
	else
		LLVMSetLinkage(cg->now.fn, LLVMInternalLinkage);
	cg_debug_function(cg, cg->now.fn, name, 1, p->span);
	cg->now.ctx = LLVMGetParam(cg->now.fn, 0);
	cg_begin(cg, p);
	LLVMBuildStore(cg->b, LLVMConstInt(cg->i64, default_result(p), false), cg->result);
}

void cg_check_run(struct cg *cg, LLVMBasicBlockRef out)
{
	/* Pinned programs go on without us. */
	if (!(cg->p->kind->caps & PROBE_SPECIAL) && !cg_is_pinned(cg))
		cg_leave_when(cg, cg_control(cg, offsetof(struct image_control, stopped)), out);
	if (cg->p->kind->caps & PROBE_FILTER_PID && !cg->u->any_process)
		check_pid(cg, out);
}

static void compile_body(struct cg *cg, const struct program *p)
{
	if (p->predicate) {
		struct cg_if i = cg_if(cg, cg_truth(cg, p->predicate));

		cg_block_stmts(cg, p->body);
		cg_endif(cg, &i);
	} else {
		cg_block_stmts(cg, p->body);
	}
	cg_goto(cg, cg->now.leave);
}

void cg_program_compile(struct cg *cg, struct program *p)
{
	LLVMBasicBlockRef start, claim, body, out;

	cg_start_function(cg, p, p->name, p->dispatch ? NULL : p->section);
	cg_make_frame(cg);
	start = cg_block(cg, "start");
	claim = cg_block(cg, "claim");
	body = cg_block(cg, "body");
	out = cg_block(cg, "out");
	cg_goto(cg, start);

	cg_enter(cg, start);
	if (p->dispatch) {
		/* An earlier program of the same event may have ended the run. */
		cg_leave_when(cg, cg_control(cg, offsetof(struct image_control, stopped)), out);
	} else if (!cg_is_pinned(cg)) { /* those go on without us */
		cg_check_run(cg, out);
		if (p->targets.v[0].flags & TARGET_RAW_SYSCALL)
			cg_check_syscall(cg, out);
	}
	cg_iter_start(cg, out);
	cg_goto(cg, claim);

	cg_enter(cg, body);
	compile_body(cg, p);

	/* Only now it is known whether the body needs scratch memory. */
	cg_at(cg, p->span);
	cg_enter(cg, claim);
	cg_iter_account(cg);
	if (cg->scratch_used) {
		claim_scratch(cg, body, out);
	} else {
		cg_goto(cg, body);
	}
	cg_enter(cg, cg->now.leave);
	if (cg->scratch_used)
		release_scratch(cg);
	cg_goto(cg, out);
	cg_enter(cg, out);
	LLVMBuildRet(cg->b, LLVMBuildLoad2(cg->b, cg->i64, cg->result, ""));
}
