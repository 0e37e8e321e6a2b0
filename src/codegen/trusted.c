/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trusted.c - objects of the kernel whose type the verifier knows.
 *
 * Some helpers take such objects only: what came from the context by plain loads, each of which the
 * verifier follows through BTF. bpf_probe_read_kernel, by which members are read elsewhere, gives
 * numbers that it knows nothing about.
 */

#include "codegen/private.h"

#include "base/diag.h"
#include "probes/probe.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct cg *cg;
	LLVMBasicBlockRef absent; /* where a NULL on the way leads */
};

static LLVMValueRef load(struct walk *w, LLVMValueRef at)
{
	struct cg *cg = w->cg;
	LLVMValueRef p = LLVMBuildLoad2(cg->b, cg->ptr, at, "");
	LLVMBasicBlockRef there = cg_block(cg, "there");

	LLVMBuildCondBr(cg->b, LLVMBuildICmp(cg->b, LLVMIntEQ, p, LLVMConstNull(cg->ptr), ""),
	                w->absent, there);
	cg_enter(cg, there);
	return p;
}

static LLVMValueRef load_context(struct walk *w, uint32_t offset)
{
	return load(w, ref(cg_offset(w->cg, cg_ctx(w->cg), offset)));
}

static bool is_word(const struct expr *e, const char *name)
{
	return e->kind == EXPR_CALL && e->call.def && !strcmp(e->call.def->name, name);
}

/* A member of args, or of what ctx points to. */
static LLVMValueRef context_member(struct walk *w, const struct expr *e)
{
	const struct probe_args *args = w->cg->p->args;

	if (is_word(e->field.base, "ctx") && w->cg->p->kind->caps & PROBE_ITER)
		return load_context(w, e->field.found.offset);
	for (size_t i = 0; args && i < args->count; i++)
		if (!strcmp(args->arg[i].name, e->field.name))
			return load_context(w, args->arg[i].offset);
	return NULL;
}

/* The object that e is or points to; NULL: it came another way. */
static LLVMValueRef object(struct walk *w, const struct expr *e)
{
	struct cg *cg = w->cg;
	LLVMValueRef base;

	if (e->kind == EXPR_CAST)
		return object(w, e->cast.operand);
	if (e->kind == EXPR_UNARY && e->unary.op == UNARY_DEREF)
		return object(w, e->unary.operand);
	if (is_word(e, "argN") && cg->p->kind->caps & PROBE_WORDS)
		return load_context(w, (uint32_t)strtoul(e->call.name + 3, NULL, 10) * 8);
	if (is_word(e, "retval") && e->call.note)
		return load_context(w, ((const struct probe_arg *)e->call.note)->offset);
	if (e->kind != EXPR_FIELD || !e->field.name)
		return NULL;
	if (is_word(e->field.base, "args") || is_word(e->field.base, "ctx"))
		return context_member(w, e);
	base = object(w, e->field.base);
	if (!base)
		return NULL;
	base = ref(cg_offset(cg, val(base), e->field.found.offset));
	return e->type->kind == KIND_POINTER ? load(w, base) : base;
}

bool cg_typed_context(const struct program *p)
{
	return p->kind->prog_type == BPF_PROG_TYPE_TRACING || p->targets.v[0].flags & TARGET_TYPED;
}

cgv cg_with_object(struct cg *cg, const struct expr *e, const char *what, cg_object_fn *fn,
                   void *arg, cgv otherwise)
{
	struct walk w = { cg, cg_block(cg, "absent") };
	LLVMValueRef p = cg_typed_context(cg->p) ? object(&w, e) : NULL, result, either;
	LLVMBasicBlockRef from, done = cg_block(cg, "done");

	if (!p) {
		diag_hint(diag_error(cg->u->diags, e->span,
		                     "The kernel lets %s() have only what 'args' or 'ctx' lead to",
		                     what),
		          "like args.file.f_path, without variables in between");
		p = LLVMConstNull(cg->ptr);
	}
	result = ref(fn(cg, val(p), arg));
	from = LLVMGetInsertBlock(cg->b);
	cg_goto(cg, done);
	cg_enter(cg, w.absent);
	cg_goto(cg, done);
	cg_enter(cg, done);
	either = LLVMBuildPhi(cg->b, cg->i64, "");
	LLVMAddIncoming(either, (LLVMValueRef[]){ result, ref(otherwise) },
	                (LLVMBasicBlockRef[]){ from, w.absent }, 2);
	return val(either);
}

/* -- packets -- */

/* Samples of a perf buffer: the ring buffer cannot take what only the kernel may read whole. */
static LLVMValueRef packets(struct cg *cg)
{
	if (!cg->packets)
		cg->packets =
			cg_define_map(cg, PACKET_MAP, BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0);
	return cg->packets;
}

cgv cg_send_packet(struct cg *cg, const struct cg_event *ev, cgv skb, cgv length, cgv offset)
{
	cgv head = cg_temp(cg, sizeof(struct image_packet));
	cgv flags = cg_or(cg, cg_shl(cg, cg_and(cg, length, cg_u64(cg, PACKET_MOST)), 32),
	                  cg_u64(cg, BPF_F_CURRENT_CPU));

	cg_store(cg, cg_offset(cg, head, offsetof(struct image_packet, event)),
	         cg_u64(cg, cg_event_row(cg, ev)), 4);
	cg_store(cg, cg_offset(cg, head, offsetof(struct image_packet, offset)), offset, 4);
	cg_store(cg, cg_offset(cg, head, offsetof(struct image_packet, length)), length, 8);
	cg_store(cg, cg_offset(cg, head, offsetof(struct image_packet, boot_ns)),
	         cg_helper(cg, BPF_FUNC_ktime_get_boot_ns, 0), 8);
	return cg_helper(cg, BPF_FUNC_skb_output, 5, skb, val(packets(cg)), flags, head,
	                 cg_u64(cg, sizeof(struct image_packet)));
}
