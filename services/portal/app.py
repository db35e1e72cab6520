"""The portal's front door: puts the rooms of pages together and sets what holds for every page.

What must stay true: nothing is loaded from outside and no script stands in a page (the content policy says so), every
form carries a token against other sites, and every failure has a calm page in the reader's language; for programs it is
a problem document.
"""

import hashlib
import hmac
import logging
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask_babel import Babel, gettext
from flask_wtf import csrf
from werkzeug import exceptions
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from services.portal import clients, gateway, languages, pages, refusals, sessions, showing, switching, uploads
from services.spine import settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TITLES = {400, 403, 404, 405, 413, 429, 500, 503}
log = logging.getLogger("rectify.portal")


class Code(BaseConverter):
    """An identifier in an address: letters, digits, dot, dash and underscore."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,159}"


def create() -> Flask:
    """The portal as a WSGI application."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=hmac.new(settings.secret().encode(), b"portal pages", hashlib.sha256).hexdigest(),
        SESSION_COOKIE_NAME="rectify_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=uploads.BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        # The token decides. Behind a proxy on a port of its own, and where browsers keep referrers back, referrers lie.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=1, x_host=0)  # type: ignore[method-assign]
    app.url_map.converters["code"] = Code
    app.before_request(_refuse_what_is_too_large)
    protection = csrf.CSRFProtect(app)
    app.before_request(switching.begin)
    app.after_request(switching.end)
    Babel(app, locale_selector=languages.locale)
    app.register_blueprint(gateway.doors)
    protection.exempt(gateway.doors)
    protection.exempt(pages.answering.room)
    for room in pages.ROOMS:
        app.register_blueprint(room)
    app.after_request(_guard)
    app.add_url_rule("/health", "health", _health)
    showing.prepare(app)
    app.jinja_env.globals.update(
        why=refusals.sentence,
        said=refusals.said,
        where=refusals.places,
        fault_at=refusals.at,
        unreadable=refusals.unreadable,
        switched=switching.offered,
    )
    _answer_failures(app)
    _name_static_files_by_content(app)
    return app


def _health() -> dict[str, Any]:
    return {"service": "portal", "ok": True}


def _refuse_what_is_too_large() -> None:
    """A form with too large a file goes on without the file: it is shown again with what was written in it."""
    if request.endpoint in pages.WITH_PARCELS:
        request.max_content_length = uploads.PARCEL_BODY_BYTES
    if (request.content_length or 0) <= (request.max_content_length or uploads.BODY_BYTES):
        return
    stream, boundary = request.environ["wsgi.input"], request.mimetype_params.get("boundary", "")
    if request.endpoint not in pages.WITH_FILES or not boundary or request.mimetype != "multipart/form-data":
        uploads.drain(stream, request.content_length)
        raise exceptions.RequestEntityTooLarge
    try:
        written = uploads.fields(stream, request.content_length, boundary.encode())
    except ValueError:
        uploads.drain(stream, request.content_length)
        raise exceptions.RequestEntityTooLarge from None
    g.too_large = True
    request.__dict__.update(form=ImmutableMultiDict(written), files=ImmutableMultiDict())


def _guard(response: Response) -> Response:
    if request.path.startswith("/static/"):
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if "ended_session" in g:
        sessions.drop(response)
    return response


def _answer_failures(app: Flask) -> None:
    @app.errorhandler(clients.Unreachable)
    def unreachable(away: clients.Unreachable) -> Any:
        log.warning("service does not answer: %s", away.service)
        return _failure(503, "service_unavailable")

    @app.errorhandler(clients.Declined)
    def declined(refused: clients.Declined) -> Any:
        if refused.status == 401 and not _for_program():
            sessions.forget(request.cookies.get(sessions.COOKIE))
            return pages.to_sign_in(ended=True)
        if refused.status == 422 and request.method == "GET" and request.args and not _for_program():
            return _failure(422, refused.code, _unknown_filters(refused))
        return _failure(refused.status, refused.code, refusals.sentence(refused))

    @app.errorhandler(csrf.CSRFError)
    def forged(_: Exception) -> Any:
        return _failure(400, "page_outdated")

    @app.errorhandler(exceptions.HTTPException)
    def http(failure: exceptions.HTTPException) -> Any:
        status = failure.code or 500
        if status == 413:
            uploads.drain(request.environ["wsgi.input"], request.content_length)
            limit = uploads.PARCEL_BYTES if request.endpoint in pages.WITH_PARCELS else uploads.FILE_BYTES
            return _failure(413, "file_too_large", limit_mb=limit // 1048576)
        if 300 <= status < 400:
            return failure
        if status == 405 and request.method in ("GET", "HEAD") and not _for_program():
            return redirect(pages.above(request.path), 303)
        codes = {401: "not_signed_in", 403: "not_permitted", 404: "not_found", 405: "method_not_allowed"}
        return _failure(status, codes.get(status, "accident"), path=request.path, method=request.method)

    @app.errorhandler(Exception)
    def accident(_: Exception) -> Any:
        incident = secrets.token_hex(4)
        log.exception("accident %s at %s %s", incident, request.method, request.path)
        return _failure(500, "accident", incident=incident)


def _unknown_filters(refused: clients.Declined) -> str:
    names = dict.fromkeys(str(place.get("pointer", "")).strip("/") for place in refused.places)
    asked = languages.listed(f"{name}={request.args[name]}" for name in names if name in request.args)
    return gettext("不认识的条件：%(what)s", what=asked) if asked else ""


def _for_program() -> bool:
    return request.path.startswith("/api/")


def _failure(status: int, code: str, detail: str = "", **params: Any) -> Any:
    if _for_program():
        return gateway.problem("no_such_address" if code == "not_found" else code, **params)
    if code == "file_too_large" and not detail:
        detail = clients.refused(code, languages.current(), **params).detail
    if not request.path.startswith(pages.answering.ADDRESS):
        with suppress(clients.Unreachable, clients.Declined):
            sessions.viewer()
    shown = status if status in TITLES else (500 if status >= 500 else 400)
    if status == 422 and request.method == "GET":
        shown = 422
    origin = pages.came_from() if status == 413 else None
    return render_template("error.html", status=shown, code=code, detail=detail, params=params, origin=origin), status


def _name_static_files_by_content(app: Flask) -> None:
    names: dict[str, str] = {}

    def asset(name: str) -> str:
        if name not in names:
            content = Path(app.root_path, "static", name).read_bytes()
            names[name] = hashlib.sha256(content).hexdigest()[:12]
        return url_for("static", filename=name, v=names[name])

    app.jinja_env.globals["asset"] = asset
