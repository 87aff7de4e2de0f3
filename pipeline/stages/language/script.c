/*
 * Which script is a text written in? See script.h.
 *
 * Letters are counted by ICU's script property; a letter that several scripts share counts for none. Japanese is
 * written in kanji and kana together, so Han counts for it as soon as some kana stand among it; Korean likewise with
 * Hangul. Names of firms and products stand in Latin letters in text of all scripts ("iPhone 16", "OpenAI"): Latin
 * words with a capital count for a quarter against another script.
 */
#include "pipeline/stages/language/script.h"

#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* clang-format off */
/*
 * Characters that only one of the two Chinese orthographies has, as far as text in both shows it; three bytes each,
 * ascending.
 */
static const char script_simplified[] =
        "万与丑专业丛东丝两严丧个丰临为丽举么义乌乐乔习乡书买乱争于云亚亥产亲亿仅"
        "从仑仓仕仪们仲价众优会伞伟传伤伦伪佐佑体余侍侣侦侧侨侯债倾储僧儿党兰关兴"
        "兹养兽内冈册写军农冯冲决况冻净凉减几凤凭凯击凿刘则刚创删别剂剑剧办务动励"
        "劲劳势勋区医华协卒单卖卜卢卧卫却厂厅历厉压厢厥厦厨县参叉双发叔变叙叠叶号"
        "叹后吕吗听启吴员咏咸响唇啄喷囊团园围国图圆圣场坂坏块坚坛坜坝坟坠垒垩垫埔"
        "堇堕塘墙壬壮声壳壶处备复够头夸夹夺奋奖奥妇妈姜娄娱婴嫔孔孙学宁宝实宠审宪"
        "宫宽宾寨对寻导寿将尔尘尝尧尸尽层届属屡屿岁岗岛岭峡崖巢巩币帅师帐帘帜带帮"
        "并广庆庐库应庙庞废开异弃张弥弯弹强归当录彦彭彻径徐御徽忆忠忧怀态总恋恒恶"
        "悦悬惊惧惯愤愿慕懒戏战戟户扑执扩扫扬扰抚抛抢护报担拟拥拨择挂挝挡挤挥挽损"
        "换据掷掸携摄摆摇敌数斐斑斩断无旧时昭显晋晓暂术朴机杀杂权杆条来杨极构枢枣"
        "枪枫柄柽栅标栋栎栏树栖样栾桐桔档桥桦桨梦梨梭梯检棕棱椤楼榄榆榈槟槲樟横樱"
        "欢欧残殿毁毕气氟氢氯汇汉汤沟没泌泪泷泽洁洼浅测济浏浓浙浦涂涌涛涡润涩淀淮"
        "渊渐渔渗温湾湿溃滇滚满滤滨滩潜濒灭灯灵灾炉点炼烁烃烛烟烦烧热熙爱爷牵状犹"
        "独狭狮狱狸猎猪猫献玄玛环现琉琳琼瑙瑚瑶璋瓷甫电甸町画畅畔疗疯瘾瘿皱盏盐监"
        "盖盗盘着矮矶矾矿码砖础硕确碍碘碱礼祯祸禄禅离禾秃秆种秦积称税稣稳穷竞笃笔"
        "笼筑筹签简篮类粤粮紧纠红纤约级纪纬纯纲纳纵纷纸纹纺纽线练组绅细织终绍经绑"
        "绒结绕绘给络绝绞统绡绢绣绥继绩绪续绳维绵绸综绿缅缓缔缕编缘缝缠缩缴罂网罗"
        "罚羁翅耸职联聪肃肠肤肾肿胀胁胆胜胶脉脏脑脚脱脸腊腾舰舱艰艳艺节芦苈苍苏苔"
        "苣苹茎茛茜茨茹荆荐荚荠荣荧荨荫药莱莲获菱萝萤营萧萨萼葱葵蒋蒜蒲蒿蓝蓟蓬蔷"
        "蕨蕴薇藓藩虏虑虚虫虱虽虾蚀蚌蚜蚤蚬蛏蛮蛱蛾蜗蜡蜱蝇蝉蝎蝽衔补衬袭装裔裤见"
        "观规视览觉触誉计订认讨让训议讯记讲讶讷许论讽设访证评识诉诊词译试诗诚话诞"
        "询该详语误诱说请诸诺读课谁调谅谈谊谋谎谐谓谕谟谢谣谦谨谭谱贝贞负贡财责贤"
        "败货质贩贫贬购贯贴贵贸费贺贾贿资赋赌赏赐赖赚赛赞赠赢赴赵赶趋跃践踪车轨转"
        "轮软轰轴轸轻载轿较辅辆辈辉辐辑输辖辞辩辰边辽达迁过迈运还这进远违连迟迹适"
        "选逊递逻遗遥邓邮邻郎郑郡酰酱醇释鉴针钉钌钙钝钟钠钢钦钩钯钱钴钻钾铁铃铅铎"
        "铜铠铭铵银铸铺链销锁锅锋锐锑错锚锡锣锤锥锦键锯锰锻镇镍镖镜镰镶长门闪闭问"
        "闲间闸闻闽阀阁阅阐阔队阪阮阳阴阵阶陀际陆陇陈陕陨险隋随隐隶难雏雾靖静韦韧"
        "韩韵页顶项顺须顾顿颁颂预颅领颈颌频颓颖颗题颜额颠风飓飞饭饮饰饱饶饼馆马驱"
        "驳驴驶驻驼驾验骑骗鱼鱿鲁鲃鲇鲈鲍鲜鲣鲤鲱鲷鲸鳄鳅鳍鳐鳕鳖鳞鸟鸠鸡鸣鸦鸭鸮"
        "鸽鸿鹃鹅鹉鹏鹘鹤鹦鹫鹰麟麦黄黔齐齿龄龙龟";
