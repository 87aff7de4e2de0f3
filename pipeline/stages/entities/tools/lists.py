"""What the lists of names say, as lines for gazetteer-make.

An *object* is what a name may stand for: a country, a city, a party; it has a key here, and in the file a number. Where
nothing but a name's class and country is known, all such names share one object. Names have languages where their list
knows them; "own" is good in every language, "alternative" is a name of some other language, and "famous" is an own name
that means this one where nothing else is said.
"""
import collections
import lzma
import os
import re
import unicodedata

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../gazetteer.h")
CLASSES = {
    name: 1 << int(bit)
    for name, bit in re.findall(r"^\tNAME_(\w+) = 1 << (\d+)", open(HEADER, encoding="utf-8").read(), re.MULTILINE)
}
NO_ID, WIKIDATA, GEONAMES = 0, 1, 2
OWN, ALTERNATIVE, FAMOUS = "own", "alternative", "famous"

TOWN_PEOPLE = 5000
CITY_PEOPLE = 15000
# States of which the lists do not say how many people they have.
STATE_PEOPLE = 3000000
# Where the lists have the kingdom of several countries.
WIKIDATA_COUNTRIES = {"NL": 55}

# What CLDR counts among territories and regions and is an organisation: its id.
BODIES = {"EU": 458, "UN": 1065}
# CLDR's continents: their ids.
CONTINENTS = {"002": 15, "003": 49, "005": 18, "009": 538, "142": 48, "150": 46}
# Parts of a country that the lists count as the country itself; they are in places.tsv.
PARTS = {"England", "Scotland", "Wales", "Northern Ireland"}
# Where CLDR's usual name says more than a newspaper does.
SHORT_NAMES = {"HK", "MO", "PS"}
# Football's countries.
CODES = {"ENG": "GB", "KOS": "XK", "NIR": "GB", "SCO": "GB", "WAL": "GB"}
# Countries as the list of states names them, where CLDR has another name.
COUNTRIES = {
    "Bosnia and Herzegovina": "BA",
    "Brunei Darussalam": "BN",
    "Czech Republic": "CZ",
    "Democratic Republic of the Congo": "CD",
    "Hong Kong": "HK",
    "Ivory Coast": "CI",
    "Macedonia": "MK",
    "Myanmar": "MM",
    "Palestine": "PS",
    "Republic of the Congo": "CG",
    "Swaziland": "SZ",
    "The Netherlands": "NL",
    "Turkey": "TR",
}


def clean(name):
    name = unicodedata.normalize("NFC", name).replace("\u2019", "'")
    return re.sub(r"\s+", " ", name).strip()


