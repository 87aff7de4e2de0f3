/*
 * Cleanup and credits together, over stories of our own that are shaped like wires: what stays, what goes as what, and
 * who is named. Then what must stay though it looks like a wire's own words, and texts that mean harm.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_cleanup;
extern const struct stage stage_credits;

struct desk {
	struct fixture *cleanup, *credits;
	struct feed feed;
};

static struct desk desk_new(const char *zone)
{
	struct desk d = {fixture_new(&stage_cleanup, NULL), fixture_new(&stage_credits, NULL), {.zone = str_of(zone)}};
	return d;
}

static void desk_free(struct desk *d)
{
	fixture_free(d->cleanup);
	fixture_free(d->credits);
}

static struct story *desk_run(struct desk *d, struct str text)
{
	struct story *st = fixture_text(d->cleanup, arena_copy(&d->cleanup->keep, text));
	((struct message *)(uintptr_t)st->msg)->feed = &d->feed;
	fixture_run(d->cleanup, st);
	fixture_run(d->credits, st);
	return st;
}

static struct str joined(struct arena *a, const struct named *items, size_t n)
{
	struct str all = STR("");
	for (size_t i = 0; i < n; i++)
		all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i ? ";" : "", STR_ARG(items[i].name));
	return all;
}

static struct str kinds(struct arena *a, const struct story *st)
{
	struct str all = STR("");
	for (size_t i = 0; i < st->cleanup.n_removed; i++)
		all = arena_printf(a, "%.*s%s%s", STR_ARG(all), i ? " " : "", st->cleanup.removed[i].kind);
	return all;
}

/* --- stories ------------------------------------------------------------------------------------------------------ */

struct golden {
	const char *raw, *headline, *body, *kinds;
	const char *place, *source, *date, *authors, *editors, *credit, *section, *published;
};

