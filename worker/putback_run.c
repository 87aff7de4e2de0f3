/*
 * The loop of `wiredesk replay`.
 *
 * A round: read some letters, begin, produce what is good, flush, offsets, commit. A refusal names its request and not
 * its record, so a round that is refused is aborted and done again one letter at a time; the letter that is refused
 * alone stays where it is.
 */
#include "worker/putback_run.h"

#include "pipeline/base/check.h"
#include "worker/command.h"
#include "worker/putback_loop.h"

#define PUTBACK_TRIES 3

/* --- one transaction --------------------------------------------------------------------------------------------- */

static rd_kafka_headers_t *putback_headers(const struct putback_letter *letter)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(letter->n_headers);
	for (size_t i = 0; i < letter->n_headers; i++) {
		const struct header *header = &letter->headers[i];
		if (putback_keeps(header))
			rd_kafka_header_add(headers, header->name.p, (ssize_t)header->name.n, header->value.p,
			                    (ssize_t)header->value.n);
	}
	return headers;
}

/* In its old partition, so that order holds as it did; where the topic has fewer now, the key decides. */
static void putback_produce(struct putback_loop *l, const struct putback_letter *letter)
{
	const struct putback *putback = &letter->putback;
	const rd_kafka_message_t *message = letter->message;
	bool has_place = putback->origin.partition < l->input_partitions[putback->input];
	rd_kafka_headers_t *headers = putback_headers(letter);
	/* The bytes stay where they are until the transaction has ended. */
	rd_kafka_resp_err_t fault = rd_kafka_producev(
	        l->producer, RD_KAFKA_V_TOPIC(l->with.config->kafka.input.items[putback->input].p),
	        RD_KAFKA_V_PARTITION(has_place ? putback->origin.partition : RD_KAFKA_PARTITION_UA),
	        RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_KEY(message->key, message->key_len),
	        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_END);
	if (!fault)
		return;
	rd_kafka_headers_destroy(headers);
	putback_fail(l, fault);
}

static bool putback_is_to_go(const struct putback_letter *letter)
{
	return letter->putback.kind == PUTBACK_GOOD && !letter->is_refused;
}

/* Letters first … last-1, until all are reported. False with err set: one failed, or the time is over. */
static bool putback_send(struct putback_loop *l, size_t first, size_t last, struct err *err)
{
	int64_t deadline_ms = clock_mono_ms(l->clock) + l->with.config->kafka.transaction_timeout_ms / 2;
	l->n_failed = 0;
	l->is_refusal = false;
	err_clear(&l->failure);
	for (size_t i = first; i < last && l->n_failed == 0; i++) {
		if (putback_is_to_go(&l->letters[i]))
			putback_produce(l, &l->letters[i]);
	}
	while (rd_kafka_outq_len(l->producer) > 0 && l->n_failed == 0) {
		rd_kafka_poll(l->producer, 10);
		if (clock_mono_ms(l->clock) > deadline_ms)
			return err_set(err, "the brokers do not answer%s%s", err_is_set(&l->trouble) ? ": " : "",
			               l->trouble.words);
	}
	if (l->n_failed)
		err_set(err, "%s", err_is_set(&l->failure) ? l->failure.words : "the transaction cannot go on");
	return l->n_failed == 0;
}

/* Is a letter of this kind settled, or does it stay for a later run? */
static bool putback_settles(const struct putback_letter *letter)
{
	switch (letter->putback.kind) {
	case PUTBACK_GOOD:
		return !letter->is_refused;
	case PUTBACK_STUB:
	case PUTBACK_NO_ORIGIN:
		return true;
	default:
		return false;
	}
}

static void putback_step(struct putback_loop *l, size_t first, size_t last)
{
	for (size_t i = 0; i < l->n_partitions; i++)
		done_copy(&l->partitions[i].next, &l->partitions[i].done);
	for (size_t i = first; i < last; i++) {
		const struct putback_letter *letter = &l->letters[i];
		struct done *next = &l->partitions[letter->message->partition].next;
		if (putback_settles(letter))
			done_add(next, letter->from, letter->message->offset + 1);
	}
}

