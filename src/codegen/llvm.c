/* SPDX-License-Identifier: Apache-2.0 */
/* llvm.c - the façade of cg.h over LLVM's builder: constants, arithmetic, branches, helpers. */

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
	if (!cg->now.scope)
		return;
	/* Lines are those of the script; an expansion is where its call stands, and other files
	 * have none. */
	while (source_caller(&cg->u->source, span, &span))
		;
	if (span.off <= cg->u->source.len)
		at = source_place(&cg->u->source, span.off);
	LLVMSetCurrentDebugLocation2(cg->b,
	                             LLVMDIBuilderCreateDebugLocation(cg->llvm, at.line, at.column,
	                                                              cg->now.scope, NULL));
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

LLVMTypeRef cg_int_type(struct cg *cg, uint32_t size)
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
	cut = LLVMBuildTrunc(cg->b, ref(v), cg_int_type(cg, size), "");
	return val(is_signed ? LLVMBuildSExt(cg->b, cut, cg->i64, "")
	                     : LLVMBuildZExt(cg->b, cut, cg->i64, ""));
}

cgv cg_bswap(struct cg *cg, cgv v, uint32_t size)
{
	LLVMTypeRef t = cg_int_type(cg, size);
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

/* -- branches -- */

LLVMBasicBlockRef cg_block(struct cg *cg, const char *name)
{
	return LLVMAppendBasicBlockInContext(cg->llvm, cg->now.fn, name);
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
	if (cg->now.in_callback)
		return val(LLVMBuildLoad2(cg->b, cg->ptr, ref(cg_frame(cg, FRAME_CTX)), "ctx"));
	BUG_ON(!cg->now.ctx);
	return val(cg->now.ctx);
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
