/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search.c - finding and ordering what lies in our memory.
 *
 * The kernel calls the body for each position, so the verifier walks it once whatever the texts'
 * capacities are.
 */

#include "codegen/private.h"

/* -- text in text -- */

struct search {
	uint32_t hay_size, needle_size;
};

enum { HAY, NEEDLE, FOUND };

static void leave_when(struct cg *cg, cgv cond, LLVMBasicBlockRef to)
{
	struct cg_if i = cg_if(cg, cond);

	cg_goto(cg, to);
	cg_endif(cg, &i);
}

/* Compares the needle with what stands at position i. */
static void compare_at(struct cg *cg, cgv i, const cgv *in, const struct search *s,
                       LLVMBasicBlockRef yes, LLVMBasicBlockRef no)
{
	LLVMValueRef count = cg_alloca(cg, cg->i64, 8, "j");
	LLVMBasicBlockRef loop = cg_block(cg, "match");
	cgv j, at, wanted;

	LLVMBuildStore(cg->b, LLVMConstInt(cg->i64, 0, false), count);
	cg_goto(cg, loop);
	cg_enter(cg, loop);
	j = cg_bounded(cg, val(LLVMBuildLoad2(cg->b, cg->i64, count, "")), s->needle_size - 1);
	wanted = cg_load(cg, cg_offset_by(cg, in[NEEDLE], j), 1, false);
	leave_when(cg, cg_compare(cg, CG_EQ, wanted, cg_u64(cg, 0)), yes);
	at = cg_add(cg, i, j);
	leave_when(cg, cg_compare(cg, CG_UGE, at, cg_u64(cg, s->hay_size)), no);
	at = cg_bounded(cg, at, s->hay_size - 1);
	leave_when(
		cg,
		cg_compare(cg, CG_NE, wanted, cg_load(cg, cg_offset_by(cg, in[HAY], at), 1, false)),
		no);
	j = cg_add(cg, j, cg_u64(cg, 1));
	LLVMBuildStore(cg->b, ref(j), count);
	leave_when(cg, cg_compare(cg, CG_UGE, j, cg_u64(cg, s->needle_size)), yes);
	cg_goto(cg, loop);
}

static cgv search_at(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	LLVMBasicBlockRef yes = cg_block(cg, "yes"), no = cg_block(cg, "no");
	LLVMBasicBlockRef done = cg_block(cg, "done");
	const struct search *s = arg;
	LLVMValueRef stop;
	cgv end;

	i = cg_bounded(cg, i, s->hay_size - 1);
	compare_at(cg, i, in, s, yes, no);
	cg_enter(cg, yes);
	cg_store(cg, cg_offset(cg, out, FOUND * 8), i, 8);
	cg_goto(cg, done);
	cg_enter(cg, no);
	/* Behind the end of the text there is nothing more to find. */
	end = cg_compare(cg, CG_EQ, cg_load(cg, cg_offset_by(cg, in[HAY], i), 1, false),
	                 cg_u64(cg, 0));
	cg_goto(cg, done);
	cg_enter(cg, done);
	stop = LLVMBuildPhi(cg->b, cg->i64, "stop");
	LLVMAddIncoming(stop, (LLVMValueRef[]){ ref(cg_u64(cg, 1)), ref(end) },
	                (LLVMBasicBlockRef[]){ yes, no }, 2);
	return val(stop);
}

cgv cg_find_text(struct cg *cg, cgv hay, uint32_t hay_size, cgv needle, uint32_t needle_size)
{
	const struct search s = { hay_size, needle_size };
	cgv passed[] = { [HAY] = hay, [NEEDLE] = needle, [FOUND] = cg_u64(cg, UINT64_MAX) };

	cg_repeat(cg, cg_u64(cg, hay_size), passed, 3, search_at, &s);
	return passed[FOUND];
}

/* -- order of bytes -- */

enum { LEFT, RIGHT, DIFFERENCE };

static cgv order_at(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	const uint32_t *size = arg;
	cgv a, b;

	i = cg_bounded(cg, i, *size - 1);
	a = cg_load(cg, cg_offset_by(cg, in[LEFT], i), 1, false);
	b = cg_load(cg, cg_offset_by(cg, in[RIGHT], i), 1, false);
	cg_store(cg, cg_offset(cg, out, DIFFERENCE * 8), cg_sub(cg, a, b), 8);
	return cg_compare(cg, CG_NE, a, b);
}

cgv cg_bytes_order(struct cg *cg, cgv a, cgv b, cgv n, uint32_t size)
{
	cgv passed[] = { [LEFT] = a, [RIGHT] = b, [DIFFERENCE] = cg_u64(cg, 0) };

	cg_repeat(cg, n, passed, 3, order_at, &size);
	return passed[DIFFERENCE];
}
