/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - what the kernel itself tells of its objects: helpers that take typed pointers. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

/* Whether e is a struct of this name or a pointer to one. */
static bool is_struct(const struct type *t, const char *name)
{
	if (t->kind == KIND_POINTER)
		t = t->elem;
	return t && t->kind == KIND_STRUCT && t->name &&
	       !strcmp(t->name + (strncmp(t->name, "struct ", 7) ? 0 : 7), name);
}

static const struct type *check_object(struct sema *s, struct expr *call, size_t i,
                                       const char *name, const struct type *result)
{
	const struct program *p = s->program;
	const struct type *t = call->call.arg[i]->type;

	if (p->kind->prog_type != BPF_PROG_TYPE_TRACING &&
	    !(p->targets.v[0].flags & TARGET_TYPED)) {
		struct diag *d = diag_error(s->diags, call->call.name_span,
		                            "%s() cannot be used in a probe of type '%s'",
		                            call->call.name, p->kind->name);

		diag_hint(d, "it works in fentry, fexit, iter and rawtracepoint probes");
		return &type_error;
	}
	if (t == &type_unknown || t == &type_error || is_struct(t, name))
		return result;
	diag_error(s->diags, call->call.arg[i]->span, "%s() takes a 'struct %s *', not %s",
	           call->call.name, name, type_name(s->ty, t));
	return &type_error;
}

/* -- path -- */

static const struct type *check_path(struct sema *s, struct expr *call)
{
	uint64_t size = s->u->config.max_strlen;

	if (arg_given(call, 1) && !arg_literal(s, call, 1, "the size", &size))
		return &type_error;
	if (!size || size > s->u->config.max_strlen) {
		diag_error(s->diags, call->call.arg[1]->span,
		           "The size of a path is 1 to max_strlen (%llu), not %llu",
		           (unsigned long long)s->u->config.max_strlen, (unsigned long long)size);
		return &type_error;
	}
	return check_object(s, call, 0, "path", type_string(s->ty, (uint32_t)size));
}

struct path_place {
	cgv raw;
	uint32_t size;
};

static cgv call_path(struct cg *cg, cgv object, void *arg)
{
	const struct path_place *p = arg;

	return cg_helper(cg, BPF_FUNC_d_path, 3, object, p->raw, cg_u64(cg, p->size));
}

/* The helper leaves bytes of its work behind the text: it is copied from there. */
static struct value emit_path(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	uint32_t size = call->type->size;
	cgv place = cg_place(cg, dest, call->type);
	struct path_place p = { cg_temp(cg, size), size };
	cgv n = cg_with_object(cg, call->call.arg[0], "path", call_path, &p, cg_u64(cg, 0));
	struct cg_if found;

	cg_zero(cg, place, size);
	found = cg_if(cg, cg_compare(cg, CG_SGT, n, cg_u64(cg, 0)));
	cg_read_string(cg, place, size, NULL, cg_address(cg, p.raw), AS_KERNEL);
	cg_endif(cg, &found);
	return cg_value(place, call->type);
}

/* -- sockets and packets -- */

static const struct type *check_cookie(struct sema *s, struct expr *call)
{
	return check_object(s, call, 0, "sock", type_int(s->ty, 8, false));
}

static cgv call_cookie(struct cg *cg, cgv object, void *arg)
{
	return cg_helper(cg, BPF_FUNC_get_socket_cookie, 1, object);
}

static struct value emit_cookie(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_with_object(cg, call->call.arg[0], "socket_cookie", call_cookie, NULL,
	                               cg_u64(cg, 0)),
	                call->type);
}

static const struct type *check_skboutput(struct sema *s, struct expr *call)
{
	return check_object(s, call, 1, "sk_buff", type_int(s->ty, 4, false));
}

static cgv call_skboutput(struct cg *cg, cgv object, void *arg)
{
	const struct expr *call = arg;
	const struct cg_event ev = {
		.kind = EVENT_PACKET,
		.format = call->call.arg[0]->string.text,
		.span = call->span,
	};

	return cg_send_packet(cg, &ev, object, cg_arg_int(cg, call, 2), cg_arg_int(cg, call, 3));
}

static struct value emit_skboutput(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv r = cg_with_object(cg, call->call.arg[1], "skboutput", call_skboutput, (void *)call,
	                       cg_u64(cg, 0));

	return cg_value(cg_fit(cg, r, 4, false), call->type);
}

/* clang-format off */
const struct lang_def lang_object[] = {
	{
		.name = "path",
		.sig = "path(path: any, size: intlit = max_strlen) -> T",
		.flags = LANG_PROBE,
		.check = check_path,
		.emit = emit_path,
		.brief = "The name of a file in full, from the kernel's struct path. In iterators, and in fentry and fexit probes where the kernel allows it.",
		.example = "iter:task_file { printf(\"%s\\n\", path(ctx.file.f_path)); }",
	},
	{
		.name = "socket_cookie",
		.sig = "socket_cookie(socket: ptr) -> T",
		.flags = LANG_PROBE,
		.check = check_cookie,
		.emit = emit_cookie,
		.brief = "The number that the kernel gives a struct sock once and for all.",
		.example = "rawtracepoint:tcp_destroy_sock { @[socket_cookie(args.sk)] = count(); }",
	},
	{
		.name = "skboutput",
		.sig = "skboutput(file: strlit, packet: ptr, length: int, offset: int) -> T",
		.flags = LANG_PROBE | LANG_DISCARD,
		.check = check_skboutput,
		.emit = emit_skboutput,
		.brief = "Appends the first bytes of a struct sk_buff, less those before the offset, to a capture file (pcap, raw IP). Gives 0, or an error.",
		.example = "rawtracepoint:consume_skb { skboutput(\"out.pcap\", args.skb, args.skb.len, 14); }",
	},
	{ 0 },
};
/* clang-format on */