/* NULL with err set: the gaps are too many to be written down. */
static rd_kafka_topic_partition_list_t *putback_offsets(struct putback_loop *l, struct err *err)
{
	rd_kafka_topic_partition_list_t *list = putback_list(l);
	for (size_t i = 0; i < l->n_partitions; i++) {
		struct buf text;
		buf_init(&text, 2 * DONE_TEXT_MAX);
		list->elems[i].offset = l->partitions[i].next.base;
		if (!done_write(&l->partitions[i].next, &text)) {
			buf_free(&text);
			rd_kafka_topic_partition_list_destroy(list);
			err_set(err,
			        "dead letters that were put back and some that were left lie so mixed in '%s' "
			        "partition "
			        "%zu that a list of them no longer fits Kafka's offset metadata; put back the others "
			        "too, "
			        "without --reason",
			        l->topic, i);
			return NULL;
		}
		list->elems[i].metadata = text.n ? text.p : NULL; /* freed with the list */
		list->elems[i].metadata_size = text.n;
		if (!text.n)
			buf_free(&text);
	}
	return list;
}

/* Is the same call to be made again? Then the fault is gone. */
static bool putback_again(struct putback_loop *l, rd_kafka_error_t **fault, int64_t deadline_ms)
{
	if (!*fault || !rd_kafka_error_is_retriable(*fault) || clock_mono_ms(l->clock) >= deadline_ms)
		return false;
	rd_kafka_error_destroy(*fault);
	*fault = NULL;
	return true;
}

static rd_kafka_error_t *putback_end_transaction(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets)
{
	int timeout_ms = (int)l->with.config->kafka.transaction_timeout_ms;
	int64_t deadline_ms = clock_mono_ms(l->clock) + timeout_ms;
	rd_kafka_error_t *fault;
	do {
		fault = rd_kafka_send_offsets_to_transaction(l->producer, offsets, l->metadata, timeout_ms);
	} while (putback_again(l, &fault, deadline_ms));
	if (fault)
		return fault;
	do {
		fault = rd_kafka_commit_transaction(l->producer, timeout_ms);
	} while (putback_again(l, &fault, deadline_ms));
	return fault;
}

/* And takes the reports of what it purged, which else would be the next transaction's. */
static void putback_abort(struct putback_loop *l)
{
	int timeout_ms = (int)l->with.config->kafka.transaction_timeout_ms;
	int64_t deadline_ms = clock_mono_ms(l->clock) + timeout_ms;
	rd_kafka_error_t *fault = rd_kafka_abort_transaction(l->producer, timeout_ms);
	if (fault)
		rd_kafka_error_destroy(fault);
	while (rd_kafka_outq_len(l->producer) > 0 && clock_mono_ms(l->clock) < deadline_ms)
		rd_kafka_poll(l->producer, 10);
}

/* For a terminal: whoever may write to the topic has written it. */
static void putback_stage(struct str stage, char out[PUTBACK_STAGE_MAX + 1])
{
	size_t n = stage.n < PUTBACK_STAGE_MAX ? stage.n : PUTBACK_STAGE_MAX;
	for (size_t i = 0; i < n; i++)
		out[i] = stage.p[i] > ' ' && stage.p[i] < 0x7f ? stage.p[i] : '?';
	out[n] = 0;
}

static struct putback_row *putback_row(struct putback_counts *counts, const struct putback *of)
{
	char stage[PUTBACK_STAGE_MAX + 1];
	putback_stage(of->stage, stage);
	for (size_t i = 0; i < counts->n_rows; i++) {
		struct putback_row *row = &counts->rows[i];
		if (row->reason == of->reason && strcmp(row->stage, stage) == 0)
			return row;
	}
	if (counts->n_rows >= PUTBACK_ROWS_MAX) {
		counts->n_rows = PUTBACK_ROWS_MAX + 1;
		return &counts->rows[PUTBACK_ROWS_MAX];
	}
	struct putback_row *row = &counts->rows[counts->n_rows++];
	memcpy(row->stage, stage, sizeof row->stage);
	row->reason = of->reason;
	return row;
}

static void putback_count_good(struct putback_counts *counts, const struct putback_letter *letter)
{
	counts->parts += letter->putback.n_parts;
	counts->bytes += letter->message->len;
	putback_row(counts, &letter->putback)->letters++;
	if (letter->time_ms < 0)
		return;
	if (counts->oldest_ms < 0 || letter->time_ms < counts->oldest_ms)
		counts->oldest_ms = letter->time_ms;
	if (letter->time_ms > counts->newest_ms)
		counts->newest_ms = letter->time_ms;
}

static void putback_count(struct putback_loop *l, size_t first, size_t last)
{
	struct putback_counts *counts = l->counts;
	for (size_t i = first; i < last; i++) {
		const struct putback_letter *letter = &l->letters[i];
		if (letter->is_refused) {
			counts->refused++;
			continue;
		}
		counts->letters[letter->putback.kind]++;
		if (letter->putback.kind != PUTBACK_GOOD)
			continue;
		putback_count_good(counts, letter);
	}
}

