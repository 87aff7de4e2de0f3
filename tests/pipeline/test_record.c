/*
 * The record that goes out, read back by cJSON. Whether it is valid against the schema is tested where the whole run
 * list is.
 */
#include "tests/harness.h"

#include "pipeline/record.h"
#include "pipeline/stage.h"

#include <cjson/cJSON.h>

struct fixture {
	struct arena keep, tmp;
	struct buf scratch;
	struct stage_env env;
	struct call call;
	struct feed feed;
	struct message msg;
	struct story st;
	cJSON *json;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	arena_init(&f->keep, 0, 0);
	arena_init(&f->tmp, 0, 0);
	buf_init(&f->scratch, 1 << 20);
	f->call = (struct call){.stage = "run", .keep = &f->keep, .tmp = &f->tmp, .env = &f->env};
	f->feed.name = STR("default");
	f->msg = (struct message){.delivery = {STR("c1"), STR("wire.raw"), 3, 42},
	                          .timestamp_ms = -1,
	                          .value = STR("raw bytes"),
	                          .feed = &f->feed,
	                          .n_parts = 1,
	                          .sha256_hex = "00ff"};
	f->msg.origin = f->msg.delivery;
	f->st = (struct story){.msg = &f->msg, .done = GROUP_DECODE};
	f->st.decode.text = f->st.decode.body = STR("One two.\nThree.");
	f->st.decode.format = "plain-text";
	f->st.decode.charset = "UTF-8";
	f->st.decode.charset_basis = "valid-utf8";
	f->st.decode.uri = STR("urn:uuid:1");
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	cJSON_Delete(f->json);
	buf_free(&f->scratch);
	arena_free(&f->keep);
	arena_free(&f->tmp);
	free(f);
	return 0;
}

/* Renders, finishes, and reads back. */
static cJSON *written(struct fixture *f)
{
	record_render(&f->call, &f->st, &f->scratch);
	assert_int_equal(f->st.end.outcome, OUTCOME_OPEN);
	record_finish(&f->st);
	cJSON_Delete(f->json);
	f->json = cJSON_ParseWithLengthOpts(f->st.record.value.p, f->st.record.value.n, NULL, false);
	assert_non_null(f->json);
	return f->json;
}

/* "wiredesk/provenance/topic", "headlines/0/value"; NULL: not there. */
static const cJSON *at(const cJSON *json, const char *path)
{
	char key[64];
	while (json && *path) {
		size_t n = strcspn(path, "/");
		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		path += n + (path[n] == '/');
		json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, key[0] - '0')
		                           : cJSON_GetObjectItemCaseSensitive(json, key);
	}
	return json;
}

#define assert_text(json, path, text) assert_string_equal(cJSON_GetStringValue(at(json, path)), text)
#define assert_number(json, path, number)                                                                              \
	do {                                                                                                           \
		assert_true(cJSON_IsNumber(at(json, path)));                                                           \
		assert_true(at(json, path)->valuedouble == (number));                                                  \
	} while (0)
#define assert_absent(json, path) assert_null(at(json, path))

static const struct header *header_of(const struct story *st, const char *name)
{
	for (size_t i = 0; i < st->record.n_headers; i++) {
		if (str_is(st->record.headers[i].name, name))
			return &st->record.headers[i];
	}
	return NULL;
}

#define assert_header(st, name, expected)                                                                              \
	do {                                                                                                           \
		assert_non_null(header_of((st), (name)));                                                              \
		assert_str(header_of((st), (name))->value, (expected));                                                \
	} while (0)

/* --- what every record has ---------------------------------------------------------------------------------------- */

