/*
 * Cleanup and credits over stories in the house styles of agencies and sites of many countries. The news is invented,
 * the furniture around it is as wires write it: slugs, time lines, datelines, signatures, blocks at the end. Then what
 * must stay though it stands where furniture does.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_cleanup;
extern const struct stage stage_credits;

struct wire {
	const char *raw, *headline, *body;
	const char *place, *source, *date, *authors, *editors, *contributors, *credit, *section, *published;
};

static const struct wire wires[] = {
        {.raw = "BC-US--Storm Damage, 2nd Ld-Writethru, 412\n"
                "Storm tears roofs off homes in eastern Nebraska\n"
                "By MARTHA OLSEN\n"
                "Associated Press\n"
                "ELKTON, Neb. (AP) — A storm tore the roofs off homes on Sunday.\n"
                "\"We hid in the cellar,\" said Dale Ormsby.\n"
                "___\n"
                "Olsen reported from Lincoln. Associated Press writer Ray Hult in Omaha contributed to this report.",
         .headline = "Storm tears roofs off homes in eastern Nebraska",
         .body = "A storm tore the roofs off homes on Sunday.\n"
                 "\"We hid in the cellar,\" said Dale Ormsby.",
         .place = "Elkton",
         .source = "AP",
         .authors = "Martha Olsen",
         .contributors = "Ray Hult"},
        {.raw = "AP-EU--Ferry Sinks, 1st Ld\n"
                "^Ferry sinks off the coast\n"
                "HOLM, Sweden (AP) _ A ferry sank on Sunday.\n"
                "Nobody was hurt.\n"
                "AP-WF-03-03-24 1430GMT",
         .headline = "Ferry sinks off the coast",
         .body = "A ferry sank on Sunday.\n"
                 "Nobody was hurt.",
         .place = "Holm",
         .source = "AP"},
        {.raw = "bdt0432 3 pl 312  dpa 0567\n"
                "Verkehr/Bahn/Streik/\n"
                "(Zusammenfassung 1630 - neu: Zitat Ministerin)\n"
                "Bahn und Gewerkschaft einigen sich\n"
                "Von Anna Beispiel, dpa\n"
                "Berlin (dpa) - Die Bahn und die Gewerkschaft haben sich geeinigt.\n"
                "«Das ist gut», sagte die Ministerin.\n"
                "dpa abe yyzz a3 kml\n"
                "031630 Mär 24",
         .headline = "Bahn und Gewerkschaft einigen sich",
         .body = "Die Bahn und die Gewerkschaft haben sich geeinigt.\n"
                 "«Das ist gut», sagte die Ministerin.",
         .place = "Berlin",
         .source = "dpa",
         .authors = "Anna Beispiel",
         .published = "2024-03-03T16:30:00"},
        {.raw = "bdt0101 4 vm 98 dpa 0021\n"
                "Kuh auf Autobahn gestoppt\n"
                "Peine (dpa/lni) - Eine Kuh hat am Sonntag die Autobahn 2 gesperrt.\n"
                "Sie wurde eingefangen.",
         .headline = "Kuh auf Autobahn gestoppt",
         .body = "Eine Kuh hat am Sonntag die Autobahn 2 gesperrt.\n"
                 "Sie wurde eingefangen.",
         .place = "Peine",
         .source = "dpa/lni"},
        {.raw = "dpa-AFX: Aktien Wien Schluss: Leitindex gibt nach\n"
                "WIEN (dpa-AFX) - Die Wiener Börse hat am Montag etwas schwächer geschlossen.\n"
                "Der ATX verlor 0,3 Prozent.\n"
                "/sto/ste/APA/he",
         .headline = "Aktien Wien Schluss: Leitindex gibt nach",
         .body = "Die Wiener Börse hat am Montag etwas schwächer geschlossen.\n"
                 "Der ATX verlor 0,3 Prozent.",
         .place = "Wien",
         .source = "dpa-AFX"},
        {.raw = "Molkerei Harlau erhöht Prognose\n"
                "DOW JONES--Die Molkerei Harlau AG hat ihre Prognose für 2024 angehoben.\n"
                "Der Kurs stieg um 4 Prozent.\n"
                "Kontakt zum Autor: unternehmen.de@wire.example\n"
                "DJG/hev/raz\n"
                "(END) Dow Jones Newswires\n"
                "March 04, 2024 02:15 ET (07:15 GMT)",
         .headline = "Molkerei Harlau erhöht Prognose",
         .body = "Die Molkerei Harlau AG hat ihre Prognose für 2024 angehoben.\n"
                 "Der Kurs stieg um 4 Prozent.",
         .source = "DOW JONES",
         .published = "2024-03-04T02:15:00-05:00"},
        {.raw = "Harlow Dairy Raises Outlook\n"
                "By Jane Roe\n"
                "Harlow Dairy PLC on Monday raised its outlook for the year.\n"
                "Shares rose 4%.\n"
                "Write to Jane Roe at jane.roe@wsj.example\n"
                "(END) Dow Jones Newswires\n"
                "March 04, 2024 02:15 ET (07:15 GMT)\n"
                "Copyright (c) 2024 Dow Jones & Company, Inc.",
         .headline = "Harlow Dairy Raises Outlook",
         .body = "Harlow Dairy PLC on Monday raised its outlook for the year.\n"
                 "Shares rose 4%.",
         .authors = "Jane Roe",
         .published = "2024-03-04T02:15:00-05:00"},
        {.raw = "ECONOMÍA EMPLEO\n"
                "El paro baja en 2.300 personas en febrero\n"
                "Madrid, 4 mar (EFE).- El paro bajó en febrero en 2.300 personas, según el ministerio.\n"
                "\"Es un buen dato\", dijo la ministra Ana Robles. EFE\n"
                "abc/def\n"
                "(foto) (vídeo)",
         .headline = "El paro baja en 2.300 personas en febrero",
         .body = "El paro bajó en febrero en 2.300 personas, según el ministerio.\n"
                 "\"Es un buen dato\", dijo la ministra Ana Robles.",
         .place = "Madrid",
         .source = "EFE",
         .date = "4 mar"},
        {.raw = "MÉXICO SEQUÍA (Crónica)\n"
                "La sequía vacía las presas del norte de México\n"
                "Ciudad Arenas (México), 4 mar (EFE).- La sequía vació la presa de Arenas.\n"
                "Los campesinos esperan la lluvia.\n"
                "EFE\n"
                "jrm/mlp/cbs\n"
                "(foto)(video)",
         .headline = "La sequía vacía las presas del norte de México",
         .body = "La sequía vació la presa de Arenas.\n"
                 "Los campesinos esperan la lluvia.",
         .place = "Ciudad Arenas",
         .source = "EFE",
         .date = "4 mar"},
        {.raw = "Inicio / Sociedad / Educación\n"
                "Un instituto de Ávila estrena biblioteca\n"
                "MADRID, 4 Mar. (EUROPA PRESS) -\n"
                "Un instituto de Ávila estrenó biblioteca este lunes.\n"
                "Tiene 3.000 libros.",
         .headline = "Un instituto de Ávila estrena biblioteca",
         .body = "Un instituto de Ávila estrenó biblioteca este lunes.\n"
                 "Tiene 3.000 libros.",
         .place = "Madrid",
         .source = "EUROPA PRESS",
         .date = "4 Mar",
         .section = "Educación"},
        {.raw = "Home > News > World\n"
                "Bridge reopens after flood\n"
                "By Sam Porter\n"
                "Published: 4 March 2024 14:05 GMT | Updated: 4 March 2024 15:10 GMT\n"
                "The old bridge reopened on Monday.\n"
                "People cheered.",
         .headline = "Bridge reopens after flood",
         .body = "The old bridge reopened on Monday.\n"
                 "People cheered.",
         .authors = "Sam Porter",
         .section = "World",
         .published = "2024-03-04T14:05:00+00:00"},
        {.raw = "राजगीर में पुस्तकालय खुला\n"
                "राजगीर, तीन मार्च (भाषा) राजगीर में रविवार को एक नया पुस्तकालय खुला।\n"
                "इसमें तीन हजार किताबें हैं।\n"
                "भाषा अमित नरेश\n"
                "नरेश",
         .headline = "राजगीर में पुस्तकालय खुला",
         .body = "राजगीर में रविवार को एक नया पुस्तकालय खुला।\n"
                 "इसमें तीन हजार किताबें हैं।",
         .place = "राजगीर",
         .source = "भाषा",
         .date = "तीन मार्च"},
        {.raw = "होम > देश > बिहार\n"
                "नाव पलटने से दो घायल\n"
                "पटना, इक्कीस जनवरी (भाषा)। गंगा में नाव पलटने से दो लोग घायल हो गए।\n"
                "दोनों को अस्पताल ले जाया गया।",
         .headline = "नाव पलटने से दो घायल",
         .body = "गंगा में नाव पलटने से दो लोग घायल हो गए।\n"
                 "दोनों को अस्पताल ले जाया गया।",
         .place = "पटना",
         .source = "भाषा",
         .date = "इक्कीस जनवरी",
         .section = "बिहार"},
        {.raw = "پل تازه در شیراز گشوده شد\n"
                "تهران - ایرنا - وزیر راه گفت پل تازه روز یکشنبه گشوده شد.\n"
                "او افزود که ساخت پل دو سال طول کشید.\n"
                "انتهای پیام",
         .headline = "پل تازه در شیراز گشوده شد",
         .body = "وزیر راه گفت پل تازه روز یکشنبه گشوده شد.\n"
                 "او افزود که ساخت پل دو سال طول کشید.",
         .place = "تهران",
         .source = "ایرنا"},
        {.raw = "کتابخانه روستا باز شد\n"
                "۱۳ اسفند ۱۴۰۲ - ۱۴:۳۰\n"
                "یزد- ایرنا- کتابخانه روستا روز یکشنبه باز شد.\n"
                "کودکان خوشحال بودند.\n"
                "انتهای پیام/",
         .headline = "کتابخانه روستا باز شد",
         .body = "کتابخانه روستا روز یکشنبه باز شد.\n"
                 "کودکان خوشحال بودند.",
         .place = "یزد",
         .source = "ایرنا",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Új könyvtár nyílt Szentesen\n"
                "Szentes, 2024. március 3., vasárnap (MTI) - Új könyvtár nyílt vasárnap Szentesen.\n"
                "Háromezer kötet várja az olvasókat.",
         .headline = "Új könyvtár nyílt Szentesen",
         .body = "Új könyvtár nyílt vasárnap Szentesen.\n"
                 "Háromezer kötet várja az olvasókat.",
         .place = "Szentes",
         .source = "MTI",
         .date = "2024. március 3., vasárnap"},
        {.raw = "Harbour ferry returns\n"
                "The Canadian Press\n"
                "HALIFAX\n"
                "The harbour ferry returned on Sunday after a winter of repairs.\n"
                "Passengers cheered.\n"
                "This report by The Canadian Press was first published March 3, 2024.",
         .headline = "Harbour ferry returns",
         .body = "The harbour ferry returned on Sunday after a winter of repairs.\n"
                 "Passengers cheered.",
         .place = "Halifax",
         .credit = "The Canadian Press"},
        {.raw = "Harbour ferry returns\n"
                "By Nora Teal\n"
                "The Canadian Press\n"
                "HALIFAX — The harbour ferry returned on Sunday after a winter of repairs.\n"
                "Passengers cheered.",
         .headline = "Harbour ferry returns",
         .body = "The harbour ferry returned on Sunday after a winter of repairs.\n"
                 "Passengers cheered.",
         .place = "Halifax",
         .authors = "Nora Teal",
         .credit = "The Canadian Press"},
        {.raw = "Perpustakaan baru dibuka di Jakarta\n"
                "Minggu, 3 Maret 2024 14:32 WIB\n"
                "Jakarta, 3/3 (ANTARA) - Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                "Perpustakaan itu memiliki 3.000 buku.\n"
                "Baca juga: Pasar buku ramai lagi\n"
                "Pewarta: Asep Rahman\n"
                "Editor: Budi Santosa\n"
                "Copyright © ANTARA 2024",
         .headline = "Perpustakaan baru dibuka di Jakarta",
         .body = "Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                 "Perpustakaan itu memiliki 3.000 buku.",
         .place = "Jakarta",
         .source = "ANTARA",
         .date = "3/3",
         .authors = "Asep Rahman",
         .editors = "Budi Santosa",
         .published = "2024-03-03T14:32:00+07:00"},
        {.raw = "Perpustakaan baru dibuka di Jakarta\n"
                "Minggu, 3 Maret 2024 14:32 WIB\n"
                "Jakarta (ANTARA News) - Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                "Perpustakaan itu memiliki 3.000 buku.\n"
                "Baca juga: Pasar buku ramai lagi\n"
                "Pewarta: Asep Rahman\n"
                "Editor: Budi Santosa\n"
                "Copyright © ANTARA 2024",
         .headline = "Perpustakaan baru dibuka di Jakarta",
         .body = "Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                 "Perpustakaan itu memiliki 3.000 buku.",
         .place = "Jakarta",
         .source = "ANTARA News",
         .authors = "Asep Rahman",
         .editors = "Budi Santosa",
         .published = "2024-03-03T14:32:00+07:00"},
        {.raw = "Perpustakaan baru dibuka di Jakarta\n"
                "Minggu, 3 Maret 2024 14:32 WIB\n"
                "Jakarta, ANTARA - Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                "Perpustakaan itu memiliki 3.000 buku.\n"
                "Baca juga: Pasar buku ramai lagi\n"
                "Pewarta: Asep Rahman\n"
                "Editor: Budi Santosa\n"
                "Copyright © ANTARA 2024",
         .headline = "Perpustakaan baru dibuka di Jakarta",
         .body = "Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                 "Perpustakaan itu memiliki 3.000 buku.",
         .place = "Jakarta",
         .source = "ANTARA",
         .authors = "Asep Rahman",
         .editors = "Budi Santosa",
         .published = "2024-03-03T14:32:00+07:00"},
        {.raw = "Perpustakaan baru dibuka di Jakarta\n"
                "Minggu, 3 Maret 2024 14:32 WIB\n"
                "Jakarta (ANTARA/JACX) - Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                "Perpustakaan itu memiliki 3.000 buku.\n"
                "Baca juga: Pasar buku ramai lagi\n"
                "Pewarta: Asep Rahman\n"
                "Editor: Budi Santosa\n"
                "Copyright © ANTARA 2024",
         .headline = "Perpustakaan baru dibuka di Jakarta",
         .body = "Sebuah perpustakaan baru dibuka di Jakarta, Minggu.\n"
                 "Perpustakaan itu memiliki 3.000 buku.",
         .place = "Jakarta",
         .source = "ANTARA/JACX",
         .authors = "Asep Rahman",
         .editors = "Budi Santosa",
         .published = "2024-03-03T14:32:00+07:00"},
        {.raw = "新しい図書館が開館\n"
                "2024年3月3日 午後11時5分\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "2024年3月3日 23時05分 公開\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "２０２４年３月３日　午後１１時５分\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "2024年3月3日(日) 23:05\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "2024年3月3日（日）午前9時5分 更新\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T09:05:00"},
        {.raw = "新しい図書館が開館\n"
                "公開日時：2024年03月03日 23時05分\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "[2024年3月3日 23:05]\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "新しい図書館が開館\n"
                "2024.03.03 23:05\n"
                "【楓町共同】楓町の図書館が3日、開館した。\n"
                "蔵書は3000冊。",
         .headline = "新しい図書館が開館",
         .body = "楓町の図書館が3日、開館した。\n"
                 "蔵書は3000冊。",
         .place = "楓町",
         .source = "共同",
         .published = "2024-03-03T23:05:00"},
        {.raw = "New library opens in Qinghe\n"
                "Source: Xinhua| 2024-03-03 14:30:15|Editor: huaxia\n"
                "BEIJING, March 3 (Xinhua) -- A new library opened in Qinghe on Sunday.\n"
                "It holds 3,000 books. Enditem",
         .headline = "New library opens in Qinghe",
         .body = "A new library opened in Qinghe on Sunday.\n"
                 "It holds 3,000 books.",
         .place = "Beijing",
         .source = "Xinhua",
         .date = "March 3",
         .editors = "huaxia",
         .credit = "Xinhua",
         .published = "2024-03-03T14:30:15"},
        {.raw = "New library opens in Qinghe\n"
                "Source: Xinhua\n"
                "Editor: huaxia\n"
                "2024-03-03 14:30:15\n"
                "BEIJING, March 3 (Xinhua) -- A new library opened in Qinghe on Sunday.\n"
                "It holds 3,000 books.\n"
                "Enditem",
         .headline = "New library opens in Qinghe",
         .body = "A new library opened in Qinghe on Sunday.\n"
                 "It holds 3,000 books.",
         .place = "Beijing",
         .source = "Xinhua",
         .date = "March 3",
         .editors = "huaxia",
         .credit = "Xinhua",
         .published = "2024-03-03T14:30:15"},
        {.raw = "青石镇图书馆开馆\n"
                "2024-03-03 14:30:15 来源：新华网\n"
                "新华社北京3月3日电（记者林晓、王青）青石镇图书馆3日开馆。\n"
                "馆内藏书三万册。\n"
                "【纠错】 【责任编辑:周明】",
         .headline = "青石镇图书馆开馆",
         .body = "青石镇图书馆3日开馆。\n"
                 "馆内藏书三万册。",
         .place = "北京",
         .source = "新华社",
         .date = "3月3日",
         .authors = "林晓;王青",
         .editors = "周明",
         .credit = "新华网",
         .published = "2024-03-03T14:30:15"},
        {.raw = "Library opens in Rajgir\n"
                "PTI | Updated: March 3, 2024 14:30 IST\n"
                "Rajgir, Mar 3 (PTI) A new library opened in Rajgir on Sunday.\n"
                "It holds 3,000 books. PTI SA VGN VGN",
         .headline = "Library opens in Rajgir",
         .body = "A new library opened in Rajgir on Sunday.\n"
                 "It holds 3,000 books.",
         .place = "Rajgir",
         .source = "PTI",
         .date = "Mar 3",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Library opens in Rajgir\n"
                "Updated: March 3, 2024 14:30 IST\n"
                "Rajgir, Mar 3 (PTI): A new library opened in Rajgir on Sunday.\n"
                "It holds 3,000 books.\n"
                "PTI SA VGN\n"
                "VGN\n"
                "(This story has been published from a wire agency feed without modifications to the text.)",
         .headline = "Library opens in Rajgir",
         .body = "A new library opened in Rajgir on Sunday.\n"
                 "It holds 3,000 books.",
         .place = "Rajgir",
         .source = "PTI",
         .date = "Mar 3",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Library opens in Rajgir\n"
                "ANI | Updated: Mar 03, 2024 14:30 IST\n"
                "Rajgir (Bihar) [India], March 3 (ANI): A new library opened in Rajgir on Sunday.\n"
                "It holds 3,000 books. (ANI)",
         .headline = "Library opens in Rajgir",
         .body = "A new library opened in Rajgir on Sunday.\n"
                 "It holds 3,000 books.",
         .place = "Rajgir",
         .source = "ANI",
         .date = "March 3",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Άνοιξε νέα βιβλιοθήκη στη Λάρισα\n"
                "Δημοσίευση: 03/03/2024, 14:30\n"
                "Νέα βιβλιοθήκη άνοιξε την Κυριακή στη Λάρισα.\n"
                "Έχει 3.000 βιβλία.\n"
                "Πηγή: ΑΠΕ-ΜΠΕ",
         .headline = "Άνοιξε νέα βιβλιοθήκη στη Λάρισα",
         .body = "Νέα βιβλιοθήκη άνοιξε την Κυριακή στη Λάρισα.\n"
                 "Έχει 3.000 βιβλία.",
         .credit = "ΑΠΕ-ΜΠΕ",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Άνοιξε νέα βιβλιοθήκη στη Λάρισα\n"
                "ΠΟΛΙΤΙΣΜΟΣ | 04/03/2024 | 14:30\n"
                "Νέα βιβλιοθήκη άνοιξε τη Δευτέρα στη Λάρισα.\n"
                "Έχει 3.000 βιβλία.\n"
                "©ΑΠΕ-ΜΠΕ 2024",
         .headline = "Άνοιξε νέα βιβλιοθήκη στη Λάρισα",
         .body = "Νέα βιβλιοθήκη άνοιξε τη Δευτέρα στη Λάρισα.\n"
                 "Έχει 3.000 βιβλία.",
         .section = "ΠΟΛΙΤΙΣΜΟΣ",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Biblioteca é inaugurada em Sorriso\n"
                "Publicado em 04/03/2024 - 14:30 Por Agência Brasil - Brasília\n"
                "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                "O acervo tem 3 mil livros.\n"
                "Edição: Fernanda Cruz",
         .headline = "Biblioteca é inaugurada em Sorriso",
         .body = "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                 "O acervo tem 3 mil livros.",
         .editors = "Fernanda Cruz",
         .credit = "Agência Brasil",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Biblioteca é inaugurada em Sorriso\n"
                "04/03/2024 às 14h30 | Atualizado em 04/03/2024 às 15h02\n"
                "Por Agência Brasil - Brasília\n"
                "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                "O acervo tem 3 mil livros.\n"
                "*Com informações da Agência Brasil\n"
                "Edição: Fernanda Cruz",
         .headline = "Biblioteca é inaugurada em Sorriso",
         .body = "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                 "O acervo tem 3 mil livros.",
         .editors = "Fernanda Cruz",
         .credit = "Agência Brasil",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Biblioteca é inaugurada em Sorriso\n"
                "Por João Prado – Repórter da Agência Brasil - Brasília\n"
                "Publicado em 04/03/2024 - 14h30\n"
                "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                "O acervo tem 3 mil livros.",
         .headline = "Biblioteca é inaugurada em Sorriso",
         .body = "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\n"
                 "O acervo tem 3 mil livros.",
         .authors = "João Prado",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Biblioteca abre em Tomar\n"
                "Tomar, Santarém, 04 mar 2024 (Lusa) – Uma biblioteca abriu hoje em Tomar.\n"
                "O acervo tem três mil livros.\n"
                "ABC // DEF\n"
                "Lusa/Fim",
         .headline = "Biblioteca abre em Tomar",
         .body = "Uma biblioteca abriu hoje em Tomar.\n"
                 "O acervo tem três mil livros.",
         .place = "Tomar",
         .source = "Lusa",
         .date = "04 mar 2024"},
        {.raw = "O bibliotecă nouă s-a deschis la Sibiu\n"
                "Sibiu, 4 mar /Agerpres/ - O bibliotecă nouă s-a deschis luni la Sibiu.\n"
                "Fondul are 3.000 de cărți. AGERPRES/(A - autor: Ion Pop, editor: Maria Ene, editor online: Ada Lupu)",
         .headline = "O bibliotecă nouă s-a deschis la Sibiu",
         .body = "O bibliotecă nouă s-a deschis luni la Sibiu.\n"
                 "Fondul are 3.000 de cărți.",
         .place = "Sibiu",
         .source = "Agerpres",
         .date = "4 mar",
         .authors = "Ion Pop",
         .editors = "Maria Ene;Ada Lupu"},
        {.raw = "O bibliotecă nouă s-a deschis la Sibiu\n"
                "O bibliotecă nouă s-a deschis luni la Sibiu.\n"
                "Fondul are 3.000 de cărți.\n"
                "AGERPRES/(AS - autor: Ion Pop, editor: Maria Ene, editor online: Ada Lupu)",
         .headline = "O bibliotecă nouă s-a deschis la Sibiu",
         .body = "O bibliotecă nouă s-a deschis luni la Sibiu.\n"
                 "Fondul are 3.000 de cărți.",
         .authors = "Ion Pop",
         .editors = "Maria Ene;Ada Lupu",
         .credit = "AGERPRES"},
        {.raw = "Molkerei Harlau baut neue Käserei\n"
                "Harlau (ots) - Die Molkerei Harlau baut eine neue Käserei.\n"
                "Sie soll 2025 öffnen.\n"
                "Über die Molkerei Harlau\n"
                "Die Molkerei Harlau wurde 1921 gegründet und hat 300 Mitarbeiter.\n"
                "Pressekontakt:\n"
                "Molkerei Harlau GmbH\n"
                "Petra Muster\n"
                "Telefon: +49 30 1234567\n"
                "E-Mail: presse@harlau.example\n"
                "Original-Content von: Molkerei Harlau, übermittelt durch news aktuell",
         .headline = "Molkerei Harlau baut neue Käserei",
         .body = "Die Molkerei Harlau baut eine neue Käserei.\n"
                 "Sie soll 2025 öffnen.",
         .place = "Harlau",
         .source = "ots"},
        {.raw = "Harlow Dairy opens new plant\n"
                "HARLOW, England, March 4, 2024 /PRNewswire/ -- Harlow Dairy opened a new plant on Monday.\n"
                "It will employ 300 people.\n"
                "About Harlow Dairy\n"
                "Harlow Dairy was founded in 1921 and makes cheese in five countries.\n"
                "Media Contact:\n"
                "Jane Roe\n"
                "Harlow Dairy PLC\n"
                "+44 20 7946 0000\n"
                "jane.roe@harlow.example\n"
                "SOURCE Harlow Dairy PLC",
         .headline = "Harlow Dairy opens new plant",
         .body = "Harlow Dairy opened a new plant on Monday.\n"
                 "It will employ 300 people.",
         .place = "Harlow",
         .source = "PRNewswire",
         .date = "March 4, 2024",
         .credit = "Harlow Dairy PLC"},
        {.raw = "Harlow Dairy opens new plant\n"
                "LONDON--(BUSINESS WIRE)--Harlow Dairy opened a new plant on Monday.\n"
                "It will employ 300 people.\n"
                "View source version on businesswire.com: https://www.businesswire.example/news/1\n"
                "Contacts\n"
                "Jane Roe\n"
                "jane.roe@harlow.example",
         .headline = "Harlow Dairy opens new plant",
         .body = "Harlow Dairy opened a new plant on Monday.\n"
                 "It will employ 300 people.",
         .place = "London",
         .source = "BUSINESS WIRE"},
        {.raw = "Une bibliothèque ouvre à Saint-Aubin\n"
                "Saint-Aubin, 4 mars 2024 (AFP) -\n"
                "Une bibliothèque a ouvert lundi à Saint-Aubin.\n"
                "Elle compte 3.000 livres.\n"
                "abc/def/gh",
         .headline = "Une bibliothèque ouvre à Saint-Aubin",
         .body = "Une bibliothèque a ouvert lundi à Saint-Aubin.\n"
                 "Elle compte 3.000 livres.",
         .place = "Saint-Aubin",
         .source = "AFP",
         .date = "4 mars 2024"},
        {.raw = "Apre una biblioteca a Norcia\n"
                "(ANSA) - PERUGIA, 04 MAR - Una biblioteca ha aperto lunedì a Norcia.\n"
                "Ha 3.000 libri. (ANSA).\n"
                "YJ4-ABC",
         .headline = "Apre una biblioteca a Norcia",
         .body = "Una biblioteca ha aperto lunedì a Norcia.\n"
                 "Ha 3.000 libri.",
         .place = "Perugia",
         .source = "ANSA",
         .date = "04 MAR"},
        {.raw = "Home > Cultura > Libri\n"
                "Apre una biblioteca a Norcia\n"
                "Redazione ANSA\n"
                "PERUGIA - 04 marzo 2024 - 14:30\n"
                "Una biblioteca ha aperto lunedì a Norcia.\n"
                "Ha 3.000 libri.\n"
                "RIPRODUZIONE RISERVATA © Copyright ANSA",
         .headline = "Apre una biblioteca a Norcia",
         .body = "Una biblioteca ha aperto lunedì a Norcia.\n"
                 "Ha 3.000 libri.",
         .section = "Libri",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Apre una biblioteca a Norcia\n"
                "Norcia, 4 mar. (Adnkronos) - Una biblioteca ha aperto lunedì a Norcia.\n"
                "Ha 3.000 libri.\n"
                "(Abc/Def/Adnkronos)",
         .headline = "Apre una biblioteca a Norcia",
         .body = "Una biblioteca ha aperto lunedì a Norcia.\n"
                 "Ha 3.000 libri.",
         .place = "Norcia",
         .source = "Adnkronos",
         .date = "4 mar"},
        {.raw = "В Холме открылась библиотека\n"
                "4 марта 2024, 14:30 МСК\n"
                "ХОЛМ, 4 марта. /ТАСС/. В Холме в понедельник открылась библиотека.\n"
                "В ней три тысячи книг.",
         .headline = "В Холме открылась библиотека",
         .body = "В Холме в понедельник открылась библиотека.\n"
                 "В ней три тысячи книг.",
         .place = "Холм",
         .source = "ТАСС",
         .date = "4 марта",
         .published = "2024-03-04T14:30:00+03:00"},
        {.raw = "В Холме открылась библиотека\n"
                "Москва. 4 марта. INTERFAX.RU - В Холме в понедельник открылась библиотека.\n"
                "В ней три тысячи книг.",
         .headline = "В Холме открылась библиотека",
         .body = "В Холме в понедельник открылась библиотека.\n"
                 "В ней три тысячи книг.",
         .place = "Москва",
         .source = "INTERFAX.RU",
         .date = "4 марта"},
        {.raw = "Головна > Суспільство\n"
                "У Ромнах відкрили бібліотеку\n"
                "4 березня 2024, 14:30\n"
                "РОМНИ. 4 березня. УНН. У Ромнах у понеділок відкрили бібліотеку.\n"
                "У ній три тисячі книг.",
         .headline = "У Ромнах відкрили бібліотеку",
         .body = "У Ромнах у понеділок відкрили бібліотеку.\n"
                 "У ній три тисячі книг.",
         .place = "Ромни",
         .source = "УНН",
         .date = "4 березня",
         .section = "Суспільство",
         .published = "2024-03-04T14:30:00"},
        {.raw = "افتتاح مكتبة جديدة في أبها\n"
                "أبها 22 شعبان 1445 هـ الموافق 04 مارس 2024 م واس\n"
                "افتتحت مكتبة جديدة في أبها يوم الاثنين.\n"
                "وتضم المكتبة ثلاثة آلاف كتاب.\n"
                "// انتهى //\n"
                "14:30 ت م\n"
                "0115",
         .headline = "افتتاح مكتبة جديدة في أبها",
         .body = "افتتحت مكتبة جديدة في أبها يوم الاثنين.\n"
                 "وتضم المكتبة ثلاثة آلاف كتاب.",
         .place = "أبها",
         .source = "واس",
         .date = "22 شعبان 1445 هـ الموافق 04 مارس 2024 م"},
        {.raw = "افتتاح مكتبة جديدة في أسوان\n"
                "القاهرة في 4 مارس /أ ش أ/ افتتحت مكتبة جديدة في أسوان يوم الاثنين.\n"
                "وتضم المكتبة ثلاثة آلاف كتاب.",
         .headline = "افتتاح مكتبة جديدة في أسوان",
         .body = "افتتحت مكتبة جديدة في أسوان يوم الاثنين.\n"
                 "وتضم المكتبة ثلاثة آلاف كتاب.",
         .place = "القاهرة",
         .source = "أ ش أ",
         .date = "4 مارس"},
        {.raw = "افتتاح مكتبة جديدة في العين\n"
                "العين في 4 مارس/ وام / افتتحت مكتبة جديدة في العين يوم الاثنين.\n"
                "وتضم المكتبة ثلاثة آلاف كتاب.",
         .headline = "افتتاح مكتبة جديدة في العين",
         .body = "افتتحت مكتبة جديدة في العين يوم الاثنين.\n"
                 "وتضم المكتبة ثلاثة آلاف كتاب.",
         .place = "العين",
         .source = "وام",
         .date = "4 مارس"},
        {.raw = "Sivas'ta yeni kütüphane açıldı\n"
                "SİVAS (AA) - AYŞE DEMİR - Sivas'ta pazartesi günü yeni bir kütüphane açıldı.\n"
                "Kütüphanede 3 bin kitap var.",
         .headline = "Sivas'ta yeni kütüphane açıldı",
         .body = "Sivas'ta pazartesi günü yeni bir kütüphane açıldı.\n"
                 "Kütüphanede 3 bin kitap var.",
         .place = "Sivas",
         .source = "AA",
         .authors = "Ayşe Demir"},
        {.raw = "솔향리에 새 도서관 문 열어\n"
                "송고시간 2024-03-03 23:05\n"
                "(솔향리=연합뉴스) 배도윤 기자 = 솔향리에 3일 새 도서관이 문을 열었다.\n"
                "책은 3천 권이다.\n"
                "doyun@yna.example\n"
                "(끝)\n"
                "<저작권자(c) 연합뉴스, 무단 전재-재배포, AI 학습 및 활용 금지>\n"
                "2024/03/03 23:05 송고",
         .headline = "솔향리에 새 도서관 문 열어",
         .body = "솔향리에 3일 새 도서관이 문을 열었다.\n"
                 "책은 3천 권이다.",
         .place = "솔향리",
         .source = "연합뉴스",
         .authors = "배도윤",
         .published = "2024-03-03T23:05:00"},
        {.raw = "홈 > 사회\n"
                "솔향리에 새 도서관 문 열어\n"
                "입력 2024.03.03. 오후 11:05 수정 2024.03.03. 오후 11:30\n"
                "[서울=뉴시스] 배도윤 기자 = 솔향리에 3일 새 도서관이 문을 열었다.\n"
                "책은 3천 권이다.\n"
                "◎공감언론 뉴시스 doyun@newsis.example",
         .headline = "솔향리에 새 도서관 문 열어",
         .body = "솔향리에 3일 새 도서관이 문을 열었다.\n"
                 "책은 3천 권이다.",
         .place = "서울",
         .source = "뉴시스",
         .authors = "배도윤",
         .section = "사회",
         .published = "2024-03-03T23:05:00"},
        {.raw = "Khánh thành thư viện mới ở Hội An\n"
                "Chủ nhật, 03/03/2024 14:30 (GMT+7)\n"
                "Hội An (TTXVN) - Thư viện mới được khánh thành hôm Chủ nhật tại Hội An.\n"
                "Thư viện có 3.000 cuốn sách.\n"
                "Theo TTXVN",
         .headline = "Khánh thành thư viện mới ở Hội An",
         .body = "Thư viện mới được khánh thành hôm Chủ nhật tại Hội An.\n"
                 "Thư viện có 3.000 cuốn sách.",
         .place = "Hội An",
         .source = "TTXVN",
         .credit = "TTXVN",
         .published = "2024-03-03T14:30:00+07:00"},
        {.raw = "Nowa biblioteka w Sanoku\n"
                "04.03.2024, 14:30\n"
                "Nową bibliotekę otwarto w poniedziałek w Sanoku.\n"
                "Ma trzy tysiące książek. (PAP)\n"
                "abc/ def/",
         .headline = "Nowa biblioteka w Sanoku",
         .body = "Nową bibliotekę otwarto w poniedziałek w Sanoku.\n"
                 "Ma trzy tysiące książek.",
         .credit = "PAP",
         .published = "2024-03-04T14:30:00"},
        {.raw = "V Litni otevřeli knihovnu\n"
                "Liteň 4. března (ČTK) - V Litni v pondělí otevřeli novou knihovnu.\n"
                "Má tři tisíce knih.\n"
                "abc def",
         .headline = "V Litni otevřeli knihovnu",
         .body = "V Litni v pondělí otevřeli novou knihovnu.\n"
                 "Má tři tisíce knih.",
         .place = "Liteň",
         .source = "ČTK",
         .date = "4. března"},
        {.raw = "V Leviciach otvorili knižnicu\n"
                "Levice 4. marca (TASR) – V Leviciach v pondelok otvorili novú knižnicu.\n"
                "Má tri tisíce kníh.",
         .headline = "V Leviciach otvorili knižnicu",
         .body = "V Leviciach v pondelok otvorili novú knižnicu.\n"
                 "Má tri tisíce kníh.",
         .place = "Levice",
         .source = "TASR",
         .date = "4. marca"},
        {.raw = "Nieuwe bibliotheek in Hoorn\n"
                "HOORN (ANP) - In Hoorn is maandag een nieuwe bibliotheek geopend.\n"
                "Er staan drieduizend boeken.",
         .headline = "Nieuwe bibliotheek in Hoorn",
         .body = "In Hoorn is maandag een nieuwe bibliotheek geopend.\n"
                 "Er staan drieduizend boeken.",
         .place = "Hoorn",
         .source = "ANP"},
        {.raw = "Nieuwe bibliotheek in Diest\n"
                "(Belga) In Diest is maandag een nieuwe bibliotheek geopend.\n"
                "Er staan drieduizend boeken. (Belga)",
         .headline = "Nieuwe bibliotheek in Diest",
         .body = "In Diest is maandag een nieuwe bibliotheek geopend.\n"
                 "Er staan drieduizend boeken.",
         .source = "Belga"},
        {.raw = "Nytt bibliotek i Säter\n"
                "Publicerad 4 mars 2024 kl 14.30\n"
                "Ett nytt bibliotek öppnade på måndagen i Säter.\n"
                "Det har 3 000 böcker.\n"
                "Anna Berg/TT",
         .headline = "Nytt bibliotek i Säter",
         .body = "Ett nytt bibliotek öppnade på måndagen i Säter.\n"
                 "Det har 3 000 böcker.",
         .authors = "Anna Berg",
         .credit = "TT",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Nytt bibliotek i Voss\n"
                "Voss (NTB): Et nytt bibliotek åpnet mandag på Voss.\n"
                "Det har 3000 bøker.\n"
                "(©NTB)",
         .headline = "Nytt bibliotek i Voss",
         .body = "Et nytt bibliotek åpnet mandag på Voss.\n"
                 "Det har 3000 bøker.",
         .place = "Voss",
         .source = "NTB"},
        {.raw = "Nyt bibliotek i Ribe\n"
                "4. mar. 2024 kl. 14:30\n"
                "Et nyt bibliotek åbnede mandag i Ribe.\n"
                "Det har 3000 bøger.\n"
                "/ritzau/",
         .headline = "Nyt bibliotek i Ribe",
         .body = "Et nyt bibliotek åbnede mandag i Ribe.\n"
                 "Det har 3000 bøger.",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Uusi kirjasto Raumalle\n"
                "4.3.2024 klo 14.30\n"
                "Uusi kirjasto avattiin maanantaina Raumalla.\n"
                "Kirjoja on 3 000.\n"
                "STT",
         .headline = "Uusi kirjasto Raumalle",
         .body = "Uusi kirjasto avattiin maanantaina Raumalla.\n"
                 "Kirjoja on 3 000.",
         .credit = "STT",
         .published = "2024-03-04T14:30:00"},
        {.raw = "เปิดห้องสมุดใหม่ที่น่าน\n"
                "4 มีนาคม 2567 เวลา 14:30 น.\n"
                "ห้องสมุดใหม่เปิดเมื่อวันจันทร์ที่จังหวัดน่าน\n"
                "มีหนังสือสามพันเล่ม",
         .headline = "เปิดห้องสมุดใหม่ที่น่าน",
         .body = "ห้องสมุดใหม่เปิดเมื่อวันจันทร์ที่จังหวัดน่าน\n"
                 "มีหนังสือสามพันเล่ม",
         .published = "2024-03-04T14:30:00"},
        {.raw = "ספרייה חדשה נפתחה בצפת\n"
                "פורסם: 04.03.24, 14:30\n"
                "ספרייה חדשה נפתחה ביום שני בצפת.\n"
                "יש בה שלושת אלפים ספרים.",
         .headline = "ספרייה חדשה נפתחה בצפת",
         .body = "ספרייה חדשה נפתחה ביום שני בצפת.\n"
                 "יש בה שלושת אלפים ספרים.",
         .published = "2024-03-04T14:30:00"},
        {.raw = "রাজশাহীতে নতুন পাঠাগার\n"
                "নিজস্ব প্রতিবেদক, রাজশাহী\n"
                "প্রকাশিত: ৪ মার্চ ২০২৪, ১৪:৩০\n"
                "রাজশাহীতে সোমবার নতুন একটি পাঠাগার খোলা হয়েছে।\n"
                "এতে তিন হাজার বই আছে।",
         .headline = "রাজশাহীতে নতুন পাঠাগার",
         .body = "রাজশাহীতে সোমবার নতুন একটি পাঠাগার খোলা হয়েছে।\n"
                 "এতে তিন হাজার বই আছে।",
         .published = "2024-03-04T14:30:00"},
        {.raw = "لاہور میں نئی لائبریری کھل گئی\n"
                "لاہور (اے پی پی) لاہور میں پیر کو نئی لائبریری کھل گئی۔\n"
                "اس میں تین ہزار کتابیں ہیں۔",
         .headline = "لاہور میں نئی لائبریری کھل گئی",
         .body = "لاہور میں پیر کو نئی لائبریری کھل گئی۔\n"
                 "اس میں تین ہزار کتابیں ہیں۔",
         .place = "لاہور",
         .source = "اے پی پی"},
        {.raw = "Perpustakaan baharu dibuka di Taiping\n"
                "TAIPING, 4 Mac (Bernama) -- Sebuah perpustakaan baharu dibuka di Taiping, hari ini.\n"
                "Ia mempunyai 3,000 buku.\n"
                "-- BERNAMA",
         .headline = "Perpustakaan baharu dibuka di Taiping",
         .body = "Sebuah perpustakaan baharu dibuka di Taiping, hari ini.\n"
                 "Ia mempunyai 3,000 buku.",
         .place = "Taiping",
         .source = "Bernama",
         .date = "4 Mac"},
        {.raw = "UPDATE 1-Harlow Dairy raises outlook\n"
                "(Adds quote, background)\n"
                "LONDON, March 4 (Reuters) - Harlow Dairy raised its outlook on Monday.\n"
                "Shares rose 4%.\n"
                "(Reporting by Jane Roe in London; Editing by Max Orr and Ann Lee)\n"
                "((jane.roe@wire.example; +44 20 7946 0000;))",
         .headline = "UPDATE 1-Harlow Dairy raises outlook",
         .body = "Harlow Dairy raised its outlook on Monday.\n"
                 "Shares rose 4%.",
         .place = "London",
         .source = "Reuters",
         .date = "March 4",
         .editors = "Max Orr;Ann Lee",
         .contributors = "Jane Roe"},
        {.raw = "Dairy opens three ferries\n"
                "HARLOW, ELKTON and HOLM, March 4, 2024 /Sable-Wire/ --\n"
                "Harlow Dairy opened three ferries on Monday.\n"
                "Shares rose 4%.",
         .headline = "Dairy opens three ferries",
         .body = "Harlow Dairy opened three ferries on Monday.\n"
                 "Shares rose 4%.",
         .place = "Harlow",
         .source = "Sable-Wire",
         .date = "March 4, 2024"},
        {.raw = "Fähren für drei Städte\n"
                "Washington, Genf, Berlin (epd) - Drei Städte bekommen Fähren.\n"
                "Sie kosten wenig.",
         .headline = "Fähren für drei Städte",
         .body = "Drei Städte bekommen Fähren.\n"
                 "Sie kosten wenig.",
         .place = "Washington",
         .source = "epd"},
        {.raw = "Tre båtar till\n"
                "STOCKHOLM och OSLO (TT) - Tre båtar kom på måndagen.\n"
                "De kostade lite.",
         .headline = "Tre båtar till",
         .body = "Tre båtar kom på måndagen.\n"
                 "De kostade lite.",
         .place = "Stockholm",
         .source = "TT"},
        {.raw = "HARLOW FERRY\n"
                "By Jane Roe, PA\n"
                "The Harlow ferry returned on Monday.\n"
                "\"It is good,\" said Max Orr.\n"
                "end",
         .headline = "HARLOW FERRY",
         .body = "The Harlow ferry returned on Monday.\n"
                 "\"It is good,\" said Max Orr.",
         .authors = "Jane Roe"},
        {.raw = "Library opens in Kaede\n"
                "KYODO NEWS - Mar 4, 2024 - 14:30 | All, Japan\n"
                "KAEDE, Japan, March 4 Kyodo - A new library opened in Kaede on Monday.\n"
                "It holds 3,000 books.\n"
                "==Kyodo",
         .headline = "Library opens in Kaede",
         .body = "A new library opened in Kaede on Monday.\n"
                 "It holds 3,000 books.",
         .place = "Kaede",
         .source = "Kyodo",
         .date = "March 4",
         .published = "2024-03-04T14:30:00"},
        {.raw = "Library opens in Kholm\n"
                "KHOLM, March 4. /TASS/. A new library opened in Kholm on Monday.\n"
                "It holds 3,000 books.",
         .headline = "Library opens in Kholm",
         .body = "A new library opened in Kholm on Monday.\n"
                 "It holds 3,000 books.",
         .place = "Kholm",
         .source = "TASS",
         .date = "March 4"},
        {.raw = "Obre una biblioteca a Berga\n"
                "ACN Berga.-Una biblioteca va obrir dilluns a Berga.\n"
                "Té 3.000 llibres.",
         .headline = "Obre una biblioteca a Berga",
         .body = "Una biblioteca va obrir dilluns a Berga.\n"
                 "Té 3.000 llibres.",
         .place = "Berga",
         .source = "ACN"},
        {.raw = "U Sinju otvorena knjižnica\n"
                "ZAGREB, 4. ožujka 2024. (Hina) - U Sinju je u ponedjeljak otvorena knjižnica.\n"
                "Ima tri tisuće knjiga.\n"
                "(Hina) xabc ydef",
         .headline = "U Sinju otvorena knjižnica",
         .body = "U Sinju je u ponedjeljak otvorena knjižnica.\n"
                 "Ima tri tisuće knjiga.",
         .place = "Zagreb",
         .source = "Hina",
         .date = "4. ožujka 2024"},
        {.raw = "У Ваљеву отворена библиотека\n"
                "ВАЉЕВО, 4. марта 2024. (Танјуг) - У Ваљеву је у понедељак отворена библиотека.\n"
                "Има три хиљаде књига.",
         .headline = "У Ваљеву отворена библиотека",
         .body = "У Ваљеву је у понедељак отворена библиотека.\n"
                 "Има три хиљаде књига.",
         .place = "Ваљево",
         .source = "Танјуг",
         .date = "4. марта 2024"},
        {.raw = "Нова библиотека в Ловеч\n"
                "Ловеч, 4 март (БТА) - Нова библиотека отвори врати в понеделник в Ловеч.\n"
                "В нея има три хиляди книги.\n"
                "/АБВ/",
         .headline = "Нова библиотека в Ловеч",
         .body = "Нова библиотека отвори врати в понеделник в Ловеч.\n"
                 "В нея има три хиляди книги.",
         .place = "Ловеч",
         .source = "БТА",
         .date = "4 март"},
        {.raw = "மதுரையில் புதிய நூலகம்\n"
                "மதுரை, மார்ச் 4: மதுரையில் திங்கள்கிழமை புதிய நூலகம் திறக்கப்பட்டது.\n"
                "மூவாயிரம் நூல்கள் உள்ளன.",
         .headline = "மதுரையில் புதிய நூலகம்",
         .body = "மதுரையில் திங்கள்கிழமை புதிய நூலகம் திறக்கப்பட்டது.\n"
                 "மூவாயிரம் நூல்கள் உள்ளன.",
         .place = "மதுரை",
         .date = "மார்ச் 4"},
        {.raw = "Şəkidə yeni kitabxana açıldı\n"
                "Bakı, 4 mart, AZƏRTAC\n"
                "Şəkidə bazar ertəsi yeni kitabxana açılıb.\n"
                "Kitabxanada üç min kitab var.",
         .headline = "Şəkidə yeni kitabxana açıldı",
         .body = "Şəkidə bazar ertəsi yeni kitabxana açılıb.\n"
                 "Kitabxanada üç min kitab var.",
         .place = "Bakı",
         .source = "AZƏRTAC",
         .date = "4 mart"},
        {.raw = "青石鎮圖書館開館\n"
                "2024/3/3 14:30（3/3 15:02 更新）\n"
                "（中央社記者林大同台北3日電）青石鎮圖書館今天開館。\n"
                "館內藏書3萬冊。（編輯：王小明）1130303",
         .headline = "青石鎮圖書館開館",
         .body = "青石鎮圖書館今天開館。\n"
                 "館內藏書3萬冊。",
         .place = "台北",
         .source = "中央社",
         .date = "3日",
         .authors = "林大同",
         .editors = "王小明",
         .published = "2024-03-03T14:30:00"},
        {.raw = "青石镇图书馆开馆\n"
                "2024年03月03日 14:30 来源：中国新闻网\n"
                "中新网北京3月3日电 (记者 林晓)青石镇图书馆3日开馆。\n"
                "馆内藏书三万册。(完)\n"
                "【编辑:周明】",
         .headline = "青石镇图书馆开馆",
         .body = "青石镇图书馆3日开馆。\n"
                 "馆内藏书三万册。",
         .place = "北京",
         .source = "中新网",
         .date = "3月3日",
         .authors = "林晓",
         .editors = "周明",
         .credit = "中国新闻网",
         .published = "2024-03-03T14:30:00"},
        {.raw = "Bridge reopens after flood\n"
                "By Sam Porter, The Daily Reed\n"
                "Published 2:15 p.m. ET March 4, 2024 | Updated 3:02 p.m. ET March 4, 2024\n"
                "The old bridge reopened on Monday, and people came to see it.\n"
                "They cheered.",
         .headline = "Bridge reopens after flood",
         .body = "The old bridge reopened on Monday, and people came to see it.\n"
                 "They cheered.",
         .authors = "Sam Porter",
         .published = "2024-03-04T14:15:00-05:00"},
        {.raw = "Bridge reopens after flood\n"
                "By Sam Porter and Ann Lee, CNN\n"
                "4 minute read\n"
                "Updated 9:35 AM EST, Mon March 4, 2024\n"
                "Holm (CNN) — The old bridge reopened on Monday.\n"
                "They cheered.\n"
                "CNN's Max Orr contributed to this report.",
         .headline = "Bridge reopens after flood",
         .body = "The old bridge reopened on Monday.\n"
                 "They cheered.",
         .place = "Holm",
         .source = "CNN",
         .authors = "Sam Porter;Ann Lee",
         .contributors = "Max Orr",
         .published = "2024-03-04T09:35:00-05:00"},
        {.raw = "Inland\n"
                "Brücke nach Flut wieder offen\n"
                "Stand: 04.03.2024 14:05 Uhr\n"
                "Die alte Brücke ist seit Montag wieder offen.\n"
                "Viele kamen.",
         .headline = "Brücke nach Flut wieder offen",
         .body = "Die alte Brücke ist seit Montag wieder offen.\n"
                 "Viele kamen.",
         .section = "Inland",
         .published = "2024-03-04T14:05:00"},
        {.raw = "APA0123 5 CI 0210 II\n"
                "Verkehr/Brücken/Niederösterreich\n"
                "Brücke nach Flut wieder offen\n"
                "Utl.: Hunderte feierten am Ufer =\n"
                "   Krems (APA) - Die alte Brücke ist seit Montag wieder offen. Das teilte das Land mit.\n"
                "   Viele kamen.\n"
                "(Schluss) abc/def\n"
                "APA0123    2024-03-04/14:05\n"
                "041405 Mär 24",
         .headline = "Brücke nach Flut wieder offen",
         .body = "Die alte Brücke ist seit Montag wieder offen. Das teilte das Land mit.\n"
                 "Viele kamen.",
         .place = "Krems",
         .source = "APA",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Brücke nach Flut wieder offen\n"
                "Holm (epd). Die alte Brücke ist seit Montag wieder offen.\n"
                "Viele kamen.\n"
                "epd-Nord abc def",
         .headline = "Brücke nach Flut wieder offen",
         .body = "Die alte Brücke ist seit Montag wieder offen.\n"
                 "Viele kamen.",
         .place = "Holm",
         .source = "epd"},
        {.raw = "Un pont rouvre à Saint-Aubin\n"
                "Publié le 04.03.2024 à 14:05\n"
                "Keystone-ATS\n"
                "Le pont a rouvert lundi à Saint-Aubin.\n"
                "La foule était là.",
         .headline = "Un pont rouvre à Saint-Aubin",
         .body = "Le pont a rouvert lundi à Saint-Aubin.\n"
                 "La foule était là.",
         .credit = "Keystone-ATS",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Un pont rouvre à Dinant\n"
                "DINANT 04/03 (BELGA)\n"
                "Le pont a rouvert lundi à Dinant.\n"
                "La foule était là. (Belga)",
         .headline = "Un pont rouvre à Dinant",
         .body = "Le pont a rouvert lundi à Dinant.\n"
                 "La foule était là.",
         .place = "Dinant",
         .source = "BELGA",
         .date = "04/03"},
        {.raw = "Reabre un puente en Colón\n"
                "Colón, 4 de marzo (Télam).- El puente reabrió el lunes en Colón.\n"
                "La gente festejó.",
         .headline = "Reabre un puente en Colón",
         .body = "El puente reabrió el lunes en Colón.\n"
                 "La gente festejó.",
         .place = "Colón",
         .source = "Télam",
         .date = "4 de marzo"},
        {.raw = "Reabre un puente en Colón\n"
                "Por Ana Robles | Notimex\n"
                "Lunes 4 de marzo de 2024, a las 14:05 hs\n"
                "El puente reabrió el lunes en Colón.\n"
                "La gente festejó.\n"
                "NTX/ARB/LMP",
         .headline = "Reabre un puente en Colón",
         .body = "El puente reabrió el lunes en Colón.\n"
                 "La gente festejó.",
         .authors = "Ana Robles",
         .credit = "Notimex",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Portada > Sociedad\n"
                "Reabre un puente en Colón\n"
                "Ana Robles\n"
                "Madrid - 04 MAR 2024 - 14:05 CET\n"
                "El puente reabrió el lunes en Colón.\n"
                "La gente festejó.\n"
                "Archivado en: Puentes, Colón",
         .headline = "Reabre un puente en Colón",
         .body = "El puente reabrió el lunes en Colón.\n"
                 "La gente festejó.",
         .authors = "Ana Robles",
         .section = "Sociedad",
         .published = "2024-03-04T14:05:00+01:00"},
        {.raw = "Ponte reabre em Sorriso\n"
                "Por g1 MT\n"
                "04/03/2024 14h05  Atualizado há 2 horas\n"
                "A ponte reabriu nesta segunda-feira em Sorriso.\n"
                "O povo festejou.",
         .headline = "Ponte reabre em Sorriso",
         .body = "A ponte reabriu nesta segunda-feira em Sorriso.\n"
                 "O povo festejou.",
         .authors = "g1 MT",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Riapre il ponte a Norcia\n"
                "AGI - Il ponte ha riaperto lunedì a Norcia.\n"
                "La gente ha applaudito.",
         .headline = "Riapre il ponte a Norcia",
         .body = "Il ponte ha riaperto lunedì a Norcia.\n"
                 "La gente ha applaudito.",
         .source = "AGI"},
        {.raw = "Riapre il ponte a Norcia\n"
                "di Redazione Online\n"
                "04 marzo 2024\n"
                "Il ponte ha riaperto lunedì a Norcia.\n"
                "La gente ha applaudito.\n"
                "© RIPRODUZIONE RISERVATA",
         .headline = "Riapre il ponte a Norcia",
         .body = "Il ponte ha riaperto lunedì a Norcia.\n"
                 "La gente ha applaudito.",
         .published = "2024-03-04"},
        {.raw = "Brug in Hoorn weer open\n"
                "NOS Nieuws • Maandag 4 maart 2024, 14:05\n"
                "De brug in Hoorn is sinds maandag weer open.\n"
                "Er werd gejuicht.",
         .headline = "Brug in Hoorn weer open",
         .body = "De brug in Hoorn is sinds maandag weer open.\n"
                 "Er werd gejuicht.",
         .section = "NOS Nieuws",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Most w Sanoku znów otwarty\n"
                "Sanok, 4.03.2024 (PAP) - Most w Sanoku jest od poniedziałku znów otwarty.\n"
                "Ludzie klaskali. (PAP)\n"
                "Autor: Anna Kowal\n"
                "akow/ mark/",
         .headline = "Most w Sanoku znów otwarty",
         .body = "Most w Sanoku jest od poniedziałku znów otwarty.\n"
                 "Ludzie klaskali.",
         .place = "Sanok",
         .source = "PAP",
         .date = "4.03.2024",
         .authors = "Anna Kowal"},
        {.raw = "Most v Litni je znovu otevřen\n"
                "4. března 2024 14:05, aktualizováno 15:02\n"
                "Most v Litni je od pondělí znovu otevřen.\n"
                "Lidé tleskali.\n"
                "Autor: ČTK",
         .headline = "Most v Litni je znovu otevřen",
         .body = "Most v Litni je od pondělí znovu otevřen.\n"
                 "Lidé tleskali.",
         .credit = "ČTK",
         .published = "2024-03-04T14:05:00"},
        {.raw = "В Холме снова открыт мост\n"
                "МОСКВА, 4 мар - РИА Новости. В Холме в понедельник снова открыли мост.\n"
                "Люди аплодировали.",
         .headline = "В Холме снова открыт мост",
         .body = "В Холме в понедельник снова открыли мост.\n"
                 "Люди аплодировали.",
         .place = "Москва",
         .source = "РИА Новости",
         .date = "4 мар"},
        {.raw = "Общество\n"
                "В Холме снова открыт мост\n"
                "Анна Белова\n"
                "04.03.2024, 14:05\n"
                "Фото: Иван Петров / ТАСС\n"
                "В Холме в понедельник снова открыли мост.\n"
                "Люди аплодировали.\n"
                "Читайте нас в Telegram",
         .headline = "В Холме снова открыт мост",
         .body = "В Холме в понедельник снова открыли мост.\n"
                 "Люди аплодировали.",
         .authors = "Анна Белова",
         .section = "Общество",
         .published = "2024-03-04T14:05:00"},
        {.raw = "У Ромнах знову відкрили міст\n"
                "04.03.2024 14:05\n"
                "Укрінформ\n"
                "У Ромнах у понеділок знову відкрили міст.\n"
                "Люди аплодували.",
         .headline = "У Ромнах знову відкрили міст",
         .body = "У Ромнах у понеділок знову відкрили міст.\n"
                 "Люди аплодували.",
         .credit = "Укрінформ",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Sivas'ta köprü yeniden açıldı\n"
                "Güncelleme Tarihi: Mart 04, 2024 14:05\n"
                "Mehmet KAYA/SİVAS, (DHA)- SİVAS'ta köprü pazartesi günü yeniden açıldı.\n"
                "Halk alkışladı.",
         .headline = "Sivas'ta köprü yeniden açıldı",
         .body = "SİVAS'ta köprü pazartesi günü yeniden açıldı.\n"
                 "Halk alkışladı.",
         .place = "Sivas",
         .source = "DHA",
         .authors = "Mehmet Kaya",
         .published = "2024-03-04T14:05:00"},
        {.raw = "إعادة فتح جسر في أسوان\n"
                "القاهرة 4-3-2024 (أ ف ب) - أعيد فتح الجسر في أسوان الاثنين.\n"
                "وصفق الناس.\n"
                "ابج/د ه/وز",
         .headline = "إعادة فتح جسر في أسوان",
         .body = "أعيد فتح الجسر في أسوان الاثنين.\n"
                 "وصفق الناس.",
         .place = "القاهرة",
         .source = "أ ف ب",
         .date = "4-3-2024"},
        {.raw = "الرئيسية > أخبار\n"
                "إعادة فتح جسر في أسوان\n"
                "نشر في: 04/03/2024 - 14:05\n"
                "أعيد فتح الجسر في أسوان يوم الاثنين.\n"
                "وصفق الناس طويلا.",
         .headline = "إعادة فتح جسر في أسوان",
         .body = "أعيد فتح الجسر في أسوان يوم الاثنين.\n"
                 "وصفق الناس طويلا.",
         .section = "أخبار",
         .published = "2024-03-04T14:05:00"},
        {.raw = "پل یزد دوباره باز شد\n"
                "به گزارش خبرگزاری مهر، پل یزد روز دوشنبه دوباره باز شد.\n"
                "مردم کف زدند.\n"
                "کد خبر 6034567",
         .headline = "پل یزد دوباره باز شد",
         .body = "به گزارش خبرگزاری مهر، پل یزد روز دوشنبه دوباره باز شد.\n"
                 "مردم کف زدند."},
        {.raw = "橋が再び開通\n"
                "2024年3月4日 14時05分\n"
                "楓町の橋が4日、再び開通しました。\n"
                "人々は拍手しました。",
         .headline = "橋が再び開通",
         .body = "楓町の橋が4日、再び開通しました。\n"
                 "人々は拍手しました。",
         .published = "2024-03-04T14:05:00"},
        {.raw = "橋が再び開通\n"
                "時事通信 社会部 2024年03月04日14時05分配信\n"
                "【楓町時事】楓町の橋が4日、再び開通した。\n"
                "人々は拍手した。（了）\n"
                "[時事通信社]",
         .headline = "橋が再び開通",
         .body = "楓町の橋が4日、再び開通した。\n"
                 "人々は拍手した。",
         .place = "楓町",
         .source = "時事",
         .published = "2024-03-04T14:05:00"},
        {.raw = "青石桥重新开通\n"
                "2024年03月04日14:05 | 来源：人民网\n"
                "人民网北京3月4日电 （记者林晓）青石桥4日重新开通。\n"
                "人们鼓掌。\n"
                "(责编：周明、王青)",
         .headline = "青石桥重新开通",
         .body = "青石桥4日重新开通。\n"
                 "人们鼓掌。",
         .place = "北京",
         .source = "人民网",
         .date = "3月4日",
         .authors = "林晓",
         .editors = "周明;王青",
         .credit = "人民网",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Trang chủ > Thời sự\n"
                "Cầu Hội An mở lại\n"
                "Lê An\n"
                "04/03/2024 14:05 GMT+7\n"
                "TTO - Cầu Hội An mở lại hôm thứ Hai.\n"
                "Người dân vỗ tay.",
         .headline = "Cầu Hội An mở lại",
         .body = "Cầu Hội An mở lại hôm thứ Hai.\n"
                 "Người dân vỗ tay.",
         .source = "TTO",
         .authors = "Lê An",
         .section = "Thời sự",
         .published = "2024-03-04T14:05:00+07:00"},
        {.raw = "Jembatan Ambon Dibuka Lagi\n"
                "Kompas.com - 04/03/2024, 14:05 WIB\n"
                "Dimas Arpan, Ratna Dewi\n"
                "Tim Redaksi\n"
                "AMBON, KOMPAS.com - Jembatan Ambon dibuka lagi, Senin (4/3/2024).\n"
                "Warga bertepuk tangan.",
         .headline = "Jembatan Ambon Dibuka Lagi",
         .body = "Jembatan Ambon dibuka lagi, Senin (4/3/2024).\n"
                 "Warga bertepuk tangan.",
         .place = "Ambon",
         .source = "KOMPAS.com",
         .authors = "Dimas Arpan;Ratna Dewi",
         .published = "2024-03-04T14:05:00+07:00"},
        {.raw = "Jembatan Ambon Dibuka Lagi\n"
                "Dimas Arpan - detikNews\n"
                "Senin, 04 Mar 2024 14:05 WIB\n"
                "Jakarta - Jembatan Ambon dibuka lagi, Senin (4/3/2024).\n"
                "Warga bertepuk tangan.\n"
                "(dar/rdw)",
         .headline = "Jembatan Ambon Dibuka Lagi",
         .body = "Jembatan Ambon dibuka lagi, Senin (4/3/2024).\n"
                 "Warga bertepuk tangan.",
         .place = "Jakarta",
         .authors = "Dimas Arpan",
         .published = "2024-03-04T14:05:00+07:00"},
        {.raw = "หน้าแรก > ข่าว\n"
                "สะพานน่านเปิดอีกครั้ง\n"
                "4 มี.ค. 2567 14:05 น.\n"
                "สะพานน่านเปิดอีกครั้งเมื่อวันจันทร์\n"
                "ผู้คนปรบมือ",
         .headline = "สะพานน่านเปิดอีกครั้ง",
         .body = "สะพานน่านเปิดอีกครั้งเมื่อวันจันทร์\n"
                 "ผู้คนปรบมือ",
         .section = "ข่าว",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Podul din Sibiu s-a redeschis\n"
                "Publicat: 04 martie 2024, 14:05\n"
                "Podul din Sibiu s-a redeschis luni.\n"
                "Oamenii au aplaudat.\n"
                "Sursa: Agerpres",
         .headline = "Podul din Sibiu s-a redeschis",
         .body = "Podul din Sibiu s-a redeschis luni.\n"
                 "Oamenii au aplaudat.",
         .credit = "Agerpres",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Belföld\n"
                "Újra megnyílt a szentesi híd mindenki előtt\n"
                "MTI\n"
                "2024.03.04. 14:05\n"
                "Hétfőn újra megnyílt a szentesi híd.\n"
                "Az emberek tapsoltak.",
         .headline = "Újra megnyílt a szentesi híd mindenki előtt",
         .body = "Hétfőn újra megnyílt a szentesi híd.\n"
                 "Az emberek tapsoltak.",
         .credit = "MTI",
         .section = "Belföld",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Bron i Säter öppnad igen\n"
                "Inrikes\n"
                "Publicerad 4 mars 2024 kl 14.05\n"
                "Av Anna Berg/TT och Gus Sand/TT\n"
                "Bron i Säter öppnade igen på måndagen.\n"
                "Folk jublade.",
         .headline = "Bron i Säter öppnad igen",
         .body = "Bron i Säter öppnade igen på måndagen.\n"
                 "Folk jublade.",
         .authors = "Anna Berg;Gus Sand",
         .credit = "TT",
         .section = "Inrikes",
         .published = "2024-03-04T14:05:00"},
        {.raw = "Brua i Sandvær er åpnet igjen\n"
                "Johan Falk og Stein Skjold\n"
                "Brua i Sandvær åpnet igjen mandag.\n"
                "Folk jublet.",
         .headline = "Brua i Sandvær er åpnet igjen",
         .body = "Brua i Sandvær åpnet igjen mandag.\n"
                 "Folk jublet.",
         .authors = "Johan Falk;Stein Skjold"},
        {.raw = "Мостът в Липа е отворен отново\n"
                "Липа, 4 март (Калина Тодорова, БТА) Мостът в Липа беше отворен отново.\n"
                "Хората ръкопляскаха.\n"
                "/КТ/",
         .headline = "Мостът в Липа е отворен отново",
         .body = "Мостът в Липа беше отворен отново.\n"
                 "Хората ръкопляскаха.",
         .place = "Липа",
         .source = "БТА",
         .date = "4 март",
         .authors = "Калина Тодорова"},
        {.raw = "پل کوهسار دوباره باز شد\n"
                "ایسنا/کوهسار پل کوهسار روز دوشنبه دوباره باز شد.\n"
                "مردم شادی کردند.\n"
                "انتهای پیام",
         .headline = "پل کوهسار دوباره باز شد",
         .body = "پل کوهسار روز دوشنبه دوباره باز شد.\n"
                 "مردم شادی کردند.",
         .place = "کوهسار",
         .source = "ایسنا"},
        {.raw = "Bron i Säter öppnad igen\n"
                "Uppdaterad 14.05 | Publicerad 13.30, 4 mars 2024\n"
                "Bron i Säter öppnade igen på måndagen.\n"
                "Folk jublade.\n"
                "(TT)",
         .headline = "Bron i Säter öppnad igen",
         .body = "Bron i Säter öppnade igen på måndagen.\n"
                 "Folk jublade.",
         .credit = "TT",
         .published = "2024-03-04T13:30:00"},
        {.raw = "Daraja la Mbeya lafunguliwa tena\n"
                "Na Asha Juma, Mbeya\n"
                "Daraja la Mbeya limefunguliwa tena Jumatatu.\n"
                "Watu walishangilia.",
         .headline = "Daraja la Mbeya lafunguliwa tena",
         .body = "Daraja la Mbeya limefunguliwa tena Jumatatu.\n"
                 "Watu walishangilia.",
         .authors = "Asha Juma"},
        {.raw = "Antilia to host regional fisheries meeting in June\n"
                "KINGSBAY, Antilia, (CWA) — Antilia will host ministers from nine countries in June for talks on "
                "closed seasons for conch and lobster.\n"
                "Fisheries Minister Desmond Labadie said the meeting would be the first on the island since 2011.\n"
                "\"We cannot police a border that fish do not see,\" he told reporters.\n"
                "CWA/kb/dl/25",
         .headline = "Antilia to host regional fisheries meeting in June",
         .body = "Antilia will host ministers from nine countries in June for talks on closed seasons for conch and "
                 "lobster.\n"
                 "Fisheries Minister Desmond Labadie said the meeting would be the first on the island since 2011.\n"
                 "\"We cannot police a border that fish do not see,\" he told reporters.",
         .place = "Kingsbay",
         .source = "CWA"},
        {.raw = "Seaweed growers get 40 new dryers\n"
                "By Marisol T. Dagohoy\n"
                "March 5, 2025, 6:14 pm\n"
                "CEBORA CITY – Seaweed growers in three island towns received 40 solar dryers on Wednesday under a "
                "provincial programme.\n"
                "Each dryer holds up to 200 kilos and cuts drying time from four days to two, provincial agriculturist "
                "Ramon Abella said.\n"
                "The growers will pay nothing in the first year. (with reports from Jun Ilagan/PIW)",
         .headline = "Seaweed growers get 40 new dryers",
         .body = "Seaweed growers in three island towns received 40 solar dryers on Wednesday under a provincial "
                 "programme.\n"
                 "Each dryer holds up to 200 kilos and cuts drying time from four days to two, provincial "
                 "agriculturist Ramon Abella said.\n"
                 "The growers will pay nothing in the first year.",
         .place = "Cebora City",
         .authors = "Marisol T. Dagohoy",
         .contributors = "Jun Ilagan",
         .published = "2025-03-05T18:14:00"},
        {.raw = "Estado inicia vacinação de rebanhos na fronteira\n"
                "Por Tainá Bragança – Repórter da Agência Cerrado – São Bento do Norte\n"
                "Publicado em 07/05/2025 - 09:12\n"
                "A vacinação de 80 mil cabeças de gado na faixa de fronteira começou nesta quarta-feira (7) e segue "
                "até o fim do mês.\n"
                "Segundo a Secretaria de Agricultura, 42 equipes visitam as propriedades.\n"
                "“Quem não vacinar não emite guia de transporte”, avisou a secretária Lúcia Helena Prates.\n"
                "*Colaborou Rui Menezes, da Rádio Cerrado\n"
                "Edição: Valéria Aguiar",
         .headline = "Estado inicia vacinação de rebanhos na fronteira",
         .body = "A vacinação de 80 mil cabeças de gado na faixa de fronteira começou nesta quarta-feira (7) e segue "
                 "até o fim do mês.\n"
                 "Segundo a Secretaria de Agricultura, 42 equipes visitam as propriedades.\n"
                 "“Quem não vacinar não emite guia de transporte”, avisou a secretária Lúcia Helena Prates.",
         .authors = "Tainá Bragança",
         .editors = "Valéria Aguiar",
         .contributors = "Rui Menezes",
         .published = "2025-05-07T09:12:00"},
        {.raw = "Le téléphérique du Raimeux rouvre après deux ans de travaux\n"
                "Delsberg (kat/als) Le téléphérique du Raimeux transporte à nouveau des passagers depuis samedi. Les "
                "travaux ont coûté 11,4 millions de francs.\n"
                "Les nouvelles cabines emmènent 24 personnes, contre 16 auparavant, a indiqué la société exploitante.\n"
                "Ce texte a été traduit automatiquement puis relu par la rédaction.\n"
                "als/vk",
         .headline = "Le téléphérique du Raimeux rouvre après deux ans de travaux",
         .body = "Le téléphérique du Raimeux transporte à nouveau des passagers depuis samedi. Les travaux ont coûté "
                 "11,4 millions de francs.\n"
                 "Les nouvelles cabines emmènent 24 personnes, contre 16 auparavant, a indiqué la société exploitante.",
         .place = "Delsberg",
         .source = "kat/als"},
        {.raw = "Kirchenglocke nach 80 Jahren zurück in Dorfkirche\n"
                "Erfelden (epn). Die im Krieg abgegebene Glocke der Dorfkirche von Erfelden ist zurück im Turm. Sie "
                "wurde am Sonntag in einem Gottesdienst geweiht, wie Pfarrerin Ute Sandrock mitteilte.\n"
                "Die Glocke war 2023 auf einem Hof in Mecklenburg entdeckt worden, wo sie als Blumenkübel diente.\n"
                "epn lnb kfr tz\n"
                "Internet: www.dorfkirche-erfelden.example\n"
                "Rückfragen: Landesdienst Ost, Tel. 0361/555 01 23",
         .headline = "Kirchenglocke nach 80 Jahren zurück in Dorfkirche",
         .body = "Die im Krieg abgegebene Glocke der Dorfkirche von Erfelden ist zurück im Turm. Sie wurde am Sonntag "
                 "in einem Gottesdienst geweiht, wie Pfarrerin Ute Sandrock mitteilte.\n"
                 "Die Glocke war 2023 auf einem Hof in Mecklenburg entdeckt worden, wo sie als Blumenkübel diente.",
         .place = "Erfelden",
         .source = "epn"},
        {.raw = "Trasporti: Torrano, da aprile biglietto unico per tram e battelli\n"
                "Torrano, 3 mar. (Adnnews) - Dal primo aprile un solo biglietto varrà per tram e battelli del lago. Lo "
                "ha annunciato l'assessore Paola Gremi.\n"
                "Il biglietto costerà 2,40 euro e durerà 100 minuti.\n"
                "(Gmr/Adnnews)\n"
                "ISSN 2499 - 3166\n"
                "03-MAR-25 11:20",
         .headline = "Trasporti: Torrano, da aprile biglietto unico per tram e battelli",
         .body = "Dal primo aprile un solo biglietto varrà per tram e battelli del lago. Lo ha annunciato l'assessore "
                 "Paola Gremi.\n"
                 "Il biglietto costerà 2,40 euro e durerà 100 minuti.",
         .place = "Torrano",
         .source = "Adnnews",
         .date = "3 mar",
         .published = "2025-03-03T11:20:00"},
        {.raw = "Färjelinjen till Utholmen räddas över sommaren\n"
                "Färjan till Utholmen går kvar åtminstone till september. Det beslutade regionens trafiknämnd på "
                "tisdagen.\n"
                "– Det är en seger för alla som bor här året om, säger Göran Wallbom, ordförande i byalaget.\n"
                "Linjen hotades av nedläggning sedan färjan underkänts vid en besiktning i februari.\n"
                "Moa Lindgård/NTT\n"
                "Så här jobbar NTT med källor och faktagranskning\n"
                "Rättad: I en tidigare version av artikeln angavs fel datum för besiktningen.",
         .headline = "Färjelinjen till Utholmen räddas över sommaren",
         .body = "Färjan till Utholmen går kvar åtminstone till september. Det beslutade regionens trafiknämnd på "
                 "tisdagen.\n"
                 "– Det är en seger för alla som bor här året om, säger Göran Wallbom, ordförande i byalaget.\n"
                 "Linjen hotades av nedläggning sedan färjan underkänts vid en besiktning i februari.",
         .authors = "Moa Lindgård",
         .credit = "NTT"},
        {.raw = "Laksefiske i Hammerelva stenges i tre uker\n"
                "Hammervik (NTK-Kari Solbakken): Laksefisket i Hammerelva stenges fra fredag på grunn av lav "
                "vannføring, melder Miljødirektoratet.\n"
                "Stengingen gjelder i tre uker og kan bli forlenget.\n"
                "– Vi håper på regn, sier elveeier Per Aune.\n"
                "(©NTK)",
         .headline = "Laksefiske i Hammerelva stenges i tre uker",
         .body = "Laksefisket i Hammerelva stenges fra fredag på grunn av lav vannføring, melder Miljødirektoratet.\n"
                 "Stengingen gjelder i tre uker og kan bli forlenget.\n"
                 "– Vi håper på regn, sier elveeier Per Aune.",
         .place = "Hammervik",
         .source = "NTK",
         .authors = "Kari Solbakken"},
        {.raw = "Sibian: Expoziţie de ceasuri de turn la Muzeul Breslelor\n"
                "O expoziţie cu 40 de mecanisme de ceasuri de turn se deschide sâmbătă la Muzeul Breslelor din "
                "Sibian.\n"
                "„Cel mai vechi mecanism merge şi astăzi, dar numai când vrea el”, a declarat, vineri, pentru "
                "AGROPRES, muzeografa Elena Şerban.\n"
                "Intrarea este gratuită până la sfârşitul lunii. AGROPRES/(A, AS - autor: Ioana Pârvu, editor: Mirela "
                "Cojan, editor online: Dan Rusu)",
         .headline = "Sibian: Expoziţie de ceasuri de turn la Muzeul Breslelor",
         .body = "O expoziţie cu 40 de mecanisme de ceasuri de turn se deschide sâmbătă la Muzeul Breslelor din "
                 "Sibian.\n"
                 "„Cel mai vechi mecanism merge şi astăzi, dar numai când vrea el”, a declarat, vineri, pentru "
                 "AGROPRES, muzeografa Elena Şerban.\n"
                 "Intrarea este gratuită până la sfârşitul lunii.",
         .authors = "Ioana Pârvu",
         .editors = "Mirela Cojan;Dan Rusu",
         .credit = "AGROPRES"},
        {.raw = "В Алтыколе запустили ночной автобус\n"
                "Алтыкол. 12 марта. КазИнфо – Мадина Сарсенова. Ночной автобусный маршрут запустили в Алтыколе с 1 "
                "марта, сообщили в акимате города.\n"
                "По данным ведомства, автобусы ходят каждые 40 минут с полуночи до пяти утра.\n"
                "«Таксисты сначала смеялись, теперь жалуются», - сказал водитель Ерлан Жумабаев.\n"
                "Читайте нас в Telegram: https://t.me/kazinfo_example",
         .headline = "В Алтыколе запустили ночной автобус",
         .body = "Ночной автобусный маршрут запустили в Алтыколе с 1 марта, сообщили в акимате города.\n"
                 "По данным ведомства, автобусы ходят каждые 40 минут с полуночи до пяти утра.\n"
                 "«Таксисты сначала смеялись, теперь жалуются», - сказал водитель Ерлан Жумабаев.",
         .place = "Алтыкол",
         .source = "КазИнфо",
         .date = "12 марта",
         .authors = "Мадина Сарсенова"},
        {.raw = "Karslı'da kaşar peyniri müzesi ilk ayında 20 bin ziyaretçi ağırladı\n"
                "KARSLI (ADA) - ELİF KARAGÖZ - Karslı'da geçen ay açılan peynir müzesi 20 bin kişiyi ağırladı.\n"
                "Müze müdürü Hüseyin Taşkın, AA muhabirine yaptığı açıklamada, ziyaretçilerin yarısının yurt dışından "
                "geldiğini söyledi.\n"
                "Müze salı günleri hariç her gün açık olacak.\n"
                "Muhabir: Elif Karagöz\n"
                "Yayıncı: Murat Çınar",
         .headline = "Karslı'da kaşar peyniri müzesi ilk ayında 20 bin ziyaretçi ağırladı",
         .body = "Karslı'da geçen ay açılan peynir müzesi 20 bin kişiyi ağırladı.\n"
                 "Müze müdürü Hüseyin Taşkın, AA muhabirine yaptığı açıklamada, ziyaretçilerin yarısının yurt dışından "
                 "geldiğini söyledi.\n"
                 "Müze salı günleri hariç her gün açık olacak.",
         .place = "Karslı",
         .source = "ADA",
         .authors = "Elif Karagöz",
         .editors = "Murat Çınar"},
        {.raw = "افتتاح أول مكتبة متنقلة للأطفال في الكويرة\n"
                "الكويرة - 12 - 3 (قنوا) -- افتتحت بلدية الكويرة اليوم الأربعاء أول مكتبة متنقلة للأطفال تضم ثلاثة "
                "آلاف كتاب.\n"
                "وقالت مديرة المشروع هدى العنزي إن الحافلة ستزور عشرين مدرسة كل شهر.\n"
                "(النهاية)\n"
                "ف ن / م ع ج",
         .headline = "افتتاح أول مكتبة متنقلة للأطفال في الكويرة",
         .body = "افتتحت بلدية الكويرة اليوم الأربعاء أول مكتبة متنقلة للأطفال تضم ثلاثة آلاف كتاب.\n"
                 "وقالت مديرة المشروع هدى العنزي إن الحافلة ستزور عشرين مدرسة كل شهر.",
         .place = "الكويرة",
         .source = "قنوا",
         .date = "12 - 3"},
        {.raw = "Festival Layang-Layang Pelangsari Diikuti 300 Peserta\n"
                "Pelangsari (NUSANTARAKINI) - Sebanyak 300 peserta dari 11 provinsi mengikuti Festival Layang-Layang "
                "Pelangsari yang dibuka Jumat.\n"
                "\"Anginnya bagus, jadi anak-anak tidak mau pulang,\" kata ketua panitia Dedi Kusnadi.\n"
                "Ikuti berita terkini NusantaraKini di Google News, klik di sini.\n"
                "Festival berlangsung hingga Minggu.\n"
                "Pewarta : Rahmat Hidayatullah\n"
                "Editor : Sri Wulandari\n"
                "COPYRIGHT © NUSANTARAKINI 2025",
         .headline = "Festival Layang-Layang Pelangsari Diikuti 300 Peserta",
         .body = "Sebanyak 300 peserta dari 11 provinsi mengikuti Festival Layang-Layang Pelangsari yang dibuka "
                 "Jumat.\n"
                 "\"Anginnya bagus, jadi anak-anak tidak mau pulang,\" kata ketua panitia Dedi Kusnadi.\n"
                 "Festival berlangsung hingga Minggu.",
         .place = "Pelangsari",
         .source = "NUSANTARAKINI",
         .authors = "Rahmat Hidayatullah",
         .editors = "Sri Wulandari"},
        {.raw = "Traders want cold rooms back in Ogbere market\n"
                "By Chidinma Ejike\n"
                "Ogbere (Ondun State), March 11, 2025 (NWN) Traders at the Ogbere fish market on Tuesday appealed to "
                "the state government to reopen two cold rooms closed in 2022.\n"
                "Mrs Folake Adisa, chairperson of the fish sellers, said members lost a third of each catch to heat.\n"
                "She said the traders were ready to pay a monthly levy. (NWN)(nwnews.example)\n"
                "Edited by Bayo Sekoni/Ruth Oketunde\n"
                "CEJ/BSK/ROK",
         .headline = "Traders want cold rooms back in Ogbere market",
         .body = "Traders at the Ogbere fish market on Tuesday appealed to the state government to reopen two cold "
                 "rooms closed in 2022.\n"
                 "Mrs Folake Adisa, chairperson of the fish sellers, said members lost a third of each catch to heat.\n"
                 "She said the traders were ready to pay a monthly levy.",
         .place = "Ogbere",
         .source = "NWN",
         .date = "March 11, 2025",
         .authors = "Chidinma Ejike",
         .editors = "Bayo Sekoni;Ruth Oketunde"},
        {.raw = "Færgeruten til Lysø får ny operatør\n"
                "Færgeruten mellem Havnstrup og Lysø får fra 1. maj en ny operatør. Det oplyser kommunen i en "
                "pressemeddelelse.\n"
                "- Vi har ventet længe, siger øens borgmester, Henning Balle, til Rizo.\n"
                "Billetpriserne bliver ikke ændret.\n"
                "Mette Krogh /Rizo/",
         .headline = "Færgeruten til Lysø får ny operatør",
         .body = "Færgeruten mellem Havnstrup og Lysø får fra 1. maj en ny operatør. Det oplyser kommunen i en "
                 "pressemeddelelse.\n"
                 "- Vi har ventet længe, siger øens borgmester, Henning Balle, til Rizo.\n"
                 "Billetpriserne bliver ikke ændret.",
         .authors = "Mette Krogh",
         .credit = "Rizo"},
        {.raw = "Hrádecký pivovar po 90 letech znovu vaří\n"
                "Hrádek 12. března (ČNA) - Pivovar v Hrádku uvařil po 90 letech první várku piva. Novinářům to dnes "
                "řekl sládek Jiří Vondrouš.\n"
                "Várka má 20 hektolitrů a půjde jen do místních hospod.\n"
                "\"Kdo chce ochutnat, musí přijet,\" dodal sládek.\n"
                "jvo mha\n"
                "Zpráva je určena pouze pro vnitřní potřebu odběratele.",
         .headline = "Hrádecký pivovar po 90 letech znovu vaří",
         .body = "Pivovar v Hrádku uvařil po 90 letech první várku piva. Novinářům to dnes řekl sládek Jiří Vondrouš.\n"
                 "Várka má 20 hektolitrů a půjde jen do místních hospod.\n"
                 "\"Kdo chce ochutnat, musí přijet,\" dodal sládek.",
         .place = "Hrádek",
         .source = "ČNA",
         .date = "12. března"},
        {.raw = "Zadvor: obnovljen stari svjetionik\n"
                "ZADVOR, 12. ožujka 2025. (Hinet) - Svjetionik na rtu Zadvor ponovno svijetli nakon šest godina "
                "obnove, izvijestili su u srijedu iz lučke kapetanije.\n"
                "Obnova je stajala 800.000 eura.\n"
                "(Hinet) xmar yib\n"
                "Foto: Hinet/ Ivo Barić/ ib",
         .headline = "Zadvor: obnovljen stari svjetionik",
         .body = "Svjetionik na rtu Zadvor ponovno svijetli nakon šest godina obnove, izvijestili su u srijedu iz "
                 "lučke kapetanije.\n"
                 "Obnova je stajala 800.000 eura.",
         .place = "Zadvor",
         .source = "Hinet",
         .date = "12. ožujka 2025"},
        {.raw = "بزرگترین باغ گل محمدی در سبزآباد افتتاح شد\n"
                "سبزآباد - ایرسا - مدیر جهاد کشاورزی سبزآباد گفت: بزرگترین باغ گل محمدی استان با ۴۰ هکتار افتتاح شد.\n"
                "رضا کمالی افزود: برداشت گل از اردیبهشت آغاز می‌شود.\n"
                "انتهای پیام/ ۲۳۴\n"
                "کد خبر: 4455667",
         .headline = "بزرگترین باغ گل محمدی در سبزآباد افتتاح شد",
         .body = "مدیر جهاد کشاورزی سبزآباد گفت: بزرگترین باغ گل محمدی استان با ۴۰ هکتار افتتاح شد.\n"
                 "رضا کمالی افزود: برداشت گل از اردیبهشت آغاز می‌شود.",
         .place = "سبزآباد",
         .source = "ایرسا"},
        {.raw = "Hà Xuyên mở tuyến xe điện quanh hồ\n"
                "Hà Xuyên (TTXN) - Sáng 12/3, thành phố Hà Xuyên khai trương tuyến xe điện quanh hồ Bạch Liên với giá "
                "vé 10.000 đồng.\n"
                "Theo ban quản lý, mỗi xe chở được 12 khách.\n"
                "Nguyễn Thu Hạ (TTXN)\n"
                "Quét mã QR để đọc tin nhanh hơn trên Zalo",
         .headline = "Hà Xuyên mở tuyến xe điện quanh hồ",
         .body = "Sáng 12/3, thành phố Hà Xuyên khai trương tuyến xe điện quanh hồ Bạch Liên với giá vé 10.000 đồng.\n"
                 "Theo ban quản lý, mỗi xe chở được 12 khách.",
         .place = "Hà Xuyên",
         .source = "TTXN",
         .authors = "Nguyễn Thu Hạ"},
        {.raw = "CORRECTION - Ferry to run on Sundays from June\n"
                "Eds: Corrects day in headline and first paragraph. A version with reaction will move by 0400 GMT.\n"
                "WELLSFORD, 11 MARCH 2025 (PACNEWS) – The inter-island ferry will run on Sundays from June, the "
                "Maritime Board said on Tuesday.\n"
                "It had sailed on weekdays only since 2019.\n"
                "\"Church will be fuller,\" said the Reverend Sione Taufa. ....PACNEWS\n"
                "ENDS",
         .headline = "CORRECTION - Ferry to run on Sundays from June",
         .body = "The inter-island ferry will run on Sundays from June, the Maritime Board said on Tuesday.\n"
                 "It had sailed on weekdays only since 2019.\n"
                 "\"Church will be fuller,\" said the Reverend Sione Taufa.",
         .place = "Wellsford",
         .source = "PACNEWS",
         .date = "11 MARCH 2025"},
};

struct desk {
	struct fixture *cleanup, *credits;
};

static struct desk desk_new(void)
{
	return (struct desk){fixture_new(&stage_cleanup, NULL), fixture_new(&stage_credits, NULL)};
}

static void desk_free(struct desk *d)
{
	fixture_free(d->cleanup);
	fixture_free(d->credits);
}

static struct story *desk_run(struct desk *d, const char *raw)
{
	struct story *st = fixture_text(d->cleanup, arena_copy(&d->cleanup->keep, str_of(raw)));
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

static void assert_field(const struct wire *w, struct str found, const char *want)
{
	assert_true(str_is(found, want ? want : "") ||
	            (print_error("'%.*s', not '%s', of: %s\n", STR_ARG(found), want ? want : "", w->raw), false));
}

static void wires_of_many_houses_come_out_as_an_editor_would_have_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		const struct wire *w = &wires[i];
		struct desk d = desk_new();
		struct arena *a = &d.cleanup->keep;
		struct story *st = desk_run(&d, w->raw);
		assert_field(w, st->cleanup.headline, w->headline);
		assert_field(w, st->cleanup.body, w->body);
		assert_field(w, st->credits.place.name, w->place);
		assert_field(w, st->credits.source, w->source);
		assert_field(w, st->credits.date, w->date);
		assert_field(w, joined(a, st->credits.authors, st->credits.n_authors), w->authors);
		assert_field(w, joined(a, st->credits.editors, st->credits.n_editors), w->editors);
		assert_field(w, joined(a, st->credits.contributors, st->credits.n_contributors), w->contributors);
		assert_field(w, joined(a, st->credits.sources, st->credits.n_sources), w->credit);
		assert_field(w, st->credits.section.name, w->section);
		assert_field(w, st->credits.published.name, w->published);
		desk_free(&d);
	}
}

/* --- what must stay ----------------------------------------------------------------------------------------------- */

