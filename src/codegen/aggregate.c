/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aggregate.c - aggregations: a slot for each CPU, which the program adds to and reduces when it
 * reads; graphs have a slot for each bucket as well.
 */

#include "codegen/private.h"

#include "base/bug.h"
#include "image/buckets.h"
#include "image/meta_write.h"

/* -- reducing -- */

static cgv load_word(struct cg *cg, cgv word)
{
	return cg_load(cg, word, 8, false);
}

/* min, max: v of a CPU that has c values, or what n values of others came to. */
static cgv better_of(struct cg *cg, const struct type *t, cgv v, cgv c, cgv best, cgv n)
{
	enum cg_cmp op = t->kind == KIND_MIN ? (t->is_signed ? CG_SLT : CG_ULT)
	                                     : (t->is_signed ? CG_SGT : CG_UGT);
	cgv better =
		cg_or(cg, cg_compare(cg, op, v, best), cg_compare(cg, CG_EQ, n, cg_u64(cg, 0)));

	better = cg_and(cg, better, cg_compare(cg, CG_NE, c, cg_u64(cg, 0)));
	return cg_select(cg, better, v, best);
}

static void add_cpu(struct cg *cg, const struct type *t, cgv slot, cgv total, cgv count)
{
	cgv sum = load_word(cg, total), n = load_word(cg, count), v = load_word(cg, slot), c;

	if (t->kind == KIND_COUNT || t->kind == KIND_SUM) {
		cg_store(cg, total, cg_add(cg, sum, v), 8);
		return;
	}
	c = load_word(cg, cg_offset(cg, slot, 8));
	v = t->kind == KIND_AVG ? cg_add(cg, sum, v) : better_of(cg, t, v, c, sum, n);
	cg_store(cg, total, v, 8);
	cg_store(cg, count, cg_add(cg, n, c), 8);
}

static cgv average(struct cg *cg, const struct type *t, cgv sum, cgv n)
{
	struct cg_if none = cg_if(cg, cg_compare(cg, CG_EQ, n, cg_u64(cg, 0)));
	struct value q;

	cg_else(cg, &none);
	q = cg_arithmetic(cg, BINARY_DIV, cg_value(sum, t), cg_value(n, t),
	                  type_int(cg->u->types, 8, t->is_signed), SPAN_NONE);
	return cg_endif_phi(cg, &none, cg_u64(cg, 0), q.v);
}

enum { REDUCE_KEY, REDUCE_MAP, REDUCE_TOTAL, REDUCE_COUNT };

/* bpf_map_lookup_percpu_elem: Linux 5.19. */
static cgv reduce_cpu(struct cg *cg, cgv cpu, const cgv *in, cgv out, const void *type)
{
	cgv slot = cg_helper_ptr(cg, BPF_FUNC_map_lookup_percpu_elem, 3, in[REDUCE_MAP],
	                         in[REDUCE_KEY], cpu);
	struct cg_if absent = cg_if(cg, cg_is_null(cg, slot));

	cg_else(cg, &absent);
	add_cpu(cg, type, slot, cg_offset(cg, out, REDUCE_TOTAL * 8),
	        cg_offset(cg, out, REDUCE_COUNT * 8));
	/* Where one CPU has no slot, none has. */
	return cg_endif_phi(cg, &absent, cg_u64(cg, 1), cg_u64(cg, 0));
}

struct value cg_map_reduce(struct cg *cg, struct map_var *m, cgv key)
{
	const struct type *t = m->value;
	cgv passed[] = { [REDUCE_KEY] = key,
		         [REDUCE_MAP] = cg_map_holding(cg, m, key),
		         [REDUCE_TOTAL] = cg_u64(cg, 0),
		         [REDUCE_COUNT] = cg_u64(cg, 0) };
	cgv result;

	cg_repeat(cg, CG_PARAM(cg, cpus), passed, countof(passed), reduce_cpu, t);
	result = passed[REDUCE_TOTAL];
	if (t->kind == KIND_AVG)
		result = average(cg, t, result, passed[REDUCE_COUNT]);
	return cg_value(result, type_int(cg->u->types, 8, t->is_signed && t->kind != KIND_COUNT));
}

