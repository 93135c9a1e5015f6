"""The response table and its form."""

import pytest

from cityloop.decide.ledger.contracts import ActionLine
from cityloop.decide.responses import port as responses
from cityloop.decide.responses.loading import DEFAULT_FILE
from cityloop.decide.responses.models import Response
from cityloop.kernel.audit.port import trail
from cityloop.kernel.problems import Conflict, Forbidden, Invalid
from tests.serve.made_city import CityClock, signed_in, staff

FORM = {
    "class_code": "matter 06028",
    "key": "甲",
    "level_from": "1",
    "level_to": "4",
    "expected_minutes": "45",
    "name": "上门核实",
    "name_en": "Visit",
    "automatic": "1",
    "enabled": "1",
    "department_1": "drainage",
    "action_1": "到场",
    "action_en_1": "Go there",
    "minutes_1": "30",
    "limit_1": "60",
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["处置预案", "道路积水", "抽排、警戒", "市交警支队"]),
        ("en", ["Response table", "standing water", "Signs"]),
    ],
)
def test_the_table_is_shown(city: CityClock, language: str, words: list[str]) -> None:
    page = signed_in("steward", language).get("/responses").content.decode()
    for word in words:
        assert word in page


@pytest.mark.usefixtures("city")
def test_who_may_see_and_change_it() -> None:
    assert signed_in("officer").get("/responses").status_code == 200
    assert "/responses/new" not in signed_in("officer").get("/responses").content.decode()
    for name in ("officer", "clerk", "viewer"):
        assert signed_in(name).get("/responses/new").status_code == 403
        assert signed_in(name).post("/responses/new", FORM).status_code == 403
    assert signed_in("crew").get("/responses").status_code == 403
    with pytest.raises(Forbidden):
        responses.enter_response(
            class_kind="matter",
            class_code="06028",
            level_from=1,
            level_to=4,
            key="甲",
            name="x",
            name_en="x",
            automatic=True,
            expected_minutes=1,
            actions=[ActionLine("", "", "", "x", "x", 1)],
            by=staff("officer"),
        )


@pytest.mark.usefixtures("city")
def test_a_steward_enters_and_changes_a_row() -> None:
    client = signed_in("steward")
    assert client.post("/responses/new", FORM).headers["Location"] == "/responses"
    (row,) = responses.responses("matter", "06028")
    assert (row.automatic, row.actions[0].limit_minutes, row.actions[0].department_code) == (True, 60, "drainage")
    page = client.get(f"/responses/{row.id}").content.decode()
    assert 'value="matter 06028"' in page
    client.post(f"/responses/{row.id}", FORM | {"name": "先打电话", "automatic": "", "version": str(row.version)})
    changed = responses.response(row.id)
    assert (changed.name, changed.automatic, changed.version) == ("先打电话", False, 2)
    assert [one.action for one in trail([("response", str(row.id))])] == ["response.changed", "response.entered"]
    late = client.post(f"/responses/{row.id}", FORM | {"version": str(row.version)})
    assert late.status_code == 409
    assert "别人已改动" in late.content.decode()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"class_code": "matter 99999"}, "class_code", "没有类别“matter 99999”"),
        ({"class_code": "dust"}, "class_code", "五位数字"),
        ({"level_from": "4", "level_to": "2"}, "level_from", "等级 4 至 2 不对"),
        ({"key": "Z"}, "key", "方案代号“Z”不对"),
        ({"name": ""}, "name", "请填名称"),
        ({"expected_minutes": "soon"}, "expected_minutes", "预计 0 分钟不对"),
        ({"action_1": ""}, "action_1", "第 1 行：请用中文和英文写明做什么"),
        ({"minutes_1": "-3"}, "action_1", "第 1 行：分钟数应为"),
        ({"department_1": "moon"}, "action_1", "第 1 行：没有部门“moon”"),
        ({"action_1": "", "action_en_1": "", "minutes_1": "", "limit_1": ""}, "actions", "有 0 行任务"),
    ],
)
def test_mistakes_are_named_and_linked(changes: dict[str, str], field: str, message: str) -> None:
    response = signed_in("steward").post("/responses/new", FORM | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert f'<a href="#{field}">' in page
    assert 'value="Visit"' in page
    assert not Response.objects.filter(class_code="06028").exists()


@pytest.mark.parametrize("version", ["²", "9" * 5000])
@pytest.mark.usefixtures("city")
def test_what_only_looks_like_a_version_is_none(version: str) -> None:
    path = f"/responses/{Response.objects.earliest('id').id}"
    answer = signed_in("steward").post(path, FORM | {"level_from": "²", "version": version})
    assert answer.status_code == 422
    assert "等级 0 至 4 不对" in answer.content.decode()


@pytest.mark.usefixtures("city")
def test_an_option_covers_a_level_once() -> None:
    response = signed_in("steward").post("/responses/new", FORM | {"class_code": "matter 10999"})
    assert response.status_code == 409
    assert "这一类的方案甲已覆盖等级 3 至 4" in response.content.decode()
    with pytest.raises(Conflict):
        responses.enter_response(
            class_kind="matter",
            class_code="10999",
            level_from=4,
            level_to=4,
            key="甲",
            name="x",
            name_en="x",
            automatic=True,
            expected_minutes=1,
            actions=[ActionLine("", "", "", "x", "x", 1)],
            by=None,
        )


@pytest.mark.usefixtures("city")
def test_the_table_that_comes_along_is_loaded_once() -> None:
    assert responses.load_responses() == 7
    assert responses.load_responses() == 0
    # Water was in the made city's table already and is left alone; a department it does not have stands empty.
    assert {row.key for row in responses.responses("matter", "10999")} == {"甲", "乙"}
    assert {line.department_code for row in responses.responses("matter", "10998") for line in row.actions} == {""}


@pytest.mark.usefixtures("city")
def test_a_table_with_a_fault_names_the_line(tmp_path) -> None:  # type: ignore[no-untyped-def]
    broken = tmp_path / "own.csv"
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    broken.write_text(text.replace("matter,06028,1,4,甲", "matter,06028,one,4,甲", 1), encoding="utf-8")
    with pytest.raises(Invalid, match=r"own\.csv line 16: .*numbers have to be whole"):
        responses.load_responses(broken)
    broken.write_text("class_kind,class_code\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"own\.csv: columns level_from, .* are missing"):
        responses.load_responses(broken)
