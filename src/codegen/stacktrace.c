/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stacktrace.c - stacks: each is kept once, by a hash of its addresses, in a map for all of its
 * kind.
 */

#include "codegen/private.h"

#include "image/meta_write.h"
#include "probes/probe.h"

#include <stdlib.h>
#include <string.h>

/* How many frames there are, then those, one more than the limit. */
static uint32_t stack_value_size(uint32_t limit)
{
	return 8 + (limit + 1) * 8;
}

static uint32_t stack_row(struct cg *cg, const struct type *t)
{
	return ((struct meta_type *)meta_at(cg->u->meta, META_TYPES, unit_type_row(cg->u, t)))->map;
}

static LLVMValueRef stack_map(struct cg *cg, const struct type *t)
{
	uint32_t row = stack_row(cg, t);
	const struct meta_map *map = meta_at(cg->u->meta, META_MAPS, row);
	LLVMValueRef g = map_get_bytes(&cg->stack_maps, &row, sizeof(row));
	char name[32];

	if (g)
		return g;
	snprintf(name, sizeof(name), "stacks_%u", t->count);
	g = cg_define_map(cg, name, BPF_MAP_TYPE_HASH, 8, stack_value_size(t->count),
	                  map->max_entries, BPF_F_NO_PREALLOC);
	map_put_bytes(&cg->stack_maps, &row, sizeof(row), g);
	return g;
}

/* A hash of the addresses; never 0. Multiplication by a large odd number mixes upwards, the shift
 * downwards. */
static cgv hash_frames(struct cg *cg, cgv frames, cgv n, uint32_t most)
{
	LLVMBasicBlockRef loop = cg_block(cg, "hash"), end = cg_block(cg, "hashed");
	cgv i = cg_local(cg, "i", cg_u64(cg, 0)), at, h;
	cgv hash = cg_local(cg, "hash", cg_u64(cg, 0x9e3779b97f4a7c15));

	cg_goto(cg, loop);
	cg_enter(cg, loop);
	at = cg_load(cg, i, 8, false);
	cg_leave_when(cg,
	              cg_or(cg, cg_compare(cg, CG_UGE, at, n),
	                    cg_compare(cg, CG_UGE, at, cg_u64(cg, most))),
	              end);
	at = cg_bounded(cg, at, most - 1);
	h = cg_load(cg, hash, 8, false);
	h = cg_xor(cg, h, cg_load(cg, cg_offset_by(cg, frames, cg_shl(cg, at, 3)), 8, false));
	h = cg_mul(cg, h, cg_u64(cg, 0xff51afd7ed558ccd));
	h = cg_xor(cg, h, cg_shr(cg, h, 29));
	cg_store(cg, hash, h, 8);
	cg_store(cg, i, cg_add(cg, at, cg_u64(cg, 1)), 8);
	cg_goto(cg, loop);
	cg_enter(cg, end);
	return cg_or(cg, cg_load(cg, hash, 8, false), cg_u64(cg, 1));
}

/*
 * On a raw tracepoint a kernel stack starts with our program and bpf_trace_runN, which are skipped,
 * and on most kernels with __bpf_trace_X: for that there is one frame more, which the runtime drops
 * (stack.c).
 */
static uint64_t own_frames(const struct program *p)
{
	/* A block among several is a function of the program. */
	return p->dispatch ? 3 : 2;
}

static bool starts_with_own_frames(const struct program *p, const struct type *t)
{
	return t->kind == KIND_KSTACK &&
	       (p->targets.v[0].flags & (TARGET_RAW_SYSCALL | TARGET_RAW) ||
	        p->kind->caps & PROBE_WORDS);
}

/* The runtime is told of new user stacks while their process still is there. */
static void tell_of_stack(struct cg *cg, const struct type *t, cgv id)
{
	const struct type *u64 = type_int(cg->u->types, 8, false);
	const struct cg_event ev = { .kind = EVENT_SEEN,
		                     .map_row = stack_row(cg, t) + 1,
		                     .span = cg->at };
	struct value v[2];

	if (t->kind != KIND_USTACK || t->mode == STACK_RAW)
		return;
	v[0] = cg_value(cg_shr(cg, cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0), 32), u64);
	v[1] = cg_value(id, u64);
	cg_send_values(cg, &ev, v, 2);
}

