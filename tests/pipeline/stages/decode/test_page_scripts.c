/* Web pages in scripts that end their sentences, write their numbers and weigh their letters in ways of their own. */
#include "tests/pipeline/stages/decode/open_desk.h"

/* A page as news sites of many countries build it: the date above the text, a standfirst without a name, a way to
 * another story between the paragraphs, teasers below them. */
struct news {
	const char *language, *title, *date, *standfirst, *first, *second, *third, *signature, *other;
};

/* clang-format off */
static const struct news news[] = {
        {"ar", "توقف العبارة إلى سكارهولم", "٢ مارس ٢٠٢٥ - ٠٧:٠٨",
         "عاد سكان الجزيرة إلى قواربهم بعد ستين عاما من الخدمة",
         "توقفت العبارة إلى سكارهولم يوم الاثنين، ولم يتفاجأ أحد في الجزيرة بذلك، كما قال مكتب الميناء.",
         "وقد أصلح محركها الذي صنع عام ١٩٦٤ أربع مرات منذ الربيع.",
         "متى تأتي السفينة الجديدة؟ ليس قبل نهاية العام المقبل، بحسب كل الروايات.", "تقرير: ليلى حداد",
         "أسعار السمك ترتفع في أسواق الشمال للأسبوع الثالث"},
        {"fa", "کشتی اسکارهولم از کار افتاد", "۱۲ اسفند ۱۴۰۳ ساعت ۰۷:۰۸",
         "مردم جزیره پس از شصت سال دوباره با قایق‌های خود سفر می‌کنند",
         "کشتی اسکارهولم روز دوشنبه از کار افتاد و هیچ‌کس در جزیره از این موضوع شگفت‌زده نشد.",
         "موتور آن که در سال ۱۹۶۴ ساخته شده بود، از بهار چهار بار تعمیر شده بود.",
         "کشتی تازه کی می‌آید؟ به گفته همه پیش از پایان سال آینده نخواهد آمد.",
         "گزارش از لیلا حدادی", "بهای ماهی در بازارهای شمال برای سومین هفته بالا رفت"},
        {"ja", "スカルホルムへの渡し船が運航停止", "2025年3月2日 7時8分",
         "六十年の運航を経て、島の人々は再び自分の船で海を渡ることになった",
         "スカルホルムへの渡し船が月曜日に運航を停止し、島では誰も驚かなかったと港の事務所が明らかにした。",
         "1964年に造られたエンジンは春から四回修理されていたという。", "「新しい船は来年の末より前には来ない見込みだ」",
         "（記者・佐藤花子）", "北部の市場で魚の値段が三週続けて上がる見通し"},
        {"ko", "스카르홀름 여객선 운항 중단", "2025.03.02 07:08",
         "섬 주민들은 육십 년 만에 다시 자기 배를 타고 바다를 건너게 되었다",
         "스카르홀름으로 가는 여객선이 월요일에 멈췄고, 섬에서는 아무도 놀라지 않았다고 항만 사무소가 밝혔다.",
         "1964년에 만들어진 기관은 봄 이후 네 번이나 수리되었다.",
         "새 배는 내년 말 이전에는 오지 않을 것이라고 모두가 말한다.", "김영희 기자",
         "북부 시장 생선 값이 삼 주 연속 올랐다는 조사 결과"},
        {"hi", "स्कारहोल्म की नौका बंद हुई", "२ मार्च २०२५, ०७:०८", "साठ साल की सेवा के बाद द्वीप के लोग फिर अपनी नावों से चलेंगे",
         "स्कारहोल्म जाने वाली नौका सोमवार को रुक गई और द्वीप पर किसी को इस पर आश्चर्य नहीं हुआ।",
         "बंदरगाह कार्यालय ने कहा कि १९६४ में बने इसके इंजन की वसंत से चार बार मरम्मत हुई थी।",
         "नया जहाज कब आएगा? सभी के अनुसार अगले साल के अंत से पहले नहीं आएगा।", "रिपोर्ट: अनीता शर्मा",
         "उत्तर के बाजारों में मछली के दाम तीसरे हफ्ते बढ़े"},
        {"el", "Σταμάτησε το πλοίο για το Σκάρχολμ", "02/03/2025, 07:08",
         "Ύστερα από εξήντα χρόνια οι νησιώτες παίρνουν ξανά τις βάρκες τους",
         "Το πλοίο για το Σκάρχολμ σταμάτησε τη Δευτέρα και κανείς στο νησί δεν ξαφνιάστηκε γι' αυτό.",
         "Η μηχανή του, του 1964, είχε επισκευαστεί τέσσερις φορές από την άνοιξη, είπε το λιμεναρχείο.",
         "Πότε έρχεται το νέο πλοίο; Όχι πριν από το τέλος του επόμενου χρόνου, λένε όλοι.", "Ρεπορτάζ: Ελένη Παππά",
         "Ακριβότερα τα ψάρια στις αγορές του βορρά για τρίτη εβδομάδα"},
        {"ru", "Паром на Скархольм остановился", "2 марта 2025, 07:08",
         "Через шестьдесят лет жители острова снова садятся в свои лодки",
         "Паром на Скархольм остановился в понедельник, и никто на острове этому не удивился.",
         "Его двигатель 1964 года с весны чинили четыре раза, сообщили в конторе порта.",
         "Новое судно заказано. По всем сведениям, раньше конца будущего года оно не придёт.", "Текст: Анна Волкова",
         "Рыба на северных рынках дорожает третью неделю подряд"},
        {"tr", "Skarholm vapuru durdu", "02 Mart 2025 - 07:08",
         "Altmış yılın ardından adalılar yeniden kendi kayıklarına biniyor",
         "Skarholm vapuru pazartesi günü durdu ve adada kimse buna şaşırmadı.",
         "1964 yapımı motoru bahardan bu yana dört kez onarılmıştı, dedi liman başkanlığı.",
         "Yeni gemi sipariş edildi. Söylenenlere göre gelecek yılın sonundan önce gelmeyecek.", "Haber: Ayşe Yılmaz",
         "Kuzey pazarlarında balık fiyatları üçüncü haftadır artıyor"},
        {"id", "Feri ke Skarholm berhenti", "Minggu, 02 Mar 2025 07:08 WIB",
         "Setelah enam puluh tahun warga pulau kembali memakai perahu sendiri",
         "Feri ke Skarholm berhenti pada hari Senin, dan tidak seorang pun di pulau itu terkejut.",
         "Mesinnya yang dibuat pada 1964 sudah empat kali diperbaiki sejak musim semi, kata kantor pelabuhan.",
         "Kapal baru sudah dipesan. Menurut semua orang, kapal itu tidak datang sebelum akhir tahun depan.",
         "Laporan: Siti Rahma", "Harga ikan di pasar utara naik untuk pekan ketiga"},
        {"th", "เรือข้ามฟากไปสการ์โฮล์มหยุดเดิน", "๒ มีนาคม ๒๕๖๘ ๐๗:๐๘", "หลังหกสิบปีชาวเกาะต้องกลับไปใช้เรือของตนเองอีกครั้งหนึ่งแล้ว",
         "เรือข้ามฟากไปสการ์โฮล์มหยุดเดินเมื่อวันจันทร์ และไม่มีใครบนเกาะประหลาดใจกับเรื่องนี้",
         "เครื่องยนต์ที่สร้างในปี ๒๕๐๗ ได้รับการซ่อมมาแล้วสี่ครั้งตั้งแต่ฤดูใบไม้ผลิ สำนักงานท่าเรือกล่าว",
         "เรือลำใหม่สั่งแล้ว แต่ทุกคนบอกว่าจะไม่มาก่อนสิ้นปีหน้าอย่างแน่นอน", "รายงานโดย สมศรี ใจดี",
         "ราคาปลาในตลาดภาคเหนือสูงขึ้นเป็นสัปดาห์ที่สาม"},
};
/* clang-format on */

