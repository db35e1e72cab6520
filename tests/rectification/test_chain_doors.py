"""The door of the chain: what was shown for a measure is shown on every item that the measure is for."""

from services.rectification import store
from tests.rectification import acting
from tests.rectification.acting import actor, answered
from tests.rectification.test_states import hand, item, progressed

DREDGE, BOOKS = ({"what": what, "who": "副局长", "due_on": "2024-02-01"} for what in ("修渠", "建账"))


def test_evidence_for_a_measure_that_items_share_is_shown_on_each_of_them_with_where_it_was_given(db, monkeypatch):
    doors = acting.doors(db, monkeypatch)
    shared = {**DREDGE, "key": "m1"}
    given = progressed(item(measures=[shared, BOOKS]), measures=["m1", "建账"])
    other, apart = item(key="p02", measures=[shared, BOOKS]), item(key="p03", measures=[DREDGE])
    for number, one in enumerate((given, other, apart), 1):
        store.add(db, {**one, "number": number}, [], hand().at)

    def shown(one: dict) -> list[list[tuple]]:
        found = answered("chain", doors.chain(actor("supervisor"), one["_id"]))["by_measure"]
        return [[(piece["title"], piece.get("number")) for piece in measure["evidence"]] for measure in found]

    title = given["progress"][0]["evidence"][0]["title"]
    assert shown(given) == [[(title, None)], [(title, None)]]
    assert shown(other) == [[(title, 1)], []], "words alone do not make one measure of two"
    assert shown(apart) == [[]]
