/* SPDX-License-Identifier: Apache-2.0 */
/* control.c - ending the script, stopping the compiler, and changing what is traced. */

#include "base/arena.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "codegen/cg.h"
#include "image/convert.h"
#include "lang/families.h"
#include "lang/format.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <signal.h>
#include <string.h>

/* -- ending -- */

static void leave(struct cg *cg, const struct expr *call, cgv status)
{
	const struct cg_event ev = { .kind = EVENT_EXIT, .span = call->span };
	struct value code = cg_value(status, type_int(cg_unit(cg)->types, 8, true));

	cg_send_values(cg, &ev, &code, 1);
	cg_exit(cg);
}

static struct value emit_exit(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	leave(cg, call, arg_given(call, 0) ? cg_arg_int(cg, call, 0) : cg_u64(cg, 0));
	return cg_value(NULL, &type_none);
}

/* -- assertions -- */

static const struct type *check_static_assert(struct sema *s, struct expr *call)
{
	const struct expr *cond;

	if (!s->final)
		return &type_none;
	cond = sema_literal(s, call->call.arg[0]);
	if (!cond || (cond->kind != EXPR_BOOL && cond->kind != EXPR_INT))
		diag_hint(diag_error(s->diags, call->call.arg[0]->span,
		                     "Unable to resolve comptime expression: it is not known at "
		                     "compile time"),
		          "assert() checks while tracing");
	else if (!literal_value(cond))
		diag_error(s->diags, call->span, "Assertion failed: %s",
		           call->call.arg[1]->string.text);
	return &type_none;
}

static struct value emit_nothing(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(NULL, &type_none);
}

/* What stands between conversions, where "%%" is a '%'. */
static void add_plain(struct strbuf *sb, const char *from, const char *to)
{
	for (; from < to; from++) {
		strbuf_addc(sb, *from);
		from += *from == '%';
	}
}

static void add_literal(struct strbuf *sb, const struct expr *e, const struct conversion *c)
{
	char number[24];
	const char *text = number;

	if (*c->conv != 's') {
		convert_number(sb, c, literal_value(e));
		return;
	}
	if (e->kind == EXPR_STRING)
		text = e->string.text;
	else if (e->kind == EXPR_BOOL)
		text = literal_value(e) ? "true" : "false";
	else
		snprintf(number, sizeof(number), e->type->is_signed ? "%lld" : "%llu",
		         (long long)literal_value(e));
	convert_text(sb, c, text, strlen(text));
}

/* The text of a format whose arguments are literals. */
static void fill_format(struct strbuf *sb, const struct expr *call)
{
	const char *at = call->call.arg[0]->string.text, *from = at;
	struct format_spec spec;

	for (size_t i = 1; format_next(&at, &spec); i++) {
		struct conversion c;

		add_plain(sb, from, spec.text);
		conversion_parse(spec.text + 1, &c);
		add_literal(sb, call->call.arg[i], &c);
		from = at;
	}
	add_plain(sb, from, from + strlen(from));
}

static const struct type *check_fail(struct sema *s, struct expr *call)
{
	struct strbuf sb = STRBUF_INIT;

	if (!s->final || format_check(s, call) == &type_error)
		return &type_none;
	for (size_t i = 1; i < call->call.args; i++)
		if (!call->call.arg[i]->literal)
			return arg_mismatch(s, call, i, "a literal");
	fill_format(&sb, call);
	diag_error(s->diags, call->span, "%s", sb.buf);
	strbuf_release(&sb);
	return &type_none;
}

static struct value emit_unwatch(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct cg_event ev = { .kind = EVENT_UNWATCH, .span = call->span };
	struct value address =
		cg_value(cg_arg_int(cg, call, 0), type_int(cg_unit(cg)->types, 8, false));

	cg_send_values(cg, &ev, &address, 1);
	return cg_value(NULL, &type_none);
}

/* -- signals -- */

enum { LAST_SIGNAL = 64 };

