"""The words of the official ledger sheet: its columns in both languages, and what units write for its codes.

What must stay true: every word here is data; a word that may mean two things is only proposed, never taken as read.
"""

from typing import NamedTuple

Words = dict[str, str]


class Column(NamedTuple):
    """A column: its heading, its width, how it is read back (text, choice, day, lines, number), None when it is only
    told."""

    zh: str
    en: str
    width: int
    read: str | None


GROUPS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "basics": (
        {"zh": "基本情况", "en": "Basics"},
        ("number", "unit", "source", "source_note", "aspect", "category"),
    ),
    "problem": ({"zh": "问题", "en": "Problem"}, ("problem", "shows", "causes")),
    "plan": (
        {"zh": "整改安排", "en": "Plan"},
        (
            "standard", "measures", "measure_who", "measure_due", "measure_with", "leader", "responsible", "department",
            "due_on", "milestones",
        ),
    ),
    "progress": (
        {"zh": "进展", "en": "Progress"},
        ("progress", "progress_on", "percent", "evidence", "state", "colour", "late"),
    ),
    "closing": (
        {"zh": "销号", "en": "Close-out"},
        ("applied_on", "result", "verified_by", "closed_on", "recheck"),
    ),
    "effect": ({"zh": "成效", "en": "Effect"}, ("before", "after", "rule", "benefits")),
    "rest": ({"zh": "备注", "en": "Remarks"}, ("remarks",)),
}  # fmt: skip