static void writes_what_every_story_has(void **state)
{
	struct fixture *f = *state;
	const cJSON *json = written(f);
	assert_text(json, "uri", "urn:uuid:1");
	assert_text(json, "type", "text");
	assert_text(json, "representationType", "full");
	assert_text(json, "version", "1");
	assert_text(json, "pubStatus", "usable");
	assert_text(json, "language", "und");
	assert_text(json, "bodies/0/role", "main");
	assert_text(json, "bodies/0/contentType", "text/plain");
	assert_text(json, "bodies/0/value", "One two.\nThree.");
	assert_text(json, "altIds/0/role", "raw-sha256");
	assert_text(json, "altIds/0/value", "00ff");
	assert_text(json, "standard/name", "ninjs");
	assert_text(json, "standard/version", "3.0");
	assert_non_null(at(json, "standard/schema"));
	assert_text(json, "wiredesk/schema", "wiredesk-ext/1");
	assert_text(json, "wiredesk/id", "c1/wire.raw/3/42/0");
	assert_text(json, "wiredesk/offsetUnits/raw", "byte");
	assert_text(json, "wiredesk/offsetUnits/body", "codepoint");
	assert_int_equal(cJSON_GetArraySize(at(json, "wiredesk/warnings")), 0);
}

static void leaves_out_what_no_stage_has_found(void **state)
{
	struct fixture *f = *state;
	const cJSON *json = written(f);
	static const char *const absent[] = {
	        "headlines",
	        "urgency",
	        "firstCreated",
	        "versionCreated",
	        "embargoedUntil",
	        "copyrightNotice",
	        "edNote",
	        "title",
	        "by",
	        "slugline",
	        "located",
	        "people",
	        "places",
	        "organisations",
	        "infoSources",
	        "wiredesk/language",
	        "wiredesk/removed",
	        "altIds/1",
	        "wiredesk/dedup",
	};
	for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		assert_absent(json, absent[i]);
	assert_null(header_of(&f->st, "wiredesk-verdict"));
}

static void writes_the_fields_that_decode_found(void **state)
{
	struct fixture *f = *state;
	f->st.decode.headline = STR("A \"headline\"");
	f->st.decode.guid = STR("tag:1");
	f->st.decode.version = STR("7");
	f->st.decode.language = STR("id");
	f->st.decode.version_created = STR("2024-01-02T03:04:05Z");
	f->st.decode.first_created = STR("2024-01-01T00:00:00Z");
	f->st.decode.embargoed_until = STR("2024-01-03T00:00:00Z");
	f->st.decode.slugline = STR("slug");
	f->st.decode.by = STR("Nora Teasdale");
	f->st.decode.located = STR("Bandung");
	f->st.decode.ed_note = STR("note");
	f->st.decode.copyright = STR("(c)");
	f->st.decode.title = STR("title");
	f->st.decode.type = "picture";
	f->st.decode.is_partial = true;
	const cJSON *json = written(f);
	assert_text(json, "headlines/0/value", "A \"headline\"");
	assert_text(json, "headlines/0/role", "main");
	assert_text(json, "altIds/0/role", "guid");
	assert_text(json, "altIds/0/value", "tag:1");
	assert_text(json, "altIds/1/role", "raw-sha256");
	assert_text(json, "version", "7");
	assert_text(json, "language", "id");
	assert_text(json, "versionCreated", "2024-01-02T03:04:05Z");
	assert_text(json, "firstCreated", "2024-01-01T00:00:00Z");
	assert_text(json, "embargoedUntil", "2024-01-03T00:00:00Z");
	assert_text(json, "slugline", "slug");
	assert_text(json, "by", "Nora Teasdale");
	assert_text(json, "located", "Bandung");
	assert_text(json, "edNote", "note");
	assert_text(json, "copyrightNotice", "(c)");
	assert_text(json, "title", "title");
	assert_text(json, "type", "picture");
	assert_text(json, "representationType", "partial");
}

static void says_how_urgent_a_story_is_only_where_it_is_known(void **state)
{
	struct fixture *f = *state;
	f->st.decode.urgency = 3;
	assert_number(written(f), "urgency", 3);
	f->st.decode.urgency = 0;
	assert_absent(written(f), "urgency");
}

