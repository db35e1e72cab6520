"""A mail server on loopback, as a deployment has one: it keeps what came and answers as it is told.

with Mailbox() as mailbox:
    mailbox.answers = "451 try later"
    mailbox.texts()        # what was said, letter by letter
"""

import email.policy
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.broker import free_port


class Mailbox:
    """The mail server."""

    def __init__(self) -> None:
        self.came: list[Any] = []
        self.answers = ""
        self.port = free_port()
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """One letter."""
        if self.answers:
            return self.answers
        self.came.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Nobody is called `nobody` here."""
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def texts(self) -> list[str]:
        """What was said, letter by letter."""
        return [letter.get_content().strip() for letter in self.came]
