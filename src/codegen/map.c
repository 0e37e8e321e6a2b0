/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.c - maps of the script: keys, reading, writing, aggregating.
 *
 * How a map is kept is its store (image/meta.h). Scalars are arrays of one element, whose lookup by
 * a constant key the kernel compiles to an address.
 */

#include "codegen/private.h"

#include "base/bug.h"
#include "image/meta_write.h"
#include "probes/probe.h"

#include <stdlib.h>
#include <string.h>

/* What one bucket of a graph takes. */
static uint32_t bucket_size(const struct map_var *m)
{
	return m->value->kind == KIND_TSERIES ? m->value->size : 8;
}

uint32_t cg_map_value_size(struct cg *cg, const struct map_var *m)
{
	uint32_t size = type_size(cg->u->types, m->value);

	switch ((enum meta_store)m->store) {
	case STORE_SCALAR:
	case STORE_PERCPU_SCALAR: return meta_align8(size) + 8;
	case STORE_BUCKETS: return bucket_size(m);
	case STORE_PERCPU_HASH: return meta_align8(size);
	case STORE_SERIES:
	case STORE_HASH:
	case STORE_STACKS: break;
	}
	return size;
}

static uint32_t bpf_type(const struct map_var *m)
{
	static const struct {
		const char *kind;
		uint32_t type;
	} declared[] = {
		{ "hash", BPF_MAP_TYPE_HASH },
		{ "lruhash", BPF_MAP_TYPE_LRU_HASH },
		{ "percpuhash", BPF_MAP_TYPE_PERCPU_HASH },
		{ "percpulruhash", BPF_MAP_TYPE_LRU_PERCPU_HASH },
	};

	if (m->store == STORE_SCALAR)
		return BPF_MAP_TYPE_ARRAY;
	if (m->store == STORE_PERCPU_SCALAR || m->store == STORE_SERIES)
		return BPF_MAP_TYPE_PERCPU_ARRAY;
	for (size_t i = 0; m->decl && i < countof(declared); i++)
		if (!strcmp(declared[i].kind, m->decl->kind))
			return declared[i].type;
	return m->store == STORE_HASH ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_PERCPU_HASH;
}

static uint32_t key_size(struct cg *cg, const struct map_var *m)
{
	if (!m->key)
		return 4;
	if (m->store == STORE_BUCKETS)
		return meta_align8(type_size(cg->u->types, m->key)) + 8;
	return type_size(cg->u->types, m->key);
}

/* Hashes get all their memory when they are made, unless that would be too much of it. */
static uint32_t map_flags(struct cg *cg, const struct map_var *m)
{
	enum { PREALLOC_MOST = 128 << 20 };
	uint64_t entry = (uint64_t)key_size(cg, m) + cg_map_value_size(cg, m);

	return m->store == STORE_HASH && bpf_type(m) == BPF_MAP_TYPE_HASH &&
	                       entry * m->max_entries > PREALLOC_MOST
	               ? BPF_F_NO_PREALLOC
	               : 0;
}

LLVMValueRef cg_map_global(struct cg *cg, struct map_var *m)
{
	if (!m->cg)
		m->cg = cg_define_map(cg, m->bpf_name, bpf_type(m), key_size(cg, m),
		                      cg_map_value_size(cg, m), m->max_entries, map_flags(cg, m));
	return m->cg;
}

cgv cg_map_ref(struct cg *cg, struct map_var *m)
{
	return val(cg_map_global(cg, m));
}

/* -- keys -- */

static cgv zero_key(struct cg *cg)
{
	return val(cg->zero_key);
}

cgv cg_map_key(struct cg *cg, struct map_var *m, struct expr *const *key, size_t n)
{
	uint32_t size;
	cgv place;

	if (!n || !m->key)
		return zero_key(cg);
	size = type_size(cg->u->types, m->key);
	place = cg_temp(cg, meta_align8(size) + (m->store == STORE_BUCKETS ? 8 : 0));
	if (m->store == STORE_BUCKETS && meta_align8(size) != size)
		cg_zero(cg, cg_offset(cg, place, size & ~7u), meta_align8(size) - (size & ~7u));
	if (n == 1) {
		cg_expr_into(cg, key[0], place, m->key);
		return place;
	}
	cg_zero(cg, place, size);
	for (size_t i = 0; i < n; i++)
		cg_expr_into(cg, key[i], cg_offset(cg, place, m->key->field[i].offset),
		             m->key->field[i].type);
	return place;
}