static void says_what_may_be_done_with_a_story(void **state)
{
	struct fixture *f = *state;
	f->st.decode.pub_status = PUB_CANCELED;
	assert_text(written(f), "pubStatus", "canceled");
	f->st.decode.pub_status = PUB_WITHHELD;
	assert_text(written(f), "pubStatus", "withheld");
}

static void gives_the_guid_once_where_it_is_the_uri(void **state)
{
	struct fixture *f = *state;
	f->st.decode.guid = f->st.decode.uri;
	const cJSON *json = written(f);
	assert_text(json, "altIds/0/role", "raw-sha256");
	assert_absent(json, "altIds/1");
}

static void hands_fields_through_to_the_letter(void **state)
{
	struct fixture *f = *state;
	const struct passed passed[] = {{STR("subjects"), STR("[{\"name\":\"x\",\"n\":1.50}]")},
	                                {STR("od\"d"), STR("1e400")}};
	f->st.decode.passed = passed;
	f->st.decode.n_passed = 2;
	const cJSON *json = written(f);
	assert_text(json, "subjects/0/name", "x");
	assert_non_null(at(json, "od\"d"));
	assert_non_null(memmem(f->st.record.value.p, f->st.record.value.n, "1.50", 4));
	assert_non_null(memmem(f->st.record.value.p, f->st.record.value.n, "1e400", 5));
}

static void writes_the_lists_that_came_with_the_story(void **state)
{
	struct fixture *f = *state;
	f->st.decode.given.people = STR("{\"name\":\"A\"},{\"name\":\"B\"}");
	f->st.decode.given.organisations = STR("{\"name\":\"C\"}");
	f->st.decode.given.places = STR("{\"name\":\"D\"}");
	f->st.decode.given.info_sources = STR("{\"name\":\"E\"}");
	f->st.decode.given.alt_ids = STR("{\"role\":\"own\",\"value\":\"F\"}");
	const cJSON *json = written(f);
	assert_text(json, "people/1/name", "B");
	assert_text(json, "organisations/0/name", "C");
	assert_text(json, "places/0/name", "D");
	assert_text(json, "infoSources/0/name", "E");
	assert_text(json, "altIds/0/value", "F");
	assert_text(json, "altIds/1/role", "raw-sha256");
}

static const struct entity_name people_and_places[] = {
        {ENTITY_PERSON, STR_INIT("Ada Moreau"), STR_INIT("http://www.wikidata.org/entity/Q1"), false, false},
        {ENTITY_PLACE, STR_INIT("Brae"), STR_INIT(""), true, false},
        {ENTITY_ORGANISATION, STR_INIT("Lumo"), STR_INIT(""), false, true},
        {ENTITY_PERSON, STR_INIT("Tom Vell"), STR_INIT(""), false, false},
};
static const struct entity mentions[] = {
        {0, 0, 10, STR_INIT("Ada Moreau"), .98F, "tagger"},
        {1, 14, 18, STR_INIT("Brae"), .9F, "gazetteer"},
        {2, 20, 24, STR_INIT("Lumo"), .75F, "tagger"},
        {3, 30, 34, STR_INIT("Vell"), .88F, "full-name"},
};

static void set_entities(struct fixture *f)
{
	f->st.done |= GROUP_ENTITIES;
	f->st.entities.names = people_and_places;
	f->st.entities.n_names = 4;
	f->st.entities.entities = mentions;
	f->st.entities.n_entities = 4;
	f->st.entities.listed = true;
}

