"""Web pages of our own making, with the text that is to be found in them: stand-ins where no real ones are at hand.

Each template has the shape of a content system as it is seen on news sites of some country: its names of classes, its boxes among the
paragraphs, its ways to be wrong. Text is sentences at random, so nothing here says how well real pages are read: it finds shapes that
are read badly, no more.
"""
import html
import json
import random

LANGUAGES = {"eng_Latn": "en", "deu_Latn": "de", "fra_Latn": "fr", "spa_Latn": "es", "por_Latn": "pt", "ita_Latn": "it", "nld_Latn": "nl",
             "swe_Latn": "sv", "pol_Latn": "pl", "ces_Latn": "cs", "hun_Latn": "hu", "tur_Latn": "tr", "vie_Latn": "vi", "ind_Latn": "id",
             "rus_Cyrl": "ru", "ukr_Cyrl": "uk", "ell_Grek": "el", "arb_Arab": "ar", "heb_Hebr": "he", "pes_Arab": "fa", "hin_Deva": "hi",
             "ben_Beng": "bn", "tha_Thai": "th", "zho_Hans": "zh", "jpn_Jpan": "ja", "kor_Hang": "ko"}
ALSO = {"en": "Read also", "de": "Lesen Sie auch", "fr": "Lire aussi", "es": "Lea también", "pt": "Leia também", "it": "Leggi anche",
        "nl": "Lees ook", "sv": "Läs också", "pl": "Czytaj także", "cs": "Čtěte také", "hu": "Olvassa el", "tr": "İlgili haber",
        "vi": "Đọc thêm", "id": "Baca juga", "ru": "Читайте также", "uk": "Читайте також", "el": "Διαβάστε επίσης", "ar": "اقرأ أيضا",
        "he": "קראו גם", "fa": "بیشتر بخوانید", "hi": "यह भी पढ़ें", "bn": "আরও পড়ুন", "th": "อ่านเพิ่มเติม", "zh": "相关阅读", "ja": "関連記事",
        "ko": "관련기사"}


