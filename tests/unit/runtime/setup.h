/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup - a run without a kernel: a description made by hand, whose types the printers read.
 *
 *	uint32_t row = add_type((struct meta_type){ .kind = KIND_INT, .size = 4 });
 *	describe();			(from now on the rows are fixed)
 *	assert_text(row, &value, "5");
 *	assert_json(row, &value, "5");
 */
#ifndef TESTS_UNIT_RUNTIME_SETUP_H
#define TESTS_UNIT_RUNTIME_SETUP_H

#include "image/meta_write.h"
#include "runtime/rt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct meta_writer writer;
static struct strbuf described;
static struct rt rt;

static inline int start_run(void **state)
{
	setenv("TZ", "UTC", 1);
	memset(&rt, 0, sizeof(rt));
	described = (struct strbuf)STRBUF_INIT;
	meta_writer_init(&writer);
	return 0;
}

static inline int end_run(void **state)
{
	meta_writer_release(&writer);
	strbuf_release(&described);
	arena_release(&rt.arena);
	return 0;
}

static inline uint32_t add_type(struct meta_type t)
{
	t.elem = t.kind == KIND_ARRAY ? t.elem : META_NONE;
	t.map = META_NONE;
	return meta_add(&writer, META_TYPES, &t);
}

static inline uint32_t add_int(uint32_t size, bool is_signed)
{
	return add_type((struct meta_type){ .kind = KIND_INT, .size = size,
	                                    .flags = is_signed ? META_TYPE_SIGNED : 0 });
}

static inline uint32_t add_field(const char *name, uint32_t type, uint32_t offset)
{
	return meta_add(&writer, META_FIELDS,
	                &(struct meta_field){ .name = meta_string(&writer, name), .type = type,
	                                      .offset = offset });
}

static inline void describe(void)
{
	struct meta_script script = { .trunc_trailer = meta_string(&writer, "..") };

	script.text = meta_bytes(&writer, "", 0);
	meta_add(&writer, META_SCRIPT, &script);
	meta_finish(&writer, &described);
	assert_int_equal(meta_open(&rt.m, described.buf, described.len), 0);
}

static inline const struct meta_type *type_of(uint32_t row)
{
	return meta_type(&rt.m, row);
}

static inline void assert_text(uint32_t row, const void *data, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	value_text(&rt, type_of(row), data, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

static inline void assert_json(uint32_t row, const void *data, const char *expected)
{
	struct strbuf sb = STRBUF_INIT;

	value_json(&rt, type_of(row), data, &sb);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, start_run, end_run)

#endif