COLUMNS: dict[str, Column] = {
    "number": Column("序号", "No.", 6, None),
    "unit": Column("单位", "Unit", 18, None),
    "source": Column("问题来源", "Source", 12, "choice"),
    "source_note": Column("来源说明", "Source, in detail", 16, "text"),
    "aspect": Column("检视方面", "Aspect", 12, "choice"),
    "category": Column("清单类别", "List", 10, "choice"),
    "problem": Column("问题", "Problem", 36, "text"),
    "shows": Column("具体表现", "How it shows", 30, "text"),
    "causes": Column("原因分析", "Causes", 26, "text"),
    "standard": Column("整改目标（标准）", "Goal (standard)", 26, "text"),
    "measures": Column("整改措施", "Measures", 40, "lines"),
    "measure_who": Column("措施责任人", "Measure: who", 18, "lines"),
    "measure_due": Column("措施时限", "Measure: due", 13, "lines"),
    "measure_with": Column("协同单位", "Measure: with", 16, "lines"),
    "leader": Column("责任领导", "Responsible leader", 16, "text"),
    "responsible": Column("责任人（岗位）", "Responsible post", 18, "text"),
    "department": Column("责任部门", "Department", 16, "text"),
    "due_on": Column("完成时限", "Due on", 12, "day"),
    "milestones": Column("阶段节点", "Milestones", 26, "lines"),
    "progress": Column("本月进展", "Progress", 36, "text"),
    "progress_on": Column("进展日期", "Progress as of", 12, "day"),
    "percent": Column("完成比例（%）", "Done (%)", 8, "number"),
    "evidence": Column("佐证材料", "Evidence", 26, None),
    "state": Column("状态", "State", 12, None),
    "colour": Column("亮灯", "Colour", 8, None),
    "late": Column("是否超期", "Late", 8, None),
    "applied_on": Column("申请销号日期", "Applied on", 12, None),
    "result": Column("整改结果", "Result", 26, None),
    "verified_by": Column("核验人", "Verified by", 14, None),
    "closed_on": Column("销号日期", "Closed on", 12, None),
    "recheck": Column("回头看", "Recheck", 16, None),
    "before": Column("整改前", "Before", 22, None),
    "after": Column("整改后", "After", 22, None),
    "rule": Column("建立制度", "Rule established", 20, None),
    "benefits": Column("受益群体", "Who benefits", 18, None),
    "remarks": Column("备注", "Remarks", 26, "text"),
}
ALSO: dict[str, str] = {
    "number": "编号 号 项目编号 seq",
    "unit": "单位名称 责任单位 填报单位 整改单位 牵头单位 unit_name",
    "source": "来源 问题出处 来源渠道",
    "source_note": "来源详情",
    "aspect": "方面 问题类别 问题方面 检查方面",
    "category": "清单 清单类型 整改类别 整改类型 整改方式 类别 类型",
    "problem": "存在问题 问题描述 问题表述 问题内容 查摆问题 查摆出的问题 问题清单 存在不足",
    "shows": "表现 问题表现 shows",
    "causes": "原因 原因剖析 产生原因 cause",
    "standard": "标准 目标 目标要求 工作目标 整改要求 goal",
    "measures": "措施 举措 整改落实措施",
    "measure_who": "措施负责人",
    "measure_due": "措施完成时限 措施期限",
    "measure_with": "配合单位 协办单位 协同部门 配合部门 partners",
    "leader": "牵头领导 分管领导 包案领导 主要负责人 lead",
    "responsible": "责任人 负责人 承办人 责任人及职务 责任单位及责任人 责任单位和责任人 责任部门及责任人 owner",
    "department": "整改责任单位 责任科室 承办部门 责任股室",
    "due_on": "时限 期限 完成时间 完成期限 整改时间 办结时限 deadline due",
    "milestones": "节点 阶段目标 时间节点",
    "progress": "进展 进展情况 工作进展 整改进度 整改情况 落实情况 完成情况",
    "progress_on": "进展时间",
    "percent": "完成比例 进度 完成率 完成进度",
    "evidence": "佐证 证明材料 印证材料",
    "state": "整改状态 完成状态 是否完成 是否销号 status",
    "colour": "灯色 预警",
    "late": "超期",
    "result": "整改成效 成效",
    "verified_by": "验收人 审核人",
    "closed_on": "销号时间",
    "recheck": "回头看情况",
    "rule": "制度成果 建章立制",
    "benefits": "受益对象",
    "remarks": "说明 note 备注说明",
}
"""What else units call a column."""
EITHER = {"整改内容": ("problem", "measures"), "整改任务": ("measures", "standard")}
"""Headings said of two columns: the first one that no other heading names."""
BEFORE = ("整改", "具体", "主要", "存在的", "突出")
"""What may stand before a heading and says nothing of which it is."""
ORDER = tuple(key for _, keys in GROUPS.values() for key in keys)
HIDDEN = ("item_id", "revision", "mark", "source_code", "aspect_code", "category_code", "state_code", "colour_code")
"""What machines need of a row; `mark` holds, for each column, what was written out."""

PARTICULARS = ("source_note", "shows", "causes", "leader", "department", "remarks")
"""What the sheet tells of an item beyond the fields that rules look at."""

LISTS: dict[str, Words] = {
    "immediate": {"zh": "即知即改", "en": "Changed at once"},
    "phased": {"zh": "阶段整改", "en": "Phased"},
    "long_term": {"zh": "长期整改", "en": "Long-term"},
}
SOURCES: dict[str, Words] = {
    "opinion": {"zh": "征求意见", "en": "Opinions"},
    "talk": {"zh": "谈心谈话", "en": "Talks"},
    "self_criticism": {"zh": "自我检查", "en": "Self-criticism"},
    "criticism": {"zh": "相互批评", "en": "Criticism of each other"},
    "supervision": {"zh": "督导组点评", "en": "The group's comments"},
    "inspection": {"zh": "巡视巡察", "en": "Inspection"},
    "last_year": {"zh": "上年遗留", "en": "Left from last year"},
    "other": {"zh": "其他", "en": "Other"},
}
STATES: dict[str, Words] = {
    "registered": {"zh": "已登记", "en": "Registered"},
    "open": {"zh": "整改中", "en": "In progress"},
    "close_requested": {"zh": "已申请销号", "en": "Close-out applied for"},
    "closed": {"zh": "已销号", "en": "Closed"},
}
COLOURS: dict[str, Words] = {
    "green": {"zh": "绿", "en": "green"},
    "blue": {"zh": "蓝", "en": "blue"},
    "yellow": {"zh": "黄", "en": "yellow"},
    "red": {"zh": "红", "en": "red"},
}
YES: Words = {"zh": "是", "en": "yes"}

