/* SPDX-License-Identifier: Apache-2.0 */

#include "setup.h"

#include "probes/binary.h"
#include "probes/cpp_names.h"
#include "probes/symbols.h"

#include <errno.h>
#include <unistd.h>

__attribute__((noinline, used)) int elf_test_landmark(int x);
int elf_test_landmark(int x)
{
	return x * 3 + 1;
}

static struct elf_file *self(struct setup *s)
{
	struct elf_file *f = elf_open(s->env.cache, "/proc/self/exe");

	assert_non_null(f);
	return f;
}

static void functions_are_found_by_name_and_address(void **state)
{
	struct setup *s = *state;
	struct elf_file *f = self(s);
	uint64_t offset, file_offset, back;
	const struct symbol *found;
	struct symbol sym;

	assert_int_equal(elf_symbol(f, "elf_test_landmark", &sym), 0);
	assert_true(sym.size > 0);
	found = elf_lookup(f, sym.address + 1, &offset);
	assert_non_null(found);
	assert_string_equal(found->name, "elf_test_landmark");
	assert_int_equal(offset, 1);
	assert_int_equal(elf_vaddr_to_offset(f, sym.address, &file_offset), 0);
	assert_int_equal(elf_offset_to_vaddr(f, file_offset, &back), 0);
	assert_int_equal(back, sym.address);
	assert_int_equal(elf_symbol(f, "no_such_function", &sym), -ENOENT);
	assert_null(elf_lookup(f, 1, &offset));
	assert_int_equal(elf_vaddr_to_offset(f, UINT64_MAX, &offset), -ENOENT);
}

static bool count_landmarks(void *arg, const struct symbol *sym)
{
	*(int *)arg += !strcmp(sym->name, "elf_test_landmark");
	return true;
}

static void each_function_is_listed_once(void **state)
{
	struct setup *s = *state;
	int n = 0;

	assert_int_equal(elf_each_function(self(s), count_landmarks, &n), 0);
	assert_int_equal(n, 1);
}

static void what_is_no_elf_file_is_refused(void **state)
{
	struct setup *s = *state;

	assert_null(elf_open(s->env.cache, "/proc/self/status"));
	assert_int_equal(errno, ENOEXEC);
	assert_null(elf_open(s->env.cache, "/nowhere"));
	assert_int_equal(errno, ENOENT);
}

static void a_file_is_read_once_whatever_path_leads_to_it(void **state)
{
	struct setup *s = *state;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
	assert_ptr_equal(elf_open(s->env.cache, path), self(s));
	assert_ptr_not_equal(elf_open(s->env.cache, "/bin/sh"), self(s));
}

static void binaries_are_found_like_users_name_them(void **state)
{
	struct setup *s = *state;
	const char *path, *again;

	assert_int_equal(binary_find(s->env.cache, 0, "sh", &path), 0);
	assert_int_equal(path[0], '/');
	assert_int_equal(binary_find(s->env.cache, 0, "libc", &path), 0);
	assert_non_null(strstr(path, "libc.so"));
	assert_int_equal(binary_find(s->env.cache, 0, "c", &again), 0);
	assert_string_equal(path, again);
	assert_int_equal(binary_find(s->env.cache, (uint32_t)getpid(), "libc.so.6", &again), 0);
	assert_int_equal(binary_find(s->env.cache, 0, "/proc/self/exe", &path), 0);
	assert_int_equal(binary_find(s->env.cache, 0, "no_such_binary", &path), -ENOENT);
	assert_int_equal(binary_find(s->env.cache, 0, "/tmp", &path), -ENOENT);
	assert_int_equal(binary_find(s->env.cache, 0, "", &path), -ENOENT);
}

static void uprobes_are_checked_when_they_are_matched(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_expand(s, "uprobe:/proc/self/exe:elf_test_landmark"), 0);
	assert_int_equal(s->count, 1);
	assert_string_equal(s->found[0].symbol, "elf_test_landmark");
	assert_int_equal(setup_expand(s, "uprobe:/proc/self/exe:elf_test_land*"), 0);
	assert_int_equal(s->count, 1);
	assert_int_equal(setup_expand(s, "uprobe:/proc/self/exe:elf_test_lnadmark"), -ENOENT);
	assert_int_equal(setup_expand(s, "uprobe:/nowhere:main"), -ENOENT);
	assert_int_equal(setup_expand(s, "uprobe:/etc/passwd:main"), -ENOEXEC);
	/* Of all processes, which this one is among. */
	assert_int_equal(setup_expand(s, "uprobe:*:elf_test_landmark"), 0);
	assert_true(s->count >= 1);
}

static void cpp_patterns_without_parameters_mean_every_overload(void **state)
{
	assert_true(cpp_matches("main", "main"));
	assert_false(cpp_matches("main", "mainly"));
	/* The rest needs a demangler, which a C program is linked without. */
	if (cpp_matches("_ZN2ns1fEi", "_ZN2ns1fEi"))
		skip();
	assert_true(cpp_matches("ns::f", "_ZN2ns1fEi"));
	assert_true(cpp_matches("ns::f(int)", "_ZN2ns1fEi"));
	assert_false(cpp_matches("ns::f(long)", "_ZN2ns1fEi"));
	assert_true(cpp_matches("ns::S::operator()", "_ZN2ns1SclEi"));
}

static void a_build_id_is_read(void **state)
{
	struct setup *s = *state;
	unsigned char id[20];
	const char *path;
	size_t n;

	assert_int_equal(binary_find(s->env.cache, 0, "libc", &path), 0);
	n = elf_build_id(elf_open(s->env.cache, path), id);
	assert_true(n == 20 || n == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(functions_are_found_by_name_and_address),
		probe_test(each_function_is_listed_once),
		probe_test(what_is_no_elf_file_is_refused),
		probe_test(a_file_is_read_once_whatever_path_leads_to_it),
		probe_test(binaries_are_found_like_users_name_them),
		probe_test(uprobes_are_checked_when_they_are_matched),
		cmocka_unit_test(cpp_patterns_without_parameters_mean_every_overload),
		probe_test(a_build_id_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
