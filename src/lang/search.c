/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - text in text, and bytes against bytes. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "lang/text.h"
#include "sema/sema.h"

static cgv find(struct cg *cg, const struct expr *call)
{
	struct value hay = text_in_memory(cg, call->call.arg[0], UINT32_MAX);
	struct value needle = text_in_memory(cg, call->call.arg[1], UINT32_MAX);

	return cg_find_text(cg, hay.v, hay.type->size, needle.v, needle.type->size);
}

static struct value emit_strstr(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(find(cg, call), call->type);
}

static struct value emit_strcontains(struct cg *cg, const struct expr *call,
                                     const struct dest *dest)
{
	return cg_value(cg_compare(cg, CG_SGE, find(cg, call), cg_u64(cg, 0)), call->type);
}

/* -- str_concat -- */

/* Fixed, so that a text that grows in a loop has a type. */
static const struct type *check_str_concat(struct sema *s, struct expr *call)
{
	enum { LEAST = 1024 };
	uint64_t max = s->u->config.max_strlen;

	return type_string(s->ty, max > LEAST ? (uint32_t)max : LEAST);
}

static uint32_t at_most(struct value v, uint32_t most)
{
	return v.type->size < most ? v.type->size : most;
}

static struct value emit_str_concat(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct type *t = call->type;
	struct value a = text_in_memory(cg, call->call.arg[0], t->size);
	struct value b = text_in_memory(cg, call->call.arg[1], t->size);
	uint32_t size_a = at_most(a, t->size), size_b = at_most(b, t->size);
	bool fits = size_a + size_b <= t->size;
	/* The verifier wants room for the second text behind the longest first one. */
	cgv place = fits ? cg_place(cg, dest, t) : cg_temp(cg, size_a + size_b), len;

	cg_zero(cg, place, fits ? t->size : size_a + size_b);
	len = cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, place, cg_u64(cg, size_a), a.v);
	/* The length includes the NUL, which the second text replaces. */
	len = cg_bounded(cg, cg_sub(cg, len, cg_u64(cg, 1)), size_a - 1);
	cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, cg_offset_by(cg, place, len),
	          cg_u64(cg, size_b), b.v);
	return cg_value(place, t);
}

/* -- memcmp -- */

static const struct type *check_memcmp(struct sema *s, struct expr *call)
{
	const struct expr *length = call->call.arg[2];
	uint64_t n;

	if (!length->literal)
		return type_int(s->ty, 4, true);
	if (!arg_literal(s, call, 2, "length", &n))
		return &type_error;
	for (size_t i = 0; i < 2; i++) {
		const struct type *t = call->call.arg[i]->type;

		if (t == &type_unknown || type_is_scalar(t) || n <= content_size(s->ty, t))
			continue;
		diag_error(s->diags, length->span, "%s has less than %llu bytes",
		           type_name(s->ty, t), (unsigned long long)n);
		return &type_error;
	}
	if (n > s->u->config.max_strlen) {
		diag_error(s->diags, length->span, "memcmp() compares up to %llu bytes",
		           (unsigned long long)s->u->config.max_strlen);
		return &type_error;
	}
	return type_int(s->ty, 4, true);
}

/* What can be compared at most: as much as both have. */
static uint32_t comparable_bytes(struct cg *cg, const struct expr *call)
{
	uint64_t most = cg_unit(cg)->config.max_strlen;

	for (size_t i = 0; i < 2; i++) {
		const struct type *t = call->call.arg[i]->type;
		uint32_t size = type_is_scalar(t) ? UINT32_MAX
		                                  : content_size(cg_unit(cg)->types, t);

		most = size < most ? size : most;
	}
	return (uint32_t)most;
}

/* n of at most 'most' bytes in our memory: what is behind pointers is read. */
static cgv bytes_of(struct cg *cg, struct value v, cgv n, uint32_t most)
{
	cgv place;

	if (!type_is_scalar(v.type))
		return v.v;
	place = cg_temp(cg, most);
	cg_read_bounded(cg, place, n, most, v.v, v.type->as);
	return place;
}

static struct value emit_memcmp(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct expr *length = call->call.arg[2];
	struct value a = content_of(cg, cg_expr(cg, call->call.arg[0]));
	struct value b = content_of(cg, cg_expr(cg, call->call.arg[1]));
	uint32_t most = length->literal ? (uint32_t)length->integer.value
	                                : comparable_bytes(cg, call);
	cgv n = cg_bounded(cg, cg_arg_int(cg, call, 2), most);

	if (!most)
		return cg_value(cg_u64(cg, 0), call->type);
	return cg_value(cg_bytes_order(cg, bytes_of(cg, a, n, most), bytes_of(cg, b, n, most), n,
	                               most),
	                call->type);
}

/* clang-format off */
const struct lang_def lang_search[] = {
	{
		.name = "strstr",
		.sig = "strstr(hay: text, needle: text) -> i64",
		.emit = emit_strstr,
		.brief = "Where a text starts in another, from 0; -1 when it is not there.",
		.example = "begin { print(strstr(\"hello\", \"lo\")); }",
		.since = "5.17",
	},
	{
		.name = "strcontains",
		.sig = "strcontains(hay: text, needle: text) -> bool",
		.emit = emit_strcontains,
		.brief = "Whether a text is part of another.",
		.example = "tracepoint:syscalls:sys_enter_openat /strcontains(str(args.filename), \".so\")/ { @[comm] = count(); }",
		.since = "5.17",
	},
	{
		.name = "str_concat",
		.sig = "str_concat(a: text, b: text) -> T",
		.check = check_str_concat,
		.emit = emit_str_concat,
		.brief = "Two texts one behind the other; together they are cut at 1024 bytes, or at max_strlen when that is more.",
		.example = "begin { print(str_concat(\"son\", \"de\")); }",
	},
	{
		.name = "memcmp",
		.sig = "memcmp(a: mem, b: mem, length: int) -> i32",
		.check = check_memcmp,
		.emit = emit_memcmp,
		.brief = "Compares bytes: 0 when they are equal, else the difference of the first two that differ. A length that is not literal counts up to what both have.",
		.example = "begin { print(memcmp(\"abc\", \"abd\", 3)); }",
		.since = "5.17",
	},
	{ 0 },
};
/* clang-format on */
