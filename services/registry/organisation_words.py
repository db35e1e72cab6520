"""What the tables of organisations are called in both languages: sheets, headings, levels, roles, and what is right."""

Words = dict[str, str]
TITLES: dict[str, Words] = {
    "organisations": {"zh": "组织", "en": "Organisations"},
    "posts": {"zh": "岗位", "en": "Posts"},
}
HEADS: dict[str, dict[str, Words]] = {
    "organisations": {
        "code": {"zh": "组织代码", "en": "Code"},
        "name": {"zh": "名称", "en": "Name"},
        "level": {"zh": "层级", "en": "Level"},
        "parent": {"zh": "上级组织代码", "en": "Code of the one above"},
        "region": {"zh": "行政区划代码", "en": "Region code"},
        "team": {"zh": "领导班子", "en": "Leading team"},
        "members": {"zh": "班子人数", "en": "Members of the team"},
    },
    "posts": {
        "code": {"zh": "组织代码", "en": "Code"},
        "post": {"zh": "岗位编号", "en": "Post"},
        "title": {"zh": "职务", "en": "Title"},
        "role": {"zh": "角色", "en": "Role"},
        "from": {"zh": "任职起", "en": "From"},
        "until": {"zh": "任职止", "en": "Until"},
    },
}
NEEDED = {"organisations": ("code", "name", "level", "parent"), "posts": ("code", "post", "title", "role")}
LEVELS: dict[str, Words] = {
    "province": {"zh": "省", "en": "province"},
    "city": {"zh": "市", "en": "city"},
    "county": {"zh": "县", "en": "county"},
    "township": {"zh": "乡镇", "en": "township"},
    "branch": {"zh": "基层", "en": "branch"},
}
ALSO = {"county": ("县(市、区)",), "township": ("乡镇(街道)",)}
"""What the pages call levels besides, in narrow brackets."""
ROLES: dict[str, Words] = {
    "secretary": {"zh": "第一责任人", "en": "first responsible person"},
    "member": {"zh": "班子成员", "en": "member"},
}
RIGHT: dict[str, Words] = {
    "code": {"zh": "六位区划代码，或加“-”和 1—12 位字母数字，如 990823-NYNC", "en": "six digits, or 990823-NYNC"},
    "name": {"zh": "1—80 个字", "en": "1 to 80 characters"},
    "level": {"zh": "省、市、县、乡镇、基层", "en": "province, city, county, township, branch"},
    "parent": {"zh": "上级的组织代码，最上一级留空", "en": "the code of the one above; none for the topmost"},
    "region": {"zh": "六位数字，如 990823", "en": "six digits, such as 990823"},
    "team": {
        "zh": "党组、党委等，不超过 40 个字；没有领导班子的留空",
        "en": "up to 40 characters; none without a team",
    },
    "members": {"zh": "0—60 的整数", "en": "a whole number from 0 to 60"},
    "post": {"zh": "01、02 等两三位数字", "en": "two or three digits: 01, 02 and so on"},
    "title": {"zh": "1—60 个字", "en": "1 to 60 characters"},
    "role": {"zh": "第一责任人、班子成员", "en": "first responsible person, member"},
    "from": {"zh": "日期，如 2024-01-10，或留空", "en": "a day such as 2024-01-10, or none"},
    "until": {"zh": "不早于任职起的日期，或留空", "en": "a day not before the first, or none"},
}
TEXT: Words = {"zh": "文字，不要公式", "en": "text, no formula"}
