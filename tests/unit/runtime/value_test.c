/* SPDX-License-Identifier: Apache-2.0 */
/* Values of each kind, as text and as JSON. */
#include "setup.h"

static void integers_have_their_width_and_sign(void **state)
{
	uint32_t s1 = add_int(1, true), u1 = add_int(1, false), s4 = add_int(4, true),
	         s8 = add_int(8, true), u8 = add_int(8, false);
	uint64_t ones = UINT64_MAX;

	describe();
	assert_text(s1, &ones, "-1");
	assert_text(u1, &ones, "255");
	assert_text(s4, &(int32_t){ INT32_MIN }, "-2147483648");
	assert_text(s8, &(int64_t){ INT64_MIN }, "-9223372036854775808");
	assert_text(u8, &ones, "18446744073709551615");
}

/* Most readers of JSON have doubles only: what these cannot hold is text. */
static void json_quotes_integers_that_no_double_holds(void **state)
{
	uint32_t s8 = add_int(8, true), u8 = add_int(8, false);

	describe();
	assert_json(s8, &(int64_t){ 9007199254740992 }, "9007199254740992");
	assert_json(s8, &(int64_t){ 9007199254740993 }, "\"9007199254740993\"");
	assert_json(s8, &(int64_t){ -9007199254740993 }, "\"-9007199254740993\"");
	assert_json(s8, &(int64_t){ 9007199254740994 }, "9007199254740994");
	assert_json(s8, &(int64_t){ INT64_MIN }, "-9223372036854775808");
	assert_json(s8, &(int64_t){ INT64_MAX }, "\"9223372036854775807\"");
	assert_json(u8, &(uint64_t){ UINT64_MAX }, "\"18446744073709551615\"");
	assert_json(u8, &(uint64_t){ 1ull << 63 }, "9223372036854775808");
}

static void bools_pointers_and_nothing(void **state)
{
	uint32_t truth = add_type((struct meta_type){ .kind = KIND_BOOL, .size = 1 }),
	         pointer = add_type((struct meta_type){ .kind = KIND_POINTER, .size = 8 }),
	         none = add_type((struct meta_type){ .kind = KIND_NONE });

	describe();
	assert_text(truth, "\1", "true");
	assert_json(truth, "\0", "false");
	assert_text(pointer, &(uint64_t){ 0xffff888012345678 }, "0xffff888012345678");
	assert_text(pointer, &(uint64_t){ 0 }, "0x0");
	assert_json(pointer, &(uint64_t){ 4096 }, "4096");
	assert_text(none, "", "null");
	assert_json(none, "", "null");
}

static void enums_have_names_as_text_and_numbers_as_json(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_ENUM, .size = 4,
	                                            .flags = META_TYPE_SIGNED, .first = 0, .rows = 2 });

	meta_add(&writer, META_ENUMERATORS,
	         &(struct meta_enumerator){ .name = meta_string(&writer, "FIRST"), .value = -1 });
	meta_add(&writer, META_ENUMERATORS,
	         &(struct meta_enumerator){ .name = meta_string(&writer, "SECOND"), .value = 7 });
	describe();
	assert_text(row, &(int32_t){ -1 }, "FIRST");
	assert_text(row, &(int32_t){ 7 }, "SECOND");
	assert_text(row, &(int32_t){ 8 }, "8");
	assert_json(row, &(int32_t){ 7 }, "7");
}

static void strings_end_at_their_nul_or_with_a_mark(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_STRING, .size = 4 });

	describe();
	assert_text(row, "ab\0\0", "ab");
	assert_text(row, "\0\0\0\0", "");
	assert_text(row, "abcx", "abcx..");
	assert_json(row, "abcx", "\"abcx..\"");
}

/* Traced text is somebody else's: it must not drive the terminal. */
static void control_bytes_are_shown_not_sent(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_STRING, .size = 32 });
	char text[32] = "a\x1b[31m\n\t\x7f\x01\xff\xc3\xa9\xc2\x9b\xed\xa0\x80";

	describe();
	assert_text(row, text, "a\\x1b[31m\n\t\\x7f\\x01\\xff\xc3\xa9\\xc2\\x9b\\xed\\xa0\\x80");
	assert_json(row, text,
	            "\"a\\u001b[31m\\n\\t\\u007f\\u0001\\u00ff\xc3\xa9\\u00c2\\u009b\\u00ed\\u00a0\\u0080\"");
}

