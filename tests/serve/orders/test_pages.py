"""The desk, one order, the crew's page: who sees what, and what the forms do."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from cityloop.kernel.problems import Invalid
from cityloop.serve.incidents import port as incidents
from cityloop.serve.orders import forms
from cityloop.serve.orders import port as orders
from cityloop.serve.orders.contracts import OrderState
from tests.serve.made_city import CityClock, detected, send, settle, signed_in, staff


@pytest.fixture
def order(city: CityClock) -> str:
    """An order of the drainage office, to be accepted."""
    send(detected(level=4))
    return orders.live_orders()[0].number


def photo(kind: str = "JPEG") -> SimpleUploadedFile:
    """A small picture with EXIF."""
    picture = Image.new("RGB", (8, 8), "white")
    exif = Image.Exif()
    exif[0x010F] = "Maker of the phone"
    held = BytesIO()
    picture.save(held, kind, exif=exif)
    return SimpleUploadedFile(f"photo.{kind.lower()}", held.getvalue())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["工单台", "市排水管理处", "设警示", "待接单", "剩 15 分"]),
        ("en", ["Work order desk", "Put up signs"]),
    ],
)
def test_the_desk_shows_the_departments_orders(order: str, language: str, words: list[str]) -> None:
    page = signed_in("clerk", language).get("/orders").content.decode()
    for word in [*words, order]:
        assert word in page


def test_another_departments_order_is_not_there(order: str) -> None:
    for name in ("police", "police_head"):
        client = signed_in(name)
        assert order not in client.get("/orders?view=all").content.decode()
        assert client.get(f"/orders/{order}").status_code == 404
        assert client.post(f"/orders/{order}/accept").status_code == 404
        assert client.post(f"/orders/mine/{order}/accept").status_code in (403, 404)
    assert orders.order(order).state is OrderState.DISPATCHED


def test_a_city_wide_post_sees_all_departments(order: str) -> None:
    assert order in signed_in("officer").get("/orders").content.decode()
    assert signed_in("officer").get(f"/orders/{order}").status_code == 200


def test_nobody_signed_in_is_sent_to_sign_in(order: str) -> None:
    from django.test import Client

    client = Client(headers={"accept": "text/html"})
    assert client.get("/orders").headers["Location"] == "/sign-in?next=/orders"
    assert client.post("/orders/bulk").status_code == 401
    assert client.get(f"/orders/{order}").status_code == 302


def test_a_crew_member_is_led_to_the_tasks(order: str) -> None:
    client = signed_in("crew")
    assert client.get("/orders").headers["Location"] == "/orders/mine"
    assert client.get("/orders?view=all").status_code == 200


def test_accepting_in_bulk_tells_what_was_refused(order: str) -> None:
    client = signed_in("clerk")
    page = client.post("/orders/bulk", {"act": "accept", "number": [order]}, follow=True).content.decode()
    assert "已接单 1 张" in page
    page = client.post("/orders/bulk", {"act": "accept", "number": [order]}, follow=True).content.decode()
    assert f"{order} 不能“接单”：现在是“处置中”" in page
    assert "允许的步骤：" in page


def test_a_bulk_act_without_orders_is_an_error_on_the_page(order: str) -> None:
    response = signed_in("clerk").post("/orders/bulk", {"act": "accept"})
    assert response.status_code == 422
    assert "没有选工单" in response.content.decode()


def test_orders_can_be_given_to_a_crew_member(order: str) -> None:
    client = signed_in("clerk")
    client.post("/orders/bulk", {"act": "assign", "number": [order], "person": staff("crew").id})
    assert orders.order(order).assignee_number == "3350"
    response = client.post(f"/orders/{order}/assign", {"person": staff("police").id})
    assert response.status_code == 422
    assert "不能交给这个人" in response.content.decode()


def test_the_crews_page_leads_to_done(order: str, city: CityClock) -> None:
    client = signed_in("crew")
    page = client.get("/orders/mine").content.decode()
    assert "我的任务" in page
    assert f"/orders/mine/{order}/accept" in page
    client.post(f"/orders/mine/{order}/accept", {"version": orders.order(order).version})
    city.forward(20)
    response = client.post(
        f"/orders/mine/{order}/report",
        {"note": "已设警示", "longitude": "121.5", "latitude": "31.5", "photo": photo()},
        follow=True,
    )
    assert f"{order}：已办" in response.content.decode()
    (report,) = [stage for stage in incidents.order_stages(order) if stage.stage == "report"]
    assert (report.note, report.longitude, report.latitude) == ("已设警示", 121.5, 31.5)
    assert orders.order(order).state is OrderState.REPORTED

    kept = client.get(report.photo_href)
    assert (kept.status_code, kept["Content-Type"], kept["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert b"Maker of the phone" not in kept.content
    Image.open(BytesIO(kept.content)).verify()


def test_a_wrong_photo_is_an_error_on_the_crews_page(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    response = signed_in("crew").post(
        f"/orders/mine/{order}/report",
        {"note": "写了很多", "photo": SimpleUploadedFile("x.jpg", b"GIF89a not a photo")},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "这张照片不能用" in page
    assert f'href="#photo-{order}"' in page
    assert "写了很多" in page
    assert orders.order(order).state is OrderState.HANDLING


@pytest.mark.parametrize("person", ["²", "③", "9" * 5000])
def test_what_only_looks_like_a_number_chooses_nobody(order: str, person: str) -> None:
    client = signed_in("clerk")
    many = client.post("/orders/bulk", {"act": "assign", "number": [order], "person": person})
    assert many.status_code == 422
    assert "请选择分给谁" in many.content.decode()
    one = client.post(f"/orders/{order}/assign", {"person": person, "version": person})
    assert one.status_code == 422
    assert "请选择分给谁" in one.content.decode()


def test_a_photo_of_more_than_eight_megabytes_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().post("/", {"photo": SimpleUploadedFile("x.jpg", b"\xff" * (8 * 1024 * 1024 + 200_000))})
    monkeypatch.setattr(type(request.FILES["photo"]), "read", property(lambda _: pytest.fail("the photo was read")))
    with pytest.raises(Invalid, match=r"8\.2 MB"):
        forms.photo(request)


def test_returning_needs_a_reason(order: str) -> None:
    client = signed_in("crew")
    response = client.post(f"/orders/mine/{order}/return", {"reason": " "})
    assert response.status_code == 422
    assert "“退回”需要说明原因" in response.content.decode()
    client.post(f"/orders/mine/{order}/return", {"reason": "不在我处管养范围"})
    assert orders.order(order).state is OrderState.RETURNED
    assert orders.returned_orders()[0].number == order


def test_a_returned_order_is_sent_out_again_from_its_page(order: str) -> None:
    orders.return_order(order, reason="不归我处", by=staff("clerk"))
    assert "dispatch_again" not in signed_in("clerk").get(f"/orders/{order}").content.decode()
    client = signed_in("officer")
    assert "再次派遣" in client.get(f"/orders/{order}").content.decode()
    response = client.post(
        f"/orders/{order}/dispatch_again", {"department": "traffic_police", "reason": "请交警设警示"}
    )
    fresh = orders.order(response.headers["Location"].rsplit("/", 1)[1])
    assert (fresh.department_code, fresh.state) == ("traffic_police", OrderState.DISPATCHED)
    assert orders.order(order).replaced_by == fresh.number
    assert orders.returned_orders() == []


def test_a_form_of_an_old_version_changes_nothing(order: str) -> None:
    seen = orders.order(order).version
    orders.assign(order, person_id=staff("mate").id, by=staff("clerk"))
    response = signed_in("crew").post(f"/orders/{order}/accept", {"version": seen})
    page = response.content.decode()
    assert response.status_code == 409
    assert f"{order} 刚刚变了：17:40 分派（工号 3318）" in page
    assert orders.order(order).state is OrderState.DISPATCHED


def test_the_page_offers_a_report_to_whoever_has_the_order_and_says_who_reported(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    action = f'action="/orders/{order}/report"'
    assert action in signed_in("crew").get(f"/orders/{order}").content.decode()
    assert action not in signed_in("mate").get(f"/orders/{order}").content.decode()
    refused = signed_in("mate").post(f"/orders/{order}/report", {"version": orders.order(order).version})
    assert refused.status_code == 403
    assert "已由工号 3350 接手" in refused.content.decode()
    mine = signed_in("mate").post(f"/orders/mine/{order}/report", {"version": orders.order(order).version})
    assert mine.status_code == 403
    assert "已由工号 3350 接手" in mine.content.decode()
    done = signed_in("clerk").post(f"/orders/{order}/report", {"version": orders.order(order).version})
    assert done.status_code == 302
    page = signed_in("clerk").get(f"/orders/{order}").content.decode()
    assert '<dt>反馈人</dt><dd class="num">工号 3318代工号 3350</dd>' in page
    english = signed_in("clerk", "en").get(f"/orders/{order}").content.decode()
    assert "staff number 3318 on behalf of staff number 3350" in english


def test_the_grid_worker_verifies_on_the_spot(order: str) -> None:
    orders.accept(order, by=staff("crew"))
    orders.report(order, by=staff("crew"), note="已设")
    settle()
    client = signed_in("grid")
    number = orders.order(order).incident_number
    assert f"/orders/mine/{number}/verify" in client.get("/orders/mine").content.decode()
    client.post(f"/orders/mine/{number}/verify", {"result": "rework", "note": "牌子倒了"})
    assert orders.order(order).round == 2
    orders.accept(order, by=staff("crew"))
    orders.report(order, by=staff("crew"))
    client.post(f"/orders/mine/{number}/verify", {"result": "confirmed", "photo": photo("PNG")})
    assert incidents.incident(number).result == "confirmed"


def test_the_desk_as_csv(order: str) -> None:
    response = signed_in("clerk").get("/orders?view=all&format=csv")
    text = b"".join(response).decode("utf-8-sig")
    head, row = text.splitlines()
    assert head.startswith("number,incident,state,level,title")
    assert row.startswith(f"{order},AJ-20260716-0001,dispatched,4,青溪下穿隧道积水")


@pytest.mark.parametrize("query", ["view=none", "sort=secret", "page=0", "level=9", "q=" + "x" * 101])
def test_a_wrong_address_says_what_is_allowed(city: CityClock, query: str) -> None:
    response = signed_in("clerk", "en").get(f"/orders?{query}", headers={"accept": "application/json"})
    assert response.status_code == 400
    assert "allowed:" in response.json()["detail"]


def test_a_wrong_page_is_said_in_chinese(city: CityClock) -> None:
    response = signed_in("clerk").get("/orders?page=abc", headers={"accept": "text/html"})
    assert response.status_code == 400
    assert "参数 page 为“abc”，允许 1 至 100000 的整数。" in response.content.decode()


def test_searching_and_saved_filters(order: str, city: CityClock) -> None:
    client = signed_in("clerk")
    assert order in client.get("/orders?q=设警示").content.decode()
    assert order not in client.get("/orders?q=路灯").content.decode()
    assert order not in client.get("/orders?view=soon").content.decode()
    city.forward(12)
    assert order in client.get("/orders?view=soon").content.decode()
    city.forward(12)
    page = client.get("/orders?view=overdue").content.decode()
    assert order in page
    assert "超 9 分" in page
    assert order not in client.get("/orders?view=mine").content.decode()


def test_what_has_no_clock_stands_last(order: str, city: CityClock) -> None:
    send(detected("second", level=4))
    orders.accept(order, by=staff("crew"))
    orders.report(order, by=staff("crew"))
    page = signed_in("clerk").get("/orders?view=open").content.decode()
    assert page.index("GD-20260716-0002") < page.index(order)


def test_an_address_of_a_form_leads_back_to_its_page(order: str) -> None:
    client = signed_in("crew")
    assert client.get(f"/orders/{order}/accept").headers["Location"] == f"/orders/{order}"
    assert client.get(f"/orders/mine/{order}/report").headers["Location"] == "/orders/mine"
    assert client.get("/orders/bulk").headers["Location"] == "/orders"
    assert client.post(f"/orders/{order}/explode").status_code == 404
