"""Attendance pasted from Excel: units by code or name, posts as people write them, faults by line."""

import flask
import pytest
from flask_babel import Babel

from services.portal import attendance

POSTS = [
    {"post": "01", "title": "党组书记、局长", "role": "secretary"},
    {"post": "02", "title": "副局长", "role": "member"},
    {"post": "03", "title": "副局长", "role": "member"},
]
UNITS = [{"unit_code": "990823-NYNC", "name": "青溪县农业农村局", "posts": POSTS}]


@pytest.fixture(autouse=True)
def page():
    app = flask.Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def test_a_line_is_a_unit_with_its_posts_and_lines_of_one_unit_are_one_row():
    text = "990823-NYNC\t01\t联络员\n\n青溪县农业农村局，副局长\n青溪县农业农村局  书记\n"
    assert attendance.read(text, UNITS) == ([{"unit": "990823-NYNC", "posts": ["01", "liaison", "02"]}], [])
    assert attendance.read("990823-NYNC\t全体", UNITS).rows[0]["posts"] == ["01", "02", "03"]


def test_what_is_not_known_is_told_by_its_line_and_nothing_is_guessed():
    found = attendance.read("青溪县\t01\n990823-NYNC\n990823-NYNC\t科长", UNITS)
    assert found.rows == [] and [fault[:6] for fault in found.faults] == ["第 1 行：", "第 2 行：", "第 3 行："]
