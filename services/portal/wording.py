"""The words for the codes: what a role, a stage, a state, a kind of material, a list or a colour is called.

Chinese here, English in the catalogue. A state is always shown as a word with a sign, never by colour alone: each has a
tone (ok, wait, warn, bad, info, quiet) and the name of a sign.
"""

from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class State(NamedTuple):
    """How a state is shown: its word, its tone and its sign."""

    word: LazyString
    tone: str
    sign: str


ROLES = {
    "office": _l("主题教育办"),
    "county_office": _l("县（区）主题教育办"),
    "supervisor": _l("督导组成员"),
    "group_leader": _l("督导组组长"),
    "secretary": _l("第一责任人（书记）"),
    "member": _l("班子成员"),
    "liaison": _l("联络员"),
    "system_admin": _l("系统管理员"),
    "security_admin": _l("安全保密管理员"),
    "auditor": _l("安全审计员"),
    "subscriber": _l("订阅系统"),
    "checker": _l("核查系统"),
    "service": _l("服务"),
}

SIGNERS = {"author": _l("本人"), "secretary": _l("第一责任人")}
RECORD_SIGNERS = {"author": _l("记录人"), "secretary": _l("主持人")}

SECRECY = {"public": _l("公开"), "internal": _l("内部"), "work_secret": _l("工作秘密")}

SCOPES = {
    "campaign": _l("整个活动"),
    "region": _l("县（区）"),
    "group": _l("督导组"),
    "unit": _l("单位"),
    "post": _l("本人岗位"),
    "system": _l("系统"),
}

STAGES = {
    "preparing": State(_l("筹备中"), "quiet", "clock"),
    "writing": State(_l("材料撰写审阅"), "info", "pen"),
    "ready": State(_l("具备开会条件"), "ok", "gate"),
    "held": State(_l("会议已召开"), "info", "people"),
    "rectifying": State(_l("整改中"), "wait", "wrench"),
    "closed": State(_l("整改完成"), "ok", "check"),
    "cancelled": State(_l("已取消"), "quiet", "slash"),
}

PHASES = {
    "before": _l("会前材料审核"),
    "during": _l("会中督导点评"),
    "after": _l("会后材料报送"),
}

ASPECT_STATES = {
    "open": State(_l("待办"), "quiet", "clock"),
    "done": State(_l("已完成"), "ok", "check"),
    "waived": State(_l("已免予"), "quiet", "slash"),
    "late": State(_l("已逾期"), "bad", "alert"),
    "done_late": State(_l("逾期完成"), "warn", "check"),
}

MATERIAL_STATES = {
    "missing": State(_l("未提交"), "quiet", "circle"),
    "unsigned": State(_l("待签字"), "wait", "pen"),
    "submitted": State(_l("预审中"), "wait", "hourglass"),
    "prechecked": State(_l("待督导组审阅"), "info", "eye"),
    "unreadable": State(_l("无法预审"), "warn", "alert"),
    "returned": State(_l("退回修改"), "bad", "back"),
    "rewrite": State(_l("限期重写"), "bad", "back"),
    "passed": State(_l("已通过"), "ok", "check"),
    "withdrawn": State(_l("已撤回"), "quiet", "back"),
    "waived": State(_l("已免予"), "quiet", "slash"),
    "received": State(_l("已收到"), "ok", "check"),
}

SIGNATURE_STATES = {
    "signed": State(_l("已签字"), "ok", "check"),
    "missing": State(_l("待签字"), "wait", "pen"),
}

NEED_STATES = {**MATERIAL_STATES, "submitted": State(_l("已提交"), "info", "hourglass")}
"""What a unit owes, as its meeting sees it: whether the pre-check is through is not known there."""

REVIEW_STATES = {
    "waiting": State(_l("预审中"), "wait", "hourglass"),
    "prechecked": State(_l("待审阅"), "info", "eye"),
    "unreadable": State(_l("无法预审"), "warn", "alert"),
    "judged": State(_l("已有结论"), "ok", "check"),
    "superseded": State(_l("已被新版取代"), "quiet", "slash"),
    "recalled": State(_l("单位已撤回"), "quiet", "back"),
    "cancelled": State(_l("会议已取消"), "quiet", "slash"),
}

RECEIPT_STATES = {
    "received": State(_l("已签收"), "ok", "check"),
    "returned": State(_l("退回"), "bad", "back"),
    "waiting": State(_l("待签收"), "wait", "hourglass"),
}

FILING_STATES = {
    "complete": State(_l("齐全"), "ok", "check"),
    "here": State(_l("已归档"), "ok", "check"),
    "missing": State(_l("缺少"), "bad", "alert"),
    "waived": State(_l("已免予"), "quiet", "slash"),
    "not_asked": State(_l("未要求"), "quiet", "slash"),
}

ITEM_STATES = {
    "registered": State(_l("已登记，未明确"), "warn", "pen"),
    "open": State(_l("整改中"), "info", "wrench"),
    "close_requested": State(_l("已申请销号"), "wait", "hourglass"),
    "closed": State(_l("已销号"), "ok", "check"),
}

