"""Passwords: what nobody has is as dear to try as what somebody has."""

import argon2

from services.access import passwords


def test_an_unknown_account_is_tried_as_dearly_as_a_known_one_and_never_right():
    kept = passwords.hashed("a password")
    assert passwords.right("a password", kept) and not passwords.right("another", kept)
    assert argon2.extract_parameters(passwords._nobody) == argon2.extract_parameters(kept)
    assert not passwords.right("a password", None)
