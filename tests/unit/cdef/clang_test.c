/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, through libclang; skipped where it is not installed. */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char header[] = "#define ANSWER 42\n"
			     "#define TWICE(x) ((x) * 2)\n"
			     "#define SELF SELF\n"
			     "enum colour { RED = -1, SELF = 5 };\n"
			     "typedef struct { unsigned low : 3, high : 7; char text[6]; } piece_t;\n"
			     "struct node {\n"
			     "	struct node *next;\n"
			     "	struct { int inner; union { int a; long b; }; } in;\n"
			     "	piece_t pieces[2];\n"
			     "	enum colour colour;\n"
			     "	double real;\n"
			     "	int (*call)(struct node *);\n"
			     "	struct elsewhere *other;\n"
			     "} __attribute__((packed));\n";

static const struct type *typedef_name(struct unit *u, const char *name)
{
	return cdef_typedef(u, name, false);
}

static bool tag_exists(struct unit *u, enum kind kind, const char *name)
{
	return cdef_tag_exists(u, kind, name, false);
}

static bool enumerator(struct unit *u, const char *name, int64_t *value)
{
	return cdef_enumerator(u, name, value, false);
}

static bool no_btf(struct unit *u)
{
	return false;
}

static const struct cdef_hooks hooks = { typedef_name, tag_exists, enumerator, no_btf };

struct setup {
	struct arena arena;
	struct unit u;
	char path[32];
};

static void complete(void *arg, struct type *t)
{
	t->complete = true;
	cdef_complete(arg, t, true);
}

static int set_up(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));
	FILE *out;

	strcpy(s->path, "/tmp/sonde-test-XXXXXX.h");
	out = fdopen(mkstemps(s->path, 2), "w");
	fputs(header, out);
	fclose(out);
	s->u.arena = &s->arena;
	s->u.source = (struct source){ .name = "test", .text = "" };
	s->u.diags = diags_new(&s->arena, &s->u.source);
	s->u.types = types_new(&s->arena);
	types_set_completer(s->u.types, complete, &s->u);
	vec_push_in(&s->arena, &s->u.includes, s->path);
	cdef_read(&s->u, &hooks);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setup *s = *state;

	cdef_release(&s->u);
	types_release(s->u.types);
	intern_release(&s->u.names);
	arena_release(&s->arena);
	unlink(s->path);
	free(s);
	return 0;
}

static struct setup *ready(void **state)
{
	struct setup *s = *state;

	if (!c_headers(s->u.cdefs, false))
		skip();
	return s;
}

static void structs_have_the_layout_of_the_compiler(void **state)
{
	static const struct {
		const char *name, *type;
		uint32_t offset;
	} fields[] = {
		{ "next", "struct node *", 0 }, { "in", "struct (anonymous)", 8 },
		{ "pieces", NULL, 24 }, { "colour", "enum colour", 40 },
		{ "real", "none", 44 }, { "call", "void *", 52 }, { "other", "struct elsewhere *", 60 },
	};
	struct setup *s = ready(state);
	const struct type *node;
	struct type_field f;

	assert_true(cdef_tag_exists(&s->u, KIND_STRUCT, "node", false));
	node = type_named(s->u.types, KIND_STRUCT, intern(&s->u.names, "node"), NULL, 0);
	assert_int_equal(type_size(s->u.types, node), 68);
	for (size_t i = 0; i < countof(fields); i++) {
		assert_true(type_find_field(s->u.types, node, fields[i].name, &f));
		assert_int_equal(f.offset, fields[i].offset);
		/* Newer versions of libclang call a struct by its typedef. */
		if (fields[i].type)
			assert_string_equal(type_name(s->u.types, f.type), fields[i].type);
	}
	assert_true(type_find_field(s->u.types, node, "in", &f));
	assert_true(type_find_field(s->u.types, f.type, "b", &f));
	assert_int_equal(f.offset, 8);
}

static void bit_fields_and_typedefs_are_taken_over(void **state)
{
	struct setup *s = ready(state);
	const struct type *piece = cdef_typedef(&s->u, "piece_t", false);
	struct type_field f;

	assert_non_null(piece);
	assert_true(type_find_field(s->u.types, piece, "high", &f));
	assert_int_equal(f.bit_offset, 3);
	assert_int_equal(f.bit_size, 7);
	assert_true(type_find_field(s->u.types, piece, "text", &f));
	assert_string_equal(type_name(s->u.types, f.type), "string[6]");
	assert_null(cdef_typedef(&s->u, "no_such_t", false));
}

static void enumerators_and_macros_are_found(void **state)
{
	struct setup *s = ready(state);
	struct expr e = { .kind = EXPR_NAME };
	struct c_macro *m = cdef_macro_header(&s->u, intern(&s->u.names, "ANSWER"), false);
	int64_t value = 0;

	assert_non_null(cdef_enumerator(&s->u, intern(&s->u.names, "RED"), &value, false));
	assert_int_equal(value, -1);
	assert_non_null(m);
	assert_true(cdef_macro_enter(&s->u, m, &e));
	assert_int_equal(e.kind, EXPR_INT);
	assert_int_equal(e.integer.value, 42);
	cdef_macro_leave(&s->u, m);
	assert_true(cdef_macro_takes_args(cdef_macro_header(&s->u, intern(&s->u.names, "TWICE"), false)));
	assert_null(cdef_macro_header(&s->u, intern(&s->u.names, "NO_SUCH"), false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(structs_have_the_layout_of_the_compiler, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bit_fields_and_typedefs_are_taken_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(enumerators_and_macros_are_found, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
