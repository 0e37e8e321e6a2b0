/* SPDX-License-Identifier: Apache-2.0 */
/* type.c - interned types: the bytes that tell one type from another are its key in a map. */

#include "ast/type.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "image/buckets.h"
#include "image/meta.h"

#include <string.h>

struct types {
	struct arena *arena;
	struct map *known; /* identity -> type */
	type_complete_fn *complete;
	void *complete_arg;
};

const struct type type_error = { .kind = KIND_NONE, .size = 8, .align = 8 };
const struct type type_unknown = { .kind = KIND_NONE, .size = 8, .align = 8 };
const struct type type_none = { .kind = KIND_NONE, .align = 1 };
const struct type type_bool = { .kind = KIND_BOOL, .size = 1, .align = 1 };

struct types *types_new(struct arena *a)
{
	struct types *ty = arena_new(a, struct types);

	ty->arena = a;
	ty->known = arena_new(a, struct map);
	return ty;
}

void types_release(struct types *ty)
{
	map_release(ty->known);
}

struct arena *types_arena(struct types *ty)
{
	return ty->arena;
}

void types_set_completer(struct types *ty, type_complete_fn *fn, void *arg)
{
	ty->complete = fn;
	ty->complete_arg = arg;
}

/* The type equal to *t, made when it is new. Members are compared by content. */
static struct type *intern_type(struct types *ty, const struct type *t)
{
	struct strbuf id = STRBUF_INIT;
	struct type key = *t;
	struct type *known;

	/* What is filled in later is no part of the identity. */
	if (t->kind == KIND_STRUCT || t->kind == KIND_UNION || t->kind == KIND_ENUM) {
		key.size = key.align = 0;
		key.is_signed = key.complete = false;
		key.field = NULL;
		key.enumerator = NULL;
		key.fields = 0;
	}
	key.field = NULL;
	strbuf_add(&id, &key, sizeof(key));
	if (t->kind == KIND_TUPLE || t->kind == KIND_RECORD)
		strbuf_add(&id, t->field, t->fields * sizeof(*t->field));
	known = map_get_bytes(ty->known, id.buf, id.len);
	if (!known) {
		known = arena_new(ty->arena, struct type);
		memcpy(known, t, sizeof(*t));
		map_put_bytes(ty->known, id.buf, id.len, known);
	}
	strbuf_release(&id);
	return known;
}

/* Padding must not decide: start from zeroed memory. */
#define NEW_TYPE(t, k)                                                                             \
	struct type t;                                                                             \
	memset(&t, 0, sizeof(t));                                                                  \
	t.kind = (k)

static const struct type *int_type(struct types *ty, uint32_t size, bool is_signed, bool flexible)
{
	NEW_TYPE(t, KIND_INT);
	t.size = t.align = size;
	t.is_signed = is_signed;
	t.flexible = flexible;
	return intern_type(ty, &t);
}

const struct type *type_int(struct types *ty, uint32_t size, bool is_signed)
{
	return int_type(ty, size, is_signed, false);
}

const struct type *type_int_as(struct types *ty, uint32_t size, bool is_signed, enum addr_space as)
{
	return type_with_as(ty, type_int(ty, size, is_signed), as);
}

static const struct type *type_with_mode(struct types *ty, const struct type *t, uint32_t mode)
{
	struct type other;

	if (t->mode == mode)
		return t;
	memcpy(&other, t, sizeof(other));
	other.mode = mode;
	return intern_type(ty, &other);
}

const struct type *type_int_clock(struct types *ty, uint32_t clock)
{
	return type_with_mode(ty, type_int(ty, 8, false), clock);
}

const struct type *type_literal(struct types *ty, uint64_t value, bool negative)
{
	int64_t v = (int64_t)value;

	if (!negative && v < 0)
		return int_type(ty, 8, false, false);
	for (uint32_t size = 1; size < 8; size *= 2) {
		int64_t limit = (int64_t)1 << (size * 8 - 1);

		if (v >= -limit && v < limit)
			return int_type(ty, size, true, !negative);
	}
	return int_type(ty, 8, true, !negative);
}

const struct type *type_rigid(struct types *ty, const struct type *t)
{
	return t->flexible ? int_type(ty, t->size, t->is_signed, false) : t;
}

