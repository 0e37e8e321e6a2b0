/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of C text: constants by C's rules, and text that is no C. Layouts and messages are in
 * tests/golden/cdef and tests/runtime/cdef.cases. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct type *no_typedef(struct unit *u, const char *name)
{
	return NULL;
}

static bool no_tag(struct unit *u, enum kind kind, const char *name)
{
	return false;
}

static bool no_enumerator(struct unit *u, const char *name, int64_t *value)
{
	return false;
}

static bool no_btf(struct unit *u)
{
	return false;
}

static const struct cdef_hooks hooks = { no_typedef, no_tag, no_enumerator, no_btf };

struct setup {
	struct arena arena;
	struct unit u;
};

static void complete(void *arg, struct type *t)
{
	t->complete = true;
	cdef_complete(arg, t, false);
}

/* Reads pieces of C text, each as the lexer hands it over; ended by NULL. */
static void setup(struct setup *s, const char *const *piece)
{
	memset(s, 0, sizeof(*s));
	s->u.arena = &s->arena;
	s->u.source = (struct source){ .name = "test", .text = "" };
	s->u.diags = diags_new(&s->arena, &s->u.source);
	s->u.types = types_new(&s->arena);
	types_set_completer(s->u.types, complete, &s->u);
	for (; *piece; piece++)
		vec_push_in(&s->arena, &s->u.script.c_text,
		            ((struct attach_text){ *piece, { 0, (uint32_t)strlen(*piece) } }));
	cdef_read(&s->u, &hooks);
}

static size_t release(struct setup *s)
{
	size_t errors = diags_count(s->u.diags, DIAG_ERROR);

	cdef_release(&s->u);
	types_release(s->u.types);
	intern_release(&s->u.names);
	arena_release(&s->arena);
	return errors;
}

static size_t errors_in(const char *text)
{
	struct setup s;

	setup(&s, (const char *const[]){ text, NULL });
	return release(&s);
}

static const struct {
	const char *text;
	int64_t value;
} constants[] = {
	{ "1 + 2 * 3", 7 },
	{ "(1 + 2) * 3 % 5", 4 },
	{ "-7 / 2", -3 },
	{ "-7 % 3", -1 },
	{ "1 << 31", INT32_MIN },
	{ "1u << 31", 2147483648 },
	{ "1L << 31", 2147483648 },
	{ "~0", -1 },
	{ "~0u", 4294967295 },
	{ "0xffffffff", 4294967295 },
	{ "0x80000000 >> 31", 1 },
	{ "-1 < 1u", 0 },
	{ "-1L < 1u", 1 },
	{ "-8 >> 1", -4 },
	{ "'a' + '\\n' + '\\x10' + '\\0'", 97 + 10 + 16 },
	{ "1 ? 2 : 3 / 0", 2 },
	{ "0 && 1 / 0 || !0", 1 },
	{ "sizeof(long) + sizeof(struct { char c; int *p; })", 24 },
	{ "(unsigned char)300 + (short)0x18000", 44 - 32768 },
	{ "010 + 0b11 + 0x1fUL", 8 + 3 + 31 },
	{ "1 == 1 && 2 != 3 && 4 <= 4 && 5 > 4", 1 },
	{ "6 & 3 ^ 8 | 16", 26 },
};

static void constants_follow_the_rules_of_c(void **state)
{
	for (size_t i = 0; i < countof(constants); i++) {
		char text[200];
		struct setup s;
		int64_t value = 0;

		snprintf(text, sizeof(text), "enum { VALUE = (long)(%s) };", constants[i].text);
		setup(&s, (const char *const[]){ text, NULL });
		cdef_enumerator(&s.u, "VALUE", &value, false);
		if (value != constants[i].value)
			print_error("%s\n", constants[i].text);
		assert_int_equal(value, constants[i].value);
		assert_int_equal(release(&s), 0);
	}
}

