/* SPDX-License-Identifier: Apache-2.0 */
/* llvm.c - the façade of cg.h over LLVM's builder: constants, arithmetic, memory, branches. */

#include "codegen/private.h"

#include "base/bug.h"

#include <stdarg.h>
#include <string.h>

struct unit *cg_unit(struct cg *cg)
{
	return cg->u;
}

const struct program *cg_program(struct cg *cg)
{
	return cg->p;
}

void cg_at(struct cg *cg, struct span span)
{
	struct place at = { 0, 0 };

	cg->at = span;
	if (!cg->scope)
		return;
	/* Lines are those of the script; an expansion is where its call stands, and other files
	 * have none. */
	while (source_caller(&cg->u->source, span, &span))
		;
	if (span.off <= cg->u->source.len)
		at = source_place(&cg->u->source, span.off);
	LLVMSetCurrentDebugLocation2(cg->b, LLVMDIBuilderCreateDebugLocation(
						    cg->llvm, at.line, at.column, cg->scope, NULL));
}

void cg_init_types(struct cg *cg)
{
	cg->i8 = LLVMInt8TypeInContext(cg->llvm);
	cg->i16 = LLVMInt16TypeInContext(cg->llvm);
	cg->i32 = LLVMInt32TypeInContext(cg->llvm);
	cg->i64 = LLVMInt64TypeInContext(cg->llvm);
	cg->ptr = LLVMPointerTypeInContext(cg->llvm, 0);
	cg->nothing = LLVMVoidTypeInContext(cg->llvm);
}

/* -- constants and arithmetic -- */

cgv cg_u64(struct cg *cg, uint64_t n)
{
	return val(LLVMConstInt(cg->i64, n, false));
}

#define BINARY_OP(name, build)                                                                     \
	cgv name(struct cg *cg, cgv a, cgv b)                                                      \
	{                                                                                          \
		return val(build(cg->b, ref(a), ref(b), ""));                                      \
	}
BINARY_OP(cg_add, LLVMBuildAdd)
BINARY_OP(cg_sub, LLVMBuildSub)
BINARY_OP(cg_mul, LLVMBuildMul)
BINARY_OP(cg_and, LLVMBuildAnd)
BINARY_OP(cg_or, LLVMBuildOr)
BINARY_OP(cg_xor, LLVMBuildXor)
BINARY_OP(cg_udiv, LLVMBuildUDiv)
BINARY_OP(cg_umod, LLVMBuildURem)
BINARY_OP(cg_shl_by, LLVMBuildShl)
BINARY_OP(cg_shr_by, LLVMBuildLShr)
BINARY_OP(cg_sar_by, LLVMBuildAShr)
#undef BINARY_OP

cgv cg_shl(struct cg *cg, cgv a, unsigned int bits)
{
	return cg_shl_by(cg, a, cg_u64(cg, bits));
}

cgv cg_shr(struct cg *cg, cgv a, unsigned int bits)
{
	return cg_shr_by(cg, a, cg_u64(cg, bits));
}

static cgv widen(struct cg *cg, LLVMValueRef bit)
{
	return val(LLVMBuildZExt(cg->b, bit, cg->i64, ""));
}

static LLVMValueRef narrow(struct cg *cg, cgv truth)
{
	return LLVMBuildICmp(cg->b, LLVMIntNE, ref(truth), LLVMConstInt(cg->i64, 0, false), "");
}

cgv cg_compare(struct cg *cg, enum cg_cmp op, cgv a, cgv b)
{
	static const LLVMIntPredicate predicate[] = {
		[CG_EQ] = LLVMIntEQ,   [CG_NE] = LLVMIntNE,   [CG_ULT] = LLVMIntULT,
		[CG_ULE] = LLVMIntULE, [CG_UGT] = LLVMIntUGT, [CG_UGE] = LLVMIntUGE,
		[CG_SLT] = LLVMIntSLT, [CG_SLE] = LLVMIntSLE, [CG_SGT] = LLVMIntSGT,
		[CG_SGE] = LLVMIntSGE,
	};

	return widen(cg, LLVMBuildICmp(cg->b, predicate[op], ref(a), ref(b), ""));
}

cgv cg_is_null(struct cg *cg, cgv address)
{
	return widen(cg, LLVMBuildICmp(cg->b, LLVMIntEQ, ref(address), LLVMConstNull(cg->ptr), ""));
}

cgv cg_select(struct cg *cg, cgv cond, cgv yes, cgv no)
{
	return val(LLVMBuildSelect(cg->b, narrow(cg, cond), ref(yes), ref(no), ""));
}

static LLVMTypeRef int_type(struct cg *cg, uint32_t size)
{
	switch (size) {
	case 1: return cg->i8;
	case 2: return cg->i16;
	case 4: return cg->i32;
	case 8: return cg->i64;
	default: return LLVMIntTypeInContext(cg->llvm, size * 8);
	}
}

