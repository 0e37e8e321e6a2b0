/* SPDX-License-Identifier: Apache-2.0 */
/* probe.c - what fired, and what it was called with. */

#include "probes/probe.h"
#include "base/arena.h"
#include "base/bug.h"
#include "base/near.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/arch.h"
#include "sema/probe_args.h"
#include "sema/sema.h"

#include <stdlib.h>
#include <string.h>

static enum addr_space registers_as(const struct program *p)
{
	return p->kind->caps & PROBE_USER ? AS_USER : AS_KERNEL;
}

/* -- probe, probetype -- */

static const struct type *check_probe(struct sema *s, struct expr *call)
{
	size_t longest = 0;

	vec_each (i, &s->program->targets) {
		size_t n = strlen(s->program->targets.v[i].name);

		longest = n > longest ? n : longest;
	}
	return type_string(s->ty, (uint32_t)longest + 1);
}

static struct value emit_probe(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct program *p = cg_program(cg);
	uint32_t size = call->type->size;
	char *names = arena_alloc(cg_unit(cg)->arena, size * p->targets.n);
	cgv row;

	vec_each (i, &p->targets)
		memcpy(names + i * size, p->targets.v[i].name, strlen(p->targets.v[i].name));
	if (p->targets.n == 1)
		return cg_value(cg_bytes(cg, names, size), call->type);
	row = cg_sub(cg, cg_probe_row(cg), cg_u64(cg, p->first_row));
	row = cg_bounded(cg, row, p->targets.n - 1);
	return cg_value(cg_offset_by(cg, cg_bytes(cg, names, size * p->targets.n),
	                             cg_mul(cg, row, cg_u64(cg, size))),
	                call->type);
}

/* What the tool fires itself is of one type. */
static const char *probetype(const struct program *p)
{
	if (p->kind->caps & PROBE_BENCH)
		return "benchmark";
	if (p->kind->caps & PROBE_TEST)
		return "test";
	return p->kind->caps & PROBE_SPECIAL ? "special" : p->kind->name;
}

static void fold_probetype(struct unit *u, const struct program *p, struct expr *call)
{
	const char *name = probetype(p);

	call->kind = EXPR_STRING;
	call->string.text = name;
	call->string.len = strlen(name);
}

/* -- func -- */

static const struct type *check_func(struct sema *s, struct expr *call)
{
	uint32_t caps = s->program->kind->caps;

	if (!(caps & PROBE_FUNC_IP))
		return not_in_probe(s, call, "func");
	return type_simple(s->ty, caps & PROBE_FUNC_USER ? KIND_USYM : KIND_KSYM);
}

static struct value user_symbol(struct cg *cg, cgv address, const struct expr *call,
                                const struct dest *dest)
{
	cgv place = cg_place(cg, dest, call->type);
	cgv id = cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);

	cg_store(cg, place, address, 8);
	cg_store(cg, cg_offset(cg, place, 8), cg_shr(cg, id, 32), 4);
	cg_store(cg, cg_offset(cg, place, 12), cg_probe_row(cg), 4);
	return cg_value(place, call->type);
}

/*
 * bpf_get_func_ip (Linux 5.15) gives the start of the function, but 0 inside of it, and for user
 * functions only since 6.7: there the register has it. In the kernel the register is a few bytes
 * off where tracing replaced the first instruction.
 */
static cgv function_address(struct cg *cg)
{
	const struct program *p = cg_program(cg);
	uint32_t caps = p->kind->caps;
	bool inside = false;

	vec_each (i, &p->targets)
		inside |= p->targets.v[i].offset || !p->targets.v[i].symbol;
	if (caps & PROBE_REGS && !(caps & PROBE_RETVAL) && (inside || caps & PROBE_FUNC_USER))
		return cg_load(cg, cg_offset(cg, cg_ctx(cg), arch_host()->ip), 8, false);
	return cg_helper(cg, BPF_FUNC_get_func_ip, 1, cg_ctx(cg));
}

static struct value emit_func(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv ip = function_address(cg);

	if (call->type->kind == KIND_USYM)
		return user_symbol(cg, ip, call, dest);
	return cg_value(ip, call->type);
}

/* -- registers -- */

