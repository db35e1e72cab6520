"""Masking: names and numbers in free text, by which somebody could be told, before it is fed back.

What must stay true: the original is kept as it was; only what is shown is masked. Names are those of the unit's list
and whoever is called by surname and title or as 张某某; numbers are telephones and identity cards, also in full-width
digits or with gaps. It masks rather too much than too little.
"""

import re
import unicodedata
from collections.abc import Iterable

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵汪祁毛狄米贝明臧戴宋庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房缪解应宗丁宣邓单洪包诸左石崔吉龚程邢裴陆荣翁"
    "甄封储靳段焦巴牧谷车侯宁仇甘武符刘景詹龙叶黎白蒲从索赖卓蔺屠蒙池乔闻党翟谭劳申扶冉桂牛边尚温庄晏柴瞿阎艾向古易廖耿匡"
    "寇广欧沃蔚越隆师巩聂晁敖冷辛阚简饶曾关查游竺权盖岳帅仲伏成戎涂肖"
)
TITLES = (
    "副?(?:书记|局长|主任|县长|市长|区长|镇长|乡长|科长|处长|部长|院长|校长|所长|站长|队长|组长|股长|厅长|行长|经理|董事长|总经理)"
    "|副?(?:主席|调研员)|书记|常委|委员|领导|总工|老师|医生|师傅|会计|同志|先生|女士"
)
NAMED = re.compile(rf"(?:欧阳|上官|司马|诸葛|[{SURNAMES}])[\u4e00-\u9fff]{{0,2}}?(?=(?:{TITLES})(?![期远大]))")
OFFICES = tuple("局办委科处部院校所站队组股厅行县市区镇乡村社司")
SOME = re.compile(rf"[老小]?[{SURNAMES}]某+")
OLD = re.compile(rf"[老小][{SURNAMES}](?![\u4e00-\u9fff]?[家年道板师])")
GAP = r"[\s\-－—.]?"
NUMBERS = (
    re.compile(rf"(?<!\d)[1-9]\d{{5}}{GAP}(?:19|20)\d{{2}}{GAP}\d{{4}}{GAP}\d{{3}}[\dXx](?!\d)"),
    re.compile(rf"(?<!\d)(?:\+?86{GAP})?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}(?!\d)"),
    re.compile(rf"(?<!\d)0\d{{2,3}}{GAP}\d{{7,8}}(?!\d)"),
)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with people and numbers unrecognisable.

    >>> mask("王建国局长下乡少，电话１３８ 0000 1234，张某某知道")
    '某局长下乡少，电话＊＊＊，某某知道'
    """
    shown = "".join(unicodedata.normalize("NFKC", sign) if "０" <= sign <= "９" else sign for sign in text)
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        shown = shown.replace(name, "某某")
    for number in NUMBERS:
        shown = number.sub("＊＊＊", shown)
    return OLD.sub("某某", SOME.sub("某某", NAMED.sub(_person, shown)))


def _person(found: re.Match[str]) -> str:
    """林业局局长 names an office, 林局长 a person."""
    who = found.group()
    return who if len(who) > 1 and who.endswith(OFFICES) else "某"
