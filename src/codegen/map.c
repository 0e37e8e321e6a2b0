/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.c - maps of the script: what they are made of, keys, reading and writing.
 *
 * How a map is kept is its store (image/meta.h); arrays have a file of their own.
 */

#include "codegen/private.h"

#include "ast/map_kind.h"
#include "base/arena.h"
#include "image/buckets.h"
#include "image/meta_write.h"

/* What the buckets take that share an entry. */
static uint32_t buckets_size(const struct map_var *m)
{
	const struct type *t = m->value;

	if (t->kind == KIND_TSERIES)
		return t->size;
	return 8 * bucket_neighbours(t->kind, t->arg) + (t->kind == KIND_PERCENTILES ? 8 : 0);
}

uint32_t cg_map_value_size(struct cg *cg, const struct map_var *m)
{
	uint32_t size = type_size(cg->u->types, m->value);

	switch ((enum meta_store)m->store) {
	case STORE_ARRAY:
	case STORE_PERCPU_ARRAY: return meta_align8(size) + 8;
	case STORE_BUCKETS: return buckets_size(m);
	case STORE_PERCPU_HASH: return meta_align8(size);
	case STORE_SERIES:
	case STORE_HASH:
	case STORE_STACKS: break;
	}
	return size;
}

static uint32_t bpf_type(const struct map_var *m)
{
	bool lru = m->kind && m->kind->lru;

	switch ((enum meta_store)m->store) {
	case STORE_ARRAY: return BPF_MAP_TYPE_ARRAY;
	case STORE_PERCPU_ARRAY:
	case STORE_SERIES: return BPF_MAP_TYPE_PERCPU_ARRAY;
	case STORE_PERCPU_HASH:
	case STORE_BUCKETS: return lru ? BPF_MAP_TYPE_LRU_PERCPU_HASH : BPF_MAP_TYPE_PERCPU_HASH;
	case STORE_HASH:
	case STORE_STACKS: break;
	}
	return lru ? BPF_MAP_TYPE_LRU_HASH : BPF_MAP_TYPE_HASH;
}

/* What n bytes of a map's key take in the BPF map. */
static uint32_t key_size(const struct map_var *m, uint32_t n)
{
	return m->store == STORE_BUCKETS ? meta_align8(n) + 8 : n;
}

/* Hashes get all their memory when they are made, unless that would be too much of it. */
static uint32_t map_flags(struct cg *cg, const struct map_var *m, uint32_t key)
{
	enum { PREALLOC_MOST = 128 << 20 };
	uint64_t entry = (uint64_t)key + cg_map_value_size(cg, m);

	return m->store == STORE_HASH && bpf_type(m) == BPF_MAP_TYPE_HASH &&
	                       entry * m->max_entries > PREALLOC_MOST
	               ? BPF_F_NO_PREALLOC
	               : 0;
}

static LLVMValueRef define(struct cg *cg, const struct map_var *m, const char *name, uint32_t key)
{
	return cg_define_map(cg, name, bpf_type(m), key, cg_map_value_size(cg, m), m->max_entries,
	                     map_flags(cg, m, key));
}

LLVMValueRef cg_map_global(struct cg *cg, struct map_var *m)
{
	bool number = !m->key || cg_is_array(m);

	if (!m->cg)
		m->cg = define(cg, m, m->bpf_name,
		               number ? 4 : key_size(m, type_size(cg->u->types, m->key)));
	return m->cg;
}

LLVMValueRef cg_short_map_global(struct cg *cg, struct map_var *m)
{
	const char *name = arena_printf(cg->u->arena, META_SHORT_MAP "%s", m->bpf_name);

	if (m->short_key && !m->short_cg)
		m->short_cg = define(cg, m, name, key_size(m, m->short_key));
	return m->short_cg;
}

/* -- keys -- */

static cgv zero_key(struct cg *cg)
{
	return val(cg->now.zero_key);
}

cgv cg_map_key(struct cg *cg, struct map_var *m, struct expr *const *key, size_t n)
{
	uint32_t size;
	cgv place;

	if (!n || !m->key)
		return zero_key(cg);
	if (cg_is_array(m))
		return cg_array_key(cg, m, key[0]);
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

/* A text ends before the last byte that a short key has of it when that byte is NUL. */
static cgv is_short(struct cg *cg, const struct map_var *m, cgv key)
{
	cgv last = cg_load(cg, cg_offset(cg, key, m->short_key - 1), 1, false);

	return cg_compare(cg, CG_EQ, last, cg_u64(cg, 0));
}

/* The verifier follows both ways, each with its own map. */
cgv cg_map_holding(struct cg *cg, struct map_var *m, cgv key)
{
	cgv map = val(cg_map_global(cg, m));

	if (!m->short_key)
		return map;
	return cg_select(cg, is_short(cg, m, key), val(cg_short_map_global(cg, m)), map);
}

cgv cg_bucket_place(struct cg *cg, const struct map_var *m, cgv key)
{
	cgv place = cg_offset(cg, key, meta_align8(type_size(cg->u->types, m->key)));

	if (!m->short_key)
		return place;
	return cg_select(cg, is_short(cg, m, key), cg_offset(cg, key, meta_align8(m->short_key)),
	                 place);
}

/* -- access -- */

cgv cg_map_lookup(struct cg *cg, struct map_var *m, cgv key)
{
	return cg_helper_ptr(cg, BPF_FUNC_map_lookup_elem, 2, cg_map_holding(cg, m, key), key);
}

cgv cg_map_has(struct cg *cg, struct map_var *m, cgv key)
{
	struct cg_if absent;

	if (m->store == STORE_BUCKETS)
		return cg_buckets_exist(cg, m, key);
	if (cg_is_array(m))
		return cg_array_has(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, cg_map_lookup(cg, m, key)));
	cg_else(cg, &absent);
	/* LLVM would compute with the address where it sees that this is whether there is one; the
	 * verifier wants it compared with NULL first. */
	return cg_opaque(cg, cg_endif_phi(cg, &absent, cg_u64(cg, 0), cg_u64(cg, 1)));
}

