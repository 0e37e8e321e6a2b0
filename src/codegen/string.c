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

static uint32_t common_alignment(struct cg *cg, cgv a, cgv b)
{
	uint32_t x = cg_alignment(cg, a), y = cg_alignment(cg, b);

	return x < y ? x : y;
}

/* How many bytes are compared without a branch: a word that is not aligned is put together from its
 * bytes, and too many of them at once overflow the stack. */
static uint32_t stretch_of(uint32_t align)
{
	return align >= 4 ? 64 : 16 * align;
}

/* Short texts and fixed sizes: words side by side, no loop for the verifier to walk. */
static cgv equal_words(struct cg *cg, cgv a, cgv b, uint32_t n, uint32_t align)
{
	cgv differ = cg_u64(cg, 0);

	for (uint32_t at = 0; at < n;) {
		uint32_t size = n - at >= 8 ? 8 : n - at >= 4 ? 4 : n - at >= 2 ? 2 : 1;
		cgv x = cg_load_at(cg, cg_offset(cg, a, at), size, align);
		cgv y = cg_load_at(cg, cg_offset(cg, b, at), size, align);

		differ = cg_or(cg, differ, cg_xor(cg, x, y));
		at += size;
	}
	/* Left to itself, LLVM compares word by word, with a branch for each. */
	return cg_compare(cg, CG_EQ, cg_opaque(cg, differ), cg_u64(cg, 0));
}

cgv cg_equal_bytes(struct cg *cg, cgv a, cgv b, uint32_t n)
{
	uint32_t align = common_alignment(cg, a, b);

	return n <= stretch_of(align) ? equal_words(cg, a, b, n, align)
	                              : equal_bytes(cg, a, b, n, false);
}

/* Whether the longer text ends where the shorter one's place does, up to which they are equal. */
static cgv equal_ends(struct cg *cg, cgv a, uint32_t size_a, cgv b, uint32_t size_b, cgv same)
{
	uint32_t least = size_a < size_b ? size_a : size_b;
	cgv more;

	if (size_a == size_b)
		return same;
	more = cg_load(cg, cg_offset(cg, size_a > size_b ? a : b, least), 1, false);
	return cg_and(cg, same, cg_compare(cg, CG_EQ, more, cg_u64(cg, 0)));
}

/* Long texts: a stretch at a time, until they differ or end in it. Few branches: the verifier follows
 * each of them in each round. */
static cgv equal_stretches(struct cg *cg, cgv a, uint32_t size_a, cgv b, uint32_t size_b,
                           uint32_t align)
{
	LLVMBasicBlockRef loop = cg_block(cg, "stretch"), done = cg_block(cg, "compared");
	LLVMValueRef i = cg_alloca(cg, cg->i64, 8, "i"), result = cg_alloca(cg, cg->i64, 8, "same");
	uint32_t least = size_a < size_b ? size_a : size_b, stretch = stretch_of(align);
	uint32_t whole = least / stretch * stretch;
	cgv at, from, same, last;
	struct cg_if go, end;

	LLVMBuildStore(cg->b, LLVMConstInt(cg->i64, 0, false), i);
	cg_goto(cg, loop);
	cg_enter(cg, loop);
	at = cg_bounded(cg, val(LLVMBuildLoad2(cg->b, cg->i64, i, "")), whole - stretch);
	from = cg_offset_by(cg, a, at);
	same = equal_words(cg, from, cg_offset_by(cg, b, at), stretch, align);
	LLVMBuildStore(cg->b, ref(same), result);
	last = cg_load(cg, cg_offset(cg, from, stretch - 1), 1, false);
	end = cg_if(cg, cg_or(cg, cg_xor(cg, same, cg_u64(cg, 1)),
	                      cg_compare(cg, CG_EQ, last, cg_u64(cg, 0))));
	cg_goto(cg, done);
	cg_endif(cg, &end);
	at = cg_add(cg, at, cg_u64(cg, stretch));
	LLVMBuildStore(cg->b, ref(at), i);
	go = cg_if(cg, cg_compare(cg, CG_ULT, at, cg_u64(cg, whole)));
	cg_goto(cg, loop);
	cg_endif(cg, &go);
	same = equal_words(cg, cg_offset(cg, a, whole), cg_offset(cg, b, whole), least - whole, align);
	LLVMBuildStore(cg->b, ref(equal_ends(cg, a, size_a, b, size_b, same)), result);
	cg_goto(cg, done);
	cg_enter(cg, done);
	return val(LLVMBuildLoad2(cg->b, cg->i64, result, ""));
}

/* Both are zero-filled behind their text: equal bytes up to the smaller one's end are equal texts,
 * unless the longer one goes on. */
cgv cg_equal_strings(struct cg *cg, cgv a, uint32_t size_a, cgv b, uint32_t size_b)
{
	uint32_t least = size_a < size_b ? size_a : size_b, align = common_alignment(cg, a, b);

	if (least > stretch_of(align))
		return equal_stretches(cg, a, size_a, b, size_b, align);
	return equal_ends(cg, a, size_a, b, size_b, equal_words(cg, a, b, least, align));
}

cgv cg_equal_prefix(struct cg *cg, cgv a, cgv b, uint32_t n)
{
	return equal_bytes(cg, a, b, n, true);
}