ESCALATION_STATES = {
    "proposed": State(_l("待签发"), "wait", "pen"),
    "issued": State(_l("待签收"), "warn", "mail"),
    "acknowledged": State(_l("已经签收"), "ok", "check"),
    "withdrawn": State(_l("已撤回"), "quiet", "back"),
    "lapsed": State(_l("不必再发"), "quiet", "slash"),
}

REPORT_STATES = {
    "reported": State(_l("已报"), "ok", "check"),
    "waiting": State(_l("待报"), "wait", "hourglass"),
    "missing": State(_l("未报（黄灯）"), "warn", "alert"),
    "late": State(_l("逾期补报"), "warn", "clock"),
}

COLOURS = {
    "green": State(_l("绿：按期办结"), "ok", "check"),
    "blue": State(_l("蓝：正常推进"), "info", "wrench"),
    "yellow": State(_l("黄：临期或逾期办结"), "warn", "clock"),
    "red": State(_l("红：逾期未结"), "bad", "alert"),
}

ANCHOR_STATES = {
    "kept": State(_l("原文未改"), "warn", "circle"),
    "moved": State(_l("原文移到别处"), "warn", "back"),
    "changed": State(_l("原文有改动"), "info", "pen"),
    "lost": State(_l("原文已不在"), "quiet", "slash"),
}
"""Where the passage a comment was about stands in the new version."""

REREAD_STATES = {
    "open": State(_l("待复读"), "wait", "eye"),
    "judged": State(_l("已复读"), "ok", "check"),
}

CANDIDATE_STATES = {
    "open": State(_l("待处理"), "wait", "hourglass"),
    "adopted": State(_l("已列入台账"), "ok", "check"),
    "explained": State(_l("已说明不列"), "info", "pen"),
    "withdrawn": State(_l("来源已撤回"), "quiet", "slash"),
}

WITHDRAWALS = {
    "withdrawn": _l("来源已撤销"),
    "merged": _l("意见已归并，归并后的另列"),
    "left_out": _l("新提交的批评意见清单里没有这一条"),
    "verdict_withdrawn": _l("审阅结论已撤回，材料重新审阅"),
}

FORM_STATES = {
    "prepared": State(_l("未发放"), "quiet", "clock"),
    "open": State(_l("征求中"), "info", "pen"),
    "closing": State(_l("正在结束"), "wait", "hourglass"),
    "closed": State(_l("已结束"), "ok", "check"),
}

TASK_STATES = {
    "waiting": State(_l("排队"), "wait", "hourglass"),
    "running": State(_l("进行中"), "info", "wrench"),
    "done": State(_l("完成"), "ok", "check"),
    "dead": State(_l("需要人处理"), "bad", "alert"),
    "cancelled": State(_l("会议已取消"), "quiet", "slash"),
}

SENDING_STATES = {
    "waiting": State(_l("等待发送"), "wait", "hourglass"),
    "failed": State(_l("失败，将再试"), "warn", "back"),
    "sent": State(_l("已发送"), "ok", "check"),
    "dead": State(_l("需要人处理"), "bad", "alert"),
    "suppressed": State(_l("不发送"), "quiet", "slash"),
}
CHANNELS = {
    "mail": _l("电子邮件"), "wecom": _l("企业微信群机器人"), "webhook": _l("其他系统代发"), "sms": _l("短信"),
    "public_account": _l("公众号"),
}  # fmt: skip
CHANNEL_CLASSES = {"inside": _l("内部渠道"), "outside": _l("外部渠道，不带内容")}
UNSENT = {
    "unwanted": _l("本人不接收"), "no_address": _l("本人没有填写联系方式"), "read": _l("发送前已读"),
    "settled": _l("发送前已办结"), "left": _l("发送前已不任此岗位"), "message_gone": _l("消息已不存在"),
    "exhausted": _l("三天内多次未成"), "gone": _l("接收方已停用"),
}  # fmt: skip
SENDING_STEPS = {"tried": _l("发送"), "suppressed": _l("不发送"), "resent": _l("人工重发"), "taken": _l("导出带走")}

CAMPAIGN_STATES = {
    "draft": State(_l("未启动"), "quiet", "clock"),
    "opening": State(_l("正在启动"), "info", "clock"),
    "open": State(_l("进行中"), "ok", "check"),
}

KINDS = {
    "meeting_plan": _l("会议方案"),
    "study_record": _l("学习记录"),
    "opinion_summary": _l("征求意见汇总"),
    "talk_record": _l("谈心谈话记录"),
    "team_inspection": _l("班子对照检查材料"),
    "speech_outline": _l("个人发言提纲"),
    "criticism_list": _l("批评意见清单"),
    "review_opinion": _l("审阅意见"),
    "minutes": _l("会议记录"),
    "supervision_comment": _l("督导点评"),
    "meeting_report": _l("会议情况报告"),
    "notification": _l("情况通报"),
    "rectification_plan": _l("整改方案"),
    "ledger": _l("整改台账"),
    "closeout_application": _l("销号申请"),
    "effectiveness_list": _l("成效清单"),
    "filing_list": _l("归档清单"),
    "supervision_log": _l("督导日志"),
}

STANDARDS = {
    "problems": _l("问题找准"),
    "examples": _l("有具体事例"),
    "persuasion": _l("有说服力"),
    "causes": _l("根源剖析深"),
    "measures": _l("整改措施实"),
}

