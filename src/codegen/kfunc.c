/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kfunc.c - calls of the kernel's own functions.
 *
 * Such a function is an extern of the object, described by BTF; libbpf looks it up in the kernel's
 * (and reads all of that: 10-30 ms) and compares kinds of types, names aside.
 */

#include "codegen/private.h"

#include <string.h>

/* "struct name *": only that it is one counts. */
static LLVMMetadataRef pointer_to(struct cg *cg, const char *name)
{
	LLVMMetadataRef s =
		LLVMDIBuilderCreateStructType(cg->di, cg->file, name, strlen(name), cg->file, 1, 0,
	                                      0, 0, NULL, NULL, 0, 0, NULL, "", 0);

	return LLVMDIBuilderCreatePointerType(cg->di, s, 64, 0, 0, "", 0);
}

static LLVMValueRef declare(struct cg *cg, const struct cg_kfunc *f)
{
	LLVMValueRef fn = LLVMGetNamedFunction(cg->module, f->name);
	LLVMMetadataRef object = pointer_to(cg, f->object), type[2], sp;
	LLVMTypeRef param = f->gives ? cg->i32 : cg->ptr;

	if (fn)
		return fn;
	fn = LLVMAddFunction(cg->module, f->name,
	                     LLVMFunctionType(f->gives ? cg->ptr : cg->nothing, &param, 1, false));
	LLVMSetSection(fn, ".ksyms");
	type[0] = f->gives ? object : NULL;
	type[1] = f->gives ? cg->di_int : object;
	sp = LLVMDIBuilderCreateFunction(
		cg->di, cg->file, f->name, strlen(f->name), "", 0, cg->file, 1,
		LLVMDIBuilderCreateSubroutineType(cg->di, cg->file, type, 2, 0), 0, 0, 1, 0, 1);
	LLVMSetSubprogram(fn, sp);
	return fn;
}

cgv cg_kfunc(struct cg *cg, const struct cg_kfunc *f, cgv arg)
{
	LLVMValueRef fn = declare(cg, f);
	LLVMValueRef v = f->gives ? LLVMBuildTrunc(cg->b, ref(arg), cg->i32, "") : ref(arg);

	return val(LLVMBuildCall2(cg->b, LLVMGlobalGetValueType(fn), fn, &v, 1, ""));
}