static void writes_names_into_lists_and_mentions_where_they_stand(void **state)
{
	struct fixture *f = *state;
	assert_absent(written(f), "wiredesk/entities");
	set_entities(f);
	const cJSON *json = written(f);
	assert_text(json, "people/0/name", "Ada Moreau");
	assert_text(json, "people/0/rel", "about");
	assert_text(json, "people/0/uri", "http://www.wikidata.org/entity/Q1");
	assert_text(json, "people/1/name", "Tom Vell");
	assert_absent(json, "people/1/uri");
	assert_absent(json, "people/2");
	assert_text(json, "places/0/rel", "dateline");
	assert_text(json, "organisations/0/name", "Lumo");
	assert_text(json, "infoSources/0/name", "Lumo");
	assert_text(json, "infoSources/0/role", "quoted");
	assert_text(json, "wiredesk/entities/3/type", "person");
	assert_text(json, "wiredesk/entities/3/name", "Tom Vell");
	assert_text(json, "wiredesk/entities/3/text", "Vell");
	assert_number(json, "wiredesk/entities/3/start", 30);
	assert_number(json, "wiredesk/entities/3/end", 34);
	assert_text(json, "wiredesk/entities/3/evidence", "full-name");
	assert_absent(json, "wiredesk/entities/4");
}

static void writes_no_lists_where_none_are_wanted(void **state)
{
	struct fixture *f = *state;
	set_entities(f);
	f->st.entities.listed = false;
	f->st.entities.warning = "entities-cut";
	const cJSON *json = written(f);
	assert_absent(json, "people");
	assert_absent(json, "places");
	assert_text(json, "wiredesk/entities/0/name", "Ada Moreau");
	assert_text(json, "wiredesk/warnings/0", "entities-cut");
}

static void adds_to_the_lists_that_came_what_they_do_not_have(void **state)
{
	struct fixture *f = *state;
	set_entities(f);
	f->st.decode.given.people = STR("{\"name\":\"Dr Ada Moreau\",\"uri\":\"http://www.wikidata.org/entity/Q1\"}");
	f->st.decode.given.places = STR("{\"name\":\"Brae\"}");
	f->st.decode.given.organisations = STR("{\"name\":\"Lumo Holdings\"}");
	f->st.decode.given.info_sources = STR("{\"name\":\"Lumo\",\"role\":\"source\"}");
	const cJSON *json = written(f);
	assert_text(json, "people/0/name", "Dr Ada Moreau");
	assert_text(json, "people/1/name", "Tom Vell");
	assert_absent(json, "people/2");
	assert_absent(json, "places/1");
	assert_text(json, "organisations/1/name", "Lumo");
	assert_absent(json, "infoSources/1");
}

/* --- texts and counts --------------------------------------------------------------------------------------------- */

static void counts_code_points_and_words(void **state)
{
	struct fixture *f = *state;
	f->st.decode.body = STR("Gr\xc3\xb6\xc3\x9f"
	                        "e,\xc2\xa0zwei\xe3\x80\x80"
	                        "drei \n\t vier\xe2\x80\xa8"
	                        "f\xc3\xbcnf");
	const cJSON *json = written(f);
	assert_number(json, "bodies/0/charCount", 29);
	assert_number(json, "bodies/0/wordCount", 5);
	f->st.decode.body = STR("");
	json = written(f);
	assert_text(json, "bodies/0/value", "");
	assert_number(json, "bodies/0/wordCount", 0);
}

static void prefers_what_cleanup_made_and_tells_what_it_removed(void **state)
{
	struct fixture *f = *state;
	const struct removal removed[] = {{"headline", NULL, {0, 4}}, {"promo", "read-more", {4, 9}}};
	f->st.done |= GROUP_CLEANUP;
	f->st.decode.text = STR("Head\nmore\nBody");
	f->st.cleanup.headline = STR("Head");
	f->st.cleanup.body = STR("Body");
	f->st.cleanup.removed = removed;
	f->st.cleanup.n_removed = 2;
	f->st.cleanup.warning = "headline-guessed";
	const char *const warnings[] = {"from-decode"};
	f->st.decode.warnings = warnings;
	f->st.decode.n_warnings = 1;
	const cJSON *json = written(f);
	assert_text(json, "headlines/0/value", "Head");
	assert_text(json, "bodies/0/value", "Body");
	assert_text(json, "wiredesk/removed/0/kind", "headline");
	assert_text(json, "wiredesk/removed/0/text", "Head");
	assert_absent(json, "wiredesk/removed/0/rule");
	assert_text(json, "wiredesk/removed/1/text", "\nmore");
	assert_text(json, "wiredesk/removed/1/rule", "read-more");
	assert_number(json, "wiredesk/removed/1/start", 4);
	assert_number(json, "wiredesk/removed/1/end", 9);
	assert_text(json, "wiredesk/warnings/0", "from-decode");
	assert_text(json, "wiredesk/warnings/1", "headline-guessed");
}

