/* SPDX-License-Identifier: Apache-2.0 */
/* string.c - reading traced memory, and comparing what lies in ours. */

#include "codegen/private.h"

#include "probes/probe.h"

/* The address space of a value that does not say: what the probe's own registers point to. */
static enum addr_space default_as(struct cg *cg, enum addr_space as)
{
	if (as == AS_NONE && cg->p->kind->caps & PROBE_USER)
		return AS_USER;
	return as;
}

struct reader {
	int helper;
	const char *name;
};

/* With -k a read that fails says so where it stands. */
static void warn_failed(struct cg *cg, const char *helper, cgv result)
{
	struct cg_if failed;

	if (!cg_unit(cg)->warn_reads)
		return;
	failed = cg_if(cg, cg_compare(cg, CG_SLT, result, cg_u64(cg, 0)));
	cg_helper_error(cg, helper, result, cg->at);
	cg_endif(cg, &failed);
}

cgv cg_read_bounded(struct cg *cg, cgv to, cgv size, uint32_t max, cgv from, enum addr_space as)
{
	static const struct reader reader[] = {
		[AS_NONE] = { BPF_FUNC_probe_read, "probe_read" },
		[AS_KERNEL] = { BPF_FUNC_probe_read_kernel, "probe_read_kernel" },
		[AS_USER] = { BPF_FUNC_probe_read_user, "probe_read_user" },
	};
	const struct reader *r = &reader[default_as(cg, as)];
	cgv result = cg_helper(cg, r->helper, 3, to, size, from);

	warn_failed(cg, r->name, result);
	return result;
}

cgv cg_read(struct cg *cg, cgv to, uint32_t size, cgv from, enum addr_space as)
{
	return cg_read_bounded(cg, to, cg_u64(cg, size), size, from, as);
}

/* The text filled its place: one more byte tells whether it was cut. It is kept in the last place,
 * where any byte but NUL is the mark (kinds.def). */
static void mark_cut(struct cg *cg, cgv to, uint32_t size, cgv from, enum addr_space as)
{
	cgv last = cg_offset(cg, to, size - 1);
	struct cg_if cut;

	cg_read(cg, last, 1, cg_add(cg, from, cg_u64(cg, size - 1)), as);
	cut = cg_if(cg, cg_compare(cg, CG_NE, cg_load(cg, last, 1, false), cg_u64(cg, 0)));
	cg_loss(cg, LOSS_STRING);
	cg_endif(cg, &cut);
}

cgv cg_read_string(struct cg *cg, cgv to, uint32_t size, cgv limit, cgv from, enum addr_space as)
{
	static const struct reader reader[] = {
		[AS_NONE] = { BPF_FUNC_probe_read_str, "probe_read_str" },
		[AS_KERNEL] = { BPF_FUNC_probe_read_kernel_str, "probe_read_kernel_str" },
		[AS_USER] = { BPF_FUNC_probe_read_user_str, "probe_read_user_str" },
	};
	cgv len;
	struct cg_if full;

	as = default_as(cg, as);
	cg_zero(cg, to, size);
	len = cg_helper(cg, reader[as].helper, 3, to, limit ? limit : cg_u64(cg, size), from);
	warn_failed(cg, reader[as].name, len);
	if (limit)
		return len;
	full = cg_if(cg, cg_compare(cg, CG_EQ, len, cg_u64(cg, size)));
	mark_cut(cg, to, size, from, as);
	cg_endif(cg, &full);
	return len;
}