static void json_escapes_quotes_and_backslashes(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	json_string(&sb, "\"\\/\r\n\t\0x", 8);
	assert_string_equal(sb.buf, "\"\\\"\\\\/\\r\\n\\t\\u0000x\"");
	strbuf_release(&sb);
}

static void sequences_of_utf8_pass_when_they_are_whole(void **state)
{
	static const struct {
		const char *bytes, *safe;
	} cases[] = {
		{ "\xc3\xa9", "\xc3\xa9" },                       /* two bytes */
		{ "\xe2\x82\xac", "\xe2\x82\xac" },               /* three */
		{ "\xf0\x9f\x90\x9d", "\xf0\x9f\x90\x9d" },       /* four */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },   /* beyond U+10FFFF */
		{ "\xc0\x80", "\\xc0\\x80" },                     /* longer than need be */
		{ "\xe0\x80\x80", "\\xe0\\x80\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },                     /* cut */
		{ "\x80x", "\\x80x" },                            /* without a start */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf sb = STRBUF_INIT;

		text_safe(&sb, cases[i].bytes, strlen(cases[i].bytes));
		assert_string_equal(sb.buf, cases[i].safe);
		strbuf_release(&sb);
	}
}

static void buffers_are_bytes(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_BUFFER, .size = 8 });
	unsigned char data[8] = { 3, 0, 0, 0, 'a', 0, 0xff, 'x' };

	describe();
	assert_text(row, data, "a\\x00\\xff");
	assert_json(row, data, "[97,0,-1]");
	data[0] = 200; /* a length beyond the place is not believed */
	assert_text(row, data, "a\\x00\\xffx");
	data[0] = 0;
	assert_text(row, data, "");
	assert_json(row, data, "[]");
}

static void compounds_show_their_parts(void **state)
{
	uint32_t u8 = add_int(1, false), text, array, first, tuple, record, nested;
	struct {
		uint8_t a;
		char b[3];
		uint8_t c[2];
	} data = { 5, "hi", { 1, 2 } };

	text = add_type((struct meta_type){ .kind = KIND_STRING, .size = 3 });
	array = add_type((struct meta_type){ .kind = KIND_ARRAY, .size = 2, .elem = u8, .count = 2 });
	first = add_field("a", u8, 0);
	add_field("b", text, 1);
	add_field("c", array, 4);
	tuple = add_type((struct meta_type){ .kind = KIND_TUPLE, .size = 6, .first = first, .rows = 3 });
	record = add_type((struct meta_type){ .kind = KIND_RECORD, .size = 6, .first = first, .rows = 2 });
	first = add_field("", tuple, 0);
	nested = add_type((struct meta_type){ .kind = KIND_TUPLE, .size = 6, .first = first, .rows = 1 });
	first = add_type((struct meta_type){ .kind = KIND_STRUCT });
	describe();
	assert_text(tuple, &data, "(5, hi, [1,2])");
	assert_json(tuple, &data, "[5,\"hi\",[1,2]]");
	assert_text(record, &data, "{ .a = 5, .b = hi }");
	assert_json(record, &data, "{\"a\": 5, \"b\": \"hi\"}");
	assert_text(nested, &data, "((5, hi, [1,2]))");
	assert_text(first, &data, "{}");
	assert_json(first, &data, "{}");
}

static void bit_fields_are_taken_out_of_their_word(void **state)
{
	uint32_t s4 = add_int(4, true), u4 = add_int(4, false), row;
	struct meta_field low = { .name = meta_string(&writer, "low"), .type = u4, .bit_offset = 0,
		                  .bit_size = 3 };
	struct meta_field high = { .name = meta_string(&writer, "high"), .type = s4, .bit_offset = 3,
		                   .bit_size = 5 };
	uint32_t first = meta_add(&writer, META_FIELDS, &low), word = 0xf5;

	meta_add(&writer, META_FIELDS, &high);
	row = add_type((struct meta_type){ .kind = KIND_STRUCT, .size = 4, .first = first, .rows = 2 });
	describe();
	assert_text(row, &word, "{ .low = 5, .high = -2 }");
	assert_json(row, &word, "{\"low\": 5, \"high\": -2}");
}

