/*
 * Ids and uris in few bytes: each comes out as it went in, whatever its form.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/claim_text.h"

#include <stdio.h>

static struct claim_text_names names;

static size_t id_there_and_back(struct str id)
{
	char room[CLAIM_TEXT_ID_MAX];
	struct buf out;
	buf_init(&out, 10000);
	claim_text_put_id(&names, &out, id);
	const uint8_t *p = (const uint8_t *)out.p, *end = p + out.n;
	assert_true(str_eq(claim_text_take_id(&names, &p, room), id));
	assert_ptr_equal(p, end);
	size_t n = out.n;
	buf_free(&out);
	return n;
}

static void ids_come_out_as_they_went_in(void **state)
{
	(void)state;
	static const char *const ids[] = {
	        "Zk8QxN3oTLCfB0m7Yw2vRg/wire.raw/3/1234567/1",
	        "local/enrich/0/0/0",
	        "a/b/c/0/999999999999999999/1999",
	        "/0/0/0",
	        "",
	        "/",
	        "no numbers",
	        "0/0/0",
	        "a/0/0",
	        "a/00/0/0",
	        "a/0/01/0",
	        "a/-1/0/0",
	        "a/1/2/",
	        "a/1//2",
	        "a/1/9999999999999999999/2",
	        "a/1/2/3/",
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		id_there_and_back(str_of(ids[i]));
	assert_in_range(id_there_and_back(str_of(ids[0])), 1, 8);
	static char long_id[CLAIM_TEXT_ID_MAX];
	memset(long_id, 'x', sizeof(long_id));
	id_there_and_back(str_make(long_id, sizeof(long_id)));
	memcpy(long_id + sizeof(long_id) - 6, "/1/2/3", 6);
	id_there_and_back(str_make(long_id, sizeof(long_id)));
	claim_text_names_free(&names);
}

static void of_more_beginnings_than_are_kept_ids_come_out_as_well(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 2 * CLAIM_TEXT_NAMES_MAX; i++) {
			char id[64];
			snprintf(id, sizeof(id), "cluster/topic-%d/1/%d/0", i, i * 7);
			id_there_and_back(str_of(id));
		}
	assert_int_equal(names.n, CLAIM_TEXT_NAMES_MAX);
	claim_text_names_free(&names);
}

/* More than are kept, and the same again. */
static void names_come_out_as_they_went_in(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1000);
	for (int i = 0; i < 4 * CLAIM_TEXT_NAMES_MAX; i++) {
		char name[32] = "";
		int number = i % (2 * CLAIM_TEXT_NAMES_MAX);
		if (number)
			snprintf(name, sizeof(name), "Agency %d", number);
		buf_clear(&out);
		claim_text_put_name(&names, &out, str_of(name));
		assert_in_range(out.n, 1, number < CLAIM_TEXT_NAMES_MAX ? 2 : 13);
		const uint8_t *p = (const uint8_t *)out.p;
		assert_str(claim_text_take_name(&names, &p), name);
		assert_ptr_equal(p, out.p + out.n);
	}
	assert_int_equal(names.n, CLAIM_TEXT_NAMES_MAX);
	claim_text_names_free(&names);
	buf_free(&out);
}

static void uris_come_out_as_they_went_in(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		size_t bytes_max;
	} rows[] = {
	        {"urn:uuid:070feab3-34a9-5da9-9b92-67fd6fdb0186", 17},
	        {"urn:uuid:070FEAB3-34a9-5da9-9b92-67fd6fdb0186", 46},
	        {"urn:uuid:070feab3-34a9-5da9-9b92-67fd6fdb018", 46},
	        {"urn:uuid:070feab3-34a9-5da9-9b92-67fd6fdb0186x", 47},
	        {"urn:uuid:070feab3034a9-5da9-9b92-67fd6fdb0186", 46},
	        {"urn:uuid:070feab3-34a9-5da9-9b92-67fd6fdb018g", 46},
	        {"https://news.example/2026/11/a-long-address-of-a-story", 60},
	        {"", 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char room[CLAIM_TEXT_UUID_URI_BYTES];
		struct buf out;
		buf_init(&out, 1000);
		claim_text_put_uri(&out, str_of(rows[i].uri));
		claim_text_put(&out, STR("behind"));
		assert_in_range(out.n, 1, rows[i].bytes_max + 7);
		const uint8_t *p = (const uint8_t *)out.p;
		assert_str(claim_text_take_uri(&p, room), rows[i].uri);
		assert_str(claim_text_take(&p), "behind");
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ids_come_out_as_they_went_in),
	        cmocka_unit_test(of_more_beginnings_than_are_kept_ids_come_out_as_well),
	        cmocka_unit_test(names_come_out_as_they_went_in),
	        cmocka_unit_test(uris_come_out_as_they_went_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