/* -- adding -- */

/* Under a key, 2^bits buckets share an entry. */
static unsigned int neighbour_bits(const struct map_var *m)
{
	return (unsigned int)__builtin_ctz(bucket_neighbours(m->value->kind, m->value->arg));
}

/* This CPU's slot for a key, made when it is new. The code that follows runs only when there is
 * one; cg_endif(cg, absent) ends it. */
static cgv slot_for(struct cg *cg, struct map_var *m, cgv key, uint32_t size, struct cg_if *absent)
{
	LLVMBasicBlockRef insert = cg_block(cg, "insert"), found = cg_block(cg, "found");
	LLVMBasicBlockRef from[2];
	LLVMValueRef in[2], phi;
	cgv zeros;

	in[0] = ref(cg_map_lookup(cg, m, key));
	from[0] = LLVMGetInsertBlock(cg->b);
	LLVMBuildCondBr(cg->b, LLVMBuildICmp(cg->b, LLVMIntEQ, in[0], LLVMConstNull(cg->ptr), ""),
	                insert, found);
	cg_enter(cg, insert);
	if (!cg->zeros)
		cg->zeros = cg_global(cg, "sonde_zeros", ".rodata", 4096, true);
	zeros = val(cg->zeros);
	BUG_ON(size > 4096);
	cg_map_update(cg, m, key, zeros, BPF_NOEXIST);
	in[1] = ref(cg_map_lookup(cg, m, key));
	from[1] = LLVMGetInsertBlock(cg->b);
	cg_goto(cg, found);
	cg_enter(cg, found);
	phi = LLVMBuildPhi(cg->b, cg->ptr, "slot");
	LLVMAddIncoming(phi, in, from, 2);
	*absent = cg_if(cg, cg_is_null(cg, val(phi)));
	cg_else(cg, absent);
	return val(phi);
}

static cgv slot_under_key(struct cg *cg, struct map_var *m, cgv key, cgv bucket, cgv *behind,
                          struct cg_if *absent)
{
	unsigned int bits = neighbour_bits(m);
	cgv slot;

	cg_store(cg, cg_bucket_place(cg, m, key), cg_shr(cg, bucket, bits), 8);
	slot = slot_for(cg, m, key, cg_map_value_size(cg, m), absent);
	if (behind)
		*behind = cg_offset(cg, slot, 8u << bits);
	if (!bits)
		return slot;
	/* LLVM would leave the bound out where it knows better than the verifier. */
	bucket = cg_and(cg, cg_opaque(cg, bucket), cg_u64(cg, (1u << bits) - 1));
	return cg_offset_by(cg, slot, cg_shl(cg, bucket, 3));
}

cgv cg_bucket_slot(struct cg *cg, struct map_var *m, cgv key, cgv bucket, cgv *behind,
                   struct cg_if *absent)
{
	cgv slot;

	if (m->store == STORE_BUCKETS)
		return slot_under_key(cg, m, key, bucket, behind, absent);
	if (m->store == STORE_SERIES) {
		key = cg_temp(cg, 8);
		cg_store(cg, key, bucket, 4);
		return cg_array_slot(cg, m, key, absent);
	}
	slot = cg_array_slot(cg, m, key, absent);
	cg_array_mark(cg, m, slot);
	if (behind)
		*behind = cg_offset(cg, slot, m->value->count * 8);
	bucket = cg_bounded(cg, bucket, m->value->count - 1);
	return cg_offset_by(cg, slot, cg_shl(cg, bucket, 3));
}

static void into_histogram(struct cg *cg, struct map_var *m, cgv key, cgv bucket)
{
	struct cg_if absent;

	cg_atomic_add(cg, cg_bucket_slot(cg, m, key, bucket, NULL, &absent), cg_u64(cg, 1));
	cg_endif(cg, &absent);
}