FAILURES = {
    "problems": _l("问题不准"),
    "examples": _l("缺具体事例"),
    "persuasion": _l("说服力不强"),
    "causes": _l("根源不深"),
    "measures": _l("措施不实"),
}
"""What is wrong where a standard fails; STANDARDS says what is right where it passes."""

TOPICS = {
    "problems": _l("查摆问题"),
    "examples": _l("具体事例"),
    "persuasion": _l("说服力"),
    "causes": _l("根源剖析"),
    "measures": _l("整改措施"),
}
"""What a standard is about, where nobody has judged it."""

ASPECTS = {
    "theory": _l("理论学习"),
    "politics": _l("政治素质"),
    "ability": _l("能力本领"),
    "responsibility": _l("担当作为"),
    "style": _l("工作作风"),
    "integrity": _l("廉洁自律"),
}

SOURCES = {
    "opinion": _l("征求意见"),
    "talk": _l("谈心谈话"),
    "self_criticism": _l("自我检查"),
    "criticism": _l("相互批评"),
    "supervision": _l("督导组点评"),
    "inspection": _l("巡视巡察"),
    "last_year": _l("上年遗留"),
    "other": _l("其他"),
}

LISTS = {
    "immediate": _l("即知即改"),
    "phased": _l("阶段整改"),
    "long_term": _l("长期整改"),
}

LIST_RULES = {
    "immediate": _l("30 天内办结，不延期"),
    "phased": _l("有阶段节点和完成时限"),
    "long_term": _l("有阶段成果，每年回头看"),
}

SEGMENTS = {
    "opening": _l("开头"),
    "last_year": _l("上年整改情况"),
    "aspect": _l("方面"),
    "problem": _l("问题"),
    "example": _l("事例"),
    "cause": _l("原因"),
    "measure": _l("措施"),
    "closing": _l("结尾"),
}

HISTORY = {
    "cancelled": _l("取消会议"),
    "restored": _l("恢复会议"),
    "registered": _l("问题已列入台账"),
    "applied": _l("提出销号申请"),
    "closed": _l("核验通过，销号"),
    "sent_back": _l("核验不通过，退回整改"),
    "planned": _l("“五明确”写全，列入计划"),
    "revised": _l("修改问题或措施"),
    "measure_changed": _l("共用的措施有变动"),
    "interim_recorded": _l("有阶段性成果"),
    "passed_level": _l("本级同意，转上一级核验"),
    "reopened": _l("销号撤销，重新打开"),
    "rebounded": _l("回头看发现反弹，重新打开"),
    "recheck_held": _l("回头看，没有反弹"),
    "retype_asked": _l("申请调整清单"),
    "retype_granted": _l("同意调整清单"),
    "retype_refused": _l("不同意调整清单"),
    "postpone_asked": _l("申请延期"),
    "postpone_granted": _l("同意延期"),
    "postpone_refused": _l("不同意延期"),
    "rescheduled": _l("会议日期有调整"),
    "replanned": _l("活动定义修订，重新排期"),
    "postponed": _l("改期申请获同意"),
    "early_allowed": _l("已准予早于上级"),
    "waived": _l("材料免予提交"),
    "regrouped": _l("督导组有调整"),
    "posts_changed": _l("班子成员有变动"),
    "agenda_waived": _l("会议程序免予逐步登记"),
    "recounted": _l("会后时限按实际召开日期重新推算"),
    "calendar_loaded": _l("节假日安排有变，日期重新推算"),
    "tightened": _l("要求提高，日期重新推算"),
}

OUTSIDE = {
    "campaign": _l("超过活动截止日召开"),
    "wave": _l("未在本批次内召开"),
    "plan": _l("未办改期，推后召开"),
    "superior": _l("先于上级召开"),
}

MOVES = {
    "progress": _l("登记新的进展"),
    "apply": _l("再次申请销号"),
    "close": _l("核验销号"),
    "return": _l("退回整改"),
    "revise": _l("修改"),
    "interim": _l("登记阶段性成果"),
    "ask": _l("申请调整"),
    "decide": _l("办理申请"),
    "recheck": _l("登记回头看"),
    "rebound": _l("登记反弹"),
    "reopen": _l("重新打开"),
}

CLEAR_FIELDS = {
    "problem": _l("问题"), "responsible": _l("责任人"), "standard": _l("整改标准"), "measures": _l("整改措施"),
    "due_on": _l("完成时限"), "milestones": _l("阶段节点"),
    "category": _l("清单"), "aspect": _l("对应方面"), "particulars": _l("其他情况"), "owner_post": _l("责任岗位"),
}  # fmt: skip
"""What an item has before it counts as planned, and what else is stated of it."""

