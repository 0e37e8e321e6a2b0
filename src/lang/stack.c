/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - call stacks. */

#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

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

enum { DEFAULT_LIMIT = 127, MOST_FRAMES = 1024 };

static bool is_user(const struct expr *call)
{
	return call->call.def->emit == emit_ustack;
}

/* The mode that a call names; false: it names none that exists. */
static bool named_mode(const struct expr *call, uint32_t *mode)
{
	static const char *const modes[] = {
		[STACK_BPFTRACE] = "bpftrace",
		[STACK_PERF] = "perf",
		[STACK_RAW] = "raw",
		[STACK_BUILD_ID] = "build_id",
	};

	for (uint32_t i = 0; i < countof(modes); i++) {
		if (!strcmp(modes[i], call->call.arg[0]->call.name)) {
			*mode = i;
			return true;
		}
	}
	return false;
}

/* Build ids are those of user programs. As the default mode it means raw kernel stacks. */
static bool check_mode(struct sema *s, const struct expr *call, bool named, uint32_t *mode)
{
	if (*mode != STACK_BUILD_ID || is_user(call))
		return true;
	if (named) {
		diag_error(s->diags, call->call.arg[0]->span,
		           "'build_id' stack mode can only be used for ustack");
		return false;
	}
	if (s->final)
		diag_warning(
			s->diags, call->span,
			"'build_id' stack mode can only be used for ustack. Falling back to 'raw' "
			"mode.");
	*mode = STACK_RAW;
	return true;
}

static bool check_limit(struct sema *s, const struct expr *call, size_t i, uint64_t *limit)
{
	if (!arg_given(call, i))
		return true;
	if (!arg_literal(s, call, i, "limit", limit))
		return false;
	if (*limit && *limit <= MOST_FRAMES)
		return true;
	if (*limit)
		diag_error(s->diags, call->call.arg[i]->span,
		           "%s: limit shouldn't exceed %d, %llu given", call->call.name,
		           MOST_FRAMES, (unsigned long long)*limit);
	else
		diag_error(s->diags, call->call.arg[i]->span,
		           "%s: invalid limit value (must be at least 1)", call->call.name);
	return false;
}

static bool is_text(const struct expr *e)
{
	return e->type && e->type->kind == KIND_STRING;
}

static const struct type *check_stack(struct sema *s, struct expr *call)
{
	bool named = arg_given(call, 0) && call->call.arg[0]->kind == EXPR_NAME;
	uint32_t mode = s->u->config.stack_mode;
	uint64_t limit = DEFAULT_LIMIT;

	if (arg_given(call, 0) && (named ? !named_mode(call, &mode) : is_text(call->call.arg[0])))
		return arg_mismatch(
			s, call, 0,
			is_user(call) ? "a stack mode (bpftrace, perf, raw, build_id) or a limit"
				      : "a stack mode (bpftrace, perf, raw) or a limit");
	if (!named && arg_given(call, 1))
		return arg_mismatch(
			s, call, 0,
			is_user(call)
				? "a stack mode (bpftrace, perf, raw, build_id) as first argument"
				: "a stack mode (bpftrace, perf, raw) as first argument");
	if (!check_mode(s, call, named, &mode) || !check_limit(s, call, named, &limit))
		return &type_error;
	return type_stack(s->ty, is_user(call) ? KIND_USTACK : KIND_KSTACK, mode, (uint32_t)limit);
}

static const struct type *check_dwarf_stack(struct sema *s, struct expr *call)
{
	diag_hint(diag_error(s->diags, call->call.name_span,
	                     "User stacks cannot be unwound by DWARF information here"),
	          "ustack follows frame pointers: compile with -fno-omit-frame-pointer");
	return &type_error;
}

/* clang-format off */
const struct lang_def lang_stack[] = {
	{
		.name = "kstack",
		.sig = "kstack(mode: word:bpftrace:perf:raw:build_id|int = bpftrace, limit: intlit = 127) -> T",
		.flags = LANG_PROBE,
		.check = check_stack,
		.emit = emit_kstack,
		.brief = "The kernel's call stack; symbols are looked up when it is printed.",
		.example = "profile:hz:99 { @[kstack] = count(); }",
	},
	{
		.name = "ustack",
		.sig = "ustack(mode: word:bpftrace:perf:raw:build_id|int = bpftrace, limit: intlit = 127) -> T",
		.flags = LANG_PROBE,
		.check = check_stack,
		.emit = emit_ustack,
		.brief = "The user program's call stack, by frame pointers.",
		.example = "profile:hz:99 { @[ustack(perf, 8), comm] = count(); }",
	},
	{
		.name = "dw_ustack",
		.sig = "dw_ustack(mode: word:bpftrace:perf:raw:build_id|int = bpftrace, limit: intlit = 127) -> T",
		.flags = LANG_PROBE,
		.check = check_dwarf_stack,
		.emit = emit_ustack,
		.brief = "User stacks by DWARF unwinding: not available here, ustack() follows frame pointers.",
	},
	{ 0 },
};
/* clang-format on */
