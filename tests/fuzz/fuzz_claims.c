/*
 * Records of a claims log that anybody may have written: whatever is read can be written again and is then the same; a
 * view takes all of it, and what is judged by it is text that fits a record. The checksum is made right, so that the
 * bytes behind it are met.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/dedup/judging.h"
#include "pipeline/stages/dedup/view.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What a story's record repeats of the claim. */
static void judge(struct view *view, const struct claim *claim, uint32_t place)
{
	struct arena keep;
	struct judgement found;
	arena_init(&keep, 0, 0);
	judging_judge(view_claims(view), claim, place, &keep, &found);
	CHECK(found.verdict != VERDICT_NONE);
	CHECK(utf8_is_valid(found.evidence) && utf8_is_valid(found.of_uri) && utf8_is_valid(found.of_id) &&
	      utf8_is_valid(found.of_source));
	CHECK(found.verdict == VERDICT_ORIGINAL || (found.of_uri.n && found.of_id.n));
	CHECK(found.of_uri.n <= STORY_URI_MAX && found.of_id.n <= CLAIM_ID_MAX);
	arena_free(&keep);
}

static void feed(const struct claim_record *record)
{
	struct view *view =
	        view_new(&(struct view_options){.settings = {3600000, 1000, CLAIM_FORMAT_SKETCH}, .from_ms = 0});
	struct keys_entry entry;
	for (int64_t offset = 0; offset < 3; offset++) {
		struct claim_record twin = *record;
		struct log_record at = {.offset = offset, .time_ms = INT64_C(1700000000000)};
		twin.key.part = (uint32_t)offset;
		view_see(view, at.time_ms);
		if (view_feed(view, &at, &twin, &entry) == VIEW_CLAIM)
			judge(view, &twin.claim, view_place(view, &entry));
	}
	view_free(&view);
}

static void read_one(struct str bytes)
{
	struct claim_record record;
	if (claim_record_read(bytes, claim_formats, &record) != CLAIM_RECORD_READ)
		return;
	if (record.kind == CLAIM_RECORD_SETTINGS)
		return;
	/* The pointer is into the record that was filled. */
	if (record.kind == CLAIM_RECORD_CLAIM && record.claim.sketch)
		CHECK(record.claim.sketch == &record.sketch);
	feed(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_one(str_make(data, n));
	if (n < 8 || n > CLAIM_RECORD_BYTES_MAX)
		return 0;
	struct buf sealed;
	buf_init(&sealed, CLAIM_RECORD_BYTES_MAX);
	buf_put(&sealed, data, n);
	memcpy(sealed.p, "WD\x01", 3);
	claim_record_seal(&sealed);
	read_one(buf_view(&sealed));
	buf_free(&sealed);
	return 0;
}
