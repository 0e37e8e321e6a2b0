/* SPDX-License-Identifier: Apache-2.0 */
#include "lang/lang.h"
#include "lang/man.h"
#include "sema/sig.h"
#include "stdlib/stdlib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_row_says_what_it_is(void **state)
{
	lang_each(family, def, lang_table)
	{
		size_t len = strlen(def->name);

		if (strncmp(def->sig, def->name, len) || !def->brief ||
		    def->brief[strlen(def->brief) - 1] != '.')
			fail_msg("%s: signature or brief", def->name);
		if (!def->emit && !def->emit_update && !def->fold)
			fail_msg("%s: no code", def->name);
	}
}

static void every_family_has_a_title(void **state)
{
	for (const struct lang_def *const *family = lang_table; *family; family++)
		if (!lang_family_title(*family))
			fail_msg("the family of %s: no title", (*family)->name);
}

static void results_that_a_check_computes_are_called_T(void **state)
{
	lang_each(family, def, lang_table)
	{
		const char *arrow = strstr(def->sig, "-> ");

		if (arrow && !strcmp(arrow, "-> T") && !def->check)
			fail_msg("%s: T without a check", def->name);
	}
}

static void kinds_of_parameters_are_known(void **state)
{
	static const char kinds[] = " any int bool string buffer ptr mem intlit strlit map place "
				    "stack text var word ";

	lang_each(family, def, lang_table)
	{
		const char *at = strchr(def->sig, '(') ? strchr(def->sig, '(') + 1 : "";
		struct sig_param p;

		while (sig_next(&at, &p)) {
			const char *kind = p.kind, *end = kind ? kind + p.kind_len : NULL;

			/* "word:boot:tai|int" */
			while (kind && kind < end) {
				char padded[32];

				snprintf(padded, sizeof(padded), " %.*s ",
				         (int)strcspn(kind, ":|,)= "), kind);
				if (!strstr(kinds, padded))
					fail_msg("%s: kind%s", def->name, padded);
				kind = memchr(kind, '|', (size_t)(end - kind));
				kind = kind ? kind + 1 : NULL;
			}
		}
	}
}

static void names_are_unique(void **state)
{
	lang_each(family, def, lang_table) assert_ptr_equal(lang_find(lang_table, def->name), def);
}

static void numbered_arguments_share_a_row(void **state)
{
	const struct lang_def *arg = lang_find(lang_table, "arg0");

	assert_non_null(arg);
	assert_ptr_equal(lang_find(lang_table, "arg12"), arg);
	assert_null(lang_find(lang_table, "arg"));
	assert_null(lang_find(lang_table, "arg1x"));
	assert_null(lang_find(lang_table, "arg1234"));
}

static void each_macro_of_the_library_says_what_it_is(void **state)
{
	for (const struct stdlib_word *w = stdlib_words; w->name; w++) {
		if (strncmp(w->head, w->name, strlen(w->name)) || !*w->brief ||
		    w->brief[strlen(w->brief) - 1] != '.' || !w->example)
			fail_msg("%s: comment", w->name);
		if (stdlib_find(w->name) != w)
			fail_msg("%s: defined twice", w->name);
		if (lang_find(lang_table, w->name))
			fail_msg("%s: a row as well", w->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_says_what_it_is),
		cmocka_unit_test(every_family_has_a_title),
		cmocka_unit_test(results_that_a_check_computes_are_called_T),
		cmocka_unit_test(kinds_of_parameters_are_known),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(numbered_arguments_share_a_row),
		cmocka_unit_test(each_macro_of_the_library_says_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
