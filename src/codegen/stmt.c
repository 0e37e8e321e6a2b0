/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stmt.c - statements.
 *
 * The body of a 'for' is a function that the kernel calls back. It reaches the variables of its
 * surroundings through the frame: memory on the program's stack whose address is its argument.
 */

#include "codegen/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "sema/sema.h"

/* The frame's head; captured variables follow. */
enum { FRAME_SCRATCH = 0, FRAME_LEFT = 8, FRAME_RESULT = 16, FRAME_HEAD = 24 };

static void statement(struct cg *cg, const struct stmt *s);

/* -- variables -- */

/* Where a variable lives: an offset into the frame, or an address of its own. */
struct var_place {
	bool in_frame;
	uint32_t offset;
	cgv addr;
	LLVMValueRef fn; /* whose alloca addr is */
};

static uint32_t var_size(struct cg *cg, const struct var *v)
{
	uint32_t size = type_size(cg->u->types, v->type);

	return (size + 7) / 8 * 8;
}

enum { LARGEST_IN_FRAME = 32 };

cgv cg_var_addr(struct cg *cg, struct var *v)
{
	struct var_place *p = v->cg;

	if (p && p->in_frame && p->offset != UINT32_MAX)
		return cg_offset(cg, val(cg->frame), p->offset);
	if (p && p->in_frame) {
		LLVMValueRef scratch = LLVMBuildLoad2(cg->b, cg->ptr, cg->scratch_ptr, "");

		return cg_offset_by(cg, val(scratch), p->addr);
	}
	if (p && p->fn == cg->fn)
		return p->addr;
	p = arena_new(cg->u->arena, struct var_place);
	p->fn = cg->fn;
	p->addr = val(cg_bytes_alloca(cg, var_size(cg, v)));
	v->cg = p;
	return p->addr;
}

/* Large variables get scratch memory for the whole program, captured ones their place in the frame.
 * Returns the frame's size. */
uint32_t cg_place_vars(struct cg *cg, bool callbacks)
{
	uint32_t frame = FRAME_HEAD;

	vec_each (i, &cg->p->vars) {
		struct var *v = cg->p->vars.v[i];
		uint32_t size = var_size(cg, v);
		struct var_place *p;

		v->cg = NULL;
		if (size <= LARGEST_IN_FRAME && !(v->captured && callbacks))
			continue;
		p = arena_new(cg->u->arena, struct var_place);
		p->in_frame = true;
		if (size <= LARGEST_IN_FRAME) {
			p->offset = frame;
			frame += size;
		} else {
			p->offset = UINT32_MAX;
			p->addr = cg_u64(cg, cg->scratch_top + 8);
			cg->scratch_top += size;
			cg->scratch_used = cg->scratch_top;
		}
		v->cg = p;
	}
	return frame;
}

struct mention {
	const struct var *var;
	bool found;
};

static void note_mention(void *arg, struct expr *e)
{
	struct mention *m = arg;

	m->found |= e->kind == EXPR_VAR && e->var.var == m->var;
}

static bool mentions(struct expr *e, const struct var *v)
{
	struct mention m = { .var = v };

	expr_visit(e, note_mention, &m);
	return m.found;
}

static bool steers_a_while(const struct cg *cg, const struct var *v)
{
	for (const struct cg_loop *l = cg->loop; l; l = l->outer)
		if (l->cond && mentions(l->cond, v))
			return true;
	return false;
}

/*
 * The verifier goes through a callback until nothing new comes of it: a counter that it can follow
 * would keep it busy for 8192 rounds. A word that is always zero, but that it knows nothing about,
 * makes it let go. Only what ends a while loop in the callback must stay known.
 */
static cgv forgotten(struct cg *cg, const struct var *v, cgv now)
{
	if (!cg->in_callback || LLVMIsAConstantInt(ref(now)) || steers_a_while(cg, v))
		return now;
	return cg_add(cg, now, cg_unknown_zero(cg));
}

void cg_set_var(struct cg *cg, struct var *v, struct value now)
{
	const struct var_place *p = v->cg;

	if (p && p->in_frame && type_is_scalar(v->type)) {
		now = cg_convert(cg, now, v->type);
		now.v = forgotten(cg, v, now.v);
	}
	cg_store_value(cg, cg_var_addr(cg, v), now, v->type);
}