struct type *type_named(struct types *ty, enum kind kind, const char *name, const void *btf,
                        uint32_t btf_id)
{
	NEW_TYPE(t, kind);
	t.name = name;
	t.btf = btf;
	t.btf_id = btf_id;
	return intern_type(ty, &t);
}

const struct type *type_pointer(struct types *ty, const struct type *elem, enum addr_space as)
{
	NEW_TYPE(t, KIND_POINTER);
	t.size = t.align = 8;
	t.elem = elem;
	t.as = as;
	return intern_type(ty, &t);
}

const struct type *type_string(struct types *ty, uint32_t size)
{
	NEW_TYPE(t, KIND_STRING);
	t.size = size;
	t.align = 1;
	return intern_type(ty, &t);
}

const struct type *type_buffer(struct types *ty, uint32_t capacity)
{
	NEW_TYPE(t, KIND_BUFFER);
	t.size = capacity + 4;
	t.align = 4;
	return intern_type(ty, &t);
}

/* Sizes beyond 4 GB stay at the largest number: nothing that large is ever used. */
static uint32_t fit(uint64_t size)
{
	return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

const struct type *type_array(struct types *ty, const struct type *elem, uint32_t count)
{
	NEW_TYPE(t, KIND_ARRAY);
	t.size = fit((uint64_t)type_size(ty, elem) * count);
	t.align = type_align(ty, elem);
	t.elem = elem;
	t.count = count;
	return intern_type(ty, &t);
}

static uint32_t align_up(uint32_t n, uint32_t align)
{
	return align ? fit(((uint64_t)n + align - 1) / align * align) : n;
}

static const struct type *compound(struct types *ty, enum kind kind, const char *const *name,
                                   const struct type *const *elem, size_t n)
{
	struct type_field *f = arena_array(ty->arena, struct type_field, n + 1);

	NEW_TYPE(t, kind);
	t.align = 1;
	for (size_t i = 0; i < n; i++) {
		f[i].name = name ? name[i] : "";
		f[i].type = elem[i];
		f[i].offset = align_up(t.size, type_align(ty, elem[i]));
		t.size = fit((uint64_t)f[i].offset + type_size(ty, elem[i]));
		if (type_align(ty, elem[i]) > t.align)
			t.align = type_align(ty, elem[i]);
	}
	t.size = align_up(t.size, t.align);
	t.field = f;
	t.fields = n;
	t.complete = true;
	return intern_type(ty, &t);
}

const struct type *type_tuple(struct types *ty, const struct type *const *elem, size_t n)
{
	return compound(ty, KIND_TUPLE, NULL, elem, n);
}

const struct type *type_record(struct types *ty, const char *const *name,
                               const struct type *const *elem, size_t n)
{
	return compound(ty, KIND_RECORD, name, elem, n);
}

const struct type *type_stack(struct types *ty, enum kind kind, uint32_t mode, uint32_t limit)
{
	NEW_TYPE(t, kind);
	t.size = kind == KIND_KSTACK ? 8 : 16;
	t.align = 8;
	t.count = limit;
	t.mode = mode;
	return intern_type(ty, &t);
}

static const struct {
	enum kind kind;
	uint32_t size, align;
} simple[] = {
	{ KIND_KSYM, 8, 8 },         { KIND_USYM, 16, 8 },      { KIND_INET, 24, 8 },
	{ KIND_MAC, 6, 1 },          { KIND_TIMESTAMP, 16, 8 }, { KIND_USERNAME, 8, 8 },
	{ KIND_CGROUP_PATH, 16, 8 },
};

const struct type *type_simple(struct types *ty, enum kind kind)
{
	NEW_TYPE(t, kind);
	for (size_t i = 0; i < countof(simple); i++) {
		if (simple[i].kind == kind) {
			t.size = simple[i].size;
			t.align = simple[i].align;
		}
	}
	BUG_ON(!t.size);
	return intern_type(ty, &t);
}

const struct type *type_timestamp(struct types *ty, uint32_t clock)
{
	struct type t;

	memcpy(&t, type_simple(ty, KIND_TIMESTAMP), sizeof(t));
	t.mode = clock;
	return intern_type(ty, &t);
}

static const char *percentile_name(struct arena *a, uint32_t thousandths)
{
	int digits = 3;
	uint32_t fraction = thousandths % PERCENT;

	if (!fraction)
		return arena_printf(a, "p%u", thousandths / PERCENT);
	for (; fraction % 10 == 0; digits--)
		fraction /= 10;
	return arena_printf(a, "p%u.%0*u", thousandths / PERCENT, digits, fraction);
}

/* What is printed of percentiles, as a record has it. */
static void add_percentiles(struct types *ty, struct type *t)
{
	uint32_t n = percentiles_asked(t->arg);
	struct type_field *f = arena_array(ty->arena, struct type_field, n + 2);

	f[0].name = "count";
	for (uint32_t i = 0; i < n; i++)
		f[1 + i].name = percentile_name(ty->arena, percentile(t->arg, i));
	f[1 + n].name = "max";
	for (uint32_t i = 0; i < n + 2; i++) {
		f[i].type = type_int(ty, 8, i && t->is_signed);
		f[i].offset = i * 8;
	}
	t->field = f;
	t->fields = n + 2;
	t->complete = true;
}

static uint32_t slot_size(const struct type *t)
{
	if (t->kind == KIND_COUNT || t->kind == KIND_SUM)
		return 8;
	if (t->kind == KIND_TSERIES)
		return 24;
	if (t->kind == KIND_PERCENTILES)
		return t->count * 8 + 8;
	return t->count ? t->count * 8 : 16;
}

static const struct type *aggregation_type(struct types *ty, enum kind kind, bool is_signed,
                                           bool flexible, const uint64_t arg[KIND_ARGS])
{
	static const uint64_t none[KIND_ARGS];

	NEW_TYPE(t, kind);
	memcpy(t.arg, arg ? arg : none, sizeof(t.arg));
	t.is_signed = is_signed;
	t.flexible = flexible;
	t.align = 8;
	t.count = kind == KIND_TSERIES ? (uint32_t)t.arg[1] : bucket_total(kind, t.arg);
	t.size = slot_size(&t);
	if (kind == KIND_PERCENTILES)
		add_percentiles(ty, &t);
	return intern_type(ty, &t);
}

const struct type *type_aggregation(struct types *ty, enum kind kind, bool is_signed,
                                    const uint64_t arg[KIND_ARGS])
{
	return aggregation_type(ty, kind, is_signed, false, arg);
}

const struct type *type_aggregation_of(struct types *ty, enum kind kind, const struct type *value,
                                       const uint64_t arg[KIND_ARGS])
{
	bool flexible = !type_is_known(value) || value->flexible;

	return aggregation_type(ty, kind, flexible || value->is_signed, flexible, arg);
}

const struct type *type_with_origin(struct types *ty, const struct type *t, const struct type *from)
{
	if (t->kind != KIND_INT || t->size < 8)
		return t;
	t = type_with_as(ty, t, from->as);
	return from->kind == KIND_INT ? type_with_mode(ty, t, from->mode) : t;
}

const struct type *type_with_as(struct types *ty, const struct type *t, enum addr_space as)
{
	struct type other;

	if (t->as == as || (t->kind != KIND_POINTER && t->kind != KIND_INT &&
	                    t->kind != KIND_STRUCT && t->kind != KIND_UNION))
		return t;
	memcpy(&other, t, sizeof(other));
	other.as = as;
	if (t->kind == KIND_STRUCT || t->kind == KIND_UNION) {
		/* Pointers among the members live where the whole does: read them anew. */
		other.complete = false;
		other.field = NULL;
		other.fields = 0;
	}
	return intern_type(ty, &other);
}

void type_complete(struct types *ty, const struct type *t)
{
	/* Interned types are ours to finish; to everyone else they are constant. */
	if (!t->complete && ty->complete)
		ty->complete(ty->complete_arg, (struct type *)t);
}

const struct type *type_wide_enum(struct types *ty, const struct type *t)
{
	struct type wide;

	type_complete(ty, t);
	memcpy(&wide, t, sizeof(wide));
	wide.mode = wide.size = wide.align = 8;
	return intern_type(ty, &wide);
}
