/*
 * What this configuration may use of memory at most, as a sum with its parts: check prints it, run shows it as a
 * metric.
 */
#ifndef WIREDESK_MEMORY_H
#define WIREDESK_MEMORY_H

#include "worker/config.h"

#define MEMORY_ROWS_MAX 12

/* What has to be looked up; zero where it is not known. */
struct memory_facts {
	int64_t models_bytes; /* files of the stages in the run list, and a user's own gazetteers */
	int64_t window_bytes; /* claims that dedup holds */
	size_t brokers;       /* 0: as many as kafka.brokers names */
	int64_t words_bytes;  /* of each lane: what entities remembers of words it has met */
};

struct memory_row {
	const char *what;
	char how[120]; /* where it comes from: keys and numbers */
	int64_t bytes;
};

struct memory_sum {
	struct memory_row rows[MEMORY_ROWS_MAX];
	size_t n;
	int64_t total_bytes;
};

/* Fills all bytes; brokers stays. */
void memory_find_facts(struct memory_facts *facts, const struct config *config, const char *data_dir);
void memory_add(struct memory_sum *sum, const struct config *config, const struct memory_facts *facts);
/* As a table for people. */
struct buf;
void memory_write(const struct memory_sum *sum, struct buf *out);

#endif