static const struct golden goldens[] = {
        {"Pasar Apung Lokandari Ramai Lagi\n"
         "Daerah | 3 Maret 2025, 09:05 WITALOKANDARI, KABARSUNGAI.COM - Pasar apung Lokandari kembali ramai.\n"
         "Baca Juga: Lima Perahu Baru untuk Lokandari\n"
         "Pedagang Siti Marwah menjual 40 ikat sayur.\n"
         "Penulis : Dimas Arpan Editor : Ratna-Dewi\n"
         "Sumber : Radio Sungai",
         "Pasar Apung Lokandari Ramai Lagi",
         "Pasar apung Lokandari kembali ramai.\nPedagang Siti Marwah menjual 40 ikat sayur.",
         "headline metaline dateline promo byline credit", "Lokandari", "KABARSUNGAI.COM", "", "Dimas Arpan",
         "Ratna-Dewi", "Radio Sungai", "Daerah", "2025-03-03T09:05:00+08:00"},
        {"Ferry returns after nine winters\n"
         "By JOAN O'HARE\n"
         "Published: March 3, 2025 2:30 p.m. EST\n"
         "PORT LENNOX, March 3 (Sable) — The ferry sailed again on Monday.\n"
         "SEE ALSO: The boat that never sank\n"
         "\"We waited,\" said its captain.\n"
         "(Reporting by Joan O'Hare and Petra Lind in Holm; Editing by Max Orr)\n"
         "-30-",
         "Ferry returns after nine winters", "The ferry sailed again on Monday.\n\"We waited,\" said its captain.",
         "headline byline metaline dateline promo contributors endmark", "Port Lennox", "Sable", "March 3",
         "Joan O'Hare", "Max Orr", "", "", "2025-03-03T14:30:00-05:00"},
        {"Schäfer zählt Wölfe\n"
         "Von Ute Brandl, NDK\n"
         "Talheim (NDK/th) - Ein Schäfer hat drei Wölfe gezählt.\n"
         "Anzeige\n"
         "Lesen Sie auch: Hunde, die Herden hüten\n"
         "Er schlief danach schlecht.\n"
         "Quelle: Talheimer Bote\n"
         "ub/kl",
         "Schäfer zählt Wölfe", "Ein Schäfer hat drei Wölfe gezählt.\nEr schlief danach schlecht.",
         "headline byline dateline ad promo credit endmark", "Talheim", "NDK/th", "", "Ute Brandl", "",
         "Talheimer Bote", "", ""},
        {"Le phare rouvre ses portes\n"
         "Société - Publié le 4 mars 2025 à 10h15 CET\n"
         "Rocheval, 4 mars 2025 (AGN) - Le phare a rouvert mardi.\n"
         "À lire aussi : Les gardiens de la côte\n"
         "« C'est haut », dit une visiteuse.\n"
         "lmd/pvt",
         "Le phare rouvre ses portes", "Le phare a rouvert mardi.\n« C'est haut », dit une visiteuse.",
         "headline metaline dateline promo endmark", "Rocheval", "AGN", "4 mars 2025", "", "", "", "Société",
         "2025-03-04T10:15:00+01:00"},
        {"La feria del queso bate récords\n"
         "Por Lucía Arenas\n"
         "Villasol, 5 mar (NTS).- La feria vendió 900 quesos.\n"
         "Te puede interesar: Quesos que huelen\n"
         "El jurado probó todos. NTS\n"
         "lar/mqt",
         "La feria del queso bate récords", "La feria vendió 900 quesos.\nEl jurado probó todos.",
         "headline byline dateline promo endmark endmark", "Villasol", "NTS", "5 mar", "Lucía Arenas", "", "", "", ""},
        {"Мост в Заозёрске открыли\n"
         "ЗАОЗЁРСК, 6 марта. /ВЕГА/. Новый мост открыли в Заозёрске.\n"
         "Читайте также: Старые мосты\n"
         "Движение началось утром.\n"
         "Автор: Игорь Лесной\n"
         "Источник: Радио Озеро",
         "Мост в Заозёрске открыли", "Новый мост открыли в Заозёрске.\nДвижение началось утром.",
         "headline dateline promo byline credit", "Заозёрск", "ВЕГА", "6 марта", "Игорь Лесной", "", "Радио Озеро", "",
         ""},
        {"IŞIKLI'da kitap şenliği\n"
         "IŞIKLI (DKA) - Işıklı'da kitap şenliği başladı.\n"
         "İlgili haber: Köy kitaplıkları\n"
         "Şenlik üç gün sürecek.\n"
         "Kaynak: DKA",
         "IŞIKLI'da kitap şenliği", "Işıklı'da kitap şenliği başladı.\nŞenlik üç gün sürecek.",
         "headline dateline promo credit", "Işıklı", "DKA", "", "", "", "DKA", "", ""},
        {"افتتاح حديقة النخيل\n"
         "وادي النخيل 7 مارس (وكالة سنا) - افتتحت حديقة النخيل أبوابها.\n"
         "إقرأ أيضاً: أشجار المدينة\n"
         "الدخول مجاني.\n"
         "(انتهى)",
         "افتتاح حديقة النخيل", "افتتحت حديقة النخيل أبوابها.\nالدخول مجاني.", "headline dateline promo endmark",
         "وادي النخيل", "وكالة سنا", "7 مارس", "", "", "", "", ""},
        {"青石镇图书馆开馆\n"
         "远山社青石3月8日电（记者 林晓）青石镇图书馆8日开馆。\n"
         "相关阅读：乡村书屋\n"
         "馆内藏书三万册。（完）",
         "青石镇图书馆开馆", "青石镇图书馆8日开馆。\n馆内藏书三万册。", "headline dateline promo endmark", "青石",
         "远山社", "3月8日", "林晓", "", "", "", ""},
        {"Mlyn v Lipovci mele\nLipovec (PAG) - Mlyn v Lipovci opět mele.\nČtěte také: Mouka z hor\nMlynář je "
         "rád.\n(PAG)",
         "Mlyn v Lipovci mele", "Mlyn v Lipovci opět mele.\nMlynář je rád.", "headline dateline promo endmark",
         "Lipovec", "PAG", "", "", "", "", "", ""},
};

static void stories_of_many_languages_come_out_as_an_editor_would_have_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		const struct golden *g = &goldens[i];
		struct desk d = desk_new("");
		struct arena *a = &d.cleanup->keep;
		struct story *st = desk_run(&d, str_of(g->raw));
		assert_str(st->cleanup.headline, g->headline);
		assert_str(st->cleanup.body, g->body);
		assert_str(kinds(a, st), g->kinds);
		assert_str(st->credits.place.name, g->place);
		assert_str(st->credits.source, g->source);
		assert_str(st->credits.date, g->date);
		assert_str(joined(a, st->credits.authors, st->credits.n_authors), g->authors);
		assert_str(joined(a, st->credits.editors, st->credits.n_editors), g->editors);
		assert_str(joined(a, st->credits.sources, st->credits.n_sources), g->credit);
		assert_str(st->credits.section.name, g->section);
		assert_str(st->credits.published.name, g->published);
		desk_free(&d);
	}
}

static void glued_words_are_parted_where_the_story_says_and_noted(void **state)
{
	(void)state;
	struct desk d = desk_new("");
	const char *text = "Ambon Siap\nSosial | 1 Mei 2024, 08:00 WITAMBON, KABAR.COM - Kota Ambon siap.\nDua.";
	struct story *st = desk_run(&d, str_of(text));
	assert_str(st->cleanup.body, "Kota Ambon siap.\nDua.");
	assert_str(st->credits.published.name, "2024-05-01T08:00:00+09:00");
	assert_str(st->credits.published.label, "WIT");
	assert_true(st->cleanup.glue.found);
	assert_str(str_slice(st->decode.text, st->cleanup.glue.at, st->cleanup.glue.at + 5), "AMBON");
	desk_free(&d);
}

