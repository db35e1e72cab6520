"""The doors at which an office puts words of its own in the place of ours, looks at them filled in, and goes back."""

from typing import Any

from services.notification import domain, letter_rules, letters, letters_store
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import route

LANGUAGES = ("zh", "en")


class TemplateDoors(doors.Service):
    """The words of letters."""

    @route("GET", "/letters/<campaign>", may="keep_letters", answers="letter_list")
    def all_letters(self, actor: Actor, campaign: str) -> Any:
        """The letters there are, and where an office's own words stand."""
        _check(actor, campaign)
        own = letters_store.standing(self.db, [campaign])
        keys = [(event, language) for event in sorted(domain.LETTERS) for language in LANGUAGES]
        return {"rows": [{"event": one[0], "language": one[1], "own": (campaign, *one) in own} for one in keys]}

    @route("GET", "/letters/<campaign>/<event>/<language>", may="keep_letters", answers="letter")
    def letter(self, actor: Actor, campaign: str, event: str, language: str) -> Any:
        """One letter: ours, the versions of the office, the fields it may use."""
        _check(actor, campaign, event, language)
        return _shown(letters_store.get(self.db, campaign, event, language))

    @route(
        "POST",
        "/letters/<campaign>/<event>/<language>/preview",
        accepts="preview_letter",
        may="keep_letters",
        answers="letter_preview",
    )
    def preview_letter(self, actor: Actor, campaign: str, event: str, language: str, draft: dict[str, str]) -> Any:
        """What a template says of each example of its event; one that could fail is refused with the line."""
        _check(actor, campaign, event, language)
        said = letter_rules.check(event, draft["text"])
        return {"rows": [{"subject": subject, "text": text} for subject, text in said]}

    @route(
        "POST",
        "/letters/<campaign>/<event>/<language>/versions",
        accepts="write_letter",
        may="keep_letters",
        answers="letter",
    )
    def write_letter(self, actor: Actor, campaign: str, event: str, language: str, draft: dict[str, str]) -> Any:
        """The next version, which stands from now on; the same words again change nothing."""
        _check(actor, campaign, event, language)
        letter_rules.check(event, draft["text"])
        kept, at = letters_store.get(self.db, campaign, event, language), clock.now()
        changed = letter_rules.write(kept, draft["text"], draft["note"], actor.id, at)
        letters_store.save(self.db, kept, changed, at)
        return _shown(changed)

    @route(
        "POST",
        "/letters/<campaign>/<event>/<language>/standing",
        accepts="choose_letter",
        may="keep_letters",
        answers="letter",
    )
    def choose_letter(self, actor: Actor, campaign: str, event: str, language: str, draft: dict[str, Any]) -> Any:
        """An earlier version stands again, or ours (0); it is looked at anew, for events may have changed since."""
        _check(actor, campaign, event, language)
        kept, at = letters_store.get(self.db, campaign, event, language), clock.now()
        changed = letter_rules.choose(kept, draft["version"], draft["note"], actor.id, at)
        letters_store.save(self.db, kept, changed, at)
        return _shown(changed)


def _shown(kept: dict[str, Any]) -> dict[str, Any]:
    event, language = kept["event"], kept["language"]
    known = [{"name": name, "title": title} for name, title in letter_rules.fields(event).items()]
    about = {key: kept[key] for key in ("campaign", "event", "language", "standing", "versions", "turns")}
    return {**about, "ours": letters.ours(event, language), "fields": known}


def _check(actor: Actor, campaign: str, event: str = "", language: str = "zh") -> None:
    known = (not event or event in domain.LETTERS) and language in LANGUAGES
    if not known or not actor.covers({"campaign": campaign}):
        raise errors.Refusal("not_found", id=event or campaign)
