/*
 * Waiting for the claims log has an end. What verdicts come of it is told by the simulation.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/ledger_log.h"
#include "tests/pipeline/stages/dedup/memory_log.h"

#define PATIENCE_MS 10000
#define LOOKS       3

struct fixture {
	struct clock clock;
	int64_t mono_us;
	struct memory_log log;
	struct claims_log_ops ops;
	int looks; /* how often it was asked whether to quit; from LOOKS on it is to */
	struct ledger *ledger;
};

static int64_t fixture_us(struct clock *clock)
{
	return ((struct fixture *)(void *)clock)->mono_us;
}

static bool quits_in_the_end(void *arg)
{
	struct fixture *f = arg;
	return ++f->looks >= LOOKS;
}

static bool never_quits(void *arg)
{
	struct fixture *f = arg;
	f->looks++;
	return false;
}

/* A log that gives nothing back, however long one waits. */
static struct fixture *silent;

static enum log_answer read_nothing(struct claims_cursor *cursor, int64_t wait_ms, struct log_record *out,
                                    struct err *err)
{
	(void)cursor, (void)out, (void)err;
	silent->mono_us += 1000 * wait_ms;
	return LOG_END;
}

static struct ledger *open_ledger(struct fixture *f, bool (*asked)(void *arg))
{
	struct claims_log *handle = memory_log_handle(&f->log);
	f->ops = *handle->ops;
	f->ops.read = read_nothing;
	handle->ops = &f->ops;
	silent = f;
	return f->ledger = ledger_log_new(&(struct ledger_log_options){
	               .log = handle,
	               .clock = &f->clock,
	               .settings = {3600000, 1000, CLAIM_FORMAT_SKETCH},
	               .patience_ms = PATIENCE_MS,
	               .quit = {asked, f},
	       });
}

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->clock.mono_us = f->clock.wall_ms = fixture_us;
	f->mono_us = 1000000;
	f->log.mono_us = &f->mono_us;
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	f->ledger->ops->close(f->ledger);
	memory_log_free(&f->log);
	free(f);
	return 0;
}

/* How long begin waits for its own claim. */
static int64_t begin_takes_ms(struct fixture *f, struct err *err)
{
	const struct claim claim = {.key = {{STR("c"), STR("raw"), 0, 1}, 0, 7},
	                            .id = STR("c/raw/0/1/0"),
	                            .exact_hash = 1,
	                            .body_hash = 2,
	                            .uri = STR("urn:example:story")};
	int64_t began_us = f->mono_us;
	assert_int_equal(f->ledger->ops->begin(f->ledger, 1, &claim, 1, NULL, 0, err), LEDGER_ABORT);
	f->ledger->ops->rollback(f->ledger, 1);
	return (f->mono_us - began_us) / 1000;
}

static void a_claim_that_does_not_come_back_is_waited_for_with_patience(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	open_ledger(f, never_quits);
	assert_true(begin_takes_ms(f, &err) >= PATIENCE_MS);
	assert_string_equal(err.words, "the claims log does not give back what was appended");
	assert_true(f->looks > LOOKS);
}

/* Fenced, or told to stop: a worker that waits on has its place in nobody's eyes but its own. */
static void nothing_is_waited_for_once_the_worker_ends(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	open_ledger(f, quits_in_the_end);
	assert_true(begin_takes_ms(f, &err) < PATIENCE_MS / 10);
	assert_int_equal(begin_takes_ms(f, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_claim_that_does_not_come_back_is_waited_for_with_patience, make,
	                                        unmake),
	        cmocka_unit_test_setup_teardown(nothing_is_waited_for_once_the_worker_ends, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
