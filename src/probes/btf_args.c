/* SPDX-License-Identifier: Apache-2.0 */
/* btf_args.c - reads function prototypes. */

#include "probes/btf_args.h"

#include "base/arena.h"
#include "probes/btf.h"
#include "probes/btf_text.h"
#include "probes/probe.h"

static bool is_signed(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));

	return t && BTF_INFO_KIND(t->info) == BTF_KIND_INT &&
	       BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_SIGNED;
}

/* The tag stands on what a pointer points to: "char __user *". */
static bool points_to_user(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));
	bool user = false;

	if (t && BTF_INFO_KIND(t->info) == BTF_KIND_PTR)
		btf_strip_tags(b, t->type, &user);
	return user;
}

/* As the verifier sees it (btf_ctx_access in kernel/bpf/btf.c). */
static bool is_opaque(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));

	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_PTR || !t->type)
		return false;
	t = btf_type(b, btf_strip(b, t->type));
	if (!t)
		return true;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return false;
	}
	return true;
}

static struct probe_arg read_arg(struct arena *a, const struct btf_file *b, const char *module,
                                 uint32_t id, const char *name, uint32_t word)
{
	return (struct probe_arg){
		.name = name,
		.ctype = btf_type_text(a, b, id),
		.btf_id = id,
		.btf_module = module,
		.where = is_opaque(b, id) ? ARG_CTX_OPAQUE : ARG_CTX_WORD,
		.offset = word * 8,
		.size = (uint32_t)btf_size(b, id),
		.is_signed = is_signed(b, id),
		.user = points_to_user(b, id),
	};
}

static const char *param_name(struct arena *a, const struct btf_file *b, uint32_t name_off,
                              uint32_t n)
{
	const char *name = btf_name(b, name_off);

	return *name ? name : arena_printf(a, "arg%u", n);
}

/* Of a FUNC, or itself; NULL: it is neither. */
static const struct btf_type *prototype(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);

	if (t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC)
		t = btf_type(b, t->type);
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

static bool is_compound(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));

	return t && (BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT ||
	             BTF_INFO_KIND(t->info) == BTF_KIND_UNION);
}

/* As btf_distill_func_proto in kernel/bpf/btf.c decides. */
bool btf_trampoline(const struct btf_file *b, uint32_t id)
{
	enum { PARAMS = 12, LARGEST = 16 };
	const struct btf_type *t = prototype(b, id);
	const struct btf_param *p;

	if (!t || BTF_INFO_VLEN(t->info) > PARAMS || is_compound(b, t->type))
		return false;
	p = (const struct btf_param *)(t + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		uint64_t size = btf_size(b, p[i].type);

		if (!size || size > LARGEST) /* none: "..." */
			return false;
	}
	return true;
}

void btf_args(struct arena *a, const struct btf_file *b, const char *module, uint32_t id,
              uint32_t skip, struct probe_args *out)
{
	const struct btf_type *t = prototype(b, id);
	const struct btf_param *p;
	struct probe_arg *ret;
	uint32_t words = 0;

	*out = (struct probe_args){ 0 };
	if (!t)
		return;
	p = (const struct btf_param *)(t + 1);
	out->arg = arena_array(a, struct probe_arg, BTF_INFO_VLEN(t->info) + 1);
	for (uint32_t i = skip; i < BTF_INFO_VLEN(t->info) && p[i].type; i++) {
		struct probe_arg arg = read_arg(a, b, module, p[i].type,
		                                param_name(a, b, p[i].name_off, i - skip), words);

		/* A struct by value takes as many words as it needs. */
		words += arg.size > 8 ? (arg.size + 7) / 8 : 1;
		out->arg[out->count++] = arg;
	}
	if (!t->type)
		return;
	ret = arena_new(a, struct probe_arg);
	*ret = read_arg(a, b, module, t->type, "retval", words);
	out->retval = ret;
}