/* "SIGKILL" or "KILL"; 0: there is none. */
static int signal_by_name(const char *name)
{
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (int n = 1; n <= LAST_SIGNAL; n++) {
		const char *abbrev = sigabbrev_np(n);

		if (abbrev && !strcmp(abbrev, name))
			return n;
	}
	return 0;
}

static struct diag *unknown_signal(struct sema *s, const struct expr *e)
{
	struct diag *d =
		diag_error(s->diags, e->span, "Invalid string for signal: %s", e->string.text);
	struct near near;

	near_init(&near, e->string.text);
	for (int n = 1; n <= LAST_SIGNAL; n++)
		if (sigabbrev_np(n))
			near_offer(&near, arena_printf(s->u->arena, "SIG%s", sigabbrev_np(n)));
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	return d;
}

/* A name becomes its number. */
static bool resolve_signal(struct sema *s, struct expr *e)
{
	int n = signal_by_name(e->string.text);

	if (!n) {
		unknown_signal(s, e);
		return false;
	}
	e->kind = EXPR_INT;
	e->integer.value = (uint64_t)n;
	e->integer.negative = false;
	e->type = type_literal(s->ty, (uint64_t)n, false);
	return true;
}

static const struct type *check_signal(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];

	if (!(s->program->kind->caps & PROBE_SIGNAL))
		return not_in_probe(s, call, call->call.name);
	if (e->kind == EXPR_STRING && e->literal && !resolve_signal(s, e))
		return &type_error;
	if (e->type != &type_unknown && !type_is_int(e->type))
		return arg_mismatch(s, call, 0, "a signal's name or number");
	if (e->literal && (literal_value(e) < 1 || literal_value(e) > LAST_SIGNAL)) {
		diag_error(s->diags, e->span,
		           "%s() accepts a string literal or an integer between 1 and %d "
		           "(inclusive), not "
		           "%lld",
		           call->call.name, LAST_SIGNAL, (long long)literal_value(e));
		return &type_error;
	}
	return &type_none;
}

/* Calls a helper of one argument and tells the user when it fails. */
static struct value call_or_warn(struct cg *cg, const struct expr *call, int helper,
                                 const char *name)
{
	const struct cg_event ev = {
		.kind = EVENT_HELPER_ERROR,
		.format = name,
		.span = call->span,
	};
	struct value result = cg_value(cg_helper(cg, helper, 1, cg_arg_int(cg, call, 0)),
	                               type_int(cg_unit(cg)->types, 8, true));
	struct cg_if failed = cg_if(cg, cg_compare(cg, CG_NE, result.v, cg_u64(cg, 0)));

	cg_send_values(cg, &ev, &result, 1);
	cg_endif(cg, &failed);
	return cg_value(NULL, &type_none);
}

static struct value emit_signal(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return call_or_warn(cg, call, BPF_FUNC_send_signal, "send_signal");
}

static struct value emit_signal_thread(struct cg *cg, const struct expr *call,
                                       const struct dest *dest)
{
	return call_or_warn(cg, call, BPF_FUNC_send_signal_thread, "send_signal_thread");
}

/* -- changing results and memory -- */

static const struct type *check_override(struct sema *s, struct expr *call)
{
	uint32_t caps = s->program->kind->caps;

	/* Kprobes at a kernel function's entry: nothing else may skip it. */
	if (!(caps & PROBE_REGS) || !(caps & PROBE_FUNC_IP) ||
	    caps & (PROBE_RETVAL | PROBE_NO_ARG0 | PROBE_USER)) {
		diag_error(s->diags, call->span,
		           "override() can only be used inside kprobes (%s used here)",
		           s->program->kind->name);
		return &type_error;
	}
	return &type_none;
}

static struct value emit_override(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cg_helper(cg, BPF_FUNC_override_return, 2, cg_ctx(cg), cg_arg_int(cg, call, 0));
	return cg_value(NULL, &type_none);
}

