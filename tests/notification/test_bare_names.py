"""Names nobody registered, in simplified and traditional signs: found where a person speaks, acts or signs; what only
looks like a name is left alone. Run with -s, it prints how many of either were found."""

from services.notification import bare_names, marked_words, scrubbing, traditional

NAMED = {
    "张建国": "会上，张建国同志作了检视发言。",
    "李某某": "对李某某提出的意见逐条核实。",
    "王局长": "王局长带队走访群众。",
    "王建国": "王建国指出，要抓好整改落实。",
    "李明": "随后李明表示将认真整改。",
    "陈志强": "班子成员陈志强说，要把工作做实。",
    "刘晓燕": "会后，刘晓燕介绍了整改打算。",
    "黄秀英": "党员黄秀英坦言自己下基层不多。",
    "赖金水": "村民代表赖金水反映了道路问题。",
    "方志敏": "方志敏表示，将逐项抓好落实。",
    "高建平": "会议由高建平主持。",
    "马文华": "马文华、江海涛等同志参加会议。",
    "江海涛": "马文华、江海涛等同志参加会议。",
    "孙丽": "周伟与孙丽谈到了各自的不足。",
    "周伟": "周伟与孙丽谈到了各自的不足。",
    "欧阳峰": "欧阳峰强调要坚持问题导向。",
    "钟伟民": "供稿：钟伟民",
    "邱小红": "摄影：邱小红、林涛",
    "林涛": "摄影：邱小红、林涛",
    "郑海": "主持人：郑海",
    "谢芳": "记录人 谢芳",
    "吴永福": "通讯员吴永福",
    "曹丽君": "图/曹丽君",
    "罗文斌": "成员：罗文斌、蔡国华。",
    "蔡国华": "成员：罗文斌、蔡国华。",
    "石磊": "听取意见时，石磊提出要改进作风。",
    "万里红": "万里红认为查摆得比较深入。",
    "温永明": "同意温永明等3人列席会议。",
    "叶青": "局长叶青要求逐项整改。",
    "田亮": "经田亮同意后印发。",
    "赵老师": "赵老师参加了座谈。",
    "书记张明": "县委书记张明，到会指导。",
    "張書記": "張書記主持會議。",
    "李建國": "李建國指出，要抓好整改。",
    "劉曉燕": "劉曉燕同志作了檢視發言。",
    "陳志強": "班子成員陳志強說，要把工作做實。",
    "黃主任": "黃主任介紹了情況。",
    "葉先生": "葉先生提出意見。",
}
"""Each whose name is in a sentence, and the sentence."""
NOBODY = """张家口市组织党员参加学习。
高度重视整改，马上指出问题并立即纠正。
各方面反映良好，有关方面表示支持。
任务要求明确，全面强调责任落实。
平时要求严，安全参加率百分之百。
习近平总书记强调，要坚持问题导向。
深入学习贯彻习近平新时代中国特色社会主义思想和毛泽东思想、邓小平理论。
马克思指出，问题是时代的声音。
学习谷文昌、廖俊波同志先进事迹，黄文秀同志是榜样。
林长制要求落实到位，林场反映的问题已办结。
周一提出方案，周五汇报进展，周边群众反映良好。
余人次参加培训，共有30余人出席会议，200余名党员参加学习。
师生表示满意，牧民介绍了情况，边民代表反映了意见。
古田会议指出，要加强思想建设。
由局长任组长、副局长任副组长，成员由各科室负责人担任。
向书记汇报，从局长做起，关于书记抓党建的要求。
财政局长、统计局长、审计局长、公路局长、园林局长、宗教局长列席。
开发区管理委员会、纪律检查委员会、村民委员会派人参加。
武汉市长、石家庄市长、吉林省长作了交流。
强国要求、强军思想、强化举措参加评比。
何时指出、何人担任，都要写清楚。
郑重提出承诺，杜绝参加宴请。
万众参加、万民同心，云南代表介绍经验。
成果介绍详实，成员反映意见，成立工作专班并参加评估。
华侨表示支持，广大群众参加评议，江西省派员参加。
计划提出三项措施，程序要求严格，符合要求。
管理要求细，宣传介绍多，宣讲参加率高。
严格要求、严肃指出、严明纪律。
向上反映、向群众介绍，向下指导。
连城县、武平县、永定区参加，连江县列席。
高新区表示，高铁项目要求按期完成。
时任书记、现任局长参加会议，专任教师反映意见。
记录人：办公室；审核：第三督导组；供稿：青溪县农业农村局。
文/本报编辑部，图：主题教育办公室。
主持人、记录人按规定签字，出席人员名单附后。
有关同志表示，全体同志参加，各位同志发言。
查摆问题时提出要求，对照检查时参加讨论。
方案要求、方法介绍、方向指导。
常态化要求、常务会议指出、平安建设要求。
单位要求、金融机构参加、石油企业表示。
夏季提出、秋冬参加，田间指导，车辆要求。
安排参加、安徽介绍、安溪列席。
包案领导要求、包村干部反映、包联单位参加。
陈述要求、罗列说明、陶冶情操。
党组书记、局长要求，常委会强调，分管领导同意。
申请参加、申报要求、甄别要求、封闭管理要求。
项目要求、祝贺发言、荣誉介绍、盛会参加。
贾岭村、何坑镇、张坊乡参加，黄岗水库要求。
景区要求、花园介绍、房屋要求、宁可要求高一点。
卫生健康部门表示，农业农村部门要求，龙头企业参加。
高校教师参加，高中学生反映，高龄老人表示满意。
江河湖库要求、江南片区参加，古城要求。
方言介绍、万元要求、万户参加。
钱款要求、孔子学院介绍、孟子故事介绍。
连续参加、陆续反映、越级反映、卓越要求。
周密部署、周到要求、周转要求，胡同介绍。
金秋助学要求、金山银山要求、石材行业参加。
温泉介绍、温馨要求、明年要求、明天参加、明确指出。
焦点反映、焦虑反映、储备要求、景观要求。
雷厉风行要求、云平台反映、康养要求、乐于参加。
会议由党组书记主持，班子成员带头发言，群众代表到会。"""
"""Lines of sentences in which nobody is named."""