class Page:
    """One page's random choices, its texts, and its gold as it grows."""

    def __init__(self, seed, language, sentences):
        self.rng = random.Random(seed)
        self.language, self.sentences = language, sentences
        self.between = "" if language in ("zh", "ja", "th") else " "
        self.title = self.short()
        self.lead = self.sentence()
        self.gold = []

    def sentence(self):
        return self.rng.choice(self.sentences)

    def short(self):
        return min((self.sentence() for _ in range(8)), key=len).rstrip(".。।!?؟ ")

    def paragraph(self):
        return self.between.join(self.sentence() for _ in range(self.rng.choice((1, 1, 2, 2, 3))))

    def keep(self, text):
        self.gold.append(text)
        return html.escape(text, quote=False)

    def link(self, text=None):
        return f'<a href="/n/{self.rng.randrange(10**6)}">{html.escape(text or self.short())}</a>'

    def linked(self, text):
        """A paragraph with a link in it."""
        words = html.escape(text, quote=False).split(" ")
        if len(words) < 8 or self.rng.random() < .6:
            return " ".join(words)
        at = self.rng.randrange(len(words) - 4)
        return " ".join(words[:at] + ['<a href="/t/x">' + " ".join(words[at:at + 3]) + "</a>"] + words[at + 3:])

    def p(self, attributes=""):
        return f"<p{attributes}>{self.linked(self.keep_raw(self.paragraph()))}</p>"

    def keep_raw(self, text):
        self.gold.append(text)
        return text

    def paragraphs(self, n, attributes="", between=()):
        """n paragraphs with boxes of `between` among them, and a sub-heading, a list or a quote here and there."""
        out = []
        for i in range(n):
            out.append(self.p(attributes))
            roll = self.rng.random()
            if roll < .12 and i + 1 < n:
                out.append(f"<h2>{self.keep(self.short())}</h2>")
            elif roll < .18 and i + 1 < n:
                out.append("<ul>" + "".join(f"<li>{self.keep(self.sentence())}</li>" for _ in range(3)) + "</ul>")
            elif roll < .24 and i + 1 < n:
                out.append(f"<blockquote><p>{self.keep(self.sentence())}</p></blockquote>")
            if between and i + 1 < n and self.rng.random() < .4:
                out.append(self.rng.choice(between)())
        return "\n".join(out)

    # What is around and among.
    def menu(self, n=20):
        return "<ul>" + "".join(f'<li class="menu-item"><a href="/{i}">{html.escape(self.short()[:14])}</a></li>' for i in range(n)) + "</ul>"

    def also(self):
        return f"<p><strong>{ALSO[self.language]}:</strong> {self.link()}</p>"

    def also_plain(self):
        return f"<p>{ALSO[self.language]}: {self.link()}</p>"

    def figure(self):
        return (f'<figure class="wp-block-image"><img src="/i/{self.rng.randrange(999)}.jpg" alt="{html.escape(self.short())}">'
                f"<figcaption>{html.escape(self.sentence())} <span class=\"credit\">{html.escape(self.short()[:20])} / AGV</span></figcaption></figure>")

    def picture(self):
        return (f'<div class="image-block"><img data-src="x.jpg"><div class="image-caption">{html.escape(self.sentence())}</div></div>')

    def ad(self):
        return '<div class="ad-slot ad-slot--inline" id="div-gpt-ad-1"><span>Advertisement</span><script>googletag.cmd.push(function(){});</script></div>'

    def card(self):
        return (f'<div class="c-card"><a href="/c/1" class="c-card__link"><img src="c.jpg"><h3>{html.escape(self.short())}</h3>'
                f"<p>{html.escape(self.sentence())}</p></a></div>")

    def teaser(self):
        return (f'<article class="story-item"><h3><a href="/c/2">{html.escape(self.short())}</a></h3><p>{html.escape(self.sentence())}</p>'
                f'<time datetime="2024-02-03T04:05:06Z">3.2.2024</time></article>')

    def letter(self):
        return (f'<div class="newsletter-box"><h4>{html.escape(self.short())}</h4><p>{html.escape(self.sentence())}</p>'
                '<form><input type="email"><button>OK</button></form></div>')

    def tweet(self):
        return (f'<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{html.escape(self.sentence())} <a href="https://t.co/x">pic</a></p>'
                '&mdash; A. Holm (@aholm) <a href="https://x.example/1">March 3, 2024</a></blockquote>')

    def aside(self):
        return f'<aside class="inline-related"><h4>{ALSO[self.language]}</h4><ul><li>{self.link()}</li><li>{self.link()}</li></ul></aside>'

    def comments(self, n=6, css="comment"):
        return f'<section id="{css}s"><h3>{n}</h3>' + "".join(
            f'<div class="{css}"><b>user{i}</b><p>{html.escape(self.paragraph())}</p></div>' for i in range(n)) + "</section>"

    def script(self, kilobytes):
        blob = json.dumps({f"k{i}": self.rng.randrange(10**9) for i in range(64)})
        return f"<script>window.__S={blob * (kilobytes * 1024 // len(blob) + 1)}</script>"

    def data(self, body=None, kind="NewsArticle", graph=False):
        article = {"@type": kind, "headline": self.title, "description": self.lead, "datePublished": "2024-03-02T07:08:09+01:00",
                   "dateModified": "2024-03-02T09:08:09+01:00", "author": {"@type": "Person", "name": "Ada Holm"},
                   "publisher": {"@type": "Organization", "name": "The Lantern"}}
        if body:
            article["articleBody"] = body
        root = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "The Lantern"}, article]} if graph else \
            {"@context": "https://schema.org", **article}
        return f'<script type="application/ld+json">{json.dumps(root, ensure_ascii=False)}</script>'

    def head(self, extra="", styles=20):
        css = "".join(f".c{i}{{margin:{i}px;padding:0 {i}px;color:#{i:06x}}}" for i in range(styles * 30))
        title = html.escape(self.title)
        return (f'<!DOCTYPE html><html lang="{self.language}"><head><meta charset="utf-8"><title>{title} | The Lantern</title>'
                f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="The Lantern">'
                f'<meta name="description" content="{html.escape(self.lead)}"><style>{css}</style>{extra}</head>')

    def foot(self):
        return (f'<footer class="site-footer"><div>{self.menu(30)}</div><p>{html.escape(self.sentence())}</p>'
                '<p>© 2024 The Lantern. All rights reserved.</p></footer>')


