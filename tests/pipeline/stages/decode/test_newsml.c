/* NewsML 1.x. All texts are made up. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define IDENTIFICATION                                                                                                 \
	"<Identification><NewsIdentifier><ProviderId>kns.example</ProviderId><DateId>20250211</DateId>"                \
	"<NewsItemId>K1</NewsItemId><RevisionId PreviousRevision=\"1\" Update=\"N\">2</RevisionId>"                    \
	"<PublicIdentifier>urn:newsml:kns.example:20250211:K1:2</PublicIdentifier></NewsIdentifier>"                   \
	"<NameLabel>FLOOD</NameLabel></Identification>"

static const struct story *item(const char *management, const char *component)
{
	char text[8000];
	snprintf(text, sizeof text,
	         "<NewsML Version=\"1.2\"><NewsEnvelope><Priority "
	         "FormalName=\"3\"/></NewsEnvelope><NewsItem>" IDENTIFICATION
	         "<NewsManagement>%s</NewsManagement><NewsComponent>%s</NewsComponent></NewsItem></NewsML>",
	         management, component);
	return desk_text(&desk, text);
}

static void an_item_is_a_story_with_its_fields(void **state)
{
	(void)state;
	const struct story *st =
	        item("<FirstCreated>2025-02-11T09:14:00Z</FirstCreated><ThisRevisionCreated>2025-02-11T09:22:00Z</"
	             "ThisRevisionCreated>"
	             "<Status FormalName=\"Usable\"/><Urgency FormalName=\"4\"/>",
	             "<NewsLines><HeadLine>Flood cuts off Holt</HeadLine><ByLine>By Nora Teasdale</ByLine>"
	             "<DateLine>Holt, Feb 11, 2025 (KNS) -</DateLine><CopyrightLine>(c) KNS</CopyrightLine>"
	             "<NewsLine><NewsLineType FormalName=\"AdvisoryLine\"/><NewsLineText>UPDATES with "
	             "mayor</NewsLineText></NewsLine></NewsLines>"
	             "<AdministrativeMetadata><Provider><Party FormalName=\"KNS\"/></Provider></AdministrativeMetadata>"
	             "<DescriptiveMetadata><Language FormalName=\"en\"/><Genre FormalName=\"Current\"/><SubjectCode>"
	             "<SubjectMatter FormalName=\"03005000\"/></SubjectCode><Location HowPresent=\"Origin\">"
	             "<Property FormalName=\"Country\" Value=\"XXX\"/><Property FormalName=\"City\" "
	             "Value=\"Holt\"/></Location>"
	             "<Property FormalName=\"Keyword\" Value=\"river;dam\"/></DescriptiveMetadata>"
	             "<ContentItem><MediaType FormalName=\"Text\"/><Format "
	             "FormalName=\"NITF\"/><DataContent><nitf><body><body.content>"
	             "<p>First.</p><p>Second.</p></body.content></body></nitf></DataContent></ContentItem>");
	assert_string_equal(st->decode.format, "newsml-1");
	assert_str(st->decode.uri, "urn:newsml:kns.example:20250211:K1:2");
	assert_str(st->decode.version, "2");
	assert_str(st->decode.version_created, "2025-02-11T09:22:00Z");
	assert_str(st->decode.first_created, "2025-02-11T09:14:00Z");
	assert_str(st->decode.headline, "Flood cuts off Holt");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.located, "Holt");
	assert_str(st->decode.slugline, "FLOOD");
	assert_str(st->decode.copyright, "(c) KNS");
	assert_str(st->decode.language, "en");
	assert_str(st->decode.ed_note, "UPDATES with mayor");
	assert_str(st->decode.body, "Holt, Feb 11, 2025 (KNS) - First.\nSecond.");
	assert_true(st->decode.is_correction);
	assert_int_equal(st->decode.urgency, 4);
	assert_has(st->decode.passed[0].json.p, "http://cv.iptc.org/newscodes/subjectcode/03005000");
	assert_has(st->decode.passed[0].json.p, "http://cv.iptc.org/newscodes/mediatopic/03000000");
	assert_has(st->decode.passed[0].json.p, "\"name\":\"dam\"");
}

#define PART(role, data)                                                                                               \
	"<NewsComponent><Role FormalName=\"" role "\"/><ContentItem><DataContent>" data                                \
	"</DataContent></ContentItem></NewsComponent>"

static void title_lead_and_body_may_be_components_of_their_own(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<NewsComponent xml:lang=\"nl\"><Role FormalName=\"Original\"/>" PART(
	                         "Title", "Brug dicht") PART("Lead", "De brug is dicht.")
	                         PART("Body", "Tot mei.") "</NewsComponent>"
	                                                  "<NewsComponent><Role FormalName=\"Picture\"/>" PART("Title",
	                                                                                                       "Foto")
	                                                          PART("Caption", "De brug") "</NewsComponent>");
	assert_str(st->decode.headline, "Brug dicht");
	assert_str(st->decode.body, "De brug is dicht.\nTot mei.");
	assert_str(st->decode.language, "nl");
}

static void style_sheets_and_contacts_are_no_text(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines>" PART("StyleSheet", ".a {}")
	                         PART("Contact", "Call us")
	                                 PART("Body", "<html "
	                                              "xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></"
	                                              "head><body><p>One.</p></body></html>") "</NewsComponent>");
	assert_str(st->decode.headline, "H");
	assert_str(st->decode.body, "One.");
}

static void escaped_html_is_read(void **state)
{
	(void)state;
	assert_str(item("", PART("Main", "<![CDATA[<P>One.</P><P>Two.</P>]]>"))->decode.body, "One.\nTwo.");
}

static void a_status_is_read_in_any_case(void **state)
{
	(void)state;
	assert_string_equal(item("<Status FormalName=\"CANCELED\"/>", "")->decode.control, "kill");
	const struct story *st =
	        item("<Status FormalName=\"Embargoed\"/><StatusWillChange><FutureStatus FormalName=\"Usable\"/>"
	             "<DateAndTime>2025-03-10T11:00:00Z</DateAndTime></StatusWillChange>",
	             PART("Main", "Text."));
	assert_str(st->decode.embargoed_until, "2025-03-10T11:00:00Z");
	assert_null(st->decode.control);
}

static void a_time_alone_is_no_dateline(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<NewsLines><DateLine>January 21</DateLine></NewsLines>" PART("Main", "Text."));
	assert_str(st->decode.dateline, "");
	assert_str(st->decode.located, "");
	st = item("", "<NewsLines><DateLine>ROUND ROCK, Texas</DateLine></NewsLines>" PART("Main", "Text."));
	assert_str(st->decode.dateline, "ROUND ROCK, Texas");
	assert_str(st->decode.located, "Round Rock");
}

static void several_items_are_several_parts(void **state)
{
	(void)state;
	desk_give(&desk, STR("<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>A</HeadLine></NewsLines></"
	                     "NewsComponent></NewsItem>"
	                     "<NewsItem><TopicSet/></NewsItem></NewsML>"));
	assert_int_equal(desk.msg.n_parts, 2);
	assert_str(desk.msg.parts[0]->decode.headline, "A");
	desk_assert_part(&desk, 1, REASON_NO_STORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_item_is_a_story_with_its_fields),
	        cmocka_unit_test(title_lead_and_body_may_be_components_of_their_own),
	        cmocka_unit_test(style_sheets_and_contacts_are_no_text),
	        cmocka_unit_test(escaped_html_is_read),
	        cmocka_unit_test(a_status_is_read_in_any_case),
	        cmocka_unit_test(a_time_alone_is_no_dateline),
	        cmocka_unit_test(several_items_are_several_parts),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