def persons(text: str) -> list[str]:
    return [find.words for find in scrubbing.finds(text) if find.kind == scrubbing.PERSON]


def test_who_is_named_is_found_and_nothing_else_is_taken_for_a_name():
    found = [name for name, text in NAMED.items() if any(name in one or one in name for one in persons(text))]
    lines = NOBODY.splitlines()
    false = [(words, line) for line in lines for words in persons(line)]
    print(f"\n{len(found)} of {len(NAMED)} names found; {len(false)} taken for a name in {len(lines)} lines")
    assert (sorted(set(NAMED) - set(found)), false) == ([], [])


def test_what_names_somebody_names_nobody_once_it_is_scrubbed():
    for text in NAMED.values():
        scrubbed, removed = scrubbing.scrub(text)
        assert removed and scrubbing.finds(scrubbed) == [], scrubbed


def test_a_name_that_is_known_and_criticism_are_found_in_traditional_signs_as_in_simplified():
    assert scrubbing.finds("會上，劉曉東談了體會。", ["刘晓东"])[0].kind == scrubbing.NAME
    assert scrubbing.finds("会上，刘晓东谈了体会。", ["劉曉東"])[0].words == "刘晓东"
    kinds = {find.kind for find in scrubbing.finds("受到嚴肅批評。局長抓落實不夠。聯繫電話：85231")}
    assert kinds == {scrubbing.CRITICISM, scrubbing.FAULT, scrubbing.PHONE}


def test_what_is_looked_for_is_written_in_signs_that_stand_for_themselves():
    looked_for = "".join(
        "".join(said) for room in (marked_words, bare_names) for key, said in vars(room).items() if key.isupper()
    )
    assert looked_for.translate(traditional.SIMPLIFIED) == looked_for


def test_a_sign_stands_for_one_sign_that_stands_for_itself():
    signs = {chr(number): sign for number, sign in traditional.SIMPLIFIED.items()}
    assert len(signs) > 2500 and not set(signs) & set(signs.values())
