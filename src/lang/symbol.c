/* SPDX-License-Identifier: Apache-2.0 */
/* symbol.c - addresses and names. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/probe.h"
#include "probes/symbols.h"
#include "sema/sema.h"

static const char offsets[] = "__per_cpu_offset";

static struct value emit_ksym(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_arg_int(cg, call, 0), call->type);
}

static struct value emit_usym(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv address = cg_arg_int(cg, call, 0), place = cg_place(cg, dest, call->type);
	cgv id = cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);

	cg_store(cg, place, address, 8);
	cg_store(cg, cg_offset(cg, place, 8), cg_shr(cg, id, 32), 4);
	cg_store(cg, cg_offset(cg, place, 12), cg_u64(cg, cg_program(cg)->first_row), 4);
	return cg_value(place, call->type);
}

/* 'd' may be about a variable, which some kernels list none of. */
static void hint_no_variables(struct sema *s, struct diag *d)
{
	uint64_t table;

	if (ksym_address(s->u->probes->cache, offsets, &table))
		diag_hint(d,
		          "this kernel does not tell addresses of variables (CONFIG_KALLSYMS_ALL)");
}

/* The result becomes a literal: the address is fixed while the kernel runs. */
static const struct type *check_kaddr(struct sema *s, struct expr *call)
{
	const char *name = arg_text(s, call, 0);
	uint64_t address;

	if (ksym_address(s->u->probes->cache, name, &address)) {
		hint_no_variables(s, diag_error(s->diags, call->span,
		                                "Failed to resolve kernel symbol: %s", name));
		return &type_error;
	}
	if (!address) {
		diag_hint(diag_error(s->diags, call->span, "The kernel hides the address of '%s'",
		                     name),
		          "see kernel.kptr_restrict");
		return &type_error;
	}
	return type_int_as(s->ty, 8, false, AS_KERNEL);
}

static struct value emit_kaddr(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	uint64_t address = 0;

	ksym_address(cg_unit(cg)->probes->cache, call->call.arg[0]->string.text, &address);
	return cg_value(cg_u64(cg, address), call->type);
}

/* -- variables of each processor -- */

/* A per-CPU variable stands at its address plus the processor's offset, for which the kernel keeps
 * a table. */
static const struct type *check_percpu(struct sema *s, struct expr *call)
{
	struct probe_cache *c = s->u->probes->cache;
	const char *name = arg_text(s, call, 0);
	uint64_t address, table;

	if (!ksym_address(c, name, &address) && !ksym_address(c, offsets, &table) && table)
		return type_int_as(s->ty, 8, false, AS_KERNEL);
	hint_no_variables(s, diag_error(s->diags, call->call.arg[0]->span,
	                                "Could not resolve variable '%s'", name));
	return &type_error;
}

static struct value emit_percpu(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct probe_cache *c = cg_unit(cg)->probes->cache;
	uint64_t address = 0, table = 0;
	cgv cpu, place = cg_temp(cg, 8), result;

	ksym_address(c, call->call.arg[0]->string.text, &address);
	ksym_address(c, offsets, &table);
	cpu = arg_given(call, 1) ? cg_arg_int(cg, call, 1)
	                         : cg_helper(cg, BPF_FUNC_get_smp_processor_id, 0);
	cg_read(cg, place, 8, cg_add(cg, cg_u64(cg, table), cg_shl(cg, cpu, 3)), AS_KERNEL);
	result = cg_add(cg, cg_load(cg, place, 8, false), cg_u64(cg, address));
	if (arg_given(call, 1))
		result = cg_select(cg, cg_compare(cg, CG_ULT, cpu, CG_PARAM(cg, cpus)), result,
		                   cg_u64(cg, 0));
	return cg_value(result, call->type);
}

/* clang-format off */
const struct lang_def lang_symbol[] = {
	{
		.name = "ksym",
		.sig = "ksym(address: ptr) -> ksym",
		.emit = emit_ksym,
		.brief = "A kernel address that prints as the name of its function.",
		.example = "begin { print(ksym(0)); }",
	},
	{
		.name = "usym",
		.sig = "usym(address: ptr) -> usym",
		.emit = emit_usym,
		.brief = "An address of the current process that prints as the name of its function.",
		.example = "begin { print(usym(0)); }",
	},
	{
		.name = "kaddr",
		.sig = "kaddr(symbol: strlit) -> u64",
		.check = check_kaddr,
		.emit = emit_kaddr,
		.brief = "The address of a kernel symbol.",
		.example = "begin { printf(\"%x\\n\", kaddr(\"vfs_read\")); }",
	},
	{
		.name = "percpu_kaddr",
		.sig = "percpu_kaddr(symbol: strlit, cpu: int = ) -> T",
		.check = check_percpu,
		.emit = emit_percpu,
		.brief = "The address of a variable that each processor has its own of: this one's, or a given one's (0 when there is no such processor).",
	},
	{ 0 },
};
/* clang-format on */
