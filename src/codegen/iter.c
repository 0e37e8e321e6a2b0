/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iter.c - what programs of iterators have besides: an object that may be missing, and a file.
 *
 * The kernel runs such a program once for each object, while somebody reads the iterator's file.
 * The runtime wants events all the same, for they know kinds, formats and JSON; so the file serves
 * as a brake: a program writes into it as much as it may put into the ring buffer, and the kernel
 * pauses when a piece of the file is full. An iterator that was pinned outlives the runtime: there
 * the file holds the output itself.
 */

#include "codegen/private.h"

#include "probes/probe.h"

#include <string.h>

static bool is_iterator(const struct program *p)
{
	return p->kind->caps & PROBE_ITER;
}

bool cg_is_pinned(struct cg *cg)
{
	return is_iterator(cg->p) && cg->p->targets.v[0].mode;
}

static const struct probe_arg *last_pointer(const struct probe_args *args)
{
	const struct probe_arg *last = NULL;

	for (size_t i = 0; i < args->count; i++)
		if (args->arg[i].ctype && strchr(args->arg[i].ctype, '*'))
			last = &args->arg[i];
	return last;
}

/* After the last object the program runs once more, without one: the last pointer of its context
 * (a map's element has the map as well) is NULL. */
void cg_iter_start(struct cg *cg, LLVMBasicBlockRef out)
{
	const struct program *p = cg->p;
	const struct probe_arg *object;
	struct probe_args args = { 0 };
	LLVMValueRef at;

	if (!is_iterator(p) || p->kind->args(cg->u->probes, &p->targets.v[0], &args))
		return;
	object = last_pointer(&args);
	if (!object)
		return;
	at = ref(cg_offset(cg, cg_ctx(cg), object->offset));
	cg_leave_when(cg, cg_is_null(cg, val(LLVMBuildLoad2(cg->b, cg->ptr, at, ""))), out);
}

/* struct bpf_iter__x starts with 'meta', and that with 'seq'. */
static cgv iterator_file(struct cg *cg)
{
	LLVMValueRef meta = LLVMBuildLoad2(cg->b, cg->ptr, ref(cg_ctx(cg)), "meta");

	return val(LLVMBuildLoad2(cg->b, cg->ptr, meta, "seq"));
}

void cg_iter_account(struct cg *cg)
{
	static const char zeros[ITER_MOST];
	uint32_t n = (cg->event_bytes + ITER_UNIT - 1) / ITER_UNIT;

	if (!is_iterator(cg->p) || !n)
		return;
	n = n > ITER_MOST ? ITER_MOST : n;
	cg_helper(cg, BPF_FUNC_seq_write, 3, iterator_file(cg), cg_bytes(cg, zeros, n),
	          cg_u64(cg, n));
}

void cg_seq_printf(struct cg *cg, const char *format, const struct value *arg, size_t n)
{
	size_t len = strlen(format) + 1;
	cgv words = cg_temp(cg, (uint32_t)(n ? n : 1) * 8);

	for (size_t i = 0; i < n; i++)
		cg_store(cg, cg_offset(cg, words, (uint32_t)i * 8),
		         type_is_scalar(arg[i].type) ? arg[i].v : cg_address(cg, arg[i].v), 8);
	cg_helper(cg, BPF_FUNC_seq_printf, 5, iterator_file(cg), cg_bytes(cg, format, len),
	          cg_u64(cg, len), words, cg_u64(cg, n * 8));
}
