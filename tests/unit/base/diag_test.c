/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What one error at [off, off + len) of a text prints. */
static void prints(const char *text, uint32_t off, uint32_t len, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct source src = { .name = "x.bt", .text = text, .len = strlen(text) };
	struct diags *ds = diags_new(&arena, &src);
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	diag_error(ds, (struct span){ off, len }, "wrong here");
	diags_print(ds, out, false);
	fclose(out);
	assert_string_equal(got, expected);
	free(got);
	arena_release(&arena);
}

static void an_error_points_at_its_place(void **state)
{
	prints("ab cd\n", 3, 2,
	       "x.bt:1:4-6: ERROR: Wrong here\n"
	       "  1 | ab cd\n"
	       "    |    ^^\n");
}

static void several_lines_are_marked_on_the_first(void **state)
{
	prints("ab\ncd\n", 1, 4,
	       "x.bt:1-2: ERROR: Wrong here\n"
	       "  1 | ab\n"
	       "    |  ^\n");
}

static void the_end_of_the_script_is_a_place(void **state)
{
	prints("ab", 2, 0,
	       "x.bt:1:3-4: ERROR: Wrong here\n"
	       "  1 | ab\n"
	       "    |   ^\n");
}

static void marks_stand_below_characters_not_bytes(void **state)
{
	prints("\xc3\xa9\xc3\xa9 x\xc3\xa9", 5, 3,
	       "x.bt:1:6-9: ERROR: Wrong here\n"
	       "  1 | \xc3\xa9\xc3\xa9 x\xc3\xa9\n"
	       "    |    ^^\n");
}

static void a_script_cannot_drive_the_terminal(void **state)
{
	prints("\033[2J\xff\xc2\x9b x\t!", 8, 1,
	       "x.bt:1:9-10: ERROR: Wrong here\n"
	       "  1 | ?[2J??? x !\n"
	       "    |         ^\n");
}

static void a_message_is_kept_once(void **state)
{
	struct arena arena = ARENA_INIT;
	struct source src = { .name = "x.bt", .text = "abc", .len = 3 };
	struct diags *ds = diags_new(&arena, &src);

	diag_error(ds, (struct span){ 0, 1 }, "twice");
	diag_error(ds, (struct span){ 0, 1 }, "twice");
	diag_warning(ds, (struct span){ 1, 1 }, "a warning");
	assert_int_equal(diags_count(ds, DIAG_ERROR), 1);
	assert_int_equal(diags_count(ds, DIAG_WARNING), 1);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_points_at_its_place),
		cmocka_unit_test(several_lines_are_marked_on_the_first),
		cmocka_unit_test(the_end_of_the_script_is_a_place),
		cmocka_unit_test(marks_stand_below_characters_not_bytes),
		cmocka_unit_test(a_script_cannot_drive_the_terminal),
		cmocka_unit_test(a_message_is_kept_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