/* --- times -------------------------------------------------------------------------------------------------------- */

static void assert_time(const char *zone, const char *line, const char *value, const char *name)
{
	struct desk d = desk_new(zone);
	struct story *st = desk_run(&d, arena_printf(&d.cleanup->keep, "Head\n%s\nText follows.", line));
	assert_str(st->credits.published.name, value);
	assert_str(str_of(st->credits.zone ? st->credits.zone : ""), name);
	assert_int_equal(st->credits.has_offset, strlen(value) > 19);
	desk_free(&d);
}

static void a_time_has_the_zone_behind_it_or_its_sources_or_none(void **state)
{
	(void)state;
	assert_time("", "3 June 2024, 14:05 GMT", "2024-06-03T14:05:00+00:00", "Etc/GMT");
	assert_time("Asia/Jakarta", "3 June 2024, 14:05 GMT", "2024-06-03T14:05:00+00:00", "Etc/GMT");
	assert_time("Europe/Berlin", "3. Juni 2024 14:05 Uhr", "2024-06-03T14:05:00+02:00", "Europe/Berlin");
	assert_time("Europe/Berlin", "3. Januar 2024 14:05 Uhr", "2024-01-03T14:05:00+01:00", "Europe/Berlin");
	assert_time("", "3. Juni 2024 14:05 Uhr", "2024-06-03T14:05:00", "");
	assert_time("", "2024-06-03 14:05 +05:30", "2024-06-03T14:05:00+05:30", "");
}

static void a_zone_that_several_countries_have_needs_the_source_to_tell(void **state)
{
	(void)state;
	assert_time("", "3 June 2024, 14:05 IST", "2024-06-03T14:05:00", "");
	assert_time("Asia/Kolkata", "3 June 2024, 14:05 IST", "2024-06-03T14:05:00+05:30", "Asia/Kolkata");
	assert_time("Europe/London", "3 June 2024, 14:05 BST", "2024-06-03T14:05:00+01:00", "Europe/London");
}

static void a_date_that_could_be_two_days_is_a_year(void **state)
{
	(void)state;
	assert_time("", "3/4/2024 14:05", "2024", "");
	assert_time("", "23/4/2024 14:05 WIB", "2024-04-23T14:05:00+07:00", "Asia/Jakarta");
	assert_time("", "3/4/2024 14:05 WIB", "2024-04-03T14:05:00+07:00", "Asia/Jakarta");
}

static void where_places_tell_a_shared_zone_is_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *value, *zone;
	} rows[] = {
	        {"Head\n3 June 2024, 14:05 IST\nMUMBAI (Sable) - It rained.\nTwo.", "2024-06-03T14:05:00+05:30",
	         "Asia/Kolkata"},
	        {"Head\n3 June 2024, 14:05 IST\nIt rained in Jerusalem.\nTwo.", "2024-06-03T14:05:00+02:00",
	         "Asia/Jerusalem"},
	        {"Head\n3 June 2024, 14:05 IST\nThe Irish and Indian ministers met.\nTwo.", "2024-06-03T14:05:00", ""},
	        {"Head\n3 June 2024, 14:05 BST\nDHAKA (Sable) - It rained.\nTwo.", "2024-06-03T14:05:00+06:00",
	         "Asia/Dhaka"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new("");
		struct story *st = desk_run(&d, str_of(rows[i].text));
		assert_str(st->credits.published.name, rows[i].value);
		assert_str(str_of(st->credits.zone ? st->credits.zone : ""), rows[i].zone);
		desk_free(&d);
	}
}

