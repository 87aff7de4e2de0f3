/*
 * The table of samples. See noted.h.
 *
 * A sample is stirred first, by a function that can be undone, so that no two become the same. Its upper bits choose a
 * part of the table, the rest, as a fraction, a bucket of that part; which sample of the bucket's it is stands with the
 * note (its *tag*), so that table and note together are all of it. Samples can be made to order by whoever writes a
 * story; where they fall cannot, since stirring hangs on a number that this process drew.
 *
 * A note is one number of 32 bits: its tag, and its claim's serial number as far as it is needed to tell the claims
 * that are held from each other, and from those that have left, until these are swept away (modulo `period`). The more
 * buckets, the fewer tags, and the longer the period: both fit however large the table is.
 *
 * Buckets stand in pages, their notes in a row without gaps; before a full page another one is put. Parts grow on their
 * own, a large one by a sixteenth, and put all their notes into new pages, while the old ones are given back one by
 * one.
 */
#include "pipeline/stages/dedup/noted.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#define NOTED_PART_BITS    6
#define NOTED_REST_BITS    26
#define NOTED_PAGE_BUCKETS 32
#define NOTED_PAGE_BYTES   1024
#define NOTED_PAGE_NOTES   245
#define NOTED_SLAB_PAGES   64
#define NOTED_ALIGNMENT    64
/* Behind so many small slabs (4 MiB) come those that are as large as a huge page of the machine. */
#define NOTED_SLABS_SMALL 64
#define NOTED_HUGE_BYTES  ((size_t)2 * 1024 * 1024)
#define NOTED_ONE_MORE    UINT64_C(0x0101010101010101)
/* So that a bucket has two samples at least, and a period fits 32 bits. */
#define NOTED_PAGES_MAX ((1u << NOTED_REST_BITS) / NOTED_PAGE_BUCKETS / 2)
/* Notes a page, in hundredths of what fits: with more a part is swept, and grows if that leaves it as full as that. */
#define NOTED_FULL  88
#define NOTED_GROWS 83
/* A part grows by one of so many of its pages; while it has few, by more of them at a time. */
#define NOTED_MANY      64
#define NOTED_STEP_FEW  4
#define NOTED_STEP_MANY 16
/* Pages that are filled at the same time while a part grows. */
#define NOTED_LOADS 4
/* In a line of the cache. */
#define NOTED_LINE_NOTES 16
_Static_assert(NOTED_PARTS == 1 << NOTED_PART_BITS && NOTED_PART_BITS + NOTED_REST_BITS == 32, "all bits are used");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first end is the lowest byte");
_Static_assert(NOTED_PAGE_NOTES <= UINT8_MAX, "an end of a bucket fits a byte");

struct noted_page {
	uint8_t ends[NOTED_PAGE_BUCKETS]; /* of each bucket's notes; the last one's is that of all */
	struct noted_page *next;
	uint32_t swept; /* lower bits of the oldest claim when this was last done */
	uint32_t notes[NOTED_PAGE_NOTES];
};
_Static_assert(sizeof(struct noted_page) == NOTED_PAGE_BYTES, "a page has no gaps");

/* Where a sample's notes stand in its part. */
struct noted_place {
	uint32_t page, bucket, tag;
};

/* --- pages -------------------------------------------------------------------------------------------------------- */

static unsigned noted_count(const struct noted_page *page)
{
	return page->ends[NOTED_PAGE_BUCKETS - 1];
}

static void noted_give_page(struct noted *n, struct noted_page *page)
{
	page->next = n->spare;
	n->spare = page;
}

static void noted_add_slab(struct noted *n)
{
	n->slabs = grow(n->slabs, n->n_slabs + 1, sizeof(*n->slabs));
	bool is_huge = n->n_slabs >= NOTED_SLABS_SMALL;
	size_t bytes = is_huge ? NOTED_HUGE_BYTES : NOTED_SLAB_PAGES * NOTED_PAGE_BYTES;
	char *slab = aligned_alloc(is_huge ? NOTED_HUGE_BYTES : NOTED_ALIGNMENT, bytes);
	if (!slab)
		check_panic("out of memory");
	/* Samples fall anywhere: with small pages the processor looks up an address for each. Where there are no huge
	 * ones, nothing is lost. */
	if (is_huge)
		(void)madvise(slab, bytes, MADV_HUGEPAGE);
	n->slabs[n->n_slabs++] = slab;
	for (size_t i = 0; i < bytes / NOTED_PAGE_BYTES; i++)
		noted_give_page(n, (struct noted_page *)(void *)(slab + i * NOTED_PAGE_BYTES));
}

