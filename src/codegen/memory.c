/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - memory of the program: globals that it shares with the runtime, its stack, scratch
 * memory; loads, stores and copies that the verifier follows.
 */

#include "codegen/private.h"

#include "base/bug.h"

#include <string.h>

/* -- globals -- */

LLVMValueRef cg_global(struct cg *cg, const char *name, const char *section, uint64_t size,
                       bool constant)
{
	LLVMTypeRef t = LLVMArrayType2(cg->i8, size);
	LLVMValueRef g = LLVMAddGlobal(cg->module, t, name);

	LLVMSetInitializer(g, LLVMConstNull(t));
	LLVMSetSection(g, section);
	LLVMSetGlobalConstant(g, constant);
	LLVMSetAlignment(g, 8);
	cg_debug_linked(cg, g, name, size);
	return g;
}

cgv cg_bytes(struct cg *cg, const void *data, size_t len)
{
	LLVMValueRef g = map_get_bytes(&cg->constants, data, len), text;
	char name[24];

	if (g)
		return val(g);
	snprintf(name, sizeof(name), "c%zu", cg->constants.count);
	text = LLVMConstStringInContext(cg->llvm, data, (unsigned int)len, false);
	g = LLVMAddGlobal(cg->module, LLVMTypeOf(text), name);
	LLVMSetInitializer(g, text);
	LLVMSetSection(g, ".rodata");
	LLVMSetGlobalConstant(g, true);
	LLVMSetLinkage(g, LLVMInternalLinkage);
	LLVMSetAlignment(g, 8);
	map_put_bytes(&cg->constants, data, len, g);
	return val(g);
}

cgv cg_param(struct cg *cg, uint32_t offset, uint32_t size)
{
	LLVMValueRef v;

	if (!cg->params) {
		cg->params = cg_global(cg, "sonde_params", PARAMS_SECTION,
		                       sizeof(struct image_params), true);
		LLVMSetExternallyInitialized(cg->params, true);
	}
	v = LLVMBuildLoad2(cg->b, cg_int_type(cg, size),
	                   ref(cg_offset(cg, val(cg->params), offset)), "");
	/* The runtime writes it before load: its present value says nothing, but it stays. */
	LLVMSetMetadata(v, LLVMGetMDKindIDInContext(cg->llvm, "invariant.load", 14),
	                LLVMMetadataAsValue(cg->llvm, LLVMMDNodeInContext2(cg->llvm, NULL, 0)));
	LLVMSetAlignment(v, size);
	return val(LLVMBuildZExt(cg->b, v, cg->i64, ""));
}

static cgv losses_row(struct cg *cg)
{
	if (!cg->losses)
		cg->losses = cg_global(cg, "sonde_losses", LOSSES_SECTION,
		                       (cg->u->programs.n + (cg->u->fns.n != 0)) *
		                               sizeof(struct image_losses),
		                       false);
	return cg_offset(cg, val(cg->losses),
	                 cg->p->loss_row * (uint32_t)sizeof(struct image_losses));
}

cgv cg_option(struct cg *cg, uint32_t offset)
{
	if (!cg->options) {
		cg->options =
			cg_global(cg, "sonde_options", OPTIONS_SECTION, cg->u->options_size, true);
		LLVMSetExternallyInitialized(cg->options, true);
	}
	return cg_offset(cg, val(cg->options), offset);
}

void cg_loss(struct cg *cg, enum loss_cause cause)
{
	cg_atomic_add(cg, cg_offset(cg, losses_row(cg), cause * 8), cg_u64(cg, 1));
}

void cg_loss_update(struct cg *cg, enum loss_cause cause, const struct map_var *m, struct span at)
{
	cgv last = cg_offset(cg, losses_row(cg), offsetof(struct image_losses, update[cause]));

	cg_store(cg, cg_offset(cg, last, offsetof(struct image_update, off)), cg_u64(cg, at.off),
	         4);
	cg_store(cg, cg_offset(cg, last, offsetof(struct image_update, len)), cg_u64(cg, at.len),
	         4);
	cg_store(cg, cg_offset(cg, last, offsetof(struct image_update, map)), cg_u64(cg, m->row),
	         4);
	cg_loss(cg, cause);
}