/* -- access -- */

cgv cg_map_lookup(struct cg *cg, struct map_var *m, cgv key)
{
	return cg_helper_ptr(cg, BPF_FUNC_map_lookup_elem, 2, cg_map_ref(cg, m), key);
}

static bool is_scalar_store(const struct map_var *m)
{
	return m->store == STORE_SCALAR || m->store == STORE_PERCPU_SCALAR;
}

/* The word that says whether a scalar was written. */
static cgv written_flag(struct cg *cg, struct map_var *m, cgv slot)
{
	return cg_offset(cg, slot, meta_align8(type_size(cg->u->types, m->value)));
}

/* -- graphs: an entry for each key and bucket; series without a key: an element for each -- */

enum { BUCKET_KEY, BUCKET_RESULT };

struct buckets {
	struct map_var *map;
	uint32_t at; /* of the bucket's number in the key */
};

static cgv bucket_key(struct cg *cg, const struct buckets *b, cgv i, const cgv *in)
{
	cg_store(cg, cg_offset(cg, in[BUCKET_KEY], b->at), i, 8);
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
	cgv removed = cg_offset(cg, out, BUCKET_RESULT * 8), result;

	result = cg_helper(cg, BPF_FUNC_map_delete_elem, 2, cg_map_ref(cg, b->map),
	                   bucket_key(cg, b, i, in));
	result = cg_compare(cg, CG_EQ, result, cg_u64(cg, 0));
	cg_store(cg, removed, cg_or(cg, cg_load(cg, removed, 8, false), result), 8);
	return cg_u64(cg, 0);
}

static cgv each_bucket(struct cg *cg, struct map_var *m, cgv key, cg_body_fn *body)
{
	const struct buckets b = { m, m->key ? meta_align8(type_size(cg->u->types, m->key)) : 0 };
	cgv passed[] = { [BUCKET_KEY] = key, [BUCKET_RESULT] = cg_u64(cg, 0) };

	cg_repeat(cg, cg_u64(cg, m->value->count), passed, 2, body, &b);
	return passed[BUCKET_RESULT];
}

/* A series without a key: its interval number i is emptied. */
static cgv empty_interval(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	struct map_var *m = ((const struct buckets *)arg)->map;
	cgv removed = cg_offset(cg, out, BUCKET_RESULT * 8), slot, was;
	struct cg_if absent;

	cg_store(cg, in[BUCKET_KEY], i, 4);
	slot = cg_map_lookup(cg, m, in[BUCKET_KEY]);
	absent = cg_if(cg, cg_is_null(cg, slot));
	cg_else(cg, &absent);
	was = cg_compare(cg, CG_NE, cg_load(cg, slot, 8, false), cg_u64(cg, 0));
	cg_store(cg, removed, cg_or(cg, cg_load(cg, removed, 8, false), was), 8);
	cg_zero(cg, slot, m->value->size);
	cg_endif(cg, &absent);
	return cg_u64(cg, 0);
}

cgv cg_map_has(struct cg *cg, struct map_var *m, cgv key)
{
	cgv found, flag;
	struct cg_if i;

	if (m->store == STORE_BUCKETS)
		return each_bucket(cg, m, key, bucket_exists);
	found = cg_map_lookup(cg, m, key);
	i = cg_if(cg, cg_is_null(cg, found));
	cg_else(cg, &i);
	flag = is_scalar_store(m) ? cg_load(cg, written_flag(cg, m, found), 8, false)
	                          : cg_u64(cg, 1);
	/* LLVM would compute with the address where it sees that this is whether there is one; the
	 * verifier wants it compared with NULL first. */
	return cg_opaque(cg, cg_endif_phi(cg, &i, cg_u64(cg, 0), flag));
}

