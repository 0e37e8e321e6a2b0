/* SPDX-License-Identifier: Apache-2.0 */
/* Types: identity, layout, names, promotion. */

#include "ast/type.h"

#include "base/arena.h"
#include "base/bug.h"
#include "image/meta.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;
static struct types *ty;

static int setup(void **state)
{
	arena = (struct arena)ARENA_INIT;
	ty = types_new(&arena);
	return 0;
}

static int teardown(void **state)
{
	types_release(ty);
	arena_release(&arena);
	return 0;
}

#define assert_name(t, text) assert_string_equal(type_name(ty, t), text)

static const struct type *i(uint32_t bits)
{
	return type_int(ty, bits / 8, true);
}

static const struct type *u(uint32_t bits)
{
	return type_int(ty, bits / 8, false);
}

static const struct type *lit(int64_t value)
{
	return type_literal(ty, (uint64_t)value, value < 0);
}

static void equal_types_are_equal_pointers(void **state)
{
	const struct type *pair[] = { i(64), type_string(ty, 4) };

	assert_ptr_equal(i(32), i(32));
	assert_ptr_not_equal(i(32), u(32));
	assert_ptr_not_equal(lit(1), i(8));
	assert_ptr_equal(type_pointer(ty, u(8), AS_USER), type_pointer(ty, u(8), AS_USER));
	assert_ptr_not_equal(type_pointer(ty, u(8), AS_USER), type_pointer(ty, u(8), AS_KERNEL));
	assert_ptr_equal(type_tuple(ty, pair, 2), type_tuple(ty, pair, 2));
	assert_ptr_not_equal(type_tuple(ty, pair, 2), type_tuple(ty, pair, 1));
	assert_ptr_equal(type_named(ty, KIND_STRUCT, "a", NULL, 7),
	                 type_named(ty, KIND_STRUCT, "a", NULL, 7));
	assert_ptr_not_equal(type_named(ty, KIND_STRUCT, "a", NULL, 7),
	                     type_named(ty, KIND_STRUCT, "a", NULL, 8));
}

static void a_named_type_stays_itself_when_completed(void **state)
{
	struct type *t = type_named(ty, KIND_STRUCT, "s", NULL, 1);
	struct type_field f = { .name = "x", .type = i(32) };

	t->field = &f;
	t->fields = 1;
	t->size = 4;
	t->complete = true;
	assert_ptr_equal(type_named(ty, KIND_STRUCT, "s", NULL, 1), t);
}

static void literals_have_the_smallest_signed_type(void **state)
{
	static const struct {
		uint64_t value;
		bool negative;
		const char *name;
		bool flexible;
	} cases[] = {
		{ 0, false, "int8", true },
		{ 127, false, "int8", true },
		{ 128, false, "int16", true },
		{ 200, false, "int16", true },
		{ 32768, false, "int32", true },
		{ INT32_MAX, false, "int32", true },
		{ UINT32_MAX, false, "int64", true },
		{ INT64_MAX, false, "int64", true },
		{ (uint64_t)INT64_MAX + 1, false, "uint64", false },
		{ UINT64_MAX, false, "uint64", false },
		{ (uint64_t)-1, true, "int8", false },
		{ (uint64_t)-128, true, "int8", false },
		{ (uint64_t)-1000, true, "int16", false },
		{ (uint64_t)INT64_MIN, true, "int64", false },
	};

	for (size_t k = 0; k < countof(cases); k++) {
		const struct type *t = type_literal(ty, cases[k].value, cases[k].negative);

		assert_name(t, cases[k].name);
		assert_int_equal(t->flexible, cases[k].flexible);
		assert_false(type_rigid(ty, t)->flexible);
	}
}

static void names_are_the_users_words(void **state)
{
	const struct type *pair[] = { i(8), type_string(ty, 2) };
	const char *names[] = { "a", "b" };
	const uint64_t lhist[KIND_ARGS] = { 0, 100, 10 };

	assert_name(u(64), "uint64");
	assert_name(type_string(ty, 16), "string[16]");
	assert_name(type_buffer(ty, 7), "buffer[7]");
	assert_name(type_pointer(ty, NULL, AS_NONE), "void *");
	assert_name(type_pointer(ty, type_named(ty, KIND_STRUCT, "sock", NULL, 1), AS_KERNEL),
	            "struct sock *");
	assert_name(type_array(ty, u(8), 4), "uint8[4]");
	assert_name(type_array(ty, type_array(ty, u(8), 4), 2), "uint8[4][2]");
	assert_name(type_tuple(ty, pair, 2), "(int8,string[2])");
	assert_name(type_tuple(ty, NULL, 0), "()");
	assert_name(type_record(ty, names, pair, 2), "record { .a = int8, .b = string[2] }");
	assert_name(type_stack(ty, KIND_KSTACK, STACK_BPFTRACE, 127), "kstack_bpftrace_127");
	assert_name(type_stack(ty, KIND_USTACK, STACK_PERF, 3), "ustack_perf_3");
	assert_name(type_simple(ty, KIND_KSYM), "ksym_t");
	assert_name(type_simple(ty, KIND_INET), "inet");
	assert_name(type_aggregation(ty, KIND_COUNT, false, NULL), "count_t");
	assert_name(type_aggregation(ty, KIND_SUM, true, NULL), "sum_t");
	assert_name(type_aggregation(ty, KIND_SUM, false, NULL), "usum_t");
	assert_name(type_aggregation(ty, KIND_LHIST, false, lhist), "lhist_t");
	assert_name(&type_none, "none");
	assert_name(&type_bool, "bool");
	assert_name(&type_unknown, "unknown");
}

