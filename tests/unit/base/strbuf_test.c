/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void an_empty_one_is_text_without_memory(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	assert_string_equal(sb.buf, "");
	assert_int_equal(sb.size, 0);
	strbuf_reset(&sb);
	strbuf_cut(&sb, 0);
	strbuf_release(&sb);
	assert_string_equal(sb.buf, "");
	/* The shared empty text has not been written to. */
	assert_int_equal(strbuf_empty[0], 0);
}

static void pieces_are_put_one_behind_the_other(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, "ab");
	strbuf_addc(&sb, 'c');
	strbuf_add(&sb, "d\0e", 3);
	strbuf_addf(&sb, "%s:%05d", "f", 42);
	strbuf_pad(&sb, '-', 3);
	assert_int_equal(sb.len, 16);
	assert_memory_equal(sb.buf, "abcd\0ef:00042---", 17);
	strbuf_cut(&sb, 2);
	assert_string_equal(sb.buf, "ab");
	strbuf_reset(&sb);
	assert_int_equal(sb.len, 0);
	assert_string_equal(sb.buf, "");
	assert_true(sb.size > 0);
	strbuf_release(&sb);
}

static void text_longer_than_the_room_is_formatted_whole(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	char *long_text = malloc(100001);

	memset(long_text, 'x', 100000);
	long_text[100000] = '\0';
	strbuf_adds(&sb, "a");
	strbuf_addf(&sb, "%s|%s", long_text, "b");
	assert_int_equal(sb.len, 100003);
	assert_string_equal(sb.buf + 100000, "x|b");
	assert_int_equal(sb.buf[0], 'a');
	strbuf_release(&sb);
	free(long_text);
}

static void many_small_pieces_add_up(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	for (int i = 0; i < 10000; i++)
		strbuf_addc(&sb, (char)('a' + i % 26));
	assert_int_equal(sb.len, 10000);
	assert_int_equal(strlen(sb.buf), 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(sb.buf[i], 'a' + i % 26);
	strbuf_release(&sb);
}

static void files_are_read_whole_also_those_of_proc(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	char path[] = "/tmp/strbuf_test.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "one\ntwo", 7), 7);
	close(fd);
	assert_int_equal(strbuf_read_file(&sb, path), 0);
	assert_string_equal(sb.buf, "one\ntwo");
	unlink(path);
	assert_int_equal(strbuf_read_file(&sb, path), -ENOENT);
	strbuf_reset(&sb);
	assert_int_equal(strbuf_read_file(&sb, "/proc/self/status"), 0);
	assert_non_null(strstr(sb.buf, "Pid:"));
	strbuf_release(&sb);
}

static void a_descriptor_is_read_to_its_end(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "a\0b", 3), 3);
	close(pipes[1]);
	assert_int_equal(strbuf_read_fd(&sb, pipes[0]), 0);
	assert_int_equal(sb.len, 3);
	assert_memory_equal(sb.buf, "a\0b", 4);
	close(pipes[0]);
	assert_true(strbuf_read_fd(&sb, pipes[0]) < 0);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_one_is_text_without_memory),
		cmocka_unit_test(pieces_are_put_one_behind_the_other),
		cmocka_unit_test(text_longer_than_the_room_is_formatted_whole),
		cmocka_unit_test(many_small_pieces_add_up),
		cmocka_unit_test(files_are_read_whole_also_those_of_proc),
		cmocka_unit_test(a_descriptor_is_read_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