/* The headline is the first line, and nothing else goes. */
static void assert_stays(const char *headline, const char *body)
{
	struct desk d = desk_new();
	struct story *st = desk_run(&d, arena_printf(&d.cleanup->keep, "%s\n%s", headline, body).p);
	bool right =
	        str_is(st->cleanup.headline, headline) && str_is(st->cleanup.body, body) && st->cleanup.n_removed == 1;
	assert_true(right || (print_error("'%.*s' / '%.*s', not '%s' / '%s'\n", STR_ARG(st->cleanup.headline),
	                                  STR_ARG(st->cleanup.body), headline, body),
	                      false));
	desk_free(&d);
}

static void a_headline_above_a_second_one_stays_the_headline(void **state)
{
	(void)state;
	static const char *const tops[][2] = {
	        {"Bridge reopens after flood",
	         "Hundreds cheer as the first cars cross the river\nThe bridge reopened.\nTwo."},
	        {"Fire in Holm", "Mayor says that nobody was hurt in the blaze\nThe fire began at noon.\nTwo."},
	        {"Bees", "Bees fly over the town and nobody minds them.\nTwo."},
	        {"STORM HITS THE WHOLE COAST", "Thousands of homes without power\nThe storm came at night.\nTwo."},
	        {"STORM HITS COAST", "POWER OUT IN THOUSANDS OF HOMES ON THE ISLAND\nThe storm came at night.\nTwo."},
	        {"Why?", "Nobody knows why the clock in the tower stopped\nIt stopped at noon.\nTwo."},
	        {"Ferry", "One\nTwo\nThree"},
	        {"COVID-19", "The numbers fell on Monday.\nTwo."},
	        {"Holm - Lund 2:1", "Rovers won the derby with a late goal by Lind\nIt rained.\nTwo."},
	        {"図書館が開館", "町に新しい図書館ができました。\n二つ目。"},
	        {"24/7", "The shop never closes.\nTwo."},
	        {"AFC/UEFA", "The federations met.\nTwo."},
	        {"Read this: 12 rules", "The rules are old.\nTwo."},
	        {"Home > Away, says the coach", "He likes to play at home.\nTwo."},
	        {"He or she / they", "A word is debated.\nTwo."},
	};
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		assert_stays(tops[i][0], tops[i][1]);
}