PLAN_STATES = {
    "drafting": State(_l("未报审"), "quiet", "pen"),
    "submitted": State(_l("待审定"), "wait", "hourglass"),
    "approved": State(_l("已审定"), "ok", "check"),
    "returned": State(_l("已退回"), "bad", "back"),
    "stale": State(_l("有变动，需重报"), "warn", "alert"),
}
RECHECK_STATES = {
    "held": State(_l("没有反弹"), "ok", "check"),
    "rebounded": State(_l("有反弹"), "bad", "alert"),
}
REQUEST_STATES = {
    "waiting": State(_l("待办理"), "wait", "hourglass"),
    "granted": State(_l("已同意"), "ok", "check"),
    "refused": State(_l("未同意"), "bad", "back"),
    "lapsed": State(_l("已销号，不再办理"), "quiet", "check"),
}
ITEM_CHANGES = {"retype": _l("调整清单"), "postpone": _l("延期")}
LINE_STATES = {
    "waiting": State(_l("待审核"), "wait", "hourglass"),
    "accepted": State(_l("已采纳"), "ok", "check"),
    "returned": State(_l("已退回"), "bad", "back"),
}
ISSUE_KINDS = {"unit": _l("单位"), "region": _l("县（区）")}
LINE_ROUNDS = {"accepted": _l("审核采纳"), "returned": _l("退回"), "reworded": _l("修改后送审")}
EVALUATION_STATES = {
    "gathering": State(_l("评估中"), "wait", "hourglass"),
    "proposed": State(_l("待审定"), "info", "eye"),
    "decided": State(_l("等次已审定"), "ok", "check"),
}
EVALUATION_METHODS = {"visit": _l("实地查看"), "interviews": _l("个别访谈"), "appraisal": _l("匿名测评")}
PLAN_CHANGES = {"added": _l("新增"), "changed": _l("有变动")}

TURNS = {
    "liaison": _l("联络员"),
    "author": _l("材料撰写人"),
    "secretary": _l("第一责任人（书记）"),
    "group": _l("督导组"),
    "office": _l("主题教育办"),
}
TURN_WORK = {
    "liaison": _l("提交材料、登记事项、推进整改"),
    "author": _l("撰写、修改个人材料"),
    "secretary": _l("审核材料、确定开会"),
    "group": _l("审阅、点评、核验销号"),
    "office": _l("决定或复核"),
}
"""Whose turn it is at a unit, and what for."""

COUNTED = {
    "open": _l("未完成"),
    "overdue": _l("逾期"),
    "done": _l("已完成"),
    "waived": _l("已免予"),
}
HAPPENINGS = {
    "passed": _l("通过材料"),
    "registered": _l("列入台账"),
    "closed": _l("销号"),
}
READINGS = {
    "all": _l("审阅"),
    "first": _l("首次审阅"),
    "first_passed": _l("一次通过"),
    "passed": _l("通过"),
    "returned": _l("退回修改"),
    "rewrite": _l("限期重写"),
}
"""What the board counts: an aspect's state, what happened on a day, what became of a reading."""

TASK_STEPS = {
    "done": _l("已完成"),
    "failed": _l("这一次没有成功"),
    "worker_died": _l("处理它的进程中断"),
    "retried": _l("由人重新排队"),
    "once": _l("再预审一次"),
}

LEVELS = {
    "secretary": _l("第一责任人"),
    "group": _l("督导组"),
    "county_office": _l("县（区）主题教育办"),
    "office": _l("主题教育办"),
}
"""Who reads or closes, one after the other."""
WITHDRAWERS = {**LEVELS, "unit": _l("单位"), "service": ROLES["service"]}

BARRED = {
    "own_material": _l("这是您本单位的材料，您不审阅。"),
    "own_former_unit": _l("您曾在这个单位任职，不审阅这份材料。"),
    "recused": _l("您已回避这个单位，不审阅这份材料。"),
    "declined_before": _l("您已交回这份材料，不再审阅。"),
}
"""Why a reader does not read a material."""

HOW = {
    "accepted": _l("已采纳"),
    "explained": _l("作说明"),
}
"""What an author did about a comment."""

DIFFERENCES = {
    "same": _l("未改"),
    "changed": _l("修改"),
    "moved": _l("移动"),
    "added": _l("新增"),
    "removed": _l("删去"),
}

LANES = {
    "urgent": _l("会议临近"),
    "soon": _l("近期开会"),
    "later": _l("较晚开会"),
    "suspect": _l("可疑，单独处理"),
}

SERVICES = {
    "registry": _l("活动与会议"),
    "intake": _l("材料接收"),
    "review": _l("预审与审阅"),
    "rectification": _l("整改台账"),
    "notification": _l("通知与事件"),
    "access": _l("账号与权限"),
}

OPINION_SOURCES = {
    "survey_form": _l("征求意见表"),
    "individual_interview": _l("个别访谈"),
    "forum": _l("座谈会"),
    "anonymous_appraisal": _l("无记名测评"),
    "merged": _l("归并意见"),
    "other": _l("其他"),
    "supervision_group": _l("督导组提出"),
}

OPINION_STATES = {
    "missed": State(_l("没有回应"), "bad", "alert"),
    "unchecked": State(_l("还没有核对"), "quiet", "clock"),
    "answered": State(_l("已回应"), "ok", "check"),
    "withdrawn": State(_l("已撤销"), "quiet", "slash"),
    "merged": State(_l("已归并"), "quiet", "slash"),
}
"""What the pre-check found of an opinion: a hint, not a judgement."""

TALK_STATES = {
    "missing": State(_l("还没谈"), "warn", "circle"),
    "unconfirmed": State(_l("待确认"), "wait", "hourglass"),
    "confirmed": State(_l("已谈"), "ok", "check"),
    "withdrawn": State(_l("已撤销"), "quiet", "slash"),
}

