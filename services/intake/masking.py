"""Masking: names and numbers in free text, by which somebody could be told, before it is fed back.

What must stay true: the original is kept as it was; only what is shown is masked. Names are those of the unit's list
and whoever is called by surname and title, as 张三同志, 老王 or 张某某; numbers are telephones and identity cards, also
in full-width digits or with gaps. It masks rather too much than too little, but leaves the words that would make an
opinion unreadable (小范围, 党的领导, 高主任务).
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
PLAIN = (
    "王李张刘陈杨黄赵吴周徐孙胡朱郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖董袁潘蒋蔡余杜叶魏苏吕丁沈姜范傅钟卢汪戴崔陆廖姚邱谭邹熊"
    "郝孟秦阎薛侯雷赖"
)
"""Surnames that begin and end no usual word before 领导 and 老板: 加强领导, 分管领导, 向领导 name nobody."""
TITLES = (
    "副?(?:书记|[局县市区镇乡村科处部院校所站队组股厅行馆会]长|董事长|主席|调研员|总?经理|总工程师)(?!期(?![望待盼])|远|们|大[的了成后])|"
    "副?主任(?!务(?![实虚必]))|副?(?:教授|检察长|秘书长)|支书|村支书|常委|委员(?!会)|总工|科员|干事|老师|医生|律师|师傅|"
    "会计(?!师|核算|科目|凭证|制度)|同志(?!们)|先生|女士"
)
NEVER = "的了是不们这那把被让级些很也都就还没吗呢老由"
"""Signs that stand in nobody's name."""
OFFICES = "局办委科处部院校所站队组股厅行县市区镇乡村社司会室副"
NO_NAMES = (
    "单位|党[员内外的委组]|党总支|党支部|关[心于爱怀]|周[围边]|成员|方面|分管|主管|机关|宣传|纪[检委律]|[稽检]查|施工|党建|环卫|车队|身边|对方|项目|方便|关注|季度|顾虑|[讲说表]明|[当看]成|监管|高管|[前现时历新担继离兼几一两三四各]任|主任|"
    "[由对属至等善敢勇]于|加强|提高|平时|包[村片联案抓]|王牌|安全|常务|金融|广大|"
    "养老金|邓小平|小平同志|小康(?:社会|村|生活|水平|目标|家庭|之路|路)|小金[库额]|小毛[病驴]|小范围|小项目|小成[绩本就]|小单[位元]|小任务|小程序|"
    "小广[告场]|小方[面案块]|小关节|小权力|小微权力|小水[电库利]|小包[装工袋]|小花[园招样]|小高[层潮]|小景[点观]|小池塘|小马拉|小段|小时|小施工|小包间|小米|小车|"
    "小石[头子]|小胡同|小苗木|小焦点|小边角|小巴车|小卫生|小田[地块]|小安[全排]|小钟头|小龙虾|小章节|"
    "老师|老成持重|老龙头|老黄[牛历]|老马识途|老党员|老劳模|老关系|老古[董板]|老纪[委检]|老常[态委]|老牛拉|老花[眼镜]|老安置|老高中|老劳动|老安监|老广播|老车站|"
    "[老小](?:房|路|单位|项目|干部|支书|区|水|管家)|[老小]张罗|[老小]王牌"
)
"""What looks like a name and is none: read over, from left to right, before any name is looked for in it."""
SOME = rf"[老小]?[{SURNAMES}]某+"
NAMED = (
    rf"(?:欧阳|上官|司马|诸葛|[{SURNAMES}])(?:(?![局委办科处厅县市镇乡])[^\W\d_a-zA-Z{NEVER}]{{1,2}}?(?<![{OFFICES}]))??(?={TITLES})"
    rf"|[{PLAIN}](?=老板|领导(?![班干小下力作机责体层核方水艺们岗职]))"
)
OLD = rf"[老小][{SURNAMES}]"
WHO = re.compile(f"(?P<none>{NO_NAMES})|(?P<some>{SOME})|(?P<named>{NAMED})|(?P<old>{OLD})")
SHOWN = {"some": "某某", "named": "某", "old": "某某"}
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
    return WHO.sub(_shown, shown)


def _shown(found: re.Match[str]) -> str:
    return SHOWN.get(str(found.lastgroup), found.group())