/* -- temporaries -- */

LLVMValueRef cg_alloca(struct cg *cg, LLVMTypeRef type, uint32_t align, const char *name)
{
	LLVMBasicBlockRef here = LLVMGetInsertBlock(cg->b);
	LLVMValueRef first = LLVMGetFirstInstruction(cg->now.entry), a;

	if (first)
		LLVMPositionBuilderBefore(cg->b, first);
	else
		LLVMPositionBuilderAtEnd(cg->b, cg->now.entry);
	a = LLVMBuildAlloca(cg->b, type, name);
	LLVMSetAlignment(a, align);
	LLVMPositionBuilderAtEnd(cg->b, here);
	return a;
}

LLVMValueRef cg_bytes_alloca(struct cg *cg, uint32_t size)
{
	return cg_alloca(cg, LLVMArrayType2(cg->i8, (size + 7) / 8 * 8), 8, "");
}

cgv cg_local(struct cg *cg, const char *name, cgv start)
{
	cgv word = val(cg_alloca(cg, cg->i64, 8, name));

	cg_store(cg, word, start, 8);
	return word;
}

cgv cg_temp(struct cg *cg, uint32_t size)
{
	/* 512 bytes in all, spilled registers included (Documentation/bpf, MAX_BPF_STACK), and
	 * callbacks share them with their caller. */
	enum { LARGEST = 64 };
	uint32_t rounded = (size + 7) / 8 * 8;

	if (size <= LARGEST && cg->now.stack_used + rounded <= cg->stack.temps) {
		cg->now.stack_used += rounded;
		return val(cg_bytes_alloca(cg, rounded));
	}
	return cg_scratch(cg, cg_scratch_slot(cg, rounded));
}

uint32_t cg_scratch_slot(struct cg *cg, uint32_t size)
{
	uint32_t at = cg->scratch_top;

	cg->scratch_top += (size + 7) / 8 * 8;
	if (cg->scratch_top > cg->scratch_used)
		cg->scratch_used = cg->scratch_top;
	return at;
}

cgv cg_scratch(struct cg *cg, uint32_t offset)
{
	/* Its first word says that it is taken. */
	return cg_offset(cg, val(LLVMBuildLoad2(cg->b, cg->ptr, cg->now.scratch_ptr, "scratch")),
	                 offset + 8);
}

cgv cg_frame(struct cg *cg, uint32_t offset)
{
	return cg_offset(cg, val(cg->now.frame), offset);
}

/* -- addresses, loads and stores -- */

cgv cg_offset(struct cg *cg, cgv addr, uint32_t bytes)
{
	return bytes ? cg_offset_by(cg, addr, cg_u64(cg, bytes)) : addr;
}

cgv cg_offset_by(struct cg *cg, cgv addr, cgv bytes)
{
	LLVMValueRef index = ref(bytes);

	return val(LLVMBuildGEP2(cg->b, cg->i8, ref(addr), &index, 1, ""));
}

cgv cg_address(struct cg *cg, cgv addr)
{
	return val(LLVMBuildPtrToInt(cg->b, ref(addr), cg->i64, ""));
}

static cgv load(struct cg *cg, cgv addr, uint32_t size, bool is_signed, bool anew)
{
	LLVMValueRef v = LLVMBuildLoad2(cg->b, cg_int_type(cg, size), ref(addr), "");

	LLVMSetAlignment(v, size);
	LLVMSetVolatile(v, anew);
	if (size == 8)
		return val(v);
	return val(is_signed ? LLVMBuildSExt(cg->b, v, cg->i64, "")
	                     : LLVMBuildZExt(cg->b, v, cg->i64, ""));
}

cgv cg_load(struct cg *cg, cgv addr, uint32_t size, bool is_signed)
{
	return load(cg, addr, size, is_signed, false);
}

cgv cg_load_anew(struct cg *cg, cgv addr, uint32_t size, bool is_signed)
{
	return load(cg, addr, size, is_signed, true);
}