static void says_that_nothing_was_removed_where_cleanup_has_run(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_CLEANUP;
	const cJSON *json = written(f);
	assert_true(cJSON_IsArray(at(json, "wiredesk/removed")));
	assert_int_equal(cJSON_GetArraySize(at(json, "wiredesk/removed")), 0);
}

static void names_the_language_detected_where_it_is_reliable(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_LANGUAGE;
	f->st.decode.language = STR("en");
	f->st.language.tag = "id";
	f->st.language.script = "Latn";
	f->st.language.confidence = 0.98765;
	f->st.language.reliable = true;
	f->st.language.runner_up = "ms";
	const cJSON *json = written(f);
	assert_text(json, "language", "id");
	assert_text(json, "wiredesk/language/tag", "id");
	assert_text(json, "wiredesk/language/script", "Latn");
	assert_number(json, "wiredesk/language/confidence", 0.9877);
	assert_true(cJSON_IsTrue(at(json, "wiredesk/language/reliable")));
	assert_text(json, "wiredesk/language/runnerUp", "ms");
	assert_text(json, "wiredesk/language/declared", "en");
	assert_header(&f->st, "wiredesk-language", "id");
}

static void names_the_language_declared_where_detection_is_not_sure(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_LANGUAGE;
	f->st.decode.language = STR("en");
	f->st.language.tag = "und";
	f->st.language.reason = "too-short";
	const cJSON *json = written(f);
	assert_text(json, "language", "en");
	assert_true(cJSON_IsNull(at(json, "wiredesk/language/runnerUp")));
	assert_text(json, "wiredesk/language/reason", "too-short");
	assert_header(&f->st, "wiredesk-language", "en");
}

/* --- provenance and headers --------------------------------------------------------------------------------------- */

static void tells_where_a_story_comes_from(void **state)
{
	struct fixture *f = *state;
	const cJSON *json = written(f);
	assert_text(json, "wiredesk/provenance/cluster", "c1");
	assert_text(json, "wiredesk/provenance/topic", "wire.raw");
	assert_number(json, "wiredesk/provenance/partition", 3);
	assert_number(json, "wiredesk/provenance/offset", 42);
	assert_absent(json, "wiredesk/provenance/part");
	assert_absent(json, "wiredesk/provenance/origin");
	assert_absent(json, "wiredesk/provenance/timestamp");
	assert_absent(json, "wiredesk/provenance/source");
	assert_text(json, "wiredesk/provenance/rawSha256", "00ff");
	assert_number(json, "wiredesk/provenance/rawBytes", 9);
	assert_text(json, "wiredesk/provenance/format", "plain-text");
	assert_text(json, "wiredesk/provenance/charset", "UTF-8");
	assert_text(json, "wiredesk/provenance/charsetBasis", "valid-utf8");
	assert_text(json, "wiredesk/provenance/rawText", "message");
	assert_null(header_of(&f->st, "wiredesk-source-timestamp"));
	assert_null(header_of(&f->st, "traceparent"));
	assert_header(&f->st, "wiredesk-schema", "wiredesk-ext/1");
}

