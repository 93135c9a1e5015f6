"""The served program from outside: what a hostile or broken client must not be able to do to the others."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from benchmarks.trial_city import City

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("servers")]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A small city, served."""
    found = City(tmp_path_factory.mktemp("served"), streams=2)
    found.start()
    yield found
    found.kill()


def ask(city: City, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=20)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Content-Type", ""), answer.read()


def csrf(city: City) -> str:
    """A form's cookie and token, as anybody can have them."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=20)
    connection.request("GET", "/sign-in")
    cookie = connection.getresponse().headers["Set-Cookie"]
    return cookie.split(";")[0]


def test_idle_bodies_do_not_hold_the_pages(city: City) -> None:
    cookie = csrf(city)
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{city.port}\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nx"
    )
    with ExitStack() as stack:
        for _ in range(24):
            idle = stack.enter_context(socket.create_connection(("127.0.0.1", city.port), timeout=10))
            idle.sendall(head.encode())
        time.sleep(0.5)
        began = time.monotonic()
        assert ask(city, "GET", "/livez")[0] == 200
        assert ask(city, "GET", "/sign-in")[0] == 200
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["/sign-in", "/v1.1/CreateObservations"])
def test_a_body_that_says_it_is_large_is_not_read(city: City, path: str) -> None:
    with socket.create_connection(("127.0.0.1", city.port), timeout=10) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{city.port}\r\nAuthorization: Bearer {city.token}\r\n"
        line.sendall((head + "Content-Length: 60000000\r\n\r\n").encode())
        answer = line.recv(4000).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "application/problem+json" in answer


def test_a_large_body_in_pieces_is_stopped(city: City) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=20)
    pieces = (b"x" * 1_000_000 for _ in range(50))
    try:
        connection.request("POST", "/sign-in", pieces, {"Cookie": csrf(city)}, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server hung up before all was sent
    assert status == 413
    assert ask(city, "GET", "/livez")[0] == 200


def test_another_name_is_refused(city: City) -> None:
    for path in ("/", "/livez", "/v1.1/CreateObservations"):
        status, kind, body = ask(city, "POST" if "v1.1" in path else "GET", path, Host="evil.example")
        assert (status, kind) == (400, "application/problem+json")
        assert b"CITYLOOP_ALLOWED_HOSTS" in body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
def test_other_methods_on_the_ingest_route(city: City, method: str) -> None:
    status, kind, _ = ask(city, method, "/v1.1/CreateObservations", Authorization=f"Bearer {city.token}")
    assert (status, kind) == (405, "application/problem+json")


def test_live_news_needs_a_session(city: City) -> None:
    status, kind, _ = ask(city, "GET", "/events")
    assert (status, kind) == (401, "application/problem+json")


def test_too_many_fields_get_the_one_shape_of_error(city: City) -> None:
    body = "&".join(f"f{number}=1" for number in range(3000)).encode()
    kind = "application/x-www-form-urlencoded"
    status, answered, text = ask(city, "POST", "/sign-in", body, Content_Type=kind, Cookie=csrf(city))
    assert status in (400, 403)
    assert answered == "application/problem+json"
    assert json.loads(text)["detail"]


def test_good_rows_are_taken_after_all_this(city: City) -> None:
    answer = city.post_rows(city.ids[0], [("2026-07-16T10:00:00Z", 3.0), ("2200-01-01T00:00:00Z", 3.0)])
    assert answer is not None
    assert answer[0].endswith(")")
    assert answer[1] == "error"