static void an_embargo_says_until_when_where_day_and_zone_are_known(void **state)
{
	(void)state;
	static const struct {
		const char *line, *until;
	} rows[] = {
	        {"EMBARGOED until 0900 GMT 3 June 2024", "2024-06-03T09:00:00+00:00"},
	        {"EMBARGO: Not for publication before 11:30 a.m. EST, Monday March 10, 2025",
	         "2025-03-10T11:30:00-05:00"},
	        {"Sperrfrist: 10. März 2025, 11.00 Uhr MEZ", "2025-03-10T11:00:00+01:00"},
	        {"Embargada hasta las 10:00 CET del 4 de marzo de 2025", "2025-03-04T10:00:00+01:00"},
	        {"EMBARGOED until 0900 GMT 3 June", ""},
	        {"EMBARGOED until 3 June 2024", ""},
	        {"EMBARGOED TO 0001 TUESDAY JUNE 4", ""},
	        {"Not for publication or broadcast before 1800 GMT 3 June 2024", "2024-06-03T18:00:00+00:00"},
	        {"Sob embargo até 10h00 GMT de 4 de março de 2025", "2025-03-04T10:00:00+00:00"},
	        {"Onder embargo tot 4 maart", ""},
	        {"EMBARGOED until 09:00, 3 June 2024", ""},
	        /* Words of several languages tell a zone only where one clock goes in all of them. */
	        {"EMBARGO: 24 March 2026 10:00", ""},
	        {"Embargo: 24 mars 2026 10:00", ""},
	        {"Ембарго до 24.03.2026 10:00", ""},
	        {"SOUS EMBARGO JUSQU'AU 24 NOVEMBRE 2026 A 12H00 GMT", "2026-11-24T12:00:00+00:00"},
	        {"EMBARGO: 31 February 2027 10:00 GMT", ""},
	        {"EMBARGO: 31 FEBRUARY 2027", ""},
	        {"Sperrfrist: 31.02., 10.00 Uhr", ""},
	        {"Embargo do 24.03.2026 10:00", "2026-03-24T10:00:00+01:00"},
	        {"Sperrfrist: 24.03.2026, 10:00 Uhr", "2026-03-24T10:00:00+01:00"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new("");
		struct story *st =
		        desk_run(&d, arena_printf(&d.cleanup->keep, "%s\nBees\nBees fly.\nTwo.", rows[i].line));
		assert_int_equal(story_pub_status(st), PUB_WITHHELD);
		assert_str(st->credits.embargo.value, rows[i].until);
		desk_free(&d);
	}
}

/* A day without a year is the next one, of the calendar that it is of; one that does not exist is none. */
static void an_embargo_without_a_year_is_for_the_next_such_day(void **state)
{
	(void)state;
	static const struct {
		const char *line, *until;
	} rows[] = {
	        {"EMBARGO: 1 April 10:00 GMT", "2026-04-01T10:00:00+00:00"},
	        {"EMBARGO: 1 March 10:00 GMT", "2026-03-01T10:00:00+00:00"},
	        {"EMBARGO: 1 January 10:00 GMT", "2027-01-01T10:00:00+00:00"},
	        {"EMBARGO: 29 February 10:00 GMT", ""},
	        {"EMBARGO: 12 فروردین 10:00 GMT", "2026-04-01T10:00:00+00:00"},
	        {"EMBARGO: 29 اسفند 10:00 GMT", "2026-03-20T10:00:00+00:00"},
	        {"EMBARGO: 20 دی 10:00 GMT", "2027-01-10T10:00:00+00:00"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new("");
		struct arena *a = &d.cleanup->keep;
		struct story *st = fixture_text(d.cleanup, arena_printf(a, "%s\nBees\nBees fly.\nTwo.", rows[i].line));
		((struct message *)(uintptr_t)st->msg)->feed = &d.feed;
		st->decode.version_created = STR("2026-03-20T08:00:00Z");
		fixture_run(d.cleanup, st);
		fixture_run(d.credits, st);
		assert_str(st->credits.embargo.value, rows[i].until);
		desk_free(&d);
	}
}

/* --- datelines ---------------------------------------------------------------------------------------------------- */

static void datelines_of_many_traditions_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *dateline, *place, *source, *date;
	} rows[] = {
	        {"【楓町共同】", "楓町", "共同", ""},
	        {"【パリ3月3日AFP】", "パリ", "AFP", "3月3日"},
	        {"［東京 ３日 ロイター］ - ", "東京", "ロイター", "３日"},
	        {"（中央社記者林大同台北3日電）", "台北", "中央社", "3日"},
	        {"新华社北京3月3日电 (记者 林晓)", "北京", "新华社", "3月3日"},
	        {"[서울=한빛통신] 배도윤 기자 = ", "서울", "한빛통신", ""},
	        {"KUALA LUMPUR: ", "Kuala Lumpur", "", ""},
	        {"ROMA - ", "Roma", "", ""},
	        {"ROMA, 3 MAR - ", "Roma", "", "3 MAR"},
	        {"Roma, 3 mar. (Sabella) - ", "Roma", "Sabella", "3 mar"},
	        {"МОСКВА, 21 января. /ВЕГА/. ", "Москва", "ВЕГА", "21 января"},
	        {"МОСКВА, 21 янв - ВЕГА Новости. ", "Москва", "ВЕГА Новости", "21 янв"},
	        {"القاهرة (سنا) - ", "القاهرة", "سنا", ""},
	        {"عمّان 3 آذار (سنا)- ", "عمّان", "سنا", "3 آذار"},
	        {"(AFP) - ", "", "AFP", ""},
	        {"(Sable) — ", "", "Sable", ""},
	        {"JAKARTA, CNN Indonesia -- ", "Jakarta", "CNN Indonesia", ""},
	        {"HÀ NỘI, 3/3 (TTXVN) - ", "Hà Nội", "TTXVN", "3/3"},
	        {"Zagreb, 12. listopada (Hina) - ", "Zagreb", "Hina", "12. listopada"},
	        {"Berlin/München (dpa) - ", "Berlin/München", "dpa", ""},
	        {"New York (Sable) - ", "New York", "Sable", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new("");
		struct str text = arena_printf(&d.cleanup->keep, "Head\n%sAlle kamen.\nZwei.", rows[i].dateline);
		struct story *st = desk_run(&d, text);
		assert_true(str_is(st->cleanup.body, "Alle kamen.\nZwei.") ||
		            (print_error("%s\n", rows[i].dateline), false));
		assert_str(st->credits.place.name, rows[i].place);
		assert_str(st->credits.source, rows[i].source);
		assert_str(st->credits.date, rows[i].date);
		desk_free(&d);
	}
}

static void a_byline_that_names_nobody_goes(void **state)
{
	(void)state;
	struct desk d = desk_new("");
	struct story *st = desk_run(&d, STR("Head\nBy our correspondent in LONDON\nLONDON (Sable) - It opened.\nTwo."));
	assert_str(st->cleanup.body, "It opened.\nTwo.");
	assert_str(st->credits.place.name, "London");
	assert_int_equal(st->credits.n_authors, 0);
	st = desk_run(&d, STR("Head\nBy our correspondent in London it was called a scandal.\nTwo."));
	assert_int_equal(st->cleanup.n_removed, 1);
	desk_free(&d);
}

static void what_only_looks_like_a_dateline_stays(void **state)
{
	(void)state;
	static const char *const lines[] = {
	        "Anna Smith (CDU) - she won the seat.",
	        "Anna Smith (Brackenford) - she won. Smith was glad.",
	        "John Doe (R-Texas) - he lost.",
	        "WARNING: this road is closed.",
	        "NATO - the alliance - met.",
	        "【関連】三人が集まった。",
	        "Question: who came?",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct desk d = desk_new("");
		struct str body = arena_printf(&d.cleanup->keep, "%s\nTwo.", lines[i]);
		struct story *st = desk_run(&d, arena_printf(&d.cleanup->keep, "Head\n%.*s", STR_ARG(body)));
		assert_true(str_eq(st->cleanup.body, body) || (print_error("%s\n", lines[i]), false));
		desk_free(&d);
	}
}

/* --- what must stay ----------------------------------------------------------------------------------------------- */

static void a_writers_sentences_stay_whatever_words_they_have(void **state)
{
	(void)state;
	static const char *const lines[] = {
	        "By noon the road was closed and nobody could say why.",
	        "By Monday",
	        "Source: nobody wanted to say where the figures came from.",
	        "Read also: the words stood on a sign, and no one did.",
	        "\"Read more, buy less,\" says the sign by the till.",
	        "More: she wanted more, and said so.",
	        "Share prices fell on Monday.",
	        "Contact was lost at 10:40.",
	        "Editor and author agreed: the book was too long.",
	        "Sumber air desa itu mengering sejak Juli.",
	        "Foto: ini bukan keterangan, melainkan kalimat penulis yang panjang dan berakhir dengan titik.",
	        "Von Berlin aus fährt der Zug weiter.",
	        "Kill the lights, he said.",
	        "NASA - die Raumfahrtbehörde der USA - plant eine Reise.",
	        "The vote on 3 June 2024 was close.",
	        "Embargo rules changed in 2024.",
	        "Sign up for the race closed on Friday.",
	        "(He laughed.)",
	        "Advertisement money paid for the bridge.",
	        "Lesen Sie auch zwischen den Zeilen, riet sie.",
	        "Baca juga kebiasaan yang baik.",
	        "He wrote and/or edited it.",
	};
	struct desk d = desk_new("");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct arena *a = &d.cleanup->keep;
		struct str body =
		        arena_printf(a, "%s\nA second sentence.\n%s\nA last one.\n%s", lines[i], lines[i], lines[i]);
		struct story *st = desk_run(&d, arena_printf(a, "Head\n%.*s", STR_ARG(body)));
		assert_true(str_eq(st->cleanup.body, body) || (print_error("%s\n", lines[i]), false));
		assert_int_equal(st->cleanup.n_removed, 1);
	}
	desk_free(&d);
}