static struct noted_page *noted_take_page(struct noted *n)
{
	if (!n->spare)
		noted_add_slab(n);
	struct noted_page *page = n->spare;
	n->spare = page->next;
	memset(page->ends, 0, sizeof(page->ends));
	page->next = NULL;
	page->swept = (uint32_t)n->oldest;
	return page;
}

static void noted_insert(struct noted_page *page, unsigned bucket, uint32_t note)
{
	unsigned at = page->ends[bucket], count = noted_count(page);
	if (at < count)
		memmove(&page->notes[at + 1], &page->notes[at], (count - at) * sizeof(note));
	page->notes[at] = note;
	/* One more for this bucket and all behind it: eight ends at a time, none of which runs over. */
	for (unsigned i = bucket / 8; i < NOTED_PAGE_BUCKETS / 8; i++) {
		uint64_t ends, one_more = NOTED_ONE_MORE << (i == bucket / 8 ? bucket % 8 * 8 : 0);
		memcpy(&ends, page->ends + i * 8, sizeof(ends));
		ends += one_more;
		memcpy(page->ends + i * 8, &ends, sizeof(ends));
	}
}

/* --- places ------------------------------------------------------------------------------------------------------- */

/* Each step can be undone: multiplying by an odd number, and mixing the upper half into the lower one. */
static uint32_t noted_stir(const struct noted *n, uint32_t sample)
{
	sample = (sample ^ n->salt) * 0x9e3779b1u;
	sample = (sample ^ sample >> 15) * 0x85ebca77u;
	return sample ^ sample >> 16;
}

static uint32_t noted_buckets(const struct noted_part *part)
{
	return part->n_pages * NOTED_PAGE_BUCKETS;
}

static struct noted_place noted_place(const struct noted_part *part, uint32_t rest)
{
	uint32_t buckets = noted_buckets(part);
	uint64_t spread = (uint64_t)rest * buckets;
	uint32_t bucket = (uint32_t)(spread >> NOTED_REST_BITS);
	uint32_t fraction = (uint32_t)spread & ((1u << NOTED_REST_BITS) - 1);
	return (struct noted_place){bucket / NOTED_PAGE_BUCKETS, bucket % NOTED_PAGE_BUCKETS,
	                            (uint32_t)(fraction * part->inverse >> part->shift)};
}

/* The first of a bucket: its tag is 0, that of the next one 1, and so on. */
static uint32_t noted_first_rest(const struct noted_part *part, uint32_t bucket)
{
	uint32_t buckets = noted_buckets(part);
	return (uint32_t)((((uint64_t)bucket << NOTED_REST_BITS) + buckets - 1) / buckets);
}

static void noted_set_pages(struct noted *n, struct noted_part *part, uint32_t n_pages)
{
	CHECK(n_pages <= NOTED_PAGES_MAX);
	part->n_pages = n_pages;
	part->pages = grow(NULL, n_pages, sizeof(*part->pages));
	for (uint32_t i = 0; i < n_pages; i++)
		part->pages[i] = NULL;
	part->tags = ((1u << NOTED_REST_BITS) + noted_buckets(part) - 1) / noted_buckets(part);
	part->period = (uint32_t)((UINT64_C(1) << 32) / part->tags);
	/* A fraction times this is divided by the number of buckets, exactly: it is too large by so little that a
	 * product with 26 bits does not tell. */
	part->shift = NOTED_REST_BITS + 32 - (uint32_t)__builtin_clz(noted_buckets(part));
	part->inverse = (UINT64_C(1) << part->shift) / noted_buckets(part) + 1;
	part->base = n->oldest - n->oldest % part->period;
	part->n_notes = 0;
	part->clean_from = n->oldest;
}

/* Where the oldest claim stands in the period. */
static uint32_t noted_phase(const struct noted *n, const struct noted_part *part)
{
	uint64_t phase = n->oldest - part->base;
	return (uint32_t)(phase < part->period ? phase : phase % part->period);
}

