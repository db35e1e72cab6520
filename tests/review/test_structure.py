"""Structure: problems, examples, causes and measures are found in every arrangement units write in."""

import pytest

from services.review import extraction, structure
from tests.review import materials, variations

LABELLED = list(materials.documents())
TITLES = [each["title"] for each in materials.ASPECTS]


def read(text):
    """The nodes of an outline."""
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    return structure.read(paragraphs, "speech_outline", materials.ASPECTS)["nodes"]


def counts(found):
    tally: dict[str, int] = {}
    for node in found["nodes"]:
        tally[node["role"]] = tally.get(node["role"], 0) + 1
    return tally


@pytest.mark.parametrize("name", LABELLED)
def test_every_aspect_that_is_written_is_found_in_its_order(name):
    found = [node["aspect"] for node in materials.read(name)["nodes"] if node["role"] == "aspect"]
    assert found == [code for code in materials.CODES if (name, code) != ("so-03.txt", "integrity")]


@pytest.mark.parametrize(
    ("name", "causes", "measures"),
    [("so-01.txt", 4, 6), ("so-05.md", 6, 5), ("so-06.txt", 5, 6), ("so-11.txt", 5, 6), ("ti-01.md", 5, 6)],
)
def test_causes_and_measures_are_counted_however_they_are_numbered(name, causes, measures):
    tally = counts(materials.read(name))
    assert (tally.get("cause", 0), tally["measure"]) == (causes, measures)


def test_every_node_has_its_own_address_and_its_text_stands_in_its_paragraphs():
    for name in LABELLED:
        texts = {each["n"]: each["text"] for each in materials.paragraphs(name)}
        nodes = materials.read(name)["nodes"]
        assert len({node["id"] for node in nodes}) == len(nodes)
        for node in nodes:
            assert node["role"] in structure.ROLES
            whole = "\n".join(texts[n] for n in node["paragraphs"])
            assert all(line in whole for line in node["text"].split("\n")), node["id"]


def test_a_table_of_measures_is_read_by_its_columns():
    measures = [node for node in materials.read("ti-01.md")["nodes"] if node["role"] == "measure"]
    assert measures[1]["fields"]["owner"] == "分管粮储的副局长"
    assert measures[1]["fields"]["due"] == "2024年2月29日"


def test_last_years_rest_and_the_stock_paragraphs_are_told_apart():
    tally = counts(materials.read("ti-01.md"))
    assert (tally["opening"], tally["last_year"], tally["closing"]) == (1, 1, 1)


@pytest.mark.parametrize("rendering", [each["file"] for each in materials.labels()["renderings"]])
def test_a_rendering_has_the_structure_of_its_original(rendering):
    original = next(each["of"] for each in materials.labels()["renderings"] if each["file"] == rendering)
    assert counts(materials.read(rendering, original)) == counts(materials.read(original))


@pytest.mark.parametrize("style", variations.STYLES)
@pytest.mark.parametrize("name", ["so-01.txt", "so-05.md", "so-12.txt", "ti-01.md", "ti-03.md"])
def test_another_arrangement_of_the_same_text_has_the_same_parts(name, style):
    found = structure.read(style(name), materials.documents()[name]["kind"], materials.ASPECTS)
    aspects = {node["aspect"] for node in found["nodes"] if node["role"] == "aspect"}
    tally = counts(found)
    assert aspects == set(materials.CODES)
    assert tally["cause"] >= 4
    assert tally["measure"] >= 4


TOLD = "问题：欠税大户没有人去碰。那家公司2021年起欠着860万元，我只催了3次。7月又批了“再看”。原因：怕得罪人。"
PROMISED = "办法：2月底前由我带队查封5间商铺；6月30日前清欠350万元。"


@pytest.mark.parametrize("label", ["办法：", ""])
def test_measures_at_the_end_of_a_paragraph_leave_its_example_to_the_problem(label):
    promised = label + PROMISED.removeprefix("办法：")
    texts = [f"{number}、{title}。{TOLD}{promised}" for number, title in zip("一二三", TITLES[3:], strict=True)]
    nodes = read("\n\n".join(texts))
    assert [each["text"] for each in nodes if each["role"] == "measure"] == [promised] * 3
    assert all("860万元" in each["text"] for each in nodes if each["role"] == "aspect")


def test_measures_told_in_one_paragraph_begin_with_their_days():
    told = "\n\n".join(f"{number}、{title}。{TOLD}" for number, title in zip("一二三", TITLES[3:], strict=True))
    days = ["二月底前，我把书读完。", "写一篇札记。", "春节前由我登门道歉。", "从元旦起，文书当天签。"]
    nodes = read(f"{told}\n\n下面说怎么改。都由我负责。\n\n{''.join(days)}\n\n我的话说完了。")
    measures = [each["text"] for each in nodes if each["role"] == "measure"]
    assert [each.partition("，")[0][:4] for each in measures] == ["二月底前", "春节前由", "从元旦起"]
    assert measures[0] == "\n".join(days[:2])


