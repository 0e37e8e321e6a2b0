/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: copies and visits. */

#include "ast/ast.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
	arena = (struct arena)ARENA_INIT;
	return 0;
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static struct expr *number(uint64_t value)
{
	struct expr *e = expr_new(&arena, EXPR_INT, SPAN_NONE);

	e->integer.value = value;
	return e;
}

/* { let $x : typeof(1) = 2 + 3; 4 } */
static struct block *sample(void)
{
	struct block *b = block_new(&arena, SPAN_NONE);
	struct stmt *let = stmt_new(&arena, STMT_LET, SPAN_NONE);
	struct expr *sum = expr_new(&arena, EXPR_BINARY, SPAN_NONE);

	sum->binary.op = BINARY_ADD;
	sum->binary.left = number(2);
	sum->binary.right = number(3);
	let->let.target = expr_new(&arena, EXPR_VAR, SPAN_NONE);
	let->let.target->var.name = "$x";
	let->let.spec = arena_new(&arena, struct type_spec);
	let->let.spec->base = SPEC_TYPEOF;
	let->let.spec->of_expr = number(1);
	let->let.value = sum;
	vec_push_in(&arena, &b->stmts, let);
	b->value = number(4);
	return b;
}

static char *text_of(const struct block *b)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	block_dump(NULL, b, 0, out);
	fclose(out);
	return text;
}

static void increment(void *arg, struct expr *e)
{
	if (e->kind == EXPR_INT)
		e->integer.value += 10;
}

static void a_copy_shares_no_node(void **state)
{
	struct block *b = sample(), *copy = block_clone(&arena, b);
	char *before = text_of(b), *after;

	block_visit(copy, increment, NULL);
	after = text_of(b);
	assert_string_equal(before, after);
	free(after);
	after = text_of(copy);
	assert_string_not_equal(before, after);
	free(after);
	free(before);
}

struct order {
	enum expr_kind kind[16];
	uint64_t value[16];
	size_t n;
};

static void note(void *arg, struct expr *e)
{
	struct order *o = arg;

	o->kind[o->n] = e->kind;
	o->value[o->n++] = e->kind == EXPR_INT ? e->integer.value : 0;
}

static void children_are_visited_before_parents(void **state)
{
	struct order o = { .n = 0 };

	block_visit(sample(), note, &o);
	assert_int_equal(o.n, 6);
	assert_int_equal(o.value[0], 1);
	assert_int_equal(o.value[1], 2);
	assert_int_equal(o.value[2], 3);
	assert_int_equal(o.kind[3], EXPR_BINARY);
	assert_int_equal(o.kind[4], EXPR_VAR);
	assert_int_equal(o.value[5], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_copy_shares_no_node, setup, teardown),
		cmocka_unit_test_setup_teardown(children_are_visited_before_parents, setup,
		                                teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
