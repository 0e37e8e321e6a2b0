/* SPDX-License-Identifier: Apache-2.0 */

#include "setup.h"

#include "probes/btf.h"
#include "probes/btf_text.h"

static const char *definition(struct setup *s, uint32_t kind, const char *name)
{
	const struct btf_file *b = btf_vmlinux(s->env.cache);

	if (!b)
		skip();
	return btf_definition(&s->arena, b, btf_find(b, kind, name));
}

static void structs_are_written_as_c(void **state)
{
	struct setup *s = *state;
	const char *text = definition(s, BTF_KIND_STRUCT, "list_head");

	assert_string_equal(text, "struct list_head {\n"
	                          "        struct list_head *next;\n"
	                          "        struct list_head *prev;\n"
	                          "};");
}

static void function_pointers_have_their_name_inside(void **state)
{
	struct setup *s = *state;
	const char *text = definition(s, BTF_KIND_STRUCT, "file_operations");

	assert_non_null(strstr(text, "ssize_t (*read)(struct file *, char *, size_t, loff_t *);"));
}

static void members_without_a_name_stand_inside(void **state)
{
	struct setup *s = *state;
	const char *text = definition(s, BTF_KIND_STRUCT, "task_struct");

	assert_non_null(strstr(text, "char comm[16];"));
	assert_non_null(definition(s, BTF_KIND_STRUCT, "sk_buff"));
	assert_non_null(strstr(definition(s, BTF_KIND_STRUCT, "sk_buff"), "union {\n"));
}

static void enums_show_their_values(void **state)
{
	struct setup *s = *state;

	assert_non_null(strstr(definition(s, BTF_KIND_ENUM, "pid_type"), "        PIDTYPE_TGID = 1,\n"));
}

static void types_are_listed_once(void **state)
{
	struct setup *s = *state;

	if (!btf_vmlinux(s->env.cache))
		skip();
	assert_int_equal(setup_list(s, "struct list_head,union bpf_attr"), 0);
	assert_int_equal(s->count, 2);
	assert_string_equal(s->found[0].name, "struct list_head");
	assert_string_equal(s->found[0].module, "vmlinux");
	assert_null(s->found[0].kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(structs_are_written_as_c),
		probe_test(function_pointers_have_their_name_inside),
		probe_test(members_without_a_name_stand_inside),
		probe_test(enums_show_their_values),
		probe_test(types_are_listed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
