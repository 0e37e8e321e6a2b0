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

enum { MATCH_HAY, MATCH_NEEDLE, MATCH_AT, MATCHES };

/* Byte j of the needle against what stands there. Ends with the needle's text, or with MATCHES 0.
 */
static cgv match_byte(struct cg *cg, cgv j, const cgv *in, cgv out, const void *arg)
{
	LLVMBasicBlockRef stop = cg_block(cg, "stop"), differ = cg_block(cg, "differ");
	LLVMBasicBlockRef done = cg_block(cg, "done"), same;
	const struct search *s = arg;
	cgv at, wanted;
	LLVMValueRef end;

	j = cg_bounded(cg, j, s->needle_size - 1);
	wanted = cg_load(cg, cg_offset_by(cg, in[MATCH_NEEDLE], j), 1, false);
	cg_leave_when(cg, cg_compare(cg, CG_EQ, wanted, cg_u64(cg, 0)), stop);
	at = cg_add(cg, in[MATCH_AT], j);
	cg_leave_when(cg, cg_compare(cg, CG_UGE, at, cg_u64(cg, s->hay_size)), differ);
	at = cg_bounded(cg, at, s->hay_size - 1);
	at = cg_load(cg, cg_offset_by(cg, in[MATCH_HAY], at), 1, false);
	cg_leave_when(cg, cg_compare(cg, CG_NE, wanted, at), differ);
	same = LLVMGetInsertBlock(cg->b);
	cg_goto(cg, done);
	cg_enter(cg, differ);
	cg_store(cg, cg_offset(cg, out, MATCHES * 8), cg_u64(cg, 0), 8);
	cg_goto(cg, stop);
	cg_enter(cg, stop);
	cg_goto(cg, done);
	cg_enter(cg, done);
	end = LLVMBuildPhi(cg->b, cg->i64, "end");
	LLVMAddIncoming(end, (LLVMValueRef[]){ ref(cg_u64(cg, 1)), ref(cg_u64(cg, 0)) },
	                (LLVMBasicBlockRef[]){ stop, same }, 2);
	return val(end);
}

/* Goes to 'yes' or 'no': whether the needle stands at position i. A look at its first byte spares
 * most positions the rest. */
static void compare_at(struct cg *cg, cgv i, const cgv *in, const struct search *s,
                       LLVMBasicBlockRef yes, LLVMBasicBlockRef no)
{
	cgv first = cg_load(cg, in[NEEDLE], 1, false);
	cgv here = cg_load(cg, cg_offset_by(cg, in[HAY], i), 1, false);
	cgv passed[] = { in[HAY], in[NEEDLE], i, cg_u64(cg, 1) };

	cg_leave_when(cg, cg_compare(cg, CG_EQ, first, cg_u64(cg, 0)), yes);
	cg_leave_when(cg, cg_compare(cg, CG_NE, first, here), no);
	cg_repeat(cg, cg_u64(cg, s->needle_size), passed, 4, match_byte, s);
	cg_leave_when(cg, passed[MATCHES], yes);
	cg_goto(cg, no);
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
