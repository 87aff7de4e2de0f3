/* Evidence. See evidence.h. */
#include "pipeline/stages/dedup/evidence.h"

#include "pipeline/base/json.h"
#include "pipeline/words/fold.h"

#define EVIDENCE_VERSION_MAX 64 /* bytes of a version that are repeated */
#define EVIDENCE_WORD_MAX    32 /* bytes of a name */
#define EVIDENCE_WORDS_MAX   12 /* of each kind */
#define EVIDENCE_URIS_BYTES  1000
#define EVIDENCE_DIGITS      4 /* after the point */

static void evidence_versions(struct json *j, const struct claims_match *match)
{
	json_key(j, "version");
	json_str(j, fold_cut(match->own_version, EVIDENCE_VERSION_MAX));
	json_key(j, match->is_late ? "later" : "earlier");
	json_str(j, fold_cut(match->version, EVIDENCE_VERSION_MAX));
}

/* What this story alone says, in its own words: numbers, then names. */
static void evidence_only_here(struct json *j, const struct claim *claim, const struct likeness *l)
{
	int n = 0;
	json_key(j, "onlyHere");
	json_open_array(j);
	for (size_t i = 0; i < SKETCH_NUMBERS_MAX && claim->words && n < EVIDENCE_WORDS_MAX; i++)
		if (l->own_numbers >> i & 1) {
			json_cstr(j, claim->words->numbers[i]);
			n++;
		}
	n = 0;
	for (size_t i = 0; i < SKETCH_NAMES_MAX && claim->words && n < EVIDENCE_WORDS_MAX; i++)
		if (l->own_names >> i & 1) {
			struct str name = str_make(claim->words->names[i].p, claim->words->names[i].n);
			json_str(j, fold_cut(name, EVIDENCE_WORD_MAX));
			n++;
		}
	json_close(j);
}

/* What the other one alone says: small numbers by value, the rest counted. */
static void evidence_only_there(struct json *j, const struct sketch_text *other, const struct likeness *l)
{
	int shown = 0;
	char digits[16];
	json_key(j, "onlyThere");
	json_open_array(j);
	for (size_t i = 0; i < other->n_numbers && shown < EVIDENCE_WORDS_MAX; i++) {
		if (!(l->other_numbers >> i & 1) || other->numbers[i].value >= SKETCH_NUMBER_PLAIN_MAX)
			continue;
		snprintf(digits, sizeof(digits), "%u", other->numbers[i].value);
		json_cstr(j, digits);
		shown++;
	}
	json_close(j);
	json_key(j, "othersThere");
	json_int(j, l->only_other - shown);
}

static void evidence_likeness(struct json *j, const struct claim *claim, const struct claims_match *match)
{
	const struct likeness *l = &match->likeness;
	json_key(j, "share");
	json_double(j, l->share, EVIDENCE_DIGITS);
	json_key(j, "shareHere");
	json_double(j, l->own_share, EVIDENCE_DIGITS);
	json_key(j, "shareThere");
	json_double(j, l->other_share, EVIDENCE_DIGITS);
	json_key(j, "headline");
	json_double(j, l->headline, EVIDENCE_DIGITS);
	json_key(j, "facts");
	json_open_object(j);
	json_key(j, "same");
	json_int(j, l->same);
	json_key(j, "changed");
	json_int(j, l->changed);
	evidence_only_here(j, claim, l);
	evidence_only_there(j, match->other_sketch, l);
	json_close(j);
}

static void evidence_contains(struct json *j, const struct claims_match *match)
{
	size_t bytes = 0;
	json_key(j, "contains");
	json_open_array(j);
	for (size_t i = 0; i < match->n_contains; i++) {
		/* As JSON none is longer than STORY_URI_MAX, but together they are. */
		bytes += match->contains[i].n;
		if (i == 0 || bytes <= EVIDENCE_URIS_BYTES)
			json_str(j, match->contains[i]);
	}
	json_close(j);
}

const char *evidence_reason(const struct claim *claim)
{
	if (claim->words && claim->words->is_of_files)
		return "files";
	return claim->sketch && claim->sketch->text.n_shingles < LIKENESS_SHINGLES_MIN ? "short" : NULL;
}

/* A story with most of these words, told apart by its facts. */
static void evidence_resembles(struct json *j, const struct claims_match *match)
{
	json_key(j, "resembles");
	json_str(j, match->uri);
}

void evidence_write(struct buf *out, const struct claim *claim, const struct claims_match *match)
{
	static const char *const reasons[] = {
	        [LIKENESS_MARK] = "mark", [LIKENESS_FACTS] = "facts", [LIKENESS_TEXT] = "text"};
	struct json j = json_start(out);
	json_open_object(&j);
	if (match->verdict == VERDICT_ORIGINAL && match->n_contains) {
		evidence_contains(&j, match);
		json_close(&j);
		return;
	}
	if (match->verdict == VERDICT_ORIGINAL && !match->uri.n) {
		json_key(&j, "reason");
		json_cstr(&j, evidence_reason(claim));
		json_close(&j);
		return;
	}
	if (match->verdict == VERDICT_ORIGINAL)
		evidence_resembles(&j, match);
	if (match->method == CLAIMS_VERSION)
		evidence_versions(&j, match);
	json_key(&j, "seconds");
	json_int(&j, match->age_ms / 1000);
	if (match->verdict == VERDICT_REVISION && match->likeness.reason) {
		json_key(&j, "because");
		json_cstr(&j, reasons[match->likeness.reason]);
	}
	if (match->likeness.share > 0)
		evidence_likeness(&j, claim, match);
	json_close(&j);
}