static void assign_var(struct cg *cg, struct var *v, struct expr *value)
{
	/* What is made of the variable itself is not made in its place. */
	if (type_is_scalar(v->type) || mentions(value, v))
		cg_set_var(cg, v, cg_expr(cg, value));
	else
		cg_expr_into(cg, value, cg_var_addr(cg, v), v->type);
}

static void clear_var(struct cg *cg, struct var *v)
{
	if (type_is_scalar(v->type))
		cg_store(cg, cg_var_addr(cg, v), cg_u64(cg, 0), v->type->size);
	else
		cg_zero(cg, cg_var_addr(cg, v), type_size(cg->u->types, v->type));
}

/* -- assignments -- */

static void compound(struct cg *cg, const struct stmt *s)
{
	const struct expr *target = s->assign.target;
	struct map_var *m = target->kind == EXPR_MAP ? target->map.map : NULL;
	const struct type *t = m ? m->value : target->var.var->type;
	const struct type *wide = t->kind == KIND_POINTER ? t : s->assign.common;
	cgv key = m ? cg_map_key(cg, m, target->map.key, target->map.keys) : NULL;
	struct value left = m ? cg_map_read(cg, m, key)
	                      : cg_load_value(cg, cg_var_addr(cg, target->var.var), t);
	struct value right = cg_expr(cg, s->assign.value);
	struct value result = cg_arithmetic(cg, s->assign.op, left, right, wide, s->span);

	if (m)
		cg_map_write(cg, m, key, result);
	else
		cg_set_var(cg, target->var.var, result);
}

/* "@x = count()", also as the value of a block. */
static const struct expr *aggregation(const struct expr *e)
{
	return e->kind == EXPR_CALL && e->call.def->flags & LANG_AGGREGATION ? e : NULL;
}

static void assign(struct cg *cg, const struct stmt *s)
{
	const struct expr *target = s->assign.target, *value = s->assign.value;

	if (s->assign.op != BINARY_NONE) {
		compound(cg, s);
		return;
	}
	if (target->kind == EXPR_VAR) {
		struct var *v = target->var.var;

		assign_var(cg, v, s->assign.value);
		return;
	}
	if (value->kind == EXPR_BLOCK && value->block->value && aggregation(value->block->value)) {
		cg_block_stmts(cg, value->block);
		value = value->block->value;
	}
	if (aggregation(value)) {
		cg_map_aggregate(cg, target, value);
		return;
	}
	{
		struct value v = cg_expr(cg, value);
		cgv key = cg_map_key(cg, target->map.map, target->map.key, target->map.keys);

		cg_map_write(cg, target->map.map, key, v);
	}
}

static void let(struct cg *cg, const struct stmt *s)
{
	struct var *v = s->let.target->var.var;

	if (s->let.value)
		assign_var(cg, v, s->let.value);
	else
		clear_var(cg, v);
}

/* -- leaving -- */

static cgv frame_at(struct cg *cg, uint32_t offset)
{
	return cg_offset(cg, val(cg->frame), offset);
}

/* Code behind a jump is never reached, but needs a place. */
static void after_jump(struct cg *cg)
{
	cg_enter(cg, cg_block(cg, "unreached"));
}

/* Callbacks return 0 to go on and 1 to stop, and the verifier must see that it is one of these: LLVM
 * would return whatever it knows to be 0 or 1. */
static void callback_return(struct cg *cg, bool stop)
{
	cgv code = cg_opaque(cg, cg_u64(cg, stop));

	LLVMBuildRet(cg->b, ref(cg_and(cg, code, cg_u64(cg, 1))));
}

void cg_return(struct cg *cg, cgv code)
{
	if (cg->in_callback) {
		/* The callback ends its loop; behind it the program sees the mark and leaves. */
		cg_store(cg, frame_at(cg, FRAME_LEFT), cg_u64(cg, 1), 8);
		cg_store(cg, frame_at(cg, FRAME_RESULT), code, 8);
		callback_return(cg, true);
	} else {
		LLVMBuildStore(cg->b, ref(code), cg->result);
		cg_goto(cg, cg->leave);
	}
	after_jump(cg);
}

static void jump(struct cg *cg, bool out)
{
	if (!cg->loop->end)
		callback_return(cg, out);
	else
		cg_goto(cg, out ? cg->loop->end : cg->loop->next);
	after_jump(cg);
}

/* -- loops in place -- */

