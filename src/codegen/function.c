/* SPDX-License-Identifier: Apache-2.0 */
/*
 * function.c - functions of the script: one BPF function each, called by programs and by each
 * other.
 *
 *	u64 fn_f(scratch, a, b, c, d)
 *
 * Registers take the scratch memory's address and the first four scalars; other parameters, and a
 * result that is no scalar, have fixed places in scratch memory. There is no recursion, so that
 * what callees use lies below what their callers use, and nobody's values are in the way of
 *others'.
 */

#include "codegen/private.h"

#include "base/arena.h"
#include "sema/sema.h"

enum { IN_REGISTERS = 4 };

/* The register of parameter i, counted from 0; -1: it has a place in memory. */
static int register_of(const struct program *p, size_t i)
{
	int n = 0;

	if (!type_is_scalar(p->parts->param[i]->type))
		return -1;
	for (size_t k = 0; k < i; k++)
		n += type_is_scalar(p->parts->param[k]->type);
	return n < IN_REGISTERS ? n : -1;
}

static unsigned int registers(const struct program *p)
{
	unsigned int n = 0;

	for (size_t i = 0; i < p->fn->params; i++)
		n += register_of(p, i) >= 0;
	return n;
}

static LLVMTypeRef function_type(struct cg *cg, const struct program *p)
{
	LLVMTypeRef type[1 + IN_REGISTERS] = { cg->ptr, cg->i64, cg->i64, cg->i64, cg->i64 };

	return LLVMFunctionType(cg->i64, type, 1 + registers(p), false);
}

static void reserve_places(struct cg *cg, const struct program *p, struct cg_function *f)
{
	for (size_t i = 0; i < p->fn->params; i++)
		if (register_of(p, i) < 0)
			cg_place_in_scratch(cg, p->parts->param[i]);
	if (!type_is_scalar(p->parts->result))
		f->result_at = cg_scratch_slot(cg, type_size(cg->u->types, p->parts->result));
	if (p->may_exit)
		f->exit_at = cg_scratch_slot(cg, 8);
}

static void take_params(struct cg *cg, const struct program *p)
{
	LLVMBuildStore(cg->b, LLVMGetParam(cg->now.fn, 0), cg->now.scratch_ptr);
	for (size_t i = 0; i < p->fn->params; i++) {
		int r = register_of(p, i);
		struct var *v = p->parts->param[i];

		if (r >= 0)
			cg_store(cg, cg_var_addr(cg, v),
			         val(LLVMGetParam(cg->now.fn, 1 + (unsigned int)r)), v->type->size);
	}
}

/* Where the body ends without a value, the result is zero. */
static void return_zero(struct cg *cg)
{
	const struct cg_function *f = cg->p->cg;
	const struct type *t = cg->p->parts->result;

	if (!type_is_scalar(t))
		cg_zero(cg, cg_scratch(cg, f->result_at), type_size(cg->u->types, t));
	cg_return(cg, cg_u64(cg, 0));
}

void cg_function_compile(struct cg *cg, struct program *p)
{
	struct cg_function *f = arena_new(cg->u->arena, struct cg_function);
	LLVMBasicBlockRef body;

	p->cg = f;
	f->fn = cg->now.fn = LLVMAddFunction(cg->module, p->name, function_type(cg, p));
	LLVMSetLinkage(cg->now.fn, LLVMInternalLinkage);
	cg_debug_function(cg, cg->now.fn, p->name, 1 + registers(p), p->span);
	cg->now.ctx = NULL;
	cg_begin(cg, p);
	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0)), cg->result);
	reserve_places(cg, p, f);
	cg_make_frame(cg);
	take_params(cg, p);
	body = cg_block(cg, "body");
	cg_goto(cg, body);
	cg_enter(cg, body);
	cg_block_stmts(cg, p->body);
	return_zero(cg);
	cg_goto(cg, cg->now.leave);
	cg_enter(cg, cg->now.leave);
	LLVMBuildRet(cg->b, LLVMBuildLoad2(cg->b, cg->i64, cg->result, ""));
	f->scratch_end = cg->scratch_used;
}

void cg_function_return(struct cg *cg, const struct stmt *s)
{
	const struct cg_function *f = cg->p->cg;
	const struct type *t = cg->p->parts->result;
	cgv code = cg_u64(cg, 0);

	if (s->expr && s->expr->type->kind == KIND_NONE) {
		cg_expr(cg, s->expr);
		return_zero(cg);
		return;
	}
	if (s->expr && type_is_scalar(t))
		code = cg_convert(cg, cg_expr(cg, s->expr), t).v;
	else if (s->expr)
		cg_expr_into(cg, s->expr, cg_scratch(cg, f->result_at), t);
	cg_return(cg, code);
}

/* All arguments are evaluated before the first has its place: one may call the same function. */
static unsigned int hand_over(struct cg *cg, const struct expr *e, LLVMValueRef *reg)
{
	const struct program *fn = e->call.fn;
	struct value *v = arena_array(cg->u->arena, struct value, e->call.args + 1);
	unsigned int n = 0;

	reg[n++] = LLVMBuildLoad2(cg->b, cg->ptr, cg->now.scratch_ptr, "scratch");
	for (size_t i = 0; i < e->call.args; i++)
		v[i] = cg_expr(cg, e->call.arg[i]);
	for (size_t i = 0; i < e->call.args; i++) {
		struct var *param = fn->parts->param[i];

		if (register_of(fn, i) >= 0)
			reg[n++] = ref(cg_convert(cg, v[i], param->type).v);
		else
			cg_store_value(cg, cg_var_addr(cg, param), v[i], param->type);
	}
	return n;
}

/* exit() in a function ends its callers, too. */
static void leave_if_exited(struct cg *cg, cgv flag)
{
	struct cg_if exited = cg_if(cg, cg_load(cg, flag, 8, false));

	cg_exit(cg);
	cg_endif(cg, &exited);
}

struct value cg_function_call(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	const struct program *fn = e->call.fn;
	const struct cg_function *f = fn->cg;
	LLVMValueRef reg[1 + IN_REGISTERS];
	unsigned int n = hand_over(cg, e, reg);
	cgv result, place;

	cg_at(cg, e->span);
	if (fn->may_exit)
		cg_store(cg, cg_scratch(cg, f->exit_at), cg_u64(cg, 0), 8);
	result = val(LLVMBuildCall2(cg->b, LLVMGlobalGetValueType(f->fn), f->fn, reg, n, ""));
	if (fn->may_exit)
		leave_if_exited(cg, cg_scratch(cg, f->exit_at));
	if (e->type->kind == KIND_NONE || type_is_scalar(e->type))
		return cg_value(result, e->type);
	/* The next call writes to the same place. */
	place = cg_place(cg, dest, e->type);
	cg_copy(cg, place, cg_scratch(cg, f->result_at), type_size(cg->u->types, e->type));
	return cg_value(place, e->type);
}