static void tuples_are_laid_out_as_c_structs(void **state)
{
	const struct type *elem[] = { i(8), i(64), i(8), i(64) };
	const struct type *text[] = { i(8), type_string(ty, 3), u(16) };
	size_t n;
	const struct type *t = type_tuple(ty, elem, 4);
	const struct type_field *f = type_fields(ty, t, &n);

	assert_int_equal(t->size, 32);
	assert_int_equal(t->align, 8);
	assert_int_equal(n, 4);
	assert_int_equal(f[1].offset, 8);
	assert_int_equal(f[2].offset, 16);
	assert_int_equal(f[3].offset, 24);
	assert_string_equal(f[3].name, "");
	t = type_tuple(ty, text, 3);
	assert_int_equal(type_fields(ty, t, &n)[1].offset, 1);
	assert_int_equal(type_fields(ty, t, &n)[2].offset, 4);
	assert_int_equal(t->size, 6);
	assert_int_equal(type_tuple(ty, NULL, 0)->size, 0);
}

static void sizes_that_overflow_stay_at_the_largest(void **state)
{
	const struct type *t =
		type_array(ty, type_array(ty, u(64), UINT32_MAX / 16), UINT32_MAX / 16);

	assert_int_equal(t->size, UINT32_MAX);
	assert_int_equal(type_tuple(ty, (const struct type *[]){ t, t }, 2)->size, UINT32_MAX);
}

/* struct { int a; struct { char b; union { long c; int d; }; }; } */
static void fields_are_found_inside_anonymous_members(void **state)
{
	struct type *in_union = type_named(ty, KIND_UNION, "", NULL, 2);
	struct type *inner = type_named(ty, KIND_STRUCT, "", NULL, 3);
	struct type *outer = type_named(ty, KIND_STRUCT, "o", NULL, 4);
	struct type_field of_union[] = { { .name = "c", .type = i(64) },
		                         { .name = "d", .type = i(32) } };
	struct type_field of_inner[] = { { .name = "b", .type = i(8) },
		                         { .name = "", .type = in_union, .offset = 8 } };
	struct type_field of_outer[] = { { .name = "a", .type = i(32) },
		                         { .name = "", .type = inner, .offset = 8 } };
	struct type_field found;

	in_union->field = of_union;
	inner->field = of_inner;
	outer->field = of_outer;
	in_union->fields = inner->fields = outer->fields = 2;
	in_union->complete = inner->complete = outer->complete = true;
	assert_true(type_find_field(ty, outer, "d", &found));
	assert_int_equal(found.offset, 16);
	assert_ptr_equal(found.type, i(32));
	assert_false(type_find_field(ty, outer, "x", &found));
}

static void complete_s(void *arg, struct type *t)
{
	t->size = 24;
	t->complete = true;
	++*(int *)arg;
}

static void kernel_types_are_completed_once_and_when_asked_for(void **state)
{
	struct type *t = type_named(ty, KIND_STRUCT, "s", NULL, 9);
	int calls = 0;

	types_set_completer(ty, complete_s, &calls);
	type_pointer(ty, t, AS_KERNEL);
	assert_int_equal(calls, 0);
	assert_int_equal(type_size(ty, t), 24);
	assert_int_equal(type_size(ty, t), 24);
	assert_int_equal(calls, 1);
}

static void integers_promote_by_size_and_sign(void **state)
{
	static const struct {
		int a, b; /* bits; negative: unsigned */
		const char *name;
	} cases[] = {
		{ 8, 8, "int8" },      { 8, 32, "int32" },   { -8, -32, "uint32" },
		{ -64, -8, "uint64" }, { 8, -8, "int16" },   { -8, 16, "int16" },
		{ 32, -16, "int32" }, { 16, -32, "int64" },  { 64, -8, "int64" },  { -64, 8, "int64" },
		{ -64, 64, "int64" },  { -32, 32, "int64" },
	};

	for (size_t k = 0; k < countof(cases); k++) {
		const struct type *a =
			cases[k].a < 0 ? u((uint32_t)-cases[k].a) : i((uint32_t)cases[k].a);
		const struct type *b =
			cases[k].b < 0 ? u((uint32_t)-cases[k].b) : i((uint32_t)cases[k].b);

		assert_name(type_promote(ty, a, b), cases[k].name);
		assert_ptr_equal(type_promote(ty, a, b), type_promote(ty, b, a));
	}
}