static cgv reduce_step(struct cg *cg, const struct type *t, cgv slot, LLVMValueRef total,
                       LLVMValueRef count)
{
	cgv sum = val(LLVMBuildLoad2(cg->b, cg->i64, total, ""));
	cgv n = val(LLVMBuildLoad2(cg->b, cg->i64, count, ""));
	cgv v = cg_load(cg, slot, 8, false), c, better;

	if (t->kind == KIND_COUNT || t->kind == KIND_SUM) {
		LLVMBuildStore(cg->b, ref(cg_add(cg, sum, v)), total);
		return NULL;
	}
	c = cg_load(cg, cg_offset(cg, slot, 8), 8, false);
	if (t->kind == KIND_AVG) {
		LLVMBuildStore(cg->b, ref(cg_add(cg, sum, v)), total);
	} else {
		enum cg_cmp op = t->kind == KIND_MIN ? (t->is_signed ? CG_SLT : CG_ULT)
		                                     : (t->is_signed ? CG_SGT : CG_UGT);

		better = cg_or(cg, cg_compare(cg, op, v, sum),
		               cg_compare(cg, CG_EQ, n, cg_u64(cg, 0)));
		better = cg_and(cg, better, cg_compare(cg, CG_NE, c, cg_u64(cg, 0)));
		LLVMBuildStore(cg->b, ref(cg_select(cg, better, v, sum)), total);
	}
	LLVMBuildStore(cg->b, ref(cg_add(cg, n, c)), count);
	return NULL;
}

/* The value over all CPUs, while the program runs (bpf_map_lookup_percpu_elem, Linux 5.19). */
static struct value reduce(struct cg *cg, struct map_var *m, cgv key)
{
	LLVMBasicBlockRef loop = cg_block(cg, "cpu"), end = cg_block(cg, "reduced");
	LLVMValueRef cpu = cg_alloca(cg, cg->i64, 8, "cpu"), total, count;
	const struct type *t = m->value;
	struct cg_if absent, last;
	cgv slot, at, result;

	total = cg_alloca(cg, cg->i64, 8, "total");
	count = cg_alloca(cg, cg->i64, 8, "count");
	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0)), cpu);
	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0)), total);
	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0)), count);
	cg_goto(cg, loop);
	cg_enter(cg, loop);
	at = val(LLVMBuildLoad2(cg->b, cg->i64, cpu, ""));
	slot = cg_helper_ptr(cg, BPF_FUNC_map_lookup_percpu_elem, 3, cg_map_ref(cg, m), key, at);
	absent = cg_if(cg, cg_is_null(cg, slot));
	cg_goto(cg, end);
	cg_endif(cg, &absent);
	reduce_step(cg, t, slot, total, count);
	at = cg_add(cg, at, cg_u64(cg, 1));
	LLVMBuildStore(cg->b, ref(at), cpu);
	last = cg_if(cg, cg_compare(cg, CG_UGE, at, CG_PARAM(cg, cpus)));
	cg_goto(cg, end);
	cg_endif(cg, &last);
	cg_goto(cg, loop);
	cg_enter(cg, end);
	result = val(LLVMBuildLoad2(cg->b, cg->i64, total, ""));
	if (t->kind == KIND_AVG) {
		cgv n = val(LLVMBuildLoad2(cg->b, cg->i64, count, ""));
		struct cg_if none = cg_if(cg, cg_compare(cg, CG_EQ, n, cg_u64(cg, 0)));
		struct value q;

		cg_else(cg, &none);
		q = cg_arithmetic(
			cg, BINARY_DIV, cg_value(result, t),
			cg_value(val(LLVMBuildOr(cg->b, ref(n), ref(cg_u64(cg, 0)), "")), t),
			type_int(cg->u->types, 8, t->is_signed), SPAN_NONE);
		result = cg_endif_phi(cg, &none, cg_u64(cg, 0), q.v);
	}
	return cg_value(result, type_int(cg->u->types, 8, t->is_signed && t->kind != KIND_COUNT));
}

/* With -k a key that is not there says so. */
static void warn_absent(struct cg *cg)
{
	if (cg->u->warn_reads)
		cg_helper_error(cg, "map_lookup_elem", cg_u64(cg, 0), cg->at);
}

struct value cg_map_read(struct cg *cg, struct map_var *m, cgv key)
{
	const struct type *t = m->value;
	uint32_t size = type_size(cg->u->types, t);
	struct cg_if absent;
	cgv found, place, v;

	if (type_is_aggregation(t))
		return reduce(cg, m, key);
	if (type_is_scalar(t)) {
		found = cg_map_lookup(cg, m, key);
		absent = cg_if(cg, cg_is_null(cg, found));
		warn_absent(cg);
		cg_else(cg, &absent);
		v = cg_load(cg, found, t->size, t->is_signed);
		return cg_value(cg_endif_phi(cg, &absent, cg_u64(cg, 0), v), t);
	}
	place = cg_temp(cg, size);
	found = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, found));
	warn_absent(cg);
	cg_zero(cg, place, size);
	cg_else(cg, &absent);
	cg_copy(cg, place, found, size);
	cg_endif(cg, &absent);
	return cg_value(place, t);
}

