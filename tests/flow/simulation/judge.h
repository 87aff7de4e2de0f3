/*
 * What was put in, and what a read_committed reader sees of it: each part's end, once, in order, and offsets that say
 * just what is out. It is told of every transaction when it becomes visible, so that a failure names the moment.
 */
#ifndef WIREDESK_TESTS_JUDGE_H
#define WIREDESK_TESTS_JUDGE_H

#include "tests/membroker/membroker.h"

#define PARTITIONS_MAX 4
#define MESSAGES_MAX   24 /* a partition */
#define PARTS_MAX      3

enum part_kind { PART_ARTICLE, PART_COPY, PART_DEAD, PART_STUB, PART_DROP, PART_HUGE, PART_REFUSED };

struct tale {
	int64_t offset;
	bool is_poison; /* whoever works on it dies */
	int n_parts;
	enum part_kind kinds[PARTS_MAX];
	int ends[PARTS_MAX];
	bool was_stolen;
	int kills; /* while it was at work, that it did not cause */
};

struct judge {
	struct tale tales[PARTITIONS_MAX][MESSAGES_MAX];
	int partitions;
	int n[PARTITIONS_MAX];
	int64_t end[PARTITIONS_MAX]; /* of the log, gaps too */
	int64_t committed[PARTITIONS_MAX];
	uint64_t articles, copies, drops, dead, stubs, refused, condemned; /* not those of others */
	char broken[300];                                                  /* the first thing that is wrong */
};

void judge_break(struct judge *j, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts a message that was described (n_parts, kinds, is_poison) into the topic "raw". */
void judge_put(struct judge *j, struct mem_broker *b, int partition, const struct tale *tale);
void judge_gap(struct judge *j, struct mem_broker *b, int partition);
struct tale *judge_find(struct judge *j, int partition, int64_t offset);
/* For mem_on_commit. */
void judge_commit(void *judge, const struct mem_record *records, size_t n, const struct offsets *offsets);
/* Is everything out, and committed to the very end? */
bool judge_is_done(const struct judge *j);
/* The order, once all is over. */
void judge_order(struct judge *j, struct mem_broker *b);

#endif
