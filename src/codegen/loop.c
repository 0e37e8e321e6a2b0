/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.c - loops.
 *
 * The body of a loop is a function that the kernel calls back: the verifier walks it once or twice,
 * whatever the number of rounds. It reaches its surroundings through the frame: memory on the stack
 * of the program whose address is its argument.
 *
 * Kernels before 5.17 have no helper that repeats. There, ranges and 'while' are loops in place,
 * whose rounds the verifier walks one by one.
 */

#include "codegen/private.h"

#include "sema/sema.h"

enum { MOST_ROUNDS = 1 << 23 }; /* of bpf_loop: BPF_MAX_LOOPS */

/* A 'return' inside the body leaves the function, too. */
static void leave_if_left(struct cg *cg)
{
	struct cg_if left = cg_if(cg, cg_load(cg, cg_frame(cg, FRAME_LEFT), 8, false));

	if (cg->now.in_callback) {
		cg_callback_return(cg, true);
		cg_after_jump(cg);
	} else {
		cg_return(cg, cg_load(cg, cg_frame(cg, FRAME_RESULT), 8, false));
	}
	cg_endif(cg, &left);
}

/* -- jumps -- */

void cg_jump(struct cg *cg, bool out)
{
	if (out && cg->now.loop->in_parts)
		cg_store(cg, cg_frame(cg, FRAME_LEFT), cg_u64(cg, LEFT_LOOP), 8);
	if (!cg->now.loop->end)
		cg_callback_return(cg, out);
	else
		cg_goto(cg, out ? cg->now.loop->end : cg->now.loop->next);
	cg_after_jump(cg);
}

/* -- while -- */

static void stop_unless(struct cg *cg, struct expr *cond)
{
	struct cg_if go_on = cg_if(cg, cg_truth(cg, cond));

	cg_else(cg, &go_on);
	cg_jump(cg, true);
	cg_endif(cg, &go_on);
}

static void while_in_place(struct cg *cg, const struct stmt *s)
{
	struct cg_loop loop = { cg->now.loop, cg_block(cg, "while"), cg_block(cg, "endwhile"),
		                false };

	cg_goto(cg, loop.next);
	cg_enter(cg, loop.next);
	cg->now.loop = &loop;
	stop_unless(cg, s->loop.over);
	cg_block_stmts(cg, s->loop.body);
	cg->now.loop = loop.outer;
	cg_goto(cg, loop.next);
	cg_enter(cg, loop.end);
}

static void warn_of_limit(struct cg *cg, cgv beyond, const struct stmt *s)
{
	struct cg_if more = cg_if(cg, beyond);

	cg_warn(cg, "a loop ends after 8388608 rounds: the kernel allows no more", s->span);
	cg_endif(cg, &more);
}

static void while_by_callback(struct cg *cg, const struct stmt *s)
{
	struct cg_loop loop = { .outer = cg->now.loop };
	struct cg_outer outer = cg_callback_begin(cg, &loop, 2, true, s->span);
	LLVMValueRef body;
	cgv rounds;

	stop_unless(cg, s->loop.over);
	cg_block_stmts(cg, s->loop.body);
	body = cg_callback_end(cg, &outer, s->span);
	rounds = cg_helper(cg, BPF_FUNC_loop, 4, cg_u64(cg, MOST_ROUNDS), val(body),
	                   val(cg->now.frame), cg_u64(cg, 0));
	leave_if_left(cg);
	warn_of_limit(cg, cg_compare(cg, CG_SGE, rounds, cg_u64(cg, MOST_ROUNDS)), s);
}

void cg_while(struct cg *cg, const struct stmt *s)
{
	if (cg->u->no_loop_helper)
		while_in_place(cg, s);
	else
		while_by_callback(cg, s);
}

/* -- unroll -- */