cgv cg_fit(struct cg *cg, cgv v, uint32_t size, bool is_signed)
{
	LLVMValueRef cut;

	if (size >= 8)
		return v;
	cut = LLVMBuildTrunc(cg->b, ref(v), int_type(cg, size), "");
	return val(is_signed ? LLVMBuildSExt(cg->b, cut, cg->i64, "")
	                     : LLVMBuildZExt(cg->b, cut, cg->i64, ""));
}

cgv cg_bswap(struct cg *cg, cgv v, uint32_t size)
{
	LLVMTypeRef t = int_type(cg, size);
	LLVMValueRef fn, arg;
	unsigned int id;

	if (size == 1)
		return cg_fit(cg, v, 1, false);
	id = LLVMLookupIntrinsicID("llvm.bswap", 10);
	fn = LLVMGetIntrinsicDeclaration(cg->module, id, &t, 1);
	arg = LLVMBuildTrunc(cg->b, ref(v), t, "");
	arg = LLVMBuildCall2(cg->b, LLVMIntrinsicGetType(cg->llvm, id, &t, 1), fn, &arg, 1, "");
	return val(LLVMBuildZExt(cg->b, arg, cg->i64, ""));
}

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
	v = LLVMBuildLoad2(cg->b, int_type(cg, size), ref(cg_offset(cg, val(cg->params), offset)),
	                   "");
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

void cg_loss_full(struct cg *cg, struct span at)
{
	cgv row = losses_row(cg);

	cg_store(cg, cg_offset(cg, row, offsetof(struct image_losses, full_off)),
	         cg_u64(cg, at.off), 4);
	cg_store(cg, cg_offset(cg, row, offsetof(struct image_losses, full_len)),
	         cg_u64(cg, at.len), 4);
	cg_loss(cg, LOSS_MAP_FULL);
}

/* -- memory -- */

LLVMValueRef cg_alloca(struct cg *cg, LLVMTypeRef type, uint32_t align, const char *name)
{
	LLVMBasicBlockRef here = LLVMGetInsertBlock(cg->b);
	LLVMValueRef first = LLVMGetFirstInstruction(cg->entry), a;

	if (first)
		LLVMPositionBuilderBefore(cg->b, first);
	else
		LLVMPositionBuilderAtEnd(cg->b, cg->entry);
	a = LLVMBuildAlloca(cg->b, type, name);
	LLVMSetAlignment(a, align);
	LLVMPositionBuilderAtEnd(cg->b, here);
	return a;
}

LLVMValueRef cg_bytes_alloca(struct cg *cg, uint32_t size)
{
	return cg_alloca(cg, LLVMArrayType2(cg->i8, (size + 7) / 8 * 8), 8, "");
}

cgv cg_temp(struct cg *cg, uint32_t size)
{
	/* 512 bytes in all, spilled registers included (Documentation/bpf, MAX_BPF_STACK), and
	 * callbacks share them with their caller. */
	enum { LARGEST = 64 };
	uint32_t rounded = (size + 7) / 8 * 8;

	if (size <= LARGEST && cg->stack_used + rounded <= cg->stack.temps) {
		cg->stack_used += rounded;
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
	return cg_offset(cg, val(LLVMBuildLoad2(cg->b, cg->ptr, cg->scratch_ptr, "scratch")),
	                 offset + 8);
}

cgv cg_frame(struct cg *cg, uint32_t offset)
{
	return cg_offset(cg, val(cg->frame), offset);
}

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

cgv cg_load(struct cg *cg, cgv addr, uint32_t size, bool is_signed)
{
	LLVMValueRef v = LLVMBuildLoad2(cg->b, int_type(cg, size), ref(addr), "");

	LLVMSetAlignment(v, size);
	if (size == 8)
		return val(v);
	return val(is_signed ? LLVMBuildSExt(cg->b, v, cg->i64, "")
	                     : LLVMBuildZExt(cg->b, v, cg->i64, ""));
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
	    p == cg->frame || (LLVMIsALoadInst(p) && LLVMGetOperand(p, 0) == cg->scratch_ptr))
		return (unsigned int)(offset & -offset);
	return 1;
}

cgv cg_load_at(struct cg *cg, cgv addr, uint32_t size)
{
	unsigned int align = alignment(cg, addr);
	LLVMValueRef v = LLVMBuildLoad2(cg->b, int_type(cg, size), ref(addr), "");

	LLVMSetAlignment(v, size < align ? size : align);
	return val(LLVMBuildZExt(cg->b, v, cg->i64, ""));
}

