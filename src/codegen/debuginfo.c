/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debuginfo.c - debug information, which LLVM's BPF back end turns into .BTF and .BTF.ext.
 *
 * Functions point into the script, so that the verifier and bpftool quote it. Maps are described to
 * libbpf by the type of their variable: a struct of pointers to arrays whose sizes are the values.
 */

#include "codegen/private.h"

#include <string.h>

enum { DW_ATE_signed = 5, DW_ATE_unsigned_char = 8 };

void cg_debug_init(struct cg *cg)
{
	const char *name = cg->u->source.name;

	cg->di = LLVMCreateDIBuilder(cg->module);
	cg->file = LLVMDIBuilderCreateFile(cg->di, name, strlen(name), ".", 1);
	cg->cu = LLVMDIBuilderCreateCompileUnit(cg->di, LLVMDWARFSourceLanguageC, cg->file, "sonde",
	                                        5, 1, "", 0, 0, "", 0, LLVMDWARFEmissionFull, 0, 0,
	                                        0, "", 0, "", 0);
	cg->di_int = LLVMDIBuilderCreateBasicType(cg->di, "int", 3, 32, DW_ATE_signed, 0);
	cg->di_long = LLVMDIBuilderCreateBasicType(cg->di, "long", 4, 64, DW_ATE_signed, 0);
	cg->di_void_ptr = LLVMDIBuilderCreatePointerType(cg->di, NULL, 64, 0, 0, "", 0);
}

void cg_debug_function(struct cg *cg, LLVMValueRef fn, const char *name, unsigned int params,
                       struct span at)
{
	LLVMMetadataRef type[6] = { cg->di_long }, sp;
	struct place place = source_place(&cg->u->source, span_is_none(at) ? 0 : at.off);
	unsigned int kind = LLVMGetEnumAttributeKindForName("nounwind", 8);
	LLVMTypeRef param[5];

	LLVMGetParamTypes(LLVMGlobalGetValueType(fn), param);
	for (unsigned int i = 0; i < params; i++)
		type[i + 1] = param[i] == cg->ptr ? cg->di_void_ptr : cg->di_long;
	sp = LLVMDIBuilderCreateFunction(
		cg->di, cg->file, name, strlen(name), "", 0, cg->file, place.line,
		LLVMDIBuilderCreateSubroutineType(cg->di, cg->file, type, params + 1, 0),
		/* The kernel calls back only what its BTF says is static. */
		LLVMGetLinkage(fn) == LLVMInternalLinkage, 1, place.line, 0, 1);
	LLVMSetSubprogram(fn, sp);
	cg->now.scope = sp;
	/* The kernel rejects BTF whose parameters have no names. */
	for (unsigned int i = 0; i < params; i++) {
		static const char *const names[] = { "a", "b", "c", "d", "e" };

		LLVMDIBuilderCreateParameterVariable(cg->di, sp, params == 1 ? "ctx" : names[i],
		                                     params == 1 ? 3 : 1, i + 1, cg->file,
		                                     place.line, type[i + 1], true, 0);
	}
	/* No .eh_frame, which libbpf would complain about. */
	LLVMAddAttributeAtIndex(fn, LLVMAttributeFunctionIndex,
	                        LLVMCreateEnumAttribute(cg->llvm, kind, 0));
}

static void attach_global(struct cg *cg, LLVMValueRef global, const char *name,
                          LLVMMetadataRef type)
{
	LLVMMetadataRef e = LLVMDIBuilderCreateGlobalVariableExpression(
		cg->di, cg->cu, name, strlen(name), "", 0, cg->file, 1, type, 0,
		LLVMDIBuilderCreateExpression(cg->di, NULL, 0), NULL, 0);

	LLVMGlobalSetMetadata(global, LLVMGetMDKindIDInContext(cg->llvm, "dbg", 3), e);
}

void cg_debug_map(struct cg *cg, LLVMValueRef global, const char *name, const char *const *member,
                  const uint32_t *value, unsigned int n)
{
	LLVMMetadataRef m[8], type;

	for (unsigned int i = 0; i < n; i++) {
		LLVMMetadataRef range = LLVMDIBuilderGetOrCreateSubrange(cg->di, 0, value[i]);
		LLVMMetadataRef array = LLVMDIBuilderCreateArrayType(
			cg->di, (uint64_t)value[i] * 32, 0, cg->di_int, &range, 1);
		LLVMMetadataRef pointer =
			LLVMDIBuilderCreatePointerType(cg->di, array, 64, 0, 0, "", 0);

		m[i] = LLVMDIBuilderCreateMemberType(cg->di, cg->file, member[i], strlen(member[i]),
		                                     cg->file, 1, 64, 0, (uint64_t)i * 64, 0,
		                                     pointer);
	}
	type = LLVMDIBuilderCreateStructType(cg->di, cg->file, "", 0, cg->file, 1, (uint64_t)n * 64,
	                                     0, 0, NULL, m, n, 0, NULL, "", 0);
	attach_global(cg, global, name, type);
}

void cg_debug_linked(struct cg *cg, LLVMValueRef global, const char *name, uint64_t size)
{
	LLVMMetadataRef byte, range;

	if (!cg->u->c_objects.n)
		return;
	byte = LLVMDIBuilderCreateBasicType(cg->di, "char", 4, 8, DW_ATE_unsigned_char, 0);
	range = LLVMDIBuilderGetOrCreateSubrange(cg->di, 0, (int64_t)size);
	attach_global(cg, global, name,
	              LLVMDIBuilderCreateArrayType(cg->di, size * 8, 0, byte, &range, 1));
}
