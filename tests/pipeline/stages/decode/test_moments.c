/* Points in time as formats write them. */
#include "tests/pipeline/stages/decode/desk.h"

static const struct story *desk_at(struct desk *d, const char *time)
{
	char text[300];
	snprintf(text, sizeof text, "{\"headline\":\"H\",\"versioncreated\":\"%s\"}", time);
	return desk_text(d, text);
}

static void spellings_of_a_moment_become_one(void **state)
{
	(void)state;
	static const struct {
		const char *written, *read;
	} rows[] = {
	        {"2024-03-04T10:05:06Z", "2024-03-04T10:05:06Z"},
	        {"2024-03-04t10:05:06.25z", "2024-03-04T10:05:06.25Z"},
	        {"2024-03-04 10:05:06+00:00", "2024-03-04T10:05:06Z"},
	        {"2024-03-04 10:05:06 +0200", "2024-03-04T10:05:06+02:00"},
	        {"2024-03-04T10:05+02", "2024-03-04T10:05:00+02:00"},
	        {"20240304T100506-0330", "2024-03-04T10:05:06-03:30"},
	        {"20240304T100506Z", "2024-03-04T10:05:06Z"},
	        {"20240304100506Z", "2024-03-04T10:05:06Z"},
	        {"20240304100506.5 +0200", "2024-03-04T10:05:06+02:00"},
	        {"202403041005+02:00", "2024-03-04T10:05:00+02:00"},
	        {"202403041005 UTC", "2024-03-04T10:05:00Z"},
	        /* Neither a month nor an hour of its own. */
	        {"631152000000", "1990-01-01T00:00:00Z"},
	        {"202403042505", "1976-05-31T15:04:02Z"},
	        {"  2024-03-04T10:05:06.123456Z\\n", "2024-03-04T10:05:06.123456Z"},
	        {"Mon, 04 Mar 2024 10:05:06 +0100", "2024-03-04T10:05:06+01:00"},
	        {"Mon, 4 Mar 2024 10:05:06 GMT", "2024-03-04T10:05:06Z"},
	        {"Mon, 4 Mar 2024 10:05:06 -0000 (UTC)", "2024-03-04T10:05:06Z"},
	        {"Mon, 4 Mar 2024 10:05:06 +0100 (CET)", "2024-03-04T10:05:06+01:00"},
	        {"Mon, 4 Mar 2024 10:05:06 GMT (London)", "2024-03-04T10:05:06Z"},
	        {"4 Mar 24 10:05 UT", "2024-03-04T10:05:00Z"},
	        {"Mon, 04 Mar 2024 10:05:06 EDT", "2024-03-04T10:05:06-04:00"},
	        {"1709546706", "2024-03-04T10:05:06Z"},
	        {"1709546706123", "2024-03-04T10:05:06Z"},
	        {"2024-03-04T10:05:06 UTC", "2024-03-04T10:05:06Z"},
	        {"2024-03-04 10:05:06 CEST", "2024-03-04T10:05:06+02:00"},
	        {"2024-03-04T10:05:06GMT", "2024-03-04T10:05:06Z"},
	        {"March 4, 2024 10:05 GMT", "2024-03-04T10:05:00Z"},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_at(&d, rows[i].written);
		assert_str(st->decode.version_created, rows[i].read);
		assert_int_equal(st->decode.n_warnings, 0);
	}
	desk_close(&d);
}

