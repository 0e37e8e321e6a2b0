/* SPDX-License-Identifier: Apache-2.0 */
/* c_type.c - types as C writes them: "unsigned int", "const struct sock *", "u8[16]". */

#include "sema/ktypes.h"

#include "base/bug.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* C's own integers, on LP64. */
static const struct {
	const char *name;
	uint8_t size;
	bool is_signed;
} c_ints[] = {
	{ "char", 1, true },
	{ "signed char", 1, true },
	{ "unsigned char", 1, false },
	{ "short", 2, true },
	{ "short int", 2, true },
	{ "unsigned short", 2, false },
	{ "short unsigned int", 2, false },
	{ "int", 4, true },
	{ "signed int", 4, true },
	{ "signed", 4, true },
	{ "unsigned", 4, false },
	{ "unsigned int", 4, false },
	{ "long", 8, true },
	{ "long int", 8, true },
	{ "unsigned long", 8, false },
	{ "long unsigned int", 8, false },
	{ "long long", 8, true },
	{ "long long int", 8, true },
	{ "unsigned long long", 8, false },
	{ "long long unsigned int", 8, false },
	{ "u8", 1, false },
	{ "u16", 2, false },
	{ "u32", 4, false },
	{ "u64", 8, false },
	{ "s8", 1, true },
	{ "s16", 2, true },
	{ "s32", 4, true },
	{ "s64", 8, true },
	{ "__u8", 1, false },
	{ "__u16", 2, false },
	{ "__u32", 4, false },
	{ "__u64", 8, false },
	{ "__s8", 1, true },
	{ "__s16", 2, true },
	{ "__s32", 4, true },
	{ "__s64", 8, true },
	{ "uint8_t", 1, false },
	{ "uint16_t", 2, false },
	{ "uint32_t", 4, false },
	{ "uint64_t", 8, false },
	{ "int8_t", 1, true },
	{ "int16_t", 2, true },
	{ "int32_t", 4, true },
	{ "int64_t", 8, true },
	{ "size_t", 8, false },
	{ "ssize_t", 8, true },
	{ "uintptr_t", 8, false },
	{ "intptr_t", 8, true },
	{ "pid_t", 4, true },
	{ "uid_t", 4, false },
	{ "gid_t", 4, false },
	{ "umode_t", 2, false },
	{ "dev_t", 4, false },
	{ "loff_t", 8, true },
	{ "off_t", 8, true },
	{ "sector_t", 8, false },
	{ "gfp_t", 4, false },
	{ "qid_t", 4, true },
};

const struct type *ktype_c_int(struct unit *u, const char *name, enum addr_space as)
{
	if (!strcmp(name, "bool") || !strcmp(name, "_Bool"))
		return &type_bool;
	for (size_t i = 0; i < countof(c_ints); i++)
		if (!strcmp(c_ints[i].name, name))
			return type_int_as(u->types, c_ints[i].size, c_ints[i].is_signed,
			                   c_ints[i].size == 8 ? as : AS_NONE);
	return NULL;
}

static bool is_qualifier(const char *word, size_t len)
{
	static const char *const qualifiers[] = { "const", "volatile", "__user",
		                                  "__rcu", "restrict", "__restrict" };

	for (size_t i = 0; i < countof(qualifiers); i++)
		if (strlen(qualifiers[i]) == len && !strncmp(word, qualifiers[i], len))
			return true;
	return false;
}

/* The words of a C type without qualifiers, one space apart; where '*' and '[' begin in *rest. */
static const char *base_words(struct unit *u, const char *text, const char **rest)
{
	struct strbuf sb = STRBUF_INIT;
	const char *base;

	while (*text && *text != '*' && *text != '[') {
		size_t n = 0;

		while (isalnum((unsigned char)text[n]) || text[n] == '_')
			n++;
		if (n && !is_qualifier(text, n)) {
			if (sb.len)
				strbuf_addc(&sb, ' ');
			strbuf_add(&sb, text, n);
		}
		text += n ? n : 1;
	}
	*rest = text;
	base = intern_n(&u->names, sb.buf, sb.len);
	strbuf_release(&sb);
	return base;
}

static const struct type *base_by_words(struct unit *u, const char *words, enum addr_space as)
{
	const struct type *t;

	if (!strcmp(words, "void"))
		return &type_none;
	if (!strncmp(words, "struct ", 7))
		return type_with_as(u->types, ktype_find(u, KIND_STRUCT, words + 7), as);
	if (!strncmp(words, "union ", 6))
		return type_with_as(u->types, ktype_find(u, KIND_UNION, words + 6), as);
	if (!strncmp(words, "enum ", 5))
		return ktype_find(u, KIND_ENUM, words + 5);
	t = ktype_c_int(u, words, as);
	return t ? t : ktype_typedef(u, words, as);
}

const struct type *ktype_by_text(struct unit *u, const char *text, enum addr_space as)
{
	const char *rest, *words = base_words(u, text, &rest);
	bool chars = !strcmp(words, "char");
	const struct type *t = base_by_words(u, words, as);

	for (; *rest && t; rest++) {
		if (*rest == '*') {
			t = type_pointer(u->types, t->kind == KIND_NONE ? NULL : t, as);
			chars = false;
		} else if (*rest == '[') {
			uint32_t n = (uint32_t)strtoul(rest + 1, NULL, 0);

			t = chars && n ? type_string(u->types, n) : type_array(u->types, t, n);
			chars = false;
		}
	}
	return t;
}