static const struct type *check_write_user(struct sema *s, struct expr *call)
{
	const struct type *t = call->call.arg[1]->type;
	const struct expr *len = call->call.arg[2];

	if (t == &type_unknown)
		return &type_bool;
	if (len->literal && (literal_value(len) < 1 || literal_value(len) > type_size(s->ty, t))) {
		diag_error(s->diags, len->span, "The source has %u bytes, not %lld",
		           type_size(s->ty, t), (long long)literal_value(len));
		return &type_error;
	}
	return &type_bool;
}

static struct value emit_write_user(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv to = cg_arg_int(cg, call, 0), len, result;
	struct value from = cg_arg(cg, call, 1);
	uint32_t size = type_size(cg_unit(cg)->types, from.type);

	if (type_is_scalar(from.type)) {
		cgv place = cg_temp(cg, 8);

		cg_store(cg, place, from.v, 8);
		from.v = place;
	}
	len = cg_bounded(cg, cg_arg_int(cg, call, 2), size);
	result = cg_helper(cg, BPF_FUNC_probe_write_user, 3, to, from.v, len);
	return cg_value(cg_compare(cg, CG_EQ, result, cg_u64(cg, 0)), call->type);
}

/* clang-format off */
const struct lang_def lang_control[] = {
	{
		.name = "exit",
		.sig = "exit(code: int = 0)",
		.flags = LANG_EXIT | LANG_MAY_EXIT,
		.emit = emit_exit,
		.brief = "Ends tracing: no probe but end runs any more, then maps are printed. The code is the exit status.",
		.example = "interval:s:5 { exit(); }",
	},
	{
		.name = "static_assert",
		.sig = "static_assert(condition: any, message: strlit)",
		.check = check_static_assert,
		.emit = emit_nothing,
		.brief = "Refuses to compile the script when the condition, known at compile time, does not hold.",
		.example = "begin { static_assert(sizeof(struct task_struct) > 100, \"an odd kernel\"); }",
	},
	{
		.name = "fail",
		.sig = "fail(format: strlit, ...)",
		.check = check_fail,
		.emit = emit_nothing,
		.brief = "Refuses to compile the script, with this message; its arguments are literals.",
		.example = "begin { if comptime (sizeof(struct task_struct) < 100) { fail(\"an odd kernel on %s\", __builtin_arch); } }",
	},
	{
		.name = "signal",
		.sig = "signal(signal: any)",
		.flags = LANG_UNSAFE,
		.check = check_signal,
		.emit = emit_signal,
		.brief = "Sends a signal to the current process, by name or number. Needs --unsafe.",
		.example = "tracepoint:syscalls:sys_enter_execve /comm == \"never\"/ { signal(\"KILL\"); }",
	},
	{
		.name = "signal_thread",
		.sig = "signal_thread(signal: any)",
		.flags = LANG_UNSAFE,
		.check = check_signal,
		.emit = emit_signal_thread,
		.brief = "Sends a signal to the current thread. Needs --unsafe.",
		.example = "tracepoint:syscalls:sys_enter_execve /comm == \"never\"/ { signal_thread(9); }",
	},
	{
		.name = "unwatch",
		.sig = "unwatch(address: ptr)",
		.emit = emit_unwatch,
		.brief = "Ends the watchpoints at an address.",
		.example = "watchpoint:0x10000000:8:w { unwatch(0x10000000); }",
	},
	{
		.name = "override",
		.sig = "override(value: int)",
		.flags = LANG_UNSAFE | LANG_PROBE,
		.check = check_override,
		.emit = emit_override,
		.brief = "Makes the probed function return a value without running it, where the kernel allows it. Needs --unsafe.",
		.example = "kprobe:should_failslab /comm == \"never\"/ { override(1); }",
	},
	{
		.name = "write_user",
		.sig = "write_user(to: ptr, from: any, length: int) -> bool",
		.flags = LANG_UNSAFE | LANG_DISCARD,
		.check = check_write_user,
		.emit = emit_write_user,
		.brief = "Writes bytes of a value into the memory of the current process; true when that worked. Needs --unsafe.",
		.example = "tracepoint:syscalls:sys_enter_openat /comm == \"never\"/ { write_user(args.filename, \"x\", 1); }",
	},
	{ 0 },
};
/* clang-format on */
