/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - text and bytes. */

#include "base/arena.h"
#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* -- str, buf -- */

/* Text known at compile time: a literal, or a parameter that stands for its text. */
static const char *known_text(const struct expr *e)
{
	if (e->literal && e->kind == EXPR_STRING)
		return e->string.text;
	return e->literal && e->kind == EXPR_INT ? e->param_text : NULL;
}

static const struct type *check_str(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];
	uint64_t max = s->u->config.max_strlen, n = max;
	const char *text = known_text(e);
	bool fixed = arg_given(call, 1) && call->call.arg[1]->literal;

	if (fixed) {
		if (!arg_literal(s, call, 1, "the length", &n))
			return &type_error;
		if (n > max && !text) {
			diag_hint(diag_warning(s->diags, call->call.arg[1]->span,
			                       "the length %llu is shortened to %llu",
			                       (unsigned long long)n, (unsigned long long)max),
			          "raise config = { max_strlen=%llu }", (unsigned long long)n);
			n = max;
		}
	}
	if (text) {
		size_t len = strlen(text);

		e->kind = EXPR_STRING;
		e->string.text = text;
		e->string.len = fixed && n < len ? n : len;
		e->type = type_string(s->ty, (uint32_t)e->string.len + 1);
		return e->type;
	}
	if (e->type->kind == KIND_STRING && !fixed)
		return e->type;
	return type_string(s->ty, (uint32_t)(fixed ? n + 1 : n));
}

static struct value emit_str(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct expr *e = call->call.arg[0];
	const struct type *t = call->type;
	bool fixed = arg_given(call, 1) && call->call.arg[1]->literal;
	struct value v;
	cgv place, limit = NULL;

	if (e->kind == EXPR_STRING && e->literal) {
		char *text = arena_memdup(cg_unit(cg)->arena, e->string.text, e->string.len);

		return cg_value(cg_bytes(cg, text, e->string.len + 1), t);
	}
	v = cg_expr(cg, e);
	if (fixed)
		limit = cg_u64(cg, t->size - 1 ? t->size - 1 : 1);
	else if (arg_given(call, 1))
		limit = cg_bounded(cg, cg_arg_int(cg, call, 1), t->size);
	if (v.type->kind == KIND_STRING || v.type->kind == KIND_ARRAY) {
		/* In our memory already: as much of it as was asked for. */
		uint32_t n = type_size(cg_unit(cg)->types, v.type);

		place = cg_place(cg, dest, t);
		if (limit && !fixed) {
			cg_zero(cg, place, t->size);
			cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, place, limit, v.v);
			return cg_value(place, t);
		}
		cg_zero(cg, place, t->size);
		n = n < t->size ? n : t->size - (fixed ? 1 : 0);
		cg_copy(cg, place, v.v, n);
		if (fixed)
			cg_store(cg, cg_offset(cg, place, t->size - 2 < t->size ? t->size - 2 : 0),
			         cg_u64(cg, 0), 1);
		return cg_value(place, t);
	}
	place = cg_place(cg, dest, t);
	cg_read_string(cg, place, t->size, limit, v.v, v.type->as);
	return cg_value(place, t);
}

static const struct type *check_buf(struct sema *s, struct expr *call)
{
	const struct type *t = call->call.arg[0]->type;
	uint64_t max = s->u->config.max_strlen - 4, n = max;

	if (!arg_given(call, 1)) {
		if (t->kind == KIND_ARRAY || t->kind == KIND_STRING)
			return type_buffer(s->ty, type_size(s->ty, t));
		if (t == &type_unknown)
			return t;
		diag_error(s->diags, call->span, "buf() needs a length for %s", type_name(s->ty, t));
		return &type_error;
	}
	if (call->call.arg[1]->literal && !arg_literal(s, call, 1, "the length", &n))
		return &type_error;
	if (n > max) {
		diag_warning(s->diags, call->call.arg[1]->span, "the length %llu is shortened to %llu",
		             (unsigned long long)n, (unsigned long long)max);
		n = max;
	}
	return type_buffer(s->ty, (uint32_t)n);
}