static void literals_adopt_the_others_sign(void **state)
{
	assert_name(type_promote(ty, lit(1), u(64)), "uint64");
	assert_name(type_promote(ty, u(8), lit(1)), "uint8");
	assert_name(type_promote(ty, u(8), lit(1000)), "uint16");
	assert_name(type_promote(ty, i(8), lit(1000)), "int16");
	assert_name(type_promote(ty, u(32), lit(-1)), "int64");
	assert_true(type_promote(ty, lit(1), lit(1000))->flexible);
	assert_name(type_promote(ty, lit(1), lit(1000)), "int16");
	assert_false(type_promote(ty, lit(1), lit(-1))->flexible);
	assert_name(type_promote(ty, lit(1), lit(-1)), "int8");
}

static void strings_take_the_larger_capacity(void **state)
{
	assert_name(type_promote(ty, type_string(ty, 4), type_string(ty, 16)), "string[16]");
	assert_name(type_promote(ty, type_buffer(ty, 4), type_buffer(ty, 2)), "buffer[4]");
	assert_null(type_promote(ty, type_string(ty, 4), i(32)));
	assert_null(type_promote(ty, type_string(ty, 4), type_buffer(ty, 4)));
}

static void tuples_promote_member_by_member(void **state)
{
	const struct type *a[] = { i(8), type_string(ty, 2) }, *b[] = { i(32), type_string(ty, 9) };
	const struct type *t = type_promote(ty, type_tuple(ty, a, 2), type_tuple(ty, b, 2));

	assert_name(t, "(int32,string[9])");
	assert_null(type_promote(ty, type_tuple(ty, a, 2), type_tuple(ty, b, 1)));
}

static void records_promote_by_name(void **state)
{
	const char *ab[] = { "a", "b" }, *ba[] = { "b", "a" }, *ac[] = { "a", "c" };
	const struct type *x[] = { i(8), i(16) }, *y[] = { i(64), i(8) };
	const struct type *first = type_record(ty, ab, x, 2);

	assert_name(type_promote(ty, first, type_record(ty, ba, y, 2)),
	            "record { .a = int8, .b = int64 }");
	assert_null(type_promote(ty, first, type_record(ty, ac, x, 2)));
}

static void pointers_and_integers_make_a_pointer(void **state)
{
	const struct type *p = type_pointer(ty, i(8), AS_USER);

	assert_ptr_equal(type_promote(ty, p, lit(0)), p);
	assert_ptr_equal(type_promote(ty, u(64), p), p);
	assert_ptr_equal(type_promote(ty, type_pointer(ty, i(8), AS_NONE), p), p);
}

static void unknown_gives_way_and_errors_stay(void **state)
{
	assert_ptr_equal(type_promote(ty, &type_unknown, i(8)), i(8));
	assert_ptr_equal(type_promote(ty, i(8), &type_unknown), i(8));
	assert_ptr_equal(type_promote(ty, i(8), &type_error), &type_error);
	assert_ptr_equal(type_promote(ty, &type_error, i(8)), &type_error);
	assert_ptr_equal(type_promote(ty, &type_error, &type_unknown), &type_error);
	assert_ptr_equal(type_promote(ty, &type_unknown, &type_error), &type_error);
}

static void aggregations_differ_by_their_parameters(void **state)
{
	const uint64_t fine[KIND_ARGS] = { 2, 0, 0 }, coarse[KIND_ARGS] = { 0, 0, 0 };
	const struct type *a = type_aggregation(ty, KIND_HIST, false, fine);
	const struct type *b = type_aggregation(ty, KIND_HIST, false, coarse);

	assert_ptr_equal(type_promote(ty, a, a), a);
	assert_null(type_promote(ty, a, b));
	assert_null(type_promote(ty, a, type_aggregation(ty, KIND_COUNT, false, NULL)));
	assert_name(type_promote(ty, type_aggregation(ty, KIND_MAX, false, NULL),
	                         type_aggregation(ty, KIND_MAX, true, NULL)),
	            "max_t");
}

static void an_address_space_is_part_of_pointers_only_where_it_counts(void **state)
{
	const struct type *p = type_pointer(ty, i(8), AS_NONE);

	assert_ptr_equal(type_with_as(ty, p, AS_NONE), p);
	assert_int_equal(type_with_as(ty, p, AS_USER)->as, AS_USER);
	assert_ptr_equal(type_with_as(ty, type_string(ty, 3), AS_USER), type_string(ty, 3));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(equal_types_are_equal_pointers),
		T(a_named_type_stays_itself_when_completed),
		T(literals_have_the_smallest_signed_type),
		T(names_are_the_users_words),
		T(tuples_are_laid_out_as_c_structs),
		T(sizes_that_overflow_stay_at_the_largest),
		T(fields_are_found_inside_anonymous_members),
		T(kernel_types_are_completed_once_and_when_asked_for),
		T(integers_promote_by_size_and_sign),
		T(literals_adopt_the_others_sign),
		T(strings_take_the_larger_capacity),
		T(tuples_promote_member_by_member),
		T(records_promote_by_name),
		T(pointers_and_integers_make_a_pointer),
		T(unknown_gives_way_and_errors_stay),
		T(aggregations_differ_by_their_parameters),
		T(an_address_space_is_part_of_pointers_only_where_it_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