static void tells_part_time_feed_and_kind_of_text_where_there_are_any(void **state)
{
	struct fixture *f = *state;
	f->msg.n_parts = 2;
	f->st.part = 1;
	f->msg.timestamp_ms = 1705822320123;
	f->feed.name = STR("antara");
	f->msg.delivery.cluster = STR("local");
	f->st.decode.text_kind = TEXT_STRING;
	const cJSON *json = written(f);
	assert_number(json, "wiredesk/provenance/part", 1);
	assert_text(json, "wiredesk/provenance/timestamp", "2024-01-21T07:32:00.123Z");
	assert_text(json, "wiredesk/provenance/source", "antara");
	assert_text(json, "wiredesk/provenance/rawText", "string");
	assert_text(json, "wiredesk/id", "local/wire.raw/3/42/1");
	assert_absent(json, "wiredesk/provenance/cluster");
	assert_header(&f->st, "wiredesk-source-timestamp", "1705822320123");
	f->st.decode.text_kind = TEXT_DECODED;
	assert_text(written(f), "wiredesk/provenance/rawText", "decoded");
}

static void names_the_delivery_and_not_the_origin_of_a_replay(void **state)
{
	struct fixture *f = *state;
	f->msg.origin = (struct position){STR("c0"), STR("old"), 9, 9};
	assert_text(written(f), "wiredesk/id", "c1/wire.raw/3/42/0");
}

static void tells_where_what_was_put_back_stood_first_and_how_often_it_has_died(void **state)
{
	struct fixture *f = *state;
	f->msg.origin = (struct position){STR("c0"), STR("old"), 9, 77};
	f->msg.is_put_back = true;
	f->msg.attempts = 2;
	const cJSON *json = written(f);
	assert_number(json, "wiredesk/provenance/offset", 42);
	assert_text(json, "wiredesk/provenance/origin/cluster", "c0");
	assert_text(json, "wiredesk/provenance/origin/topic", "old");
	assert_number(json, "wiredesk/provenance/origin/partition", 9);
	assert_number(json, "wiredesk/provenance/origin/offset", 77);
	assert_number(json, "wiredesk/provenance/origin/attempts", 2);
	assert_absent(json, "wiredesk/provenance/part");
}

static void names_the_part_that_comes_back_alone_of_a_message_of_several(void **state)
{
	struct fixture *f = *state;
	f->msg.is_put_back = true;
	f->msg.n_before = 3;
	f->st.part = 2;
	assert_number(written(f), "wiredesk/provenance/part", 2);
}

static void hands_the_trace_through(void **state)
{
	struct fixture *f = *state;
	const struct header headers[] = {{STR("traceparent"), STR("00-old")}, {STR("traceparent"), STR("00-new")}};
	f->msg.headers = headers;
	f->msg.n_headers = 2;
	written(f);
	assert_header(&f->st, "traceparent", "00-new");
}

/* --- the verdict -------------------------------------------------------------------------------------------------- */

static void appends_the_verdict_in_place(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_DEDUP;
	f->st.dedup.verdict = VERDICT_SYNDICATED;
	f->st.dedup.of_uri = STR("urn:uuid:0");
	f->st.dedup.of_id = STR("c1/wire.raw/0/1/0");
	f->st.dedup.cluster = STR("urn:uuid:0");
	f->st.dedup.of_source = STR("Antara");
	f->st.dedup.method = "body-hash";
	f->st.dedup.score = 0.5;
	f->st.dedup.evidence = STR("{\"hash\":\"x\"}");
	record_render(&f->call, &f->st, &f->scratch);
	const char *head = f->st.record.head.p;
	const cJSON *json = written(f);
	assert_true(head != NULL && f->st.record.value.p == f->st.record.head.p);
	assert_text(json, "wiredesk/dedup/verdict", "syndicated");
	assert_text(json, "wiredesk/dedup/of/uri", "urn:uuid:0");
	assert_text(json, "wiredesk/dedup/of/id", "c1/wire.raw/0/1/0");
	assert_text(json, "wiredesk/dedup/of/source", "Antara");
	assert_number(json, "wiredesk/dedup/score", 0.5);
	assert_text(json, "wiredesk/dedup/method", "body-hash");
	assert_text(json, "wiredesk/dedup/evidence/hash", "x");
	assert_text(json, "wiredesk/dedup/cluster", "urn:uuid:0");
	assert_header(&f->st, "wiredesk-verdict", "syndicated");
	assert_header(&f->st, "wiredesk-cluster", "urn:uuid:0");
}