static struct value emit_buf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct type *t = call->type;
	uint32_t capacity = t->size - 4;
	struct value v = cg_arg(cg, call, 0);
	cgv place = cg_place(cg, dest, t), len = cg_u64(cg, capacity);

	if (arg_given(call, 1) && !call->call.arg[1]->literal)
		len = cg_bounded(cg, cg_arg_int(cg, call, 1), capacity);
	cg_zero(cg, place, t->size);
	cg_store(cg, place, len, 4);
	if (type_is_scalar(v.type))
		cg_read_bounded(cg, cg_offset(cg, place, 4), len, capacity, v.v, v.type->as);
	else
		cg_helper(cg, BPF_FUNC_probe_read_kernel, 3, cg_offset(cg, place, 4), len, v.v);
	return cg_value(place, t);
}

/* -- measuring and comparing -- */

/* Any memory as text in ours: pointers are read. */
static struct value as_text(struct cg *cg, const struct expr *e)
{
	struct value v = cg_expr(cg, e);
	const struct type *t;
	cgv place;

	if (v.type->kind == KIND_STRING)
		return v;
	if (v.type->kind == KIND_ARRAY)
		return cg_value(v.v, type_string(cg_unit(cg)->types, v.type->size));
	t = type_string(cg_unit(cg)->types, (uint32_t)cg_unit(cg)->config.max_strlen);
	place = cg_temp(cg, t->size);
	cg_read_string(cg, place, t->size, NULL, v.v, v.type->as);
	return cg_value(place, t);
}

static struct value emit_strlen(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = as_text(cg, call->call.arg[0]);
	cgv copy = cg_temp(cg, v.type->size), n;

	/* The helper that copies text counts it (bpf-helpers(7)); the length includes the NUL. */
	n = cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, copy, cg_u64(cg, v.type->size), v.v);
	return cg_value(cg_select(cg, cg_compare(cg, CG_SGT, n, cg_u64(cg, 0)),
	                          cg_sub(cg, n, cg_u64(cg, 1)), cg_u64(cg, 0)),
	                call->type);
}

static struct value emit_strcap(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_u64(cg, type_size(cg_unit(cg)->types, call->call.arg[0]->type)),
	                call->type);
}

static const struct type *check_strncmp(struct sema *s, struct expr *call)
{
	uint64_t n;

	return arg_literal(s, call, 2, "the length", &n) ? type_int(s->ty, 8, false) : &type_error;
}

static struct value emit_strncmp(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value a = as_text(cg, call->call.arg[0]), b = as_text(cg, call->call.arg[1]);
	uint64_t n = call->call.arg[2]->integer.value;

	n = n < a.type->size ? n : a.type->size;
	n = n < b.type->size ? n : b.type->size;
	if (!n)
		return cg_value(cg_u64(cg, 0), call->type);
	return cg_value(cg_xor(cg, cg_equal_prefix(cg, a.v, b.v, (uint32_t)n), cg_u64(cg, 1)),
	                call->type);
}

/* -- names of numbers: a table in .rodata -- */

struct name_table {
	const char *name;
	uint32_t count, width;
	const char *unknown;
	const char *(*text)(uint32_t n);
};

static const char *error_text(uint32_t n)
{
	return n < 134 ? strerror((int)n) : NULL;
}

static const char *signal_text(uint32_t n)
{
	const char *name = n ? sigabbrev_np((int)n) : NULL;

	return name;
}

static const struct name_table name_tables[] = {
	{ "strerror", 134, 64, "Unknown error", error_text },
	{ "signal_name", 65, 64, "N/A", signal_text },
};

