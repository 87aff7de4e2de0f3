#include "tests/flow/simulation/judge.h"

#include "pipeline/base/check.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const heads[] = {
        [PART_ARTICLE] = "",   [PART_COPY] = "copy.", [PART_DEAD] = "dead.", [PART_STUB] = "dead.",
        [PART_DROP] = "drop.", [PART_HUGE] = "huge.", [PART_REFUSED] = "",
};
static const char *const tails[] = {[PART_STUB] = ".TOOLARGE", [PART_REFUSED] = ".REFUSED"};
static const char *const reasons[] = {[PART_DEAD] = "bad-format",
                                      [PART_STUB] = "bad-format",
                                      [PART_HUGE] = "limit-story",
                                      [PART_REFUSED] = "refused"};

void judge_break(struct judge *j, const char *format, ...)
{
	va_list args;
	if (j->broken[0])
		return;
	va_start(args, format);
	vsnprintf(j->broken, sizeof(j->broken), format, args);
	va_end(args);
}

/* --- in ----------------------------------------------------------------------------------------------------------- */

static void write_part(char out[48], const struct tale *tale, int partition, int message, int part)
{
	enum part_kind kind = tale->kinds[part];
	const char *tail = kind < sizeof(tails) / sizeof(*tails) && tails[kind] ? tails[kind] : "";
	snprintf(out, 48, "%sp%d-%d-%d%s%s", heads[kind], partition, message, part, tail,
	         tale->is_poison ? ".POISON" : "");
}

static void write_value(char out[200], const struct tale *tale, int partition, int message)
{
	size_t n = 0;
	for (int i = 0; i < tale->n_parts; i++) {
		char part[48];
		write_part(part, tale, partition, message, i);
		n += (size_t)snprintf(out + n, 200 - n, "%s%s", i ? "|" : "", part);
	}
}

void judge_put(struct judge *j, struct mem_broker *b, int partition, const struct tale *tale)
{
	char key[32], value[200];
	int message = j->n[partition]++;
	CHECK(message < MESSAGES_MAX);
	snprintf(key, sizeof(key), "p%d-%d", partition, message);
	write_value(value, tale, partition, message);
	struct tale *own = &j->tales[partition][message];
	*own = *tale;
	own->offset = mem_put(b, "raw", partition, str_of(key), str_of(value), NULL, 0);
	j->end[partition] = own->offset + 1;
}

void judge_gap(struct judge *j, struct mem_broker *b, int partition)
{
	mem_gap(b, "raw", partition, 1);
	j->end[partition]++;
}