static void an_original_is_its_own_cluster_and_of_nothing(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_DEDUP;
	f->st.dedup.verdict = VERDICT_ORIGINAL;
	f->st.dedup.score = -1;
	const cJSON *json = written(f);
	assert_true(cJSON_IsNull(at(json, "wiredesk/dedup/of")));
	assert_true(cJSON_IsNull(at(json, "wiredesk/dedup/score")));
	assert_true(cJSON_IsNull(at(json, "wiredesk/dedup/method")));
	assert_absent(json, "wiredesk/dedup/evidence");
	assert_text(json, "wiredesk/dedup/cluster", "urn:uuid:1");
	assert_header(&f->st, "wiredesk-cluster", "urn:uuid:1");
}

static void a_match_that_has_no_score_has_none_written(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_DEDUP;
	f->st.dedup.verdict = VERDICT_EXACT;
	f->st.dedup.of_uri = STR("urn:uuid:0");
	f->st.dedup.of_id = STR("c1/wire.raw/0/1/0");
	f->st.dedup.score = -1;
	assert_true(cJSON_IsNull(at(written(f), "wiredesk/dedup/score")));
}

/* A JSON object of so many bytes. */
static struct str evidence_of(struct fixture *f, size_t n)
{
	char *text = arena_alloc(&f->keep, n);
	memset(text, 'e', n);
	memcpy(text, "{\"e\":\"", 6);
	memcpy(text + n - 2, "\"}", 2);
	return str_make(text, n);
}

static void leaves_out_evidence_that_is_too_large_and_says_so(void **state)
{
	struct fixture *f = *state;
	f->st.done |= GROUP_DEDUP;
	f->st.dedup.verdict = VERDICT_ORIGINAL;
	f->st.dedup.evidence = evidence_of(f, RECORD_DEDUP_MAX - 300);
	assert_non_null(at(written(f), "wiredesk/dedup/evidence/e"));
	f->st.dedup.evidence = evidence_of(f, RECORD_DEDUP_MAX);
	const cJSON *json = written(f);
	assert_text(json, "wiredesk/dedup/evidence/omitted", "too large");
	assert_text(json, "wiredesk/dedup/verdict", "original");
	assert_true(f->st.record.value.n <= f->st.record.room_bytes);
}

/* The longest names that come in: a uri of STORY_URI_MAX, of_id with the longest topic and cluster. */
static void always_has_room_for_the_verdict(void **state)
{
	struct fixture *f = *state;
	static char uri[STORY_URI_MAX], id[255 + 249 + 40];
	memset(uri, 'u', sizeof(uri));
	memset(id, 'i', sizeof(id));
	f->st.done |= GROUP_DEDUP;
	f->st.decode.uri = f->st.dedup.of_uri = f->st.dedup.cluster = str_make(uri, sizeof(uri));
	f->st.dedup.of_id = str_make(id, sizeof(id));
	f->st.dedup.of_source = str_make(uri, 40);
	f->st.dedup.verdict = VERDICT_SYNDICATED;
	f->st.dedup.evidence = evidence_of(f, 4 * RECORD_DEDUP_MAX);
	assert_text(written(f), "wiredesk/dedup/evidence/omitted", "too large");
}

/* --- sizes -------------------------------------------------------------------------------------------------------- */