void cg_map_aggregate(struct cg *cg, const struct expr *target, const struct expr *call)
{
	struct map_var *m = target->map.map;
	uint32_t size = type_size(cg->u->types, m->value);
	const struct lang_def *def = call->call.def;
	cgv key = cg_map_key(cg, m, target->map.key, target->map.keys), slot;
	struct value arg[8];
	struct cg_if absent;

	if (def->emit) {
		into_histogram(cg, m, key, def->emit(cg, call, NULL).v);
		return;
	}
	for (size_t i = 0; i < call->call.args && i < countof(arg); i++)
		arg[i] = cg_arg(cg, call, i);
	if (kind_has_buckets(m->value->kind)) {
		def->emit_update(cg, call, key, arg);
		return;
	}
	if (m->store == STORE_PERCPU_ARRAY) {
		slot = cg_array_slot(cg, m, key, &absent);
		cg_array_mark(cg, m, slot);
	} else {
		slot = slot_for(cg, m, key, meta_align8(size), &absent);
	}
	def->emit_update(cg, call, slot, arg);
	cg_endif(cg, &absent);
}

/* -- graphs: an entry for each key and few buckets; series without a key: an element for each -- */

enum { BUCKET_KEY, BUCKET_RESULT };

struct buckets {
	struct map_var *map;
};

static cgv bucket_key(struct cg *cg, const struct buckets *b, cgv i, const cgv *in)
{
	cg_store(cg, cg_bucket_place(cg, b->map, in[BUCKET_KEY]), i, 8);
	return in[BUCKET_KEY];
}

static cgv bucket_exists(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	const struct buckets *b = arg;
	cgv found = cg_map_lookup(cg, b->map, bucket_key(cg, b, i, in));

	found = cg_xor(cg, cg_is_null(cg, found), cg_u64(cg, 1));
	cg_store(cg, cg_offset(cg, out, BUCKET_RESULT * 8), found, 8);
	return found;
}

static cgv delete_bucket(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	const struct buckets *b = arg;
	cgv removed = cg_offset(cg, out, BUCKET_RESULT * 8), key = bucket_key(cg, b, i, in), result;

	result = cg_helper(cg, BPF_FUNC_map_delete_elem, 2, cg_map_holding(cg, b->map, key), key);
	result = cg_compare(cg, CG_EQ, result, cg_u64(cg, 0));
	cg_store(cg, removed, cg_or(cg, cg_load(cg, removed, 8, false), result), 8);
	return cg_u64(cg, 0);
}

/* How many entries a key has at most. */
static uint64_t most_entries(const struct map_var *m)
{
	return ((uint64_t)m->value->count + (1u << neighbour_bits(m)) - 1) >> neighbour_bits(m);
}

static cgv first_buckets(struct cg *cg, struct map_var *m, cgv key, cgv n, cg_body_fn *body)
{
	const struct buckets b = { m };
	cgv passed[] = { [BUCKET_KEY] = key, [BUCKET_RESULT] = cg_u64(cg, 0) };

	cg_repeat(cg, n, passed, 2, body, &b);
	return passed[BUCKET_RESULT];
}

static cgv each_bucket(struct cg *cg, struct map_var *m, cgv key, cg_body_fn *body)
{
	return first_buckets(cg, m, key, cg_u64(cg, most_entries(m)), body);
}

/* A series without a key: its interval number i is emptied. */
static cgv empty_interval(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	struct map_var *m = ((const struct buckets *)arg)->map;
	cgv removed = cg_offset(cg, out, BUCKET_RESULT * 8), was;

	cg_store(cg, in[BUCKET_KEY], i, 4);
	was = cg_array_delete(cg, m, in[BUCKET_KEY]);
	cg_store(cg, removed, cg_or(cg, cg_load(cg, removed, 8, false), was), 8);
	return cg_u64(cg, 0);
}

cgv cg_buckets_exist(struct cg *cg, struct map_var *m, cgv key)
{
	return each_bucket(cg, m, key, bucket_exists);
}

cgv cg_buckets_before(struct cg *cg, struct map_var *m, cgv key, cgv number)
{
	return first_buckets(cg, m, key, cg_bounded(cg, number, (uint32_t)most_entries(m)),
	                     bucket_exists);
}

cgv cg_buckets_delete(struct cg *cg, struct map_var *m, cgv key)
{
	return each_bucket(cg, m, key, delete_bucket);
}

cgv cg_series_empty(struct cg *cg, struct map_var *m)
{
	return each_bucket(cg, m, cg_temp(cg, 8), empty_interval);
}