static const char *page_of(const struct news *n)
{
	static char page[16384];
	snprintf(page, sizeof page,
	         "<!DOCTYPE html><html lang=%s><head><title>%s</title>"
	         "<meta property='og:title' content='%s'>"
	         "<meta property='article:published_time' content='2025-03-02T07:08:00Z'></head><body>"
	         "<div class=k1><a href=/a>%s</a><a href=/b>%s</a></div>"
	         "<div class=k2><h1>%s</h1><h2>%s</h2><div class=k3><p>%s</p><p>%s</p>"
	         "<p><a href=/c>%s</a></p><p>%s</p><p>%s</p><p>%s</p></div></div>"
	         "<div class=k4><div class=k5><div><a href=/d>%s</a></div><p>%s</p></div>"
	         "<div class=k5><div><a href=/e>%s</a></div><p>%s</p></div>"
	         "<div class=k5><div><a href=/f>%s</a></div><p>%s</p></div></div></body></html>",
	         n->language, n->title, n->title, n->other, n->other, n->title, n->standfirst, n->date, n->first,
	         n->other, n->second, n->third, n->signature, n->other, n->standfirst, n->other, n->standfirst,
	         n->other, n->standfirst);
	return page;
}

static void the_text_is_found_in_any_script(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
		const struct news *n = &news[i];
		char text[4096];
		snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n%s", n->standfirst, n->first, n->second, n->third,
		         n->signature);
		assert_str(desk_text(&desk, page_of(n))->decode.body, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(the_text_is_found_in_any_script, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