/* Counts an update that found the map full; other failures are races that leave a value. */
static void check_full(struct cg *cg, cgv result)
{
	enum { E2BIG_ = 7, ENOMEM_ = 12 };
	struct cg_if full;

	/* Before Linux 6.4 the result is an int whose upper half means nothing. */
	result = cg_fit(cg, result, 4, true);
	full = cg_if(cg, cg_or(cg, cg_compare(cg, CG_EQ, result, cg_u64(cg, (uint64_t)-E2BIG_)),
	                       cg_compare(cg, CG_EQ, result, cg_u64(cg, (uint64_t)-ENOMEM_))));

	cg_loss_full(cg, cg->at);
	cg_endif(cg, &full);
}

static cgv update(struct cg *cg, struct map_var *m, cgv key, cgv value, uint64_t flags)
{
	cgv result = cg_helper(cg, BPF_FUNC_map_update_elem, 4, cg_map_ref(cg, m), key, value,
	                       cg_u64(cg, flags));

	/* Before Linux 6.4 programs call the map's own function, which returns an int. */
	return cg_fit(cg, result, 4, true);
}

static void write_scalar(struct cg *cg, struct map_var *m, struct value v)
{
	cgv slot = cg_map_lookup(cg, m, zero_key(cg));
	struct cg_if absent = cg_if(cg, cg_is_null(cg, slot));

	cg_else(cg, &absent);
	cg_store_value(cg, slot, v, m->value);
	cg_store(cg, written_flag(cg, m, slot), cg_u64(cg, 1), 8);
	cg_endif(cg, &absent);
}

/* Present values of one word are stored in place: half the cost of an update. */
static void write_word(struct cg *cg, struct map_var *m, cgv key, struct value v)
{
	const struct type *t = m->value;
	cgv found, place;
	struct cg_if absent;

	v = cg_convert(cg, v, t);
	found = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, found));
	place = cg_temp(cg, 8);
	cg_store(cg, place, v.v, t->size);
	check_full(cg, update(cg, m, key, place, BPF_ANY));
	cg_else(cg, &absent);
	cg_store(cg, found, v.v, t->size);
	cg_endif(cg, &absent);
}

void cg_map_write(struct cg *cg, struct map_var *m, cgv key, struct value v)
{
	cgv place;

	if (m->store == STORE_SCALAR) {
		write_scalar(cg, m, v);
	} else if (type_is_scalar(m->value)) {
		write_word(cg, m, key, v);
	} else {
		place = v.v;
		if (v.type != m->value) {
			place = cg_temp(cg, type_size(cg->u->types, m->value));
			cg_store_value(cg, place, v, m->value);
		}
		check_full(cg, update(cg, m, key, place, BPF_ANY));
	}
}

cgv cg_map_delete(struct cg *cg, struct map_var *m, cgv key)
{
	cgv slot, was;
	struct cg_if absent;

	if (m->store == STORE_BUCKETS)
		return each_bucket(cg, m, key, delete_bucket);
	if (m->store == STORE_SERIES)
		return each_bucket(cg, m, cg_temp(cg, 8), empty_interval);
	if (!is_scalar_store(m))
		return cg_compare(
			cg, CG_EQ,
			cg_helper(cg, BPF_FUNC_map_delete_elem, 2, cg_map_ref(cg, m), key),
			cg_u64(cg, 0));
	slot = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, slot));
	cg_else(cg, &absent);
	was = cg_load(cg, written_flag(cg, m, slot), 8, false);
	cg_zero(cg, slot, cg_map_value_size(cg, m));
	return cg_endif_phi(cg, &absent, cg_u64(cg, 0), was);
}

/* -- aggregation -- */

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
	check_full(cg, update(cg, m, key, zeros, BPF_NOEXIST));
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

