/* SPDX-License-Identifier: Apache-2.0 */
/* argument.c - arguments of the probe: where each is found, and how it becomes a value. */

#include "codegen/private.h"

#include "base/bug.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

static const struct probe_arg *find_arg(const struct probe_args *args, const char *name)
{
	for (size_t i = 0; i < args->count; i++)
		if (!strcmp(args->arg[i].name, name))
			return &args->arg[i];
	BUG("no argument '%s'", name);
}

/* Data that the context says the place of: its kernel address. */
static cgv data_location(struct cg *cg, const struct probe_arg *a)
{
	cgv at = cg_offset(cg, cg_ctx(cg), a->offset);
	cgv loc = cg_and(cg, cg_load(cg, at, 4, false), cg_u64(cg, 0xffff));
	cgv base = cg_address(cg, cg_ctx(cg));

	if (a->where == ARG_REL_LOC)
		loc = cg_add(cg, loc, cg_u64(cg, a->offset + 4));
	return cg_add(cg, base, loc);
}

static cgv context_word(struct cg *cg, uint32_t offset)
{
	return cg_load(cg, cg_offset(cg, cg_ctx(cg), offset), 8, false);
}

static cgv register_value(struct cg *cg, uint32_t offset)
{
	return offset == ARG_NO_REG ? cg_u64(cg, 0) : context_word(cg, offset);
}

static cgv memory_argument(struct cg *cg, const struct probe_arg *a)
{
	cgv at = cg_add(cg, register_value(cg, a->offset), cg_u64(cg, (uint64_t)a->value));
	cgv place = cg_temp(cg, 8);

	if (a->index != ARG_NO_REG)
		at = cg_add(cg, at, cg_mul(cg, register_value(cg, a->index), cg_u64(cg, a->scale)));
	cg_read(cg, place, a->size, at, AS_USER);
	return cg_load(cg, place, a->size, a->is_signed);
}

static cgv kernel_word(struct cg *cg, cgv addr)
{
	cgv place = cg_temp(cg, 8);

	cg_read(cg, place, 8, addr, AS_KERNEL);
	return cg_load(cg, place, 8, false);
}

/* A register that the struct pt_regs holds which the context points to. */
static cgv syscall_register(struct cg *cg, uint32_t offset)
{
	return kernel_word(cg, cg_add(cg, context_word(cg, 0), cg_u64(cg, offset)));
}

static cgv opaque_word(struct cg *cg, uint32_t offset)
{
	if (!cg_typed_context(cg->p))
		return context_word(cg, offset);
	return kernel_word(cg, cg_address(cg, cg_offset(cg, cg_ctx(cg), offset)));
}

/* A word as a value of a type, which may have less bits, or bytes of its own. */
static struct value word_as(struct cg *cg, cgv word, const struct type *type)
{
	uint32_t size = type_size(cg->u->types, type);
	cgv place;

	if (type_is_scalar(type))
		return cg_value(cg_fit(cg, word, size, type->is_signed), type);
	place = cg_temp(cg, size > 8 ? size : 8);
	cg_store(cg, place, word, 8);
	return cg_value(place, type);
}

/* Helpers do not take the context as memory: it is copied, in the largest units that align on
 * either side. */
static cgv copy_of_context(struct cg *cg, uint32_t offset, uint32_t size)
{
	cgv place = cg_temp(cg, size);

	for (uint32_t i = 0, n; i < size; i += n) {
		for (n = 8; n > size - i || (offset + i) % n || i % n; n /= 2)
			;
		cg_store(cg, cg_offset(cg, place, i),
		         cg_load(cg, cg_offset(cg, cg_ctx(cg), offset + i), n, false), n);
	}
	return place;
}

/* The verifier lets nothing be added to what iterators hand over before it was compared with NULL. */
static struct value compared_with_null(struct cg *cg, struct value v)
{
	struct cg_if absent = cg_if(cg, cg_compare(cg, CG_EQ, v.v, cg_u64(cg, 0)));
	cgv null = cg_opaque(cg, cg_u64(cg, 0));

	cg_else(cg, &absent);
	return cg_value(cg_endif_phi(cg, &absent, null, v.v), v.type);
}

static struct value context_value(struct cg *cg, uint32_t offset, const struct type *type)
{
	struct value v = cg_load_value(cg, cg_offset(cg, cg_ctx(cg), offset), type);

	return type->kind == KIND_POINTER && cg->p->kind->caps & PROBE_ITER
	               ? compared_with_null(cg, v)
	               : v;
}

struct value cg_probe_arg(struct cg *cg, const struct probe_arg *a, const struct type *type)
{
	switch (a->where) {
	case ARG_DATA_LOC:
	case ARG_REL_LOC: return cg_value(data_location(cg, a), type);
	case ARG_SYSCALL: return word_as(cg, syscall_register(cg, a->offset), type);
	case ARG_SYSCALL_NR:
	case ARG_SYSCALL_RET: return word_as(cg, context_word(cg, 8), type);
	case ARG_CONST: return cg_value(cg_u64(cg, (uint64_t)a->value), type);
	case ARG_MEMORY: return cg_value(memory_argument(cg, a), type);
	case ARG_UNKNOWN: return cg_value(cg_u64(cg, 0), type);
	case ARG_CTX_OPAQUE: return word_as(cg, opaque_word(cg, a->offset), type);
	case ARG_CTX_WORD:
	case ARG_REGS: return word_as(cg, context_word(cg, a->offset), type);
	case ARG_CTX:
		if (type_is_scalar(type))
			return context_value(cg, a->offset, type);
		return cg_value(copy_of_context(cg, a->offset, type_size(cg->u->types, type)),
		                type);
	}
	BUG("argument");
}

struct value cg_args_field(struct cg *cg, const struct expr *e)
{
	return cg_probe_arg(cg, find_arg(cg->p->args, e->field.name), e->type);
}

struct value cg_args_whole(struct cg *cg, const struct dest *dest)
{
	const struct type *t = cg->p->args_type;
	cgv place = cg_place(cg, dest, t);

	cg_zero(cg, place, t->size);
	for (size_t i = 0; i < t->fields; i++)
		cg_store_value(
			cg, cg_offset(cg, place, t->field[i].offset),
			cg_probe_arg(cg, find_arg(cg->p->args, t->field[i].name), t->field[i].type),
			t->field[i].type);
	return cg_value(place, t);
}
