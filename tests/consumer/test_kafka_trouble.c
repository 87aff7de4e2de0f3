/*
 * What the errors of the consumer mean, and what there is to say beyond them.
 */
#include "tests/harness.h"

#include "consumer/kafka_trouble.h"

/* As Kafka 4 answers a librdkafka before 2.6.1, and a wrong password. */
#define REFUSED                                                                                                        \
	"sasl_plaintext://127.0.0.1:9092/bootstrap: SASL authentication error: Authentication failed during "          \
	"authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256"

static void an_old_library_that_is_refused_with_scram_is_told_that_it_may_be_its_age(void **state)
{
	(void)state;
	assert_has(trouble_hint(REFUSED, 0x020002ff), "older than 2.6.1");
	assert_has(trouble_hint(REFUSED, 0x020600ff), "older than 2.6.1");
	assert_string_equal(trouble_hint(REFUSED, 0x020601ff), "");
	assert_string_equal(trouble_hint(REFUSED, 0x020800ff), "");
	assert_string_equal(trouble_hint("Authentication failed: Invalid username or password", 0x020002ff), "");
}

static void only_log_in_and_certificates_are_refusals(void **state)
{
	(void)state;
	assert_true(trouble_is_refusal(RD_KAFKA_RESP_ERR__AUTHENTICATION));
	assert_true(trouble_is_refusal(RD_KAFKA_RESP_ERR__SSL));
	assert_false(trouble_is_refusal(RD_KAFKA_RESP_ERR__TRANSPORT));
	assert_false(trouble_is_refusal(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN));
	assert_false(trouble_is_refusal(RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_old_library_that_is_refused_with_scram_is_told_that_it_may_be_its_age),
	        cmocka_unit_test(only_log_in_and_certificates_are_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