/* How far from the oldest claim is the one that stands here in its period? */
static uint32_t noted_distance(const struct noted_part *part, uint32_t phase, uint32_t at)
{
	return at >= phase ? at - phase : at + (part->period - phase);
}

/* in_period: of its claim, or a period more. */
static uint32_t noted_make(const struct noted_part *part, uint32_t tag, uint64_t in_period)
{
	in_period -= in_period >= part->period ? part->period : 0;
	return tag * part->period + (uint32_t)in_period;
}

/* --- sweeping ----------------------------------------------------------------------------------------------------- */

static void noted_sweep_page(const struct noted *n, struct noted_part *part, struct noted_page *page)
{
	uint32_t phase = noted_phase(n, part);
	uint64_t held = n->next - n->oldest;
	unsigned kept = 0, at = 0;
	for (unsigned bucket = 0; bucket < NOTED_PAGE_BUCKETS; bucket++) {
		for (unsigned end = page->ends[bucket]; at < end; at++) {
			uint32_t note = page->notes[at];
			page->notes[kept] = note;
			kept += noted_distance(part, phase, note % part->period) < held;
		}
		page->ends[bucket] = (uint8_t)kept;
	}
	part->n_notes -= at - kept;
	page->swept = (uint32_t)n->oldest;
}

/* Pages that others lead on to, and that hold nothing any more, are given back. */
static void noted_sweep_part(struct noted *n, struct noted_part *part)
{
	for (uint32_t i = 0; i < part->n_pages; i++) {
		for (struct noted_page **link = &part->pages[i]; *link;) {
			struct noted_page *page = *link;
			noted_sweep_page(n, part, page);
			if (noted_count(page)) {
				link = &page->next;
				continue;
			}
			*link = page->next;
			noted_give_page(n, page);
		}
	}
	part->base = n->oldest - n->oldest % part->period;
	part->clean_from = n->oldest;
}

/* For the claim at this distance from the oldest. Into the first page, behind what its bucket holds: so of each sample
 * newer notes are met before older ones. */
static void noted_store(struct noted *n, struct noted_part *part, const struct noted_place *place, uint64_t distance)
{
	struct noted_page *page = part->pages[place->page];
	if (!page || noted_count(page) == NOTED_PAGE_NOTES) {
		page = noted_take_page(n);
		page->next = part->pages[place->page];
		part->pages[place->page] = page;
	}
	noted_insert(page, place->bucket, noted_make(part, place->tag, noted_phase(n, part) + distance));
	part->n_notes++;
}

/* Notes that go into one page of a part that has grown, in the order in which they were met. */
struct noted_load {
	uint32_t page, n;
	uint32_t notes[NOTED_PAGE_NOTES];
	uint8_t buckets[NOTED_PAGE_NOTES];
};

/* They make a page, before those that stand there; in each bucket they keep their order. */
static void noted_unload(struct noted *n, struct noted_part *to, struct noted_load *load)
{
	unsigned starts[NOTED_PAGE_BUCKETS], end = 0;
	if (!load->n)
		return;
	struct noted_page *page = noted_take_page(n);
	for (uint32_t i = 0; i < load->n; i++)
		page->ends[load->buckets[i]]++;
	for (unsigned bucket = 0; bucket < NOTED_PAGE_BUCKETS; bucket++) {
		starts[bucket] = end;
		end += page->ends[bucket];
		page->ends[bucket] = (uint8_t)end;
	}
	for (uint32_t i = 0; i < load->n; i++)
		page->notes[starts[load->buckets[i]]++] = load->notes[i];
	page->next = to->pages[load->page];
	to->pages[load->page] = page;
	to->n_notes += load->n;
	load->n = 0;
}

static void noted_add_load(struct noted *n, struct noted_part *to, struct noted_load loads[NOTED_LOADS],
                           const struct noted_place *place, uint32_t note)
{
	struct noted_load *load = &loads[place->page % NOTED_LOADS];
	if (load->n == NOTED_PAGE_NOTES || load->page != place->page)
		noted_unload(n, to, load);
	load->page = place->page;
	load->notes[load->n] = note;
	load->buckets[load->n++] = (uint8_t)place->bucket;
}

