"""`$batch`: many requests in one, as multipart/mixed or as JSON; groups that are done whole or not at all.

Observations are written when their request is done, registers when the group is: when a later request of a group fails,
the observations of the group are erased again.
Source: OGC 18-088, clause 11; OData 4.01, part 1, clause 11.7 (multipart), JSON format, clause 19.
"""

import email.parser
import email.policy
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from cityloop.kernel.problems import CONTENT_TYPE, BadRequest, Problem
from cityloop.sense.observations import port as observations
from cityloop.sense.sensorthings.writing import group_wrote

REQUESTS_MAX: Final = 1000
ROOT: Final = "/v1.1/"
METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")

View = Callable[[HttpRequest, str], HttpResponse]
_REFERENCE = re.compile(r"\$([A-Za-z0-9_.~-]+)(?=$|/)")


@dataclass(frozen=True)
class Part:
    """One request of a batch. `group`: the group it belongs to, or empty."""

    id: str
    method: str
    url: str
    body: bytes
    content_type: str
    group: str


@dataclass(frozen=True)
class Answer:
    """What came of one request."""

    part: Part
    response: HttpResponse


class _Failed(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def answer(request: HttpRequest, view: View) -> HttpResponse:
    """Do every request of a batch in its turn.

    Raises:
        BadRequest: The batch can't be read; nothing was done.
    """
    if request.method != "POST":
        problem = Problem(f"{request.method} is not allowed here; allowed: POST.")
        problem.status, problem.title = 405, "Method not allowed"
        raise problem
    if request.content_type == "application/json":
        return _json_answer(_run(_json_parts(request.body), request, view))
    if request.content_type == "multipart/mixed":
        return _multipart_answer(_run(_multipart_parts(request), request, view))
    raise BadRequest(
        f"A batch of the type {(request.content_type or '')[:60]!r}; allowed: multipart/mixed or application/json."
    )


def _run(parts: Sequence[Part], request: HttpRequest, view: View) -> list[Answer]:
    if len(parts) > REQUESTS_MAX:
        raise BadRequest(f"{len(parts)} requests in a batch; allowed: {REQUESTS_MAX}. Nothing was done.")
    made: dict[str, str] = {}
    answers: list[Answer] = []
    place = 0
    while place < len(parts):
        group = parts[place].group
        end = place + 1
        while group and end < len(parts) and parts[end].group == group:
            end += 1
        if group:
            answers += _run_group(parts[place:end], request, view, made)
        else:
            answers.append(_do(parts[place], request, view, made))
        place = end
    return answers


def _run_group(parts: Sequence[Part], request: HttpRequest, view: View, made: dict[str, str]) -> list[Answer]:
    """All of a group or nothing: when one fails, its answer stands for all (OData 4.01, part 1, clause 11.7.5)."""
    before = dict(made)
    wrote: list[int] = []
    token = group_wrote.set(wrote)
    answers: list[Answer] = []
    try:
        with transaction.atomic(), observations.joint_in_transaction():
            for part in parts:
                done = _do(part, request, view, made)
                if done.response.status_code >= 400:
                    raise _Failed(done)
                answers.append(done)
        return answers
    except _Failed as failed:
        made.clear()
        made.update(before)
        for number in reversed(wrote):
            observations.erase_observation(number)
        return [failed.answer]
    finally:
        group_wrote.reset(token)
        observations.detach_observations()


def _do(part: Part, request: HttpRequest, view: View, made: dict[str, str]) -> Answer:
    url = _resolved(part.url, made)
    body = _REFERENCE_IN_BODY.sub(lambda found: _id_of(found, made), part.body) if made else part.body
    inner = _inner_request(request, part, url, body)
    path = unquote(urlsplit(url).path)
    path = path.partition(ROOT)[2] if ROOT in path else path.lstrip("/")
    try:
        response = view(inner, path)
    except Problem as problem:
        response = HttpResponse(problem.body(), status=problem.status, content_type=CONTENT_TYPE)
    if part.id and response.status_code == 201:
        made[part.id] = response["Location"]
    return Answer(part, response)


# A link to what an earlier request made: {"@iot.id": "$1"}.
_REFERENCE_IN_BODY = re.compile(rb'"@iot\.id"\s*:\s*"\$([A-Za-z0-9_.~-]+)"')


def _id_of(found: "re.Match[bytes]", made: dict[str, str]) -> bytes:
    where = made.get(found[1].decode())
    return found[0] if where is None else b'"@iot.id":' + where.rpartition("(")[2].rstrip(")").encode()


def _resolved(url: str, made: dict[str, str]) -> str:
    match = _REFERENCE.match(url.lstrip("/"))
    if match is None or match[1] not in made:
        return url
    return made[match[1]] + url.lstrip("/")[match.end() :]


def _inner_request(outer: HttpRequest, part: Part, url: str, body: bytes) -> HttpRequest:
    """A request of the batch as Django sees it: the caller's key, session and host, its own address and body."""
    split = urlsplit(url)
    environ = {
        **outer.META,
        "REQUEST_METHOD": part.method,
        "PATH_INFO": ROOT + split.path.partition(ROOT)[2] if ROOT in split.path else ROOT + split.path.lstrip("/"),
        "QUERY_STRING": split.query,
        "CONTENT_TYPE": part.content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    inner = WSGIRequest(environ)
    for name in ("person", "user", "session", "csrf_processing_done"):
        if hasattr(outer, name):
            setattr(inner, name, getattr(outer, name))
    return inner


def _json_parts(body: bytes) -> list[Part]:
    try:
        document = msgspec.json.decode(body)
        requests = document["requests"]
        parts = [_json_part(one) for one in requests]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(
            f"The batch can't be read ({type(error).__name__}: {error}); allowed: "
            '{"requests": [{"id", "method", "url", "body"}]}. Nothing was done.'
        ) from None
    return parts


def _json_part(one: dict[str, Any]) -> Part:
    method = str(one["method"]).upper()
    if method not in METHODS:
        raise BadRequest(f"Method {method[:20]!r} in a batch; allowed: {', '.join(METHODS)}. Nothing was done.")
    headers = {str(name).lower(): str(value) for name, value in (one.get("headers") or {}).items()}
    body = one.get("body")
    return Part(
        id=str(one.get("id", "")),
        method=method,
        url=str(one["url"]),
        body=b"" if body is None else msgspec.json.encode(body),
        content_type=headers.get("content-type", "application/json"),
        group=str(one.get("atomicityGroup") or ""),
    )


def _json_answer(answers: Sequence[Answer]) -> HttpResponse:
    found = []
    for one in answers:
        response: dict[str, Any] = {"id": one.part.id, "status": one.response.status_code}
        if one.response.has_header("Location"):
            response["location"] = one.response["Location"]
        if one.response.content:
            kind = one.response.get("Content-Type", "")
            text = one.response.content
            response["body"] = msgspec.Raw(text) if "json" in kind else text.decode()
        found.append(response)
    return HttpResponse(msgspec.json.encode({"responses": found}), content_type="application/json")


def _multipart_parts(request: HttpRequest) -> list[Part]:
    head = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    parts: list[Part] = []
    for number, one in enumerate(_inner_parts(message)):
        if one.get_content_type() == "multipart/mixed":
            parts += [_multipart_part(inner, f"changeset {number}") for inner in _inner_parts(one)]
        else:
            parts.append(_multipart_part(one, ""))
    if not parts:
        raise BadRequest("The batch has no part; is its boundary right? Nothing was done.")
    return parts


def _inner_parts(message: Any) -> list[Any]:
    payload = message.get_payload()
    return payload if isinstance(payload, list) else []


def _multipart_part(message: Any, group: str) -> Part:
    text = message.get_payload(decode=True) or b""
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    words = lines[0].split(" ")
    if len(words) < 2 or words[0].upper() not in METHODS:
        raise BadRequest(
            f"A part of the batch begins {lines[0][:60]!r}; allowed: METHOD ADDRESS HTTP/1.1 with a method of "
            f"{', '.join(METHODS)}. Nothing was done."
        )
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Part(
        id=str(message.get("Content-ID", "")).strip("<> "),
        method=words[0].upper(),
        url=words[1],
        body=body.strip(),
        content_type=headers.get("content-type", "application/json"),
        group=group,
    )


def _multipart_answer(answers: Sequence[Answer]) -> HttpResponse:
    boundary = f"batch_{uuid.uuid4().hex}"
    text: list[bytes] = []
    place = 0
    while place < len(answers):
        group = answers[place].part.group
        end = place + 1
        while group and end < len(answers) and answers[end].part.group == group:
            end += 1
        text.append(f"--{boundary}\r\n".encode())
        if group:
            inner = f"changeset_{uuid.uuid4().hex}"
            text.append(f"Content-Type: multipart/mixed;boundary={inner}\r\n\r\n".encode())
            for one in answers[place:end]:
                text += [f"--{inner}\r\n".encode(), _part_text(one)]
            text.append(f"--{inner}--\r\n".encode())
        else:
            text.append(_part_text(answers[place]))
        place = end
    text.append(f"--{boundary}--\r\n".encode())
    return HttpResponse(b"".join(text), content_type=f"multipart/mixed;boundary={boundary}")


def _part_text(one: Answer) -> bytes:
    response = one.response
    lines = ["Content-Type: application/http"]
    if one.part.id:
        lines.append(f"Content-ID: {one.part.id}")
    lines += ["", f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {response[name]}" for name in ("Location", "Content-Type") if response.has_header(name)]
    return "\r\n".join([*lines, "", ""]).encode() + response.content + b"\r\n"
