/* SPDX-License-Identifier: Apache-2.0 */
/* Rows written are rows read; what does not fit together is refused when it is opened. */
#include "image/buckets.h"
#include "image/meta.h"
#include "image/meta_write.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A description with one row in each table. */
struct sample {
	struct meta_writer w;
	struct meta_type *type;
	struct meta_field *field;
	struct meta_map *map;
	struct meta_event *event;
	struct meta_script *script;
};

static void add_rows(struct meta_writer *w)
{
	struct meta_type number = { .kind = KIND_INT, .name = meta_string(w, "uint64"), .size = 8,
		                    .elem = META_NONE, .map = META_NONE };
	struct meta_type tuple = { .kind = KIND_TUPLE, .name = meta_string(w, "(uint64)"), .size = 8,
		                   .elem = META_NONE, .rows = 1, .map = META_NONE };
	struct meta_field field = { .type = meta_add(w, META_TYPES, &number) };
	struct meta_map map = { .name = meta_string(w, "@x"), .bpf_name = meta_string(w, "AT_x"),
		                .key_type = META_NONE, .store = STORE_ARRAY, .max_entries = 1 };
	struct meta_event event = { .kind = EVENT_PRINTF, .map = META_NONE };
	struct meta_probe probe = { .name = meta_string(w, "begin"), .kind = meta_string(w, "begin"),
		                    .program = meta_string(w, "p0_begin") };
	struct meta_enumerator enumerator = { .name = meta_string(w, "A"), .value = -1 };
	struct meta_script script = { .name = meta_string(w, "x.bt") };

	script.text = meta_bytes(w, "begin { }\n", 10);
	script.text_len = 10;
	tuple.first = meta_add(w, META_FIELDS, &field);
	event.type = meta_add(w, META_TYPES, &tuple);
	event.format = meta_string(w, "%d\n");
	meta_add(w, META_MAPS, &map);
	meta_add(w, META_EVENTS, &event);
	meta_add(w, META_PROBES, &probe);
	meta_add(w, META_ENUMERATORS, &enumerator);
	meta_add(w, META_SCRIPT, &script);
}

static int start(void **state)
{
	static struct sample s;

	meta_writer_init(&s.w);
	add_rows(&s.w);
	s.type = meta_at(&s.w, META_TYPES, 1);
	s.field = meta_at(&s.w, META_FIELDS, 0);
	s.map = meta_at(&s.w, META_MAPS, 0);
	s.event = meta_at(&s.w, META_EVENTS, 0);
	s.script = meta_at(&s.w, META_SCRIPT, 0);
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct sample *s = *state;

	meta_writer_release(&s->w);
	return 0;
}

/* Whether the sample as it stands can be opened. */
static int open_sample(struct sample *s)
{
	struct strbuf bytes = STRBUF_INIT;
	struct meta m;
	int err;

	meta_finish(&s->w, &bytes);
	err = meta_open(&m, bytes.buf, bytes.len);
	strbuf_release(&bytes);
	return err;
}

static void rows_come_back_as_they_were_written(void **state)
{
	struct sample *s = *state;
	struct strbuf bytes = STRBUF_INIT;
	struct meta m;

	meta_finish(&s->w, &bytes);
	assert_int_equal(meta_open(&m, bytes.buf, bytes.len), 0);
	assert_int_equal(meta_count(&m, META_TYPES), 2);
	assert_int_equal(meta_type(&m, 0)->kind, KIND_INT);
	assert_string_equal(meta_text(&m, meta_type(&m, 1)->name), "(uint64)");
	assert_int_equal(meta_type(&m, meta_field(&m, 0)->type)->size, 8);
	assert_string_equal(meta_text(&m, meta_map(&m, 0)->name), "@x");
	assert_string_equal(meta_text(&m, meta_event(&m, 0)->format), "%d\n");
	assert_string_equal(meta_text(&m, meta_probe(&m, 0)->program), "p0_begin");
	assert_int_equal(meta_enumerator(&m, 0)->value, -1);
	assert_memory_equal(meta_text(&m, meta_script(&m)->text), "begin { }\n", 11);
	strbuf_release(&bytes);
}

static void equal_texts_are_kept_once(void **state)
{
	struct sample *s = *state;

	assert_int_equal(meta_string(&s->w, "begin"), meta_string(&s->w, "begin"));
	assert_int_not_equal(meta_string(&s->w, "begin"), meta_string(&s->w, "begi"));
	assert_int_equal(meta_string(&s->w, ""), 0);
}

