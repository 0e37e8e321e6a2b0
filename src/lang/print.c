/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - what scripts say. */

#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "lang/format.h"
#include "lang/pinned.h"
#include "sema/sema.h"

#include <string.h>

/* -- printf and its relatives -- */

static struct value send_formatted(struct cg *cg, const struct expr *call,
                                   enum meta_event_kind kind)
{
	const struct cg_event ev = {
		.kind = kind,
		.format = format_without_stars(cg_unit(cg), call->call.arg[0]->string.text),
		.span = call->span,
	};

	cg_send(cg, &ev, call->call.arg + 1, call->call.args - 1);
	return cg_value(NULL, &type_none);
}

static const struct type *check_printf(struct sema *s, struct expr *call)
{
	const struct type *t = format_check(s, call);

	return t != &type_error && in_pinned(s) ? pinned_check(s, call) : t;
}

static struct value emit_printf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	if (!cg_is_pinned(cg))
		return send_formatted(cg, call, EVENT_PRINTF);
	pinned_printf(cg, call);
	return cg_value(NULL, &type_none);
}

static struct value emit_errorf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_formatted(cg, call, EVENT_ERRORF);
}

static struct value emit_warnf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_formatted(cg, call, EVENT_WARNF);
}

static struct value emit_cat(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_formatted(cg, call, EVENT_CAT);
}

static struct value emit_system(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_formatted(cg, call, EVENT_SYSTEM);
}

/* -- debugf: the kernel's own printf, into its trace buffer -- */

enum { DEBUG_ARGS = 3 };

/* bpf_trace_printk knows fewer conversions (bpf-helpers(7)); %s wants an address of text. */
static bool debug_conversion(const struct format_spec *spec)
{
	size_t modifiers = 1 + strspn(spec->text + 1, "l");

	return spec->len == modifiers + 1 && modifiers <= 3 &&
	       strchr("diuxps", spec->text[modifiers]);
}

static bool debug_text(const struct type *t)
{
	return !type_is_known(t) || t->kind == KIND_STRING || t->kind == KIND_POINTER;
}

static const struct type *check_debugf(struct sema *s, struct expr *call)
{
	const struct expr *format = call->call.arg[0];
	const char *at = format->string.text;
	struct format_spec spec;

	for (size_t i = 1; format_next(&at, &spec); i++) {
		if (!debug_conversion(&spec)) {
			diag_hint(diag_error(s->diags, format->span,
			                     "Invalid format specifier for `debugf`: %.*s",
			                     (int)spec.len, spec.text),
			          "conversions are %%d %%i %%u %%x %%p %%s, with l or ll");
			return &type_error;
		}
		if (spec.text[spec.len - 1] == 's' && arg_given(call, i) &&
		    !debug_text(call->call.arg[i]->type))
			return arg_mismatch(s, call, i, "a string or its address for %s");
	}
	if (format_check(s, call) == &type_error)
		return &type_error;
	if (call->call.args - 1 > DEBUG_ARGS) {
		diag_error(s->diags, call->call.arg[1 + DEBUG_ARGS]->span,
		           "debugf() prints up to %d arguments", DEBUG_ARGS);
		return &type_error;
	}
	if (s->final)
		diag_warning(s->diags, call->span,
		             "The debugf() builtin is not recommended for production use: it "
		             "writes to a "
		             "buffer that the whole system shares");
	return &type_none;
}

static struct value emit_debugf(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct expr *format = call->call.arg[0];
	cgv text = cg_bytes(cg, format->string.text, format->string.len + 1), arg[DEBUG_ARGS];

	for (size_t i = 0; i < DEBUG_ARGS; i++) {
		struct value v = { cg_u64(cg, 0), NULL };

		if (arg_given(call, i + 1))
			v = cg_arg(cg, call, i + 1);
		arg[i] = v.type && !type_is_scalar(v.type) ? cg_address(cg, v.v) : v.v;
	}
	cg_helper(cg, BPF_FUNC_trace_printk, 5, text, cg_u64(cg, format->string.len + 1), arg[0],
	          arg[1], arg[2]);
	return cg_value(NULL, &type_none);
}

/* -- print -- */

static bool is_whole_map(const struct expr *e)
{
	return e->kind == EXPR_MAP && !e->map.keys;
}

static const struct type *check_print_map(struct sema *s, struct expr *call)
{
	uint64_t n;

	for (size_t i = 1; i < call->call.args; i++) {
		sema_expr(s, call->call.arg[i]);
		if (!arg_literal(s, call, i, i == 1 ? "top" : "divisor", &n))
			return &type_error;
	}
	if (s->final && s->loops)
		diag_warning(s->diags, call->span,
		             "Due to its asynchronous nature using 'print()' in a loop can lead to "
		             "unexpected behavior. The map will likely be updated before the "
		             "runtime can "
		             "'print' it.");
	return &type_none;
}

