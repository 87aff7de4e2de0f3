/*
 * The slow judge: reads a claims log record by record, keeps all of it, and compares a claim with each one before it.
 *
 * It shares with the product the bytes of records (claim_record.h) and what makes two sketches alike (likeness.h), and
 * nothing of how claims are found, kept and forgotten.
 */
#ifndef WIREDESK_TESTS_ORACLE_H
#define WIREDESK_TESTS_ORACLE_H

#include "pipeline/stages/dedup/claim_record.h"

#include <stdbool.h>

struct oracle;

struct oracle *oracle_new(const struct claim_settings *settings, const struct claim_format *format);
void oracle_free(struct oracle **oracle);

/* The next record of the log; copied. */
void oracle_take(struct oracle *oracle, int64_t offset, int64_t time_ms, struct str value);

/* First claims of their keys, in order. */
size_t oracle_count(const struct oracle *oracle);
struct str oracle_id(const struct oracle *oracle, size_t i);
int64_t oracle_offset(const struct oracle *oracle, size_t i);
/* The claim of that key, or SIZE_MAX. */
size_t oracle_find(const struct oracle *oracle, const struct key *key);

/* What the log says of claim i, and, where it matches another, that one's number in *of, else SIZE_MAX. */
enum verdict oracle_judge(const struct oracle *oracle, size_t i, size_t *of);

#endif
