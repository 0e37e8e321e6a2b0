/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel symbols, from a sample; and binding of patterns to them. */

#include "setup.h"

#include "probes/symbols.h"

#include <errno.h>
#include <unistd.h>

static const char sample[] = "ffffffff81000000 T _text\n"
			     "ffffffff81000100 T __x64_sys_read\n"
			     "ffffffff81000200 t read_one.isra.0\n"
			     "ffffffff81000200 t read_alias\n"
			     "ffffffff81000300 t __pfx_vfs_read\n"
			     "ffffffff81000310 T vfs_read\n"
			     "ffffffff81000400 T vfs_write\n"
			     "ffffffff82000000 D jiffies\n"
			     "ffffffffc0000000 t fuse_open\t[fuse]\n"
			     "ffffffffc1000000 t bpf_prog_1234\t[bpf]\n";

static char path[] = "/tmp/symbols_test_XXXXXX";

/* Without tracefs, kallsyms is the list of what can be traced. */
static int use_sample(void **state)
{
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, sample, sizeof(sample) - 1) != sizeof(sample) - 1)
		return -1;
	close(fd);
	setenv("SONDE_KALLSYMS", path, 1);
	setenv("SONDE_TRACEFS", "/nowhere", 1);
	return 0;
}

static int drop_sample(void **state)
{
	return unlink(path);
}

static void symbols_have_addresses(void **state)
{
	struct setup *s = *state;
	uint64_t address;

	assert_int_equal(ksym_address(s->env.cache, "vfs_read", &address), 0);
	assert_true(address == 0xffffffff81000310);
	assert_int_equal(ksym_address(s->env.cache, "jiffies", &address), 0);
	assert_int_equal(ksym_address(s->env.cache, "vfs", &address), -ENOENT);
}

static void addresses_have_symbols(void **state)
{
	struct setup *s = *state;
	const struct symbol *found;
	uint64_t offset;

	found = ksym_lookup(s->env.cache, 0xffffffff81000313, &offset);
	assert_string_equal(found->name, "vfs_read");
	assert_int_equal(offset, 3);
	found = ksym_lookup(s->env.cache, 0xffffffffc0000001, &offset);
	assert_string_equal(found->name, "fuse_open");
	assert_string_equal(found->module, "fuse");
	found = ksym_lookup(s->env.cache, 0xffffffffc1000010, &offset);
	assert_string_equal(found->name, "bpf_prog_1234");
	assert_null(ksym_lookup(s->env.cache, 0x1000, &offset));
	assert_null(ksym_lookup(s->env.cache, 0xffffffffbfffffff, &offset));
}

static void patterns_pass_over_artefacts(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_expand(s, "kprobe:vfs_*"), 0);
	assert_int_equal(s->count, 2);
	assert_string_equal(s->found[0].name, "kprobe:vfs_read");
	assert_true(s->found[0].flags & TARGET_WILDCARD);
	assert_int_equal(setup_expand(s, "kprobe:*pfx*"), -ENOENT);
	assert_int_equal(setup_expand(s, "kprobe:bpf_prog*"), -ENOENT);
	assert_int_equal(setup_expand(s, "kprobe:fus*:*"), 0);
	assert_string_equal(s->found[0].name, "kprobe:fuse:fuse_open");
	assert_string_equal(s->found[0].module, "fuse");
}

static void exact_names_are_left_to_the_kernel(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_expand(s, "kprobe:no_such_function"), 0);
	assert_int_equal(s->count, 1);
	/* A list is about what there is. */
	assert_int_equal(setup_list(s, "kprobe:no_such_function"), 0);
	assert_int_equal(s->count, 0);
	assert_int_equal(setup_list(s, "kprobe:vfs_read,kprobe:vfs_w*"), 0);
	assert_int_equal(s->count, 2);
}

static void modules_must_be_loaded(void **state)
{
	struct setup *s = *state;

	assert_int_equal(setup_expand(s, "kprobe:no_such_module:f"), -ENOENT);
	assert_int_equal(setup_expand(s, "kprobe:vmlinux:f"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(symbols_have_addresses),
		probe_test(addresses_have_symbols),
		probe_test(patterns_pass_over_artefacts),
		probe_test(exact_names_are_left_to_the_kernel),
		probe_test(modules_must_be_loaded),
	};

	return cmocka_run_group_tests(tests, use_sample, drop_sample);
}