static void every_prefix_is_refused(void **state)
{
	struct sample *s = *state;
	struct strbuf bytes = STRBUF_INIT;
	struct meta m;

	meta_finish(&s->w, &bytes);
	/* The last table ends with the bytes: padding behind it may be missing. */
	for (size_t len = 0; len + 8 <= bytes.len; len++)
		assert_int_equal(meta_open(&m, bytes.buf, len), -EINVAL);
	assert_int_equal(meta_open(&m, bytes.buf + 4, bytes.len - 4), -EINVAL);
	strbuf_release(&bytes);
}

static void wider_rows_of_a_later_version_are_read(void **state)
{
	struct sample *s = *state;
	struct strbuf bytes = STRBUF_INIT;
	struct meta_header *h;
	uint64_t wide[16] = { 0 };
	struct meta m;

	meta_finish(&s->w, &bytes);
	memcpy(wide, s->script, sizeof(*s->script));
	h = (struct meta_header *)bytes.buf;
	h->table[META_SCRIPT].off = (uint32_t)meta_align8((uint32_t)bytes.len);
	h->table[META_SCRIPT].row_size = sizeof(wide);
	strbuf_pad(&bytes, 0, meta_align8((uint32_t)bytes.len) - bytes.len);
	strbuf_add(&bytes, wide, sizeof(wide));
	assert_int_equal(meta_open(&m, bytes.buf, bytes.len), 0);
	assert_string_equal(meta_text(&m, meta_script(&m)->name), "x.bt");
	strbuf_release(&bytes);
}

#define REFUSES(name, spoil)                                                                       \
	static void name(void **state)                                                             \
	{                                                                                          \
		struct sample *s = *state;                                                         \
                                                                                                   \
		assert_int_equal(open_sample(s), 0);                                               \
		spoil;                                                                             \
		assert_int_equal(open_sample(s), -EINVAL);                                         \
	}
REFUSES(a_kind_that_does_not_exist_is_refused, s->type->kind = KIND_COUNT_OF)
REFUSES(a_name_outside_the_strings_is_refused, s->type->name = 1 << 20)
REFUSES(a_member_of_a_later_type_is_refused, s->field->type = 1)
REFUSES(a_member_outside_the_whole_is_refused, s->field->offset = 1)
REFUSES(members_that_are_not_there_are_refused, s->type->rows = 2)
REFUSES(a_bit_field_that_is_too_wide_is_refused, s->field->bit_size = 65)
REFUSES(an_integer_of_three_bytes_is_refused,
        ((struct meta_type *)meta_at(&s->w, META_TYPES, 0))->size = 3)
REFUSES(a_map_without_a_value_is_refused, s->map->value_type = 2)
REFUSES(a_hash_without_a_key_is_refused, s->map->store = STORE_HASH)
REFUSES(several_elements_without_a_key_are_refused, s->map->max_entries = 2)
REFUSES(an_array_whose_keys_are_tuples_is_refused, s->map->key_type = 1)
REFUSES(a_series_of_integers_is_refused, s->map->store = STORE_SERIES)
REFUSES(a_store_that_does_not_exist_is_refused, s->map->store = STORE_STACKS + 1)
REFUSES(an_event_of_no_kind_is_refused, s->event->kind = EVENT_COUNT_OF)
REFUSES(arguments_that_are_no_tuple_are_refused, s->event->type = 0)
REFUSES(clearing_no_map_is_refused, s->event->kind = EVENT_CLEAR)
REFUSES(a_script_longer_than_its_text_is_refused, s->script->text_len = 1 << 20)

static void a_histogram_has_as_many_buckets_as_its_bits_say(void **state)
{
	struct sample *s = *state;
	struct meta_type hist = { .kind = KIND_HIST, .elem = META_NONE, .map = META_NONE, .count = 66,
		                  .size = 66 * 8 };
	uint32_t row = meta_add(&s->w, META_TYPES, &hist);

	assert_int_equal(open_sample(s), 0);
	((struct meta_type *)meta_at(&s->w, META_TYPES, row))->arg[0] = 1;
	assert_int_equal(open_sample(s), -EINVAL);
	((struct meta_type *)meta_at(&s->w, META_TYPES, row))->arg[0] = 6;
	assert_int_equal(open_sample(s), -EINVAL);
}