/* Compares n bytes in a loop; with 'text' only up to a common NUL. 1: they are equal. */
static cgv equal_bytes(struct cg *cg, cgv a, cgv b, uint32_t n, bool text)
{
	LLVMBasicBlockRef loop, differ, next, done, equal;
	LLVMValueRef i, result, byte_a, byte_b;

	done = cg_block(cg, "compared");
	differ = cg_block(cg, "differ");
	equal = cg_block(cg, "equal");
	i = cg_alloca(cg, cg->i64, 8, "i");
	LLVMBuildStore(cg->b, LLVMConstInt(cg->i64, 0, false), i);
	loop = cg_block(cg, "compare");
	next = cg_block(cg, "next");
	cg_goto(cg, loop);
	cg_enter(cg, loop);
	{
		cgv at = val(LLVMBuildLoad2(cg->b, cg->i64, i, ""));
		struct cg_if same;

		at = cg_bounded(cg, at, n - 1);
		byte_a = ref(cg_load(cg, cg_offset_by(cg, a, at), 1, false));
		byte_b = ref(cg_load(cg, cg_offset_by(cg, b, at), 1, false));
		same = cg_if(cg, cg_compare(cg, CG_NE, val(byte_a), val(byte_b)));
		cg_goto(cg, differ);
		cg_endif(cg, &same);
		if (text) {
			struct cg_if end = cg_if(
				cg, cg_compare(cg, CG_EQ, val(byte_a), cg_u64(cg, 0)));

			cg_goto(cg, equal);
			cg_endif(cg, &end);
		}
		at = cg_add(cg, at, cg_u64(cg, 1));
		LLVMBuildStore(cg->b, ref(at), i);
		same = cg_if(cg, cg_compare(cg, CG_UGE, at, cg_u64(cg, n)));
		cg_goto(cg, equal);
		cg_endif(cg, &same);
		cg_goto(cg, next);
	}
	cg_enter(cg, next);
	cg_goto(cg, loop);
	cg_enter(cg, equal);
	cg_goto(cg, done);
	cg_enter(cg, differ);
	cg_goto(cg, done);
	cg_enter(cg, done);
	result = LLVMBuildPhi(cg->b, cg->i64, "");
	LLVMAddIncoming(result, (LLVMValueRef[]){ ref(cg_u64(cg, 1)), ref(cg_u64(cg, 0)) },
	                (LLVMBasicBlockRef[]){ equal, differ }, 2);
	return val(result);
}

/* Short texts and fixed sizes: words side by side, no loop for the verifier to walk. */
static cgv equal_words(struct cg *cg, cgv a, cgv b, uint32_t n)
{
	cgv differ = cg_u64(cg, 0);

	for (uint32_t at = 0; at < n;) {
		uint32_t size = n - at >= 8 ? 8 : n - at >= 4 ? 4 : n - at >= 2 ? 2 : 1;
		cgv x = cg_load_at(cg, cg_offset(cg, a, at), size);
		cgv y = cg_load_at(cg, cg_offset(cg, b, at), size);

		differ = cg_or(cg, differ, cg_xor(cg, x, y));
		at += size;
	}
	return cg_compare(cg, CG_EQ, differ, cg_u64(cg, 0));
}

cgv cg_equal_bytes(struct cg *cg, cgv a, cgv b, uint32_t n)
{
	enum { SHORT = 64 };

	return n <= SHORT ? equal_words(cg, a, b, n) : equal_bytes(cg, a, b, n, false);
}

cgv cg_equal_strings(struct cg *cg, cgv a, uint32_t size_a, cgv b, uint32_t size_b)
{
	enum { SHORT = 64 };
	uint32_t least = size_a < size_b ? size_a : size_b;

	/* Both are zero-filled behind their text: equal bytes up to the smaller one's end are equal
	 * texts, unless the longer one goes on. */
	if (least <= SHORT) {
		cgv same = equal_words(cg, a, b, least);

		if (size_a != size_b) {
			cgv longer = size_a > size_b ? a : b;
			cgv more = cg_load(cg, cg_offset(cg, longer, least), 1, false);

			same = cg_and(cg, same, cg_compare(cg, CG_EQ, more, cg_u64(cg, 0)));
		}
		return same;
	}
	return equal_bytes(cg, a, b, least, true);
}

cgv cg_equal_prefix(struct cg *cg, cgv a, cgv b, uint32_t n)
{
	return equal_bytes(cg, a, b, n, true);
}
