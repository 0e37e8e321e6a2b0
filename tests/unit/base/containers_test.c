/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, vectors, maps and names: what the rest is built on. */
#include "base/arena.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* -- arena -- */

static void arena_memory_is_zero_and_aligned(void **state)
{
	struct arena a = ARENA_INIT;

	for (size_t size = 1; size < 300; size += 7) {
		char *p = arena_alloc(&a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_release(&a);
}

static void an_arena_gives_pieces_larger_than_its_blocks(void **state)
{
	enum { LARGE = 1 << 22 };
	struct arena a = ARENA_INIT;
	char *small = arena_alloc(&a, 8), *large = arena_alloc(&a, LARGE), *after;

	memset(small, 1, 8);
	memset(large, 2, LARGE);
	after = arena_alloc(&a, 8);
	memset(after, 3, 8);
	assert_int_equal(small[7], 1);
	assert_int_equal(large[0], 2);
	assert_int_equal(large[LARGE - 1], 2);
	arena_release(&a);
	assert_null(a.blocks);
}

static void copies_end_with_a_nul(void **state)
{
	struct arena a = ARENA_INIT;
	char *copy = arena_memdup(&a, "a\0bc", 3);

	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_printf(&a, "%s_%03d", "x", 7), "x_007");
	arena_release(&a);
}

/* -- vec -- */

static void vectors_grow_and_keep_their_items(void **state)
{
	struct arena a = ARENA_INIT;
	VEC(int) heap = { 0 };
	VEC(const char *) in_arena = { 0 };

	for (int i = 0; i < 1000; i++) {
		vec_push(&heap, i * i);
		vec_push_in(&a, &in_arena, "x");
	}
	assert_int_equal(heap.n, 1000);
	vec_each (i, &heap)
		assert_int_equal(heap.v[i], i * i);
	assert_int_equal(in_arena.n, 1000);
	assert_string_equal(in_arena.v[999], "x");
	vec_release(&heap);
	assert_null(heap.v);
	assert_int_equal(heap.n, 0);
	arena_release(&a);
}

/* -- map -- */

static void maps_find_what_was_put_and_nothing_else(void **state)
{
	static int value[2000];
	struct map m = MAP_INIT;
	char key[16];

	assert_null(map_get(&m, "k0"));
	for (int i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		map_put(&m, key, &value[i]);
	}
	assert_int_equal(m.count, 2000);
	for (int i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_ptr_equal(map_get(&m, key), &value[i]);
	}
	assert_null(map_get(&m, "k2000"));
	assert_null(map_get(&m, "k"));
	assert_null(map_get(&m, ""));
	map_release(&m);
	assert_null(map_get(&m, "k1"));
}

static void maps_replace_values_and_keep_the_order(void **state)
{
	struct map m = MAP_INIT;
	const char *order[] = { "b", "a", "c" };
	size_t i = 0;
	int one, two;

	map_put(&m, "b", &one);
	map_put(&m, "a", &one);
	map_put(&m, "b", &two);
	map_put(&m, "c", &one);
	assert_int_equal(m.count, 3);
	map_each (e, &m)
		assert_string_equal(e->key, order[i++]);
	assert_ptr_equal(map_get(&m, "b"), &two);
	map_release(&m);
}

static void keys_are_bytes_and_the_map_has_its_own_copy(void **state)
{
	struct map m = MAP_INIT;
	char key[4] = { 'a', 0, 'b', 0 };
	int one, two;

	map_put_bytes(&m, key, 3, &one);
	key[2] = 'c';
	map_put_bytes(&m, key, 3, &two);
	assert_ptr_equal(map_get_bytes(&m, "a\0b", 3), &one);
	assert_ptr_equal(map_get_bytes(&m, "a\0c", 3), &two);
	assert_null(map_get_bytes(&m, "a\0b", 2));
	assert_null(map_get(&m, "a"));
	map_release(&m);
}

/* -- intern -- */

static void equal_names_are_one_pointer(void **state)
{
	struct intern names = INTERN_INIT;
	const char *pid = intern(&names, "pid");

	assert_ptr_equal(intern_n(&names, "pids", 3), pid);
	assert_ptr_not_equal(intern(&names, "pids"), pid);
	assert_string_equal(pid, "pid");
	intern_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_memory_is_zero_and_aligned),
		cmocka_unit_test(an_arena_gives_pieces_larger_than_its_blocks),
		cmocka_unit_test(copies_end_with_a_nul),
		cmocka_unit_test(vectors_grow_and_keep_their_items),
		cmocka_unit_test(maps_find_what_was_put_and_nothing_else),
		cmocka_unit_test(maps_replace_values_and_keep_the_order),
		cmocka_unit_test(keys_are_bytes_and_the_map_has_its_own_copy),
		cmocka_unit_test(equal_names_are_one_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