/* With -k a key that is not there says so. */
static void warn_absent(struct cg *cg)
{
	if (cg->u->warn_reads)
		cg_helper_error(cg, "map_lookup_elem", cg_u64(cg, 0), cg->at);
}

/* An element of an array is there before it was written. */
static void warn_unwritten(struct cg *cg, struct map_var *m, cgv key)
{
	struct cg_if has;

	if (!cg->u->warn_reads || !m->key || !cg_is_array(m))
		return;
	has = cg_if(cg, cg_array_has(cg, m, key));
	cg_else(cg, &has);
	warn_absent(cg);
	cg_endif(cg, &has);
}

struct value cg_map_read(struct cg *cg, struct map_var *m, cgv key)
{
	const struct type *t = m->value;
	uint32_t size = type_size(cg->u->types, t);
	struct cg_if absent;
	cgv found, place, v;

	if (type_is_aggregation(t))
		return cg_map_reduce(cg, m, key);
	warn_unwritten(cg, m, key);
	if (type_is_scalar(t)) {
		found = cg_map_lookup(cg, m, key);
		absent = cg_if(cg, cg_is_null(cg, found));
		if (!cg_is_array(m))
			warn_absent(cg);
		cg_else(cg, &absent);
		v = cg_load(cg, found, t->size, t->is_signed);
		return cg_value(cg_endif_phi(cg, &absent, cg_u64(cg, 0), v), t);
	}
	place = cg_temp(cg, size);
	found = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, found));
	if (!cg_is_array(m))
		warn_absent(cg);
	cg_zero(cg, place, size);
	cg_else(cg, &absent);
	cg_copy(cg, place, found, size);
	cg_endif(cg, &absent);
	return cg_value(place, t);
}

void cg_map_update(struct cg *cg, struct map_var *m, cgv key, cgv value, uint64_t flags)
{
	enum { E2BIG_ = 7, ENOMEM_ = 12 };
	cgv result = cg_helper(cg, BPF_FUNC_map_update_elem, 4, cg_map_holding(cg, m, key), key,
	                       value, cg_u64(cg, flags));
	struct cg_if full;

	/* Before Linux 6.4 programs call the map's own function, which returns an int: the upper
	 * half means nothing. */
	result = cg_fit(cg, result, 4, true);
	/* Other failures are races that leave a value. */
	full = cg_if(cg, cg_or(cg, cg_compare(cg, CG_EQ, result, cg_u64(cg, (uint64_t)-E2BIG_)),
	                       cg_compare(cg, CG_EQ, result, cg_u64(cg, (uint64_t)-ENOMEM_))));
	cg_loss_update(cg, LOSS_MAP_FULL, m, cg->at);
	cg_endif(cg, &full);
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
	cg_map_update(cg, m, key, place, BPF_ANY);
	cg_else(cg, &absent);
	cg_store(cg, found, v.v, t->size);
	cg_endif(cg, &absent);
}

void cg_map_write(struct cg *cg, struct map_var *m, cgv key, struct value v)
{
	cgv place;

	if (m->store == STORE_ARRAY) {
		cg_array_write(cg, m, key, v);
	} else if (type_is_scalar(m->value)) {
		write_word(cg, m, key, v);
	} else {
		place = v.v;
		if (v.type != m->value) {
			place = cg_temp(cg, type_size(cg->u->types, m->value));
			cg_store_value(cg, place, v, m->value);
		}
		cg_map_update(cg, m, key, place, BPF_ANY);
	}
}

cgv cg_map_delete(struct cg *cg, struct map_var *m, cgv key)
{
	if (m->store == STORE_BUCKETS)
		return cg_buckets_delete(cg, m, key);
	if (m->store == STORE_SERIES)
		return cg_series_empty(cg, m);
	if (cg_is_array(m))
		return cg_array_delete(cg, m, key);
	return cg_compare(
		cg, CG_EQ,
		cg_helper(cg, BPF_FUNC_map_delete_elem, 2, cg_map_holding(cg, m, key), key),
		cg_u64(cg, 0));
}

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

/* Maps that the script declares or reads only have globals as well: the runtime expects them. */
void cg_maps_finish(struct cg *cg)
{
	map_each (e, &cg->u->maps)
		cg_map_global(cg, e->value);
	cg_stack_maps_finish(cg);
}