static bool has_registers(const struct program *p)
{
	return p->kind->caps & (PROBE_REGS | PROBE_RETVAL | PROBE_PERF_EVENT);
}

static uint64_t arg_number(const struct expr *call)
{
	return strtoull(call->call.name + 3, NULL, 10);
}

/* Where a kind of probe says itself what its arguments are. */
static const struct type *check_noted_arg(struct sema *s, struct expr *call)
{
	const struct program *p = s->program;
	struct probe_args args = { 0 };
	uint64_t n = arg_number(call);

	if (!call->call.note && p->kind->args(s->u->probes, &p->targets.v[0], &args))
		return &type_error;
	if (!call->call.note && n >= args.count) {
		diag_error(s->diags, call->span, "%s has %zu arguments: there is no %s",
		           p->targets.v[0].name, args.count, call->call.name);
		return &type_error;
	}
	if (!call->call.note && args.arg[n].where == ARG_UNKNOWN) {
		diag_error(s->diags, call->span, "%s of %s is where no program can read it",
		           call->call.name, p->targets.v[0].name);
		return &type_error;
	}
	if (!call->call.note)
		call->call.note = &args.arg[n];
	return type_int_as(s->ty, 8, false, AS_USER);
}

static const struct type *check_arg(struct sema *s, struct expr *call)
{
	uint32_t caps = s->program->kind->caps;
	const struct arch *a = arch_host();

	if (caps & PROBE_NOTED_ARGS)
		return check_noted_arg(s, call);
	if (caps & PROBE_WORDS)
		return type_int_as(s->ty, 8, false, AS_KERNEL);
	if (!(caps & PROBE_REGS) || caps & PROBE_NO_ARG0) {
		struct diag *d = diag_error(s->diags, call->span,
		                            "The %s builtin can only be used with 'kprobes', "
		                            "'uprobes' and 'usdt' probes (%s used here)",
		                            call->call.name, s->program->kind->name);

		if (caps & PROBE_ARGS)
			diag_hint(d, "arguments have names here: see sonde -lv '%s'",
			          s->program->targets.v[0].name);
		else if (caps & PROBE_RETVAL)
			diag_hint(d,
			          "arguments are known on entry: keep them there, @kept[tid] = %s",
			          call->call.name);
		return &type_error;
	}
	if (arg_number(call) >= a->call_args) {
		diag_hint(diag_error(s->diags, call->span,
		                     "%s doesn't support %s: it passes %u arguments in registers",
		                     a->name, call->call.name, a->call_args),
		          "the others are on the stack: *(uint64 *)(reg(\"sp\") + offset)");
		return &type_error;
	}
	return type_int_as(s->ty, 8, false, registers_as(s->program));
}

static struct value emit_arg(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct program *p = cg_program(cg);
	const struct probe_arg *noted = call->call.note;
	uint64_t n = arg_number(call);
	uint32_t offset;

	if (noted)
		return cg_value(cg_fit(cg, cg_probe_arg(cg, noted, call->type).v, noted->size,
		                       noted->is_signed),
		                call->type);
	offset = p->kind->caps & PROBE_WORDS ? (uint32_t)n * 8 : arch_host()->call_arg[n];
	return cg_value(cg_load(cg, cg_offset(cg, cg_ctx(cg), offset), 8, false), call->type);
}

/* Whether 'args' has what 'retval' means elsewhere: tracepoints at the exit of system calls. */
static bool has_ret(struct sema *s)
{
	const struct probe_target *t = &s->program->targets.v[0];
	struct probe_args args = { 0 };
	bool found = false;

	diags_mute(s->diags);
	if (t->kind->args && !t->kind->args(s->u->probes, t, &args))
		for (size_t i = 0; i < args.count; i++)
			found |= !strcmp(args.arg[i].name, "ret");
	diags_unmute(s->diags);
	return found;
}

static void hint_retval(struct sema *s, struct diag *d)
{
	static const char *const exits[][2] = {
		{ "kprobe", "kretprobe" },
		{ "uprobe", "uretprobe" },
		{ "fentry", "fexit" },
	};

	for (size_t i = 0; i < countof(exits); i++)
		if (!strcmp(s->program->kind->name, exits[i][0]))
			diag_hint(d, "%s sees what a function returns", exits[i][1]);
	if (has_ret(s))
		diag_hint(d, "try to use args.ret instead");
}

