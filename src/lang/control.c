/* SPDX-License-Identifier: Apache-2.0 */
/* control.c - ending the script, and changing what is traced. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <signal.h>
#include <string.h>

static const struct type *check_exit(struct sema *s, struct expr *call)
{
	return &type_none;
}

static struct value emit_exit(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct cg_event ev = { .kind = EVENT_EXIT, .span = call->span };
	struct value code = { cg_u64(cg, 0), type_int(cg_unit(cg)->types, 8, true) };

	if (arg_given(call, 0))
		code.v = cg_arg_int(cg, call, 0);
	cg_send_values(cg, &ev, &code, 1);
	cg_stop(cg);
	cg_return(cg, cg_u64(cg, 0));
	return cg_value(NULL, &type_none);
}

/* -- signals -- */

static int signal_by_name(const char *name)
{
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (int n = 1; n < 65; n++) {
		const char *abbrev = sigabbrev_np(n);

		if (abbrev && !strcmp(abbrev, name))
			return n;
	}
	return 0;
}

static const struct type *check_signal(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];

	if (!(s->program->kind->caps & PROBE_SIGNAL))
		return not_in_probe(s, call, call->call.name);
	if (e->kind == EXPR_STRING && e->literal) {
		int n = signal_by_name(e->string.text);

		if (!n) {
			diag_error(s->diags, e->span, "there is no signal '%s'", e->string.text);
			return &type_error;
		}
		e->kind = EXPR_INT;
		e->integer.value = (uint64_t)n;
		e->integer.negative = false;
		e->type = type_literal(s->ty, (uint64_t)n, false);
	}
	if (e->literal && e->kind == EXPR_INT &&
	    (e->integer.negative || !e->integer.value || e->integer.value > 64)) {
		diag_error(s->diags, e->span, "signals are 1 to 64");
		return &type_error;
	}
	if (!type_is_int(e->type) && e->type != &type_unknown)
		return arg_mismatch(s, call, 0, "a signal's name or number");
	return &type_none;
}

static struct value emit_signal(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cg_helper(cg, BPF_FUNC_send_signal, 1, cg_arg_int(cg, call, 0));
	return cg_value(NULL, &type_none);
}

static struct value emit_signal_thread(struct cg *cg, const struct expr *call,
                                       const struct dest *dest)
{
	cg_helper(cg, BPF_FUNC_send_signal_thread, 1, cg_arg_int(cg, call, 0));
	return cg_value(NULL, &type_none);
}

static const struct type *check_override(struct sema *s, struct expr *call)
{
	return strcmp(s->program->kind->name, "kprobe") ? not_in_probe(s, call, "override()")
	                                                : &type_none;
}

static struct value emit_override(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cg_helper(cg, BPF_FUNC_override_return, 2, cg_ctx(cg), cg_arg_int(cg, call, 0));
	return cg_value(NULL, &type_none);
}

const struct lang_def lang_control[] = {
	{
		.name = "exit",
		.sig = "exit(code: int = 0)",
		.flags = LANG_EXIT,
		.check = check_exit,
		.emit = emit_exit,
		.brief = "Ends tracing: no probe runs any more but END, then maps are printed. The code is the exit status.",
		.example = "interval:s:5 { exit(); }",
	},
	{
		.name = "signal",
		.sig = "signal(signal) -> none",
		.flags = LANG_UNSAFE,
		.check = check_signal,
		.emit = emit_signal,
		.brief = "Sends a signal to the current process, by name or number. Needs --unsafe.",
		.example = "tracepoint:syscalls:sys_enter_execve /comm == \"never\"/ { signal(\"KILL\"); }",
	},
	{
		.name = "signal_thread",
		.sig = "signal_thread(signal) -> none",
		.flags = LANG_UNSAFE,
		.check = check_signal,
		.emit = emit_signal_thread,
		.brief = "Sends a signal to the current thread. Needs --unsafe.",
		.example = "tracepoint:syscalls:sys_enter_execve /comm == \"never\"/ { signal_thread(9); }",
	},
	{
		.name = "override",
		.sig = "override(value: int)",
		.flags = LANG_UNSAFE | LANG_CTX,
		.check = check_override,
		.emit = emit_override,
		.brief = "Makes the probed function return a value without running it, where the kernel allows it. Needs --unsafe.",
		.example = "kprobe:should_failslab /comm == \"never\"/ { override(1); }",
	},
	{ 0 },
};
