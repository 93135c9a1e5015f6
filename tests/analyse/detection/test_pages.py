"""The pages of the rules, in both languages, for those who may."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import trans_real
from tests.analyse.detection.detection_oracle import Put
from tests.analyse.detection.test_definitions import GOOD

from cityloop.analyse.detection import port
from cityloop.kernel.organisations.port import found_city
from cityloop.kernel.people.contracts import Role
from cityloop.kernel.people.models import Person
from cityloop.kernel.people.port import enter_person
from cityloop.kernel.ui.messages import compile_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(observations: Put) -> Callable[..., Client]:
    if compile_all():
        trans_real._translations = {}  # type: ignore[attr-defined]
    found_city(name="澜川市", name_en="Lanchuan", time_zone="Asia/Shanghai")

    def sign_in(role: Role, language: str = "zh-hans") -> Client:
        number = f"6{len(role)}01"
        if not Person.objects.filter(staff_number=number).exists():
            enter_person(
                staff_number=number, password="-", role=role, organization_code="city",
                check_password=False, must_change_password=False,
            )  # fmt: skip
        client = Client(headers={"accept-language": language, "accept": "text/html"})
        client.force_login(Person.objects.get(staff_number=number), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def rule(observations: Put, stream: Callable[[], int]) -> int:
    number = port.add_rule(GOOD, by=None)
    observations(stream(), [(0, 20.0, 0), (3, 31.0, 0), (4, 1.0, 0), (9, 16.0, 0), (12, 16.0, 0)])
    while port.advance():
        pass
    return number


def form_of(number: int | None = None, **changes: object) -> dict[str, object]:
    return {
        "name": "积水", "name_en": "Standing water", "property": "water_depth", "at_least": "15", "minimum": "2m",
        "gap": "10m", "level_3": "15", "level_2": "27", "class_kind": "matter", "class_code": "10999",
        "title": "{place}积水", "title_en": "", "history": "now", "reason": "试", "version": "1", **changes,
    }  # fmt: skip


def test_the_list_and_a_rule_in_words(browser: Callable[..., Client], rule: int) -> None:
    page = browser(Role.DUTY_OFFICER).get("/rules").content.decode()
    assert f'<a href="/rules/{rule}">积水</a>' in page
    assert "近 90 天超限过程" in page
    assert "新增规则" not in page
    page = browser(Role.DUTY_OFFICER).get(f"/rules/{rule}").content.decode()
    assert "水深达到 15 厘米并持续 2 分以上（相邻读数间隔不超过 10 分），立案“〔地点〕积水”。" in page
    assert "峰值达到 27 厘米为Ⅱ级" in page
    assert "澜江大道下穿 gauge-1" in page
    assert f"/rules/{rule}/edit" not in page
    english = browser(Role.DUTY_OFFICER, "en").get(f"/rules/{rule}").content.decode()
    assert "When Water depth stays at 15 cm or more for 2 min or longer, readings at most 10 min apart" in english
    assert "every Datastream of the property" in english


def test_what_if(browser: Callable[..., Client], rule: int) -> None:
    client = browser(Role.STEWARD)
    page = client.get(f"/rules/{rule}?at_least=30&minimum=0s&gap=10m&days=30").content.decode()
    assert "试算" in page
    assert page.count("<b>1</b>") == 1, "30 cm gives one, 15 cm gives two"
    assert page.count("<b>2</b>") == 1
    assert f'href="/rules/{rule}/edit?at_least=30&amp;minimum=0s&amp;gap=10m"' in page
    bad = client.get(f"/rules/{rule}?at_least=30&minimum=soon&gap=10m&days=30")
    assert bad.status_code == 422
    assert "“soon”不是时长" in bad.content.decode()


def test_a_steward_edits(browser: Callable[..., Client], rule: int) -> None:
    client = browser(Role.STEWARD)
    page = client.get(f"/rules/{rule}/edit?at_least=30").content.decode()
    assert 'name="at_least" value="30"' in page
    assert 'value="2m"' in page
    answer = client.post(f"/rules/{rule}/edit", form_of(at_least="20"))
    assert (answer.status_code, answer["Location"]) == (302, f"/rules/{rule}")
    found = port.rule(rule)
    assert found is not None
    assert (found.version, found.definition.at_least, found.definition.name_en) == (2, 20.0, "Standing water")
    page = client.get(f"/rules/{rule}").content.decode()
    assert "已存为新版本" in page
    assert "第 2 版" in page
    stale = client.post(f"/rules/{rule}/edit", form_of(at_least="21"))
    assert stale.status_code == 422
    assert "规则现为第 2 版，您打开的是第 1 版" in stale.content.decode()
    english = browser(Role.STEWARD, "en").post(f"/rules/{rule}/edit", form_of(at_least="21"))
    assert "at version 2 by now; you saw version 1" in english.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"at_least": "600"}, "超出该监测项的有效范围"),
        ({"gap": "0s"}, "至少 1 秒"),
        ({"minimum": "soon"}, "“soon”不是时长"),
        ({"class_code": "99"}, "应为五位数字"),
        ({"level_3": "30"}, "较重的级别，起点必须高于较轻的级别"),
        ({"name": ""}, '<a href="#id_name">“名称”必填。</a>'),
        ({"reason": ""}, '<a href="#id_reason">“修改原因”必填。</a>'),
    ],
)
def test_a_wrong_form_says_where(
    browser: Callable[..., Client], rule: int, changes: dict[str, object], message: str
) -> None:
    answer = browser(Role.STEWARD).post(f"/rules/{rule}/edit", form_of(**changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert message in page
    assert "error-summary" in page
    found = port.rule(rule)
    assert found is not None
    assert found.version == 1


def test_a_steward_adds_and_silences(browser: Callable[..., Client], rule: int) -> None:
    client = browser(Role.STEWARD)
    assert client.get("/rules/new").status_code == 200
    taken = client.post("/rules/new", form_of())
    assert taken.status_code == 422
    answer = client.post("/rules/new", form_of(name="积水二"))
    assert answer.status_code == 302
    number = int(answer["Location"].rsplit("/", 1)[1])
    assert client.post(f"/rules/{number}/enabled", {"enabled": "0"}).status_code == 302
    found = port.rule(number)
    assert found is not None
    assert not found.enabled
    assert "停用" in client.get(f"/rules/{number}").content.decode()


def caught_up() -> None:
    while port.advance():
        pass


@pytest.mark.parametrize(
    ("history", "episodes", "said"), [("now", 0, "只判定今后的观测数据"), ("stored", 2, "正在检查已有")]
)
def test_a_new_rule_leaves_the_stored_history_alone_unless_it_is_told(
    browser: Callable[..., Client], rule: int, history: str, episodes: int, said: str
) -> None:
    client = browser(Role.STEWARD)
    page = client.get("/rules/new").content.decode()
    assert re.search(r'<input type="radio" name="history" value="now"[^>]* checked', page), (
        "the safe one is chosen first"
    )
    assert not re.search(r'<input type="radio" name="history" value="stored"[^>]* checked', page)
    answer = client.post("/rules/new", form_of(name="积水二", history=history), follow=True)
    assert said in answer.content.decode()
    caught_up()
    number = next(one.id for one in port.rules() if one.name == "积水二")
    assert len(port.episodes(rule_id=number)) == episodes
    found = port.rule(number)
    assert found is not None
    assert (found.since_at is None) == (history == "stored")


def test_the_choice_has_to_be_made(browser: Callable[..., Client], rule: int) -> None:
    fields = form_of(name="积水二")
    del fields["history"]
    answer = browser(Role.STEWARD).post("/rules/new", fields)
    assert answer.status_code == 422
    assert "“规则判定哪些数据”必填。" in answer.content.decode()


def test_an_edited_rule_reaches_back_only_when_it_is_told(browser: Callable[..., Client], rule: int) -> None:
    """The same numbers, judged over the stored history after all; then other numbers for what comes alone."""
    client = browser(Role.STEWARD)
    client.post("/rules/new", form_of(name="积水二"))
    number = next(one.id for one in port.rules() if one.name == "积水二")
    caught_up()
    assert port.episodes(rule_id=number) == []
    page = client.get(f"/rules/{number}?at_least=15&minimum=2m&gap=10m&days=1000").content.decode()
    assert "现行规则不判定这部分数据" in page, "the trial says that it counts more than the rule does"
    answer = client.post(f"/rules/{number}/edit", form_of(name="积水二", history="stored"), follow=True)
    assert "正在检查全部已有的观测数据" in answer.content.decode()
    caught_up()
    assert len(port.episodes(rule_id=number)) == 2
    page = client.get(f"/rules/{number}?at_least=15&minimum=2m&gap=10m&days=1000").content.decode()
    assert "现行规则不判定这部分数据" not in page
    assert "全部已有的观测数据" in page
    client.post(f"/rules/{number}/edit", form_of(name="积水二", at_least="30", level_3="", version="2"))
    caught_up()
    found = port.rule(number)
    assert found is not None
    assert (found.version, found.definition.at_least) == (3, 30.0)
    assert {one.rule_version for one in port.episodes(rule_id=number)} == {2}, "what ended before stays as it was found"


@pytest.mark.parametrize("path", ["/rules/new", "/rules/1/edit"])
def test_who_may_not(browser: Callable[..., Client], path: str) -> None:
    assert browser(Role.DUTY_OFFICER).get(path).status_code == 403
    assert browser(Role.CLERK).get("/rules").status_code == 403
    assert Client().get(path).status_code in (302, 401)
    missing = browser(Role.DUTY_OFFICER).get("/rules/999999")
    assert missing.status_code == 404
    assert "没有规则 999999；全部规则见 /rules。" in missing.content.decode()
    assert "没有规则 999999" in browser(Role.STEWARD).post("/rules/999999/enabled").content.decode()
