#include "worker/refusals.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

static bool condemn(const struct refusals *r, const struct message *msg, const struct refusal *refusal, struct err *err)
{
	log_warn("RECORD-REFUSED", "the broker refuses a record for good", LOG_STR("topic", msg->delivery.topic),
	         LOG_INT("partition", msg->delivery.partition), LOG_INT("offset", msg->delivery.offset),
	         LOG_INT("part", refusal->part), LOG_CSTR("why", refusal->words));
	series_add(metrics_plain(r->metrics, METRIC_REFUSALS), 1);
	if (!r->condemned)
		return err_set(err, "a record is refused: %s", refusal->words);
	if (refusal->part >= 0)
		return condemned_add(r->condemned, &msg->delivery, refusal->part, REASON_REFUSED, refusal->words, err);
	if (condemned_is_stub(r->condemned, msg))
		return err_set(err, "the dead-letter topic refuses even a stub without a value: %s", refusal->words);
	return condemned_add_stub(r->condemned, &msg->delivery, refusal->words, err);
}

bool refusals_condemn(const struct refusals *r, const struct publication *mail, struct err *err)
{
	bool kept = true;
	CHECK(mail->n_refusals <= REFUSALS_MAX);
	for (size_t i = 0; i < mail->n_refusals && kept; i++) {
		const struct refusal *refusal = &mail->refusals[i];
		CHECK(refusal->message < mail->batch->n_messages);
		kept = condemn(r, &mail->batch->messages[refusal->message], refusal, err);
	}
	return kept;
}

bool refusals_condemn_whole(const struct refusals *r, const struct publication *mail, struct err *err)
{
	CHECK(r->condemned && mail->one_by_one && mail->batch->n_messages == 1);
	const struct message *msg = &mail->batch->messages[0];
	if (msg->end.outcome == OUTCOME_DEAD) {
		struct refusal refusal = {.part = -1};
		snprintf(refusal.words, sizeof(refusal.words), "%.*s", (int)sizeof(refusal.words) - 1, mail->err.words);
		return condemn(r, msg, &refusal, err);
	}
	return condemned_add(r->condemned, &msg->delivery, -1, REASON_REFUSED, mail->err.words, err);
}