static void a_kill_and_an_embargo_are_told_and_not_only_taken_out(void **state)
{
	(void)state;
	struct desk d = desk_new("");
	struct story *st = desk_run(&d, STR("KILL\nPlease kill HOLM-FIRE.\nFire in Holm\nHOLM (Sable) - It burns."));
	assert_str(st->cleanup.headline, "Fire in Holm");
	assert_str(st->cleanup.body, "It burns.");
	assert_int_equal(story_pub_status(st), PUB_CANCELED);
	assert_string_equal(story_control(st), "kill");
	st = desk_run(&d, STR("EMBARGOED until 0900 GMT 3 June\nBees\nBees fly."));
	assert_str(st->cleanup.headline, "Bees");
	assert_int_equal(story_pub_status(st), PUB_WITHHELD);
	st = desk_run(&d, STR("Embargo: Union bans 3 fuels\nThe Union banned them."));
	assert_str(st->cleanup.headline, "Embargo: Union bans 3 fuels");
	assert_int_equal(story_pub_status(st), PUB_USABLE);
	assert_null(story_control(st));
	st = desk_run(&d, STR("Embargo on 15 March timber exports agreed\nThe Union agreed on it."));
	assert_int_equal(story_pub_status(st), PUB_USABLE);
	desk_free(&d);
}

