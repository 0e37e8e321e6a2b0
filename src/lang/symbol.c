/* SPDX-License-Identifier: Apache-2.0 */
/* symbol.c - addresses and names. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/probe.h"
#include "probes/symbols.h"
#include "sema/sema.h"

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

/* The result becomes a literal: the address is fixed while the kernel runs. */
static const struct type *check_kaddr(struct sema *s, struct expr *call)
{
	const char *name = arg_text(s, call, 0);
	uint64_t address;

	if (ksym_address(s->u->probes->cache, name, &address)) {
		diag_error(s->diags, call->span, "failed to resolve kernel symbol: %s", name);
		return &type_error;
	}
	if (!address) {
		diag_hint(diag_error(s->diags, call->span,
		                     "the kernel hides the address of '%s'", name),
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

/* clang-format off */
const struct lang_def lang_symbol[] = {
	{
		.name = "ksym",
		.sig = "ksym(address: ptr) -> ksym",
		.emit = emit_ksym,
		.brief = "A kernel address that prints as the name of its function.",
		.example = "BEGIN { print(ksym(0)); }",
	},
	{
		.name = "usym",
		.sig = "usym(address: ptr) -> usym",
		.emit = emit_usym,
		.brief = "An address of the current process that prints as the name of its function.",
		.example = "BEGIN { print(usym(0)); }",
	},
	{
		.name = "kaddr",
		.sig = "kaddr(symbol: strlit) -> u64",
		.check = check_kaddr,
		.emit = emit_kaddr,
		.brief = "The address of a kernel symbol.",
		.example = "BEGIN { printf(\"%x\\n\", kaddr(\"vfs_read\")); }",
	},
	{ 0 },
};
/* clang-format on */