TALK_RULES = {
    "secretary_with_members": _l("书记与班子成员"),
    "members_with_each_other": _l("班子成员之间"),
    "supervised": _l("与分管部门负责人"),
}

STUDY_FORMS = {
    "together": _l("集中学习"),
    "seminar": _l("交流研讨"),
    "lecture": _l("专题辅导"),
    "visit": _l("现场学习"),
    "alone": _l("个人自学"),
}

ATTENDANCE_STATES = {
    "awaited": State(_l("待单位确认"), "wait", "hourglass"),
    "confirmed": State(_l("单位已确认"), "ok", "check"),
    "differs": State(_l("与单位所报不一致"), "warn", "alert"),
}

QUESTION_STATES = {
    "open": State(_l("待答复"), "wait", "hourglass"),
    "answered": State(_l("已答复"), "ok", "check"),
}

ARTICLE_STATES = {
    "draft": State(_l("草稿"), "quiet", "pen"),
    "first": State(_l("已初次签发"), "wait", "hourglass"),
    "released": State(_l("已发布"), "ok", "check"),
    "withdrawn": State(_l("已撤回"), "quiet", "back"),
}
ARTICLE_DEEDS = {
    "drafted": _l("会议召开，自动起草"),
    "redrafted": _l("前稿撤回后重新起草"),
    "corrected": _l("会议登记更正，数字已更新"),
    "planned": _l("整改方案审定，写入项数"),
    "edited": _l("改写"),
    "pictured": _l("更换图片"),
    "release_lost": _l("改写，初次签发作废"),
    "first_release": _l("初次签发"),
    "second_release": _l("第二次签发，公开发布"),
    "withdrawn": _l("撤回"),
}
REMOVED = {
    "known_name_left": _l("姓名"),
    "person_left": _l("指明个人"),
    "faulted_post_left": _l("岗位及其问题"),
    "quoted_criticism_left": _l("批评的内容"),
    "telephone_left": _l("电话号码"),
    "identity_left": _l("身份证号"),
}
COACHING = {"training": _l("集中培训"), "visit": _l("送学上门")}

COACHING_FORMS = {
    "": _l("未写形式"),
    "mobilisation": _l("动员部署会"),
    "lecture": _l("专题授课"),
    "seminar": _l("座谈交流"),
    "online": _l("视频培训"),
    "visit": _l("上门辅导"),
    "guidance": _l("现场答疑"),
}

COACHED = {
    "unit": _l("单位（没有人参加）"),
    "secretary": _l("第一责任人（书记）"),
    "member": _l("班子成员"),
    "liaison": _l("联络员"),
}
"""Who was to be reached."""

ATTENDANCE_STEPS = {"added": _l("登记参加"), "removed": _l("更正为未参加"), "confirmed": _l("单位确认")}

TRIAL_STATES = {
    "running": State(_l("正在试算"), "wait", "hourglass"),
    "done": State(_l("已完成"), "ok", "check"),
    "refused": State(_l("没有试算"), "bad", "alert"),
    "lost": State(_l("中断了"), "warn", "alert"),
}

RULE_FILES = {
    "headings.json": _l("标题和结构"),
    "facts.json": _l("时间、数字等事实"),
    **{f"{code}.json": title for code, title in TOPICS.items()},
}

RULES = {
    "problems.aspects_missing": _l("没有按规定的方面检视"),
    "problems.aspect_missing": _l("缺少一个方面"),
    "problems.aspects_merged": _l("几个方面合在一起"),
    "problems.aspect_without_problem": _l("方面里没有写出问题"),
    "problems.aspect_restates_another": _l("写的是另一方面的内容"),
    "problems.same_as_last_year": _l("与上年度的问题相同"),
    "problems.stock_phrases": _l("通篇套话"),
    "problems.problems_of_others": _l("说的是别人的问题"),
    "problems.opinion_unanswered": _l("意见没有回应"),
    "problems.opinion_denied": _l("意见被推给别人"),
    "problems.opinion_answered_beside": _l("意见答非所问"),
    "examples.no_example": _l("没有具体事例"),
    "examples.sham": _l("有“比如”而无事例"),
    "examples.masked": _l("事例用“某”代替"),
    "examples.of_others": _l("事例是别人的"),
    "examples.only_merits": _l("数字都在成绩上"),
    "examples.of_rules": _l("数字出自规定和文件"),
    "persuasion.copied": _l("照搬另一单位的材料"),
    "persuasion.copied_colleague": _l("照搬本单位其他材料"),
    "persuasion.copied_own": _l("照搬自己以往的材料"),
    "persuasion.copied_model": _l("照搬范文"),
    "persuasion.placeholder": _l("模板的空没有填"),
    "persuasion.of_another": _l("署的不是本单位本人"),
    "persuasion.we_instead_of_i": _l("以“我们”代替“我”"),
    "persuasion.third_person": _l("以“该同志”称自己"),
    "persuasion.merits_outweigh": _l("成绩盖过问题"),
    "persuasion.success_story": _l("问题写成了改正的事迹"),
    "persuasion.praise_as_criticism": _l("以缺点之名说优点"),
    "causes.missing": _l("没有剖析原因"),
    "causes.only_asked": _l("只有自问没有回答"),
    "causes.outside_only": _l("只找客观原因"),
    "causes.meet_no_problem": _l("原因与问题对不上"),
    "causes.restate_problems": _l("原因是问题的重复"),
    "causes.one_for_all": _l("所有问题一个原因"),
    "causes.shallow": _l("剖析停在表面"),
    "causes.exhort": _l("以表态代替剖析"),
    "measures.missing": _l("没有整改措施"),
    "measures.no_owner": _l("没有责任人"),
    "measures.no_date": _l("没有完成时间"),
    "measures.not_checkable": _l("没有可检验的结果"),
    "measures.asked_of_others": _l("请别人来做"),
    "measures.diffuse_responsibility": _l("责任落在“有关部门”"),
    "measures.date_over": _l("完成时间已过"),
    "measures.before_meeting": _l("完成时间在会前"),
    "measures.far_off": _l("完成时间太远"),
    "measures.answer_no_problem": _l("措施与问题对不上"),
}
"""What each rule of the pre-check finds, in short."""