def wordpress(g):
    body = g.paragraphs(8, between=(g.figure, g.also, g.ad))
    return (g.head(g.data(graph=True)) + f'<body class="post-template-default single has-sidebar"><div id="page"><header id="masthead"><nav>{g.menu()}</nav></header>'
            f'<div id="content" class="site-content"><main id="main"><article class="post type-post hentry"><header class="entry-header">'
            f'<h1 class="entry-title">{html.escape(g.title)}</h1><div class="entry-meta">By <a rel="author" href="/a">Ada Holm</a> '
            f'<time datetime="2024-03-02T07:08:09+01:00">2.3.2024</time></div></header><div class="entry-content">{body}'
            f'<div class="sharedaddy sd-sharing"><h3>Share this:</h3><ul><li><a href="#">Facebook</a></li><li><a href="#">X</a></li></ul></div>'
            f'<div id="jp-relatedposts"><h3>Related</h3>{g.teaser()}{g.teaser()}</div></div><footer class="entry-footer">Tags: {g.link()}, {g.link()}</footer></article>'
            f'<div class="author-box"><p>{html.escape(g.sentence())}</p></div>{g.comments()}<div id="respond"><p>Your email address will not be published.</p></div></main>'
            f'<aside id="secondary" class="widget-area">{"".join(g.teaser() for _ in range(6))}</aside></div>{g.foot()}</div>{g.script(30)}</body></html>')


def hashed(g):
    """Classes that say nothing; the text in several boxes."""
    chunk = lambda: f'<div class="css-1fanzo5 StoryBodyCompanionColumn"><div class="css-53u6y8">{g.paragraphs(3, " class=css-at9mc1")}</div></div>'
    lead = g.keep(g.lead)
    return (g.head(g.data()) + f'<body><div id="app"><div class="css-1r7h"><nav class="css-x">{g.menu()}</nav></div><main id="site-content"><div><article id="story" class="css-1vxca1d">'
            f'<header class="css-1i"><h1 class="css-z1">{html.escape(g.title)}</h1><p id="article-summary" class="css-w6">{lead}</p>'
            f'<div class="css-by"><p>By <span itemprop="name">Ada Holm</span></p><p>March 2, 2024</p></div></header>'
            f'<section name="articleBody" class="meteredContent css-1r7ky0e">{chunk()}<div class="css-ad"><div class="css-1"><span>Advertisement</span><a href="#after">SKIP ADVERTISEMENT</a></div></div>'
            f'{chunk()}{g.figure()}{chunk()}</section></article></div><div class="css-q">{"".join(g.card() for _ in range(5))}</div></main>{g.foot()}</div>{g.script(110)}</body></html>')


def components(g):
    """One box a paragraph, told by data-component."""
    block = lambda: f'<div data-component="text-block" class="ssrcss-11r1m41"><div class="ssrcss-7uxr49">{g.p(" class=ssrcss-1q0x1qg")}</div></div>'
    head2 = lambda: f'<div data-component="subheadline-block" class="ssrcss-x"><h2>{g.keep(g.short())}</h2></div>'
    links = lambda: f'<div data-component="links-block" class="ssrcss-l"><ul><li>{g.link()}</li><li>{g.link()}</li></ul></div>'
    image = lambda: f'<div data-component="image-block"><figure><img><figcaption><span class="visually-hidden">Image caption, </span>{html.escape(g.sentence())}</figcaption></figure></div>'
    blocks = [block(), image(), block(), block(), head2(), block(), links(), block(), block(), block()]
    return (g.head(g.data()) + f'<body><div id="root"><header role="banner">{g.menu()}</header><main id="main-content"><article class="ssrcss-pv1rh6">'
            f'<header><h1>{html.escape(g.title)}</h1><div data-component="byline-block"><div>Ada Holm</div><div>Correspondent</div></div></header>{"".join(blocks)}'
            f'<section data-component="tag-list"><h2>Related Topics</h2>{g.menu(4)}</section></article><aside><h2>More</h2>{"".join(g.card() for _ in range(6))}</aside></main>{g.foot()}</div>{g.script(80)}</body></html>')