static void addresses_of_networks(void **state)
{
	uint32_t inet = add_type((struct meta_type){ .kind = KIND_INET, .size = 24 }),
	         mac = add_type((struct meta_type){ .kind = KIND_MAC, .size = 6 });
	unsigned char four[24] = { 2, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1 };
	unsigned char six[24] = { 10, 0, 0, 0, 0, 0, 0, 0, [23] = 1 };
	unsigned char unknown[24] = { 99 };

	describe();
	assert_text(inet, four, "127.0.0.1");
	assert_json(inet, four, "\"127.0.0.1\"");
	assert_text(inet, six, "::1");
	assert_text(inet, unknown, "");
	assert_text(mac, "\x0a\x1b\xff\x00\x01\x80", "0A:1B:FF:00:01:80");
}

static void users_have_names(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_USERNAME, .size = 8 });

	describe();
	assert_text(row, &(uint64_t){ 0 }, "root");
	assert_json(row, &(uint64_t){ 0 }, "\"root\"");
	assert_text(row, &(uint64_t){ 4000000000 }, "");
}

static void aggregations_are_their_value(void **state)
{
	uint32_t sum = add_type((struct meta_type){ .kind = KIND_SUM, .size = 8,
	                                            .flags = META_TYPE_SIGNED }),
	         avg = add_type((struct meta_type){ .kind = KIND_AVG, .size = 16,
	                                            .flags = META_TYPE_SIGNED }),
	         stats = add_type((struct meta_type){ .kind = KIND_STATS, .size = 16 }),
	         most = add_type((struct meta_type){ .kind = KIND_MAX, .size = 16 });
	int64_t data[2] = { -7, 2 };

	describe();
	assert_text(sum, data, "-7");
	assert_text(avg, data, "-3");
	assert_json(avg, data, "-3");
	assert_text(avg, (int64_t[2]){ 0, 0 }, "0");
	assert_text(most, data, "18446744073709551609");
	assert_text(stats, (int64_t[2]){ 11, 2 }, "{ .count = 2, .average = 5, .total = 11 }");
	assert_json(stats, (int64_t[2]){ 11, 2 }, "{\"count\": 2, \"average\": 5, \"total\": 11}");
}

static void timestamps_follow_their_clock_and_format(void **state)
{
	uint32_t row = add_type((struct meta_type){ .kind = KIND_TIMESTAMP, .size = 16 });
	struct {
		uint64_t ns;
		uint32_t clock, format;
	} t = { 1500000000, CLOCK_TAI_NS, meta_string(&writer, "%H:%M:%S.%l") };

	describe();
	rt.boot_to_wall_ns = 3600000000000;
	assert_text(row, &t, "00:00:01.500");
	t.clock = CLOCK_BOOT_NS;
	assert_text(row, &t, "01:00:01.500");
	assert_json(row, &t, "\"01:00:01.500\"");
	t.format = 0;
	assert_text(row, &t, "");
	t.format = UINT32_MAX;
	assert_text(row, &t, "(?)");
	t.format = 0;
	t.ns = 0;
	assert_text(row, &t, "(?)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(integers_have_their_width_and_sign),
		RUN_TEST(json_quotes_integers_that_no_double_holds),
		RUN_TEST(bools_pointers_and_nothing),
		RUN_TEST(enums_have_names_as_text_and_numbers_as_json),
		RUN_TEST(strings_end_at_their_nul_or_with_a_mark),
		RUN_TEST(control_bytes_are_shown_not_sent),
		RUN_TEST(json_escapes_quotes_and_backslashes),
		RUN_TEST(sequences_of_utf8_pass_when_they_are_whole),
		RUN_TEST(buffers_are_bytes),
		RUN_TEST(compounds_show_their_parts),
		RUN_TEST(bit_fields_are_taken_out_of_their_word),
		RUN_TEST(addresses_of_networks),
		RUN_TEST(users_have_names),
		RUN_TEST(aggregations_are_their_value),
		RUN_TEST(timestamps_follow_their_clock_and_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
