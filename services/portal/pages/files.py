"""Files as they were handed in, passed on from the service that keeps them, never shown inside a page of ours."""

import json
from typing import Any

from flask import Blueprint, Response, request

from services.portal import asking, clients, languages, uploads

room = Blueprint("files", __name__)


@room.get("/files/<code:sha256>")
def evidence(sha256: str) -> Any:
    """A piece of evidence."""
    return passed_on("intake", f"/files/{sha256}")


def chosen(field: str) -> clients.Upload | None:
    """The file somebody chose in a field of a form; None when none was."""
    upload = request.files.get(field)
    if upload is None or not upload.filename:
        return None
    return upload.filename, upload.read(), upload.mimetype or "application/octet-stream"


def too_large() -> clients.Declined:
    """The refusal of a file beyond the limit."""
    return clients.refused("file_too_large", languages.current(), limit_mb=uploads.FILE_BYTES // 1048576)


def passed_on(service: str, path: str, body: Any = None, **query: Any) -> Response:
    """Stream a file from its service as a download; with `body` one that is made from it."""
    headers = {"Authorization": f"Bearer {asking.viewer().claims}", "Accept-Language": languages.current()}
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    if sent is not None:
        headers["Content-Type"] = "application/json"
    method, address = "GET" if sent is None else "POST", clients.address(service, path, query)
    answer = clients.send(service, method, address, headers, sent, stream=True)
    if answer.status >= 400:
        raise clients.declined(answer, languages.current())
    kept = {name: answer.headers[name] for name in ("Content-Type", "Content-Length") if name in answer.headers}
    kept["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    kept["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Response(clients.chunks(answer), headers=kept, direct_passthrough=True)
