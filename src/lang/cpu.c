/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.c - processors, chance, and the bits of numbers. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

static struct value emit_cpu(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv id = cg_helper(cg, BPF_FUNC_get_smp_processor_id, 0);

	return cg_value(cg_fit(cg, id, 4, false), call->type);
}

static struct value emit_numaid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_fit(cg, cg_helper(cg, BPF_FUNC_get_numa_node_id, 0), 4, false),
	                call->type);
}

static struct value emit_ncpus(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(CG_PARAM(cg, cpus), call->type);
}

static struct value emit_rand(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv n = cg_helper(cg, BPF_FUNC_get_prandom_u32, 0);

	return cg_value(cg_fit(cg, n, 4, false), call->type);
}

static const struct type *check_bswap(struct sema *s, struct expr *call)
{
	const struct type *t = call->call.arg[0]->type;

	if (!type_is_known(t))
		return t;
	return type_int(s->ty, type_is_aggregation(t) ? 8 : t->size, false);
}

static struct value emit_bswap(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_bswap(cg, cg_arg_int(cg, call, 0), call->type->size), call->type);
}

static const struct type *with_as(struct sema *s, struct expr *call, enum addr_space as)
{
	const struct type *t = call->call.arg[0]->type;

	return type_is_int(t) && t->size < 8 ? type_int_as(s->ty, 8, false, as)
	                                     : type_with_as(s->ty, type_rigid(s->ty, t), as);
}

static const struct type *check_kptr(struct sema *s, struct expr *call)
{
	return with_as(s, call, AS_KERNEL);
}

static const struct type *check_uptr(struct sema *s, struct expr *call)
{
	return with_as(s, call, AS_USER);
}

static struct value emit_pointer(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_arg_int(cg, call, 0), call->type);
}

/* clang-format off */
const struct lang_def lang_cpu[] = {
	{
		.name = "cpu",
		.sig = "cpu -> u64",
		.emit = emit_cpu,
		.brief = "Number of the processor this runs on.",
		.example = "profile:hz:99 { @[cpu] = count(); }",
	},
	{
		.name = "ncpus",
		.sig = "ncpus -> u64",
		.emit = emit_ncpus,
		.brief = "Number of possible processors.",
		.example = "begin { print(ncpus); }",
	},
	{
		.name = "numaid",
		.sig = "numaid -> u64",
		.emit = emit_numaid,
		.brief = "Number of the memory node of this processor.",
		.example = "begin { print(numaid); }",
	},
	{
		.name = "rand",
		.sig = "rand -> u64",
		.emit = emit_rand,
		.brief = "A random number of 32 bits.",
		.example = "tracepoint:sched:sched_switch /rand % 100 == 0/ { @ = count(); }",
	},
	{
		.name = "bswap",
		.sig = "bswap(n: int) -> T",
		.check = check_bswap,
		.emit = emit_bswap,
		.brief = "The bytes of an integer in reverse order, at its own width.",
		.example = "begin { printf(\"%x\\n\", bswap((uint16)0x1234)); }",
	},
	{
		.name = "kptr",
		.sig = "kptr(p: ptr) -> T",
		.check = check_kptr,
		.emit = emit_pointer,
		.brief = "The same address, read as kernel memory.",
		.example = "kprobe:vfs_read { print(*(uint64*)kptr(arg0)); }",
	},
	{
		.name = "uptr",
		.sig = "uptr(p: ptr) -> T",
		.check = check_uptr,
		.emit = emit_pointer,
		.brief = "The same address, read as user memory.",
		.example = "kprobe:vfs_read { print(str(uptr(arg1), 8)); }",
	},
	{ 0 },
};
/* clang-format on */