/* All notes of a page of `old` whose claims are held go where they stand among more pages. */
static void noted_move_page(struct noted *n, const struct noted_part *old, uint32_t index,
                            const struct noted_page *page, struct noted_part *to, struct noted_load loads[NOTED_LOADS])
{
	uint32_t phase = noted_phase(n, old), to_phase = noted_phase(n, to);
	uint64_t held = n->next - n->oldest;
	unsigned at = 0;
	for (uint32_t bucket = 0; bucket < NOTED_PAGE_BUCKETS; bucket++) {
		uint32_t first = noted_first_rest(old, index * NOTED_PAGE_BUCKETS + bucket);
		for (; at < page->ends[bucket]; at++) {
			uint32_t tag = page->notes[at] / old->period;
			uint32_t distance = noted_distance(old, phase, page->notes[at] - tag * old->period);
			struct noted_place place = noted_place(to, first + tag);
			if (distance < held)
				noted_add_load(n, to, loads, &place,
				               noted_make(to, place.tag, (uint64_t)to_phase + distance));
		}
	}
}

/* The pages turned round. */
static struct noted_page *noted_oldest_first(struct noted_page *page)
{
	struct noted_page *before = NULL;
	for (struct noted_page *next; page; page = next) {
		next = page->next;
		page->next = before;
		before = page;
	}
	return before;
}

/* Buckets keep their order, so what stands in one page goes into two or three that follow each other, and the last of
 * these takes from the next page, too. */
static void noted_grow(struct noted *n, struct noted_part *part)
{
	struct noted_part old = *part;
	struct noted_load loads[NOTED_LOADS];
	for (size_t i = 0; i < NOTED_LOADS; i++)
		loads[i].n = loads[i].page = 0;
	noted_set_pages(n, part,
	                old.n_pages + old.n_pages / (old.n_pages < NOTED_MANY ? NOTED_STEP_FEW : NOTED_STEP_MANY) + 1);
	for (uint32_t i = 0; i < old.n_pages; i++) {
		for (struct noted_page *page = noted_oldest_first(old.pages[i]), *next; page; page = next) {
			next = page->next;
			noted_move_page(n, &old, i, page, part, loads);
			noted_give_page(n, page);
		}
	}
	for (size_t i = 0; i < NOTED_LOADS; i++)
		noted_unload(n, part, &loads[i]);
	free(old.pages);
}

static bool noted_is_over(const struct noted_part *part, unsigned hundredths)
{
	return part->n_notes * 100 > (size_t)part->n_pages * NOTED_PAGE_NOTES * hundredths;
}