static void while_loop(struct cg *cg, const struct stmt *s)
{
	struct cg_loop loop = { cg->loop, cg_block(cg, "while"), cg_block(cg, "endwhile"),
		                s->loop.over };
	struct cg_if go;

	cg_goto(cg, loop.next);
	cg_enter(cg, loop.next);
	go = cg_if(cg, cg_truth(cg, s->loop.over));
	cg->loop = &loop;
	cg_block_stmts(cg, s->loop.body);
	cg->loop = loop.outer;
	cg_goto(cg, loop.next);
	cg_else(cg, &go);
	cg_goto(cg, loop.end);
	cg_enter(cg, go.end);
	LLVMBuildUnreachable(cg->b);
	cg_enter(cg, loop.end);
}

static void unroll(struct cg *cg, const struct stmt *s)
{
	struct cg_loop loop = { .outer = cg->loop, .end = cg_block(cg, "endunroll") };

	for (int64_t i = 0; i < literal_value(s->loop.over); i++) {
		loop.next = cg_block(cg, "unroll");
		cg->loop = &loop;
		cg_block_stmts(cg, s->loop.body);
		cg->loop = loop.outer;
		cg_goto(cg, loop.next);
		cg_enter(cg, loop.next);
	}
	cg_goto(cg, loop.end);
	cg_enter(cg, loop.end);
}

/* -- loops by callback -- */

/* What belongs to the function being compiled, put aside while another is. */
struct function {
	LLVMValueRef fn, ctx, frame, zero_key, scratch_ptr, passed;
	LLVMBasicBlockRef entry, leave, at;
	LLVMMetadataRef scope;
	uint32_t stack_used;
	struct cg_loop *loop;
	bool in_callback;
};

static struct function leave_function(struct cg *cg)
{
	return (struct function){
		.fn = cg->fn, .ctx = cg->ctx, .frame = cg->frame, .zero_key = cg->zero_key,
		.scratch_ptr = cg->scratch_ptr, .passed = cg->passed, .entry = cg->entry, .leave = cg->leave,
		.at = LLVMGetInsertBlock(cg->b), .scope = cg->scope, .stack_used = cg->stack_used,
		.loop = cg->loop, .in_callback = cg->in_callback,
	};
}

static void return_to(struct cg *cg, const struct function *f, struct span at)
{
	cg->fn = f->fn;
	cg->ctx = f->ctx;
	cg->frame = f->frame;
	cg->zero_key = f->zero_key;
	cg->scratch_ptr = f->scratch_ptr;
	cg->passed = f->passed;
	cg->entry = f->entry;
	cg->leave = f->leave;
	cg->scope = f->scope;
	cg->loop = f->loop;
	cg->in_callback = f->in_callback;
	cg->stack_used = f->stack_used;
	cg_enter(cg, f->at);
	cg_at(cg, at);
}

/* Starts a callback of n arguments, the last of which is the frame. */
static void enter_callback(struct cg *cg, struct cg_loop *loop, unsigned int n, bool index,
                           struct span at)
{
	LLVMTypeRef type[4] = { index ? cg->i64 : cg->ptr, cg->ptr, cg->ptr, cg->ptr };
	LLVMBasicBlockRef body;
	char name[32];

	snprintf(name, sizeof(name), "body_%u", cg->callbacks++);
	cg->fn = LLVMAddFunction(cg->module, name, LLVMFunctionType(cg->i64, type, n, false));
	LLVMSetLinkage(cg->fn, LLVMInternalLinkage);
	cg_debug_function(cg, cg->fn, name, n, at);
	cg->entry = cg_block(cg, "entry");
	body = cg_block(cg, "body");
	cg_enter(cg, cg->entry);
	cg_at(cg, at);
	cg->ctx = NULL;
	cg->frame = LLVMGetParam(cg->fn, n - 1);
	cg->scratch_ptr = ref(frame_at(cg, FRAME_SCRATCH));
	cg->in_callback = true;
	cg->passed = NULL;
	cg->loop = loop;
	cg->zero_key = cg_alloca(cg, cg->i32, 8, "zero");
	LLVMBuildStore(cg->b, LLVMConstInt(cg->i32, 0, false), cg->zero_key);
	LLVMBuildBr(cg->b, body);
	cg_enter(cg, body);
}

static void end_callback(struct cg *cg)
{
	if (!cg_ended(cg))
		LLVMBuildRet(cg->b, ref(cg_u64(cg, 0)));
}