static const char script_traditional[] =
        "並亂亞佈佔併來侶係倉個們倫偉傑備傳債傷傾僅僱價儀億儘優儲兒內兩冊凍凱別刪"
        "則剛剝創劃劇劍劑動務勝勞勢勵勸勻匯區協卻厭厲參吳員問啟喪喬單嗎嘗嘯噴噸噹"
        "嚕嚴囉國圍園圓圖團執堅報場塊塗壓壞壟壯夠夢奧奪奮姍婦媽嬰孫學實寧審寫寬寶"
        "將專尋對導屆屜層屬岡島峽嶄嶼帥師帳帶幣幫幹幾庫廁廂廟廠廢廣廳張強彈彎彙後"
        "徑從復徵徹恆悅惡惱愛態慘慣慮慶慾憂憑憲憶應懲懶懷懼戀戰戲戶拋捨掃掛採揚換"
        "揮損搖搶撥撲擁擇擊擋擔據擠擬擴擺擾攜攝敗敘敵數斷於時暫曆曉書會東桿條棄棟"
        "棲業極榮構樂樓標樞樣樹橋機橫檔檢櫃欄權欖歐歡歲歷歸殘殺殼毀氣氫決沒沖況涼"
        "淚淨淺減測湯準溝溫滅滾滿漢漲漸漿潛潤澤濃濕濟濫濾灑灘灣災為烏無煙煩煮熱燈"
        "燒營爍爛爭爺爾牆牠牽狀猶獅獎獨獲獵獸獻現瑪環產畢畫異當疊療發盜盡監盤盧眾"
        "瞭碩確碼礎礙禍禮稅稜種稱積穩窮競筆節範築簡簽籃籌糾紀約紅納紐純紙級紛細紹"
        "終組結絕絡給絨統絲綁經綜綠維綱網緊緒線緣編緩練緻縣縫縮縱總績織繞繩繪繫繳"
        "繼續罰罵羅義習聖聞聯聲職聽脅脈脫腦腳腸膠膽臉臘臟臨臺與興舉舊艙艦茲莊華萊"
        "萬葉蒐蓋蔥薦薩藍藝藥蘆蘇蘋蘭處虛號螢蟲蠻術衛衝裏補裝裡製複褲襲見規視親覺"
        "覽觀觸訂計訊討訓託記訝訣訪設許訴診註詐評詞詢試話該詳誌認誕語誠誡誤說誰課"
        "誼調談請論諮諸諾謀謂謊講謝謠謹證識譯議護讀變讓豐豬貓貝負財貢貧貨販貪貫責"
        "貴買貸費貼貿資賓賞賠賢賣賤賦質賭賴賺購賽贊贏趕趨跡踐蹟蹤躍車軌軍軟軸較載"
        "輔輕輛輩輪輯輸輻輿轄轉辦辭辯農迴這逛連週進遊運過達違遙遜遠適遲遷選遺邁還"
        "邊邏郵鄉鄧鄭鄰醫醬釋釐針釣鈉鈴銀銷鋪鋼錄錢錯錶鍋鍵鎖鎮鏡鏢鐘鐵鑑長門閃閉"
        "開閒間閱闆闊關陣陰陳陸陽隊階際隨險隱隻雖雙雛雜雞離難雲電靈靜韓響頁頂頃項"
        "順須預頓領頭頸頻顆題額顏願類顧顯風颱颶飛飯飲飽飾餅養餘館馬駐駕駛騎騙騰騷"
        "驗驚驟體鬆鬥鬧鬱魚魯鮮鳥鳴鴉鴨鷹鹹鹼鹽麗麥麵麼麽黃點黨齊齒齡龍龐龜";
/* clang-format on */

/* Of this many letters of Latin words with a capital one counts. */
#define SCRIPT_NAME_LETTERS 4
/* A character of Chinese, Japanese or Korean says as much as so many letters. */
#define SCRIPT_EAST_ASIAN_LETTERS 2

struct script_counts {
	size_t letters[USCRIPT_CODE_LIMIT];
	size_t all;
	size_t simplified, traditional;
};

#define SCRIPT_HAN_BYTES 3

