/*
 * Records on their way into a log: all of them, in order, and the next ones in the same memory.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/outbox.h"

#include <stdio.h>

#define RECORDS 3000

static size_t appended;

static bool log_append(struct claims_log *log, const struct str *values, size_t n, int64_t patience_ms, struct err *err)
{
	(void)log;
	(void)err;
	assert_int_equal(patience_ms, 7);
	for (size_t i = 0; i < n; i++, appended++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "record %zu", appended);
		assert_str(values[i], expected);
	}
	return true;
}

static void write_records(struct outbox *outbox, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char record[32];
		snprintf(record, sizeof(record), "record %zu", i);
		buf_str(&outbox->one, str_of(record));
		outbox_take(outbox);
	}
}

static void appends_all_records_in_order_and_again_when_asked(void **state)
{
	(void)state;
	static const struct claims_log_ops ops = {.append = log_append};
	struct claims_log log = {&ops};
	struct outbox outbox;
	struct err err = {0};
	outbox_init(&outbox, 32);
	assert_true(outbox_append(&outbox, &log, 7, &err));
	assert_int_equal(appended, 0);
	write_records(&outbox, RECORDS);
	for (int i = 0; i < 2; i++, appended = 0) {
		assert_true(outbox_append(&outbox, &log, 7, &err));
		assert_int_equal(appended, RECORDS);
	}
	outbox_clear(&outbox);
	write_records(&outbox, 2);
	assert_true(outbox_append(&outbox, &log, 7, &err));
	assert_int_equal(appended, 2);
	outbox_free(&outbox);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(appends_all_records_in_order_and_again_when_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