static void what_only_looks_like_a_dateline_stays(void **state)
{
	(void)state;
	static const char *const leads[] = {
	        "Sunday, March 3: the day the bridge fell.",
	        "Monday - the shops were closed.",
	        "Anna Smith (AP) reported it first. Smith was there.",
	        "The AP - an agency - reported it.",
	        "In Jakarta, Antara - the agency - reported it.",
	        "Anna, Berta, Carla, 3 March - they came.",
	        "Rome, Paris, Oslo - The three want it.",
	        "A well-known- and well-liked - man died.",
	        "Holm, May 5, Rovers against Town.",
	        "On May 4: nothing.",
	        "U.S.",
	        "HALIFAX",
	        "Reuters--the agency, not the poet.",
	        "2024. The year began quietly.",
	        "(He laughed) Nobody else did.",
	        "राम ने कहा (हंसते हुए) कि सब ठीक है।",
	        "Jakarta - the capital - sank.",
	        "Ferries - Two of them sank.",
	        "NHK - the broadcaster - said so.",
	        "Holm Rovers - Lund Town 2:1",
	        "گفت - و خندید - که همه چیز خوب است.",
	        "Hydrogen (gas) burns.",
	        "Anna Smith (NTK-fan Kari) came.",
	        "Room - 12 - 3 (left) -- was theirs.",
	};
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		struct desk d = desk_new();
		assert_stays("A headline of five words",
		             arena_printf(&d.cleanup->keep, "%s\nTwo came.\nThree went.", leads[i]).p);
		desk_free(&d);
	}
}

