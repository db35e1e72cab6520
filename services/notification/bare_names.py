"""Names without a title that nobody registered: a surname and a given name where a person says or does something.

What must stay true: no everyday word is taken for a name (高度, 方面, 马上, 林长制). With surnames that begin many such
words the given name has to be of the signs that given names are made of; with the others any will do. A name is told by
what leads to it and by what follows it, never by itself alone.
"""

from services.notification import marked_words as words

MANIFOLD = (
    "安常乐于元平明计伏高金方马万江田石白段武毛严云向包关从任符席纪季祝项单管房宣诸左吉荣封储焦巴牧车宁甘景龙牛边尚古易广欧越"
    "师冷辛曾查游权盖华章花强贝米温莫夏孔顾舒路童盛凌宗洪程陆隆巩申扶劳闻索池桂毕康连苗凤柏雷黎程满沃蔚匡蒙"
)
"""Surnames with which many everyday words begin."""
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华文辉玲红萍鹏飞燕波斌宇浩凯健俊帆雪荣爱梅丹云倩凤洁林鑫海龙晓小"
    "志国建春玉宏永新世立忠利民福生祥友贵光清德义兴旺才昌盛胜学仁良泉根水木金银宝富庆元振秋冬冰雨雷星辰阳曦晨旭昊天轩"
    "涵欣怡佳雅婷莹琳瑶琪琴瑞珍珠珊璐璇莉莲菊蓉蕾青翠翔腾骏驰虎彪雄豪毅坚恒诚信谦礼智慧颖聪锐钢铁铭锋锦钧瑜瑾美娇妍媛"
    "薇芬芝芸芹茜萱蓓卓冠岩峰峻川江河洲源泽润淼渊博达远进启亮灿炜炎焕煌烨照耀家邦安康宁思念祖继承绍宗培贤哲彬彦儒士君"
    "子彩彤素里淑惠琼香竹松柏楠森榕仪娥嫦姗"
)
WORDS = (
    "甄别|钱款|卓越|周[一二三四五六日末边密期到转年围]|林[长场木下地间权区网农]|余[人名个项条次户下额]|黄[河土色牌]|许多|"
    "何[时地人事种以况]|陈[述旧列]|郑重|杜绝|曾经|苏[区州联]|张贴|胡[乱同]|罗列|师生|牧民|边[民远]|华[人侨商东]|强[国军]|"
    "高[新铁]|马[列克]|云南|万[民众元户]|成[都才]|江[山苏西河]|石英|安[徽溪]|龙[江岩]|关[爱于]|田家|平[和江]|白[云银]|温泉|"
    "乐安|常[德宁]|房[源子]|宁[德海]|广[元安]|泰宁|于是|董事|谢意"
)
"""What would be taken for a name where it leads a clause."""

_NOT = f"(?!{words.NOBODY}|{WORDS})"
_ANY = rf"(?:(?![{words.NEVER}])[\u4e00-\u9fff]){{1,2}}(?<![{words.OFFICES}制])"
NAME = rf"{_NOT}(?:(?:{words.DOUBLE}|(?![{MANIFOLD}])[{words.SURNAMES}]){_ANY}|[{words.SURNAMES}][{GIVEN}]{{1,2}})"
_LEADS = (
    r"(?:^|(?<=[\n,。;:!?、“(—□])"
    r"|(?<=会上|其中|随后|最后|接着|首先|期间|书记|局长|县长|市长|区长|镇长|乡长|部长|组长|主任|主席)"
    r"|(?<=委员|常委|成员|同志|党员|群众|代表|同意)"
    r"|(?<=[和与及由经请让对向被听派])(?<!共和|参与|以及|涉及|经由|邀请|针对|面对|方向))"
)
_TELLS = (
    r"表示|指出|强调|说(?![明法到])|认为|谈(?:到|了|起|及)|提(?:出|到|议)|要求|反映|介绍|坦言|回[答应]|补充|汇报|发言|讲[话解述]|总结|"
    r"参加|到会|列席|出席|缺席|请假|主持|指导|批评|担任|作(?:了|为|检视|对照|发言|表态)|带头|率队|同意|等(?:同志|\d*人|[一二两三四五六七八九十]人)"
)
DOES = rf"{_LEADS}{NAME}(?=(?:[、和与及,]{NAME}){{0,8}}(?:{_TELLS}))"
_LABELS = (
    "主持人?|会议主持|记录人?|供稿|撰[稿文]|摄影|摄像|拍摄|编辑|责编|[初复终]?审|审[核签]|校对|通讯员|记者|联系人|作者|署名|"
    "组长|副组长|成员|[图文]|出席(?:人员)?|列席(?:人员)?|缺席(?:人员)?|请假(?:人员)?|参会人员|参加人员"
)
SIGNED = rf"(?:{_LABELS})(?:[:/|]|(?<=[员者人]))(?P<who>{NAME}(?:[、,和]?{NAME}){{0,8}}?)(?=[\n。;,)/|]|$)"
