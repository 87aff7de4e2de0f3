/*
 * Citations: which agencies and outlets a body cites for its facts, and which it only names.
 */
#include "tests/pipeline/stages/entities/desk.h"

/* Is the first organisation cited? */
static bool is_cited(void **state, const char *language, const char *marked, bool is_media)
{
	struct desk *desk = *state;
	desk_read(desk, language, marked);
	struct cites cites = cites_of(&desk->reading);
	for (size_t i = 0; i < desk->mentions.n; i++)
		if (desk->mentions.at[i].type == NAME_IS_ORGANISATION)
			return cites_is_cited(&cites, &desk->mentions.at[i], is_media);
	fail_msg("no organisation in '%s'", marked);
	return false;
}

static void knows_who_is_cited_before_the_name(void **state)
{
	assert_true(is_cited(state, "en", "The dam broke, according to the state news agency <Lumo>O.", true));
	assert_true(is_cited(state, "id", "Demikian seperti diungkapkan <Lumo>O dikutip pagi ini.", true));
	assert_true(is_cited(state, "de", "Laut <Lumo>O ist der Damm gebrochen.", true));
	assert_true(is_cited(state, "pt-BR", "O dique cedeu, segundo a <Lumo>O.", true));
	assert_true(is_cited(state, "zh", "据<新华社>O报道，大坝决堤。", true));
}

static void knows_who_is_cited_behind_the_name(void **state)
{
	assert_true(is_cited(state, "en", "The dam broke, <Lumo>O reported.", true));
	assert_true(is_cited(state, "de", "Der Damm brach, wie <Lumo>O berichtete.", true));
	assert_true(is_cited(state, "id", "<Lumo>O melaporkan bendungan jebol.", true));
}

static void takes_an_unknown_name_for_an_agency_if_it_is_called_one(void **state)
{
	assert_true(is_cited(state, "en", "The dam broke, according to the news agency <Lumo>O.", false));
	assert_true(is_cited(state, "id", "Bendungan jebol, menurut kantor berita <Lumo>O.", false));
	assert_false(is_cited(state, "en", "The dam broke, according to the ministry <Lumo>O.", false));
}

static void knows_who_is_only_named(void **state)
{
	assert_false(is_cited(state, "en", "The owner of <Lumo>O sold his house.", true));
	assert_false(
	        is_cited(state, "en", "Police, according to a man who had seen the film twice, raided <Lumo>O.", true));
	/* Another sentence's words. */
	assert_false(is_cited(state, "en", "It rained, according to her. <Lumo>O moved to Oslo.", true));
	/* Part of a longer word. */
	assert_false(is_cited(state, "de", "Sie flaut <Lumo>O ab.", true));
}

int main(void)
{
#define CITES_TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
	const struct CMUnitTest tests[] = {
	        CITES_TEST(knows_who_is_cited_before_the_name),
	        CITES_TEST(knows_who_is_cited_behind_the_name),
	        CITES_TEST(takes_an_unknown_name_for_an_agency_if_it_is_called_one),
	        CITES_TEST(knows_who_is_only_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