static bool is_offset(LLVMValueRef p)
{
	return LLVMIsAGetElementPtrInst(p) ||
	       (LLVMIsAConstantExpr(p) && LLVMGetConstOpcode(p) == LLVMGetElementPtr);
}

/* What an address is a multiple of, as far as it can be seen: places of ours start at multiples
 * of 8. Copies go by words then, not by bytes. */
static unsigned int alignment(struct cg *cg, cgv addr)
{
	LLVMValueRef p = ref(addr);
	uint64_t offset = 8;

	for (; is_offset(p); p = LLVMGetOperand(p, 0)) {
		if (!LLVMIsAConstantInt(LLVMGetOperand(p, 1)))
			return 1;
		offset |= LLVMConstIntGetZExtValue(LLVMGetOperand(p, 1));
	}
	if (LLVMIsAAllocaInst(p) || LLVMIsAGlobalVariable(p) || LLVMIsACallInst(p) ||
	    p == cg->now.frame ||
	    (LLVMIsALoadInst(p) && LLVMGetOperand(p, 0) == cg->now.scratch_ptr))
		return (unsigned int)(offset & -offset);
	return 1;
}

cgv cg_load_at(struct cg *cg, cgv addr, uint32_t size)
{
	unsigned int align = alignment(cg, addr);
	LLVMValueRef v = LLVMBuildLoad2(cg->b, cg_int_type(cg, size), ref(addr), "");

	LLVMSetAlignment(v, size < align ? size : align);
	return val(LLVMBuildZExt(cg->b, v, cg->i64, ""));
}

void cg_store(struct cg *cg, cgv addr, cgv v, uint32_t size)
{
	LLVMValueRef cut =
		size == 8 ? ref(v) : LLVMBuildTrunc(cg->b, ref(v), cg_int_type(cg, size), "");

	LLVMSetAlignment(LLVMBuildStore(cg->b, cut, ref(addr)), size);
}

/* Longer stretches are left to a helper: a call costs less than so many instructions. */
enum { INLINE_COPY = 128 };

void cg_zero(struct cg *cg, cgv addr, uint32_t size)
{
	if (!size)
		return;
	if (size <= INLINE_COPY) {
		LLVMBuildMemSet(cg->b, ref(addr), LLVMConstInt(cg->i8, 0, false),
		                LLVMConstInt(cg->i64, size, false), alignment(cg, addr));
		return;
	}
	/* A read that fails clears what it was to fill (bpf-helpers(7), bpf_probe_read_kernel). */
	cg_helper(cg, BPF_FUNC_probe_read_kernel, 3, addr, cg_u64(cg, size), cg_u64(cg, 0));
}

void cg_copy(struct cg *cg, cgv to, cgv from, uint32_t size)
{
	/* LLVM loads all of a stretch before it stores: what registers cannot hold takes stack. */
	enum { AT_ONCE = 6 };
	unsigned int at_to = alignment(cg, to), at_from = alignment(cg, from);
	unsigned int at = at_to < at_from ? at_to : at_from, n = AT_ONCE * at;

	if (!size || to == from)
		return;
	if (size > INLINE_COPY) {
		cg_helper(cg, BPF_FUNC_probe_read_kernel, 3, to, cg_u64(cg, size), from);
		return;
	}
	for (uint32_t i = 0; i < size; i += n)
		LLVMBuildMemCpy(cg->b, ref(cg_offset(cg, to, i)), at, ref(cg_offset(cg, from, i)),
		                at, LLVMConstInt(cg->i64, size - i < n ? size - i : n, false));
}

cgv cg_atomic_add(struct cg *cg, cgv addr, cgv n)
{
	return val(LLVMBuildAtomicRMW(cg->b, LLVMAtomicRMWBinOpAdd, ref(addr), ref(n),
	                              LLVMAtomicOrderingMonotonic, false));
}

cgv cg_place(struct cg *cg, const struct dest *dest, const struct type *type)
{
	if (dest && dest->type == type)
		return dest->addr;
	return cg_temp(cg, type_size(cg->u->types, type));
}
