"""Reminders under every order of events, days, restarts and two schedulers, beside a plain model of what is told.

Of an item and a step one message, ever; none that a notebook would not have told, and none left out.
"""

from datetime import date, timedelta
from functools import partial
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from services.notification import nodes, reminders, reminders_store, store
from services.spine import mongo
from services.spine.workdays import PUBLISHED
from tests.notification import owed
from tests.notification.owed import ITEM, PLACE, told

FIRST = date(2026, 2, 10)
SPLIT: list[dict[str, Any]] = [
    {"days": -3, "unit": "natural", "to": ["owner", "leader"]},
    {"days": -1, "unit": "working", "to": ["leader"]},
    {"days": 1, "unit": "natural", "to": ["owner"]},
    {"days": 1, "unit": "working", "to": ["office"]},
]
"""Steps that fall on one day around a weekend, each with readers of its own."""
POLICIES = [owed.DAYS, owed.DAYS, owed.DAYS[:2], SPLIT, [{"days": 0, "unit": "working", "to": ["owner"]}], []]
SIDES = {"owner": {"liaison", "member"}, "leader": {"secretary"}, "group": {"group"}, "office": {"office"}}
MOVES = st.integers(-6, 15)


def day(number: int) -> str:
    """A day of the story."""
    return (FIRST + timedelta(days=number)).isoformat()


class Notebook:
    """What a person with a notebook would tell, who has heard some of what was said."""

    def __init__(self) -> None:
        self.heard: list[nodes.Told] = []
        self.steps: list[dict[str, Any]] = owed.DAYS
        self.sent: set[str] = set()

    def stands(self) -> tuple[str | None, bool, str | None, int]:
        """By when, whether done, since when more time is asked for, and the round, as the latest sayings have it."""
        due_on, done, asking, begun = None, False, None, 0
        for one in sorted(self.heard, key=lambda one: one.sequence):
            if one.name == "item_postponement_asked":
                asking = one.day
            elif one.name in ("closeout_requested", "item_reopened", "closeout_decided"):
                done = one.name == "closeout_requested" or one.said.get("outcome") == "closed"
            if one.name == "item_postponement_decided":
                asking = None
            due_on = one.said.get("due_on", due_on)
            granted = "granted" if one.name == "item_postponement_decided" else "returned"
            if one.name == "item_reopened" or one.said.get("outcome") == granted:
                begun = one.sequence
        return due_on, done, asking, begun

    def would_tell(self, today: str) -> dict[str, set[str]]:
        """What is to be told on a day: of each step of the latest day that has come its id, and whom it reaches; who
        has more than one that day is reached by the last."""
        due_on, done, asking, begun = self.stands()
        if done or not due_on or (asking and due_on >= asking):
            return {}
        start = date.fromisoformat(due_on)
        dated = [(PUBLISHED.shift(start, one["days"], one["unit"]).isoformat(), one) for one in self.steps]
        latest = max((on for on, _ in dated if on <= today), default=None)
        if not latest or date.fromisoformat(today) - date.fromisoformat(latest) > timedelta(days=reminders.LATE_DAYS):
            return {}
        of_the_day = sorted((one for on, one in dated if on == latest), key=lambda one: one["days"])
        last_of = {to: one for one in of_the_day for to in one["to"]}
        told: dict[str, set[str]] = {}
        for to, step in last_of.items():
            told.setdefault(f"reminder:{ITEM}:item:{reminders.mark(begun, step)}", set()).update(SIDES[to])
        return {key: sides for key, sides in told.items() if key not in self.sent}


