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
	call->kind = EXPR_BOOL;
	call->literal = true;
	call->boolean.value = yes;
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
QUESTION(is_integer, t->kind == KIND_INT)
QUESTION(is_unsigned_integer, t->kind == KIND_INT && !t->is_signed)
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

static const struct type *check_safe_mode(struct sema *s, struct expr *call)
{
	return answer(s, call, !s->u->unsafe);
}

static const struct type *check_arch(struct sema *s, struct expr *call)
{
	return type_string(s->ty, (uint32_t)strlen(arch_host()->name) + 1);
}

static struct value emit_arch(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const char *name = arch_host()->name;

	return cg_value(cg_bytes(cg, name, strlen(name) + 1), call->type);
}

static struct value emit_str_length(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_u64(cg, cg_unit(cg)->config.max_strlen), call->type);
}

/* What was answered is a literal by now; what has no value has no code. */
static struct value emit_none(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_u64(cg, 0), call->type);
}

/* -- container_of -- */

/* container_of(ptr, typeof(struct s), member): note is the member's offset. */
static const struct type *check_container_of(struct sema *s, struct expr *call)
{
	struct expr *ptr = call->call.arg[0], *whole = call->call.arg[1];
	const char *member = call->call.arg[2]->call.name;
	const struct type *t, *p = sema_expr(s, ptr);
	struct type_field f;

	if (p == &type_unknown || p == &type_error)
		return p;
	if (p->kind != KIND_POINTER && !type_is_int(p))
		return arg_mismatch(s, call, 0, "a pointer");
	if (whole->kind != EXPR_TYPE || !whole->typed.spec)
		return arg_mismatch(s, call, 1, "typeof(struct ...)");
	t = spec_type(s, whole->typed.spec);
	if (t == &type_error)
		return t;
	if ((t->kind != KIND_STRUCT && t->kind != KIND_UNION) ||
	    !type_find_field(s->ty, t, member, &f)) {
		diag_error(s->diags, call->call.arg[2]->span, "%s has no member '%s'",
		           type_name(s->ty, t), member);
		return &type_error;
	}
	whole->type = t;
	return type_pointer(s->ty, type_with_as(s->ty, t, p->as), p->as);
}

static struct value emit_container_of(struct cg *cg, const struct expr *call,
                                      const struct dest *dest)
{
	struct type_field f;

	type_find_field(cg_unit(cg)->types, call->call.arg[1]->type, call->call.arg[2]->call.name,
	                &f);
	return cg_value(cg_sub(cg, cg_arg_int(cg, call, 0), cg_u64(cg, f.offset)), call->type);
}

#define QUESTION_ROW(question, text, script)                                                       \
	{                                                                                          \
		.name = #question, .sig = #question "(value: any) -> bool",                        \
		.check = check_##question, .emit = emit_none, .brief = text, .example = script,    \
	}

/* clang-format off */
const struct lang_def lang_introspect[] = {
	QUESTION_ROW(is_array, "Whether a value is an array.",
	             "BEGIN { print(is_array(pton(\"::1\"))); }"),
	QUESTION_ROW(is_integer, "Whether a value is an integer.", "BEGIN { print(is_integer(pid)); }"),
	QUESTION_ROW(is_unsigned_integer, "Whether a value is an integer without a sign.",
	             "BEGIN { print(is_unsigned_integer(pid)); }"),
	QUESTION_ROW(is_literal, "Whether a value is known at compile time.",
	             "BEGIN { print(is_literal(1 + 1)); }"),
	QUESTION_ROW(is_ptr, "Whether a value is a pointer.", "BEGIN { print(is_ptr(curtask)); }"),
	QUESTION_ROW(is_str, "Whether a value is a string.", "BEGIN { print(is_str(comm)); }"),
	{
		.name = "assert_str",
		.sig = "assert_str(value: text)",
		.emit = emit_none,
		.brief = "Refuses to compile what is no text: a string, or bytes or their address.",
		.example = "BEGIN { assert_str(comm); }",
	},
	{
		.name = "default_str_length",
		.sig = "default_str_length -> u64",
		.emit = emit_str_length,
		.brief = "How many bytes str() reads when it is not told: the setting max_strlen.",
		.example = "BEGIN { print(default_str_length); }",
	},
	{
		.name = "container_of",
		.sig = "container_of(member_pointer, type, member: word) -> T",
		.flags = LANG_NO_EVAL,
		.check = check_container_of,
		.emit = emit_container_of,
		.brief = "The struct that a member lies in, by the member's address.",
		.example = "BEGIN { print(container_of(kptr(0), typeof(struct task_struct), tasks)); }",
	},
	{
		.name = "kfunc_exist",
		.sig = "kfunc_exist(name: strlit) -> T",
		.check = check_kfunc_exist,
		.emit = emit_none,
		.brief = "Whether the kernel has a function of this name.",
		.example = "BEGIN { print(kfunc_exist(\"bpf_task_from_pid\")); }",
	},
	{
		.name = "kfunc_allowed",
		.sig = "kfunc_allowed(name: strlit) -> T",
		.check = check_kfunc_allowed,
		.emit = emit_none,
		.brief = "Whether the kernel lets programs of this probe's type call a function of it.",
		.example = "BEGIN { print(kfunc_allowed(\"bpf_task_from_pid\")); }",
	},
	{
		.name = "__builtin_safe_mode",
		.sig = "__builtin_safe_mode -> T",
		.check = check_safe_mode,
		.emit = emit_none,
		.brief = "Whether the script was compiled without --unsafe.",
		.example = "BEGIN { print(__builtin_safe_mode); }",
	},
	{
		.name = "__builtin_arch",
		.sig = "__builtin_arch -> T",
		.check = check_arch,
		.emit = emit_arch,
		.brief = "The name of the processor's architecture.",
		.example = "BEGIN { print(__builtin_arch); }",
	},
	{ 0 },
};
/* clang-format on */