static void a_writers_last_line_stays(void **state)
{
	(void)state;
	static const char *const lasts[] = {
	        "It was the end.",
	        "\"The end\"",
	        "She works for AP.",
	        "He asked them to write to Jane, and they did.",
	        "About 300 people came.",
	        "About that night he never spoke.",
	        "Contact was lost.",
	        "Facebook: the company said that it had closed 3 pages in 2024.",
	        "The page has 300 followers on Google News.",
	        "Home and/or away",
	        "Source of the river: a spring above Holm.",
	        "Source material was burnt in the fire.",
	        "And so on and on",
	        "Tags hung from every coat: red, blue, white.",
	        "He signed it (in ink).",
	        "They sang of the sea (and of the WIND).",
	        "Over and out",
	        "3 March 2024 was a Sunday.",
	        "It ended 14:30",
	        "Updated rules take effect in 24 days.",
	        "(and/or so he said)",
	        "Über allen Gipfeln ist Ruh.",
	        "Sobre la mesa quedaron tres libros.",
	        "Tre pari, e la fine è aperta.",
	        "Anna Berg, Jan Lind",
	        "#1 again",
	        "Photo finish: Lind won by a nose.",
	        "Read time and again: the letter of 3 March.",
	        "भाषा सबको जोड़ती है।",
	        "الموافق عليه كثيرون.",
	        "編集は続く。",
	        "Follow the debate on Telegram, he told them.",
	        "Join the choir",
	        "Download figures for WhatsApp fell in May.",
	        "Colaborou com a polícia.",
	        "Colaborou João com a polícia.",
	        "Avec la participation de 30 pays.",
	        "Ce texte a été traduit en douze langues.",
	        "This text was translated into forty languages.",
	        "Media: three of them wrote 1234567 words.",
	        "Director: Jane Campion",
	        "Won: Anna Berg/SWE",
	        "Issn 2499",
	};
	for (size_t i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		struct desk d = desk_new();
		assert_stays("A headline of five words",
		             arena_printf(&d.cleanup->keep, "One came.\nTwo came.\n%s", lasts[i]).p);
		desk_free(&d);
	}
}