MEANT: dict[str, dict[str, tuple[str, ...]]] = {
    "category": {
        "immediate": (
            "立行立改",
            "马上就改",
            "立知立改",
            "立即整改",
            "立改",
            "即改",
            "马上改",
            "边查边改",
            "当下改",
            "a类",
            "atonce",
        ),
        "phased": ("分阶段", "阶段性整改", "分阶段整改", "阶段", "限期整改", "限时整改", "b类"),
        "long_term": ("长期坚持", "长期", "持续", "持续整改", "持续推进", "常态化", "长期推进", "长久立", "c类"),
    },
    "source": {
        "opinion": ("征求的意见", "意见建议", "群众意见", "征求意见建议", "opinionscollected"),
        "talk": ("谈话", "谈心", "谈心谈话提出"),
        "self_criticism": (
            "自我检视",
            "自查",
            "检视剖析",
            "自己查摆",
            "对照检查",
            "对照检视",
            "自我查摆",
            "self-examination",
        ),
        "criticism": ("互相批评", "批评意见", "相互批评意见"),
        "supervision": ("督导点评", "督导反馈", "督导组反馈", "督导", "督导组指出", "thegroupscomment"),
        "inspection": ("巡视", "巡察", "审计", "巡视巡察审计", "巡察反馈", "审计反馈", "检查", "inspectionoraudit"),
        "last_year": ("上年", "上年度遗留", "去年遗留", "往年遗留", "历史遗留"),
        "other": ("其它",),
    },
}
"""Other words for a code, read as that code; it is said that they were. Some stood in our own sheets before."""

PERHAPS: dict[str, dict[str, str]] = {
    "category": {"近期": "phased", "中期": "phased", "短期": "immediate", "远期": "long_term"},
    "source": {
        "before_meeting": "self_criticism", "会前": "self_criticism", "会前查摆": "self_criticism",
        "at_meeting": "criticism", "会上": "criticism", "会上提出": "criticism", "会后": "supervision",
    },
}  # fmt: skip
"""Words of other sheets that may mean more than one code: proposed, and asked about."""

PLACES: dict[str, Words] = {
    "due_on": {"zh": "完成时限", "en": "the day"},
    "title": {"zh": "标题", "en": "the title"},
    "sheet": {"zh": "工作表名", "en": "the name of the sheet"},
    "above": {"zh": "上一行", "en": "the row above"},
}
"""Where else than in its cell a sheet names the list of a row, in the order in which it is looked for."""

NEVER_DONE = ("长期", "长期坚持", "持续", "持续推进", "常态化", "长期整改", "无", "-", "—", "/")
"""What stands for no day in a column of days."""
TOTALS = ("合计", "总计", "小计", "共计", "total", "subtotal")
ABOVE = ("同上", "〃", "″", '"', "...", "…", "ditto")
SIGNATURE = (
    "填表人",
    "填报人",
    "审核人签字",
    "单位负责人",
    "主要负责人签字",
    "签字",
    "联系电话",
    "填表日期",
    "filledinby",
)

TITLE: Words = {"zh": "整改台账", "en": "Rectification ledger"}
TOP: dict[str, Words] = {
    "unit": {"zh": "单位：{unit}", "en": "Unit: {unit}"},
    "by": {"zh": "填表人：{by}", "en": "Filled in by: {by}"},
    "on": {"zh": "填表日期：{on}", "en": "Date: {on}"},
}
FOOT: Words = {
    "zh": "填表人（签字）：　　　　　　单位主要负责人（签字）：　　　　　　联系电话：　　　　　　",
    "en": "Filled in by (signature):          First responsible person (signature):          Telephone:          ",
}
