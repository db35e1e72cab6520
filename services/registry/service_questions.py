"""The doors of questions and answers: asked, found, answered, answered better."""

from typing import Any

from services.registry import coaching_store, questions, store
from services.registry.service_coaching import by, campaigns, whose
from services.spine import doors, errors, mongo
from services.spine.actor import UNIT_SIDE, Actor, lies_within
from services.spine.doors import route
from services.spine.events import Fact


class QuestionDoors(doors.Service):
    """What units ask about the checklist and the standards, and what they are told."""

    @route("POST", "/questions", accepts="ask_question", may="ask_question", answers="question")
    def ask_question(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """A unit asks, or who coaches puts a question there, perhaps with its answer; the same key is the same one."""
        campaign = store.campaign(self.db, draft["campaign"], campaigns(actor))
        places = self._asked_by(actor, campaign, draft.get("unit"))
        asked = {"campaign": draft["campaign"], **places}
        hand, given = by(actor, asked), draft.get("answer")
        question, facts = questions.ask(campaign, places, draft, hand), list[Fact]()
        if given and not actor.may("answer_question", asked):
            raise errors.Refusal("not_permitted", permission="answer_question")
        known = self.db.questions.find_one({"_id": question["_id"]})
        if known:
            questions.check_same(known, draft)
            return 200, questions.shown(known, inside=self._asker_known(actor, known))
        if given:
            question, facts = questions.answer(question, {**given, "follows": 0}, campaign["region_code"], hand)
        kept = coaching_store.keep(self.db, "questions", None, question, hand.at, *facts)
        return 201, questions.shown(kept, inside=True)

    @route("GET", "/questions", accepts="find_questions", may="read_question", answers="question_list")
    def find_questions(self, actor: Actor, query: dict[str, str]) -> Any:
        """Questions of the reader's scope and all answered for everybody; what fits the words best comes first."""
        seen = self._questions_seen(actor, query["campaign"], query.get("unit", ""))
        found = mongo.page_of(list(coaching_store.found(self.db, seen, query)), query)
        return {**found, "rows": [questions.shown(row, inside=self._asker_known(actor, row)) for row in found["rows"]]}

    @route("GET", "/campaigns/<code>/question-counts", may="read_question", answers="question_counts")
    def count_questions(self, actor: Actor, code: str) -> Any:
        """How many answers there are about each aspect; each number is the length of a list."""
        counts = coaching_store.counted(self.db, self._questions_seen(actor, code))
        return {"aspects": [{"aspect": aspect, "count": counts[aspect]} for aspect in sorted(counts)]}

    @route("GET", "/questions/<question_id>", may="read_question", answers="question")
    def question(self, actor: Actor, question_id: str) -> Any:
        """One question with all its answers."""
        question = mongo.get(self.db.questions, question_id)
        mongo.get(self.db.questions, question_id, self._questions_seen(actor, question["campaign"]))
        return questions.shown(question, inside=self._asker_known(actor, question))

    @route(
        "POST", "/questions/<question_id>/answers", accepts="answer_question", may="answer_question", answers="question"
    )
    def answer_question(self, actor: Actor, question_id: str, draft: dict[str, Any]) -> Any:
        """Answer a question, or supersede the answer it has by a newer one with a reason."""
        question = mongo.get(self.db.questions, question_id, actor.scope)
        hand, region = by(actor, question), store.campaign(self.db, question["campaign"])["region_code"]
        changed, facts = questions.answer(question, draft, region, hand)
        kept = coaching_store.keep(self.db, "questions", question, changed, hand.at, *facts)
        return questions.shown(kept, inside=True)

    @route(
        "POST",
        "/questions/<question_id>/answers/<int:version>/withdrawal",
        accepts="withdraw_answer",
        may="answer_question",
        answers="question",
    )
    def withdraw_answer(self, actor: Actor, question_id: str, version: int, draft: dict[str, str]) -> Any:
        """Take an answer back; it stays with the reason."""
        question = mongo.get(self.db.questions, question_id, actor.scope)
        hand = by(actor, question)
        changed = questions.withdraw(question, version, draft["reason"], hand)
        return questions.shown(coaching_store.keep(self.db, "questions", question, changed, hand.at), inside=True)

    def _asked_by(self, actor: Actor, campaign: dict[str, Any], unit: str | None) -> dict[str, Any]:
        """The unit that asks with its places; who coaches may put a question there without one."""
        if unit is None:
            if actor.roles <= set(UNIT_SIDE):
                raise errors.Refusal("question_without_unit")
            return {"unit": None, **whose(actor, campaign)}
        meeting = store.meeting(self.db, f"{campaign['campaign_code']}.{unit}", actor.scope)
        return {key: meeting[key] for key in ("unit", "region", "group")}

    def _questions_seen(self, actor: Actor, campaign: str, asker: str = "") -> dict[str, Any]:
        store.campaign(self.db, campaign, campaigns(actor))
        return coaching_store.visible(campaign, actor.units, asker)

    def _asker_known(self, actor: Actor, question: dict[str, Any]) -> bool:
        return lies_within(question, actor.units)
