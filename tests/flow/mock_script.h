/*
 * What the tests on the mock cluster share: a script of scenes for the director, and the log that it reads.
 */
#ifndef WIREDESK_TESTS_FLOW_MOCK_SCRIPT_H
#define WIREDESK_TESTS_FLOW_MOCK_SCRIPT_H

#include "tests/flow/mock_worker.h"

#define STORIES 300

/* Progress of a director's script. */
struct script {
	int scene;
	bool was_ready;
	struct mock_log *log;
};

static inline int script_setup(void **state)
{
	struct script *script = calloc(1, sizeof(*script));
	assert_non_null(script);
	script->log = mock_log_start(LOG_DEBUG);
	*state = script;
	return 0;
}

static inline int script_teardown(void **state)
{
	struct script *script = *state;
	mock_log_stop(&script->log);
	free(script);
	return 0;
}

static inline void script_next(struct mock_worker *w, struct script *script)
{
	script->scene++;
	mock_worker_went_on(w);
}

static inline void script_run_well(struct mock_worker *w)
{
	if (!mock_worker_run(w))
		fail_msg("%s", mock_worker_words(w));
	if (mock_worker_end(w) != LOOP_DONE)
		fail_msg("ended with %d: %s", mock_worker_end(w), mock_worker_words(w));
	assert_non_null(mock_worker_status(w)->unready);
}

static inline int64_t script_aborted(struct mock_worker *w)
{
	return mock_worker_metric(w, METRIC_BATCHES, "result", "aborted");
}

#define SCRIPT_TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

#endif