/* The words in the text may be longer than in the table, and shorter. */
static void contacts_begin_with_words_however_they_are_written(void **state)
{
	(void)state;
	static const char *const lines[] = {"Press office:",  "PRESS OFFICE",       "Press\u3000office:",
	                                    "Press  office:", "Press off\u0130ce:", "\u2022 Press\u00a0office"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct desk d = desk_new("");
		struct story *st = desk_run(&d, arena_printf(&d.cleanup->keep,
		                                             "Head\nText one is here.\nText two.\n%s\nAnna Lind\n"
		                                             "+46 70 123 456 78\nanna@wire.example",
		                                             lines[i]));
		assert_str(st->cleanup.body, "Text one is here.\nText two.");
		assert_str(kinds(&d.cleanup->keep, st), "headline contact contact contact contact");
		desk_free(&d);
	}
}

static void a_text_that_is_no_part_of_the_decoded_one_loses_no_line(void **state)
{
	(void)state;
	struct desk d = desk_new("");
	struct story *st = fixture_story(d.cleanup, "Head", "Text.\nRead also: Another");
	st->decode.text = STR("something else");
	fixture_run(d.cleanup, st);
	assert_str(st->cleanup.body, "Text.\nRead also: Another");
	assert_int_equal(st->cleanup.n_removed, 0);
	desk_free(&d);
}

/* --- harm --------------------------------------------------------------------------------------------------------- */

static void texts_that_mean_harm_end_soon(void **state)
{
	(void)state;
	static const char *const pieces[] = {"baca juga",
	                                     "\n",
	                                     "a\n",
	                                     "3 March 2024 ",
	                                     "Penulis : A ",
	                                     "(",
	                                     "3/3/2024 | ",
	                                     "READ ALSO: \n",
	                                     "PARIS - ",
	                                     "Foto: A\n",
	                                     "\u0643",
	                                     "source: ",
	                                     "1",
	                                     "By A B\n",
	                                     "&amp;",
	                                     "&",
	                                     "&amp",
	                                     "\x1b[1m",
	                                     "\x1b[",
	                                     "\x1b]0;",
	                                     "【",
	                                     "＝",
	                                     "日电",
	                                     "A (B) - ",
	                                     "12:30 ",
	                                     " - ",
	                                     ". ",
	                                     "1 2 3 ",
	                                     "3 مارس ",
	                                     "\u200b",
	                                     "\u00a0",
	                                     "EMBARGO 1 GMT\n",
	                                     "KILL\n",
	                                     "# notebook\n",
	                                     "* * * *\n",
	                                     "©\n",
	                                     "a/b\n",
	                                     "(AFP)\n",
	                                     "Penulis : A Editor : B\n",
	                                     "Ralat: a.\n",
	                                     "1 May 2024 IST\n",
	                                     "WITAMBON, ",
	                                     "copyright ",
	                                     "contributed to this report ",
	                                     "記者",
	                                     "(=)= ",
	                                     "| ",
	                                     "• ",
	                                     "January ",
	                                     "2024. ",
	                                     "A. ",
	                                     "\"",
	                                     "/ / "};
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct desk d = desk_new("");
		size_t n = strlen(pieces[i]), bytes = 1000000 / n * n;
		char *text = arena_alloc(&d.cleanup->keep, bytes);
		for (size_t at = 0; at < bytes; at += n)
			memcpy(text + at, pieces[i], n);
		struct story *st = desk_run(&d, str_make(text, bytes));
		assert_true(st->cleanup.body.n <= bytes);
		desk_free(&d);
	}
}