struct tale *judge_find(struct judge *j, int partition, int64_t offset)
{
	for (int m = 0; m < j->n[partition]; m++) {
		if (j->tales[partition][m].offset == offset)
			return &j->tales[partition][m];
	}
	return NULL;
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

/* Where a record comes from: the key of an article names its part too (else -1). */
static bool read_key(struct str key, int *partition, int *message, int *part)
{
	char words[64];
	snprintf(words, sizeof(words), "%.*s", STR_ARG(key));
	const char *at = strchr(words, '.') && words[0] != 'p' ? strchr(words, '.') + 1 : words;
	*part = -1;
	return sscanf(at, "p%d-%d-%d", partition, message, part) >= 2;
}

static void end_part(struct judge *j, int partition, int message, int part, const char *how)
{
	struct tale *tale = &j->tales[partition][message];
	if (part < 0 || part >= tale->n_parts)
		judge_break(j, "p%d-%d has no part %d", partition, message, part);
	else if (++tale->ends[part] > 1)
		judge_break(j, "p%d-%d-%d has ended %d times, now as %s", partition, message, part, tale->ends[part],
		            how);
}

static void take_article(struct judge *j, const struct mem_record *r, int partition, int message, int part)
{
	const struct tale *tale = &j->tales[partition][message];
	enum part_kind wanted = strcmp(r->topic, "articles") == 0 ? PART_ARTICLE : PART_COPY;
	end_part(j, partition, message, part, r->topic);
	if (j->broken[0])
		return;
	if (tale->is_poison || tale->kinds[part] != wanted)
		judge_break(j, "p%d-%d-%d is no record of '%s'", partition, message, part, r->topic);
	j->articles += wanted == PART_ARTICLE;
	j->copies += wanted == PART_COPY;
}

static void take_dead_part(struct judge *j, int partition, int message, int part, struct str reason)
{
	const struct tale *tale = &j->tales[partition][message];
	end_part(j, partition, message, part, "dead letter");
	if (j->broken[0])
		return;
	enum part_kind kind = tale->kinds[part];
	const char *wanted = kind < sizeof(reasons) / sizeof(*reasons) ? reasons[kind] : NULL;
	if (!wanted || !str_is(reason, wanted))
		judge_break(j, "p%d-%d-%d is a dead letter, '%.*s'", partition, message, part, STR_ARG(reason));
	j->dead++;
	j->refused += kind == PART_REFUSED;
}

/* Only a message that kills dies as a whole. */
static void take_dead_whole(struct judge *j, int partition, int message, struct str reason)
{
	const struct tale *tale = &j->tales[partition][message];
	for (int i = 0; i < tale->n_parts; i++)
		end_part(j, partition, message, i, "dead letter of the whole");
	if (!tale->is_poison || !str_is(reason, "poison"))
		judge_break(j, "p%d-%d is a dead letter as a whole, '%.*s'", partition, message, STR_ARG(reason));
	j->dead++;
	j->condemned++;
}

static void check_dead_value(struct judge *j, const struct mem_record *r, int partition, int message)
{
	const struct tale *tale = &j->tales[partition][message];
	char value[200];
	bool stub = false;
	for (int i = 0; i < tale->n_parts; i++)
		stub |= tale->kinds[i] == PART_STUB;
	write_value(value, tale, partition, message);
	if (stub ? r->value.p != NULL : !str_is(r->value, value))
		judge_break(j, "the dead letter of p%d-%d does not hold its bytes, or should not", partition, message);
	j->stubs += stub;
}

static void take_dead(struct judge *j, const struct mem_record *r, int partition, int message)
{
	const struct header *part = NULL;
	bool any = false;
	struct str reason = {0};
	for (size_t i = 0; i < r->n_headers; i++) {
		const struct header *h = &r->headers[i];
		if (str_is(h->name, "wiredesk-part"))
			part = h;
		if (!str_is(h->name, "wiredesk-reason"))
			continue;
		reason = h->value;
		any |= part != NULL;
		if (part)
			take_dead_part(j, partition, message, part->value.p[0] - '0', reason);
		part = NULL;
	}
	if (!any)
		take_dead_whole(j, partition, message, reason);
	check_dead_value(j, r, partition, message);
}

/* Another owner, who knows neither kinds nor poison. */
static void take_stolen(struct judge *j, int partition, int message)
{
	struct tale *tale = &j->tales[partition][message];
	for (int i = 0; i < tale->n_parts; i++)
		end_part(j, partition, message, i, "stolen");
	tale->was_stolen = true;
}

static void take_record(struct judge *j, const struct mem_record *r)
{
	int partition, message, part;
	if (!read_key(r->key, &partition, &message, &part) || partition >= j->partitions ||
	    message >= j->n[partition]) {
		judge_break(j, "a record of '%s' with the key '%.*s'", r->topic, STR_ARG(r->key));
		return;
	}
	if (strcmp(r->topic, "stolen") == 0)
		take_stolen(j, partition, message);
	else if (strcmp(r->topic, "dead") == 0)
		take_dead(j, r, partition, message);
	else
		take_article(j, r, partition, message, part);
}

/* What lies below the offset has ended, drops by this very commit; what lies above has not. */
static void check_offset(struct judge *j, const struct offset *at)
{
	int p = at->partition;
	if (at->next < j->committed[p] || at->next > j->end[p])
		judge_break(j, "the offset of partition %d goes from %lld to %lld of %lld", p,
		            (long long)j->committed[p], (long long)at->next, (long long)j->end[p]);
	j->committed[p] = at->next;
	for (int m = 0; m < j->n[p]; m++) {
		struct tale *tale = &j->tales[p][m];
		for (int i = 0; i < tale->n_parts; i++) {
			bool drops = tale->kinds[i] == PART_DROP && !tale->is_poison;
			if (drops && tale->offset < at->next && tale->ends[i] == 0) {
				tale->ends[i] = 1;
				j->drops++;
			}
			if (tale->ends[i] != (tale->offset < at->next))
				judge_break(j, "p%d-%d-%d has ended %d times when %lld is committed", p, m, i,
				            tale->ends[i], (long long)at->next);
		}
	}
}

void judge_commit(void *judge, const struct mem_record *records, size_t n, const struct offsets *offsets)
{
	struct judge *j = judge;
	for (size_t i = 0; i < n; i++)
		take_record(j, &records[i]);
	for (size_t i = 0; i < offsets->n; i++)
		check_offset(j, &offsets->items[i]);
}

/* --- at the end --------------------------------------------------------------------------------------------------- */

bool judge_is_done(const struct judge *j)
{
	for (int p = 0; p < j->partitions; p++) {
		if (j->committed[p] < j->end[p])
			return false;
	}
	return true;
}

static int by_place(const void *a, const void *b)
{
	uint64_t left = ((const struct mem_record *)a)->place, right = ((const struct mem_record *)b)->place;
	return (left > right) - (left < right);
}

/* As they lie in the log: messages of a partition in their order, and parts in theirs, the dead letter behind them. */
void judge_order(struct judge *j, struct mem_broker *b)
{
	int last[PARTITIONS_MAX];
	size_t n = mem_committed(b);
	struct mem_record *records = calloc(n + 1, sizeof(*records));
	CHECK(records);
	for (size_t i = 0; i < n; i++)
		records[i] = mem_record(b, i);
	qsort(records, n, sizeof(*records), by_place);
	memset(last, -1, sizeof(last));
	for (size_t i = 0; i < n; i++) {
		int partition, message, part;
		if (!read_key(records[i].key, &partition, &message, &part))
			continue;
		int rank = message * (PARTS_MAX + 1) + (part < 0 ? PARTS_MAX : part);
		if (rank <= last[partition])
			judge_break(j, "'%.*s' comes too late in its partition", STR_ARG(records[i].key));
		last[partition] = rank;
	}
	free(records);
}