def bare(name):
    """Letters without their marks."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).lower()


def is_cased(name):
    return any(c.lower() != c.upper() for c in name)


def is_name(name):
    """Something that could be a name: letters, and a capital where the script has them."""
    letters = [c for c in name if c.isalpha()]
    if not letters or "\t" in name or len(name) > 120:
        return False
    if is_cased(name) and name == name.lower():
        return False
    return len(letters) > 1 or not is_cased(name)


def is_transcript(name):
    """A transliteration of soft signs and the like ("Ehskal'des", "Perm'"), or a code ("MOW")."""
    if len(name) < 4 and name.isascii() and name.isupper():
        return True
    return bool(re.search(r"'([bcdfghjklmnpqrstvwxyz]|$|\s)", name)) or name.startswith("Eh")


def language_of(tag):
    """The tag without its country; what CLDR keeps by country is kept for Portugal alone."""
    if tag == "pt-PT":
        return tag
    language, *rest = tag.split("-")
    return "-".join([language] + [part for part in rest if part.isalpha() and len(part) == 4])


class Lists:
    def __init__(self, data, own):
        self.data, self.own = data, own
        self.objects = {}  # key: (classes, scheme, number, country, weight)
        self.links = collections.defaultdict(set)  # (name, key): languages
        self.classes = collections.Counter()  # name: classes alone
        self.called = {}  # (language, country): name
        self.languages = set()
        self.by_english_name = dict(COUNTRIES)
        self.by_code = {}  # three letters: two
        self.cities = collections.defaultdict(list)  # (country, name): (not own, less people first, key)
        self.states = {}  # (country, English name): key

    # --- reading

    def rows(self, name):
        """(name, language, type, {kind: id}, canonical, weight)"""
        with lzma.open(os.path.join(self.data, name + ".tsv.xz"), "rt", encoding="utf-8") as file:
            next(file)
            for line in file:
                text, language, kind, ids, canonical, weight = line.rstrip("\n").split("\t")
                # A value may hold spaces: "country:United States".
                parts = re.split(r" (?=[a-z0-9-]+:|Q\d+\b)", ids)
                known = dict(part.split(":", 1) if ":" in part else ("wikidata", part[1:]) for part in parts if part)
                yield clean(text), language, kind, known, clean(canonical), int(weight)

    def tables(self, name):
        """Rows of a table of our own: fields; the last is a list of names."""
        with open(os.path.join(self.own, name + ".tsv"), encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    fields = line.rstrip("\n").split("\t")
                    yield fields[:-1] + [[clean(n) for n in fields[-1].split("|")]]

    def add(self, key, classes, scheme=NO_ID, number=0, country="", weight=0):
        if key not in self.objects:
            self.objects[key] = (classes, scheme, int(number), country, weight)
        return key

    def add_class(self, name, classes):
        if is_name(name):
            self.classes[name] |= classes

    def link(self, name, key, languages):
        if is_name(name):
            self.links[name, key].add(languages)

    def wikidata(self, classes, number, country="", weight=0):
        return self.add(("wikidata", int(number)), classes, WIKIDATA, number, country, weight)

    def some(self, name, classes, country):
        """A name of which class and country are known, but not which one it is."""
        country = CODES.get(country, country)
        self.link(name, self.add(("some", classes, country), classes, country=country), OWN)

    def tongue(self, tag):
        if tag == "und":
            return OWN
        language = tag.split("-")[0]
        self.languages.add(language)
        return language

    # --- countries

    def read_territories(self):
        for file in ("territories_cldr_icu72", "territories_cldr_icu72_short"):
            for name, tag, kind, ids, canonical, _ in self.rows(file):
                code = ids["iso"]
                self.link(name, self.country(code, ids), self.tongue(tag))
                if file.endswith("_short"):
                    if code in SHORT_NAMES:
                        self.languages.add(language_of(tag))
                        self.called[language_of(tag), code] = name
                elif kind == "LOC.country":
                    self.by_english_name.setdefault(canonical, code)
                    self.languages.add(language_of(tag))
                    self.called.setdefault((language_of(tag), code), name)

    def country(self, code, ids):
        if code in BODIES:
            return self.wikidata(CLASSES["BODY"], BODIES[code])
        scheme = WIKIDATA if "wikidata" in ids else NO_ID
        number = WIKIDATA_COUNTRIES.get(code, ids.get("wikidata", 0))
        return self.add(("country", code), CLASSES["COUNTRY"], scheme, number, code)

    def read_countries(self):
        for name, tag, kind, ids, canonical, _ in self.rows("countries_un_codes"):
            if kind == "LOC.country":
                self.by_english_name.setdefault(canonical, ids["iso"])
                self.link(name, self.country(ids["iso"], ids), self.tongue(tag))
            elif kind == "CODE.iso3":
                self.by_code[name] = ids["iso"]

    def read_regions(self):
        for name, tag, _, ids, canonical, _ in self.rows("regions_cldr_babel"):
            code = ids["cldr"]
            if code in BODIES:
                self.link(name, self.wikidata(CLASSES["BODY"], BODIES[code]), self.tongue(tag))
            elif code in CONTINENTS:
                self.link(name, self.wikidata(CLASSES["REGION"], CONTINENTS[code]), self.tongue(tag))
            else:
                self.link(name, self.add(("region", canonical), CLASSES["REGION"]), self.tongue(tag))

    # --- cities and states

    def read_cities(self):
        people = collections.Counter()
        for file in ("cities_geonames_15000_all_names", "cities_geonames_1000_primary"):
            for name, _, _, ids, canonical, weight in self.rows(file):
                if weight < TOWN_PEOPLE:
                    continue
                country, _, state = ids["iso"].partition("-")
                is_own = bare(canonical) in (bare(name), bare(name) + " city")
                if not is_own and is_transcript(name):
                    continue
                city = CLASSES["CITY" if weight >= CITY_PEOPLE else "TOWN"]
                key = ("geonames", int(ids["geonames"]))
                if key not in self.objects:
                    people[country, state] += weight
                self.add(key, city, GEONAMES, ids["geonames"], country, weight)
                self.link(name, key, OWN if is_own else ALTERNATIVE)
                self.cities[country, bare(name)].append((not is_own, -weight, key))
        return people

    def read_capitals(self):
        for name, _, kind, ids, _, _ in self.rows("countries_un_codes"):
            if kind != "LOC.capital":
                continue
            found = self.cities[ids["capital-of"], bare(name)]
            if not found:
                self.some(name, CLASSES["CAPITAL"], ids["capital-of"])
                continue
            key = min(found)[2]
            classes, *rest = self.objects[key]
            self.objects[key] = (classes | CLASSES["CAPITAL"], *rest)
            self.link(name, key, OWN)

    def read_city_names(self):
        with open(os.path.join(self.own, "cities.tsv"), encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#"):
                    number, name, tags = line.rstrip("\n").split("\t")
                    for tag in tags.split(","):
                        self.link(name, ("geonames", int(number)), self.tongue(tag))

    def read_states(self, people):
        region = CLASSES["REGION"]
        for name, _, _, ids, canonical, _ in self.rows("admin1"):
            if "geonames" in ids:
                country, _, state = ids["iso"].partition("-")
                key = self.add(
                    ("geonames", int(ids["geonames"])), region, GEONAMES, ids["geonames"], country, people[country, state]
                )
            else:
                country = self.by_english_name.get(ids["country"], "")
                if country == "US":
                    continue
                key = self.add(("state", country, canonical), region, country=country, weight=STATE_PEOPLE)
            self.states[country, canonical] = key
            self.link(name, key, OWN)

    # --- organisations and people

    def read_parties(self):
        for name, tag, _, ids, canonical, weight in self.rows("parties_partyfacts"):
            country = self.by_code.get(ids.get("country3", ""), "")
            if "wikidata" in ids:
                key = self.wikidata(CLASSES["PARTY"], ids["wikidata"], country, weight)
            else:
                key = self.add(("party", country, canonical), CLASSES["PARTY"], country=country, weight=weight)
            self.link(name, key, OWN)

    def read_organisations(self):
        for file, name_class in (("clubs_openfootball", "CLUB"), ("universities_hipo", "UNIVERSITY")):
            for name, _, _, ids, _, _ in self.rows(file):
                self.some(name, CLASSES[name_class], ids.get("country", ""))
        for name, *_ in self.rows("companies_sp500"):
            self.add_class(name, CLASSES["COMPANY"])

    def read_handmade(self, known):
        for name, tag, kind, ids, canonical, _ in self.rows("orgs_handmade"):
            country = ids.get("country", "")
            if kind in ("ORG.news_agency", "ORG.media"):
                self.some(name, CLASSES["MEDIA"], country)
            elif kind == "ORG.international":
                key = known.get(canonical) or self.add(("body", canonical), CLASSES["BODY"])
                self.link(name, key, self.tongue(tag))
            elif kind == "LOC.region":
                self.link(name, self.add(("region", canonical), CLASSES["REGION"]), self.tongue(tag))
            elif canonical not in PARTS:
                self.link(name, ("country", country), self.tongue(tag))

    def read_politics(self):
        for name, _, kind, ids, _, _ in self.rows("us_politics"):
            if kind == "ORG.committee":
                self.some(name, CLASSES["BODY"], "US")
            elif "wikidata" in ids:
                self.link(name, self.wikidata(CLASSES["PERSON"], ids["wikidata"], "US"), OWN)
            else:
                self.add_class(name, CLASSES["PERSON"])

    def read_person_names(self):
        for file in ("person_names_by_country", "person_names_faker", "surnames_de_germaner"):
            for name, _, kind, *_ in self.rows(file):
                if kind == "PER.surname":
                    self.add_class(name, CLASSES["SURNAME"])
                elif len(name) > 1:
                    self.add_class(name, CLASSES["FORENAME"])
        for name, *_ in self.rows("demonyms_en_countryinfo"):
            self.add_class(name, CLASSES["DEMONYM"])

    def read_own(self, table, default):
        """Id, country, class (if not one for all), names; returns the objects by name."""
        known = {}
        for number, country, kind, names in self.tables(table):
            key = self.own_key(table, number, country, CLASSES[kind.upper()] if default is None else default, names)
            for name in names:
                tag, colon, text = name.partition(":")
                if colon and tag.islower():
                    self.link(text, key, self.tongue(tag))
                else:
                    self.link(name, key, FAMOUS if number.startswith("G") else OWN)
                    known.setdefault(name, key)
        return known

    def own_key(self, table, number, country, classes, names):
        """The object of a row of a table of our own."""
        if number.startswith("Q"):
            return self.wikidata(classes, number[1:], country)
        if number.startswith("G"):
            return ("geonames", int(number[1:]))
        if number.startswith("="):
            return self.states[country, number[1:]]
        if classes == CLASSES["COUNTRY"]:
            return ("country", country)
        if classes == CLASSES["MEDIA"]:
            return self.add(("some", classes, country), classes, country=country)
        return self.add((table, names[0]), classes, country=country)

    def read(self):
        self.read_territories()
        self.read_countries()
        self.read_regions()
        people = self.read_cities()
        self.read_capitals()
        self.read_city_names()
        self.read_states(people)
        self.read_parties()
        self.read_organisations()
        self.read_politics()
        self.read_own("people", CLASSES["PERSON"])
        self.read_own("places", None)
        self.read_own("media", None)
        self.read_handmade(self.read_own("organisations", None))
        self.read_person_names()

    # --- what gazetteer-make wants

    def lines(self):
        languages = {tag: i for i, tag in enumerate(sorted(self.languages, key=str.lower))}
        countries = {code: i for i, code in enumerate(sorted({o[3] for o in self.objects.values() if o[3]}))}
        objects = {key: i for i, key in enumerate(sorted(self.objects, key=repr))}
        yield from ("language\t" + tag for tag in languages)
        yield from ("country\t" + code for code in countries)
        for key in objects:
            yield "object\t%d\t%d\t%d\t%s\t%d" % self.objects[key]
        for (name, key), tongues in sorted(self.links.items(), key=repr):
            if FAMOUS in tongues or OWN in tongues:
                said = FAMOUS if FAMOUS in tongues else OWN
            else:
                said = ",".join(str(languages[t]) for t in sorted(tongues - {ALTERNATIVE})) or ALTERNATIVE
            yield f"link\t{name}\t{objects[key]}\t{said}"
        for name, classes in sorted(self.classes.items()):
            yield f"class\t{name}\t{classes}"
        for (tag, code), name in sorted(self.called.items()):
            if code in countries:
                yield f"called\t{languages[tag]}\t{countries[code]}\t{name}"