/* Long lines, where each reader could be asked again and again for the same bytes. */
static void long_lines_behind_a_beginning_end_soon(void **state)
{
	(void)state;
	static const char *const heads[] = {
	        "Head\n1 May 2024, 08:00 WIT", "Head\nPARIS, ", "Head\nBy ", "Head\nPenulis : ", "EMBARGO: ",
	        "Head\nAnna Smith (B) - "};
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct desk d = desk_new("");
		size_t n = strlen(heads[i]), bytes = 1000000;
		char *text = arena_alloc(&d.cleanup->keep, bytes);
		memcpy(text, heads[i], n);
		for (size_t at = n; at < bytes; at++)
			text[at] = "AMBON (B), A - "[at % 15];
		struct story *st = desk_run(&d, str_make(text, bytes));
		assert_true(st->cleanup.body.n <= bytes);
		desk_free(&d);
	}
}

/* Lines of writing between head and tail, so that the tail begins `bytes` behind the head. */
static struct str text_around(struct arena *a, const char *head, size_t bytes, const char *tail)
{
	static const char writing[] = "Then it rained for a while. ";
	size_t n = strlen(head), m = strlen(tail);
	char *text = arena_alloc(a, n + bytes + m);
	memcpy(text, head, n);
	for (size_t i = 0; i < bytes; i++)
		text[n + i] = writing[i % (sizeof(writing) - 1)];
	memcpy(text + n + bytes, tail, m);
	return str_make(text, n + bytes + m);
}

/* Words are looked for in so many bytes of the text; the apostrophe behind one stands at each place around that many.
 */
static void a_search_may_end_inside_a_character(void **state)
{
	(void)state;
	static const struct {
		const char *head, *tail;
		size_t limit;
	} rows[] = {
	        {"Head\nHOLT - ", " Hall’s end.", 2000},
	        {"Head\nAnna Smith (XYZ) - ", " Smith’s end.", 2000},
	        {"Head\nSam Porter\n", " Porter’s end.", 16384},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t to_mark = strcspn(rows[i].tail, "\xe2");
		for (size_t before = 0; before <= 6; before++) {
			struct desk d = desk_new("");
			size_t bytes = rows[i].limit + 3 - before - to_mark;
			struct str text = text_around(&d.cleanup->keep, rows[i].head, bytes, rows[i].tail);
			struct story *st = desk_run(&d, text);
			assert_true(str_ends(st->cleanup.body, str_of(rows[i].tail)));
			desk_free(&d);
		}
	}
}

/* A name that the text has elsewhere is no reporter's; its place is where the search begins, or right before that. */
static void a_search_may_begin_inside_a_character(void **state)
{
	(void)state;
	static const char head[] = "Head\nNo ’Porter.\n", tail[] = "\nIt rained.\nSam Porter";
	size_t name = strcspn(head, "P"), tail_before_line = strcspn(tail, "S");
	for (size_t from = name - 5; from <= name + 1; from++) {
		struct desk d = desk_new("");
		size_t bytes = from + 16384 - (sizeof(head) - 1) - tail_before_line;
		struct str text = text_around(&d.cleanup->keep, head, bytes, tail);
		struct story *st = desk_run(&d, text);
		assert_int_equal(st->credits.n_authors, from > name);
		desk_free(&d);
	}
}

/* --- odd stories -------------------------------------------------------------------------------------------------- */

static void assert_body(const char *raw, const char *headline, const char *body)
{
	struct desk d = desk_new("");
	struct story *st = desk_run(&d, str_of(raw));
	assert_str(st->cleanup.headline, headline);
	assert_str(st->cleanup.body, body);
	desk_free(&d);
}

static void odd_stories_lose_nothing(void **state)
{
	(void)state;
	assert_body("Fire", "Fire", "Fire");
	assert_body("Fire\n", "Fire", "Fire");
	assert_body("12 - 4 (7 - 2)", "12 - 4 (7 - 2)", "12 - 4 (7 - 2)");
	assert_body("...\n!!!\n???", "...", "!!!\n???");
	assert_body("\u2014\n\n\u2014", "\u2014", "\u2014");
	assert_body("FIRE IN HOLM\nTHE MAYOR OF HOLM - WHO WAS AWAY - CAME BACK.\nNOBODY WAS HURT.", "FIRE IN HOLM",
	            "THE MAYOR OF HOLM - WHO WAS AWAY - CAME BACK.\nNOBODY WAS HURT.");
	assert_body("חדשות היום\nהגשר נפתח בבוקר.\nקראו גם: גשרים ישנים\nהתנועה החלה.", "חדשות היום",
	            "הגשר נפתח בבוקר.\nהתנועה החלה.");
	assert_body("Kyiv – Київ – كييف – 基輔\nFour scripts, 四種文字.\nRead also: Скрипти\nأربع كتابات.",
	            "Kyiv – Київ – كييف – 基輔", "Four scripts, 四種文字.\nأربع كتابات.");
}