/* A 'return' inside the body leaves the program, too. */
static void leave_if_left(struct cg *cg)
{
	struct cg_if left = cg_if(cg, cg_load(cg, frame_at(cg, FRAME_LEFT), 8, false));

	if (cg->in_callback) {
		callback_return(cg, true);
		after_jump(cg);
	} else {
		cg_return(cg, cg_load(cg, frame_at(cg, FRAME_RESULT), 8, false));
	}
	cg_endif(cg, &left);
}

static void for_range(struct cg *cg, const struct stmt *s)
{
	struct var *v = s->loop.var->var.var;
	struct cg_loop loop = { .outer = cg->loop };
	cgv from = cg_int(cg, s->loop.over), to = cg_int(cg, s->loop.end), n, base;
	struct function outer;
	LLVMValueRef body;
	uint32_t slot;
	struct cg_if some;

	/* The start of the range is kept in the frame, where the body finds it. */
	slot = cg_frame_slot(cg);
	cg_store(cg, frame_at(cg, slot), from, 8);
	n = cg_sub(cg, to, from);
	some = cg_if(cg, cg_compare(cg, v->type->is_signed ? CG_SGT : CG_UGT, to, from));
	outer = leave_function(cg);
	enter_callback(cg, &loop, 2, true, s->span);
	base = cg_load(cg, frame_at(cg, slot), 8, false);
	cg_store(cg, cg_var_addr(cg, v),
	         cg_add(cg, base, cg_fit(cg, val(LLVMGetParam(cg->fn, 0)), 4, false)), 8);
	cg_block_stmts(cg, s->loop.body);
	end_callback(cg);
	body = cg->fn;
	return_to(cg, &outer, s->span);
	/* bpf_loop takes u32 and at most 1 << 23 rounds (Linux 5.17). */
	cg_helper(cg, BPF_FUNC_loop, 4, n, val(body), val(cg->frame), cg_u64(cg, 0));
	/* What comes next may have the slot: an unrolled loop comes again and again. */
	cg->frame_top = slot;
	cg_endif(cg, &some);
	leave_if_left(cg);
}

static void load_pair(struct cg *cg, struct var *v, struct map_var *m)
{
	cgv addr = cg_var_addr(cg, v);
	const struct type_field *key = &v->type->field[0], *value = &v->type->field[1];
	cgv k = val(LLVMGetParam(cg->fn, 1)), at = val(LLVMGetParam(cg->fn, 2));
	struct value now;

	if (type_is_aggregation(m->value)) {
		cgv copy = cg_temp(cg, type_size(cg->u->types, m->key));

		cg_copy(cg, copy, k, type_size(cg->u->types, m->key));
		now = cg_map_read(cg, m, copy);
		k = copy;
	} else {
		now = cg_load_value(cg, at, m->value);
	}
	cg_zero(cg, addr, v->type->size);
	cg_store_value(cg, cg_offset(cg, addr, key->offset), cg_load_value(cg, k, m->key), key->type);
	cg_store_value(cg, cg_offset(cg, addr, value->offset), now, value->type);
}

static void for_map(struct cg *cg, const struct stmt *s)
{
	struct map_var *m = s->loop.over->map.map;
	struct cg_loop loop = { .outer = cg->loop };
	struct function outer = leave_function(cg);
	LLVMValueRef body;

	enter_callback(cg, &loop, 4, false, s->span);
	load_pair(cg, s->loop.var->var.var, m);
	cg_block_stmts(cg, s->loop.body);
	end_callback(cg);
	body = cg->fn;
	return_to(cg, &outer, s->span);
	cg_helper(cg, BPF_FUNC_for_each_map_elem, 4, cg_map_ref(cg, m), val(body), val(cg->frame),
	          cg_u64(cg, 0));
	leave_if_left(cg);
}

cgv cg_variable(struct cg *cg, const struct expr *var)
{
	return cg_var_addr(cg, var->var.var);
}