BATCH_STATES = {
    "checking": State(_l("正在核对"), "wait", "hourglass"),
    "checked": State(_l("待确认"), "warn", "pen"),
    "running": State(_l("正在提交"), "wait", "hourglass"),
    "done": State(_l("已处理完"), "ok", "check"),
    "ended": State(_l("已放弃"), "quiet", "slash"),
    "refused": State(_l("整批不收"), "bad", "alert"),
}

BATCH_LINE_STATES = {
    "refused": State(_l("不收"), "bad", "alert"),
    "new": State(_l("可提交第一版"), "info", "circle"),
    "next": State(_l("可提交新一版"), "info", "pen"),
    "accepted": State(_l("已收到"), "ok", "check"),
    "same": State(_l("已有同一文件"), "quiet", "slash"),
}
"""What a line of a batch comes to, what needs somebody first."""

POSTPONEMENT_STATES = {
    "asked": State(_l("待办理"), "warn", "hourglass"),
    "granted": State(_l("已同意"), "ok", "check"),
    "refused": State(_l("未同意"), "bad", "back"),
    "withdrawn": State(_l("已撤回"), "quiet", "slash"),
    "lapsed": State(_l("会议已召开，不再办理"), "quiet", "check"),
}

CLASHES = {
    "same_day": State(_l("同组同日"), "warn", "people"),
    "holiday": State(_l("节假日"), "bad", "alert"),
    "weekend": State(_l("周末"), "warn", "clock"),
    "before_superior": State(_l("早于上级"), "bad", "alert"),
    "outside_wave": State(_l("不在本批次期限内"), "bad", "alert"),
}

YEARS = {
    "published": State(_l("已公布"), "ok", "check"),
    "changed": State(_l("已公布，按文件调整"), "ok", "pen"),
    "file": State(_l("按载入的文件"), "ok", "file"),
    "holidays": State(_l("按载入的放假日，调休安排尚未载入"), "warn", "alert"),
    "unknown": State(_l("未载入，周一至周五算工作日"), "warn", "alert"),
}
"""Where a year's working days are known from."""

