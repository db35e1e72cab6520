"""Every word a reader sees exists in both languages."""

import json
import string
from pathlib import Path

import babel.messages.extract
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from services.portal import wording
from services.rectification import sheet_words
from services.spine import actor, settings

PORTAL = settings.ROOT / "services/portal"
ENGLISH = PORTAL / "translations/en/LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {**babel.messages.extract.DEFAULT_KEYWORDS, "_l": None}


def source_texts() -> set[str]:
    """All texts of templates and modules."""
    found = babel.messages.extract.extract_from_dir(str(PORTAL), METHODS, keywords=KEYWORDS)
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


def english(path: Path) -> dict[str, list[str]]:
    """Texts with their English, from a catalogue as it is written or as it is compiled."""
    with path.open("rb") as file:
        catalogue = read_po(file) if path.suffix == ".po" else read_mo(file)
    words = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            words[key] = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return words


def test_no_english_text_is_missing_and_none_is_left_over():
    """The catalogue holds exactly what pages say."""
    written = english(ENGLISH / "messages.po")

    assert set(written) == source_texts()
    assert [text for text, words in written.items() if not all(words)] == []


def test_the_compiled_catalogue_is_the_written_one():
    """What readers get is what was translated."""
    assert english(ENGLISH / "messages.mo") == english(ENGLISH / "messages.po")


def test_english_names_the_same_values():
    """A translation uses the placeholders of its source, no others."""

    def values(text: str) -> set[str]:
        named = {part.split(")")[0] for part in text.split("%(")[1:]}
        braced = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return named | braced

    for text, words in english(ENGLISH / "messages.po").items():
        assert all(values(word) == values(text) for word in words), text


@pytest.mark.parametrize(
    ("catalogue", "term"),
    [("stage", "stage"), ("colour", "colour"), ("list", "category"), ("source", "source"), ("kind", "kind")],
)
def test_every_code_of_the_contract_has_a_word(catalogue, term):
    """A new code in schemas needs its word here."""
    terms = json.loads((settings.SCHEMAS / "documents/terms.json").read_text("utf-8"))["$defs"]

    assert set(terms[term]["enum"]) <= {code for code, _ in wording.words(catalogue)}


@pytest.mark.parametrize(("catalogue", "written"), [("source", sheet_words.SOURCES), ("list", sheet_words.LISTS)])
def test_the_sheet_of_a_ledger_says_the_words_the_pages_say(catalogue, written):
    """In both languages."""
    catalogued = english(ENGLISH / "messages.po")
    said = {code: {"zh": str(word), "en": catalogued[str(word)][0]} for code, word in wording.words(catalogue)}
    assert said == written


def test_a_standard_has_one_word_where_it_passes_and_another_where_it_fails():
    """A chip for a failure never reads as praise."""
    terms = json.loads((settings.SCHEMAS / "documents/terms.json").read_text("utf-8"))["$defs"]

    for code in terms["standard"]["enum"]:
        said = {str(words[code]) for words in (wording.STANDARDS, wording.FAILURES, wording.TOPICS)}
        assert len(said) == 3, code
    assert wording.judged("examples", passed=True) == "有具体事例"
    assert wording.judged("examples", passed=False) == "缺具体事例"


@pytest.mark.parametrize("what", ["done", "worker_died", "failed", "retried by 系统管理员", "once more"])
def test_every_step_of_a_task_has_a_word(what):
    """Known by its first."""
    assert what.split(" ")[0] in wording.TASK_STEPS


def test_every_role_has_a_word():
    """Roles are shown on the account page."""
    assert set(actor.ROLES) == set(wording.ROLES)


def test_every_state_has_a_sign_beside_its_colour():
    """Nobody has to tell colours apart."""
    for states in wording.STATES.values():
        assert all(state.sign and state.tone for state in states.values())