def spiegel(g):
    lead = g.keep(g.lead)
    return (g.head(g.data(kind="Article")) + f'<body><div class="layout"><header data-area="header">{g.menu()}</header><main><article><header class="article-head"><h2><span class="kicker">Kiel</span> '
            f'<span class="headline">{html.escape(g.title)}</span></h2><div class="leading-loose">{lead}</div><div class="byline">Von <a href="/a">Ada Holm</a></div><time>02.03.2024, 07.08 Uhr</time></header>'
            f'<section data-article-el="body"><div class="RichText">{g.paragraphs(3)}</div><section class="related-box">{g.teaser()}{g.teaser()}</section><div class="RichText">{g.paragraphs(3, between=(g.also,))}</div>'
            f'{g.figure()}<div class="RichText">{g.paragraphs(3)}</div></section><footer><span>adh/dpa</span><ul><li><a href="#">Teilen</a></ul></footer></article>'
            f'<section class="teaser-group">{"".join(g.teaser() for _ in range(8))}</section></main>{g.foot()}</div>{g.script(60)}</body></html>')


def tables(g):
    """2003: tables for layout, <br> for paragraphs."""
    body = "<br><br>".join(g.keep(g.paragraph()) for _ in range(6))
    rows = "".join(f"<tr><td><a href=x>{html.escape(g.short())}</a></td></tr>" for _ in range(12))
    return (f"<html><head><title>{html.escape(g.title)}</title></head><body bgcolor=white><table width=100%><tr><td colspan=3>{g.link()} | {g.link()} | {g.link()}</td></tr>"
            f"<tr><td valign=top><table>{rows}</table></td><td valign=top><font size=5><b>{html.escape(g.title)}</b></font><br>{body}<br><br></td>"
            f"<td><table>{rows}</table></td></tr></table><center>Copyright 2003</center></body></html>")


def portal_zh(g):
    body = "".join(f"<p>　　{g.keep(g.paragraph())}</p>" for _ in range(7))
    return (g.head() + f'<body><div class="nav">{g.menu()}</div><div class="main"><div class="path">首页 &gt; 新闻</div><h1>{html.escape(g.title)}</h1><div class="info"><span>2024-03-02 07:08</span> <span>来源：晨星社</span></div>'
            f'<div class="left_zw" id="article_content"><!--正文--><div class="pictext">{html.escape(g.sentence())}</div>{body}<div class="adEditor">【编辑:顾思远】</div></div>'
            f'<div class="div624"><h3>相关新闻：</h3><ul>{"".join(f"<li>{g.link()}</li>" for _ in range(8))}</ul></div></div><div class="right">{g.menu(30)}</div><div class="foot"><p>{html.escape(g.sentence())}</p></div></body></html>')


def blogger(g):
    parts = []
    for i in range(7):
        parts.append(g.keep(g.paragraph()))
        if i in (2, 4):
            parts.append(f'<div class="separator" style="clear: both"><a href="i.jpg"><img src="i.jpg"></a></div><b>{g.keep(g.short())}</b>')
    body = "<br /><br />".join(parts)
    return (g.head() + f'<body class="loading"><div class="content"><div class="tabs">{g.menu(8)}</div><div class="main"><div class="post hentry"><h3 class="post-title entry-title">{html.escape(g.title)}</h3>'
            f'<div class="post-body entry-content" itemprop="description articleBody">{body}<div style="clear: both;"></div></div><div class="post-footer"><span class="post-author">Posted by Ada</span></div></div>'
            f'<div class="comments" id="comments"><h4>9 comments:</h4>{"".join(f"<div class=comment-block><p class=comment-content>{html.escape(g.paragraph())}</p></div>" for _ in range(9))}</div></div>'
            f'<div class="sidebar"><div class="widget"><p>{html.escape(g.sentence())}</p>{g.menu(12)}</div></div></div></body></html>')


