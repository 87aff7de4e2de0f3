/*
 * Sketches in few bytes: there and back, empty and full.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/packed.h"

static struct sketch_text text_with(uint8_t numbers, uint8_t names, uint8_t headline)
{
	struct sketch_text t = {.n_shingles = 300u << numbers,
	                        .flags = SKETCH_UPDATE | SKETCH_CAPITALS,
	                        .n_numbers = numbers,
	                        .n_names = names,
	                        .n_headline = headline};
	for (size_t i = 0; i < sizeof(t.minima); i++)
		t.minima[i] = (uint8_t)(i * 37 + numbers);
	for (size_t i = 0; i < sizeof(t.opening); i++)
		t.opening[i] = (uint8_t)(i * 91 + names);
	for (size_t i = 0; i < numbers; i++)
		t.numbers[i] = (struct sketch_number){(uint16_t)(i * 4001), (uint16_t)(SKETCH_NUMBER_MAX - i)};
	for (size_t i = 0; i < names; i++)
		t.names[i] = (uint16_t)(i * 201);
	for (size_t i = 0; i < headline; i++)
		t.headline[i] = (uint16_t)(4095 - i * 301);
	return t;
}

static void what_goes_in_comes_out(void **state)
{
	(void)state;
	for (uint8_t numbers = 0; numbers <= SKETCH_NUMBERS_MAX; numbers++)
		for (uint8_t names = 0; names <= SKETCH_NAMES_MAX; names++)
			for (uint8_t headline = 0; headline <= SKETCH_HEADLINE_MAX; headline++) {
				uint8_t bytes[PACKED_BYTES_MAX + 1];
				struct sketch_text in = text_with(numbers, names, headline), out = {0};
				bytes[PACKED_BYTES_MAX] = 0xa5;
				size_t n = packed_write(&in, bytes);
				assert_int_equal(packed_read(bytes, &out), n);
				assert_int_equal(packed_bytes(bytes), n);
				assert_memory_equal(&in, &out, sizeof(in));
				assert_int_equal(bytes[PACKED_BYTES_MAX], 0xa5);
			}
}

static void an_ordinary_story_takes_about_a_hundred_bytes(void **state)
{
	(void)state;
	uint8_t bytes[PACKED_BYTES_MAX];
	struct sketch_text in = text_with(6, 12, 10);
	assert_in_range(packed_write(&in, bytes), 60, 115);
}

static void values_of_more_bits_are_cut_and_spoil_no_others(void **state)
{
	(void)state;
	uint8_t bytes[PACKED_BYTES_MAX];
	struct sketch_text in = text_with(2, 2, 2), out = {0};
	in.numbers[0].value = in.names[0] = in.headline[0] = UINT16_MAX;
	packed_write(&in, bytes);
	packed_read(bytes, &out);
	assert_int_equal(out.numbers[0].value, SKETCH_NUMBER_MAX);
	assert_int_equal(out.names[0], 4095);
	assert_int_equal(out.headline[0], 4095);
	assert_int_equal(out.numbers[1].frame, in.numbers[1].frame);
	assert_int_equal(out.headline[1], in.headline[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_goes_in_comes_out),
	        cmocka_unit_test(an_ordinary_story_takes_about_a_hundred_bytes),
	        cmocka_unit_test(values_of_more_bits_are_cut_and_spoil_no_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