static void what_is_no_moment_is_not_used_and_said(void **state)
{
	(void)state;
	static const struct {
		const char *written, *warning;
	} rows[] = {
	        {"2024-02-30T10:00:00Z", "time-not-used"},
	        {"2024-02-30", "time-not-used"},
	        {"2024-03-04X", "time-not-used"},
	        {"YYYYMMDD000000-HHMM", "time-not-used"},
	        {"Next Monday", "time-not-used"},
	        {"2024-03-04T25:00:00Z", "time-not-used"},
	        {"0001-01-01T00:00:00+00", "time-not-used"},
	        {"2024-03-04T10:05:06", "time-without-zone"},
	        {"20240304T100506", "time-without-zone"},
	        {"20240304100506", "time-without-zone"},
	        {"202403041005", "time-without-zone"},
	        {"20240230100506Z", "time-not-used"},
	        {"20240304256006Z", "time-not-used"},
	        {"2024-03-041005", "time-not-used"},
	        {"99999999999", "time-not-used"},
	        {"2024-03-04T10:05:06 XQZ", "time-not-used"},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_at(&d, rows[i].written);
		assert_str(st->decode.version_created, "");
		assert_true(desk_has_warning(st, rows[i].warning));
	}
	desk_close(&d);
}

static void what_is_known_without_a_zone_or_an_hour_is_kept(void **state)
{
	(void)state;
	static const struct {
		const char *written, *known, *warning;
	} rows[] = {
	        {"2024-03-04T10:05:06", "2024-03-04T10:05:06", "time-without-zone"},
	        {"2024-03-04 10:05", "2024-03-04T10:05", "time-without-zone"},
	        {"202403041005", "2024-03-04T10:05", "time-without-zone"},
	        {"2024-03-04", "2024-03-04", "time-without-hour"},
	        {"20240304", "2024-03-04", "time-without-hour"},
	        {"4. M\u00e4rz 2024", "2024-03-04", "time-without-hour"},
	        {"2024-02-30", "", "time-not-used"},
	        {"2024-03-04T10:05:06Z", "", NULL},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_at(&d, rows[i].written);
		assert_str(st->decode.published.name, rows[i].known);
		assert_true(!rows[i].warning || desk_has_warning(st, rows[i].warning));
	}
	assert_str(desk_at(&d, " 2024-03-04 ")->decode.published.label, "2024-03-04");
	/* The day of an embargo says nothing of when it was published. */
	const struct story *st = desk_text(&d, "{\"headline\":\"H\",\"embargoed\":\"2024-04-04\"}");
	assert_str(st->decode.published.name, "");
	assert_true(desk_has_warning(st, "time-not-used"));
	/* One of the future is not believed. */
	d.timestamp_ms = 1709546706000;
	st = desk_at(&d, "2042-03-04");
	assert_str(st->decode.published.name, "");
	assert_true(desk_has_warning(st, "time-in-future"));
	desk_close(&d);
}

static void the_zone_of_the_source_counts_where_none_is_said(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	d.feed.zone = STR("Asia/Kolkata");
	assert_str(desk_at(&d, "2024-03-04T10:05:06")->decode.version_created, "2024-03-04T10:05:06+05:30");
	assert_str(desk_at(&d, "Mon, 04 Mar 2024 10:05:06 IST")->decode.version_created, "2024-03-04T10:05:06+05:30");
	d.feed.zone = STR("Europe/Berlin");
	assert_str(desk_at(&d, "20240704T100506")->decode.version_created, "2024-07-04T10:05:06+02:00");
	desk_close(&d);
}

static void a_story_of_the_future_is_not_believed(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	d.timestamp_ms = 1709546706000;
	assert_str(desk_at(&d, "2024-03-05T10:05:06Z")->decode.version_created, "2024-03-05T10:05:06Z");
	const struct story *st = desk_at(&d, "2042-03-04T10:05:06Z");
	assert_str(st->decode.version_created, "");
	assert_true(desk_has_warning(st, "time-in-future"));
	/* An embargo is about the future. */
	st = desk_text(&d, "{\"headline\":\"H\",\"embargoed\":\"2024-04-04T10:05:06Z\"}");
	assert_str(st->decode.embargoed_until, "2024-04-04T10:05:06Z");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(spellings_of_a_moment_become_one),
	        cmocka_unit_test(what_is_no_moment_is_not_used_and_said),
	        cmocka_unit_test(what_is_known_without_a_zone_or_an_hour_is_kept),
	        cmocka_unit_test(the_zone_of_the_source_counts_where_none_is_said),
	        cmocka_unit_test(a_story_of_the_future_is_not_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