def arc(g):
    lead = g.keep(g.lead)
    interstitial = lambda: f'<p class="interstitial-link block-margin-bottom"><i>[&#8203;<a href="/x">{html.escape(g.short())}</a>]</i></p>'
    return (g.head(g.data(graph=False) + g.script(90)) + f'<body><div id="fusion-app"><div class="page-container"><header class="masthead-header">{g.menu()}</header><section class="article-section"><header class="article-header-wrapper">'
            f'<h1 class="article-headline">{html.escape(g.title)}</h1><h2 class="article-subheadline">{lead}</h2><div class="author-name">Por <a href="/a">Ada Holm</a></div><span class="sharebar-article-date">02 Mar, 2024</span></header>'
            f'<div class="body-article">{g.paragraphs(9, " class=paragraph", (interstitial, g.picture, g.tweet, g.also))}<div class="tags-container">{g.menu(5)}</div></div></section>'
            f'<div class="feed-list-wrapper"><h2>Te puede interesar</h2>{"".join(g.card() for _ in range(8))}</div></div></div>{g.foot()}</body></html>')


def endless(g):
    """Another article, whole, below this one, and a box of text that everybody gets."""
    lead = g.keep(g.lead)
    own = g.paragraphs(6, between=(g.also_plain,))
    other = "".join(f"<p>{html.escape(g.paragraph())}</p>" for _ in range(4))
    return (g.head(g.data()) + f'<body><div class="header">{g.menu()}</div><div class="listing"><div class="story-article" data-id="1"><h1>{html.escape(g.title)}</h1><div class="sp-descp">{lead}</div>'
            f'<div class="story__content"><div class="story_details">{own}</div><div class="topics-tags">{g.menu(4)}</div></div></div>'
            f'<div class="story-article" data-id="2"><h1>{html.escape(g.short())}</h1><div class="story__content"><div class="story_details">{other}</div></div></div></div>'
            f'<div class="rhs"><h4>Trending</h4>{"".join(g.teaser() for _ in range(6))}</div>{g.foot()}</body></html>')


def runet(g):
    card = lambda: f'<div class="article__inline-item"><a href="/x"><span class="article__inline-item__category">Общество</span><span class="article__inline-item__title">{html.escape(g.short())}</span></a></div>'
    return (g.head() + f'<body><div class="topline">{g.menu()}</div><div class="article js-article"><div class="article__header"><div class="article__header__date">2 марта, 07:08</div><h1 class="article__header__title">{html.escape(g.title)}</h1></div>'
            f'<div class="article__text article__text_free" itemprop="articleBody"><div class="article__text__overview">{g.keep(g.lead)}</div>{g.paragraphs(7, between=(card, g.picture))}'
            f'<p>{html.escape(g.short())} <a href="https://t.me/x">Telegram</a></p></div><div class="article__authors">Авторы</div><div class="article__tags">{g.menu(4)}</div></div>'
            f'<div class="news-feed">{"".join(g.teaser() for _ in range(12))}</div>{g.comments(4)}{g.foot()}</body></html>')


def divs(g):
    """No <p> at all, text in the page's data too."""
    texts = [g.keep_raw(g.paragraph()) for _ in range(8)]
    body = "".join(f'<div class="x1 y2" data-block="true"><span data-text="true">{html.escape(text)}</span></div>' for text in texts)
    return (g.head(g.data(g.between.join(texts))) + f'<body><div id="__next"><div class="a1"><div class="b1">{g.menu()}</div><div class="c1"><h1>{html.escape(g.title)}</h1><div class="d1"><div class="e1">{body}</div>'
            f'<div class="f1"><div>{html.escape(g.sentence())}</div><div>{html.escape(g.sentence())}</div></div></div></div><div class="g1">{"".join(g.card() for _ in range(5))}</div></div></div>{g.script(100)}</body></html>')


def script_only(g):
    """The text is in the page's data alone."""
    texts = [g.keep_raw(g.paragraph()) for _ in range(8)]
    return (g.head(g.data("\n".join(texts))) + f'<body><div id="root"><noscript>You need to enable JavaScript to run this app.</noscript></div><p>{html.escape(g.sentence())}</p>{g.script(40)}</body></html>')