static int script_compare(const void *a, const void *b)
{
	return memcmp(a, b, SCRIPT_HAN_BYTES);
}

static bool script_holds(const char *characters, size_t bytes, uint32_t c)
{
	char key[5] = {0};
	return utf8_write(key, c) == SCRIPT_HAN_BYTES &&
	       bsearch(key, characters, bytes / SCRIPT_HAN_BYTES, SCRIPT_HAN_BYTES, script_compare);
}

static void script_count_han(struct script_counts *counts, uint32_t c)
{
	/* A few hundred tell as well as all. */
	if (counts->letters[USCRIPT_HAN] > 400)
		return;
	counts->simplified += script_holds(script_simplified, sizeof(script_simplified), c);
	counts->traditional += script_holds(script_traditional, sizeof(script_traditional), c);
}

static void script_count(struct script_counts *counts, uint32_t c)
{
	UErrorCode code = U_ZERO_ERROR;
	/* Vowel signs are letters, too: a word of Hindi has as many as one of English. */
	if (!(U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK)))
		return;
	UScriptCode script = uscript_getScript((UChar32)c, &code);
	if (U_FAILURE(code) || script <= USCRIPT_INHERITED || script >= USCRIPT_CODE_LIMIT)
		return;
	counts->letters[script]++;
	counts->all++;
	if (script == USCRIPT_HAN)
		script_count_han(counts, c);
}

static void script_count_text(struct script_counts *counts, struct str text)
{
	for (size_t at = 0; at < text.n;) {
		char c = text.p[at];
		if ((unsigned char)c >= 0x80) {
			script_count(counts, utf8_next(text, &at));
			continue;
		}
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		counts->letters[USCRIPT_LATIN] += is_letter;
		counts->all += is_letter;
		at++;
	}
}

/* ASCII letters in words that have a capital; digits are parts of words, and what is not ASCII ends none. */
static size_t script_name_letters(struct str text)
{
	size_t names = 0, letters = 0;
	bool has_capital = false;
	for (size_t at = 0; at <= text.n; at++) {
		char c = at < text.n ? text.p[at] : ' ';
		bool is_capital = c >= 'A' && c <= 'Z';
		if (is_capital || (c >= 'a' && c <= 'z')) {
			letters++;
			has_capital |= is_capital;
		} else if ((unsigned char)c < 0x80 && !(c >= '0' && c <= '9')) {
			names += has_capital ? letters : 0;
			letters = 0;
			has_capital = false;
		}
	}
	return names;
}

/* Han, kana, Hangul and bopomofo are one writing system or another. Moves their counts to it. */
static const char *script_join_east_asian(struct script_counts *counts)
{
	size_t *letters = counts->letters;
	size_t han = letters[USCRIPT_HAN];
	size_t kana = letters[USCRIPT_HIRAGANA] + letters[USCRIPT_KATAKANA];
	size_t hangul = letters[USCRIPT_HANGUL];
	letters[USCRIPT_HIRAGANA] = letters[USCRIPT_KATAKANA] = letters[USCRIPT_HANGUL] = 0;
	letters[USCRIPT_HAN] = han + kana + hangul + letters[USCRIPT_BOPOMOFO];
	letters[USCRIPT_BOPOMOFO] = 0;
	/* Kana among Chinese are a quoted name; in Japanese every particle is written in them. */
	if (kana > hangul && kana * 20 > han)
		return "Jpan";
	if (hangul * 10 > han)
		return "Kore";
	if (counts->simplified == counts->traditional)
		return "Hani";
	return counts->simplified > counts->traditional ? "Hans" : "Hant";
}

struct script_found script_find(struct str text)
{
	struct script_counts counts = {0};
	script_count_text(&counts, text);
	if (counts.all == 0)
		return (struct script_found){0};
	const char *east_asian = script_join_east_asian(&counts);
	size_t latin = counts.letters[USCRIPT_LATIN], names = latin < counts.all ? script_name_letters(text) : 0;
	size_t discount = names - names / SCRIPT_NAME_LETTERS;
	int best = 0;
	counts.letters[USCRIPT_LATIN] -= discount;
	for (int script = 1; script < USCRIPT_CODE_LIMIT; script++)
		if (counts.letters[script] > counts.letters[best])
			best = script;
	if (best == USCRIPT_LATIN || counts.letters[best] == 0)
		return (struct script_found){"Latn", latin, (double)latin / (double)counts.all};
	size_t letters = counts.letters[best], others = counts.all - discount - letters;
	size_t weighed = best == USCRIPT_HAN ? letters * SCRIPT_EAST_ASIAN_LETTERS : letters;
	return (struct script_found){.name = best == USCRIPT_HAN ? east_asian : uscript_getShortName((UScriptCode)best),
	                             .letters = letters,
	                             .share = (double)weighed / (double)(weighed + others)};
}

const char *script_group(const char *script)
{
	return strncmp(script, "Han", 3) == 0 ? "Hani" : script;
}
