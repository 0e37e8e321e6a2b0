/* SPDX-License-Identifier: Apache-2.0 */
/* net.c - addresses of networks, and of control groups. */

#include "base/arena.h"
#include "codegen/cg.h"
#include "image/meta_write.h"
#include "lang/families.h"
#include "lang/text.h"
#include "sema/sema.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ntop(addr) or ntop(family, addr) */
static const struct expr *address_of(const struct expr *call)
{
	return call->call.arg[call->call.args - 1];
}

static const struct type *check_ntop(struct sema *s, struct expr *call)
{
	const struct type *t = address_of(call)->type;
	uint32_t size;

	if (t == &type_unknown)
		return t;
	if (call->call.args == 2 && call->call.arg[0]->type != &type_unknown &&
	    !type_is_int(call->call.arg[0]->type))
		return arg_mismatch(s, call, 0, "an address family");
	size = type_size(s->ty, t);
	if (type_is_int(t))
		return type_simple(s->ty, KIND_INET);
	if ((t->kind == KIND_ARRAY || t->kind == KIND_STRING) && (size == 4 || size == 16))
		return type_simple(s->ty, KIND_INET);
	return arg_mismatch(s, call, call->call.args - 1, "an integer, or 4 or 16 bytes");
}

static struct value emit_ntop(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_expr(cg, address_of(call));
	uint32_t size = type_is_int(v.type) ? 4 : type_size(cg_unit(cg)->types, v.type);
	cgv place = cg_place(cg, dest, call->type);
	cgv family = call->call.args == 2 ? cg_arg_int(cg, call, 0)
	                                  : cg_u64(cg, size == 16 ? AF_INET6 : AF_INET);

	cg_zero(cg, place, call->type->size);
	cg_store(cg, place, family, 8);
	if (type_is_int(v.type))
		cg_store(cg, cg_offset(cg, place, 8), v.v, 4);
	else
		cg_copy(cg, cg_offset(cg, place, 8), v.v, size);
	return cg_value(place, call->type);
}

static const struct type *check_pton(struct sema *s, struct expr *call)
{
	const char *text = call->call.arg[0]->string.text;
	unsigned char *bytes = arena_alloc(s->u->arena, 16);

	call->call.note = bytes;
	if (inet_pton(AF_INET, text, bytes) == 1)
		return type_array(s->ty, type_int(s->ty, 1, false), 4);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return type_array(s->ty, type_int(s->ty, 1, false), 16);
	diag_error(s->diags, call->call.arg[0]->span,
	           "pton() expects a valid IPv4/IPv6 address, got %s", text);
	return &type_error;
}

static struct value emit_pton(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_bytes(cg, call->call.note, call->type->size), call->type);
}

static const struct type *check_macaddr(struct sema *s, struct expr *call)
{
	const struct type *t = call->call.arg[0]->type;

	if (call->call.arg[0]->literal && t->kind == KIND_STRING)
		return arg_mismatch(s, call, 0, "6 bytes or their address");
	if (!type_is_scalar(t) && content_size(s->ty, t) < 6)
		return arg_mismatch(s, call, 0, "6 bytes");
	return type_simple(s->ty, KIND_MAC);
}

static struct value emit_macaddr(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v = cg_arg(cg, call, 0);
	cgv place = cg_place(cg, dest, call->type);

	if (type_is_scalar(v.type))
		cg_read(cg, place, 6, v.v, v.type->as);
	else
		cg_copy(cg, place, content_of(cg, v).v, 6);
	return cg_value(place, call->type);
}

/* -- control groups -- */

static const struct type *check_cgroupid(struct sema *s, struct expr *call)
{
	const char *path = call->call.arg[0]->string.text;
	struct stat st;

	if (stat(path, &st)) {
		diag_error(s->diags, call->call.arg[0]->span,
		           "Failed to get `cgroupid` for path: \"%s\": %s", path, strerror(errno));
		return &type_error;
	}
	/* The id of a cgroup is the inode number of its directory (cgroup_ino). */
	call->call.note = arena_memdup(s->u->arena, &(uint64_t){ st.st_ino }, sizeof(uint64_t));
	return type_int(s->ty, 8, false);
}

static struct value emit_cgroupid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	uint64_t id;

	memcpy(&id, call->call.note, sizeof(id));
	return cg_value(cg_u64(cg, id), call->type);
}

static const struct type *check_cgroup_path(struct sema *s, struct expr *call)
{
	return type_simple(s->ty, KIND_CGROUP_PATH);
}

static struct value emit_cgroup_path(struct cg *cg, const struct expr *call,
                                     const struct dest *dest)
{
	struct unit *u = cg_unit(cg);
	uint32_t filter =
		arg_given(call, 1) ? meta_string(u->meta, call->call.arg[1]->string.text) : 0;
	cgv id = cg_arg_int(cg, call, 0), place = cg_place(cg, dest, call->type);

	cg_store(cg, place, id, 8);
	cg_store(cg, cg_offset(cg, place, 8), cg_u64(cg, filter), 8);
	return cg_value(place, call->type);
}

/* clang-format off */
const struct lang_def lang_net[] = {
	{
		.name = "ntop",
		.sig = "ntop(family: any, address: any = ) -> T",
		.check = check_ntop,
		.emit = emit_ntop,
		.brief = "An internet address for printing: an integer or 4 bytes (IPv4), or 16 bytes (IPv6). Its family, AF_INET (2) or AF_INET6 (10), may be given first.",
		.example = "begin { print(ntop(0x0100007f)); }",
	},
	{
		.name = "pton",
		.sig = "pton(address: strlit) -> T",
		.check = check_pton,
		.emit = emit_pton,
		.brief = "The bytes of an internet address written as text, in network order.",
		.example = "begin { print(ntop(pton(\"::1\"))); }",
	},
	{
		.name = "macaddr",
		.sig = "macaddr(p: mem) -> T",
		.check = check_macaddr,
		.emit = emit_macaddr,
		.brief = "Six bytes that print as a hardware address.",
		.example = "begin { print(macaddr(curtask)); }",
	},
	{
		.name = "cgroupid",
		.sig = "cgroupid(path: strlit) -> u64",
		.check = check_cgroupid,
		.emit = emit_cgroupid,
		.brief = "The id of the cgroup (version 2) at a path.",
		.example = "begin { print(cgroup == cgroupid(\"/sys/fs/cgroup\")); }",
	},
	{
		.name = "cgroup_path",
		.sig = "cgroup_path(id: int, filter: strlit = \"*\") -> T",
		.check = check_cgroup_path,
		.emit = emit_cgroup_path,
		.brief = "A cgroup's id that prints as its path, after the name of its hierarchy: \"unified\" for version 2. With others of version 1, all that hold the id and match the filter are printed.",
		.example = "begin { print(cgroup_path(cgroup)); }",
	},
	{ 0 },
};
/* clang-format on */
