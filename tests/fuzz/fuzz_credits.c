/*
 * Any text through cleanup and credits: names and times that come out are text, times have the shape that the record
 * promises, ranges lie in the raw text.
 *
 * The first byte chooses the source's zone, and how long the story is.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"
#include "pipeline/words/dates.h"
#include "pipeline/words/rfc3339.h"
#include "tests/fuzz/fuzz_long.h"

extern const struct stage stage_cleanup;
extern const struct stage stage_credits;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const zones[] = {"", "Asia/Jakarta", "Europe/Dublin", "America/New_York", "No/Such"};
static void *options, *shared, *local;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {""};
	(void)argc;
	(void)argv;
	const struct stage_env env = {.n_feeds = 0};
	options = calloc(1, stage_cleanup.options_size);
	shared = calloc(1, stage_cleanup.shared_size);
	local = calloc(1, stage_credits.local_size);
	CHECK(stage_cleanup.open(&env, options, shared, &err));
	return 0;
}

/* 2024-01-21T14:32:00+07:00, or a beginning of it; a day and a time that exist. */
static void fuzz_is_time(struct str s, bool whole)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddsdd:dd";
	CHECK(s.n < sizeof(shape) && (!whole || s.n == sizeof(shape) - 1));
	CHECK(!whole || rfc3339_is_time(s));
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9', sign = s.p[i] == '+' || s.p[i] == '-';
		CHECK(shape[i] == 'd' ? digit : shape[i] == 's' ? sign : s.p[i] == shape[i]);
	}
}

static void fuzz_check_names(const struct story *st, const struct named *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CHECK(names[i].name.n && utf8_is_valid(names[i].name) && utf8_is_valid(names[i].label));
		CHECK(names[i].at.start <= names[i].at.end && names[i].at.end <= st->decode.text.n);
		CHECK(utf8_is_valid(str_slice(st->decode.text, names[i].at.start, names[i].at.end)));
	}
}

static void fuzz_check(const struct story *st)
{
	fuzz_check_names(st, st->credits.authors, st->credits.n_authors);
	fuzz_check_names(st, st->credits.editors, st->credits.n_editors);
	fuzz_check_names(st, st->credits.contributors, st->credits.n_contributors);
	fuzz_check_names(st, st->credits.sources, st->credits.n_sources);
	fuzz_check_names(st, st->credits.related, st->credits.n_related);
	const struct str texts[] = {st->credits.by, st->credits.source, st->credits.date, st->credits.place.name,
	                            st->credits.section.name};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		CHECK(utf8_is_valid(texts[i]));
	fuzz_is_time(st->credits.published.name, st->credits.has_offset);
	fuzz_is_time(st->credits.embargo.value, st->credits.embargo.value.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	struct arena keep, tmp;
	struct str text = str_make(data + 1, n - 1);
	text.n = utf8_valid_length(text);
	arena_init(&keep, 4096, 0);
	arena_init(&tmp, 4096, 0);
	text = fuzz_long(&keep, text, data[0] / 16);
	struct feed feed = {.zone = str_of(zones[data[0] % (sizeof(zones) / sizeof(*zones))])};
	struct message msg = {.feed = &feed, .timestamp_ms = data[0] & 1 ? 1700000000000 : -1};
	struct story st = {.msg = &msg, .done = GROUP_DECODE};
	st.decode.text = st.decode.body = text;
	st.decode.headline_is_first_line = true;
	st.decode.slugline = text;
	struct call call = {.stage = "credits", .keep = &keep, .tmp = &tmp, .shared = shared, .local = local};
	stage_cleanup.run(&call, &st);
	st.done |= GROUP_CLEANUP;
	arena_reset(&tmp);
	CHECK(stage_credits.run(&call, &st) == ANSWER_KEEP);
	fuzz_check(&st);
	struct date d;
	dates_moment(text, &d);
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}
