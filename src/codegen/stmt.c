/* SPDX-License-Identifier: Apache-2.0 */
/* stmt.c - statements but loops: variables, assignments, jumps. */

#include "codegen/private.h"

#include "base/arena.h"
#include "base/bug.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/sema.h"

/* -- variables -- */

/* Where a variable lives. */
struct var_place {
	enum where { ON_STACK, IN_FRAME, IN_SCRATCH } where;
	uint32_t offset; /* in the frame or in scratch memory */
	cgv addr;        /* on the stack of */
	LLVMValueRef fn;
};

static uint32_t var_size(struct cg *cg, const struct var *v)
{
	uint32_t size = type_size(cg->u->types, v->type);

	return (size + 7) / 8 * 8;
}

cgv cg_var_addr(struct cg *cg, struct var *v)
{
	struct var_place *p = v->cg;

	if (p && p->where == IN_FRAME)
		return cg_offset(cg, val(cg->now.frame), p->offset);
	if (p && p->where == IN_SCRATCH)
		return cg_scratch(cg, p->offset);
	if (p && p->fn == cg->now.fn)
		return p->addr;
	p = arena_new(cg->u->arena, struct var_place);
	p->where = ON_STACK;
	p->fn = cg->now.fn;
	p->addr = val(cg_bytes_alloca(cg, var_size(cg, v)));
	v->cg = p;
	return p->addr;
}

struct value cg_var_load(struct cg *cg, struct var *v)
{
	cgv addr = cg_var_addr(cg, v);
	struct value now = cg_load_value(cg, addr, v->type);
	const struct var_place *p = v->cg;

	if (!type_is_scalar(v->type))
		return now;
	/* What the verifier knows of a counter makes it walk each round of a loop (a branch on it
	 * makes it "precise"). It looks into our stack, but not into other memory. Where loops are
	 * in place, it has to walk them. */
	if (p->where == IN_FRAME && !cg->u->no_loop_helper)
		now.v = cg_forget(cg, now.v);
	else if (cg_must_hide(cg, v))
		now.v = cg_load_anew(cg, addr, v->type->size, v->type->is_signed);
	else if (cg->forgetful)
		now.v = cg_apart(cg, now.v);
	return now;
}

static void place_var(struct cg *cg, struct var *v, enum where where, uint32_t offset)
{
	struct var_place *p = arena_new(cg->u->arena, struct var_place);

	p->where = where;
	p->offset = offset;
	v->cg = p;
}

void cg_place_in_scratch(struct cg *cg, struct var *v)
{
	place_var(cg, v, IN_SCRATCH, cg_scratch_slot(cg, var_size(cg, v)));
}

uint32_t cg_place_vars(struct cg *cg)
{
	enum { LARGEST = 32 };
	uint32_t frame = FRAME_HEAD + 8 * cg->p->ranges, stack = 0;

	vec_each (i, &cg->p->vars) {
		struct var *v = cg->p->vars.v[i];
		uint32_t size = var_size(cg, v);
		bool shared = v->captured && cg->p->loop_depth;

		if (v->cg)
			continue;
		if (size > LARGEST || cg_must_hide(cg, v) ||
		    (shared ? frame + size > cg->stack.frame : stack + size > cg->stack.vars)) {
			cg_place_in_scratch(cg, v);
		} else if (shared) {
			place_var(cg, v, IN_FRAME, frame);
			frame += size;
		} else {
			stack += size;
		}
	}
	return frame;
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
	struct value left = m ? cg_map_read(cg, m, key) : cg_var_load(cg, target->var.var);
	struct value right = cg_expr(cg, s->assign.value);
	struct value result = cg_arithmetic(cg, s->assign.op, left, right, wide, s->span);

	if (m)
		cg_map_write(cg, m, key, result);
	else
		cg_store_value(cg, cg_var_addr(cg, target->var.var), result, t);
}

/* "@x = count()", also as the value of a block. */
static const struct expr *aggregation(const struct expr *e)
{
	return e->kind == EXPR_CALL && e->call.def->flags & LANG_AGGREGATION ? e : NULL;
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

/* A value that is made of the variable's present one cannot be built in its place. */
static void assign_var(struct cg *cg, struct var *v, struct expr *value)
{
	struct mention m = { .var = v };

	expr_visit(value, note_mention, &m);
	if (type_is_scalar(v->type) || m.found)
		cg_store_value(cg, cg_var_addr(cg, v), cg_expr(cg, value), v->type);
	else
		cg_expr_into(cg, value, cg_var_addr(cg, v), v->type);
}

static void assign(struct cg *cg, const struct stmt *s)
{
	const struct expr *target = s->assign.target, *value = s->assign.value;

	if (s->assign.op != BINARY_NONE) {
		compound(cg, s);
		return;
	}
	if (target->kind == EXPR_VAR) {
		assign_var(cg, target->var.var, s->assign.value);
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

	if (!s->let.value)
		clear_var(cg, v);
	else
		assign_var(cg, v, s->let.value);
}

/* -- leaving -- */

void cg_after_jump(struct cg *cg)
{
	cg_enter(cg, cg_block(cg, "unreached"));
}

void cg_return(struct cg *cg, cgv code)
{
	if (cg->now.in_callback) {
		/* The callback ends its loop; behind it the function sees the mark and leaves. */
		cg_store(cg, cg_frame(cg, FRAME_LEFT), cg_u64(cg, LEFT_FUNCTION), 8);
		cg_store(cg, cg_frame(cg, FRAME_RESULT), code, 8);
		cg_callback_return(cg, true);
	} else {
		LLVMBuildStore(cg->b, ref(code), cg->result);
		cg_goto(cg, cg->now.leave);
	}
	cg_after_jump(cg);
}

void cg_exit(struct cg *cg)
{
	const struct cg_function *f = cg->p->cg;

	/* A function tells its caller, which leaves as well. An iteration goes on to its end:
	 * scripts that list things say exit() for each of them. */
	if (cg->p->fn)
		cg_store(cg, cg_scratch(cg, f->exit_at), cg_u64(cg, 1), 8);
	else if (!(cg->p->kind->caps & PROBE_ITER))
		cg_stop(cg);
	cg_return(cg, cg_u64(cg, 0));
}

cgv cg_variable(struct cg *cg, const struct expr *var)
{
	return cg_var_addr(cg, var->var.var);
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
	case STMT_FOR_MAP: cg_for_map(cg, s); break;
	case STMT_FOR_RANGE: cg_for_range(cg, s); break;
	case STMT_WHILE: cg_while(cg, s); break;
	case STMT_UNROLL: cg_unroll(cg, s); break;
	case STMT_BREAK: cg_jump(cg, true); break;
	case STMT_CONTINUE: cg_jump(cg, false); break;
	case STMT_RETURN:
		if (cg->p->fn)
			cg_function_return(cg, s);
		else
			cg_return(cg, s->expr ? cg_int(cg, s->expr) : cg_u64(cg, 0));
		break;
	case STMT_IMPORT: break; /* the parser has read it */
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