void cg_store(struct cg *cg, cgv addr, cgv v, uint32_t size)
{
	LLVMValueRef cut =
		size == 8 ? ref(v) : LLVMBuildTrunc(cg->b, ref(v), int_type(cg, size), "");

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

/* -- branches -- */

LLVMBasicBlockRef cg_block(struct cg *cg, const char *name)
{
	return LLVMAppendBasicBlockInContext(cg->llvm, cg->fn, name);
}

bool cg_ended(struct cg *cg)
{
	return LLVMGetBasicBlockTerminator(LLVMGetInsertBlock(cg->b)) != NULL;
}

void cg_goto(struct cg *cg, LLVMBasicBlockRef to)
{
	if (!cg_ended(cg))
		LLVMBuildBr(cg->b, to);
}

void cg_enter(struct cg *cg, LLVMBasicBlockRef at)
{
	LLVMPositionBuilderAtEnd(cg->b, at);
}

struct cg_if cg_if(struct cg *cg, cgv cond)
{
	LLVMBasicBlockRef yes = cg_block(cg, "yes");
	struct cg_if i = { .no = cg_block(cg, "no"), .end = cg_block(cg, "end") };

	LLVMBuildCondBr(cg->b, narrow(cg, cond), yes, i.no);
	cg_enter(cg, yes);
	return i;
}

void cg_else(struct cg *cg, struct cg_if *i)
{
	i->yes_end = LLVMGetInsertBlock(cg->b);
	i->has_else = true;
	cg_goto(cg, i->end);
	cg_enter(cg, i->no);
}

void cg_endif(struct cg *cg, struct cg_if *i)
{
	if (!i->has_else)
		cg_else(cg, i);
	cg_goto(cg, i->end);
	cg_enter(cg, i->end);
}

cgv cg_endif_phi(struct cg *cg, struct cg_if *i, cgv yes, cgv no)
{
	LLVMBasicBlockRef from[2];
	LLVMValueRef in[2] = { ref(yes), ref(no) }, phi;

	BUG_ON(!i->has_else);
	from[0] = i->yes_end;
	from[1] = LLVMGetInsertBlock(cg->b);
	cg_goto(cg, i->end);
	cg_enter(cg, i->end);
	phi = LLVMBuildPhi(cg->b, LLVMTypeOf(in[0]), "");
	LLVMAddIncoming(phi, in, from, 2);
	return val(phi);
}

/* -- helpers -- */

static LLVMValueRef call_helper(struct cg *cg, int id, int n, va_list ap, LLVMTypeRef result)
{
	LLVMValueRef arg[5], fn;
	LLVMTypeRef type[5];

	for (int i = 0; i < n; i++) {
		arg[i] = ref(va_arg(ap, cgv));
		type[i] = LLVMTypeOf(arg[i]);
	}
	fn = LLVMBuildIntToPtr(cg->b, LLVMConstInt(cg->i64, (unsigned int)id, false), cg->ptr, "");
	return LLVMBuildCall2(cg->b, LLVMFunctionType(result, type, (unsigned int)n, false), fn,
	                      arg, (unsigned int)n, "");
}

cgv cg_helper(struct cg *cg, int id, int n, ...)
{
	LLVMValueRef v;
	va_list ap;

	va_start(ap, n);
	v = call_helper(cg, id, n, ap, cg->i64);
	va_end(ap);
	return val(v);
}

cgv cg_helper_ptr(struct cg *cg, int id, int n, ...)
{
	LLVMValueRef v;
	va_list ap;

	va_start(ap, n);
	v = call_helper(cg, id, n, ap, cg->ptr);
	va_end(ap);
	return val(v);
}

cgv cg_ctx(struct cg *cg)
{
	if (cg->in_callback)
		return val(LLVMBuildLoad2(cg->b, cg->ptr, ref(cg_frame(cg, FRAME_CTX)), "ctx"));
	BUG_ON(!cg->ctx);
	return val(cg->ctx);
}

/* LLVM may derive one value's bound from another's check, which the verifier cannot follow. An
 * empty asm hides what it knows, so that check and use stay on one register. */
cgv cg_opaque(struct cg *cg, cgv v)
{
	LLVMTypeRef t = LLVMFunctionType(cg->i64, &cg->i64, 1, false);
	LLVMValueRef fn =
		LLVMGetInlineAsm(t, "", 0, "=r,0", 4, true, false, LLVMInlineAsmDialectATT, false);
	LLVMValueRef arg = ref(v);

	return val(LLVMBuildCall2(cg->b, t, fn, &arg, 1, ""));
}

cgv cg_bounded(struct cg *cg, cgv v, uint64_t max)
{
	struct cg_if i;

	if (LLVMIsAConstantInt(ref(v)))
		return LLVMConstIntGetZExtValue(ref(v)) > max ? cg_u64(cg, max) : v;
	v = cg_opaque(cg, v);
	i = cg_if(cg, cg_compare(cg, CG_UGT, v, cg_u64(cg, max)));
	cg_else(cg, &i);
	/* An index that LLVM knows to be less than the address's alignment is put in by 'or', which
	 * the verifier does not allow on pointers: it forgets the bound again. */
	return cg_opaque(cg, cg_endif_phi(cg, &i, cg_u64(cg, max), v));
}
