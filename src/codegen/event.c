/* SPDX-License-Identifier: Apache-2.0 */
/* event.c - what programs tell the runtime, through the ring buffer. */

#include "codegen/private.h"

#include "base/bug.h"
#include "base/diag.h"
#include "image/meta_write.h"
#include "image/params.h"
#include "probes/probe.h"
#include "sema/sema.h"

enum { HEADER = 8, RING_BYTES = 4096 };

static LLVMValueRef ring(struct cg *cg)
{
	/* The runtime sets the size before load. */
	if (!cg->ring)
		cg->ring = cg_define_map(cg, RING_MAP, BPF_MAP_TYPE_RINGBUF, 0, 0, RING_BYTES, 0);
	return cg->ring;
}

/* A pinned iterator is read when we are gone. */
static void check_listener(struct cg *cg, struct span at)
{
	if (cg_is_pinned(cg))
		diag_hint(
			diag_error(
				cg->u->diags, at,
				"A pinned iterator runs without sonde: this would have no effect"),
			"its output is what printf() writes");
}

static uint32_t event_row(struct cg *cg, const struct cg_event *ev, const struct type *type)
{
	struct unit *u = cg->u;
	struct meta_event row = {
		.kind = ev->kind,
		.type = type ? unit_type_row(u, type) : META_NONE,
		.format = ev->format ? meta_string(u->meta, ev->format) : 0,
		.map = ev->map       ? ev->map->row
		       : ev->map_row ? ev->map_row - 1
		                     : META_NONE,
		.arg = { ev->arg[0], ev->arg[1] },
		.span_off = ev->span.off,
		.span_len = ev->span.len,
	};

	check_listener(cg, ev->span);
	return meta_add(u->meta, META_EVENTS, &row);
}

cgv cg_probe_row(struct cg *cg)
{
	const struct program *p = cg->p;
	const struct probe_target *t = &p->targets.v[0];

	if (p->targets.n <= 1)
		return cg_u64(cg, p->first_row);
	if (t->flags & TARGET_RAW_SYSCALL)
		return cg_syscall_row(cg);
	if (p->kind->caps & PROBE_COOKIE && !(t->flags & TARGET_RAW))
		return cg_helper(cg, BPF_FUNC_get_attach_cookie, 1, cg_ctx(cg));
	return cg_u64(cg, p->first_row);
}

uint32_t cg_event_row(struct cg *cg, const struct cg_event *ev)
{
	return event_row(cg, ev, NULL);
}

/* The record's place in the ring buffer with its header filled in. What follows runs only when
 * there is room; cg_endif(cg, full) ends it. */
static cgv reserve(struct cg *cg, uint32_t event, uint32_t size, struct cg_if *full)
{
	cgv row = cg->p->uses_probe ? cg_probe_row(cg) : cg_u64(cg, cg->p->first_row);
	uint32_t bytes = HEADER + (size + 7) / 8 * 8;
	cgv rec = cg_helper_ptr(cg, BPF_FUNC_ringbuf_reserve, 3, val(ring(cg)), cg_u64(cg, bytes),
	                        cg_u64(cg, 0));

	cg->event_bytes += bytes;
	*full = cg_if(cg, cg_is_null(cg, rec));
	cg_loss(cg, LOSS_EVENT);
	cg_else(cg, full);
	cg_store(cg, rec, cg_u64(cg, event), 4);
	cg_store(cg, cg_offset(cg, rec, 4), row, 4);
	return rec;
}

/* What the reader must hear of at once: the end, and a process that may end. Else it is not woken
 * unless it sleeps. */
static bool is_urgent(enum meta_event_kind kind)
{
	return kind == EVENT_EXIT || kind == EVENT_SEEN;
}

static void submit(struct cg *cg, const struct cg_event *ev, cgv rec, struct cg_if *full)
{
	cgv flag = cg_u64(cg, BPF_RB_FORCE_WAKEUP);

	_Static_assert(BPF_RB_NO_WAKEUP + 1 == BPF_RB_FORCE_WAKEUP,
	               "a sleeper's 1 makes the other");
	if (!is_urgent(ev->kind))
		flag = cg_add(cg, cg_control(cg, offsetof(struct image_control, reader_sleeps)),
		              cg_u64(cg, BPF_RB_NO_WAKEUP));
	cg_helper(cg, BPF_FUNC_ringbuf_submit, 2, rec, flag);
	cg_endif(cg, full);
}

static const struct type *argument_type(struct cg *cg, const struct type *t)
{
	if (type_is_castable(t))
		return type_int(cg->u->types, 8, t->is_signed && t->kind != KIND_COUNT);
	return t;
}

/* An argument's value, safe from what later ones do. */
static struct value early_value(struct cg *cg, const struct expr *e, const struct type *type)
{
	struct value v;

	if (type_is_scalar(type))
		return cg_expr(cg, e);
	v = cg_value(cg_temp(cg, type_size(cg->u->types, type)), type);
	cg_expr_into(cg, e, v.v, type);
	return v;
}

void cg_send(struct cg *cg, const struct cg_event *ev, struct expr *const *arg, size_t n)
{
	const struct type *type[64], *tuple = NULL;
	bool in_order = cg_has_effects(arg, n);
	struct value early[64];
	struct cg_if full;
	cgv rec;

	BUG_ON(n > countof(type));
	for (size_t i = 0; i < n; i++) {
		type[i] = argument_type(cg, arg[i]->type);
		early[i].v = NULL;
		/* Scalars first: what has effects has them whether or not there is room. Larger
		 * values are built in the ring buffer itself, unless something could change them.
		 */
		if (type_is_scalar(type[i]) || in_order)
			early[i] = early_value(cg, arg[i], type[i]);
	}
	if (n)
		tuple = type_tuple(cg->u->types, type, n);
	rec = reserve(cg, event_row(cg, ev, tuple), tuple ? tuple->size : 0, &full);
	for (size_t i = 0; i < n; i++) {
		cgv at = cg_offset(cg, rec, HEADER + tuple->field[i].offset);

		if (early[i].v)
			cg_store_value(cg, at, early[i], type[i]);
		else
			cg_expr_into(cg, arg[i], at, type[i]);
	}
	submit(cg, ev, rec, &full);
}

void cg_send_values(struct cg *cg, const struct cg_event *ev, const struct value *arg, size_t n)
{
	const struct type *type[16], *tuple = NULL;
	struct cg_if full;
	cgv rec;

	BUG_ON(n > countof(type));
	for (size_t i = 0; i < n; i++)
		type[i] = arg[i].type;
	if (n)
		tuple = type_tuple(cg->u->types, type, n);
	rec = reserve(cg, event_row(cg, ev, tuple), tuple ? tuple->size : 0, &full);
	for (size_t i = 0; i < n; i++)
		cg_store_value(cg, cg_offset(cg, rec, HEADER + tuple->field[i].offset), arg[i],
		               type[i]);
	submit(cg, ev, rec, &full);
}

void cg_warn(struct cg *cg, const char *text, struct span at)
{
	const struct cg_event ev = { .kind = EVENT_WARNING, .format = text, .span = at };

	cg_send_values(cg, &ev, NULL, 0);
}

void cg_helper_error(struct cg *cg, const char *helper, cgv result, struct span at)
{
	const struct cg_event ev = { .kind = EVENT_HELPER_ERROR, .format = helper, .span = at };
	struct value v = cg_value(result, type_int(cg->u->types, 8, true));

	cg_send_values(cg, &ev, &v, 1);
}