static void putback_committed(struct putback_loop *l, size_t first, size_t last)
{
	CHECK(l->n_failed == 0);
	for (size_t i = 0; i < l->n_partitions; i++)
		done_copy(&l->partitions[i].done, &l->partitions[i].next);
	putback_count(l, first, last);
}

/* Records were thrown away and nothing said why: the next call of the transaction tells. It cannot commit any more. */
static void putback_ask_why(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets, struct err *err)
{
	rd_kafka_error_t *fault =
	        rd_kafka_send_offsets_to_transaction(l->producer, offsets, l->metadata, PUTBACK_ASK_MS);
	if (!fault)
		return;
	err_clear(err);
	err_set(err, "%s", rd_kafka_error_string(fault));
	rd_kafka_error_destroy(fault);
}

/* What was sent did not all arrive. Being fenced shows at once; everything else ends in an abort. */
static int putback_give_up(struct putback_loop *l, rd_kafka_topic_partition_list_t *offsets, struct err *err)
{
	char why[600];
	if (l->n_failed && !err_is_set(&l->failure))
		putback_ask_why(l, offsets, err);
	rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(l->producer, why, sizeof why);
	if (fatal) {
		err_clear(err);
		err_set(err, "%s%s", why, putback_who(fatal));
		return EXIT_CODE_FENCED;
	}
	putback_abort(l);
	return EXIT_CODE_FAILED;
}

static int putback_not_committed(struct putback_loop *l, rd_kafka_error_t *fault, struct err *err)
{
	bool aborts = rd_kafka_error_txn_requires_abort(fault);
	int code = putback_fault("the last dead letters may not have been put back; run replay again, it finds out",
	                         fault, err);
	if (aborts)
		putback_abort(l);
	return code;
}

enum putback_next { PUTBACK_GO_ON, PUTBACK_SPLIT, PUTBACK_TRY_AGAIN, PUTBACK_END };

static enum putback_next putback_after_failure(const struct putback_loop *l, int code)
{
	if (code != EXIT_CODE_FAILED || l->n_failed == 0)
		return PUTBACK_END;
	if (l->is_refusal)
		return PUTBACK_SPLIT;
	return err_is_set(&l->failure) ? PUTBACK_END : PUTBACK_TRY_AGAIN;
}

/* Letters first … last-1 as one transaction. Answers the exit code, where it is to end. */
static int putback_transact(struct putback_loop *l, size_t first, size_t last, enum putback_next *next, struct err *err)
{
	*next = PUTBACK_END;
	CHECK(first < last && last <= l->n_letters);
	putback_step(l, first, last);
	rd_kafka_topic_partition_list_t *offsets = putback_offsets(l, err);
	if (!offsets)
		return EXIT_CODE_FAILED;
	rd_kafka_error_t *fault = rd_kafka_begin_transaction(l->producer);
	if (!fault && !putback_send(l, first, last, err)) {
		int code = putback_give_up(l, offsets, err);
		rd_kafka_topic_partition_list_destroy(offsets);
		*next = putback_after_failure(l, code);
		return code;
	}
	if (!fault)
		fault = putback_end_transaction(l, offsets);
	rd_kafka_topic_partition_list_destroy(offsets);
	if (!fault) {
		*next = PUTBACK_GO_ON;
		putback_committed(l, first, last);
		return EXIT_CODE_DONE;
	}
	return putback_not_committed(l, fault, err);
}

/* --- rounds ------------------------------------------------------------------------------------------------------- */

static void putback_refused(struct putback_loop *l, struct putback_letter *letter, struct err *err)
{
	CHECK(!letter->is_refused && letter->putback.kind == PUTBACK_GOOD);
	letter->is_refused = true;
	err_set(&l->counts->refusal, "%s/%d/%lld: %s", l->topic, letter->message->partition,
	        (long long)letter->message->offset, err->words);
	err_clear(err);
}

/*
 * Where one transaction was refused, librdkafka may take the next for spoilt too ("skipped sequence numbers"): the
 * trouble of the first is noted a moment after its report. So what failed without a reason of its own is tried again.
 */
static int putback_try(struct putback_loop *l, size_t first, size_t last, enum putback_next *next, struct err *err)
{
	int code = EXIT_CODE_FAILED;
	*next = PUTBACK_TRY_AGAIN;
	for (int i = 0; i < PUTBACK_TRIES && *next == PUTBACK_TRY_AGAIN; i++) {
		err_clear(err);
		code = putback_transact(l, first, last, next, err);
	}
	return code;
}

