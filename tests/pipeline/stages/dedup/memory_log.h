/*
 * A claims log in memory, for tests: many handles to one log, a clock that tests move, and all that can go wrong.
 */
#ifndef WIREDESK_TESTS_MEMORY_LOG_H
#define WIREDESK_TESTS_MEMORY_LOG_H

#include "pipeline/claims_log.h"

#include <stdbool.h>
#include <stddef.h>

struct memory_record {
	int64_t offset, time_ms;
	char *p;
	size_t n;
};

/* The log itself. Records stay for the oracle when they have fallen off the front. */
struct memory_log {
	struct memory_record *records;
	size_t n, room;
	size_t first;     /* index of the first that readers still get */
	size_t began;     /* index of the first since the log was made anew */
	int64_t offset;   /* of the next record */
	int epoch;        /* how often it was made anew */
	int64_t time_ms;  /* its own clock */
	int64_t *mono_us; /* the clock's, moved on by waiting */
	/* Faults to come. */
	int fail_appends;  /* so many fail */
	size_t fail_after; /* after so many records of each */
	int fail_reads;    /* so many answer LOG_AWAY */
	int fail_asks;     /* so many bounds and finds */
};

void memory_log_free(struct memory_log *log);
/* Everything before record index `first` falls away. */
void memory_log_cut(struct memory_log *log, size_t first);
/* Deleted, and made again. */
void memory_log_renew(struct memory_log *log);
/* As if somebody else wrote it. */
void memory_log_put(struct memory_log *log, struct str value);

/* A handle, as a ledger takes it. */
struct claims_log *memory_log_handle(struct memory_log *log);

#endif