static struct value emit_name(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct name_table *t = &name_tables[0];
	cgv n = cg_arg_int(cg, call, 0), negative;
	char *bytes;

	while (strcmp(t->name, call->call.def->name))
		t++;
	bytes = arena_alloc(cg_unit(cg)->arena, (t->count + 1) * t->width);
	for (uint32_t i = 0; i <= t->count; i++) {
		const char *text = i < t->count ? t->text(i) : NULL;

		if (text && t->text == signal_text)
			snprintf(bytes + i * t->width, t->width, "SIG%s", text);
		else
			snprintf(bytes + i * t->width, t->width, "%s", text ? text : t->unknown);
	}
	negative = cg_compare(cg, CG_SLT, n, cg_u64(cg, 0));
	n = cg_select(cg, negative, cg_sub(cg, cg_u64(cg, 0), n), n);
	n = cg_bounded(cg, n, t->count);
	return cg_value(cg_offset_by(cg, cg_bytes(cg, bytes, (t->count + 1) * t->width),
	                             cg_mul(cg, n, cg_u64(cg, t->width))),
	                call->type);
}

/* -- join -- */

enum { JOIN_MOST = 16, JOIN_BYTES = 128 };

static struct value emit_join(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct types *ty = cg_unit(cg)->types;
	const struct type *text = type_string(ty, JOIN_BYTES);
	const struct type *list = type_array(ty, text, JOIN_MOST), *u32 = type_int(ty, 4, false);
	const char *sep = arg_given(call, 1) ? call->call.arg[1]->string.text : " ";
	const struct cg_event ev = { .kind = EVENT_JOIN, .span = call->span };
	struct value argv = cg_arg(cg, call, 0), v[3];
	cgv place = cg_temp(cg, list->size), word = cg_temp(cg, 8), count = cg_temp(cg, 8), got;
	struct cg_if go[JOIN_MOST];

	cg_zero(cg, place, list->size);
	cg_store(cg, count, cg_u64(cg, 0), 8);
	for (uint32_t i = 0; i < JOIN_MOST; i++) {
		got = cg_read(cg, word, 8, cg_add(cg, argv.v, cg_u64(cg, i * 8)), argv.type->as);
		go[i] = cg_if(cg, cg_and(cg, cg_compare(cg, CG_EQ, got, cg_u64(cg, 0)),
		                         cg_compare(cg, CG_NE, cg_load(cg, word, 8, false),
		                                    cg_u64(cg, 0))));
		cg_read_string(cg, cg_offset(cg, place, i * JOIN_BYTES), JOIN_BYTES, NULL,
		               cg_load(cg, word, 8, false), argv.type->as);
		cg_store(cg, count, cg_u64(cg, i + 1), 8);
	}
	for (uint32_t i = JOIN_MOST; i-- > 0;)
		cg_endif(cg, &go[i]);
	v[0] = cg_value(cg_bytes(cg, sep, strlen(sep) + 1), type_string(ty, (uint32_t)strlen(sep) + 1));
	v[1] = cg_value(cg_load(cg, count, 4, false), u32);
	v[2] = cg_value(place, list);
	cg_send_values(cg, &ev, v, 3);
	return cg_value(NULL, call->type);
}

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
		.sig = "strlen(s: mem) -> u64",
		.emit = emit_strlen,
		.brief = "The length of a text without its NUL.",
		.example = "BEGIN { print(strlen(\"abc\")); }",
	},
	{
		.name = "strcap",
		.sig = "strcap(s: string) -> i64",
		.emit = emit_strcap,
		.brief = "The bytes that a string has room for.",
		.example = "BEGIN { print(strcap(comm)); }",
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
		.name = "strerror",
		.sig = "strerror(error: int) -> string[64]",
		.emit = emit_name,
		.brief = "The text of an error number; its sign does not matter.",
		.example = "tracepoint:syscalls:sys_exit_openat /args.ret < 0/ { @[strerror(args.ret)] = count(); }",
	},
	{
		.name = "signal_name",
		.sig = "signal_name(signal: int) -> string[64]",
		.emit = emit_name,
		.brief = "The name of a signal.",
		.example = "tracepoint:syscalls:sys_enter_kill { @[signal_name(args.sig)] = count(); }",
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