def chatty(g):
    """More comments than text."""
    return (g.head(g.data()) + f'<body><div class="wrap"><div class="hd">{g.menu()}</div><div class="view_cont"><h2 class="view_tit">{html.escape(g.title)}</h2><div class="view_con" id="articleBody">{g.paragraphs(3)}</div></div>'
            f'<div class="reply_area">{g.comments(25, "reply-comment")}</div></div>{g.foot()}</body></html>')


def perex(g):
    lead = g.keep(g.lead)
    poll = lambda: '<div class="anketa"><h4>?</h4><ul><li><a href="#">1</a></li><li><a href="#">2</a></li></ul></div>'
    return (g.head(g.data()) + f'<body><div id="space-a">{g.menu()}</div><div id="content"><div class="art-full"><h1>{html.escape(g.title)}</h1><div class="art-info"><span class="time-date">2. března 2024 7:08</span><div class="authors">Ada Holm</div></div>'
            f'<div class="opener">{lead}</div><div class="opener-foto"><a href="/foto"><img></a><div class="opener-foto-info">{html.escape(g.sentence())} | foto: AGV</div></div>'
            f'<div id="art-text"><div class="text bbtext">{g.paragraphs(8, between=(g.also, poll, g.letter, g.card))}</div></div><div class="art-add">{"".join(g.teaser() for _ in range(4))}</div></div>'
            f'<div id="space-b">{"".join(g.teaser() for _ in range(8))}</div></div>{g.foot()}</body></html>')


def amp(g):
    lead = g.keep(g.lead)
    return (g.head(g.data()).replace("<html", "<html amp") + f'<body><amp-sidebar id="s"><ul>{g.menu()}</ul></amp-sidebar><main><article><h1>{html.escape(g.title)}</h1><p class="dek">{lead}</p>'
            f'<amp-img src="a.jpg"></amp-img><p class="caption-text">{html.escape(g.sentence())}</p>{g.paragraphs(7, between=(g.ad, g.aside))}<amp-ad type="doubleclick"></amp-ad></article>'
            f'<section class="recommended">{"".join(g.card() for _ in range(4))}</section></main>{g.foot()}</body></html>')


def unclosed(g):
    """As written by hand: no end tags, wrongly nested ones."""
    body = "".join(f"<p>{g.keep(g.paragraph())}" for _ in range(6))
    items = "".join(f"<li>{g.keep(g.sentence())}" for _ in range(3))
    return (f"<HTML><HEAD><TITLE>{html.escape(g.title)} - The Lantern</TITLE><BODY><DIV CLASS=top><UL>" + "".join(f"<LI>{g.link()}" for _ in range(9)) +
            f"</UL></DIV></SPAN><DIV ID=story><H1>{html.escape(g.title)}</H1><P CLASS=byline>By Ada Holm</B></P>{body}<ul>{items}</ul><p>{g.keep(g.paragraph())}</DIV></P></DIV><DIV CLASS=links>{g.link()}<BR>{g.link()}</DIV>")


def paywalled(g):
    return (g.head(g.data(kind="ReportageNewsArticle")) + f'<body class="paywall-active"><div class="page newsletter-enabled share-enabled"><div class="nav-wrapper">{g.menu()}</div><div class="article-page content-with-sidebar"><div class="article__head"><h1>{html.escape(g.title)}</h1>'
            f'<div class="article__lead">{g.keep(g.lead)}</div></div><div class="article__body article__body--paywall">{g.paragraphs(7, between=(g.letter, g.also, g.aside, g.figure))}'
            f'<div class="paywall-offer"><p>{html.escape(g.sentence())}</p></div></div></div><div class="most-read">{"".join(g.teaser() for _ in range(8))}</div></div>{g.foot()}{g.script(70)}</body></html>')


TEMPLATES = [wordpress, hashed, components, spiegel, tables, portal_zh, blogger, arc, endless, runet, divs, script_only, chatty, perex, amp,
             unclosed, paywalled]


def make(seed, template, language, sentences):
    """A page and the text to be found in it."""
    page = Page(seed, language, sentences)
    return template(page), "\n".join(page.gold)
