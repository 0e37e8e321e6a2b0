/* SPDX-License-Identifier: Apache-2.0 */
/* btf_text.c - types as C writes them, near enough for people to read. */

#include "probes/btf_text.h"

#include "base/arena.h"
#include "probes/btf.h"

#include <string.h>

enum { DEEPEST = 16 };

static const char *text_of(struct arena *a, const struct btf_file *b, uint32_t id, int depth);

static const char *qualified(struct arena *a, const struct btf_file *b, const struct btf_type *t,
                             const char *word, int depth)
{
	const struct btf_type *inner = btf_type(b, t->type);
	const char *text = text_of(a, b, t->type, depth);

	/* "char * const", but "const char". */
	if (inner && BTF_INFO_KIND(inner->info) == BTF_KIND_PTR)
		return arena_printf(a, "%s %s", text, word);
	return arena_printf(a, "%s %s", word, text);
}

static const char *pointer_text(struct arena *a, const struct btf_file *b, const struct btf_type *t,
                                int depth)
{
	const struct btf_type *to = btf_type(b, btf_strip(b, t->type));
	const char *text;

	if (to && BTF_INFO_KIND(to->info) == BTF_KIND_FUNC_PROTO &&
	    btf_strip(b, t->type) == t->type)
		return arena_printf(a, "%s (*)(...)", text_of(a, b, to->type, depth));
	text = text_of(a, b, t->type, depth);
	return arena_printf(a, text[strlen(text) - 1] == '*' ? "%s*" : "%s *", text);
}

static const char *named(struct arena *a, const struct btf_file *b, const struct btf_type *t,
                         const char *word)
{
	const char *name = btf_name(b, t->name_off);

	return arena_printf(a, "%s %s", word, *name ? name : "(anonymous)");
}

static const char *text_of(struct arena *a, const struct btf_file *b, uint32_t id, int depth)
{
	const struct btf_type *t = id ? btf_type(b, id) : NULL;
	const struct btf_array *array;

	if (!t || depth > DEEPEST)
		return "void";
	depth++;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR: return pointer_text(a, b, t, depth);
	case BTF_KIND_CONST: return qualified(a, b, t, "const", depth);
	case BTF_KIND_VOLATILE: return qualified(a, b, t, "volatile", depth);
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: return text_of(a, b, t->type, depth);
	case BTF_KIND_STRUCT: return named(a, b, t, "struct");
	case BTF_KIND_UNION: return named(a, b, t, "union");
	case BTF_KIND_FWD: return named(a, b, t, BTF_INFO_KFLAG(t->info) ? "union" : "struct");
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return named(a, b, t, "enum");
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(t + 1);
		return arena_printf(a, "%s[%u]", text_of(a, b, array->type, depth), array->nelems);
	default: return btf_name(b, t->name_off);
	}
}

const char *btf_type_text(struct arena *a, const struct btf_file *b, uint32_t id)
{
	return text_of(a, b, id, 0);
}
