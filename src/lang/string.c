/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - reading text and bytes. */

#include "base/arena.h"
#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "lang/text.h"
#include "sema/sema.h"

#include <string.h>

/* -- str -- */

static bool has_fixed_length(const struct expr *call)
{
	return arg_given(call, 1) && call->call.arg[1]->literal;
}

static void become_text(struct sema *s, struct expr *e, const char *text, size_t len)
{
	expr_become_string(e, arena_memdup(s->u->arena, text, len), len);
	e->type = type_string(s->ty, (uint32_t)len + 1);
}

/* $1 stands for its text here, also when that is a number. */
static void parameter_as_text(struct sema *s, struct expr *e)
{
	if (e->literal && e->kind == EXPR_INT && e->param_text)
		become_text(s, e, e->param_text, strlen(e->param_text));
}

static bool is_text_literal(const struct expr *e)
{
	return e->literal && e->kind == EXPR_STRING;
}

/* A length given as a literal, no more than what the configuration allows. */
static bool fixed_length(struct sema *s, const struct expr *call, uint64_t max, uint64_t *n)
{
	const struct expr *e = call->call.arg[1];

	if (!arg_literal(s, call, 1, "length", n))
		return false;
	if (*n <= max)
		return true;
	if (s->final)
		diag_hint(diag_warning(
				  s->diags, e->span,
				  "Length param (%llu) is too long and will be shortened to %llu "
				  "bytes",
				  (unsigned long long)*n, (unsigned long long)max),
		          "config = { max_strlen=%llu } allows it", (unsigned long long)*n);
	*n = max;
	return true;
}

enum { BUFFER_LENGTH = 4 }; /* bytes of a buffer before its content: see kinds.def */

uint32_t content_size(struct types *ty, const struct type *t)
{
	return type_size(ty, t) - (t->kind == KIND_BUFFER ? BUFFER_LENGTH : 0);
}

struct value content_of(struct cg *cg, struct value v)
{
	struct types *ty = cg_unit(cg)->types;

	if (v.type->kind != KIND_BUFFER)
		return v;
	return cg_value(cg_offset(cg, v.v, BUFFER_LENGTH),
	                type_array(ty, type_int(ty, 1, false), content_size(ty, v.type)));
}

static const struct type *check_str(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];
	uint64_t max = s->u->config.max_strlen, n = max;
	bool fixed = has_fixed_length(call);

	if (e->type == &type_unknown)
		return e->type;
	parameter_as_text(s, e);
	if (fixed && !fixed_length(s, call, is_text_literal(e) ? UINT32_MAX : max, &n))
		return &type_error;
	if (is_text_literal(e) && (fixed || !arg_given(call, 1))) {
		become_text(s, call, e->string.text,
		            fixed && n < e->string.len ? n : e->string.len);
		return call->type;
	}
	if (e->type->kind == KIND_STRING && !fixed)
		return e->type;
	if ((e->type->kind == KIND_ARRAY || e->type->kind == KIND_BUFFER) && !fixed)
		return type_string(s->ty, content_size(s->ty, e->type) + 1);
	return type_string(s->ty, (uint32_t)(fixed ? n + 1 : n));
}

/* What lies in our memory already: as much of it as was asked for. */
static struct value copy_text(struct cg *cg, const struct expr *call, struct value v,
                              const struct dest *dest)
{
	const struct type *t = call->type;
	cgv place, limit;
	uint32_t size;

	if (v.type == t && (!arg_given(call, 1) || has_fixed_length(call)))
		return v;
	v = content_of(cg, v);
	size = content_size(cg_unit(cg)->types, v.type);
	place = cg_place(cg, dest, t);
	cg_zero(cg, place, t->size);
	if (!arg_given(call, 1)) {
		cg_copy(cg, place, v.v, size < t->size ? size : t->size);
		return cg_value(place, t);
	}
	limit = cg_bounded(cg, cg_arg_int(cg, call, 1), size < t->size ? size : t->size);
	cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, place, limit, v.v);
	return cg_value(place, t);
}

static struct value emit_str(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct type *t = call->type;
	struct value v = cg_arg(cg, call, 0);
	cgv place, limit = NULL;

	if (!type_is_scalar(v.type))
		return copy_text(cg, call, v, dest);
	/* A length of n has room for n + 1, so that text of n - 1 characters is never cut. */
	if (has_fixed_length(call))
		limit = cg_u64(cg, t->size - 1);
	else if (arg_given(call, 1))
		limit = cg_bounded(cg, cg_arg_int(cg, call, 1), t->size);
	place = cg_place(cg, dest, t);
	cg_read_string(cg, place, t->size, limit, v.v, v.type->as);
	return cg_value(place, t);
}

