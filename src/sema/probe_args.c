/* SPDX-License-Identifier: Apache-2.0 */
/* probe_args.c - what 'args' and 'retval' hold in each program, as types. */

#include "sema/probe_args.h"

#include "base/arena.h"
#include "probes/btf.h"
#include "probes/probe.h"
#include "sema/ktypes.h"

#include <string.h>

static const struct type *by_size(struct unit *u, const struct probe_arg *arg, enum addr_space as)
{
	uint32_t size = arg->size;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return &type_none;
	return type_int_as(u->types, size, arg->is_signed, size == 8 ? as : AS_NONE);
}

/* Text that an enum or a pointer is named with is looked up; plain integers are known by size. */
static const struct type *by_text(struct unit *u, const struct probe_arg *arg, enum addr_space as)
{
	const struct type *t;

	if (!arg->ctype)
		return NULL;
	if (!strchr(arg->ctype, '*') && !strchr(arg->ctype, '[') &&
	    strncmp(arg->ctype, "enum ", 5) && strncmp(arg->ctype, "struct ", 7) &&
	    strncmp(arg->ctype, "union ", 6)) {
		/* Syscalls say "int" of a register's 8 bytes. */
		t = arg->count ? NULL : ktype_c_int(u, arg->ctype, as);
		return t && t->size <= arg->size ? t : NULL;
	}
	t = ktype_by_text(u, arg->ctype, as);
	/* The format file may say "__u8[4]" or just have a count. */
	if (t && arg->count && t->kind != KIND_ARRAY && t->kind != KIND_STRING) {
		bool text = !strncmp(arg->ctype, "char", 4);

		return text ? type_string(u->types, arg->count)
		            : type_array(u->types, t, arg->count);
	}
	return t;
}

const struct type *probe_arg_type(struct unit *u, const struct program *p,
                                  const struct probe_arg *arg)
{
	enum addr_space as = arg->user || p->kind->caps & PROBE_USER ? AS_USER : AS_KERNEL;
	const struct type *t;

	if (arg->where == ARG_DATA_LOC || arg->where == ARG_REL_LOC)
		return type_int_as(u->types, 8, false, AS_KERNEL);
	if (arg->btf_id) {
		const struct btf_file *b = arg->btf_module
		                                   ? btf_module(u->probes->cache, arg->btf_module)
		                                   : btf_vmlinux(u->probes->cache);

		return ktype_by_id(u, b, arg->btf_id, as);
	}
	t = by_text(u, arg, as);
	if (t)
		return t;
	if (arg->count && arg->size / arg->count) {
		struct probe_arg one = *arg;

		one.size = arg->size / arg->count;
		if (arg->ctype && !strncmp(arg->ctype, "char", 4))
			return type_string(u->types, arg->count);
		return type_array(u->types, by_size(u, &one, AS_NONE), arg->count);
	}
	return by_size(u, arg, as);
}

static void set_args(struct unit *u, struct program *p)
{
	struct probe_args *args = arena_new(u->arena, struct probe_args);
	size_t errors = diags_count(u->diags, DIAG_ERROR);
	const struct type **type;
	const char **name;

	if (p->kind->args(u->probes, &p->targets.v[0], args)) {
		/* What was said need not be said again at each use. */
		if (diags_count(u->diags, DIAG_ERROR) > errors)
			p->args_type = &type_error;
		return;
	}
	type = arena_array(u->arena, const struct type *, args->count + 1);
	name = arena_array(u->arena, const char *, args->count + 1);
	for (size_t i = 0; i < args->count; i++) {
		name[i] = intern(&u->names, args->arg[i].name);
		type[i] = probe_arg_type(u, p, &args->arg[i]);
	}
	p->args = args;
	p->args_type = type_record(u->types, name, type, args->count);
}

void probe_args_run(struct unit *u)
{
	vec_each (i, &u->programs) {
		struct program *p = u->programs.v[i];

		if (p->uses_args && p->kind->args)
			set_args(u, p);
	}
}
