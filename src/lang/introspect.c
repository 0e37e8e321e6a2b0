/* SPDX-License-Identifier: Apache-2.0 */
/* introspect.c - questions about types and the kernel, answered at compile time. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/arch.h"
#include "probes/btf.h"
#include "probes/features.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

/* The answer takes the place of the question, once types will not change any more. */
static const struct type *answer(struct sema *s, struct expr *call, bool yes)
{
	if (!s->final)
		return &type_bool;
	expr_become_bool(call, yes);
	return &type_bool;
}

#define QUESTION(name, condition)                                                                  \
	static const struct type *check_##name(struct sema *s, struct expr *call)                  \
	{                                                                                          \
		const struct type *t = call->call.arg[0]->type;                                    \
                                                                                                   \
		return answer(s, call, t != &type_unknown && (condition));                         \
	}
QUESTION(is_array, t->kind == KIND_ARRAY)
QUESTION(is_integer, type_is_int(t))
QUESTION(is_unsigned_integer, type_is_int(t) && !t->is_signed)
QUESTION(is_literal, call->call.arg[0]->literal)
QUESTION(is_ptr, t->kind == KIND_POINTER)
QUESTION(is_str, t->kind == KIND_STRING)
#undef QUESTION

static const struct type *check_kfunc_exist(struct sema *s, struct expr *call)
{
	const struct btf_file *btf = btf_vmlinux(s->u->probes->cache);
	const char *name = call->call.arg[0]->string.text;

	return answer(s, call, btf && btf_find(btf, BTF_KIND_FUNC, name));
}

/* Whether programs of this probe's kind may call it: the kernel is asked. */
static const struct type *check_kfunc_allowed(struct sema *s, struct expr *call)
{
	const struct btf_file *btf = btf_vmlinux(s->u->probes->cache);
	const char *name = call->call.arg[0]->string.text;
	const struct probe_kind *k = s->program->kind;
	uint32_t id = btf ? btf_find(btf, BTF_KIND_FUNC, name) : 0;

	if (!s->final)
		return &type_bool;
	return answer(s, call, id && kfunc_allowed(k->prog_type, k->attach_type, id));
}

static void fold_safe_mode(struct unit *u, const struct program *p, struct expr *call)
{
	call->kind = EXPR_BOOL;
	call->boolean.value = !u->unsafe;
}

static void fold_arch(struct unit *u, const struct program *p, struct expr *call)
{
	call->kind = EXPR_STRING;
	call->string.text = arch_host()->name;
	call->string.len = strlen(arch_host()->name);
}

/* What was answered is a literal by now; what has no value has no code. */
static struct value emit_none(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_u64(cg, 0), call->type);
}

#define QUESTION_ROW(question, text, script)                                                       \
	{                                                                                          \
		.name = #question, .sig = #question "(value: any) -> bool",                        \
		.check = check_##question, .emit = emit_none, .brief = text, .example = script,    \
	}

/* clang-format off */
const struct lang_def lang_introspect[] = {
	QUESTION_ROW(is_array, "Whether a value is an array.",
	             "begin { print(is_array(pton(\"::1\"))); }"),
	QUESTION_ROW(is_integer, "Whether a value is an integer.", "begin { print(is_integer(pid)); }"),
	QUESTION_ROW(is_unsigned_integer, "Whether a value is an integer without a sign.",
	             "begin { print(is_unsigned_integer(pid)); }"),
	QUESTION_ROW(is_literal, "Whether a value is known at compile time.",
	             "begin { print(is_literal(1 + 1)); }"),
	QUESTION_ROW(is_ptr, "Whether a value is a pointer.", "begin { print(is_ptr(curtask)); }"),
	QUESTION_ROW(is_str, "Whether a value is a string.", "begin { print(is_str(comm)); }"),
	{
		.name = "assert_str",
		.sig = "assert_str(value: text)",
		.emit = emit_none,
		.brief = "Refuses to compile what is no text: a string, or bytes or their address.",
		.example = "begin { assert_str(comm); }",
	},
	{
		.name = "kfunc_exist",
		.sig = "kfunc_exist(name: strlit) -> T",
		.check = check_kfunc_exist,
		.emit = emit_none,
		.brief = "Whether the kernel has a function of this name.",
		.example = "begin { print(kfunc_exist(\"bpf_task_from_pid\")); }",
	},
	{
		.name = "kfunc_allowed",
		.sig = "kfunc_allowed(name: strlit) -> T",
		.check = check_kfunc_allowed,
		.emit = emit_none,
		.brief = "Whether the kernel lets programs of this probe's type call a function of it.",
		.example = "begin { print(kfunc_allowed(\"bpf_task_from_pid\")); }",
	},
	{
		.name = "__builtin_safe_mode",
		.sig = "__builtin_safe_mode -> bool",
		.fold = fold_safe_mode,
		.brief = "Whether the script was compiled without --unsafe.",
		.example = "begin { print(__builtin_safe_mode); }",
	},
	{
		.name = "__builtin_arch",
		.sig = "__builtin_arch -> string",
		.fold = fold_arch,
		.brief = "The name of the processor's architecture.",
		.example = "begin { print(__builtin_arch); }",
	},
	{ 0 },
};
/* clang-format on */