/* -- buf -- */

static const struct type *check_buf(struct sema *s, struct expr *call)
{
	const struct type *t = call->call.arg[0]->type;
	uint64_t max = s->u->config.max_strlen > 8 ? s->u->config.max_strlen - 4 : 4, n = max;

	if (t == &type_unknown)
		return t;
	if (has_fixed_length(call) && !fixed_length(s, call, max, &n))
		return &type_error;
	if (arg_given(call, 1))
		return type_buffer(s->ty, (uint32_t)n);
	if (t->kind == KIND_BUFFER)
		return t;
	if (t->kind == KIND_ARRAY || t->kind == KIND_STRING)
		return type_buffer(s->ty, type_size(s->ty, t));
	diag_error(s->diags, call->span, "buf() expects a length argument for non-array type %s",
	           type_name(s->ty, t));
	return &type_error;
}

static struct value emit_buf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct type *t = call->type;
	uint32_t capacity = t->size - 4;
	struct value v = cg_arg(cg, call, 0);
	cgv place, data, len;

	if (v.type == t)
		return v;
	v = content_of(cg, v);
	/* Of what lies in our memory no more is taken than there is. */
	if (!type_is_scalar(v.type) && type_size(cg_unit(cg)->types, v.type) < capacity)
		capacity = type_size(cg_unit(cg)->types, v.type);
	len = cg_u64(cg, capacity);
	if (arg_given(call, 1) && !has_fixed_length(call))
		len = cg_bounded(cg, cg_arg_int(cg, call, 1), capacity);
	place = cg_place(cg, dest, t);
	data = cg_offset(cg, place, 4);
	cg_zero(cg, place, t->size);
	cg_store(cg, place, len, 4);
	/* The end of the stack is no place to read into, not even nothing. */
	if (!capacity)
		return cg_value(place, t);
	if (type_is_scalar(v.type))
		cg_read_bounded(cg, data, len, capacity, v.v, v.type->as);
	else
		cg_helper(cg, BPF_FUNC_probe_read_kernel, 3, data, len, v.v);
	return cg_value(place, t);
}

/* -- measuring and comparing -- */

struct value text_in_memory(struct cg *cg, const struct expr *e, uint32_t most)
{
	struct types *ty = cg_unit(cg)->types;
	uint32_t max = (uint32_t)cg_unit(cg)->config.max_strlen;
	struct value v = content_of(cg, cg_expr(cg, e));
	const struct type *t;
	cgv place, limit = NULL;

	if (v.type->kind == KIND_STRING)
		return v;
	if (v.type->kind == KIND_ARRAY)
		return cg_value(v.v, type_string(ty, type_size(ty, v.type)));
	/* What is behind the part that counts is not missed: no text is cut there. */
	if (most < max)
		limit = cg_u64(cg, most + 1);
	t = type_string(ty, most < max ? most + 1 : max);
	place = cg_temp(cg, t->size);
	cg_read_string(cg, place, t->size, limit, v.v, v.type->as);
	return cg_value(place, t);
}

static struct value emit_strlen(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = text_in_memory(cg, call->call.arg[0], UINT32_MAX);
	cgv copy = cg_temp(cg, v.type->size + 1), n;

	/* The helper that copies text counts it, the NUL included (bpf-helpers(7)). */
	n = cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, copy, cg_u64(cg, v.type->size + 1),
	              v.v);
	n = cg_select(cg, cg_compare(cg, CG_SGT, n, cg_u64(cg, 0)), cg_sub(cg, n, cg_u64(cg, 1)),
	              cg_u64(cg, 0));
	return cg_value(n, call->type);
}

static struct value emit_strcap(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct type *t = call->call.arg[0]->type;

	if (type_is_scalar(t))
		return emit_strlen(cg, call, dest);
	return cg_value(cg_u64(cg, type_size(cg_unit(cg)->types, t)), call->type);
}

static struct value emit_strncmp(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	uint64_t n = call->call.arg[2]->integer.value;
	uint32_t most = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	struct value a = text_in_memory(cg, call->call.arg[0], most);
	struct value b = text_in_memory(cg, call->call.arg[1], most);

	most = most < a.type->size ? most : a.type->size;
	most = most < b.type->size ? most : b.type->size;
	if (!most)
		return cg_value(cg_u64(cg, 0), call->type);
	return cg_value(cg_xor(cg, cg_equal_prefix(cg, a.v, b.v, most), cg_u64(cg, 1)), call->type);
}

