/* SPDX-License-Identifier: Apache-2.0 */
#include "image/image.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/image_test.XXXXXX";

static int make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	return rmdir(folder);
}

/* The smallest object: a section with content, and the names of sections. */
struct object {
	Elf64_Ehdr eh;
	char names[32], content[8];
	Elf64_Sym sym[2];
	Elf64_Shdr sh[4];
};

static struct object make_object(void)
{
	struct object o = { .names = "\0.names\0.content", .content = "payload" };

	memcpy(o.eh.e_ident, ELFMAG, SELFMAG);
	o.eh.e_ident[EI_CLASS] = ELFCLASS64;
	o.eh.e_machine = EM_BPF;
	o.eh.e_shentsize = sizeof(Elf64_Shdr);
	o.eh.e_shoff = offsetof(struct object, sh);
	o.eh.e_shnum = 4;
	o.eh.e_shstrndx = 1;
	o.sh[1] = (Elf64_Shdr){ .sh_name = 1, .sh_type = SHT_STRTAB,
		                .sh_offset = offsetof(struct object, names), .sh_size = sizeof(o.names) };
	o.sh[2] = (Elf64_Shdr){ .sh_name = 8, .sh_type = SHT_PROGBITS,
		                .sh_offset = offsetof(struct object, content), .sh_size = 8 };
	/* Symbols are named like sections here. */
	o.sh[3] = (Elf64_Shdr){ .sh_name = 0, .sh_type = SHT_SYMTAB, .sh_link = 1,
		                .sh_offset = offsetof(struct object, sym), .sh_size = sizeof(o.sym) };
	o.sym[1] = (Elf64_Sym){ .st_name = 8, .st_value = 16, .st_size = 24 };
	return o;
}

static void symbols_have_a_place_and_a_size(void **state)
{
	struct object o = make_object();
	Elf64_Sym sym;

	assert_int_equal(image_symbol(&o, sizeof(o), ".content", &sym), 0);
	assert_int_equal(sym.st_value, 16);
	assert_int_equal(sym.st_size, 24);
	assert_int_equal(image_symbol(&o, sizeof(o), ".cont", &sym), -ENOENT);
	o.sh[3].sh_link = 4;
	assert_int_equal(image_symbol(&o, sizeof(o), ".content", &sym), -EINVAL);
	o.sh[3].sh_link = 1;
	o.sh[3].sh_size = sizeof(o);
	assert_int_equal(image_symbol(&o, sizeof(o), ".content", &sym), -EINVAL);
}

static void sections_are_found_by_their_whole_name(void **state)
{
	struct object o = make_object();
	const void *data;
	size_t len;

	assert_int_equal(image_section(&o, sizeof(o), ".content", &data, &len), 0);
	assert_int_equal(len, 8);
	assert_string_equal(data, "payload");
	assert_int_equal(image_section(&o, sizeof(o), ".conten", &data, &len), -ENOENT);
	assert_int_equal(image_section(&o, sizeof(o), ".content2", &data, &len), -ENOENT);
}

static void what_is_no_object_of_ours_is_refused(void **state)
{
	struct object o = make_object();
	const void *data;
	size_t len;

	assert_int_equal(image_section("", 0, ".content", &data, &len), -EINVAL);
	assert_int_equal(image_section(&o, sizeof(o.eh) - 1, ".content", &data, &len), -EINVAL);
	assert_int_equal(image_section(&o, sizeof(o) - 1, ".content", &data, &len), -EINVAL);
	o.eh.e_machine = EM_X86_64;
	assert_int_equal(image_section(&o, sizeof(o), ".content", &data, &len), -EINVAL);
	o = make_object();
	o.eh.e_shstrndx = 4;
	assert_int_equal(image_section(&o, sizeof(o), ".content", &data, &len), -EINVAL);
	o = make_object();
	o.sh[2].sh_offset = UINT64_MAX - 2;
	assert_int_equal(image_section(&o, sizeof(o), ".content", &data, &len), -ENOENT);
	o = make_object();
	o.sh[2].sh_name = sizeof(o.names);
	assert_int_equal(image_section(&o, sizeof(o), ".content", &data, &len), -ENOENT);
}

static void an_image_comes_back_from_behind_its_launcher(void **state)
{
	char path[64];
	const void *image;
	struct stat st;
	size_t len;

	snprintf(path, sizeof(path), "%s/prog", folder);
	assert_int_equal(image_write_program(path, "launcher!", 9, "some image", 10), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_int_equal(image_open_program(path, &image, &len), 0);
	assert_int_equal(len, 10);
	assert_memory_equal(image, "some image", 10);
	assert_int_equal((uintptr_t)image % 8, 0);
	unlink(path);
	assert_int_equal(image_open_program(path, &image, &len), -ENOENT);
}

static void a_file_without_an_image_has_none(void **state)
{
	const void *image;
	size_t len;

	assert_int_equal(image_open_program("/proc/self/exe", &image, &len), -ENOENT);
}

static void nothing_is_left_of_a_program_that_could_not_be_written(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/no/prog", folder);
	assert_int_equal(image_write_program(path, "l", 1, "i", 1), -ENOENT);
	/* A folder is in the way: the name cannot be taken over. */
	snprintf(path, sizeof(path), "%s/dir", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_true(image_write_program(path, "l", 1, "i", 1) < 0);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_found_by_their_whole_name),
		cmocka_unit_test(symbols_have_a_place_and_a_size),
		cmocka_unit_test(what_is_no_object_of_ours_is_refused),
		cmocka_unit_test(an_image_comes_back_from_behind_its_launcher),
		cmocka_unit_test(a_file_without_an_image_has_none),
		cmocka_unit_test(nothing_is_left_of_a_program_that_could_not_be_written),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
