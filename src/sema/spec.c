/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c - types as written in the script: "struct sock *", "uint8[4]", "typeof($x)". */

#include "base/bug.h"
#include "base/near.h"
#include "cdef/cdef.h"
#include "image/meta.h"
#include "sema/ktypes.h"
#include "sema/types.h"

#include <string.h>

/* The language's own integers. */
static const struct {
	const char *name;
	uint8_t size;
	bool is_signed;
} own_ints[] = {
	{ "int8", 1, true },    { "int16", 2, true },   { "int32", 4, true },
	{ "int64", 8, true },   { "uint8", 1, false },  { "uint16", 2, false },
	{ "uint32", 4, false }, { "uint64", 8, false },
};

static const struct {
	const char *name;
	enum kind kind;
	bool is_signed;
} own_simple[] = {
	{ "inet", KIND_INET, 0 },           { "macaddr_t", KIND_MAC, 0 },
	{ "username_t", KIND_USERNAME, 0 }, { "cgroup_path_t", KIND_CGROUP_PATH, 0 },
	{ "ksym_t", KIND_KSYM, 0 },         { "usym_t", KIND_USYM, 0 },
};

static const struct {
	const char *name;
	enum kind kind;
	bool is_signed;
} own_aggregations[] = {
	{ "count_t", KIND_COUNT, false },  { "sum_t", KIND_SUM, true },
	{ "usum_t", KIND_SUM, false },     { "min_t", KIND_MIN, true },
	{ "umin_t", KIND_MIN, false },     { "max_t", KIND_MAX, true },
	{ "umax_t", KIND_MAX, false },     { "avg_t", KIND_AVG, true },
	{ "uavg_t", KIND_AVG, false },     { "stats_t", KIND_STATS, true },
	{ "ustats_t", KIND_STATS, false },
};

static const struct type *own_type(struct unit *u, const char *name)
{
	static const uint64_t none[KIND_ARGS];

	for (size_t i = 0; i < countof(own_ints); i++)
		if (!strcmp(own_ints[i].name, name))
			return type_int(u->types, own_ints[i].size, own_ints[i].is_signed);
	for (size_t i = 0; i < countof(own_simple); i++)
		if (!strcmp(own_simple[i].name, name))
			return type_simple(u->types, own_simple[i].kind);
	for (size_t i = 0; i < countof(own_aggregations); i++)
		if (!strcmp(own_aggregations[i].name, name))
			return type_aggregation(u->types, own_aggregations[i].kind,
			                        own_aggregations[i].is_signed, none);
	if (!strcmp(name, "timestamp"))
		return type_timestamp(u->types, CLOCK_BOOT_NS);
	if (!strcmp(name, "string"))
		return type_string(u->types, (uint32_t)u->config.max_strlen);
	if (!strcmp(name, "buffer"))
		return type_buffer(u->types, (uint32_t)u->config.max_strlen - 4);
	if (!strcmp(name, "void"))
		return &type_none;
	return NULL;
}

/* A type by its name alone, or NULL. */
static const struct type *type_by_name(struct unit *u, const char *name)
{
	const struct type *t = cdef_typedef_own(u, name);

	if (!t)
		t = own_type(u, name);
	if (!t)
		t = ktype_c_int(u, name, AS_NONE);
	return t ? t : ktype_typedef(u, name, AS_NONE);
}

bool spec_is_type(struct unit *u, const char *name)
{
	return type_by_name(u, name) != NULL;
}

static void suggest_type(struct sema *s, struct diag *d, const char *name)
{
	struct near near;

	near_init(&near, name);
	for (size_t i = 0; i < countof(own_ints); i++)
		near_offer(&near, own_ints[i].name);
	near_offer(&near, "string");
	near_offer(&near, "bool");
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
}

static const struct type *named(struct sema *s, const struct type_spec *spec)
{
	static const char *const words[] = { "", "struct", "union", "enum" };
	static const enum kind kinds[] = { KIND_NONE, KIND_STRUCT, KIND_UNION, KIND_ENUM };
	const struct type *t;
	struct near near;
	struct diag *d;

	if (spec->base == SPEC_NAME) {
		t = type_by_name(s->u, spec->name);
		if (t)
			return t;
		d = diag_error(s->diags, spec->span, "Cannot resolve unknown type \"%s\"",
		               spec->name);
		suggest_type(s, d, spec->name);
		cdef_explain(s->u, d);
		return &type_error;
	}
	if (cdef_tag_broken(s->u, kinds[spec->base], spec->name))
		return &type_error;
	t = ktype_exists(s->u, kinds[spec->base], spec->name) || spec->base == SPEC_ENUM
	            ? ktype_find(s->u, kinds[spec->base], spec->name)
	            : NULL;
	if (t)
		return t;
	if (spec->base == SPEC_ENUM)
		d = diag_error(s->diags, spec->span, "Unknown enum: %s", spec->name);
	else
		d = diag_error(s->diags, spec->span, "Unknown struct/union: '%s %s'",
		               words[spec->base], spec->name);
	if (!diag_is_kept(d))
		return &type_error;
	near_init(&near, spec->name);
	ktype_suggest(s->u, kinds[spec->base], &near);
	if (near.best)
		diag_hint(d, "did you mean '%s %s'?", words[spec->base], near.best);
	cdef_explain(s->u, d);
	return &type_error;
}

const struct type *type_or_value(struct sema *s, struct expr *e)
{
	if (e->kind != EXPR_TYPE)
		return sema_expr(s, e);
	return e->typed.spec ? spec_type(s, e->typed.spec) : type_or_value(s, e->typed.operand);
}

static const struct type *base_type(struct sema *s, const struct type_spec *spec)
{
	if (spec->base != SPEC_TYPEOF)
		return named(s, spec);
	if (spec->of_type)
		return spec_type(s, spec->of_type);
	return type_asked(s, "typeof", spec->of_expr);
}

static const struct type *suffixed(struct sema *s, const struct type *t,
                                   const struct type_suffix *suffix)
{
	if (suffix->kind == SUFFIX_POINTER)
		return type_pointer(s->ty, t->kind == KIND_NONE ? NULL : t, AS_NONE);
	return type_array(s->ty, t, (uint32_t)suffix->count);
}

const struct type *spec_type(struct sema *s, const struct type_spec *spec)
{
	const struct type *t = base_type(s, spec);
	size_t i = 0;

	if (t == &type_error || t == &type_unknown)
		return t;
	/* string[16]: the number is a capacity, not a count. */
	if (spec->suffixes && spec->suffix[0].kind == SUFFIX_ARRAY && spec->suffix[0].sized &&
	    spec->base == SPEC_NAME &&
	    (!strcmp(spec->name, "string") || !strcmp(spec->name, "buffer") ||
	     !strcmp(spec->name, "inet"))) {
		uint32_t n = (uint32_t)spec->suffix[0].count;

		t = t->kind == KIND_STRING   ? type_string(s->ty, n)
		    : t->kind == KIND_BUFFER ? type_buffer(s->ty, n)
		                             : t;
		i = 1;
	}
	for (; i < spec->suffixes; i++)
		t = suffixed(s, t, &spec->suffix[i]);
	return t;
}