@pytest.mark.parametrize("heads", [("学习上抄近道", "政治上看账不看策"), ("让人陪跑", "饭钱没交")])
def test_two_aspects_under_one_heading_count_each_where_each_has_a_problem(heads):
    one, other = (f"（{number}）{head}。{TOLD}" for number, head in zip("一二", heads, strict=True))
    nodes = read(f"一、{TITLES[0]}、{TITLES[1]}\n\n{one}\n\n{other}\n\n二、{TITLES[3]}、{TITLES[4]}\n\n{TOLD}")
    found = {each["aspect"]: each for each in nodes if each["role"] == "aspect"}
    assert [found[code]["text"] for code in ("theory", "politics")] == [one, other]
    assert [each.get("also") for each in found.values()] == [None, None, ["style"]]


def test_a_paragraph_is_never_lost():
    for name in LABELLED:
        kept = {line["n"] for line in materials.read(name)["lines"]}
        assert kept == {each["n"] for each in materials.paragraphs(name)}


def test_aspects_asked_as_questions_keep_their_own_causes_and_measures():
    """Six headings that ask why, in the campaign's order, each with its problem, its cause and its measure."""
    asked = (
        "学得多、悟得少",
        "表态快、落得慢",
        "装了平台、用不起来",
        "小摊敢罚、大户不敢碰",
        "喊得亲、做得远",
        "管别人严、管自己松",
    )
    told = "去年十月查了一遍，四十七件里只办成九件，余下的都压在我手里，到年底还没有一个说法。"
    found = read(
        "区城管局局长的发言\n（共分六个“为何”）\n"
        + "\n".join(
            f"（{'一二三四五六'[i]}）为何{each}\n{told}\n根子：总以为自己行，心里怕丢脸。\n"
            f"改法：2024年{i + 1}月底前由我办完。"
            for i, each in enumerate(asked)
        )
    )
    assert [node["aspect"] for node in found if node["role"] == "aspect"] == materials.CODES
    assert (
        sum(node["role"] == "cause" for node in found) == sum(node["role"] == "measure" for node in found) == len(asked)
    )


def test_labels_that_return_in_turns_are_those_of_problem_cause_and_measure():
    """Six bills under nicknames that name no aspect; nor do their labels say what they are."""
    found = read(
        "关于我自己的六笔账\n我在镇里管农业。稿子改到第五遍，写成下面六笔账，每笔先记亏空，再记来路，后记填法，一笔都不少。\n"
        + "\n".join(
            f"第{number}笔，{name}账。\n亏空：去年十月查了一遍，四十七件里只办成九件，余下的压在我手里。\n"
            f"来路：总以为自己行，心里怕丢脸。\n填法：2024年{i}月底前由我办完，贴在门口。"
            for i, (number, name) in enumerate(zip("一二三四五六", "灯旗瓦石鞋糖", strict=True), 1)
        )
    )
    roles = [node["role"] for node in found]
    assert [node["aspect"] for node in found if node["role"] == "aspect"] == materials.CODES
    assert [roles.count(role) for role in ("problem", "cause", "measure")] == [6, 6, 6]


def test_words_that_only_hold_an_aspect_s_letter_do_not_call_it():
    """手艺 is no hand that is clean: only the second is about integrity."""
    found = read("我的检查\n第一件，手艺。平台去年升级，我到今天还不会看。\n第二件，干净。我收过两箱脐橙，九月才退。")
    assert [node["paragraphs"] for node in found if node.get("aspect") == "integrity" and node["role"] == "aspect"] == [
        [3]
    ]


def test_last_years_table_is_no_table_of_measures():
    """Nor is its head, which asks how things stand; what is to be done stands in the second table."""
    last = "上年问题    怎样改    结果\n排长队    加窗口    已改\n走过场    换人    改了一半"
    told = "\n".join(f"问{n}：{title}？{TOLD}" for n, title in zip("一二三四五六", TITLES, strict=True))
    rows = "问    改什么    牵头    期限\n一    读完书    我    2024-02-29\n二    登门    我    2024-03-20"
    texts = f"一、上年度整改交代\n{last}\n二、六个问题\n{told}\n三、改法\n{rows}".split("\n")
    paragraphs = [{"n": n, "text": text, "heading": None, "table": "    " in text} for n, text in enumerate(texts, 1)]
    nodes = structure.read(paragraphs, "speech_outline", materials.ASPECTS)["nodes"]
    assert [each["paragraphs"] for each in nodes if each["role"] == "measure"] == [[14], [15]]


def test_a_sentence_that_tells_of_going_back_opens_no_measures():
    told = [f"{title}上往后退过。{TOLD}" for title in TITLES]
    nodes = read(
        "\n".join([*told, "往后退是因为我怕得罪人。", "往后这样改。", "2024年2月底前由我登门，3月底前公布结果。"])
    )
    assert [each["text"][:2] for each in nodes if each["role"] == "measure"] == ["往后", "20"]


@pytest.mark.parametrize(
    "line",
    [
        "{n}题，{title}。",
        "第{n}面镜子，{title}。",
        "{title}。",
        "翻到第{n}页，写的是{title}。",
        "再照照{title}。",
    ],
)
def test_lines_that_call_an_aspect_are_headings_though_they_end_like_sentences(line):
    titles = zip("一二三四五六", [*TITLES[:2], "专业本领", "责任担当", *TITLES[4:]], strict=True)
    found = read("\n".join(["我的检查", *(f"{line.format(n=n, title=title)}\n{TOLD}" for n, title in titles)]))
    assert [node["paragraphs"] for node in found if node["role"] == "problem"] == [[n] for n in range(3, 14, 2)]