static const struct type *check_retval(struct sema *s, struct expr *call)
{
	const struct probe_target *t = &s->program->targets.v[0];
	uint32_t caps = s->program->kind->caps;

	if (caps & PROBE_TYPED_RETVAL) {
		struct probe_args *args = arena_new(s->u->arena, struct probe_args);

		if (s->program->kind->args(s->u->probes, t, args))
			return not_in_probe(s, call, "retval");
		if (!args->retval) {
			diag_error(s->diags, call->span, "There is no retval: %s() returns nothing",
			           t->symbol);
			return &type_error;
		}
		call->call.note = args->retval;
		return probe_arg_type(s->u, s->program, args->retval);
	}
	if (!(caps & PROBE_RETVAL)) {
		hint_retval(s, diag_error(s->diags, call->span,
		                          "The retval builtin can only be used with 'kretprobe', "
		                          "'uretprobe' and 'fexit' probes (%s used here)",
		                          s->program->kind->name));
		return &type_error;
	}
	return type_int_as(s->ty, 8, false, registers_as(s->program));
}

static struct value emit_retval(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	if (call->call.note)
		return cg_probe_arg(cg, call->call.note, call->type);
	return cg_value(cg_load(cg, cg_offset(cg, cg_ctx(cg), arch_host()->retval), 8, false),
	                call->type);
}

static const struct type *check_reg(struct sema *s, struct expr *call)
{
	const struct arch *a = arch_host();
	const char *name = arg_text(s, call, 0);
	struct near near;
	struct diag *d;

	if (!has_registers(s->program))
		return not_in_probe(s, call, "reg");
	if (arch_reg(a, name) >= 0)
		return type_int_as(s->ty, 8, false, registers_as(s->program));
	d = diag_error(s->diags, call->call.arg[0]->span,
	               "'%s' is not a valid register on this architecture (%s)", name, a->name);
	near_init(&near, name);
	for (size_t i = 0; a->reg[i].name; i++)
		near_offer(&near, a->reg[i].name);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	return &type_error;
}

static struct value emit_reg(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	uint32_t offset = (uint32_t)arch_reg(arch_host(), call->call.arg[0]->string.text);

	return cg_value(cg_load(cg, cg_offset(cg, cg_ctx(cg), offset), 8, false), call->type);
}

/* Where nothing tells, it follows from the kind of probe; the tool's own are user space. */
static struct value emit_usermode(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct program *p = cg_program(cg);
	int cs = arch_reg(arch_host(), "cs");

	if (!has_registers(p) || cs < 0)
		return cg_value(cg_u64(cg, (p->kind->caps & (PROBE_USER | PROBE_SPECIAL)) != 0),
		                call->type);
	/* The low two bits of the code segment are the privilege level: 3 is user space. */
	return cg_value(
		cg_compare(cg, CG_EQ,
	                   cg_and(cg,
	                          cg_load(cg, cg_offset(cg, cg_ctx(cg), (uint32_t)cs), 8, false),
	                          cg_u64(cg, 3)),
	                   cg_u64(cg, 3)),
		call->type);
}

static const struct type *check_usermode(struct sema *s, struct expr *call)
{
	if (has_registers(s->program) && arch_reg(arch_host(), "cs") < 0) {
		diag_error(s->diags, call->span, "The usermode builtin is not supported on %s",
		           arch_host()->name);
		return &type_error;
	}
	return type_int(s->ty, 1, false);
}

/* -- args, ctx -- */

static const struct type *check_args(struct sema *s, struct expr *call)
{
	struct diag *d;

	if (s->program->args_type)
		return s->program->args_type;
	d = diag_error(s->diags, call->span,
	               "The args builtin can only be used with tracepoint, rawtracepoint, "
	               "fentry/fexit, and uprobe probes (%s used here)",
	               s->program->kind->name);
	if (s->program->kind->caps & PROBE_REGS)
		diag_hint(d, "arguments have numbers here: arg0, arg1 ...");
	return &type_error;
}