void cg_unroll(struct cg *cg, const struct stmt *s)
{
	struct cg_loop loop = { .outer = cg->now.loop, .end = cg_block(cg, "endunroll") };

	for (int64_t i = 0; i < literal_value(s->loop.over); i++) {
		loop.next = cg_block(cg, "unroll");
		cg->now.loop = &loop;
		cg_block_stmts(cg, s->loop.body);
		cg->now.loop = loop.outer;
		cg_goto(cg, loop.next);
		cg_enter(cg, loop.next);
	}
	cg_goto(cg, loop.end);
	cg_enter(cg, loop.end);
}

/* -- for over a range -- */

static void range_in_place(struct cg *cg, const struct stmt *s, cgv from, cgv to)
{
	struct var *v = s->loop.var->var.var;
	struct cg_loop loop = { cg->now.loop, cg_block(cg, "nextfor"), cg_block(cg, "endfor"),
		                false };
	LLVMBasicBlockRef head = cg_block(cg, "for");
	cgv at = cg_local(cg, "at", from), i;
	struct cg_if inside;

	cg_goto(cg, head);
	cg_enter(cg, head);
	i = cg_load(cg, at, 8, false);
	inside = cg_if(cg, cg_compare(cg, v->type->is_signed ? CG_SLT : CG_ULT, i, to));
	cg_else(cg, &inside);
	cg_goto(cg, loop.end);
	cg_endif(cg, &inside);
	cg_store(cg, cg_var_addr(cg, v), i, 8);
	cg->now.loop = &loop;
	cg_block_stmts(cg, s->loop.body);
	cg->now.loop = loop.outer;
	cg_goto(cg, loop.next);
	cg_enter(cg, loop.next);
	cg_store(cg, at, cg_add(cg, cg_load(cg, at, 8, false), cg_u64(cg, 1)), 8);
	cg_goto(cg, head);
	cg_enter(cg, loop.end);
}

/* The number of rounds, which the helper takes as 32 bits and refuses beyond its limit. */
static cgv rounds_of(struct cg *cg, const struct stmt *s, cgv from, cgv to)
{
	cgv n = cg_sub(cg, to, from), beyond;

	if (LLVMIsAConstantInt(ref(n)) && LLVMConstIntGetZExtValue(ref(n)) <= MOST_ROUNDS)
		return n;
	beyond = cg_compare(cg, CG_UGT, n, cg_u64(cg, MOST_ROUNDS));
	warn_of_limit(cg, beyond, s);
	return cg_select(cg, beyond, cg_u64(cg, MOST_ROUNDS), n);
}

static void range_by_callback(struct cg *cg, const struct stmt *s, cgv from, cgv to)
{
	struct var *v = s->loop.var->var.var;
	struct cg_loop loop = { .outer = cg->now.loop };
	uint32_t slot = FRAME_HEAD + 8 * s->loop.range;
	struct cg_outer outer;
	LLVMValueRef body;
	struct cg_if some;
	cgv n, base;

	/* The start of the range is kept in the frame, where the body finds it. */
	cg_store(cg, cg_frame(cg, slot), from, 8);
	some = cg_if(cg, cg_compare(cg, v->type->is_signed ? CG_SGT : CG_UGT, to, from));
	n = rounds_of(cg, s, from, to);
	outer = cg_callback_begin(cg, &loop, 2, true, s->span);
	base = cg_load(cg, cg_frame(cg, slot), 8, false);
	cg_store(cg, cg_var_addr(cg, v),
	         cg_add(cg, base, cg_fit(cg, val(LLVMGetParam(cg->now.fn, 0)), 4, false)), 8);
	cg_block_stmts(cg, s->loop.body);
	body = cg_callback_end(cg, &outer, s->span);
	cg_helper(cg, BPF_FUNC_loop, 4, n, val(body), val(cg->now.frame), cg_u64(cg, 0));
	cg_endif(cg, &some);
	leave_if_left(cg);
}

void cg_for_range(struct cg *cg, const struct stmt *s)
{
	cgv from = cg_int(cg, s->loop.over), to = cg_int(cg, s->loop.end);

	if (cg->u->no_loop_helper)
		range_in_place(cg, s, from, to);
	else
		range_by_callback(cg, s, from, to);
}

