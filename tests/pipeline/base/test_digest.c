#include "tests/harness.h"

#include "pipeline/base/digest.h"

static void hashes_as_xxh3_does_elsewhere(void **state)
{
	(void)state;
	/* The published value for no input and seed 0. */
	assert_true(digest_xxh64(str_make(NULL, 0)) == UINT64_C(0x2d06800538d394c2));
	assert_true(digest_xxh64(STR("a")) != digest_xxh64(STR("b")));
}

static void gives_the_sha_256_of_the_standard(void **state)
{
	(void)state;
	uint8_t hash[DIGEST_SHA256_BYTES];
	char hex[2 * DIGEST_SHA256_BYTES + 1];
	digest_sha256(STR("abc"), hash);
	digest_hex(hash, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_sha256(str_make(NULL, 0), hash);
	digest_hex(hash, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void names_a_url_as_others_do(void **state)
{
	(void)state;
	char uuid[DIGEST_UUID_CHARS + 1];
	const struct str parts[] = {STR("https://example"), STR(""), STR(".org/wire/"), STR("1")};
	digest_uuid5_url(parts, 4, uuid);
	assert_string_equal(uuid, "070feab3-34a9-5da9-9b92-67fd6fdb0186");
	digest_uuid5_url(NULL, 0, uuid);
	assert_string_equal(uuid, "1b4db7eb-4057-5ddf-91e0-36dec72071f5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(hashes_as_xxh3_does_elsewhere),
	        cmocka_unit_test(gives_the_sha_256_of_the_standard),
	        cmocka_unit_test(names_a_url_as_others_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
