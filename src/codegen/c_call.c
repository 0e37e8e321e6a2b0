/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c_call.c - calls of functions in imported C objects.
 *
 * The function is an extern of our object, and its debug information says what the object's BTF
 * says of its type: the linker compares both. It is hidden, which makes it a static function once
 * it is linked: the verifier follows it with the arguments of each call, and has no rules for what
 * may be handed over.
 */

#include "codegen/private.h"

#include "base/bug.h"
#include "probes/btf.h"

#include <string.h>

enum { DW_ATE_signed = 5, MOST_PARAMS = 5, DW_TAG_structure_type = 0x13, DW_TAG_union_type = 0x17 };

static LLVMMetadataRef debug_type(struct cg *cg, const struct btf_file *b, uint32_t id);

static LLVMMetadataRef debug_function(struct cg *cg, const struct btf_file *b,
                                      const struct btf_type *t)
{
	const struct btf_param *p = (const struct btf_param *)(t + 1);
	LLVMMetadataRef type[1 + MOST_PARAMS];
	unsigned int n = BTF_INFO_VLEN(t->info);

	n = n > MOST_PARAMS ? MOST_PARAMS : n;
	type[0] = debug_type(cg, b, t->type);
	for (unsigned int i = 0; i < n; i++)
		type[i + 1] = debug_type(cg, b, p[i].type);
	return LLVMDIBuilderCreateSubroutineType(cg->di, cg->file, type, n + 1, 0);
}

/* A declaration is enough behind a pointer. */
static LLVMMetadataRef debug_declaration(struct cg *cg, unsigned int tag, const char *name)
{
	return LLVMDIBuilderCreateForwardDecl(cg->di, tag, name, strlen(name), cg->file, cg->file,
	                                      1, 0, 0, 0, "", 0);
}

static LLVMMetadataRef debug_enum(struct cg *cg, const char *name, uint32_t size)
{
	LLVMMetadataRef of = LLVMDIBuilderCreateBasicType(cg->di, "int", 3, (uint64_t)size * 8,
	                                                  DW_ATE_signed, 0);

	return LLVMDIBuilderCreateEnumerationType(cg->di, cg->file, name, strlen(name), cg->file, 1,
	                                          (uint64_t)size * 8, 0, NULL, 0, of);
}

static LLVMMetadataRef debug_array(struct cg *cg, const struct btf_file *b,
                                   const struct btf_array *a)
{
	LLVMMetadataRef range = LLVMDIBuilderGetOrCreateSubrange(cg->di, 0, a->nelems);

	return LLVMDIBuilderCreateArrayType(cg->di, a->nelems * btf_size(b, a->type) * 8, 0,
	                                    debug_type(cg, b, a->type), &range, 1);
}

/* A type of BTF as debug information that LLVM makes the same BTF of; qualifiers and names of
 * typedefs are not compared. */
static LLVMMetadataRef debug_type(struct cg *cg, const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id = btf_strip(b, id));
	const char *name = t ? btf_name(b, t->name_off) : "";

	if (!id || !t)
		return NULL;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		return LLVMDIBuilderCreatePointerType(cg->di, debug_type(cg, b, t->type), 64, 0, 0,
		                                      "", 0);
	case BTF_KIND_STRUCT: return debug_declaration(cg, DW_TAG_structure_type, name);
	case BTF_KIND_UNION: return debug_declaration(cg, DW_TAG_union_type, name);
	case BTF_KIND_FWD:
		return debug_declaration(
			cg, BTF_INFO_KFLAG(t->info) ? DW_TAG_union_type : DW_TAG_structure_type,
			name);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return debug_enum(cg, name, t->size);
	case BTF_KIND_ARRAY: return debug_array(cg, b, (const struct btf_array *)(t + 1));
	case BTF_KIND_FUNC_PROTO: return debug_function(cg, b, t);
	default:
		return LLVMDIBuilderCreateBasicType(cg->di, name, strlen(name),
		                                    (uint64_t)t->size * 8, DW_ATE_signed, 0);
	}
}

static LLVMValueRef declare(struct cg *cg, const struct c_function *f)
{
	LLVMTypeRef type[MOST_PARAMS] = { cg->i64, cg->i64, cg->i64, cg->i64, cg->i64 };
	LLVMValueRef fn = LLVMGetNamedFunction(cg->module, f->name);
	const struct btf_file *b = f->object->btf;
	bool gives = f->result->kind != KIND_NONE;

	if (fn)
		return fn;
	fn = LLVMAddFunction(cg->module, f->name,
	                     LLVMFunctionType(gives ? cg->i64 : cg->nothing, type,
	                                      (unsigned int)f->params, false));
	LLVMSetVisibility(fn, LLVMHiddenVisibility);
	LLVMSetSubprogram(fn,
	                  LLVMDIBuilderCreateFunction(
				  cg->di, cg->file, f->name, strlen(f->name), "", 0, cg->file, 1,
				  debug_function(cg, b, btf_type(b, f->proto)), 0, 0, 1, 0, 1));
	return fn;
}

/* Texts, which are no scalars, go by their address. */
static LLVMValueRef argument(struct cg *cg, struct value v, const struct type *type)
{
	LLVMValueRef arg = type_is_scalar(v.type) ? ref(cg_convert(cg, v, type).v) : ref(v.v);

	return LLVMTypeOf(arg) == cg->ptr ? LLVMBuildPtrToInt(cg->b, arg, cg->i64, "") : arg;
}

struct value cg_c_call(struct cg *cg, const struct expr *e)
{
	const struct c_function *f = e->call.c;
	LLVMValueRef fn = declare(cg, f), arg[MOST_PARAMS], result;
	struct value v[MOST_PARAMS];

	BUG_ON(f->params > MOST_PARAMS);
	for (size_t i = 0; i < f->params; i++)
		v[i] = cg_expr(cg, e->call.arg[i]);
	for (size_t i = 0; i < f->params; i++)
		arg[i] = argument(cg, v[i], f->param[i].type);
	cg_at(cg, e->span);
	result = LLVMBuildCall2(cg->b, LLVMGlobalGetValueType(fn), fn, arg, (unsigned int)f->params,
	                        "");
	if (e->type->kind == KIND_NONE)
		return cg_value(val(result), e->type);
	/* C leaves what is above a small result undefined. */
	return cg_value(cg_fit(cg, val(result), e->type->size, e->type->is_signed), e->type);
}
