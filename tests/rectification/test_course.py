"""Two items that share a measure under every order of moves by anyone, on days that only go forward, beside a plain
model of what must hold.

No path closes an item by its owner, loses what was done or decided, or makes who was late look punctual.
"""

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.rectification import (
    closing,
    domain,
    evaluation,
    imports,
    interim,
    lateness,
    lists,
    plans,
    rechecks,
    requests,
    revising,
    sheet,
    sheet_cells,
    sheet_lines,
    sheet_measures,
    sheet_words,
)
from services.rectification.sheet_reading import Row, Table, Text
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.rectification import acting, test_states
from tests.rectification.test_states import BARE, EFFECT, EVIDENCE, WORDS

FIRST = "2024-01-20"
SOON_DAYS = 12
RULES = {**test_states.STRICT, "soon_days": SOON_DAYS}
PLACE = {**test_states.PLACE, "rectification": RULES, "immediate_days": 30}
POLICY = RULES["evaluation"]
GRADES = {one["code"]: one["again"] for one in POLICY["grades"]}
STONE = {"key": "s1", "deliverable": "通水", "due_on": "2024-02-09"}
FIELDS = {**test_states.FIELDS, "milestones": [STONE]}
SHARED = FIELDS["measures"][0]
MORE: list[dict[str, Any]] = [
    FIELDS,
    {"measures": [{**SHARED, "what": "重建"}]},
    {"measures": [{**SHARED, "due_on": "2024-02-05"}, {"what": "公示", "who": "副局长", "due_on": "2024-02-01"}]},
    {"measures": [{**SHARED, "due_on": "2024-03-20"}]},
    {"standard": "验收"},
    {"due_on": "2025-01-01"},
    {"category": "long_term"},
    {"milestones": [STONE, {**STONE, "key": "s2", "due_on": "2024-02-05"}]},
    {"milestones": []},
]
CELLS: list[dict[str, str]] = [
    {},
    {"standard": "表里改的", "progress": "已开工", "percent": "100"},
    {"state": "已销号", "closed_on": FIRST, "colour": "绿", "late": "", "evidence": "验收单"},
    {"category": "长期整改", "due_on": "2024-12-31"},
    {"measures": "在表里重建", "measure_due": "2024-03-20"},
    {"milestones": "2024-03-20 通水"},
    {"responsible": "副局长", "standard": "验收", "measures": "修复", "due_on": "2024-02-10"},
    {"problem": "另一个问题"},
]
"""What somebody changes in the official sheet, or in one of his own."""
HIDING = [[], [{**STONE, "due_on": "2024-03-20"}], [{**STONE, "key": "s3", "due_on": "2024-03-20"}]]
"""What a unit may say of its milestones once one was missed."""
OWNERS = ("liaison", "secretary")
OTHERS = {"supervisor": "supervisor", "leader": "group_leader", "office": "office", "both": "supervisor"}
ROLES = {"liaison": "liaison", "secretary": "secretary", **OTHERS}
SAID = set(domain.STATED) - {"milestones"}
PEOPLE = st.sampled_from([*OWNERS, *OTHERS])
DAYS = st.integers(-5, 90)
PIECES = [[{**EVIDENCE[0], "sha256": str(number) * 64}] for number in range(4)]
LISTS = st.sampled_from(["immediate", "phased", "long_term"])
RESULTS = st.sampled_from(["held", "rebounded"])
LOOKS = st.lists(RESULTS, max_size=2)


class Model:
    """What a person with a notebook knows of the item."""

    def __init__(self) -> None:
        self.due: str | None = None
        self.first: str | None = None
        self.was_late = False
        self.evidence: list[Any] = []
        self.old: list[str] = []
        self.asked: list[list[Any]] = []
        self.looks: list[tuple[Any, ...]] = []
        self.results: list[tuple[Any, ...]] = []
        self.closeouts: list[tuple[str, str, list[Any]]] = []
        self.approved: list[Any] | None = None
        self.stale = False
        self.night: tuple[str | None, bool] = (None, False)
        self.applicant = ""
        self.agreed: list[str] = []
        self.closers: list[str] = []
        self.sheet: dict[str, str] = {}

    def put_back(self) -> None:
        """What was shown till now is old, by whatever entry it comes again."""
        self.old += [one["sha256"] for one in self.evidence if "sha256" in one]
        self.evidence = []

    def closed(self) -> None:
        """What was asked for and not decided waits for nobody, and the night begins anew."""
        self.closers, self.night = self.agreed, (None, False)
        self.asked = [[*asked[:-1], asked[-1] or "lapsed"] for asked in self.asked]


