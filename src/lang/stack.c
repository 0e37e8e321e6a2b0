/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - call stacks. */

#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

enum { DEFAULT_LIMIT = 127, MOST_FRAMES = 1024 };

static const char *const modes[] = { "bpftrace", "perf", "raw", "build_id" };

static bool read_mode(const struct expr *e, uint32_t *mode)
{
	for (uint32_t i = 0; e->kind == EXPR_NAME && i < countof(modes); i++) {
		if (!strcmp(modes[i], e->call.name)) {
			*mode = i;
			return true;
		}
	}
	return false;
}

static const struct type *check_stack(struct sema *s, struct expr *call)
{
	bool user = !strcmp(call->call.def->name, "ustack");
	uint32_t mode = s->u->config.stack_mode;
	uint64_t limit = DEFAULT_LIMIT;
	size_t i = 0;

	if (arg_given(call, 0) && call->call.arg[0]->kind == EXPR_NAME) {
		if (!read_mode(call->call.arg[0], &mode))
			return arg_mismatch(s, call, 0, "a stack mode (bpftrace, perf, raw) or a limit");
		i = 1;
	}
	if (arg_given(call, i) && !arg_literal(s, call, i, "the limit", &limit))
		return &type_error;
	if (arg_given(call, i + 1))
		return arg_mismatch(s, call, i + 1, "nothing");
	if (!limit || limit > MOST_FRAMES) {
		diag_error(s->diags, call->span, "%s() keeps 1 to %d frames, not %llu", call->call.name,
		           MOST_FRAMES, (unsigned long long)limit);
		return &type_error;
	}
	if (mode == STACK_BUILD_ID && !user && arg_given(call, 0)) {
		diag_error(s->diags, call->span, "mode 'build_id' is for ustack only");
		return &type_error;
	}
	if (mode == STACK_BUILD_ID)
		mode = STACK_RAW;
	return type_stack(s->ty, user ? KIND_USTACK : KIND_KSTACK, mode, (uint32_t)limit);
}

static struct value emit_kstack(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_stack_id(cg, call->type), call->type);
}

static struct value emit_ustack(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv id = cg_stack_id(cg, call->type), place = cg_place(cg, dest, call->type);
	cgv pid = cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);

	cg_store(cg, place, id, 8);
	cg_store(cg, cg_offset(cg, place, 8), cg_shr(cg, pid, 32), 4);
	cg_store(cg, cg_offset(cg, place, 12), cg_u64(cg, cg_program(cg)->first_row), 4);
	return cg_value(place, call->type);
}

const struct lang_def lang_stack[] = {
	{
		.name = "kstack",
		.sig = "kstack(mode_or_limit = bpftrace, limit = 127) -> T",
		.flags = LANG_CTX,
		.check = check_stack,
		.emit = emit_kstack,
		.brief = "The kernel's call stack; symbols are looked up when it is printed.",
		.example = "profile:hz:99 { @[kstack] = count(); }",
	},
	{
		.name = "ustack",
		.sig = "ustack(mode_or_limit = bpftrace, limit = 127) -> T",
		.flags = LANG_CTX,
		.check = check_stack,
		.emit = emit_ustack,
		.brief = "The user program's call stack, by frame pointers.",
		.example = "profile:hz:99 { @[ustack(perf, 8), comm] = count(); }",
	},
	{ 0 },
};
