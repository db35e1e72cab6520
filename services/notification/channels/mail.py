"""Mail: handed to the deployment's own SMTP server.

What must stay true: a parcel's Message-ID is the same however often it is tried, so that a server which took it before
the line broke can know it again; a server that says the recipient is nobody is not asked again.
"""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from services.notification import guarding
from services.notification.parcels import SENT, Fate, Parcel

ADDRESS = "email"
SECONDS = 15


def send(configured: dict[str, Any], parcel: Parcel, may: guarding.Allowed) -> Fate:
    """Hand a parcel to the server; its name is the deployment's to choose, so it may be inside."""
    try:
        with _connected(configured) as server:
            if configured.get("user"):
                server.login(configured["user"], configured["password"])
            server.send_message(_letter(configured["from"], parcel))
    except smtplib.SMTPRecipientsRefused as refused:
        code, _ = next(iter(refused.recipients.values()))
        return _fate(code, refused, away=False)
    except smtplib.SMTPResponseException as refused:
        return _fate(refused.smtp_code, refused, away=not isinstance(refused, smtplib.SMTPDataError))
    except (smtplib.SMTPException, OSError, ValueError) as failure:
        return Fate("later", type(failure).__name__, away=True)
    return SENT


def message_id(key: str, sender: str) -> str:
    """What a parcel is known by to mail servers."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


def _letter(sender: str, parcel: Parcel) -> EmailMessage:
    letter = EmailMessage()
    letter["Message-ID"] = message_id(parcel.key, sender)
    letter["Date"] = formatdate()
    letter["From"], letter["To"], letter["Subject"] = sender, parcel.to, parcel.subject
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(parcel.text)
    return letter


def _connected(configured: dict[str, Any]) -> smtplib.SMTP:
    host, port, security = configured["host"], configured["port"], configured["security"]
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _fate(code: int, failure: Exception, *, away: bool) -> Fate:
    """A server that refuses a sign-in or a sender refuses us, not the parcel."""
    final = code >= 500 and not away
    return Fate("refused" if final else "later", f"{type(failure).__name__} {code}", code, away=away)
