/* SPDX-License-Identifier: Apache-2.0 */
/* promote.c - the type of a place that holds values of several types. */

#include "ast/type.h"

#include "base/arena.h"

#include <string.h>

/* A signed type that holds the unsigned one already stays as it is: places that are typed again and
 * again grow once. */
static uint32_t size_for_both(const struct type *with_sign, const struct type *without)
{
	uint32_t size = without->size < 8 ? without->size * 2 : 8;

	return with_sign->size > size ? with_sign->size : size;
}

static const struct type *promote_ints(struct types *ty, const struct type *a, const struct type *b)
{
	uint32_t size = a->size > b->size ? a->size : b->size;
	const struct type *t;

	if (a->flexible && b->flexible)
		return a->size >= b->size ? a : b;
	if (a->flexible || b->flexible) {
		const struct type *rigid = a->flexible ? b : a;

		return type_with_origin(ty, type_int(ty, size, rigid->is_signed), rigid);
	}
	if (a->is_signed == b->is_signed)
		t = type_int(ty, size, a->is_signed);
	else
		t = type_int(ty, size_for_both(a->is_signed ? a : b, a->is_signed ? b : a), true);
	/* What comes from two places comes from none in particular. */
	return a->as == b->as && a->mode == b->mode ? type_with_origin(ty, t, a) : t;
}

static const struct type *promote_members(struct types *ty, const struct type *a,
                                          const struct type *b)
{
	const struct type **elem = arena_array(types_arena(ty), const struct type *, a->fields + 1);
	const char **name = arena_array(types_arena(ty), const char *, a->fields + 1);

	if (a->fields != b->fields)
		return NULL;
	for (size_t i = 0; i < a->fields; i++) {
		struct type_field other = b->field[i];

		if (a->kind == KIND_RECORD && !type_find_field(ty, b, a->field[i].name, &other))
			return NULL;
		name[i] = a->field[i].name;
		elem[i] = type_promote(ty, a->field[i].type, other.type);
		if (!elem[i])
			return NULL;
	}
	return a->kind == KIND_RECORD ? type_record(ty, name, elem, a->fields)
	                              : type_tuple(ty, elem, a->fields);
}

/* Of structs, unions and enums, wherever they were found; those without a name are known by their
 * place. */
static bool same_name(const struct type *a, const struct type *b)
{
	return *a->name ? !strcmp(a->name, b->name) : a->btf == b->btf && a->btf_id == b->btf_id;
}

/* Of aggregations of a kind. */
static const struct type *promote_signs(const struct type *a, const struct type *b)
{
	if (a->flexible || b->flexible)
		return a->flexible ? b : a;
	return a->is_signed ? a : b;
}

static const struct type *promote_same_kind(struct types *ty, const struct type *a,
                                            const struct type *b)
{
	switch (a->kind) {
	case KIND_INT: return promote_ints(ty, a, b);
	case KIND_STRING:
	case KIND_BUFFER: return a->size >= b->size ? a : b;
	case KIND_POINTER:
		if (a->elem == b->elem)
			return a->as == b->as ? a : type_with_as(ty, a, a->as ? a->as : b->as);
		if (a->elem && b->elem &&
		    type_with_as(ty, a->elem, AS_NONE) == type_with_as(ty, b->elem, AS_NONE))
			return a;
		return type_pointer(ty, a->elem ? a->elem : b->elem, a->as ? a->as : b->as);
	case KIND_STRUCT:
	case KIND_UNION: return same_name(a, b) ? a : NULL;
	case KIND_ENUM:
		if (same_name(a, b))
			return a->size >= b->size ? a : b;
		return promote_ints(ty, type_int(ty, a->size, a->is_signed),
		                    type_int(ty, b->size, b->is_signed));
	case KIND_ARRAY: {
		const struct type *e =
			a->count == b->count ? type_promote(ty, a->elem, b->elem) : NULL;

		return e ? type_array(ty, e, a->count) : NULL;
	}
	case KIND_TUPLE:
	case KIND_RECORD: return promote_members(ty, a, b);
	case KIND_KSTACK:
	case KIND_USTACK: return a->mode == b->mode && a->count == b->count ? a : NULL;
	case KIND_COUNT:
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX:
	case KIND_AVG:
	case KIND_STATS: return promote_signs(a, b);
	case KIND_HIST:
	case KIND_LHIST:
	case KIND_LLHIST:
	case KIND_PERCENTILES:
	case KIND_TSERIES:
		if (memcmp(a->arg, b->arg, sizeof(a->arg)))
			return NULL;
		return promote_signs(a, b);
	case KIND_NONE:
	case KIND_BOOL:
	case KIND_KSYM:
	case KIND_USYM:
	case KIND_INET:
	case KIND_MAC:
	case KIND_TIMESTAMP:
	case KIND_USERNAME:
	case KIND_CGROUP_PATH: return a;
	case KIND_COUNT_OF: break;
	}
	return NULL;
}

const struct type *type_promote(struct types *ty, const struct type *a, const struct type *b)
{
	if (a == b || b == &type_unknown || a == &type_error)
		return a;
	if (a == &type_unknown || b == &type_error)
		return b;
	if (a->kind == b->kind)
		return promote_same_kind(ty, a, b);
	/* An enum with other integers is an integer; bool is a small one. */
	if (a->kind == KIND_ENUM && b->kind == KIND_INT)
		return promote_ints(ty, type_int(ty, a->size, a->is_signed), b);
	if (a->kind == KIND_INT && b->kind == KIND_ENUM)
		return promote_ints(ty, a, type_int(ty, b->size, b->is_signed));
	if (a->kind == KIND_BOOL && b->kind == KIND_INT)
		return b;
	if (a->kind == KIND_INT && b->kind == KIND_BOOL)
		return a;
	/* NULL and addresses kept as numbers. */
	if (a->kind == KIND_POINTER && b->kind == KIND_INT)
		return a;
	if (a->kind == KIND_INT && b->kind == KIND_POINTER)
		return b;
	return NULL;
}