cgv cg_bucket_slot(struct cg *cg, struct map_var *m, cgv key, cgv bucket, struct cg_if *absent)
{
	cgv slot;

	if (m->key) {
		cg_store(cg, cg_offset(cg, key, meta_align8(type_size(cg->u->types, m->key))),
		         bucket, 8);
		return slot_for(cg, m, key, bucket_size(m), absent);
	}
	if (m->store == STORE_SERIES) {
		key = cg_temp(cg, 8);
		cg_store(cg, key, bucket, 4);
	}
	slot = cg_map_lookup(cg, m, key);
	*absent = cg_if(cg, cg_is_null(cg, slot));
	cg_else(cg, absent);
	if (m->store == STORE_SERIES)
		return slot;
	cg_store(cg, written_flag(cg, m, slot), cg_u64(cg, 1), 8);
	bucket = cg_bounded(cg, bucket, m->value->count - 1);
	return cg_offset_by(cg, slot, cg_shl(cg, bucket, 3));
}

static void into_histogram(struct cg *cg, struct map_var *m, cgv key, cgv bucket)
{
	struct cg_if absent;

	cg_atomic_add(cg, cg_bucket_slot(cg, m, key, bucket, &absent), cg_u64(cg, 1));
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

	if (m->value->kind == KIND_HIST || m->value->kind == KIND_LHIST) {
		into_histogram(cg, m, key, def->emit(cg, call, NULL).v);
		return;
	}
	for (size_t i = 0; i < call->call.args && i < countof(arg); i++)
		arg[i] = cg_arg(cg, call, i);
	if (m->value->kind == KIND_TSERIES) {
		def->emit_update(cg, call, key, arg);
		return;
	}
	if (m->store == STORE_PERCPU_SCALAR) {
		slot = cg_map_lookup(cg, m, key);
		absent = cg_if(cg, cg_is_null(cg, slot));
		cg_else(cg, &absent);
		cg_store(cg, written_flag(cg, m, slot), cg_u64(cg, 1), 8);
	} else {
		slot = slot_for(cg, m, key, meta_align8(size), &absent);
	}
	def->emit_update(cg, call, slot, arg);
	cg_endif(cg, &absent);
}

/* -- ++ and -- -- */

struct value cg_map_step(struct cg *cg, const struct expr *e)
{
	const struct expr *target = e->incdec.target;
	struct map_var *m = target->map.map;
	const struct type *t = m->value;
	cgv key = cg_map_key(cg, m, target->map.key, target->map.keys);
	cgv one = cg_u64(cg,
	                 t->kind == KIND_POINTER && t->elem ? type_size(cg->u->types, t->elem) : 1);
	struct value old = cg_map_read(cg, m, key);
	cgv now = e->incdec.increment ? cg_add(cg, old.v, one) : cg_sub(cg, old.v, one);

	now = cg_fit(cg, now, t->size, t->is_signed);
	cg_map_write(cg, m, key, cg_value(now, t));
	return cg_value(e->incdec.prefix ? now : old.v, t);
}

/* -- stacks -- */

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
	LLVMValueRef i = cg_alloca(cg, cg->i64, 8, "i"), hash = cg_alloca(cg, cg->i64, 8, "hash");
	struct cg_if last;
	cgv at, h;

	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0)), i);
	LLVMBuildStore(cg->b, ref(cg_u64(cg, 0x9e3779b97f4a7c15)), hash);
	cg_goto(cg, loop);
	cg_enter(cg, loop);
	at = val(LLVMBuildLoad2(cg->b, cg->i64, i, ""));
	last = cg_if(cg, cg_or(cg, cg_compare(cg, CG_UGE, at, n),
	                       cg_compare(cg, CG_UGE, at, cg_u64(cg, most))));
	cg_goto(cg, end);
	cg_endif(cg, &last);
	at = cg_bounded(cg, at, most - 1);
	h = val(LLVMBuildLoad2(cg->b, cg->i64, hash, ""));
	h = cg_xor(cg, h, cg_load(cg, cg_offset_by(cg, frames, cg_shl(cg, at, 3)), 8, false));
	h = cg_mul(cg, h, cg_u64(cg, 0xff51afd7ed558ccd));
	h = cg_xor(cg, h, cg_shr(cg, h, 29));
	LLVMBuildStore(cg->b, ref(h), hash);
	LLVMBuildStore(cg->b, ref(cg_add(cg, at, cg_u64(cg, 1))), i);
	cg_goto(cg, loop);
	cg_enter(cg, end);
	return cg_or(cg, val(LLVMBuildLoad2(cg->b, cg->i64, hash, "")), cg_u64(cg, 1));
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

/* Maps that the script declares or reads only have globals as well: the runtime expects them. */
void cg_maps_finish(struct cg *cg)
{
	map_each (e, &cg->u->maps)
		cg_map_global(cg, e->value);
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