static void bit_fields_are_read_with_one_load_inside_the_struct(void **state)
{
	static const char *const text[] = {
		"struct odd { unsigned long a : 7, b : 50, c : 15; } __attribute__((packed));",
		"struct wide { char c; unsigned long w : 64; } __attribute__((packed));",
		"struct torn { unsigned a : 3; unsigned long w : 62; } __attribute__((packed));", NULL
	};
	static const char *const names[] = { "odd", "wide", "torn" };
	struct setup s;

	setup(&s, text);
	for (size_t i = 0; i < countof(names); i++) {
		const struct c_tag *tag = c_tag_get(s.u.cdefs, KIND_STRUCT, names[i]);

		assert_non_null(tag);
		vec_each (j, &tag->fields) {
			const struct type_field *f = &tag->fields.v[j];

			assert_true(f->offset + f->type->size <= tag->size);
			assert_true(f->bit_offset + f->bit_size <= f->type->size * 8);
			assert_true(f->bit_offset < 64);
		}
	}
	assert_int_equal(release(&s), 0);
}

static void nesting_is_bounded(void **state)
{
	static const struct {
		const char *before, *middle, *after;
	} nests[] = {
		{ "struct a { int x", "[2", "; };" },
		{ "enum { A = ", "(", "" },
		{ "enum { A = ", "- ", "1 };" },
		{ "enum { A = ", "1 ? 2 : ", "3 };" },
		{ "", "struct { ", "" },
		{ "typedef int ", "(*", "" },
		{ "typedef int x", "[1]", ";" },
		{ "typedef int ", "*", "x;" },
		{ "struct a { int x __attribute__((aligned(", "sizeof(int[", "" },
	};

	for (size_t i = 0; i < countof(nests); i++) {
		struct strbuf sb = STRBUF_INIT;

		strbuf_adds(&sb, nests[i].before);
		for (size_t n = 0; n < 20000; n++)
			strbuf_adds(&sb, nests[i].middle);
		strbuf_adds(&sb, nests[i].after);
		errors_in(sb.buf);
		strbuf_release(&sb);
	}
}

static void macros_do_not_explode(void **state)
{
	const char *piece[34];
	char text[33][40];
	struct setup s;

	for (int i = 0; i < 32; i++) {
		snprintf(text[i], sizeof(text[i]), "#define M%d M%d M%d", i, i + 1, i + 1);
		piece[i] = text[i];
	}
	piece[32] = "struct a { int x[M0]; };";
	piece[33] = NULL;
	setup(&s, piece);
	assert_true(release(&s) > 0);
}

/* Random mixtures of what C is made of: the tests under ASan see to the rest. */
static void nonsense_is_refused(void **state)
{
	static const char *const words[] = {
		"struct", "union", "enum",  "{",  "}",  ";",  "a",   "b",    "int",     "char",     "[",
		"]",      "(",     ")",     "*",  ":",  "3",  "64",  "=",    ",",       "typedef",  "-",
		"\n#if",  "\n#define", "\n#endif", "\n#else", "\n#undef", "\n#include", "<x.h>", "/", "<<",
		"__attribute__((packed))", "aligned(8)", "\"", "'x'", "sizeof", "unsigned", "long", "?",
		"F(a)", "##", "/*", "//", "\\\n", "\x80", "defined", "A",
	};

	srand(1);
	for (int run = 0; run < 20000; run++) {
		struct strbuf sb = STRBUF_INIT;

		for (int i = rand() % 30; i >= 0; i--) {
			strbuf_adds(&sb, words[(size_t)rand() % countof(words)]);
			strbuf_addc(&sb, ' ');
		}
		errors_in(sb.buf);
		strbuf_release(&sb);
	}
	for (int run = 0; run < 5000; run++) {
		char bytes[40] = { 0 };

		for (size_t i = 0; i + 1 < sizeof(bytes); i++)
			bytes[i] = (char)(rand() % 255 + 1);
		errors_in(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constants_follow_the_rules_of_c),
		cmocka_unit_test(bit_fields_are_read_with_one_load_inside_the_struct),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(macros_do_not_explode),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