static void what_goes_on_below_a_sign_stays(void **state)
{
	(void)state;
	static const char *const bodies[] = {
	        "One came to Holm.\n(KNS)\nHolm has a harbour, too.",
	        "One came.\nTwo came.\n(KNS)\nTown 12\nRovers 9",
	        "One came.\nTwo came.\n(KNS)\n\"Three came,\" she said.",
	        "One came.\nTwo came.\n(KNS)\nWinners: Anna Berg",
	        "One came.\nTwo came.\n(KNS)\nThree came.\nFour came.\nFive came.",
	        "One came.\nTwo came.\n(KNS)\n- A list\n- Of two",
	};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_stays("A headline of five words", bodies[i]);
}

static void a_writers_line_between_stays(void **state)
{
	(void)state;
	static const char *const lines[] = {
	        "Follow us on Twitter was the name of the winning team.",
	        "Sign up for our quiz, the landlord had written on the door, and 200 people did.",
	        "Numbers (drawn order): 4, 9, 16.",
	        "A crosshead without a stop",
	        "* * *",
	        "(He added nothing.)",
	        "[sic]",
	        "**Stars** shine on",
	        "Related to nobody, he lived alone.",
	        "Related matters were left for another day.",
	        "AFP and AP were there.",
	        "He read it in three minutes: a minute read is a minute lived.",
	        "Reuters/Ipsos polls had said so.",
	        "\"Photo: nobody\" was written below.",
	        "Über die Brücke fuhr kein Zug.",
	        "About the author nothing is known.",
	        "Tags: they hung from every coat, and nobody knew why.",
	        "Home > all",
	        "Download WhatsApp on your phone",
	        "Follow him to Facebook, they said, and you will see what is here.",
	        "Read Telegram, the paper, here and you learn.",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct desk d = desk_new();
		assert_stays("A headline of five words",
		             arena_printf(&d.cleanup->keep, "One came.\n%s\nTwo came.\nThree went.", lines[i]).p);
		desk_free(&d);
	}
}