cgv cg_stack_id(struct cg *cg, const struct type *type)
{
	bool own = starts_with_own_frames(cg->p, type);
	uint32_t most = type->count + own, bytes = most * 8;
	uint64_t flags = type->kind == KIND_USTACK ? BPF_F_USER_STACK : own ? own_frames(cg->p) : 0;
	LLVMValueRef map = stack_map(cg, type);
	uint32_t value = stack_value_size(type->count);
	cgv place = cg_temp(cg, value > 64 ? value : 72), frames, got, n, id, known, stored;
	struct cg_if failed, is_new, kept;

	frames = cg_offset(cg, place, 8);
	cg_zero(cg, place, 8);
	got = cg_helper(cg, BPF_FUNC_get_stack, 4, cg_ctx(cg), frames, cg_u64(cg, bytes),
	                cg_u64(cg, flags));
	/* A kernel thread has no user stack, a program in user mode no kernel stack: not a loss. */
	failed = cg_if(cg, cg_compare(cg, CG_SLE, got, cg_u64(cg, 0)));
	cg_else(cg, &failed);
	n = cg_shr(cg, got, 3);
	id = hash_frames(cg, frames, n, most);
	cg_store(cg, place, n, 4);
	stored = cg_temp(cg, 8);
	cg_store(cg, stored, id, 8);
	known = cg_helper_ptr(cg, BPF_FUNC_map_lookup_elem, 2, val(map), stored);
	is_new = cg_if(cg, cg_is_null(cg, known));
	kept = cg_if(cg, cg_compare(cg, CG_EQ,
	                            cg_helper(cg, BPF_FUNC_map_update_elem, 4, val(map), stored,
	                                      place, cg_u64(cg, BPF_ANY)),
	                            cg_u64(cg, 0)));
	tell_of_stack(cg, type, id);
	cg_else(cg, &kept);
	cg_loss(cg, LOSS_STACK);
	cg_endif(cg, &kept);
	cg_endif(cg, &is_new);
	return cg_endif_phi(cg, &failed, cg_u64(cg, 0), id);
}

cgv cg_stack_len(struct cg *cg, cgv id, const struct type *type)
{
	cgv key = cg_temp(cg, 8), found, n;
	struct cg_if absent;

	cg_store(cg, key, id, 8);
	found = cg_helper_ptr(cg, BPF_FUNC_map_lookup_elem, 2, val(stack_map(cg, type)), key);
	absent = cg_if(cg, cg_is_null(cg, found));
	cg_else(cg, &absent);
	n = cg_load(cg, found, 4, false);
	n = cg_select(cg, cg_compare(cg, CG_ULT, n, cg_u64(cg, type->count)), n,
	              cg_u64(cg, type->count));
	return cg_endif_phi(cg, &absent, cg_u64(cg, 0), n);
}

void cg_stack_maps_finish(struct cg *cg)
{
	for (uint32_t i = 0; i < cg->u->stack_maps.n; i++) {
		uint32_t row = cg->u->stack_maps.v[i];
		const struct meta_map *map = meta_at(cg->u->meta, META_MAPS, row);
		const char *name = cg->u->meta->table[META_STRINGS].buf + map->bpf_name;
		uint32_t limit = (uint32_t)strtoul(strchr(name, '_') + 1, NULL, 10);

		if (!map_get_bytes(&cg->stack_maps, &row, sizeof(row)))
			map_put_bytes(&cg->stack_maps, &row, sizeof(row),
			              cg_define_map(cg, name, BPF_MAP_TYPE_HASH, 8,
			                            stack_value_size(limit), map->max_entries,
			                            BPF_F_NO_PREALLOC));
	}
}
