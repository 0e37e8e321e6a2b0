/* SPDX-License-Identifier: Apache-2.0 */

#include "setup.h"

#include <errno.h>

static void a_star_matches_any_bytes(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{ "vfs_read", "vfs_read", true },
		{ "vfs_read", "vfs_readv", false },
		{ "vfs_*", "vfs_read", true },
		{ "*", "", true },
		{ "*read", "vfs_read", true },
		{ "*a*a*", "banana", true },
		{ "a*b*c", "aXbXbXc", true },
		{ "a*b*c", "aXbXb", false },
		{ "**", "x", true },
		{ "", "x", false },
		{ "*_r*d", "vfs_read_d_rd", true },
		{ "x*", "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(wildcard_match(cases[i].pattern, cases[i].text), cases[i].match);
	assert_true(has_wildcard("a*"));
	assert_false(has_wildcard("a"));
	assert_false(has_wildcard(NULL));
}

static void kinds_are_found_by_name_and_alias_in_any_case(void **state)
{
	assert_string_equal(probe_kind_find("kprobe")->name, "kprobe");
	assert_string_equal(probe_kind_find("BEGIN")->name, "begin");
	assert_string_equal(probe_kind_find("T")->name, "tracepoint");
	assert_string_equal(probe_kind_find("kretfunc")->name, "fexit");
	assert_null(probe_kind_find("kprob"));
}

static void no_two_kinds_share_a_name(void **state)
{
	for (const struct probe_kind *const *k = probe_kinds; *k; k++) {
		assert_ptr_equal(probe_kind_find((*k)->name), *k);
		for (size_t i = 0; i < 3 && (*k)->alias[i]; i++)
			assert_ptr_equal(probe_kind_find((*k)->alias[i]), *k);
		assert_non_null((*k)->parse);
		assert_non_null((*k)->section);
		assert_non_null((*k)->brief);
	}
}

static void parts_have_places(void **state)
{
	static const char text[] = "x=profile:\"hz\":99";
	struct setup *s = *state;
	struct attach_point ap;

	assert_int_equal(attach_point_split(&s->env, text, (struct span){ 7, strlen(text) }, &ap),
	                 0);
	assert_int_equal(ap.place[0].off, 7 + 2);
	assert_int_equal(ap.place[0].len, 7);
	assert_int_equal(ap.place[1].off, 7 + 10);
	assert_int_equal(ap.place[1].len, 4);
	assert_int_equal(ap.place[2].off, 7 + 15);
	assert_int_equal(ap.place[2].len, 2);
	/* Parameters were filled in: the script has "profile:hz:$1". */
	assert_int_equal(
		attach_point_split(&s->env, "profile:hz:1000", (struct span){ 7, 13 }, &ap), 0);
	assert_int_equal(ap.place[2].off, 7);
	assert_int_equal(ap.place[2].len, 13);
}

static void attach_points_are_split_at_colons(void **state)
{
	struct setup *s = *state;
	struct attach_point ap;

	assert_int_equal(attach_point_split(&s->env, "u:/bin/x:main", SPAN_NONE, &ap), 0);
	assert_int_equal(ap.parts, 3);
	assert_string_equal(ap.part[0], "u");
	assert_string_equal(ap.part[1], "/bin/x");
	assert_string_equal(ap.part[2], "main");
	assert_null(ap.name);
	assert_false(ap.at);
}

static void quotes_protect_and_are_removed(void **state)
{
	struct setup *s = *state;
	struct attach_point ap;

	assert_int_equal(
		attach_point_split(&s->env, "u:./a:\"f::g(int, \\\"c\\\")\"x", SPAN_NONE, &ap), 0);
	assert_int_equal(ap.parts, 3);
	assert_string_equal(ap.part[2], "f::g(int, \"c\")x");
	assert_int_equal(attach_point_split(&s->env, "u:\"x", SPAN_NONE, &ap), -EINVAL);
	assert_int_equal(attach_point_split(&s->env, "", SPAN_NONE, &ap), -EINVAL);
}

static void a_name_may_stand_in_front(void **state)
{
	struct setup *s = *state;
	struct attach_point ap;

	assert_int_equal(attach_point_split(&s->env, "tick=interval:s:1", SPAN_NONE, &ap), 0);
	assert_string_equal(ap.name, "tick");
	assert_string_equal(ap.part[0], "interval");
	assert_int_equal(attach_point_split(&s->env, "u:/x:a=b", SPAN_NONE, &ap), 0);
	assert_null(ap.name);
	assert_int_equal(attach_point_split(&s->env, "=interval:s:1", SPAN_NONE, &ap), -EINVAL);
	assert_int_equal(setup_expand(s, "tick=interval:s:1"), 0);
	assert_string_equal(s->found[0].name, "tick");
	assert_true(s->found[0].flags & TARGET_NAMED);
}

static void an_at_sign_separates_a_source_location(void **state)
{
	struct setup *s = *state;
	struct attach_point ap;

	assert_int_equal(attach_point_split(&s->env, "uprobe:/bin/x@a.c:12:3", SPAN_NONE, &ap), 0);
	assert_true(ap.at);
	assert_int_equal(ap.parts, 5);
	assert_string_equal(ap.part[2], "a.c");
}

static void unknown_kinds_are_errors(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_expand(s, "kprob:f"), -EINVAL);
	assert_int_equal(setup_expand(s, "x*:f"), -ENOENT);
	assert_int_equal(diags_count(s->env.diags, DIAG_ERROR), 2);
}

static void what_is_missing_may_be_a_warning_or_nothing(void **state)
{
	struct setup *s = *state;

	s->env.missing = 1;
	probe_missing(&s->env, SPAN_NONE, "no %s", "warning");
	s->env.missing = 2;
	diag_hint(probe_missing(&s->env, SPAN_NONE, "silence"), "for nobody");
	assert_int_equal(diags_count(s->env.diags, DIAG_WARNING), 1);
	assert_int_equal(diags_count(s->env.diags, DIAG_ERROR), 0);
	s->env.missing = 0;
	probe_missing(&s->env, SPAN_NONE, "error");
	assert_int_equal(diags_count(s->env.diags, DIAG_ERROR), 1);
}

static void lists_are_sorted_and_show_units_not_rates(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_list(s, "interval"), 0);
	assert_int_equal(setup_list(s, "interval:*"), 0);
	assert_int_equal(s->count, 4);
	assert_string_equal(s->found[0].name, "interval:hz:");
	assert_string_equal(s->found[3].name, "interval:us:");
	assert_int_equal(setup_list(s, " software:cpu , hardware:cycles*"), 0);
	assert_int_equal(s->count, 2);
	assert_string_equal(s->found[0].name, "hardware:cycles:");
	assert_string_equal(s->found[1].name, "software:cpu:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_star_matches_any_bytes),
		cmocka_unit_test(kinds_are_found_by_name_and_alias_in_any_case),
		cmocka_unit_test(no_two_kinds_share_a_name),
		probe_test(attach_points_are_split_at_colons),
		probe_test(parts_have_places),
		probe_test(quotes_protect_and_are_removed),
		probe_test(a_name_may_stand_in_front),
		probe_test(an_at_sign_separates_a_source_location),
		probe_test(unknown_kinds_are_errors),
		probe_test(what_is_missing_may_be_a_warning_or_nothing),
		probe_test(lists_are_sorted_and_show_units_not_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