static void orders_of_magnitude_fit_64_bits(void **state)
{
	struct sample *s = *state;
	struct meta_type llhist = { .kind = KIND_LLHIST, .elem = META_NONE, .map = META_NONE,
		                    .count = 11, .size = 11 * 8, .arg = { 10, 0, 0, 10 } };
	uint32_t row = meta_add(&s->w, META_TYPES, &llhist);
	uint64_t *arg = ((struct meta_type *)meta_at(&s->w, META_TYPES, row))->arg;

	assert_int_equal(open_sample(s), 0);
	arg[0] = 1;
	assert_int_equal(open_sample(s), -EINVAL);
	arg[0] = 10;
	arg[2] = UINT64_MAX;
	assert_int_equal(open_sample(s), -EINVAL);
	arg[2] = 0;
	arg[3] = 0;
	assert_int_equal(open_sample(s), -EINVAL);
	arg[3] = UINT64_MAX;
	assert_int_equal(open_sample(s), -EINVAL);
}

static void percentiles_are_words_as_they_are_printed(void **state)
{
	struct sample *s = *state;
	struct meta_type p = { .kind = KIND_PERCENTILES, .elem = META_NONE, .map = META_NONE,
		               .rows = 3 };
	uint32_t row;
	uint64_t *arg;

	percentile_ask(p.arg, 0, 50000);
	p.count = bucket_total(p.kind, p.arg);
	p.size = p.count * 8 + 8;
	for (uint32_t i = 0; i < 3; i++) {
		struct meta_field f = { .name = meta_string(&s->w, "p"), .offset = i * 8 };
		uint32_t at = meta_add(&s->w, META_FIELDS, &f);

		p.first = i ? p.first : at;
	}
	row = meta_add(&s->w, META_TYPES, &p);
	arg = ((struct meta_type *)meta_at(&s->w, META_TYPES, row))->arg;
	assert_int_equal(open_sample(s), 0);
	percentile_ask(arg, 1, 90000);
	assert_int_equal(open_sample(s), -EINVAL);
	arg[0] = p.arg[0];
	((struct meta_field *)meta_at(&s->w, META_FIELDS, p.first + 2))->offset = 24;
	assert_int_equal(open_sample(s), -EINVAL);
	((struct meta_field *)meta_at(&s->w, META_FIELDS, p.first + 2))->offset = 16;
	((struct meta_type *)meta_at(&s->w, META_TYPES, row))->size -= 8;
	assert_int_equal(open_sample(s), -EINVAL);
}

static void a_series_needs_intervals_with_a_length(void **state)
{
	struct sample *s = *state;
	struct meta_type series = { .kind = KIND_TSERIES, .elem = META_NONE, .map = META_NONE,
		                    .count = 5, .size = 24, .arg = { 1000, 5, SERIES_COUNT } };
	uint32_t row = meta_add(&s->w, META_TYPES, &series);
	uint64_t *arg = ((struct meta_type *)meta_at(&s->w, META_TYPES, row))->arg;

	assert_int_equal(open_sample(s), 0);
	arg[0] = 0;
	assert_int_equal(open_sample(s), -EINVAL);
	arg[0] = 1000;
	arg[1] = 6;
	assert_int_equal(open_sample(s), -EINVAL);
	arg[1] = 5;
	arg[2] = SERIES_COUNT + 1;
	assert_int_equal(open_sample(s), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_come_back_as_they_were_written),
		TEST(equal_texts_are_kept_once),
		TEST(every_prefix_is_refused),
		TEST(wider_rows_of_a_later_version_are_read),
		TEST(a_kind_that_does_not_exist_is_refused),
		TEST(a_name_outside_the_strings_is_refused),
		TEST(a_member_of_a_later_type_is_refused),
		TEST(a_member_outside_the_whole_is_refused),
		TEST(members_that_are_not_there_are_refused),
		TEST(a_bit_field_that_is_too_wide_is_refused),
		TEST(an_integer_of_three_bytes_is_refused),
		TEST(a_map_without_a_value_is_refused),
		TEST(a_hash_without_a_key_is_refused),
		TEST(several_elements_without_a_key_are_refused),
		TEST(an_array_whose_keys_are_tuples_is_refused),
		TEST(a_series_of_integers_is_refused),
		TEST(a_store_that_does_not_exist_is_refused),
		TEST(an_event_of_no_kind_is_refused),
		TEST(arguments_that_are_no_tuple_are_refused),
		TEST(clearing_no_map_is_refused),
		TEST(a_script_longer_than_its_text_is_refused),
		TEST(a_histogram_has_as_many_buckets_as_its_bits_say),
		TEST(orders_of_magnitude_fit_64_bits),
		TEST(percentiles_are_words_as_they_are_printed),
		TEST(a_series_needs_intervals_with_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
