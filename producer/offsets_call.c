/*
 * One call at a time on one thread; a thread that is lost is put aside with everything it may still touch, and
 * another one takes its place.
 */
#include "producer/offsets_call.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "pipeline/base/task.h"

#define OFFSETS_LOG_NOTHING (-1) /* below the most urgent of syslog's levels */

#define GRACE_MS 500 /* librdkafka's own timer is given the chance to speak first */

struct offsets_call {
	struct task *task;
	struct offsets_request request;
	int timeout_ms;
	rd_kafka_error_t *error;
};

struct offsets_caller {
	struct offsets_call *call; /* not lost */
	struct offsets_call *lost[OFFSETS_CALLS_LOST_MAX];
	size_t n_lost;
};

static struct offsets_call *call_new(void)
{
	struct offsets_call *call = calloc(1, sizeof(*call));
	CHECK(call);
	call->task = task_new(TASK_THREAD, "offsets");
	return call;
}

static void call_run(void *arg)
{
	struct offsets_call *call = arg;
	call->error = rd_kafka_send_offsets_to_transaction(call->request.producer, call->request.offsets,
	                                                   call->request.metadata, call->timeout_ms);
}

/* A lost one that has come back after all. */
static void call_bury(struct offsets_call *call)
{
	task_free(&call->task);
	if (call->error)
		rd_kafka_error_destroy(call->error);
	rd_kafka_topic_partition_list_destroy(call->request.offsets);
	rd_kafka_consumer_group_metadata_destroy(call->request.metadata);
	rd_kafka_destroy(call->request.producer);
	free(call);
}

struct offsets_caller *offsets_caller_new(void)
{
	struct offsets_caller *caller = calloc(1, sizeof(*caller));
	CHECK(caller);
	caller->call = call_new();
	return caller;
}

size_t offsets_caller_lost(struct offsets_caller *caller)
{
	size_t n = 0;
	for (size_t i = 0; i < caller->n_lost; i++) {
		if (task_is_idle(caller->lost[i]->task))
			call_bury(caller->lost[i]);
		else
			caller->lost[n++] = caller->lost[i];
	}
	caller->n_lost = n;
	return n;
}

void offsets_caller_free(struct offsets_caller **caller)
{
	struct offsets_caller *ended = *caller;
	*caller = NULL;
	offsets_caller_lost(ended);
	task_free(&ended->call->task);
	free(ended->call);
	free(ended);
}

static void offsets_caller_lose(struct offsets_caller *caller)
{
	CHECK(caller->n_lost < OFFSETS_CALLS_LOST_MAX);
	/* Its successor fences it, which it tells as a fatal error: of nobody's concern any more. */
	rd_kafka_set_log_level(caller->call->request.producer, OFFSETS_LOG_NOTHING);
	caller->lost[caller->n_lost++] = caller->call;
	caller->call = call_new();
	log_warn("OFFSETS-LOST",
	         "the Kafka client does not come back from sending offsets, its producer is left behind",
	         LOG_INT("left-behind", (int64_t)caller->n_lost));
}

rd_kafka_error_t *offsets_caller_send(struct offsets_caller *caller, const struct offsets_request *request,
                                      int timeout_ms, bool *lost)
{
	struct offsets_call *call = caller->call;
	call->request = *request;
	call->timeout_ms = timeout_ms;
	task_post(call->task, call_run, call);
	*lost = !task_wait(call->task, timeout_ms + GRACE_MS);
	if (!*lost)
		return call->error;
	offsets_caller_lose(caller);
	return rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer from the group's coordinator");
}