static void an_agency_in_a_byline_is_no_author(void **state)
{
	(void)state;
	static const struct {
		const char *byline, *authors, *credit;
	} rows[] = {
	        {"Por Agência Brasil - Brasília", "", "Agência Brasil"},
	        {"By Reuters", "", "Reuters"},
	        {"By Jane Roe, Reuters", "Jane Roe", "Reuters"},
	        {"Par Jean Dupuis avec AFP", "Jean Dupuis", "AFP"},
	        {"Penulis : Rangga Pandu/Imam Silfia", "Rangga Pandu;Imam Silfia", ""},
	        {"Von Anna Berg/dpa", "Anna Berg", ""},
	        {"By Jane Roe – Science Desk", "Jane Roe", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new();
		struct arena *a = &d.cleanup->keep;
		struct story *st = desk_run(
		        &d, arena_printf(a, "A headline of five words\n%s\nOne came.\nTwo came.", rows[i].byline).p);
		assert_str(st->cleanup.body, "One came.\nTwo came.");
		assert_str(joined(a, st->credits.authors, st->credits.n_authors), rows[i].authors);
		assert_str(joined(a, st->credits.sources, st->credits.n_sources), rows[i].credit);
		desk_free(&d);
	}
}

static void names_beside_a_time_line_are_authors_and_sections_are_none(void **state)
{
	(void)state;
	static const struct {
		const char *line, *authors, *section;
	} rows[] = {
	        {"Sam Porter in Holm", "Sam Porter", ""},
	        {"Dimas Arpan, Ratna Dewi", "Dimas Arpan;Ratna Dewi", ""},
	        {"Dimas Arpan - detikNews", "Dimas Arpan", ""},
	        {"World News", "", "World News"},
	        {"Middle East", "", "Middle East"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct desk d = desk_new();
		struct arena *a = &d.cleanup->keep;
		struct story *st = desk_run(
		        &d, arena_printf(a, "A headline of five words\n%s\n4 March 2024, 14:05 GMT\nOne came.\nTwo.",
		                         rows[i].line)
		                    .p);
		assert_str(st->cleanup.body, "One came.\nTwo.");
		assert_str(joined(a, st->credits.authors, st->credits.n_authors), rows[i].authors);
		assert_str(st->credits.section.name, rows[i].section);
		desk_free(&d);
	}
	/* Without a time beside them, and where a word begins small, they are the writer's. */
	assert_stays("A headline of five words", "Sam Porter in Holm\nOne came.\nTwo.");
	struct desk d = desk_new();
	struct story *st =
	        desk_run(&d, "A headline of five words\nCrowds return to Holm\n4 March 2024\nOne came.\nTwo.");
	assert_true(str_starts(st->cleanup.body, STR("Crowds return to Holm")));
	desk_free(&d);
}

static void two_korean_reporters_are_two(void **state)
{
	(void)state;
	struct desk d = desk_new();
	struct story *st = desk_run(&d, "새 도서관\n(서울=한빛통신) 배도윤 이하늘 기자 = 문을 열었다.\n둘.");
	assert_str(joined(&d.cleanup->keep, st->credits.authors, st->credits.n_authors), "배도윤;이하늘");
	desk_free(&d);
}

static void a_day_before_its_month_is_a_day_where_no_english_is_written(void **state)
{
	(void)state;
	struct desk d = desk_new();
	struct story *st = desk_run(&d, "Biblioteca abre\nPublicado em 04/03/2024 às 14h30\n"
	                                "Uma biblioteca foi inaugurada nesta segunda-feira em Sorriso.\nDois.");
	assert_str(st->credits.published.name, "2024-03-04T14:30:00");
	st = desk_run(&d, "A library opens\nPublished on 04/03/2024 14:30\n"
	                  "A library was opened on Monday in the town of Holm.\nTwo.");
	assert_str(st->credits.published.name, "2024");
	desk_free(&d);
}

static void a_sign_and_a_dateline_do_not_share_words(void **state)
{
	(void)state;
	struct desk d = desk_new();
	struct story *st = desk_run(&d, "A headline of five words\nELKTON, Neb. (AP) ABC");
	assert_str(st->cleanup.body, "ABC");
	assert_int_equal(st->cleanup.n_removed, 2);
	st = desk_run(&d, "A headline of five words\nELKTON, Neb. (AP) It rained. (AP)");
	assert_str(st->cleanup.body, "It rained.");
	desk_free(&d);
}

static void a_list_of_headlines_above_the_text_goes_once(void **state)
{
	(void)state;
	struct desk d = desk_new();
	struct story *st = desk_run(&d, "A bridge reopens\nİlgili Haberler\nBir köprü daha\nZehra ALTIN/MARDİN, (FHA)- "
	                                "MARDİN'de köprü açıldı.\nİki.");
	assert_str(st->cleanup.body, "MARDİN'de köprü açıldı.\nİki.");
	assert_str(st->credits.place.name, "Mardin");
	st = desk_run(&d, "A bridge reopens\nİlgili Haberler\nZehra ALTIN/MARDİN, (FHA)- bir\nİki.");
	assert_true(st->cleanup.n_removed > 1);
	desk_free(&d);
}

/* --- harm --------------------------------------------------------------------------------------------------------- */

static void texts_that_mean_harm_end_soon(void **state)
{
	(void)state;
	static const char *const pieces[] = {"Home > ",
	                                     " > ",
	                                     "A > B\n",
	                                     "AFP\n",
	                                     "(AFP) ",
	                                     "AFP ",
	                                     "a/b/c ",
	                                     "\\",
	                                     "About A\n",
	                                     "Contact:\n",
	                                     "Kontakt\n",
	                                     "Tags:\n",
	                                     "#a ",
	                                     "#a\n",
	                                     "autor: A, ",
	                                     "(editor: A)",
	                                     "（編輯：王",
	                                     "【",
	                                     "Related stories\n",
	                                     "A B\n",
	                                     "*** a ***\n",
	                                     "***",
	                                     "___\n",
	                                     "(foto)",
	                                     "(foto)\n",
	                                     "--",
	                                     "A--",
	                                     "BC-A--",
	                                     "abc0123 4 pl ",
	                                     "A/B/C/\n",
	                                     "News ID: 1234\n",
	                                     "3月3日(日) ",
	                                     "तीन मार्च ",
	                                     "3 رجب 1445 هـ الموافق ",
	                                     "14:30\n",
	                                     "061712 Mai 25\n",
	                                     "1206 1958 A\n",
	                                     "PTI SA\n",
	                                     "भाषा अ\n",
	                                     "A, B\n",
	                                     "A B, C D\n",
	                                     "ENDS. ",
	                                     "■",
	                                     "3 min read\n",
	                                     "3/3/2024 - ",
	                                     "1 May 2024 | A | ",
	                                     "@a.b\n",
	                                     "A/AFP\n",
	                                     "AP Photo/A. ",
	                                     "Source: A| 2024-03-03 ",
	                                     "- ",
	                                     ".-",
	                                     "HOLM\n",
	                                     "(Adds a)\n",
	                                     "Facebook: @a\n",
	                                     "۱۳ اسفند ۱۴۰۲ "};
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct desk d = desk_new();
		size_t n = strlen(pieces[i]), bytes = 1000000 / n * n;
		char *text = arena_alloc(&d.cleanup->keep, bytes + 1);
		for (size_t at = 0; at < bytes; at += n)
			memcpy(text + at, pieces[i], n);
		text[bytes] = 0;
		struct story *st = desk_run(&d, text);
		assert_true(st->cleanup.body.n <= bytes);
		/* The same in one line behind a headline, and as the last line. */
		memcpy(text, "Head\n", 5);
		st = desk_run(&d, text);
		assert_true(st->cleanup.body.n <= bytes);
		desk_free(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wires_of_many_houses_come_out_as_an_editor_would_have_them),
	        cmocka_unit_test(a_headline_above_a_second_one_stays_the_headline),
	        cmocka_unit_test(what_only_looks_like_a_dateline_stays),
	        cmocka_unit_test(a_writers_last_line_stays),
	        cmocka_unit_test(what_goes_on_below_a_sign_stays),
	        cmocka_unit_test(a_writers_line_between_stays),
	        cmocka_unit_test(an_agency_in_a_byline_is_no_author),
	        cmocka_unit_test(names_beside_a_time_line_are_authors_and_sections_are_none),
	        cmocka_unit_test(two_korean_reporters_are_two),
	        cmocka_unit_test(a_day_before_its_month_is_a_day_where_no_english_is_written),
	        cmocka_unit_test(a_sign_and_a_dateline_do_not_share_words),
	        cmocka_unit_test(a_list_of_headlines_above_the_text_goes_once),
	        cmocka_unit_test(texts_that_mean_harm_end_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