class Course(RuleBasedStateMachine):
    """The rules of the ledger against the notebook: of one item, and of the one beside it when it is turned to."""

    def __init__(self) -> None:
        super().__init__()
        self.day, self.count = FIRST, 0
        self.grants = {account: [acting.granted(role)] for account, role in ROLES.items()}
        self.item: domain.Item = {}
        self.rounds = [evaluation.begin(PLACE)]

    @initialize(category=LISTS, clear=st.booleans(), rank=st.sampled_from(["city", "county"]))
    def register(self, category: str, clear: bool, rank: str) -> None:
        draft = {**BARE, "category": category, **(FIELDS if clear else {})}
        if category == "immediate" and clear:
            draft |= {"due_on": "2024-02-10", "measures": [{**SHARED, "due_on": "2024-02-10"}]}
        self.rank = rank
        self.beside = self._registered(1, {**BARE, **FIELDS, "key": "p02", "problem": "渠道渗漏"})
        self.item, self.book, self.plan = self._registered(2, draft)
        self._spread(self.item)

    def _registered(self, number: int, draft: dict[str, Any]) -> tuple[domain.Item, Model, plans.Plan]:
        item, book = domain.register(PLACE, 30, number, draft, self._hand("liaison"))[0], Model()
        book.due = item["due_on"]
        return item, book, plans.begin(PLACE)

    @rule()
    def turn_to_the_other(self) -> None:
        here, self.beside = self.beside, (self.item, self.book, self.plan)
        self.item, self.book, self.plan = here

    def _hand(self, account: str) -> domain.Hand:
        return domain.Hand(account, account, f"{self.day}T08:00:00.000Z", self.day)

    def _may(self, account: str, permission: str) -> tuple[bool, set[str]]:
        """Whether somebody at a door is or was of the unit, and the roles by which it opens."""
        actor = Actor({"sub": account, "name": account, "grants": self.grants[account]}, permission, self.day)
        return actor.has_been_of(acting.UNIT), actor.roles

    def _after(self, days: int) -> str:
        return lists.after(self.day, days)

    def _act(self, move: Callable[[], domain.Changed]) -> list[str]:
        """Make a move; what was known before has only grown, and a refusal changes nothing."""
        before, self.book.first = self.item, self.book.first or self.book.due
        if before["state"] in domain.WORKING and self.book.due and self.book.due < self.day:
            self.book.was_late = True
        try:
            after, facts = revising.rejoined(before, move(), [self.beside[0]], self._hand("office"))
            if after["measures"] != before["measures"]:
                self._spread(after)
        except Refusal:
            return []
        self.item = before if after is before else lateness.kept(after)
        self._check_grown(before, self.item)
        said = [fact.name for fact in facts]
        assert said or self.item is before, "what changes is said"
        return said

    def _check_grown(self, before: domain.Item, after: domain.Item) -> None:
        assert after["history"][: len(before["history"])] == before["history"]
        assert after["progress"][: len(before["progress"])] == before["progress"]
        assert after["late"] or not before["late"], "what was late stays late"
        fresh = [one for step in after["history"][len(before["history"]) :] for one in step.get("changes", ())]
        was = {one["field"]: one["from"] for one in reversed(fresh)}
        assert all(was.get(key, after[key]) == before[key] for key in SAID), "what stood before can be found"
        days = {(one["key"], one["due_on"]) for one in after["milestones"]}
        for stone in before["milestones"]:
            assert not stone["done_on"] or stone in after["milestones"], "what was reached stays reached"
            stays = before["state"] != "open" or stone["due_on"] >= self.day
            assert stays or (stone["key"], stone["due_on"]) in days, "what was missed is seen to be missed"
        missed = lists.missed(before, self.day)
        assert lists.missed(after, self.day)[: len(missed)] == missed, "what was missed stays on record"

    def _spread(self, item: domain.Item) -> None:
        """The measures of an item into the other that shares them: nothing else of that one changes."""
        before, book, plan = self.beside
        for _, after, facts in revising.spread(item, [before], self._hand("liaison")):
            assert [fact.name for fact in facts] == ["item_revised"]
            self._check_grown(before, after)
            differs = {key for key in after if after[key] != before[key]}
            assert differs <= {"measures", "history", "late", "look_backs_missed"}
            assert after["late"] == (before["late"] or domain.overdue(before, self.day))
            self.beside = lateness.kept(after), book, plan

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.day = self._after(days)

    @rule(account=st.sampled_from(OWNERS), to=st.sampled_from(sorted({*OTHERS.values()})))
    def goes_over_to_those_who_decide(self, account: str, to: str) -> None:
        """Somebody of the unit, from today on."""
        if len(self.grants[account]) == 1:
            self.grants[account] = [acting.granted(account, until=self._after(-1)), acting.granted(to)]

    @rule(nights=st.integers(1, 2))
    def a_night_goes_by(self, nights: int) -> None:
        """It finds who is late, and says it of one day once."""
        due, (told, said) = self.book.due, self.book.night
        working = self.item["state"] in domain.WORKING
        near, late = (bool(working and due and due <= self._after(days)) for days in (SOON_DAYS, -1))
        said = said and (told == due or not near)
        for _ in range(nights):
            self.item, facts, _ = lateness.look(self.item, 1, self.day)
            assert ("item_overdue" in [fact.name for fact in facts]) == (late and not said)
            said = said or late
        self.book.night, self.book.was_late = (due if near else told, said), self.book.was_late or late

    @rule(account=PEOPLE)
    def approve_the_plan(self, account: str) -> None:
        """As it stands."""
        draft = {"passed": True, "reason": "x"}
        try:
            plan, _ = plans.submit(self.plan, [self.item], {"goals": "x"}, self._hand("liaison"))
            own, _ = self._may(account, "decide_plan")
            self.plan, _ = plans.decide(plan, [self.item], {**draft, "hash": plan["hash"]}, self._hand(account), own)
        except Refusal:
            return
        assert account not in OWNERS
        self.book.approved, self.book.stale = self._reads(), False

    def _reads(self) -> list[Any]:
        stones = [(one["key"], one["deliverable"], one["due_on"]) for one in self.item["milestones"]]
        return [stones, *(self.item[key] for key in SAID - {"particulars"})]

    @rule(more=st.sampled_from(MORE), approved=st.booleans())
    def revise(self, more: dict[str, Any], approved: bool = False) -> None:
        if approved:
            self.approve_the_plan("supervisor")
        self._said_by_its_unit(lambda: revising.revise(self.item, more, self._hand("liaison"), RULES, 30))

    def _said_by_its_unit(self, move: Callable[[], domain.Changed]) -> None:
        state = self.item["state"]
        self._act(move)
        if state == "registered":
            self.book.due = self.item["due_on"]
        assert self.book.due in (self.item["due_on"], None), "its day is not its unit's to change"
        self.book.due = self.item["due_on"]

    @rule()
    def take_the_sheet_out(self) -> None:
        """The official one, as the item stands now."""
        told = sheet.line(domain.shown(self.item, self.day), "zh", {}, {})
        self.book.sheet = dict(zip((*sheet_words.ORDER, *sheet_words.HIDDEN), map(str, told), strict=True))

    @rule(cells=st.sampled_from(CELLS), ours=st.booleans(), taken=st.booleans(), own=st.booleans(), days=DAYS)
    def bring_a_sheet_in(self, cells: dict[str, str], ours: bool, taken: bool, own: bool, days: int) -> None:
        """With the numbers of ours or without, by the unit or by those above; looked at, then confirmed twice."""
        if not self.book.sheet:
            self.take_the_sheet_out()
        self.count += 1
        key = f"l{self.count}"
        told = {column: text for column, text in self.book.sheet.items() if ours or column in sheet_words.ORDER}
        row = {column: Text(sheet_cells.plain(text), "A5") for column, text in {**told, **cells}.items()}
        table = Table("台账", 4, {}, [Row("台账", 5, row, [], False)], [], [], False)
        ground = self._ground(own, domain.shown(self.item, self.day), domain.shown(self.beside[0], self.day))
        lines, notes = imports.look(key, [table], ground)
        (line,) = imports.decide(lines, [], taken, "phased") or lines
        line = sheet_lines.settle(line, self.item if line["item_id"] else None, ground)
        found, _ = imports.begin(key, [line], notes, own=own, state="checked")
        begun = imports.run(found, imports.counted([line]), self.day)
        assert imports.run(begun, {}, "later") == begun, "confirmed again"
        self.day = self._after(max(days, 0))
        if line["outcome"] == "new":
            fresh, _ = sheet_lines.carried_out(line, None, self._ground(own), number=3)
            assert fresh["state"] in domain.WORKING and not fresh["closeout"], "nothing comes in as closed"
        if line["outcome"] == "changed":
            before = self.item
            self._said_by_its_unit(lambda: self._carried_out(line, own))
            assert own or self.item is before, "whoever is above changes nothing of what is there"
            before = self.item
            assert not self._act(lambda: self._carried_out(line, own)) and self.item is before, "carried out again"

    def _ground(self, own: bool, *items: domain.Item) -> sheet_lines.Ground:
        return sheet_lines.Ground(PLACE, list(items), "", {}, self._hand("liaison" if own else "office"), own)

    def _carried_out(self, line: sheet_lines.Line, own: bool) -> domain.Changed:
        stands = self._ground(own)
        late = sheet_lines.overtaken(line, domain.shown(self.item, self.day), stands)
        late |= set(sheet_measures.MEASURES) if late & set(sheet_measures.MEASURES) else set()
        return sheet_lines.carried_out(line, self.item, stands, late)

    @precondition(lambda self: self.item and any(not one["done_on"] for one in self.item["milestones"]))
    @rule(said=st.sampled_from(HIDING))
    def hide_what_was_missed(self, said: list[dict[str, Any]]) -> None:
        """Once its day has passed."""
        self.day = max(self.day, *(lists.after(one["due_on"], 1) for one in self.item["milestones"]))
        self.revise({"milestones": said})

    @precondition(lambda self: self.item and self.item["state"] == "open")
    @rule()
    def say_the_standard_otherwise(self) -> None:
        """Whatever became of its list and its day."""
        self.count += 1
        assert self._act(
            lambda: revising.revise(self.item, {"standard": f"第{self.count}稿"}, self._hand("liaison"), RULES, 30)
        )

    @rule(shown=st.sampled_from([[], [WORDS], *PIECES]), percent=st.integers(0, 100), reached=st.booleans())
    def progress(self, shown: list[Any], percent: int, reached: bool) -> None:
        self.count += 1
        ahead = [one["key"] for one in self.item["milestones"] if not one["done_on"]] if reached else []
        entry = {"key": f"e{self.count}", "on": self.day, "text": "x", "evidence": shown, "percent": percent}
        entry |= {"milestones": ahead} if ahead else {}
        if self._act(lambda: domain.record_progress(self.item, entry, self._hand("liaison"), RULES)):
            self.book.evidence += shown
            told = {one["key"]: one["entered_on"] for one in self.item["milestones"] if one["key"] in ahead}
            assert set(told) == set(ahead) and set(told.values()) <= {self.day}
            assert shown or not ahead, "nothing is reached without evidence"

    @rule(shown=st.sampled_from(PIECES))
    def look_back(self, shown: list[Any]) -> None:
        self.count += 1
        entry = {"key": f"i{self.count}", "on": self.day, "result": "x", "evidence": shown}
        if self._act(lambda: interim.record(self.item, entry, self._hand("liaison"), RULES)):
            self.book.evidence += shown
            self.book.results.append((entry["key"], self.day, "x", shown, "liaison"))

    @rule(account=st.sampled_from(["liaison", "secretary", "both"]))
    def apply(self, account: str) -> None:
        self.count += 1
        draft = {**EFFECT, "result": f"第{self.count}次"}
        if self._act(lambda: closing.apply(self.item, draft, self._hand(account), RULES, self.rank)):
            self.book.closeouts.append((account, str(draft["result"]), []))
            files = {one.get("sha256") for one in self.book.evidence}
            assert files - {None, *self.book.old}, "there is a new file of what was done since it was last put back"
            assert all(one["done_on"] for one in self.item["milestones"])
            self.book.applicant, self.book.agreed = account, []

    @rule(account=PEOPLE, passed=st.booleans(), days=st.none() | DAYS)
    def verify(self, account: str, passed: bool, days: int | None) -> None:
        due = {} if days is None else {"due_on": self._after(days)}
        self.count += 1
        reason = f"第{self.count}次"
        draft = {"passed": passed, "reason": reason, "hash": domain.applied_for(self.item), **due}
        hand = self._hand(account)
        said = self._act(
            lambda: closing.verify(self.item, draft, hand, *self._may(account, "verify_item"), rules=RULES)
        )
        if not said:
            return
        assert account not in (*OWNERS, self.book.applicant) and (account not in self.book.agreed or not passed)
        self.book.agreed.append(account)
        self.book.closeouts[-1][2].append((passed, reason, account))
        if self.item["state"] == "closed":
            self.book.closed()
            assert len(self.book.closers) == len(lists.levels(RULES, self.item["category"], self.rank))
        if not passed:
            granted = (
                "" if self.item["category"] == "immediate" else lists.return_by(self.item["category"], self.day, RULES)
            )
            assert self.item["due_on"] and self.item["due_on"] <= max(self.book.due or "", granted), "more is asked for"
            self.book.due = self.item["due_on"]
            self.book.put_back()

    @rule(kind=st.sampled_from(["retype", "postpone"]), to=LISTS, days=DAYS)
    def ask(self, kind: str, to: str, days: int) -> None:
        day = self._after(days)
        draft = {"kind": kind, "to": to, "due_on": day} if kind == "retype" else {"kind": kind, "to": day}
        hand = self._hand("liaison")
        if self._act(lambda: requests.ask(self.item, {**draft, "reason": "x"}, hand, RULES, 30)):
            assert kind == "retype" or self.item["category"] != "immediate"
            self.book.asked.append([kind, draft.get("to"), "liaison", None])

    @rule(account=PEOPLE, passed=st.booleans())
    def decide(self, account: str, passed: bool) -> None:
        number, hand, draft = len(self.item["requests"]), self._hand(account), {"passed": passed, "reason": "理由"}

        def decided() -> domain.Changed:
            own, _ = self._may(account, "decide_item_change")
            return requests.decide(self.item, number, draft, hand, own, RULES, 30)

        if self._act(decided):
            assert account not in OWNERS
            self.book.asked[-1][-1] = (passed, account)
            self.book.due = self.item["due_on"]

    @rule(account=PEOPLE, days=DAYS)
    def reopen(self, account: str, days: int) -> None:
        draft = {"reason": "x", "due_on": self._after(days)}

        def reopened() -> domain.Changed:
            own, _ = self._may(account, "recheck_item")
            return closing.reopen(self.item, draft, self._hand(account), own, RULES, 30)

        if self._act(reopened):
            assert account not in OWNERS
            self.book.due, self.book.closers = self.item["due_on"], []
            self.book.put_back()

    @rule(account=PEOPLE, result=RESULTS, days=DAYS)
    def recheck(self, account: str, result: str, days: int) -> None:
        self.count += 1
        look = {"on": self.day, "result": result, "reason": f"第{self.count}次", "due_on": self._after(days)}

        def rechecked() -> domain.Changed:
            own, _ = self._may(account, "recheck_item")
            return rechecks.record(self.item, look, self._hand(account), own, RULES, 30)

        if self._act(rechecked):
            assert account not in OWNERS
            self.book.looks.append((self.day, result, look["reason"], account))
            if result == "rebounded":
                self.book.due, self.book.closers = self.item["due_on"], []
                self.book.put_back()

    @rule(group=PEOPLE, office=PEOPLE, grade=st.sampled_from(list(GRADES)), holds=st.booleans(), days=DAYS)
    def evaluate(self, group: str, office: str, grade: str, holds: bool, days: int) -> None:
        """A round is gathered and graded; a low grade opens the next, and what did not hold."""
        self.count += 1
        before, ids, told = self.rounds[-1], [self.item["_id"], self.beside[0]["_id"]], {"on": self.day, "text": "x"}
        looks = [{"item_id": ids[0], "holds": holds}, {"item_id": ids[1], "holds": False}]
        visit = {**told, "key": f"v{self.count}", "method": "visit", "score": 60, "items": looks}
        asked = {**told, "key": f"a{self.count}", "method": "interviews", "counts": {grade: 6}}
        draft = {"grade": grade, "reason": f"第{self.count}次"}
        due = {"due_on": self._after(days)}
        try:
            own, _ = self._may(group, "evaluate")
            found = before
            for one in (visit, asked):
                found, _ = evaluation.record(found, one, self._hand(group), own, POLICY, ids)
            found, _ = evaluation.appraised(found, {"form_id": f"f{self.count}", "answered": 41, "score": 70})
            own, _ = self._may(group, "propose_grade")
            found, _ = evaluation.propose(found, draft, self._hand(group), own, POLICY, 5)
            own, _ = self._may(office, "decide_grade")
            found, facts = evaluation.decide(found, {**draft, **due}, self._hand(office), own, POLICY)
        except Refusal:
            return
        assert not {group, office} & {*OWNERS} and group != office
        assert found["findings"][: len(before["findings"])] == before["findings"]
        again = GRADES[grade]
        assert again == ("second_round_opened" in [fact.name for fact in facts])
        self.rounds = [*self.rounds[:-1], found, *([evaluation.next_round(found)] if again else [])]
        for key in evaluation.not_holding(found) if again else ():
            if key != self.item["_id"]:
                self.turn_to_the_other()
            self._open_again(found["decision"], office)

    @rule(grade=st.sampled_from(list(GRADES)), shown=st.sampled_from(PIECES), holds=st.booleans(), late=st.booleans())
    def put_right_and_graded(self, grade: str, shown: list[Any], holds: bool, late: bool) -> None:
        """By those whose matter it is, after the unit said otherwise beside it what both share."""
        if late and self.item["due_on"]:
            self.day = max(self.day, lists.after(self.item["due_on"], 1))
        self.put_right(days=0, shown=shown, asking=None, looks=[])
        self.turn_to_the_other()
        self.revise({"measures": [{**SHARED, "what": f"第{self.count}稿"}]})
        self.turn_to_the_other()
        self.evaluate("supervisor", "office", grade, holds, 30)

    def _open_again(self, decision: dict[str, Any], office: str) -> None:
        """As the hearer of the second round does it, to a closed item alone."""
        if self.item["state"] == "closed":
            assert self._act(lambda: evaluation.reopened(self.item, decision, self._hand(office), PLACE))
            assert self.item["due_on"] and self.item["due_on"] <= max(decision["due_on"], self.day)
            self.book.due, self.book.closers = self.item["due_on"], []
            self.book.put_back()

    @rule(days=st.integers(0, 30), shown=st.sampled_from(PIECES), asking=st.none() | LISTS, looks=LOOKS)
    def put_right(self, days: int, shown: list[Any], asking: str | None, looks: list[str]) -> None:
        """The course it usually takes, as far as it goes from here."""
        self.revise(FIELDS)
        if asking:
            self.ask("retype", asking, 10)
        self.progress(shown=shown, percent=100, reached=True)
        self.look_back(shown=shown)
        self.apply("liaison")
        self.day = self._after(days)
        self.verify("supervisor", passed=True, days=None)
        self.verify("office", passed=True, days=None)
        for result in looks:
            self.recheck("office", result, 10)

    @rule(days=st.integers(1, 90), kind=st.sampled_from(["retype", "postpone"]), to=LISTS)
    def given_more_time(self, days: int, kind: str, to: str) -> None:
        """Asked for and granted, of what was approved."""
        self.approve_the_plan("supervisor")
        self.ask(kind, to, days)
        if self.item["requests"]:
            self.decide("leader", passed=True)

    @precondition(lambda self: self.item)
    @invariant()
    def a_measure_of_one_key_is_one_in_all_that_are_worked_on(self) -> None:
        both = [one for one in (self.item, self.beside[0]) if one["state"] in domain.WORKING]
        measures = [one for item in both for one in item["measures"] if one.get("key") == SHARED["key"]]
        assert all(one == measures[0] for one in measures)

    @precondition(lambda self: self.item)
    @invariant()
    def no_owner_closed_it(self) -> None:
        closed = self.item["state"] == "closed"
        assert closed == bool(self.item["closed_on"]) == bool(self.book.closers)
        assert not closed or not {*OWNERS, self.book.applicant} & set(self.book.closers)

    @precondition(lambda self: self.item)
    @invariant()
    def whoever_did_what_with_which_outcome_stays_on_record(self) -> None:
        item, book = self.item, self.book
        closeouts = [*item["earlier_closeouts"], *([item["closeout"]] if item["closeout"] else [])]
        assert book.closeouts == [
            (
                one["requested_by"],
                one["result"],
                [(level["passed"], level["reason"], level["by"]) for level in one["levels"]],
            )
            for one in closeouts
        ]
        assert book.asked == [[one["kind"], one["to"], one["asked_by"], _outcome(one)] for one in item["requests"]]
        assert book.looks == [(one["on"], one["result"], one["reason"], one["by"]) for one in item["rechecks"]]
        assert item["rebounds"] == [result for _, result, *_ in book.looks].count("rebounded")
        keys = ("key", "on", "result", "evidence", "by")
        assert book.results == [tuple(one[key] for key in keys) for one in item["interim"]]

    @precondition(lambda self: self.item)
    @invariant()
    def a_plan_is_approved_until_anything_reads_otherwise(self) -> None:
        self.plan, _ = plans.look_again(self.plan, [self.item], self.day)
        self.book.stale = self.book.stale or self.book.approved not in (None, self._reads())
        assert self.plan["state"] == ("stale" if self.book.stale else "approved" if self.book.approved else "drafting")

    @precondition(lambda self: self.item)
    @invariant()
    def the_day_it_first_had_is_known(self) -> None:
        assert self.item["first_due_on"] == (self.book.first or self.book.due)

    @precondition(lambda self: self.item)
    @invariant()
    def who_was_late_looks_late(self) -> None:
        colour = domain.colour(self.item, self.day)
        assert not self.book.was_late or (domain.shown(self.item, self.day)["late"] and colour in ("yellow", "red"))
        assert (colour == "green") == (self.item["state"] == "closed" and not self.item["late"])
        assert self.item["due_on"] or colour != "red" or self.book.was_late

    @precondition(lambda self: self.item and self.item["state"] in domain.WORKING)
    @invariant()
    def what_is_due_soon_or_has_a_milestone_behind_it_is_yellow(self) -> None:
        due = self.book.due
        passed = [one for one in self.item["milestones"] if not one["done_on"] and one["due_on"] < self.day]
        warned = passed or (due and due <= self._after(SOON_DAYS))
        assert not warned or domain.colour(self.item, self.day) in ("yellow", "red")

    @precondition(lambda self: self.item)
    @invariant()
    def what_counts_as_planned_is_clear(self) -> None:
        assert (self.item["state"] == "registered") == bool(self.item["lacking"])
        assert self.item["state"] == "registered" or not lists.lacking(self.item, RULES)


def _outcome(asked: dict[str, Any]) -> Any:
    decided = asked["decided"]
    return decided and ("lapsed" if decided.get("lapsed") else (decided["passed"], decided["by"]))


Course.TestCase.settings = hypothesis.settings(max_examples=150, stateful_step_count=30, deadline=None)
TestCourse = Course.TestCase