static void counts_a_size_that_the_finished_record_keeps(void **state)
{
	struct fixture *f = *state;
	const struct header headers[] = {
	        {STR("traceparent"), STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")}};
	f->msg.headers = headers;
	f->msg.n_headers = 1;
	f->msg.timestamp_ms = 1705822320123;
	f->st.done |= GROUP_DEDUP;
	f->st.dedup.verdict = VERDICT_UNJUDGED;
	static char uri[STORY_URI_MAX];
	memset(uri, 'u', sizeof(uri));
	f->st.decode.uri = str_make(uri, sizeof(uri));
	f->st.dedup.evidence = evidence_of(f, RECORD_DEDUP_MAX - STORY_URI_MAX - 96); /* all but fills its room */
	record_render(&f->call, &f->st, &f->scratch);
	size_t promised = record_bytes(&f->st);
	written(f);
	assert_true(f->st.record.value.n + 20 > f->st.record.room_bytes);
	size_t real = f->st.decode.uri.n + f->st.record.value.n;
	for (size_t i = 0; i < f->st.record.n_headers; i++)
		real += f->st.record.headers[i].name.n + f->st.record.headers[i].value.n;
	assert_true(real + RECORD_FRAMING_BYTES <= promised);
	assert_true(promised <= real + RECORD_FRAMING_BYTES + RECORD_DEDUP_MAX + 2000);
}

static void counts_a_message_that_is_passed_through_as_it_is(void **state)
{
	struct fixture *f = *state;
	f->st.done = 0;
	f->msg.key = STR("key");
	record_render(&f->call, &f->st, &f->scratch);
	f->st.record.value = f->msg.value;
	assert_null(f->st.record.head.p);
	assert_int_equal(record_bytes(&f->st), 3 + 9 + RECORD_FRAMING_BYTES);
}

static void a_record_larger_than_the_buffer_is_a_dead_letter(void **state)
{
	struct fixture *f = *state;
	buf_free(&f->scratch);
	buf_init(&f->scratch, 500);
	record_render(&f->call, &f->st, &f->scratch);
	assert_int_equal(f->st.end.outcome, OUTCOME_DEAD);
	assert_int_equal(f->st.end.reason, REASON_LIMIT_STORY);
	assert_str(f->st.end.words, "the record needs more than limits.story (500 bytes)");
	assert_null(f->st.record.head.p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(writes_what_every_story_has),
	        TEST(leaves_out_what_no_stage_has_found),
	        TEST(writes_the_fields_that_decode_found),
	        TEST(says_how_urgent_a_story_is_only_where_it_is_known),
	        TEST(says_what_may_be_done_with_a_story),
	        TEST(gives_the_guid_once_where_it_is_the_uri),
	        TEST(hands_fields_through_to_the_letter),
	        TEST(writes_the_lists_that_came_with_the_story),
	        TEST(writes_names_into_lists_and_mentions_where_they_stand),
	        TEST(writes_no_lists_where_none_are_wanted),
	        TEST(adds_to_the_lists_that_came_what_they_do_not_have),
	        TEST(counts_code_points_and_words),
	        TEST(prefers_what_cleanup_made_and_tells_what_it_removed),
	        TEST(says_that_nothing_was_removed_where_cleanup_has_run),
	        TEST(names_the_language_detected_where_it_is_reliable),
	        TEST(names_the_language_declared_where_detection_is_not_sure),
	        TEST(tells_where_a_story_comes_from),
	        TEST(tells_part_time_feed_and_kind_of_text_where_there_are_any),
	        TEST(names_the_delivery_and_not_the_origin_of_a_replay),
	        TEST(tells_where_what_was_put_back_stood_first_and_how_often_it_has_died),
	        TEST(names_the_part_that_comes_back_alone_of_a_message_of_several),
	        TEST(hands_the_trace_through),
	        TEST(appends_the_verdict_in_place),
	        TEST(an_original_is_its_own_cluster_and_of_nothing),
	        TEST(a_match_that_has_no_score_has_none_written),
	        TEST(leaves_out_evidence_that_is_too_large_and_says_so),
	        TEST(always_has_room_for_the_verdict),
	        TEST(counts_a_size_that_the_finished_record_keeps),
	        TEST(counts_a_message_that_is_passed_through_as_it_is),
	        TEST(a_record_larger_than_the_buffer_is_a_dead_letter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