static void a_story_of_a_megabyte_keeps_all_its_paragraphs(void **state)
{
	(void)state;
	struct desk d = desk_new("");
	const char line[] = "The ferry sailed again and nobody knew how it had been mended.\n";
	size_t n = sizeof(line) - 1, lines = 1000000 / n;
	char *text = arena_alloc(&d.cleanup->keep, lines * n + 5);
	memcpy(text, "Head\n", 5);
	for (size_t i = 0; i < lines; i++)
		memcpy(text + 5 + i * n, line, n);
	struct story *st = desk_run(&d, str_make(text, 5 + lines * n));
	assert_int_equal(st->cleanup.body.n, lines * n - 1);
	assert_int_equal(st->cleanup.n_removed, 1);
	desk_free(&d);
}

static uint64_t random_state = 11;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

/* Golden stories and what stands around, in pieces that end at characters, put together at random. */
static struct str random_story(struct arena *a)
{
	static const char *const odd[] = {"\n",  " - ",   "（", "）", "(",      ")", "©",   ": ",
	                                  "WIB", "12:30", "】", "«",  "\u0416", "/", "日电"};
	struct str all = STR("");
	for (uint32_t n = random_below(20); n; n--) {
		struct str piece = str_of(odd[random_below(sizeof(odd) / sizeof(odd[0]))]);
		if (random_below(3)) {
			piece = str_of(goldens[random_below(sizeof(goldens) / sizeof(goldens[0]))].raw);
			size_t start = random_below((uint32_t)piece.n), end = start + random_below(90);
			while (start < piece.n && ((unsigned char)piece.p[start] & 0xc0) == 0x80)
				start++;
			while (end < piece.n && ((unsigned char)piece.p[end] & 0xc0) == 0x80)
				end++;
			piece = str_slice(piece, start, end);
		}
		all = arena_printf(a, "%.*s%.*s", STR_ARG(all), STR_ARG(piece));
	}
	return all;
}

static void whatever_comes_each_cut_is_accounted_for(void **state)
{
	(void)state;
	struct desk d = desk_new("Asia/Jakarta");
	for (int round = 0; round < 3000; round++) {
		struct story *st = desk_run(&d, random_story(&d.cleanup->keep));
		size_t at = 0;
		for (size_t i = 0; i < st->cleanup.n_removed; i++) {
			struct range cut = st->cleanup.removed[i].at;
			assert_true(cut.start >= at && cut.end > cut.start && cut.end <= st->decode.text.n);
			assert_true(utf8_is_valid(str_slice(st->decode.text, cut.start, cut.end)));
			at = cut.end;
		}
		assert_true(utf8_is_valid(st->cleanup.body) && utf8_is_valid(st->cleanup.headline));
		assert_true(utf8_is_valid(st->credits.by) && utf8_is_valid(st->credits.place.name));
		for (size_t i = 0; i < st->credits.n_authors; i++)
			assert_true(utf8_is_valid(st->credits.authors[i].name));
		arena_reset(&d.cleanup->keep);
		arena_reset(&d.credits->keep);
	}
	desk_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(stories_of_many_languages_come_out_as_an_editor_would_have_them),
	        cmocka_unit_test(glued_words_are_parted_where_the_story_says_and_noted),
	        cmocka_unit_test(a_time_has_the_zone_behind_it_or_its_sources_or_none),
	        cmocka_unit_test(a_zone_that_several_countries_have_needs_the_source_to_tell),
	        cmocka_unit_test(a_date_that_could_be_two_days_is_a_year),
	        cmocka_unit_test(where_places_tell_a_shared_zone_is_known),
	        cmocka_unit_test(an_embargo_says_until_when_where_day_and_zone_are_known),
	        cmocka_unit_test(an_embargo_without_a_year_is_for_the_next_such_day),
	        cmocka_unit_test(datelines_of_many_traditions_are_read),
	        cmocka_unit_test(a_byline_that_names_nobody_goes),
	        cmocka_unit_test(what_only_looks_like_a_dateline_stays),
	        cmocka_unit_test(a_writers_sentences_stay_whatever_words_they_have),
	        cmocka_unit_test(a_kill_and_an_embargo_are_told_and_not_only_taken_out),
	        cmocka_unit_test(contacts_begin_with_words_however_they_are_written),
	        cmocka_unit_test(a_text_that_is_no_part_of_the_decoded_one_loses_no_line),
	        cmocka_unit_test(texts_that_mean_harm_end_soon),
	        cmocka_unit_test(long_lines_behind_a_beginning_end_soon),
	        cmocka_unit_test(a_search_may_end_inside_a_character),
	        cmocka_unit_test(a_search_may_begin_inside_a_character),
	        cmocka_unit_test(odd_stories_lose_nothing),
	        cmocka_unit_test(a_story_of_a_megabyte_keeps_all_its_paragraphs),
	        cmocka_unit_test(whatever_comes_each_cut_is_accounted_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
