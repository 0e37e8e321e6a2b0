/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array.c - maps that are arrays: those declared so, and scalars, which are arrays of one element.
 *
 * An array has all its elements from the start; one exists for the script once it was written,
 * which the word behind the value says (image/meta.h), or a slot by itself. With a slot for each
 * CPU, each has a word of its own: an element exists when any CPU has written it.
 */

#include "codegen/private.h"

#include "base/bug.h"
#include "image/meta_write.h"

bool cg_is_array(const struct map_var *m)
{
	return m->store == STORE_ARRAY || m->store == STORE_PERCPU_ARRAY;
}

cgv cg_array_key(struct cg *cg, const struct map_var *m, const struct expr *key)
{
	cgv place = cg_temp(cg, 8), most = cg_u64(cg, UINT32_MAX);
	cgv i = cg_fit(cg, cg_int(cg, key), m->key->size, m->key->is_signed);

	/* No array has this many elements: what is beyond stays beyond in 32 bits. */
	if (m->key->size > 4 || m->key->is_signed)
		i = cg_select(cg, cg_compare(cg, CG_ULT, i, most), i, most);
	cg_store(cg, place, i, 4);
	return place;
}

/* The word that says whether a slot was written: of a series without a key, whose elements are
 * intervals, the interval's number. */
static cgv written(struct cg *cg, const struct map_var *m, cgv slot)
{
	return m->store == STORE_SERIES
	               ? slot
	               : cg_offset(cg, slot, meta_align8(type_size(cg->u->types, m->value)));
}

/* 0 or 1, as the verifier wants to see of what callbacks return. */
static cgv is_written(struct cg *cg, const struct map_var *m, cgv slot)
{
	cgv flag = cg_load(cg, written(cg, m, slot), 8, false);
	int witness = kind_witness(m->value->kind);

	if (witness >= 0)
		flag = cg_or(cg, flag,
		             cg_load(cg, cg_offset(cg, slot, (uint32_t)witness), 8, false));
	return cg_compare(cg, CG_NE, flag, cg_u64(cg, 0));
}

/* One store less where the slot tells: an addition is locked, and waits for what was stored. */
void cg_array_mark(struct cg *cg, const struct map_var *m, cgv slot)
{
	if (kind_witness(m->value->kind) >= 0)
		return;
	cg_store(cg, written(cg, m, slot), cg_u64(cg, 1), 8);
}

/* -- the slots of all CPUs -- */

enum { CPU_KEY, CPU_FOUND };

static cgv slot_of_cpu(struct cg *cg, struct map_var *m, cgv cpu, const cgv *in)
{
	return cg_helper_ptr(cg, BPF_FUNC_map_lookup_percpu_elem, 3, val(cg_map_global(cg, m)),
	                     in[CPU_KEY], cpu);
}

static cgv find_on_cpu(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	struct map_var *m = *(struct map_var *const *)arg;
	cgv slot = slot_of_cpu(cg, m, i, in), flag;
	struct cg_if absent = cg_if(cg, cg_is_null(cg, slot));

	cg_else(cg, &absent);
	flag = is_written(cg, m, slot);
	cg_store(cg, cg_offset(cg, out, CPU_FOUND * 8), flag, 8);
	/* An index that is outside is so for each CPU. */
	return cg_endif_phi(cg, &absent, cg_u64(cg, 1), flag);
}

static cgv empty_on_cpu(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	struct map_var *m = *(struct map_var *const *)arg;
	cgv slot = slot_of_cpu(cg, m, i, in), found = cg_offset(cg, out, CPU_FOUND * 8), flag;
	struct cg_if absent = cg_if(cg, cg_is_null(cg, slot));

	cg_else(cg, &absent);
	flag = is_written(cg, m, slot);
	cg_store(cg, found, cg_or(cg, cg_load(cg, found, 8, false), flag), 8);
	cg_zero(cg, slot, cg_map_value_size(cg, m));
	return cg_endif_phi(cg, &absent, cg_u64(cg, 1), cg_u64(cg, 0));
}

static cgv each_cpu(struct cg *cg, struct map_var *m, cgv key, cg_body_fn *body)
{
	cgv passed[] = { [CPU_KEY] = key, [CPU_FOUND] = cg_u64(cg, 0) };

	cg_repeat(cg, CG_PARAM(cg, cpus), passed, countof(passed), body, &m);
	return passed[CPU_FOUND];
}

/* -- access -- */

cgv cg_array_slot_has(struct cg *cg, struct map_var *m, cgv key, cgv slot)
{
	return m->store == STORE_PERCPU_ARRAY ? each_cpu(cg, m, key, find_on_cpu)
	                                      : is_written(cg, m, slot);
}

cgv cg_array_has(struct cg *cg, struct map_var *m, cgv key)
{
	struct cg_if absent;
	cgv slot, flag;

	if (m->store == STORE_PERCPU_ARRAY)
		return each_cpu(cg, m, key, find_on_cpu);
	slot = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, slot));
	cg_else(cg, &absent);
	flag = is_written(cg, m, slot);
	return cg_endif_phi(cg, &absent, cg_u64(cg, 0), flag);
}

cgv cg_array_delete(struct cg *cg, struct map_var *m, cgv key)
{
	struct cg_if absent;
	cgv slot, was;

	if (m->store != STORE_ARRAY)
		return each_cpu(cg, m, key, empty_on_cpu);
	slot = cg_map_lookup(cg, m, key);
	absent = cg_if(cg, cg_is_null(cg, slot));
	cg_else(cg, &absent);
	was = is_written(cg, m, slot);
	cg_zero(cg, slot, cg_map_value_size(cg, m));
	return cg_endif_phi(cg, &absent, cg_u64(cg, 0), was);
}

cgv cg_array_slot(struct cg *cg, struct map_var *m, cgv key, struct cg_if *absent)
{
	cgv slot = cg_map_lookup(cg, m, key);

	*absent = cg_if(cg, cg_is_null(cg, slot));
	if (m->key)
		cg_loss_update(cg, LOSS_OUTSIDE, m, cg->at);
	cg_else(cg, absent);
	return slot;
}

void cg_array_write(struct cg *cg, struct map_var *m, cgv key, struct value v)
{
	struct cg_if absent;
	cgv slot = cg_array_slot(cg, m, key, &absent);

	cg_store_value(cg, slot, v, m->value);
	cg_array_mark(cg, m, slot);
	cg_endif(cg, &absent);
}