/* Each letter by itself; who is refused alone stays behind. */
static int putback_one_by_one(struct putback_loop *l, struct err *err)
{
	for (size_t i = 0; i < l->n_letters; i++) {
		enum putback_next next;
		int code = putback_try(l, i, i + 1, &next, err);
		if (next == PUTBACK_SPLIT) {
			putback_refused(l, &l->letters[i], err);
			putback_count(l, i, i + 1);
		} else if (next != PUTBACK_GO_ON) {
			return code;
		}
	}
	return EXIT_CODE_DONE;
}

static int putback_round(struct putback_loop *l, struct err *err)
{
	enum putback_next next;
	if (l->with.dry_run) {
		putback_count(l, 0, l->n_letters);
		return EXIT_CODE_DONE;
	}
	int code = putback_try(l, 0, l->n_letters, &next, err);
	if (next != PUTBACK_SPLIT)
		return code;
	err_clear(err);
	return putback_one_by_one(l, err);
}

static void putback_show(struct putback_loop *l)
{
	const struct putback_counts *counts = l->counts;
	double left = l->n_offsets ? (double)putback_left(l) / (double)l->n_offsets : 0;
	progress_show_share(l->with.progress, (int64_t)counts->letters[PUTBACK_GOOD], (int64_t)counts->bytes, 1 - left);
}

/* Between transactions, until as many as were put back may have been. A stop is heard a tenth of a second later. */
static void putback_pace(struct putback_loop *l)
{
	if (!l->with.rate || l->with.dry_run)
		return;
	int64_t due_ms = l->began_ms + (int64_t)l->counts->letters[PUTBACK_GOOD] * 1000 / l->with.rate;
	for (int64_t left_ms; (left_ms = due_ms - clock_mono_ms(l->clock)) > 0 && !atomic_load(l->with.stop);) {
		putback_show(l);
		l->clock->sleep_us(l->clock, (left_ms < 100 ? left_ms : 100) * 1000);
	}
}

static int putback_rounds(struct putback_loop *l, struct err *err)
{
	l->began_ms = clock_mono_ms(l->clock);
	l->n_offsets = putback_left(l);
	while (!putback_all_read(l) && !atomic_load(l->with.stop)) {
		putback_pace(l);
		if (!putback_fill(l, err))
			return EXIT_CODE_FAILED;
		int code = l->n_letters ? putback_round(l, err) : EXIT_CODE_DONE;
		putback_forget_round(l);
		putback_show(l);
		if (code != EXIT_CODE_DONE)
			return code;
	}
	return EXIT_CODE_DONE;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

/* The transactional id is taken before anybody asks where the group stands. */
static int putback_open(struct putback_loop *l, struct err *err)
{
	if (!l->with.dry_run) {
		if (!putback_open_producer(l, err))
			return EXIT_CODE_USAGE;
		int code = putback_take_id(l, err);
		if (code != EXIT_CODE_DONE)
			return code;
	}
	if (!putback_open_consumer(l, err))
		return EXIT_CODE_USAGE;
	l->metadata = rd_kafka_consumer_group_metadata_new(l->group);
	return putback_begin_reading(l, err) ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static void putback_close(struct putback_loop *l)
{
	putback_forget_round(l);
	for (size_t i = 0; i < l->n_partitions; i++) {
		done_free(&l->partitions[i].done);
		done_free(&l->partitions[i].next);
	}
	free(l->partitions);
	free(l->input_partitions);
	arena_free(&l->arena);
	if (l->metadata)
		rd_kafka_consumer_group_metadata_destroy(l->metadata);
	if (l->producer)
		rd_kafka_destroy(l->producer);
	if (l->consumer) {
		rd_kafka_consumer_close(l->consumer);
		rd_kafka_destroy(l->consumer);
	}
	free(l);
}

int putback_run(const struct putback_setup *setup, struct putback_counts *counts, struct err *err)
{
	struct putback_loop *l = calloc(1, sizeof *l);
	CHECK(l);
	*counts = (struct putback_counts){.oldest_ms = -1, .newest_ms = -1};
	l->with = *setup;
	l->counts = counts;
	l->topic = setup->config->output.dead_letters;
	l->clock = setup->clock;
	/* So that what a second may take is not all sent at its beginning. */
	l->round_letters = setup->rate && setup->rate < PUTBACK_ROUND_LETTERS * 10 ? (size_t)(setup->rate + 9) / 10
	                                                                           : PUTBACK_ROUND_LETTERS;
	snprintf(l->group, sizeof l->group, "%s.replay", setup->config->kafka.group.p);
	arena_init(&l->arena, 0, 0);
	int code = putback_open(l, err);
	progress_start(l->with.progress, l->clock, "dead letters", 0);
	if (code == EXIT_CODE_DONE)
		code = putback_rounds(l, err);
	progress_end(l->with.progress);
	putback_close(l);
	return code;
}