static const struct type *check_strncmp(struct sema *s, struct expr *call)
{
	uint64_t n;

	return arg_literal(s, call, 2, "length", &n) ? type_int(s->ty, 8, false) : &type_error;
}

/* -- join -- */

enum { JOIN_MOST = 16, JOIN_BYTES = 1024 };

/* Reads pointer i of argv and its text; what follows runs only when there was one. */
static struct cg_if join_one(struct cg *cg, struct value argv, uint32_t i, cgv text, uint32_t size)
{
	cgv word = cg_temp(cg, 8), got, p;
	struct cg_if there;

	got = cg_read(cg, word, 8, cg_add(cg, argv.v, cg_u64(cg, i * 8)), argv.type->as);
	p = cg_load(cg, word, 8, false);
	there = cg_if(cg, cg_and(cg, cg_compare(cg, CG_EQ, got, cg_u64(cg, 0)),
	                         cg_compare(cg, CG_NE, p, cg_u64(cg, 0))));
	cg_read_string(cg, text, size, NULL, p, argv.type->as);
	return there;
}

static struct value emit_join(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct types *ty = cg_unit(cg)->types;
	uint64_t max = cg_unit(cg)->config.max_strlen;
	const struct type *text = type_string(ty, max < JOIN_BYTES ? (uint32_t)max : JOIN_BYTES);
	const struct type *list = type_array(ty, text, JOIN_MOST);
	const char *sep = arg_given(call, 1) ? call->call.arg[1]->string.text : " ";
	const struct cg_event ev = { .kind = EVENT_JOIN, .span = call->span };
	struct value argv = cg_arg(cg, call, 0), v[3];
	cgv place = cg_temp(cg, list->size), count = cg_temp(cg, 8);
	struct cg_if there[JOIN_MOST];

	cg_store(cg, count, cg_u64(cg, 0), 8);
	for (uint32_t i = 0; i < JOIN_MOST; i++) {
		there[i] = join_one(cg, argv, i, cg_offset(cg, place, i * text->size), text->size);
		cg_store(cg, count, cg_u64(cg, i + 1), 8);
	}
	for (uint32_t i = JOIN_MOST; i-- > 0;)
		cg_endif(cg, &there[i]);
	v[0] = cg_value(cg_bytes(cg, sep, strlen(sep) + 1),
	                type_string(ty, (uint32_t)strlen(sep) + 1));
	v[1] = cg_value(cg_load(cg, count, 4, false), type_int(ty, 4, false));
	v[2] = cg_value(place, list);
	cg_send_values(cg, &ev, v, 3);
	return cg_value(NULL, call->type);
}

/* clang-format off */
const struct lang_def lang_string[] = {
	{
		.name = "str",
		.sig = "str(p: mem, length: int = max_strlen) -> T",
		.check = check_str,
		.emit = emit_str,
		.brief = "Reads text up to its NUL from an address; with a length at most so many bytes, the NUL included.",
		.example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }",
	},
	{
		.name = "buf",
		.sig = "buf(p: mem, length: int = size) -> T",
		.check = check_buf,
		.emit = emit_buf,
		.brief = "Reads bytes from an address; printed with %r (text and \\xNN), %rx or %rh.",
		.example = "tracepoint:syscalls:sys_enter_write { printf(\"%r\\n\", buf(args.buf, args.count)); }",
	},
	{
		.name = "strlen",
		.sig = "strlen(s: text) -> u64",
		.emit = emit_strlen,
		.brief = "The length of a text without its NUL.",
		.example = "begin { print(strlen(\"abc\")); }",
	},
	{
		.name = "strcap",
		.sig = "strcap(s: text) -> i64",
		.emit = emit_strcap,
		.brief = "The bytes that a string has room for; of text behind a pointer its length.",
		.example = "begin { print(strcap(comm)); }",
	},
	{
		.name = "strncmp",
		.sig = "strncmp(a: mem, b: mem, length: intlit) -> u64",
		.check = check_strncmp,
		.emit = emit_strncmp,
		.brief = "0 when the first bytes of two texts are equal, else 1.",
		.example = "tracepoint:syscalls:sys_enter_openat /strncmp(comm, \"ss\", 2) == 0/ { @ = count(); }",
	},
	{
		.name = "join",
		.sig = "join(argv: ptr, separator: strlit = \" \")",
		.emit = emit_join,
		.brief = "Prints the texts of an array of pointers, up to 16 of them.",
		.example = "tracepoint:syscalls:sys_enter_execve { join(args.argv); }",
	},
	{ 0 },
};
/* clang-format on */
