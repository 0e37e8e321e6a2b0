/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - names of numbers: tables among the program's constants. */

#include "base/arena.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/syscalls.h"
#include "sema/sema.h"

#include <asm/unistd.h>
#include <stdio.h>
#include <string.h>

enum { ERRORS = 134, SIGNALS = 65, SYSCALLS = 600 };

static const char *error_text(uint32_t n)
{
	return strerror((int)n);
}

static const char *signal_text(uint32_t n)
{
	return strsignal((int)n);
}

static const char *syscall_text(uint32_t n)
{
	static const char *const names[SYSCALLS] = {
#define SYSCALL(name) [__NR_##name] = #name,
#include "probes/syscalls.inc"
#undef SYSCALL
	};

	/* Newer than the headers: as the kernel calls it. */
	return names[n] ? names[n] : syscall_name((int)n);
}

/* The text of number n among 'count', each in as many bytes as the call's type has; beyond them,
 * and where a number has no name, it is 'unknown'. */
static struct value name_of(struct cg *cg, const struct expr *call, cgv n, uint32_t count,
                            const char *(*text)(uint32_t n), const char *unknown)
{
	uint32_t width = call->type->size;
	char *names = arena_alloc(cg_unit(cg)->arena, (count + 1) * width);
	cgv table;

	for (uint32_t i = 0; i <= count; i++) {
		const char *name = i < count ? text(i) : NULL;

		snprintf(names + i * width, width, "%s", name ? name : unknown);
	}
	table = cg_bytes(cg, names, (count + 1) * width);
	n = cg_bounded(cg, n, count);
	return cg_value(cg_offset_by(cg, table, cg_mul(cg, n, cg_u64(cg, width))), call->type);
}

static struct value emit_strerror(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv n = cg_arg_int(cg, call, 0), sign = cg_sar_by(cg, n, cg_u64(cg, 63));

	/* System calls return errors negative: the sign is taken off. */
	n = cg_sub(cg, cg_xor(cg, n, sign), sign);
	return name_of(cg, call, n, ERRORS, error_text, "Unknown error");
}

static struct value emit_signal_name(struct cg *cg, const struct expr *call,
                                     const struct dest *dest)
{
	return name_of(cg, call, cg_arg_int(cg, call, 0), SIGNALS, signal_text, "N/A");
}

static struct value emit_syscall_name(struct cg *cg, const struct expr *call,
                                      const struct dest *dest)
{
	return name_of(cg, call, cg_arg_int(cg, call, 0), SYSCALLS, syscall_text,
	               "Unknown syscall");
}

/* clang-format off */
const struct lang_def lang_names[] = {
	{
		.name = "strerror",
		.sig = "strerror(error: int) -> string[64]",
		.emit = emit_strerror,
		.brief = "The text of an error number; its sign does not matter.",
		.example = "tracepoint:syscalls:sys_exit_openat /args.ret < 0/ { @[strerror(args.ret)] = count(); }",
	},
	{
		.name = "signal_name",
		.sig = "signal_name(signal: int) -> string[64]",
		.emit = emit_signal_name,
		.brief = "What a signal stands for, as strsignal(3) says it.",
		.example = "tracepoint:syscalls:sys_enter_kill { @[signal_name(args.sig)] = count(); }",
	},
	{
		.name = "syscall_name",
		.sig = "syscall_name(number: int) -> string[64]",
		.emit = emit_syscall_name,
		.brief = "The name of a system call of this processor.",
		.example = "tracepoint:raw_syscalls:sys_enter { @[syscall_name(args.id)] = count(); }",
	},
	{ 0 },
};
/* clang-format on */