static struct value emit_args(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_args_whole(cg, dest);
}

/* The name of the struct that the context is; NULL: it has none that scripts could use. */
static const char *context_struct(struct sema *s)
{
	const struct program *p = s->program;

	if (p->kind->caps & PROBE_PERF_EVENT)
		return "bpf_perf_event_data_kern";
	if (p->kind->caps & (PROBE_REGS | PROBE_RETVAL))
		return "pt_regs";
	if (p->kind->caps & PROBE_ITER)
		return arena_printf(s->u->arena, "bpf_iter__%s", p->targets.v[0].symbol);
	return NULL;
}

static const struct type *check_ctx(struct sema *s, struct expr *call)
{
	const char *name = context_struct(s);

	if (name)
		return type_pointer(s->ty, ktype_find(s->u, KIND_STRUCT, name), AS_KERNEL);
	if (s->program->kind->caps & PROBE_ARGS) {
		diag_hint(diag_error(s->diags, call->span, "Use args instead of ctx in %s",
		                     s->program->kind->name),
		          "sonde -lv '%s' shows what it has", s->program->targets.v[0].name);
		return &type_error;
	}
	return not_in_probe(s, call, "ctx");
}

static struct value emit_ctx(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_address(cg, cg_ctx(cg)), call->type);
}

/* clang-format off */
const struct lang_def lang_probe[] = {
	{
		.name = "probe",
		.sig = "probe -> T",
		.flags = LANG_PROBE,
		.check = check_probe,
		.emit = emit_probe,
		.brief = "The name of the probe that fired, in full.",
		.example = "tracepoint:syscalls:sys_enter_open* { @[probe] = count(); }",
	},
	{
		.name = "probetype",
		.sig = "probetype -> string",
		.flags = LANG_PROBE,
		.fold = fold_probetype,
		.brief = "The type of the probe that fired.",
		.example = "interval:s:1 { print(probetype); }",
	},
	{
		.name = "func",
		.sig = "func -> T",
		.flags = LANG_PROBE,
		.check = check_func,
		.emit = emit_func,
		.brief = "The function that was probed, as a symbol.",
		.example = "kprobe:vfs_* { @[func] = count(); }",
	},
	{
		.name = "argN",
		.sig = "argN -> u64",
		.flags = LANG_PROBE,
		.check = check_arg,
		.emit = emit_arg,
		.brief = "Argument N (from arg0) of the probed function, as an integer.",
		.example = "kprobe:vfs_read { @bytes = hist(arg2); }",
	},
	{
		.name = "retval",
		.sig = "retval -> T",
		.flags = LANG_PROBE,
		.check = check_retval,
		.emit = emit_retval,
		.brief = "What the probed function returned.",
		.example = "kretprobe:vfs_read { @bytes = lhist(retval, 0, 2000, 200); }",
	},
	{
		.name = "reg",
		.sig = "reg(name: strlit) -> T",
		.flags = LANG_PROBE,
		.check = check_reg,
		.emit = emit_reg,
		.brief = "A processor register, where the probe has registers.",
		.example = "kprobe:vfs_read { printf(\"%x\\n\", reg(\"ip\")); }",
	},
	{
		.name = "usermode",
		.sig = "usermode -> T",
		.flags = LANG_PROBE,
		.check = check_usermode,
		.emit = emit_usermode,
		.brief = "1 when the probe fired in user mode, 0 in the kernel.",
		.example = "profile:hz:99 { @[usermode] = count(); }",
	},
	{
		.name = "args",
		.sig = "args -> T",
		.flags = LANG_PROBE,
		.check = check_args,
		.emit = emit_args,
		.brief = "The arguments of a tracepoint or traced function, by name: args.filename.",
		.example = "tracepoint:syscalls:sys_enter_openat { printf(\"%s\\n\", str(args.filename)); }",
	},
	{
		.name = "ctx",
		.sig = "ctx -> T",
		.flags = LANG_PROBE,
		.check = check_ctx,
		.emit = emit_ctx,
		.brief = "The program's context, as a pointer.",
		.example = "kprobe:vfs_read { print(ctx); }",
	},
	{ 0 },
};
/* clang-format on */