/* -- for over a map -- */

/* The key that a callback is given, in memory of ours. */
static cgv copy_key(struct cg *cg, struct map_var *m, cgv key)
{
	uint32_t size = type_size(cg->u->types, m->key);
	uint32_t head = m->short_key ? m->short_key - META_SHORT_TEXT : size;
	cgv copy = cg_temp(cg, size);

	cg_copy(cg, copy, key, head);
	/* The key may be a short one, which ends where its text does. */
	if (m->short_key)
		cg_copy_text(cg, cg_offset(cg, copy, head), size - head, cg_offset(cg, key, head));
	return copy;
}

/* Elements of an array that were not written are passed over. */
static void skip_unwritten(struct cg *cg, struct map_var *m, cgv key, cgv slot)
{
	struct cg_if has = cg_if(cg, cg_array_slot_has(cg, m, key, slot));

	cg_else(cg, &has);
	cg_jump(cg, false);
	cg_endif(cg, &has);
}

/* An array's index as a key. */
static cgv index_key(struct cg *cg, struct map_var *m, cgv index)
{
	cgv key = cg_temp(cg, 8);

	cg_store(cg, key, cg_load(cg, index, 4, false), 8);
	return key;
}

static void load_pair(struct cg *cg, struct var *v, struct map_var *m)
{
	cgv addr = cg_var_addr(cg, v);
	const struct type_field *key = &v->type->field[0], *value = &v->type->field[1];
	cgv k = val(LLVMGetParam(cg->now.fn, 1)), at = val(LLVMGetParam(cg->now.fn, 2));
	struct value now;

	if (cg_is_array(m)) {
		k = index_key(cg, m, k);
		skip_unwritten(cg, m, k, at);
	} else if (m->short_key || type_is_aggregation(m->value)) {
		k = copy_key(cg, m, k);
	}
	if (type_is_aggregation(m->value)) {
		now = cg_map_read(cg, m, k);
	} else {
		now = cg_load_value(cg, at, m->value);
	}
	cg_zero(cg, addr, v->type->size);
	cg_store_value(cg, cg_offset(cg, addr, key->offset), cg_load_value(cg, k, m->key),
	               key->type);
	cg_store_value(cg, cg_offset(cg, addr, value->offset), now, value->type);
}

/* Calls 'body' for each element of one of the BPF maps that a map has; returns how many there were.
 */
static cgv for_each(struct cg *cg, LLVMValueRef map, LLVMValueRef body, LLVMValueRef frame)
{
	return cg_helper(cg, BPF_FUNC_for_each_map_elem, 4, val(map), val(body), val(frame),
	                 cg_u64(cg, 0));
}

static cgv left(struct cg *cg, enum cg_left how)
{
	return cg_compare(cg, CG_EQ, cg_load(cg, cg_frame(cg, FRAME_LEFT), 8, false),
	                  cg_u64(cg, how));
}

static void for_each_short(struct cg *cg, struct map_var *m, LLVMValueRef body)
{
	struct cg_if go_on = cg_if(cg, left(cg, LEFT_NOTHING)), broken;

	for_each(cg, cg_short_map_global(cg, m), body, cg->now.frame);
	cg_endif(cg, &go_on);
	broken = cg_if(cg, left(cg, LEFT_LOOP));
	cg_store(cg, cg_frame(cg, FRAME_LEFT), cg_u64(cg, LEFT_NOTHING), 8);
	cg_endif(cg, &broken);
}

void cg_for_map(struct cg *cg, const struct stmt *s)
{
	struct map_var *m = s->loop.over->map.map;
	struct cg_loop loop = { .outer = cg->now.loop, .in_parts = m->short_key };
	struct cg_outer outer = cg_callback_begin(cg, &loop, 4, false, s->span);
	LLVMValueRef body;

	load_pair(cg, s->loop.var->var.var, m);
	cg_block_stmts(cg, s->loop.body);
	body = cg_callback_end(cg, &outer, s->span);
	for_each(cg, cg_map_global(cg, m), body, cg->now.frame);
	if (m->short_key)
		for_each_short(cg, m, body);
	leave_if_left(cg);
}

