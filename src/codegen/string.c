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
 * where any byte but NUL is the mark (kinds.def). Returns that byte. */
static cgv read_mark(struct cg *cg, cgv to, uint32_t size, cgv from, enum addr_space as)
{
	cgv last = cg_offset(cg, to, size - 1);

	cg_read(cg, last, 1, cg_add(cg, from, cg_u64(cg, size - 1)), as);
	return cg_load(cg, last, 1, false);
}

static void mark_cut(struct cg *cg, cgv to, uint32_t size, cgv from, enum addr_space as)
{
	struct cg_if cut;

	cut = cg_if(cg, cg_compare(cg, CG_NE, read_mark(cg, to, size, from, as), cg_u64(cg, 0)));
	cg_loss(cg, LOSS_STRING);
	cg_endif(cg, &cut);
}

void cg_copy_text(struct cg *cg, cgv to, uint32_t size, cgv from)
{
	cgv len;
	struct cg_if full;

	cg_zero(cg, to, size);
	len = cg_helper(cg, BPF_FUNC_probe_read_kernel_str, 3, to, cg_u64(cg, size), from);
	full = cg_if(cg, cg_compare(cg, CG_EQ, len, cg_u64(cg, size)));
	read_mark(cg, to, size, cg_address(cg, from), AS_KERNEL);
	cg_endif(cg, &full);
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

/* -- equality -- */

/* The place of the first byte that is 0 in a word: 0x80 there, nothing below it (Hacker's Delight,
 * 6-1; what lies above may be wrong). */
static cgv zero_bytes(struct cg *cg, cgv x)
{
	cgv ones = cg_u64(cg, 0x0101010101010101), highs = cg_u64(cg, 0x8080808080808080);

	return cg_and(cg, cg_and(cg, cg_sub(cg, x, ones), cg_xor(cg, x, cg_u64(cg, UINT64_MAX))),
	              highs);
}

/* The bits of d up to and with the first byte that is marked in z: all when none is. */
static cgv up_to_zero(struct cg *cg, cgv d, cgv z)
{
	cgv first = cg_and(cg, z, cg_sub(cg, cg_u64(cg, 0), z));

	return cg_and(cg, d, cg_or(cg, first, cg_sub(cg, first, cg_u64(cg, 1))));
}

/* The next 'size' bytes at 'at' of both sides. Where they end the comparison, its result is stored
 * at 'result' and the code goes to 'done': they differ, or a text ends. */
static void equal_piece(struct cg *cg, cgv a, cgv b, uint32_t size, bool text, cgv result,
                        LLVMBasicBlockRef done)
{
	cgv x = cg_load_at(cg, a, size), y = cg_load_at(cg, b, size), d = cg_xor(cg, x, y), z;
	struct cg_if ends;

	if (!text) {
		ends = cg_if(cg, d);
		cg_store(cg, result, cg_u64(cg, 0), 8);
	} else {
		/* The bytes that are not there must not look like the text's end. */
		if (size < 8)
			x = cg_or(cg, x, cg_u64(cg, UINT64_MAX << size * 8));
		z = zero_bytes(cg, x);
		ends = cg_if(cg, cg_or(cg, d, z));
		d = cg_compare(cg, CG_EQ, up_to_zero(cg, d, z), cg_u64(cg, 0));
		cg_store(cg, result, d, 8);
	}
	cg_goto(cg, done);
	cg_endif(cg, &ends);
}

enum { ROUND = 32 }; /* bytes that are compared at once */
enum { LEFT, RIGHT, EQUAL };

struct equal {
	uint32_t size;
	bool text;
};

static cgv equal_round(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg)
{
	LLVMBasicBlockRef done = cg_block(cg, "decided"), end = cg_block(cg, "end"), open;
	const struct equal *e = arg;
	cgv at = cg_mul(cg, cg_bounded(cg, i, e->size / ROUND - 1), cg_u64(cg, ROUND));
	LLVMValueRef stop;

	for (uint32_t k = 0; k < ROUND; k += 8)
		equal_piece(cg, cg_offset(cg, cg_offset_by(cg, in[LEFT], at), k),
		            cg_offset(cg, cg_offset_by(cg, in[RIGHT], at), k), 8, e->text,
		            cg_offset(cg, out, EQUAL * 8), done);
	open = LLVMGetInsertBlock(cg->b);
	cg_goto(cg, end);
	cg_enter(cg, done);
	cg_goto(cg, end);
	cg_enter(cg, end);
	stop = LLVMBuildPhi(cg->b, cg->i64, "stop");
	LLVMAddIncoming(stop, (LLVMValueRef[]){ ref(cg_u64(cg, 1)), ref(cg_u64(cg, 0)) },
	                (LLVMBasicBlockRef[]){ done, open }, 2);
	return val(stop);
}

enum { UNDECIDED = 2 };

/* Compares n bytes; with 'text' only up to a common NUL. 1: they are equal. */
static cgv equal_bytes(struct cg *cg, cgv a, cgv b, uint32_t n, bool text)
{
	const struct equal e = { n, text };
	cgv result = cg_temp(cg, 8), passed[] = { a, b, cg_u64(cg, UNDECIDED) };
	LLVMBasicBlockRef done = cg_block(cg, "compared");
	struct cg_if undecided;
	uint32_t at = n / ROUND * ROUND;

	if (at)
		cg_repeat(cg, cg_u64(cg, n / ROUND), passed, 3, equal_round, &e);
	cg_store(cg, result, passed[EQUAL], 8);
	undecided = cg_if(cg, cg_compare(cg, CG_EQ, passed[EQUAL], cg_u64(cg, UNDECIDED)));
	while (at < n) {
		uint32_t size = n - at >= 8 ? 8 : n - at >= 4 ? 4 : n - at >= 2 ? 2 : 1;

		equal_piece(cg, cg_offset(cg, a, at), cg_offset(cg, b, at), size, text, result,
		            done);
		at += size;
	}
	cg_store(cg, result, cg_u64(cg, 1), 8);
	cg_endif(cg, &undecided);
	cg_goto(cg, done);
	cg_enter(cg, done);
	return cg_load(cg, result, 8, false);
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
	/* Left to itself, LLVM compares word by word, with a branch for each. */
	differ = cg->forgetful ? cg_forget(cg, differ) : cg_opaque(cg, differ);
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