ORGANISATION_LEVELS = {
    "province": _l("省"), "city": _l("市"), "county": _l("县（市、区）"), "township": _l("乡镇（街道）"),
    "branch": _l("基层"),
}  # fmt: skip
ORGANISATION_FIELDS = {
    "name": _l("组织名称"), "level": _l("层级"), "parent": _l("上级"), "region": _l("行政区划"), "team": _l("领导班子"),
    "members": _l("班子人数"), "posts": _l("岗位"), "into": _l("并入"), "took_in": _l("接收"), "split_into": _l("分设"),
    "open_items": _l("没有办结的台账问题"), "open_materials": _l("没有办结的材料"),
}  # fmt: skip
ORGANISATION_DEEDS = {
    "imported": _l("由表格导入"), "renamed": _l("更名"), "closed": _l("撤销组织"), "merged": _l("并入其他组织"),
    "took_in": _l("接收其他组织"), "split": _l("分设"), "split_off": _l("由分设成立"),
    "post_succeeded": _l("岗位换人"), "post_ended": _l("离任，岗位空出"), "post_added": _l("增设岗位"),
}  # fmt: skip
REMINDED = {
    "meeting": _l("召开会议"), "material": _l("提交会前材料"), "record": _l("报送会后及其他材料"),
    "talks": _l("谈心谈话"), "answer": _l("退回材料重新提交"), "reading": _l("审阅材料"),
    "comment": _l("督导组点评"), "item": _l("问题整改"), "acknowledgement": _l("签收督办文书"),
    "second_round": _l("下一轮整改和评估"),
}  # fmt: skip
REMINDED_LINE = {
    "owner": _l("经办人"), "leader": _l("负责人"), "group": _l("督导组"), "office": _l("主题教育办"),
}  # fmt: skip
REQUIREMENTS = {
    "quorum": _l("到会人数占比"), "answer_within": _l("退回后答复时限"), "immediate_days": _l("即知即改期限（天）"),
    "small_group": _l("最小统计人数"), "signing": _l("签字要求"), "rectification": _l("整改规则"),
    "reminders": _l("提醒"), "agenda_required": _l("会议程序逐步登记"), "gate": _l("会前须完成的事项"),
}  # fmt: skip
ORGANISATION_STATES = {
    "active": State(_l("在用"), "ok", "check"),
    "closed": State(_l("已撤销"), "quiet", "slash"),
    "merged": State(_l("已并入"), "quiet", "back"),
}
IMPORT_STATES = {
    "faulty": State(_l("有错，未导入"), "bad", "alert"),
    "checked": State(_l("待确认"), "info", "eye"),
    "running": State(_l("正在导入"), "wait", "hourglass"),
    "done": State(_l("已导入"), "ok", "check"),
}
IMPORT_LINE_STATES = {
    "new": State(_l("新增"), "info", "circle"),
    "changed": State(_l("变更"), "warn", "pen"),
    "short": State(_l("有岗位没写"), "warn", "alert"),
    "gone": State(_l("表里没有，保持不动"), "quiet", "slash"),
    "overtaken": State(_l("导入前已被他人改动，未改"), "bad", "alert"),
}
LEAVING = {"unnamed": _l("表里没有的岗位"), "ended": _l("离任"), "succeeded": _l("换人")}
KEPT = {
    "posts": _l("岗位"), "group": _l("督导组"), "name": _l("名称"), "leader": _l("组长"), "regions": _l("县（区）"),
    "until": _l("抽调止"), "closed": _l("撤销督导组"),
}  # fmt: skip
LEDGER_LINE_STATES = {
    "new": State(_l("新增问题"), "info", "circle"),
    "changed": State(_l("更改"), "warn", "pen"),
    "unchanged": State(_l("没有变化"), "quiet", "check"),
    "left_out": State(_l("不导入"), "bad", "slash"),
}
FINDING_STATES = {
    "note": State(_l("提示"), "quiet", "eye"),
    "ask": State(_l("建议"), "wait", "pen"),
    "wrong": State(_l("未读"), "bad", "alert"),
    "conflict": State(_l("两边都改了"), "warn", "people"),
}
LEDGER_VIEWS = {
    "waiting": _l("待处理的建议"), "changed": _l("更改"), "new": _l("新增问题"), "wrong": _l("有未读的格子"),
    "left_out": _l("不导入"), "note": _l("有提示"), "unchanged": _l("没有变化"),
}  # fmt: skip
PARTICULARS = {
    "source_note": _l("来源说明"), "shows": _l("具体表现"), "causes": _l("原因分析"), "leader": _l("责任领导"),
    "department": _l("责任部门"), "remarks": _l("备注"),
}  # fmt: skip

WAITS = {
    "plan": _l("等单位写全“五明确”"),
    "unit": _l("单位正在整改"),
    "asking": _l("等组长或主题教育办定改清单、改时限的申请"),
    "group": _l("等督导组核验"),
    "county_office": _l("等县（区）主题教育办核验"),
    "office": _l("等主题教育办核验"),
    "nobody": _l("已销号"),
}
AGES = {"30": _l("30 天以内"), "90": _l("31—90 天"), "180": _l("91—180 天"), "more": _l("180 天以上")}
ORDERS = {"due": _l("到期的在前"), "number": _l("按单位和编号"), "age": _l("最早登记的在前")}
FLOW = {"left": _l("未销号"), "registered": _l("当周登记"), "closed": _l("当周销号"), "reopened": _l("当周重新打开")}
GRID = {
    "responsible": _l("责任人"),
    "owner_post": _l("责任岗位"),
    "standard": _l("整改标准"),
    "due_on": _l("完成时限"),
    "measure_what": _l("措施"),
    "measure_who": _l("措施责任人"),
    "measure_due_on": _l("措施时限"),
}

TIP_STATES = {
    "unread": State(_l("未读"), "warn", "mail"),
    "opened": State(_l("已阅未签收"), "wait", "eye"),
    "acknowledged": State(_l("已经签收"), "ok", "check"),
}
UNIT_LEVELS = {"city": _l("市级"), "county": _l("县级"), "township": _l("乡镇级"), "branch": _l("支部")}
SUBSCRIBER_KINDS = {"feed": _l("按游标读取"), "webhook": _l("推送到网址"), "amqp": _l("消息队列")}
SUBSCRIBER_CHANGES = {
    "proved": _l("验证通过"),
    "token": _l("更换令牌"),
    "keys": _l("更换密钥"),
    "state": _l("暂停或恢复"),
    "replay": _l("从某一序号起重发"),
    "ended": _l("终止"),
    "url": _l("更换接收网址"),
    "title": _l("系统名称"),
    "types": _l("事件"),
    "regions": _l("地区"),
    "secrecy": _l("最高密级"),
    "until": _l("截止日期"),
}
SUBSCRIBER_STATES = {
    "active": State(_l("正常"), "ok", "check"),
    "unproved": State(_l("等待验证"), "wait", "hourglass"),
    "stopped": State(_l("已暂停"), "quiet", "clock"),
    "disabled": State(_l("已停止推送"), "bad", "alert"),
    "ended": State(_l("已终止"), "quiet", "slash"),
}
REPLAY_STATES = {
    "running": State(_l("进行中"), "info", "wrench"),
    "done": State(_l("完成"), "ok", "check"),
    "stopped": State(_l("已停止"), "quiet", "slash"),
    "failed": State(_l("没有送达"), "bad", "alert"),
}

