/* SPDX-License-Identifier: Apache-2.0 */

#include "setup.h"

#include "probes/btf.h"
#include "probes/btf_args.h"
#include "probes/btf_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct btf_file *kernel(struct setup *s)
{
	const struct btf_file *b = btf_vmlinux(s->env.cache);

	if (!b)
		skip();
	return b;
}

static void structs_are_found_by_name(void **state)
{
	struct setup *s = *state;
	const struct btf_file *b = kernel(s);
	uint32_t id = btf_find(b, BTF_KIND_STRUCT, "task_struct");
	const struct btf_type *t = btf_type(b, id);

	assert_non_null(t);
	assert_string_equal(btf_name(b, t->name_off), "task_struct");
	assert_int_equal(BTF_INFO_KIND(t->info), BTF_KIND_STRUCT);
	assert_int_equal(btf_size(b, id), t->size);
	assert_true(t->size > 1000);
	assert_int_equal(btf_find(b, BTF_KIND_STRUCT, "task_struc"), 0);
	assert_int_equal(btf_find(b, BTF_KIND_STRUCT, ""), 0);
	assert_int_equal(btf_find(b, BTF_KIND_FUNC, "task_struct"), 0);
	assert_null(btf_type(b, UINT32_MAX));
	assert_null(btf_type(b, 0));
}

static void typedefs_are_stepped_over(void **state)
{
	struct setup *s = *state;
	const struct btf_file *b = kernel(s);
	uint32_t id = btf_find(b, BTF_KIND_TYPEDEF, "pid_t");
	const struct btf_type *t = btf_type(b, btf_strip(b, id));

	assert_int_not_equal(id, 0);
	assert_int_equal(BTF_INFO_KIND(t->info), BTF_KIND_INT);
	assert_int_equal(btf_size(b, id), 4);
}

static void functions_have_arguments_by_name(void **state)
{
	struct setup *s = *state;
	const struct btf_file *b = kernel(s);
	uint32_t id = btf_find(b, BTF_KIND_FUNC, "vfs_read");
	struct probe_args args;

	if (!id)
		skip();
	btf_args(&s->arena, b, NULL, id, 0, &args);
	assert_int_equal(args.count, 4);
	assert_string_equal(args.arg[0].name, "file");
	assert_string_equal(args.arg[0].ctype, "struct file *");
	assert_string_equal(args.arg[2].ctype, "size_t");
	assert_int_equal(args.arg[2].offset, 16);
	assert_int_equal(args.arg[2].where, ARG_CTX_WORD);
	assert_non_null(args.retval);
	assert_true(args.retval->is_signed);
	assert_int_equal(args.retval->offset, 32);
}

static bool count_one(void *arg, uint32_t id, const char *name)
{
	return ++*(size_t *)arg < 10;
}

static void iteration_ends_when_told(void **state)
{
	struct setup *s = *state;
	size_t n = 0;

	btf_each(kernel(s), BTF_KIND_STRUCT, count_one, &n);
	assert_int_equal(n, 10);
}

/* Writes bytes where SONDE_BTF points, and opens them. */
static const struct btf_file *open_bytes(struct setup *s, const void *data, size_t len)
{
	char path[] = "/tmp/btf_test_XXXXXX";
	int fd = mkstemp(path);
	const struct btf_file *b;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
	setenv("SONDE_BTF", path, 1);
	b = btf_vmlinux(s->env.cache);
	unsetenv("SONDE_BTF");
	unlink(path);
	return b;
}

struct small {
	struct btf_header h;
	struct btf_type t[2];
	char names[4];
};

static struct small small_btf(void)
{
	return (struct small){
		.h = { .magic = BTF_MAGIC,
		       .version = 1,
		       .hdr_len = sizeof(struct btf_header),
		       .type_len = sizeof(struct btf_type) * 2,
		       .str_off = sizeof(struct btf_type) * 2,
		       .str_len = 4 },
		/* Two typedefs that name each other. */
		.t = { { .name_off = 1, .info = BTF_KIND_TYPEDEF << 24, .type = 2 },
		       { .name_off = 1, .info = BTF_KIND_CONST << 24, .type = 1 } },
		.names = { 0, 'a', 'b', 0 },
	};
}

static void circles_end(void **state)
{
	struct setup *s = *state;
	struct small data = small_btf();
	const struct btf_file *b = open_bytes(s, &data, sizeof(data));

	assert_non_null(b);
	assert_int_equal(btf_find(b, BTF_KIND_TYPEDEF, "ab"), 1);
	assert_int_equal(btf_strip(b, 1), 0);
	assert_int_equal(btf_size(b, 1), 0);
	assert_non_null(btf_type_text(&s->arena, b, 2));
}

static void sections_must_lie_inside_the_file(void **state)
{
	struct setup *s = *state;
	struct small data = small_btf();

	data.h.str_len = 400;
	assert_null(open_bytes(s, &data, sizeof(data)));
}

static void names_must_end(void **state)
{
	struct setup *s = *state;
	struct small data = small_btf();

	data.names[3] = 'c';
	assert_null(open_bytes(s, &data, sizeof(data)));
}

static void a_type_that_is_cut_short_is_not_there(void **state)
{
	struct setup *s = *state;
	struct small data = small_btf();
	const struct btf_file *b;

	data.t[1].info = BTF_KIND_STRUCT << 24 | 1000;
	b = open_bytes(s, &data, sizeof(data));
	assert_non_null(b);
	assert_non_null(btf_type(b, 1));
	assert_null(btf_type(b, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(structs_are_found_by_name),
		probe_test(typedefs_are_stepped_over),
		probe_test(functions_have_arguments_by_name),
		probe_test(iteration_ends_when_told),
		probe_test(circles_end),
		probe_test(sections_must_lie_inside_the_file),
		probe_test(names_must_end),
		probe_test(a_type_that_is_cut_short_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