static const struct type *check_print(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];
	const struct type *t;

	if (is_whole_map(e)) {
		e->type = e->map.map->value;
		return check_print_map(s, call);
	}
	t = sema_expr(s, e);
	if (t == &type_error || t == &type_unknown)
		return t == &type_error ? t : &type_none;
	if (call->call.args > 1) {
		diag_hint(diag_error(s->diags, call->call.arg[1]->span,
		                     "non-map print() only takes 1 argument, %zu found",
		                     call->call.args),
		          "several values are one tuple: print((a, b))");
		return &type_error;
	}
	if (t->kind == KIND_NONE || (t->kind == KIND_TUPLE && !t->fields)) {
		diag_error(s->diags, e->span, "None type passed to print() is not printable");
		return &type_error;
	}
	if (type_is_aggregation(t) && !type_is_castable(t)) {
		/* Of a key to a map that has none was told already. */
		if (e->kind == EXPR_MAP && e->map.map->scalar)
			return &type_error;
		diag_error(
			s->diags, e->span,
			"Map type %s cannot print the value of individual keys. You must print the "
			"whole map.",
			type_name(s->ty, t));
		return &type_error;
	}
	return &type_none;
}

static uint64_t literal_or_0(const struct expr *call, size_t i)
{
	return arg_given(call, i) ? call->call.arg[i]->integer.value : 0;
}

static struct value emit_print(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct cg_event ev = { .kind = EVENT_PRINT_VALUE, .span = call->span };

	if (is_whole_map(call->call.arg[0])) {
		ev.kind = EVENT_PRINT_MAP;
		ev.map = call->call.arg[0]->map.map;
		ev.arg[0] = literal_or_0(call, 1);
		ev.arg[1] = literal_or_0(call, 2);
		cg_send(cg, &ev, NULL, 0);
	} else {
		cg_send(cg, &ev, call->call.arg, 1);
	}
	return cg_value(NULL, &type_none);
}

/* clang-format off */
const struct lang_def lang_print[] = {
	{
		.name = "printf",
		.sig = "printf(format: strlit, ...)",
		.check = check_printf,
		.emit = emit_printf,
		.brief = "Prints by a format as printf(3) does. %s prints a value of any kind; %r, %rx and %rh print buffers.",
		.example = "tracepoint:syscalls:sys_enter_openat { printf(\"%-16s %d %s\\n\", comm, pid, str(args.filename)); }",
	},
	{
		.name = "print",
		.sig = "print(value_or_map, top = , divisor = )",
		.flags = LANG_NO_EVAL,
		.check = check_print,
		.emit = emit_print,
		.brief = "Prints a value, or a whole map: its last 'top' entries in order, values divided by 'divisor'.",
		.example = "tracepoint:syscalls:sys_enter_openat { @[comm] = count(); } interval:s:1 { print(@, 5); clear(@); }",
	},
	{
		.name = "errorf",
		.sig = "errorf(format: strlit, ...)",
		.check = format_check,
		.emit = emit_errorf,
		.brief = "Prints an error with its place in the script on standard error.",
		.example = "begin { errorf(\"bad value %d\", 1); }",
	},
	{
		.name = "warnf",
		.sig = "warnf(format: strlit, ...)",
		.check = format_check,
		.emit = emit_warnf,
		.brief = "Prints a warning with its place in the script on standard error.",
		.example = "begin { warnf(\"odd value %d\", 1); }",
	},
	{
		.name = "debugf",
		.sig = "debugf(format: strlit, ...)",
		.check = check_debugf,
		.emit = emit_debugf,
		.brief = "Prints up to three arguments to the kernel's trace buffer (trace_pipe in tracefs), for debugging.",
		.example = "begin { debugf(\"at %d\", pid); }",
	},
	{
		.name = "cat",
		.sig = "cat(format: strlit, ...)",
		.check = format_check,
		.emit = emit_cat,
		.brief = "Prints a file, or its first max_cat_bytes (10 KiB).",
		.example = "begin { cat(\"/proc/loadavg\"); }",
	},
	{
		.name = "system",
		.sig = "system(format: strlit, ...)",
		.flags = LANG_UNSAFE,
		.check = format_check,
		.emit = emit_system,
		.brief = "Runs a shell command and prints what it prints. Needs --unsafe.",
		.example = "begin { system(\"echo %d\", pid); }",
	},
	{ 0 },
};
/* clang-format on */