CATALOGUES = {
    "ledger_view": LEDGER_VIEWS, "particular": PARTICULARS,
    "waits": WAITS, "age": AGES, "order": ORDERS, "flow": FLOW, "grid": GRID,
    "role": ROLES, "scope": SCOPES, "phase": PHASES, "kind": KINDS, "standard": STANDARDS,
    "failure": FAILURES, "topic": TOPICS, "aspect_title": ASPECTS, "source": SOURCES, "list": LISTS,
    "withdrawal": WITHDRAWALS, "withdrawer": WITHDRAWERS,
    "list_rule": LIST_RULES, "segment": SEGMENTS, "history": HISTORY, "outside": OUTSIDE, "move": MOVES,
    "service": SERVICES, "task_step": TASK_STEPS, "level": LEVELS, "barred": BARRED, "how": HOW,
    "turn": TURNS, "turn_work": TURN_WORK, "counted": COUNTED, "happening": HAPPENINGS, "reading": READINGS,
    "difference": DIFFERENCES, "signer": SIGNERS, "record_signer": RECORD_SIGNERS,
    "secrecy": SECRECY, "lane": LANES, "opinion_source": OPINION_SOURCES,
    "organisation_level": ORGANISATION_LEVELS, "organisation_field": ORGANISATION_FIELDS,
    "organisation_deed": ORGANISATION_DEEDS, "requirement": REQUIREMENTS,
    "rule_file": RULE_FILES, "rule": RULES, "talk_rule": TALK_RULES, "study_form": STUDY_FORMS,
    "clear_field": CLEAR_FIELDS, "item_change": ITEM_CHANGES, "plan_change": PLAN_CHANGES,
    "issue_kind": ISSUE_KINDS, "line_round": LINE_ROUNDS, "evaluation_method": EVALUATION_METHODS,
    "coaching": COACHING, "coaching_form": COACHING_FORMS, "coached": COACHED, "attendance_step": ATTENDANCE_STEPS,
    "kept": KEPT, "leaving": LEAVING, "article_deed": ARTICLE_DEEDS, "removed": REMOVED, "unit_level": UNIT_LEVELS,
    "channel": CHANNELS, "channel_class": CHANNEL_CLASSES, "because": UNSENT, "sending_step": SENDING_STEPS,
    "subscriber_kind": SUBSCRIBER_KINDS, "subscriber_change": SUBSCRIBER_CHANGES,
}  # fmt: skip

STATES = {
    "stage": STAGES, "aspect": ASPECT_STATES, "material": MATERIAL_STATES, "need": NEED_STATES, "review": REVIEW_STATES,
    "item": ITEM_STATES, "colour": COLOURS, "task": TASK_STATES, "campaign": CAMPAIGN_STATES,
    "anchor": ANCHOR_STATES, "reread": REREAD_STATES, "candidate": CANDIDATE_STATES,
    "signature": SIGNATURE_STATES, "receipt": RECEIPT_STATES, "filing": FILING_STATES,
    "opinion": OPINION_STATES, "trial": TRIAL_STATES, "talk": TALK_STATES, "form": FORM_STATES,
    "batch": BATCH_STATES, "batch_line": BATCH_LINE_STATES, "escalation": ESCALATION_STATES, "report": REPORT_STATES,
    "attendance": ATTENDANCE_STATES, "question": QUESTION_STATES, "article": ARTICLE_STATES,
    "plan": PLAN_STATES, "line": LINE_STATES,
    "evaluation": EVALUATION_STATES, "recheck": RECHECK_STATES, "request": REQUEST_STATES,
    "postponement": POSTPONEMENT_STATES, "clash": CLASHES, "year": YEARS,
    "organisation": ORGANISATION_STATES, "import": IMPORT_STATES, "import_line": IMPORT_LINE_STATES,
    "ledger_line": LEDGER_LINE_STATES, "finding": FINDING_STATES,
    "tip": TIP_STATES,
    "sending": SENDING_STATES,
    "subscriber": SUBSCRIBER_STATES, "replay": REPLAY_STATES,
}  # fmt: skip


def word(catalogue: str, code: str | None) -> str:
    """The word for a code; a code that has none yet is shown as it is."""
    if code is None:
        return ""
    if catalogue in STATES:
        return str(state(catalogue, code).word)
    return str(CATALOGUES[catalogue].get(code, code))


def comment(code: str | None) -> str:
    """What a comment is about, by its standard or by the end of its id: a standard that failed, or a note's place."""
    return word("failure", code) if code in FAILURES else str(_l("批注"))


def judged(code: str, *, passed: bool) -> str:
    """A standard after it was judged: what is right where it passed, what is wrong where it failed."""
    return word("standard" if passed else "failure", code)


def state(catalogue: str, code: str) -> State:
    """How a state is shown."""
    return STATES[catalogue].get(code) or State(LazyString(lambda: code), "quiet", "circle")


def words(catalogue: str) -> list[tuple[str, str]]:
    """All codes of a catalogue with their words, in its order."""
    return [(code, word(catalogue, code)) for code in {**STATES, **CATALOGUES}[catalogue]]