class Course(RuleBasedStateMachine):
    """An item's course, heard in any order, while days pass and two schedulers work and die."""

    def __init__(self, db: Any) -> None:
        super().__init__()
        self.db, self.book, self.today, self.last, self.policies = db, Notebook(), 0, 1, 1
        for kept in ("messages", "nodes", "places", "policies", "calendars"):
            db[kept].delete_many({})
        owed.policy(db)
        self.waiting: list[nodes.Told] = [told("item_registered", 1, {"due_on": day(8)}, day(0))]
        self.held: dict[str, list[Any]] = {}
        self.something_is_heard(0, again=True)

    def _say(self, name: str, **said: Any) -> None:
        self.last += 1
        self.waiting.append(told(name, self.last, said, day(self.today)))

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        self.today += days

    @rule(ahead=MOVES)
    def its_day_moves(self, ahead: int) -> None:
        self._say("item_revised", due_on=day(self.today + ahead))

    @rule()
    def more_time_is_asked_for(self) -> None:
        self._say("item_postponement_asked")

    @rule(ahead=MOVES, outcome=st.sampled_from(["granted", "refused"]))
    def it_is_decided(self, ahead: int, outcome: str) -> None:
        self._say("item_postponement_decided", due_on=day(self.today + ahead), outcome=outcome)

    @rule(name=st.sampled_from(["closeout_requested", "item_reopened", "closeout_decided"]), ahead=MOVES)
    def it_is_done_or_is_not(self, name: str, ahead: int) -> None:
        outcome = {"outcome": "returned" if ahead % 2 else "closed"} if name == "closeout_decided" else {}
        self._say(name, **({} if name == "closeout_requested" else {"due_on": day(self.today + ahead)}), **outcome)

    @precondition(lambda self: self.waiting)
    @rule(place=st.integers(0, 5), again=st.booleans())
    def something_is_heard(self, place: int, again: bool) -> None:
        one = self.waiting[place % len(self.waiting)]
        if not again:
            self.waiting.remove(one)
        self.book.heard = [*(known for known in self.book.heard if known is not one), one]
        owed.hear(self.db, one, today=day(self.today))

    @rule(number=st.integers(0, len(POLICIES) - 1))
    def the_campaign_is_revised(self, number: int) -> None:
        self.policies += 1
        self.book.steps = POLICIES[number]
        owed.policy(self.db, {"item": POLICIES[number]}, self.policies)

    @rule()
    def a_run(self) -> None:
        """Whatever the notebook would tell is told, and nothing else."""
        expected = self.book.would_tell(day(self.today))
        found = owed.run(self.db, day(self.today))
        assert {row["_id"]: set(row["sides"]) for row in self.db.messages.find({"_id": {"$in": found}})} == expected
        self._note()

    @rule(who=st.sampled_from("ab"))
    def a_scheduler_looks(self, who: str) -> None:
        found = next(reminders_store.waiting(self.db, day(self.today)), [])
        ground = reminders_store.Ground(self.db, found)
        self.held[who] = [(node, *ground.look(node, day(self.today), "at")) for node in found]

    @rule(who=st.sampled_from("ab"), dies=st.booleans())
    def a_scheduler_writes_what_it_saw_and_may_die_of_it(self, who: str, dies: bool) -> None:
        save_all = mongo.save_all
        if dies:
            mongo.save_all = lambda *_args, **_more: (0, 0)
        try:
            reminders_store.send(self.db, self.held.pop(who, []), "at")
        finally:
            mongo.save_all = save_all
        self._note()

    def _note(self) -> None:
        found = [row["_id"] for row in self.db.messages.find()]
        assert len(found) == len(set(found)) and self.book.sent <= set(found)
        self.book.sent = set(found)

    def teardown(self) -> None:
        """When all is heard and the days have passed, what is done waits for nobody."""
        if self.waiting:
            self.book.heard = [*(one for one in self.book.heard if one not in self.waiting), *self.waiting]
            owed.hear(self.db, *self.waiting, today=day(self.today))
        self.a_run()
        if self.book.stands()[1]:
            assert self.db.messages.count_documents({"settled_at": None}) == 0


def test_nothing_is_told_twice_or_left_out_whatever_happens_in_between(db):
    store.prepare(db)
    chosen = hypothesis.settings(max_examples=20, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(partial(Course, db), settings=chosen)  # type: ignore[arg-type]


SAID = st.lists(
    st.one_of(
        st.tuples(st.just("item_revised"), st.fixed_dictionaries({"due_on": MOVES.map(day)})),
        st.tuples(st.just("item_postponement_asked"), st.just({})),
        st.tuples(st.just("item_postponement_decided"), st.fixed_dictionaries({"due_on": MOVES.map(day)})),
        st.tuples(st.just("closeout_requested"), st.just({})),
        st.tuples(st.just("item_reopened"), st.fixed_dictionaries({"due_on": MOVES.map(day)})),
    ),
    max_size=8,
)


@hypothesis.settings(deadline=None)
@hypothesis.given(SAID, st.randoms(use_true_random=False))
def test_in_whatever_order_and_however_often_it_is_heard_it_comes_to_the_same(said, chance):
    told_ = [told(name, number, more, day(number)) for number, (name, more) in enumerate(said, 1)]
    mixed = [*told_, *told_]
    chance.shuffle(mixed)

    def after(heard):
        node = {"_id": ITEM, **reminders.FRESH}
        for change in (change for one in heard for change in nodes.changes(one)):
            node = reminders.apply(node, change)
        return node

    assert after(mixed)["said"] == after(told_)["said"]


@hypothesis.settings(deadline=None)
@hypothesis.given(MOVES, st.sampled_from(POLICIES), st.lists(st.integers(1, 12), max_size=8))
def test_before_the_day_a_node_is_looked_at_next_there_is_nothing_to_tell(ahead, steps, pauses):
    policy = reminders.Policy({"item": steps})
    node = reminders.apply({"_id": ITEM, **reminders.FRESH, "place": PLACE}, told_of(ahead))
    today = 0
    for pause in [*pauses, 1]:
        node = reminders.plan(node, {}, policy, PUBLISHED, day(today))
        for later in range(today, today + pause):
            if day(later) < node["next_on"]:
                assert reminders.due(node, {}, policy, PUBLISHED, day(later)) == []
        today += pause
        if due := reminders.due(node, {}, policy, PUBLISHED, day(today)):
            node = {**node, "sent": [*node["sent"], *reminders.marks(node, {}, policy, due)]}
            assert len(set(node["sent"])) == len(node["sent"])


def told_of(ahead: int) -> reminders.Change:
    """An item with its day."""
    return next(iter(nodes.changes(told("item_revised", 1, {"due_on": day(ahead)}))))
