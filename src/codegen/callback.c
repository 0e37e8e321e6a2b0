/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callback.c - functions that the kernel calls back: made while the function whose loop it is is
 * put aside; and loops of the vocabulary, which are nothing else.
 */

#include "codegen/private.h"

#include "base/bug.h"

enum { MOST_FRAMES = 8 }; /* functions active at once: MAX_CALL_FRAMES */

struct cg_outer cg_callback_begin(struct cg *cg, struct cg_loop *loop, unsigned int n, bool index,
                                  struct span at)
{
	struct cg_outer outer = { cg->now, LLVMGetInsertBlock(cg->b) };
	LLVMTypeRef type[4] = { index ? cg->i64 : cg->ptr, cg->ptr, cg->ptr, cg->ptr };
	LLVMBasicBlockRef body;
	char name[32];

	snprintf(name, sizeof(name), "body_%u", cg->callbacks++);
	cg->now.fn = LLVMAddFunction(cg->module, name, LLVMFunctionType(cg->i64, type, n, false));
	LLVMSetLinkage(cg->now.fn, LLVMInternalLinkage);
	cg_debug_function(cg, cg->now.fn, name, n, at);
	cg->now.entry = cg_block(cg, "entry");
	body = cg_block(cg, "body");
	cg_enter(cg, cg->now.entry);
	cg_at(cg, at);
	cg->now.ctx = NULL;
	cg->now.frame = LLVMGetParam(cg->now.fn, n - 1);
	cg->now.scratch_ptr = ref(cg_frame(cg, FRAME_SCRATCH));
	cg->now.in_callback = true;
	cg->now.passed = NULL;
	cg->now.loop = loop;
	cg->now.stack_used = 0;
	cg->now.frames++;
	cg->now.zero_key = cg_alloca(cg, cg->i32, 8, "zero");
	LLVMBuildStore(cg->b, LLVMConstInt(cg->i32, 0, false), cg->now.zero_key);
	LLVMBuildBr(cg->b, body);
	cg_enter(cg, body);
	return outer;
}

LLVMValueRef cg_callback_end(struct cg *cg, const struct cg_outer *outer, struct span at)
{
	LLVMValueRef body = cg->now.fn;

	if (!cg_ended(cg))
		LLVMBuildRet(cg->b, ref(cg_u64(cg, 0)));
	cg->now = outer->current;
	cg_enter(cg, outer->at);
	cg_at(cg, at);
	return body;
}

void cg_callback_return(struct cg *cg, bool stop)
{
	cgv code = cg_opaque(cg, cg_u64(cg, stop));

	LLVMBuildRet(cg->b, ref(cg_and(cg, code, cg_u64(cg, 1))));
}

/* -- for the vocabulary -- */

static void repeat_by_callback(struct cg *cg, cgv n, cgv memory, const LLVMTypeRef *type,
                               size_t count, cg_body_fn *body, const void *arg)
{
	struct cg_outer outer = cg_callback_begin(cg, NULL, 2, true, cg->p->span);
	LLVMValueRef fn;
	cgv in[CG_PASSED];

	for (size_t k = 0; k < count; k++)
		in[k] = val(LLVMBuildLoad2(cg->b, type[k], ref(cg_frame(cg, (uint32_t)k * 8)), ""));
	LLVMBuildRet(cg->b, ref(body(cg, cg_fit(cg, val(LLVMGetParam(cg->now.fn, 0)), 4, false), in,
	                             val(cg->now.frame), arg)));
	fn = cg_callback_end(cg, &outer, cg->p->span);
	cg_helper(cg, BPF_FUNC_loop, 4, n, val(fn), memory, cg_u64(cg, 0));
}

static void repeat_in_place(struct cg *cg, cgv n, cgv memory, const cgv *in, cg_body_fn *body,
                            const void *arg)
{
	LLVMBasicBlockRef head = cg_block(cg, "repeat"), end = cg_block(cg, "repeated");
	cgv count = cg_local(cg, "count", cg_u64(cg, 0)), i;

	cg_goto(cg, head);
	cg_enter(cg, head);
	i = cg_load(cg, count, 8, false);
	cg_leave_when(cg, cg_compare(cg, CG_UGE, i, n), end);
	cg_store(cg, count, cg_add(cg, i, cg_u64(cg, 1)), 8);
	cg_leave_when(cg, body(cg, i, in, memory, arg), end);
	cg_goto(cg, head);
	cg_enter(cg, end);
}

void cg_repeat(struct cg *cg, cgv n, cgv *passed, size_t count, cg_body_fn *body, const void *arg)
{
	LLVMTypeRef type[CG_PASSED];
	cgv memory;

	BUG_ON(count > CG_PASSED);
	/* One stretch of stack serves all loops of a function: none runs inside another. */
	if (!cg->now.passed)
		cg->now.passed = cg_bytes_alloca(cg, CG_PASSED * 8);
	memory = val(cg->now.passed);
	for (size_t k = 0; k < count; k++) {
		type[k] = LLVMTypeOf(ref(passed[k]));
		LLVMBuildStore(cg->b, ref(passed[k]), ref(cg_offset(cg, memory, (uint32_t)k * 8)));
	}
	if (cg->u->no_loop_helper || cg->now.frames == MOST_FRAMES)
		repeat_in_place(cg, n, memory, passed, body, arg);
	else
		repeat_by_callback(cg, n, memory, type, count, body, arg);
	for (size_t k = 0; k < count; k++)
		passed[k] = val(LLVMBuildLoad2(cg->b, type[k],
		                               ref(cg_offset(cg, memory, (uint32_t)k * 8)), ""));
}