/* Before the period is over, counted from the first claim of which a note may be left. */
static void noted_tend(struct noted *n, struct noted_part *part)
{
	if (n->next - part->clean_from + NOTED_PARTS + 1 < part->period)
		return;
	noted_sweep_part(n, part);
	while (n->next - n->oldest > part->period / 8 * 7)
		noted_grow(n, part);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

void noted_init(struct noted *n, uint64_t first)
{
	*n = (struct noted){.oldest = first, .next = first};
	if (getrandom(&n->salt, sizeof(n->salt), 0) != (ssize_t)sizeof(n->salt))
		n->salt = (uint32_t)(uintptr_t)n;
	for (size_t i = 0; i < NOTED_PARTS; i++)
		noted_set_pages(n, &n->parts[i], 1);
}

void noted_free(struct noted *n)
{
	for (size_t i = 0; i < NOTED_PARTS; i++)
		free(n->parts[i].pages);
	for (size_t i = 0; i < n->n_slabs; i++)
		free(n->slabs[i]);
	free(n->slabs);
	*n = (struct noted){0};
}

void noted_add_claim(struct noted *n)
{
	n->next++;
	noted_tend(n, &n->parts[n->next % NOTED_PARTS]);
}

void noted_drop_oldest(struct noted *n)
{
	CHECK(n->oldest < n->next);
	n->oldest++;
}

void noted_take_back(struct noted *n, uint64_t next)
{
	CHECK(next >= n->oldest && next <= n->next);
	n->next = next;
	for (size_t i = 0; i < NOTED_PARTS; i++)
		noted_sweep_part(n, &n->parts[i]);
}

struct noted_hint noted_expect(const struct noted *n, uint32_t sample)
{
	uint32_t stirred = noted_stir(n, sample);
	const struct noted_part *part = &n->parts[stirred >> NOTED_REST_BITS];
	uint64_t bucket = (uint64_t)(stirred & ((1u << NOTED_REST_BITS) - 1)) * noted_buckets(part) >> NOTED_REST_BITS;
	struct noted_hint hint = {part->pages[bucket / NOTED_PAGE_BUCKETS], bucket % NOTED_PAGE_BUCKETS};
	__builtin_prefetch(hint.page);
	return hint;
}

static unsigned noted_start(const struct noted_page *page, uint32_t bucket)
{
	return bucket ? page->ends[bucket - 1] : 0;
}

void noted_expect_notes(struct noted_hint hint, bool is_put)
{
	if (!hint.page)
		return;
	const uint32_t *notes = hint.page->notes;
	unsigned start = noted_start(hint.page, hint.bucket), end = hint.page->ends[hint.bucket];
	for (unsigned at = start; at < end; at += NOTED_LINE_NOTES)
		__builtin_prefetch(&notes[at]);
	/* All behind it moves. */
	for (unsigned at = end; is_put && at < noted_count(hint.page); at += NOTED_LINE_NOTES)
		__builtin_prefetch(&notes[at], 1);
	__builtin_prefetch(&notes[end]);
}

void noted_begin(const struct noted *n, uint32_t sample, struct noted_walk *walk)
{
	uint32_t stirred = noted_stir(n, sample);
	const struct noted_part *part = &n->parts[stirred >> NOTED_REST_BITS];
	struct noted_place place = noted_place(part, stirred & ((1u << NOTED_REST_BITS) - 1));
	*walk = (struct noted_walk){.part = part,
	                            .page = part->pages[place.page],
	                            .bucket = place.bucket,
	                            .low = place.tag * part->period,
	                            .phase = noted_phase(n, part)};
	__builtin_prefetch(walk->page);
}

void noted_ready(struct noted_walk *walk)
{
	if (!walk->page)
		return;
	walk->at = walk->page->ends[walk->bucket];
	__builtin_prefetch(&walk->page->notes[noted_start(walk->page, walk->bucket)]);
	__builtin_prefetch(walk->page->next);
}

/* To the next note of the sample in this page, whoever noted it; most have none. */
static bool noted_next_here(struct noted_walk *walk)
{
	const uint32_t *notes = walk->page->notes, low = walk->low, period = walk->part->period;
	unsigned at = walk->at, start = noted_start(walk->page, walk->bucket);
	while (at > start && notes[at - 1] - low >= period)
		at--;
	bool is_any = at > start;
	walk->at = at - is_any;
	return is_any;
}

bool noted_next(const struct noted *n, struct noted_walk *walk, uint64_t *claim)
{
	while (walk->page) {
		while (noted_next_here(walk)) {
			uint32_t in_period = walk->page->notes[walk->at] - walk->low;
			uint32_t distance = noted_distance(walk->part, walk->phase, in_period);
			if (distance >= n->next - n->oldest)
				continue;
			*claim = n->oldest + distance;
			return true;
		}
		walk->page = walk->page->next;
		walk->at = walk->page ? walk->page->ends[walk->bucket] : 0;
	}
	return false;
}

/* Is there room without another page, once what has left is swept out? */
static bool noted_has_room(const struct noted *n, struct noted_part *part, struct noted_page *page)
{
	if (!page || noted_count(page) < NOTED_PAGE_NOTES)
		return true;
	if ((uint32_t)n->oldest - page->swept > (n->next - n->oldest) / 64)
		noted_sweep_page(n, part, page);
	return noted_count(page) < NOTED_PAGE_NOTES;
}

void noted_put(struct noted *n, uint32_t sample)
{
	uint32_t stirred = noted_stir(n, sample), rest = stirred & ((1u << NOTED_REST_BITS) - 1);
	struct noted_part *part = &n->parts[stirred >> NOTED_REST_BITS];
	struct noted_place place = noted_place(part, rest);
	CHECK(n->next > n->oldest && n->next - part->clean_from <= part->period);
	if (!noted_has_room(n, part, part->pages[place.page]) && noted_is_over(part, NOTED_FULL)) {
		if (part->clean_from < n->oldest)
			noted_sweep_part(n, part);
		if (noted_is_over(part, NOTED_GROWS))
			noted_grow(n, part);
		place = noted_place(part, rest);
	}
	noted_store(n, part, &place, n->next - 1 - n->oldest);
}