/* -- how many keys a map has -- */

/* What the callbacks that count share with the function. */
enum { COUNT_SUM = 0, COUNT_KEY = 8, COUNT_FRAME = 16 };

/* 1 for an element of an array that was written. */
static cgv counts_as_element(struct cg *cg, struct map_var *m, cgv key, cgv slot)
{
	return cg_array_slot_has(cg, m, index_key(cg, m, key), slot);
}

/* 1 for the first entry of a key; 'size' bytes of it stand in this BPF map's keys. */
static cgv counts_as_key(struct cg *cg, struct map_var *m, cgv key, uint32_t size)
{
	cgv copy = val(LLVMBuildLoad2(cg->b, cg->ptr, ref(cg_frame(cg, COUNT_KEY)), "key"));
	cgv number = cg_load(cg, cg_offset(cg, key, size), 8, false);

	cg_copy(cg, copy, key, size);
	return cg_xor(cg, cg_buckets_before(cg, m, copy, number), cg_u64(cg, 1));
}

/* Counts elements of one of the BPF maps of m. */
static void count_some(struct cg *cg, struct map_var *m, LLVMValueRef map, uint32_t key_size,
                       cgv frame)
{
	struct cg_outer outer = cg_callback_begin(cg, NULL, 4, false, cg->p->span);
	cgv key = val(LLVMGetParam(cg->now.fn, 1)), slot = val(LLVMGetParam(cg->now.fn, 2)), n;
	LLVMValueRef body;

	n = cg_is_array(m) ? counts_as_element(cg, m, key, slot)
	                   : counts_as_key(cg, m, key, key_size);
	/* The verifier would follow the count from element to element. */
	n = cg_add(cg, n, cg_forget(cg, cg_load(cg, cg_frame(cg, COUNT_SUM), 8, false)));
	cg_store(cg, cg_frame(cg, COUNT_SUM), n, 8);
	body = cg_callback_end(cg, &outer, cg->p->span);
	for_each(cg, map, body, ref(frame));
}

/* Of an array the elements that were written count; graphs have several entries for a key. */
static cgv counted_len(struct cg *cg, struct map_var *m)
{
	cgv frame = val(cg_bytes_alloca(cg, COUNT_FRAME));
	uint32_t size = meta_align8(type_size(cg->u->types, m->key));

	cg_store(cg, cg_offset(cg, frame, COUNT_SUM), cg_u64(cg, 0), 8);
	if (!cg_is_array(m))
		LLVMBuildStore(cg->b, ref(cg_temp(cg, size + 8)),
		               ref(cg_offset(cg, frame, COUNT_KEY)));
	count_some(cg, m, cg_map_global(cg, m), size, frame);
	if (m->short_key)
		count_some(cg, m, cg_short_map_global(cg, m), meta_align8(m->short_key), frame);
	return cg_load(cg, cg_offset(cg, frame, COUNT_SUM), 8, false);
}

/* for_each_map_elem returns how many elements it went over. */
cgv cg_map_len(struct cg *cg, struct map_var *m)
{
	struct cg_outer outer;
	LLVMValueRef body;
	cgv n;

	if (cg_is_array(m) || m->store == STORE_BUCKETS)
		return counted_len(cg, m);
	outer = cg_callback_begin(cg, NULL, 4, false, cg->p->span);
	body = cg_callback_end(cg, &outer, cg->p->span);
	n = for_each(cg, cg_map_global(cg, m), body, cg->now.zero_key);
	if (m->short_key)
		n = cg_add(cg, n, for_each(cg, cg_short_map_global(cg, m), body, cg->now.zero_key));
	return n;
}
