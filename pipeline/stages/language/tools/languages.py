"""Which tag a code of the training text gets, which lines of it are used, and for what.

Read by make-model and by tests/quality/language, so that nothing is scored that was trained or tuned on.
"""
import zlib

# ISO 639-3 codes to BCP 47 where the tag is another: two letters where there are two, macrolanguages for their usual form,
# dialects of Arabic as Arabic.
TAGS = dict(
    pair.split("=")
    for pair in """
    abk=ab acm=ar acq=ar aeb=ar afr=af ajp=ar aka=ak als=sq amh=am apc=ar arb=ar ars=ar ary=ar arz=ar asm=as ayr=ay azb=az
    azj=az bak=ba bam=bm bel=be ben=bn bis=bi bod=bo bos=bs bre=br bul=bg cat=ca ces=cs cha=ch chv=cv cor=kw cos=co cym=cy
    dan=da deu=de dik=din div=dv dzo=dz ell=el eng=en epo=eo est=et eus=eu ewe=ee fao=fo fij=fj fin=fi fra=fr fry=fy fuc=ff
    fuv=ff gaz=om gla=gd gle=ga glg=gl grn=gn guj=gu hat=ht hau=ha heb=he hin=hi hrv=hr hun=hu hye=hy ibo=ig ike=iu ina=ia
    ind=id isl=is ita=it jav=jv jpn=ja kal=kl kan=kn kas=ks kat=ka kaz=kk khk=mn khm=km kik=ki kin=rw kir=ky kmr=ku knc=kr
    kon=kg kor=ko lao=lo lat=la lim=li lin=ln lit=lt ltz=lb lug=lg lvs=lv mah=mh mal=ml mar=mr mkd=mk mlt=mt mri=mi mya=my
    nbl=nr nld=nl nno=nn nob=nb npi=ne nya=ny oci=oc ory=or oss=os pan=pa pbt=ps pes=fa plt=mg pol=pl por=pt prs=fa quy=qu
    roh=rm ron=ro run=rn rus=ru sag=sg san=sa sin=si slk=sk slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es srd=sc
    srp=sr ssw=ss sun=su swe=sv swh=sw tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tir=ti ton=to tsn=tn tso=ts tuk=tk
    tur=tr twi=ak tzm=zgh uig=ug ukr=uk urd=ur uzn=uz ven=ve vie=vi wln=wa wol=wo xho=xh ydd=yi yor=yo zho=zh zsm=ms zul=zu
    nqo=nqo
    """.split()
)

# Scripts as the stage names them: Chinese orthographies are told apart by their characters, not by the model.
SCRIPTS = {"Hang": "Kore", "Hans": "Hani", "Hant": "Hani"}

# A transcription that nobody writes.
LEFT_OUT = {"arb_Latn"}

# Only these kinds of a language's text are in it. The sentences of kind S for Cantonese are standard Chinese: not one of 983 holds
# a character that Cantonese has alone. They are left out of training and scored as what they are.
KINDS = {"yue_Hant": "T"}
WRITTEN_AS = {"yue_Hant": "zh"}

# How much oftener than others a language is drawn: English stands quoted in all others' text; neighbours whose sentences
# often are good in either get the weight that news in them has.
WEIGHTS = {"eng_Latn": 3, "ind_Latn": 3, "zsm_Latn": 2, "hrv_Latn": 4, "srp_Latn": 4, "zho_Hans": 2, "zho_Hant": 2}


def kinds(code, kind):
    return KINDS.get(code, (kind,))


def part(kind, text):
    """train, tune or test. One text in all languages (U) has no test lines: they would all be known."""
    number = zlib.crc32(text.encode()) % 40
    if kind in ("U", "B") or number > 1:
        return "train"
    return "tune" if number else "test"


def tag(code, kind=None):
    """Which tag a line is scored by; without a kind, which the model gives."""
    if kind and kind not in kinds(code, kind):
        return WRITTEN_AS.get(code, tag(code))
    language = code.split("_")[0]
    return TAGS.get(language, language)


def labels(codes):
    """(code, tag, script, weight), those of a script together."""
    rows = [(c, tag(c), SCRIPTS.get(c.split("_")[1], c.split("_")[1]), WEIGHTS.get(c, 1)) for c in codes]
    return sorted(rows, key=lambda row: (row[2], row[0]))
