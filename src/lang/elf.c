/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - the file that a user-space probe sits in: its variables, and what kind of file it is. */

#include "base/arena.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/arch.h"
#include "probes/probe.h"
#include "probes/symbols.h"
#include "sema/sema.h"

#include <string.h>
#include <sys/stat.h>

static struct elf_file *file_of(struct unit *u, const struct probe_target *t)
{
	return t->module ? elf_open(u->probes->cache, t->module) : NULL;
}

static bool in_user_probe(const struct program *p)
{
	return p->kind->caps & PROBE_USER && p->targets.v[0].module;
}

/* -- uaddr -- */

/* uprobes and marks fire at this address of the file. false: not known. */
static bool site_of(struct unit *u, const struct probe_target *t, uint64_t *address)
{
	struct elf_file *f = file_of(u, t);
	struct symbol s;

	*address = t->address;
	if (t->kind->caps & PROBE_NOTED_ARGS || !t->symbol)
		return f;
	if (!f || elf_symbol(f, t->symbol, &s))
		return false;
	*address = s.address + t->offset;
	return true;
}

static const struct type *several_places(struct sema *s, const struct expr *call,
                                         const struct probe_target *t)
{
	diag_hint(diag_error(s->diags, call->span,
	                     "%s is at several places: uaddr() cannot tell which", t->name),
	          "use a uprobe on the function around it");
	return &type_error;
}

static const struct type *check_uaddr(struct sema *s, struct expr *call)
{
	const char *name = arg_text(s, call, 0);
	const struct program *p = s->program;
	struct symbol sym = { 0 };

	if (!in_user_probe(p))
		return not_in_probe(s, call, "uaddr()");
	vec_each (i, &p->targets) {
		struct elf_file *f = file_of(s->u, &p->targets.v[i]);

		if (p->kind->caps & PROBE_NOTED_ARGS && p->targets.v[i].count > 1)
			return several_places(s, call, &p->targets.v[i]);
		if (f && !elf_symbol(f, name, &sym))
			continue;
		diag_error(s->diags, call->call.arg[0]->span, "'%s' has no symbol '%s'",
		           p->targets.v[i].module, name);
		return &type_error;
	}
	if (sym.size != 1 && sym.size != 2 && sym.size != 4)
		sym.size = 8;
	return type_pointer(s->ty, type_int(s->ty, (uint32_t)sym.size, false), AS_USER);
}

/* Where the instruction is now that the probe has stopped. At a return that is the function's
 * start, which the kernel tells since 6.6; before, 0. */
static cgv stopped_at(struct cg *cg)
{
	if (cg_program(cg)->kind->caps & PROBE_RETVAL)
		return cg_helper(cg, BPF_FUNC_get_func_ip, 1, cg_ctx(cg));
	return cg_load(cg, cg_offset(cg, cg_ctx(cg), arch_host()->ip), 8, false);
}

/* From the probe to the symbol: both move by the same when the file is loaded. */
static cgv distance(struct cg *cg, const char *name)
{
	const struct program *p = cg_program(cg);
	uint64_t *row = arena_array(cg_unit(cg)->arena, uint64_t, p->targets.n);
	cgv at;

	vec_each (i, &p->targets) {
		struct symbol sym = { 0 };
		uint64_t site = 0;

		elf_symbol(file_of(cg_unit(cg), &p->targets.v[i]), name, &sym);
		site_of(cg_unit(cg), &p->targets.v[i], &site);
		row[i] = sym.address - site;
	}
	if (p->targets.n == 1)
		return cg_u64(cg, row[0]);
	at = cg_bounded(cg, cg_sub(cg, cg_probe_row(cg), cg_u64(cg, p->first_row)),
	                p->targets.n - 1);
	return cg_load(
		cg,
		cg_offset_by(cg, cg_bytes(cg, row, p->targets.n * sizeof(*row)), cg_shl(cg, at, 3)),
		8, false);
}

static struct value emit_uaddr(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const char *name = call->call.arg[0]->string.text;

	return cg_value(cg_add(cg, stopped_at(cg), distance(cg, name)), call->type);
}

/* -- the file -- */

static const struct type *check_in_user_probe(struct sema *s, struct expr *call)
{
	if (!in_user_probe(s->program))
		return not_in_probe(s, call, call->call.name);
	return call->call.def->sig[strlen(call->call.def->sig) - 1] == '4'
	               ? type_int(s->ty, 8, false)
	               : &type_bool;
}

static struct value emit_is_exe(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct elf_file *f = file_of(cg_unit(cg), &cg_program(cg)->targets.v[0]);

	return cg_value(cg_u64(cg, f && elf_is_program(f)), call->type);
}

static struct value emit_ino(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct stat st = { 0 };

	stat(cg_program(cg)->targets.v[0].module, &st);
	return cg_value(cg_u64(cg, st.st_ino), call->type);
}

/* clang-format off */
const struct lang_def lang_elf[] = {
	{
		.name = "uaddr",
		.sig = "uaddr(symbol: strlit) -> T",
		.flags = LANG_PROBE,
		.check = check_uaddr,
		.emit = emit_uaddr,
		.brief = "The address of a variable of the probed program or library, as a pointer to an integer of the variable's size.",
		.example = "uprobe:libc:malloc { print(*uaddr(\"environ\")); }",
	},
	{
		.name = "elf_is_exe",
		.sig = "elf_is_exe -> bool",
		.check = check_in_user_probe,
		.emit = emit_is_exe,
		.brief = "Whether the probed file is a program and not a library.",
		.example = "uprobe:libc:malloc { print(elf_is_exe); }",
	},
	{
		.name = "elf_ino",
		.sig = "elf_ino -> u64",
		.check = check_in_user_probe,
		.emit = emit_ino,
		.brief = "The inode of the probed file.",
		.example = "uprobe:libc:malloc { print(elf_ino); }",
	},
	{ 0 },
};
/* clang-format on */