void cg_repeat(struct cg *cg, cgv n, cgv *passed, size_t count, cg_body_fn *body, const void *arg)
{
	LLVMValueRef memory, fn;
	LLVMTypeRef type[CG_PASSED];
	struct span at = cg->p->def->span;
	cgv in[CG_PASSED];
	struct function outer;

	BUG_ON(count > CG_PASSED);
	/* One stretch of stack serves all loops of a function: none runs inside another. */
	if (!cg->passed)
		cg->passed = cg_bytes_alloca(cg, CG_PASSED * 8);
	memory = cg->passed;
	for (size_t k = 0; k < count; k++) {
		type[k] = LLVMTypeOf(ref(passed[k]));
		LLVMBuildStore(cg->b, ref(passed[k]), ref(cg_offset(cg, val(memory), (uint32_t)k * 8)));
	}
	outer = leave_function(cg);
	enter_callback(cg, NULL, 2, true, at);
	for (size_t k = 0; k < count; k++)
		in[k] = val(LLVMBuildLoad2(cg->b, type[k],
		                           ref(frame_at(cg, (uint32_t)k * 8)), ""));
	LLVMBuildRet(cg->b, ref(body(cg, cg_fit(cg, val(LLVMGetParam(cg->fn, 0)), 4, false), in,
	                             val(cg->frame), arg)));
	fn = cg->fn;
	return_to(cg, &outer, at);
	cg_helper(cg, BPF_FUNC_loop, 4, n, val(fn), val(memory), cg_u64(cg, 0));
	for (size_t k = 0; k < count; k++)
		passed[k] = val(LLVMBuildLoad2(cg->b, type[k],
		                               ref(cg_offset(cg, val(memory), (uint32_t)k * 8)), ""));
}

/* for_each_map_elem returns how many elements it went over. */
cgv cg_map_len(struct cg *cg, struct map_var *m)
{
	struct function outer = leave_function(cg);
	LLVMValueRef body;

	enter_callback(cg, NULL, 4, false, cg->p->def->span);
	end_callback(cg);
	body = cg->fn;
	return_to(cg, &outer, cg->p->def->span);
	return cg_helper(cg, BPF_FUNC_for_each_map_elem, 4, cg_map_ref(cg, m), val(body), val(cg->zero_key),
	                 cg_u64(cg, 0));
}

/* -- statements -- */

static void statement(struct cg *cg, const struct stmt *s)
{
	uint32_t top = cg->scratch_top;

	cg_at(cg, s->span);
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD: cg_expr(cg, s->expr); break;
	case STMT_ASSIGN: assign(cg, s); break;
	case STMT_LET: let(cg, s); break;
	case STMT_FOR_MAP: for_map(cg, s); break;
	case STMT_FOR_RANGE: for_range(cg, s); break;
	case STMT_WHILE: while_loop(cg, s); break;
	case STMT_UNROLL: unroll(cg, s); break;
	case STMT_BREAK: jump(cg, true); break;
	case STMT_CONTINUE: jump(cg, false); break;
	case STMT_RETURN:
		cg_return(cg, s->expr ? cg_int(cg, s->expr) : cg_u64(cg, 0));
		break;
	case STMT_IMPORT:
	case STMT_BAD: BUG("a statement of kind '%s' is left", stmt_kind_name(s->kind));
	}
	/* Temporaries of a statement end with it. */
	cg->scratch_top = top;
}

void cg_block_stmts(struct cg *cg, const struct block *b)
{
	vec_each (i, &b->stmts)
		statement(cg, b->stmts.v[i]);
	if (b->value && !aggregation(b->value))
		cg_expr(cg, b->value);
}

struct value cg_block_value(struct cg *cg, const struct block *b, const struct dest *dest)
{
	vec_each (i, &b->stmts)
		statement(cg, b->stmts.v[i]);
	if (!b->value)
		return cg_value(NULL, &type_none);
	return cg_expr_to(cg, b->value, dest);
}

struct value cg_if_value(struct cg *cg, const struct expr *e, const struct dest *dest)
{
	bool none = e->type->kind == KIND_NONE;
	uint32_t size = none ? 0 : type_size(cg->u->types, e->type);
	cgv place = none ? NULL : cg_place(cg, dest, e->type);
	struct cg_if i;

	if (!none && type_is_scalar(e->type))
		place = val(cg_bytes_alloca(cg, size));
	i = cg_if(cg, cg_truth(cg, e->cond.cond));
	if (none)
		cg_block_stmts(cg, e->cond.yes);
	else
		cg_store_value(cg, place, cg_block_value(cg, e->cond.yes, NULL), e->type);
	cg_else(cg, &i);
	if (none && e->cond.no)
		cg_block_stmts(cg, e->cond.no);
	else if (!none)
		cg_store_value(cg, place, cg_block_value(cg, e->cond.no, NULL), e->type);
	cg_endif(cg, &i);
	return none ? cg_value(NULL, e->type) : cg_load_value(cg, place, e->type);
}
