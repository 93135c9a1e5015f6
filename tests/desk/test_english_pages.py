"""An English page is English: no name, key or note of the city is left in Chinese on it."""

import re

import pytest
from tests.serve.made_city import CityClock, settle, signed_in, staff

from cityloop.decide.ledger import port as ledger
from cityloop.serve.incidents.contracts import Result
from cityloop.serve.orders import port as orders

ADDRESSES = (
    "/", "/operations", "/incidents", "/incidents/{incident}", "/orders?view=all", "/orders/{order}", "/scores",
    "/scores/{incident}", "/rules", "/rules/{rule}", "/responses", "/responses/new", "/data", "/data/{stream}",
    "/search?q=Dongze",
)  # fmt: skip


@pytest.fixture
def gone_round(flooded: str, city: CityClock) -> str:
    """The incident after the whole loop, with a return, a rework and notes in both languages; another one waits."""
    waiting = ledger.waiting()[0]
    ledger.decide(waiting.number, "甲", reason="Signs are enough", by=staff("officer"))
    settle()
    first = orders.orders_of(flooded)[0].number
    city.forward(2)
    orders.return_order(first, reason="权属不明", reason_en="Not ours", by=staff("clerk"))
    again = orders.dispatch_again(
        first, department_code="drainage", reason="经核对属贵单位", reason_en="It is", by=staff("officer")
    )
    orders.accept(again, by=staff("crew"))
    city.forward(20)
    orders.report(again, note="已抽排", note_en="Pumped out", by=staff("crew"))
    orders.rework_incident(flooded, reason="警示未到位", reason_en="Signs are missing", by=staff("grid"))
    orders.accept(again, by=staff("crew"))
    orders.report(again, note="已补做", note_en="Done again", by=staff("crew"))
    orders.verify_and_close(flooded, result=Result.CONFIRMED, note="处置属实", note_en="All is dry", by=staff("grid"))
    settle()
    return flooded


def chinese_on(page: str) -> list[str]:
    """Chinese in a page's own content: the language switch is said in the language it leads to."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.findall(r"[^<>\"]*[\u4e00-\u9fff][^<>\"]*", main)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_chinese_is_left(gone_round: str, gauge: int, address: str) -> None:
    from cityloop.analyse.detection.port import rules

    order = orders.orders_of(gone_round)[-1].number
    address = address.format(incident=gone_round, order=order, rule=rules()[0].id, stream=gauge)
    who = "steward" if address.startswith("/responses") else "officer"
    page = signed_in(who, "en").get(address)
    assert page.status_code == 200
    found = [text for text in chinese_on(page.content.decode()) if not re.search(r"value=|name=|^[甲乙丙丁戊]$", text)]
    assert found == []


def test_what_was_noted_in_both_languages_is_read_in_each(gone_round: str) -> None:
    english = signed_in("officer", "en").get(f"/incidents/{gone_round}").content.decode()
    chinese = signed_in("officer").get(f"/incidents/{gone_round}").content.decode()
    for own, other in (("权属不明", "Not ours"), ("警示未到位", "Signs are missing"), ("已补做", "Done again")):
        assert other in english
        assert own not in english
        assert own in chinese
        assert other not in chinese
    assert "A Signs" in english
    assert "甲 设警示" in chinese
    assert "Dongze 0312" in english
    assert "东泽 0312" in chinese
