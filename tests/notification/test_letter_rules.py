"""What an office may write into a letter, and what stands when."""

import pytest

from services.notification import domain, letter_rules, letters, letters_store
from services.spine import contracts, errors

AT = "2024-01-02T08:00:00.000Z"
GOOD = (
    "第 {{ version }} 版：{{ '通过' if outcome == 'passed' else '未通过' }}\n"
    "{% if due_on %}{{ due_on }} 前{% endif %}请看。"
)


@pytest.mark.parametrize("name", sorted(domain.LETTERS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_that_come_with_the_house_keep_the_rules_they_are_replaced_under(name, language):
    text = letters.ours(name, language)
    letter_rules._check_parts(letters.environment().parse(text), set(letter_rules.fields(name)))
    for example in contracts.documents()[f"events/{name}"]["examples"]:
        assert letters.fill(text, example) == letters.render(name, language, example)


def test_a_preview_says_something_for_every_example():
    said = letter_rules.check("verdict_issued", GOOD)
    assert len(letter_rules.samples("verdict_issued")) > len(said) == 2, "what is said alike is shown once"
    assert said[0] == ("第 1 版：未通过", "2024-01-04 前请看。")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("标题\n{{ version", "letter_broken", 2),
        ("标题\n\n{% if %}x{% endif %}", "letter_broken", 3),
        ("标题\n正文\n{{ verson }}", "letter_unknown_field", 3),
        ("标题\n正文{% if outcome == 'never' %}\n{{ secret }}{% endif %}", "letter_unknown_field", 3),
        ("标题\n{{ level }}", "letter_unknown_field", 2),  # an event may leave it out
        ("标题\n{{ version.major.minor }}", "letter_unknown_field", 2),
        ("标题\n{{ version() }}", "letter_forbidden", 2),
        ("标题\n{{ ''.__class__.__mro__ }}", "letter_broken", 2),
        ("标题\n{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}", "letter_broken", 1),
        ("标题\n{% for a in comments %}{% for b in comments %}x{% endfor %}{% endfor %}", "letter_forbidden", 2),
        ("标题\n{{ 'a' * 999999999 }}", "letter_forbidden", 2),
        ("标题\n{{ 9 ** 9999999 }}", "letter_forbidden", 2),
        ("标题\n{{ 'ab' | join('0123') | join('0123') }}", "letter_forbidden", 2),
        ("标题\n{{ 'x' | center(99999999) }}", "letter_forbidden", 2),
        ("标题\n{% include 'verdict_issued.zh.txt' %}", "letter_forbidden", 2),
        ("标题\n{% set a = 1 %}x", "letter_forbidden", 2),
        ("只有标题", "letter_empty", 1),
        ("{{ due_on or '' }}\n正文", "letter_empty", 1),
    ],
)
def test_a_template_that_fails_or_does_more_than_say_is_refused_with_its_line(text, code, line):
    with pytest.raises(errors.Refusal) as refused:
        letter_rules.check("verdict_issued", text)
    assert (refused.value.code, refused.value.params["line"]) == (code, line)


def test_versions_are_kept_an_earlier_one_stands_again_and_ours_does(db):
    key = ("c-1", "verdict_issued", "zh")

    def change(act, *what) -> None:
        kept = letters_store.get(db, *key)
        letters_store.save(db, kept, act(kept, *what, "office", AT), AT)

    change(letter_rules.write, GOOD, "用语统一")
    change(letter_rules.write, "第二稿\n请看。", "更短")
    change(letter_rules.write, "第二稿\n请看。", "再点一次")
    assert letters_store.standing(db, ["c-1", "c-2"]) == {key: "第二稿\n请看。"}
    change(letter_rules.choose, 1, "还是第一稿")
    assert letters_store.standing(db, ["c-1"]) == {key: GOOD}
    change(letter_rules.choose, 0, "恢复系统用语")
    assert letters_store.standing(db, ["c-1"]) == {} and len(letters_store.get(db, *key)["versions"]) == 2
    assert [turn["standing"] for turn in letters_store.get(db, *key)["turns"]] == [1, 2, 1, None]
    with pytest.raises(errors.Refusal, match="not_found"):
        letter_rules.choose(letters_store.get(db, *key), 3, "没有", "office", AT)


def test_of_two_who_write_at_once_the_second_is_told(db):
    first = letters_store.get(db, "c-1", "verdict_issued", "zh")
    for text, fails in (("甲\n请看。", False), ("乙\n请看。", True)):
        written = letter_rules.write(first, text, "改", "office", AT)
        if fails:
            with pytest.raises(errors.Stale):
                letters_store.save(db, first, written, AT)
        else:
            letters_store.save(db, first, written, AT)


def test_an_offices_words_are_said_in_its_campaign_and_ours_where_they_fail():
    params = contracts.documents()["events/verdict_issued"]["examples"][0]
    message = {"campaign": "c-1", "event": "verdict_issued", "params": params}
    own = {("c-1", "verdict_issued", "zh"): GOOD}
    assert letters.of(message, "zh", own)[0] == "第 1 版：未通过"
    ours = letters.render("verdict_issued", "zh", params)
    assert letters.of(message | {"campaign": "c-2"}, "zh", own) == ours
    assert letters.of(message, "zh", {("c-1", "verdict_issued", "zh"): "{{ gone }}\nx"}) == ours
