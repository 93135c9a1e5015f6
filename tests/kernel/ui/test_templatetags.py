"""Tags and filters in both languages, at a fixed city time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.template.exceptions import TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from cityloop.kernel import clock
from cityloop.kernel.organisations.contracts import CityView
from cityloop.kernel.ui import place
from cityloop.kernel.ui.contracts import ChainLink, Compared, Figure, Link, LoopStep, TimelineEntry
from cityloop.kernel.ui.messages import compile_all
from cityloop.kernel.ui.shapes import UnknownLevelError
from cityloop.kernel.ui.table import Column, Page, Row, Table, parse

NOW = datetime(2026, 7, 16, 10, 24, 36, tzinfo=UTC)
CITY = CityView("澜川市", "Lanchuan", "Asia/Shanghai", "zh-hans", True, 1)


@pytest.fixture(autouse=True)
def _fixed_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    compile_all()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(place, "current_city", lambda: CITY)
    with translation.override("zh-hans"):
        yield


def render(source: str, path: str = "/orders", **context: Any) -> str:
    request = RequestFactory().get(path)
    made = engines["django"].from_string("{% load ui %}" + source)
    return str(made.template.render(_context(request, context)))


def _context(request: Any, context: dict[str, Any]) -> Any:
    from django.template import Context

    return Context({"request": request, **context})


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ('{% level 2 "text" %}', "Ⅱ级 橙色 · 严重", "Level Ⅱ orange · severe"),
        ('{% level 1 "short" %}', "Ⅰ级", "Level Ⅰ"),
        ("{% level 4 %}", "Ⅳ级 蓝色，</span>", "Level Ⅳ blue, </span>"),
        ("{% ring 5 %}", "处置", "Handle"),
        ("{% ring 8 %}", "已结案", "Closed"),
        ("{{ 43|duration }}", "43 分", "43 min"),
        ("{{ 72|duration }}", "1 时 12 分", "1 h 12 min"),
        ("{{ 62|duration }}", "1 时 02 分", "1 h 2 min"),
        ("{{ 120|duration }}", "2 小时", "2 h"),
        ("{{ 3000|duration }}", "2 天 2 时", "2 d 2 h"),
        ('{% quantity 31 "cm" digits=1 %}', '<span class="num">31.0 厘米</span>', '<span class="num">31.0 cm</span>'),
        ('{% quantity -1.2 "mm/h" %}', "−1.2 毫米/时", "−1.2 mm/h"),
        ('{% quantity 98.7 "%" %}', "98.7 %", "98.7 %"),
        ('{% quantity 250 "µg/m³" %}', "250 微克/立方米", "250 µg/m³"),
        ('{% quantity 7 "furlong" %}', "7 furlong", "7 furlong"),
        ("{{ 10482|grouped }}", "10\N{NARROW NO-BREAK SPACE}482", "10\N{NARROW NO-BREAK SPACE}482"),
    ],
)
def test_words_in_both_languages(source: str, chinese: str, english: str) -> None:
    assert chinese in render(source)
    with translation.override("en"):
        assert english in render(source)


def test_level_shape_is_hidden_from_those_who_hear_the_word() -> None:
    assert render('{% level 3 "shape" %}') == '<span class="lv lv3" aria-hidden="true">Ⅲ</span>'


def test_level_that_does_not_exist() -> None:
    with pytest.raises(UnknownLevelError, match="Warning level is 9"):
        render("{% level 9 %}")
    with pytest.raises(TemplateSyntaxError, match="level has the form 'loud'; allowed: words, short"):
        render('{% level 2 "loud" %}')


@pytest.mark.parametrize(
    ("minutes", "used", "state", "words", "value"),
    [
        (54, 0.4, 'class="clock"', "剩 54 分", 'value="40"'),
        (9, 0.78, 'class="clock soon"', "剩 9 分", 'value="78"'),
        (0.2, 0.99, 'class="clock soon"', "剩 1 分", 'value="99"'),
        (-38, 1.4, 'class="clock late"', "超 38 分", 'value="100"'),
        (-62, 0.5, 'class="clock late"', "超 1 时 02 分", 'value="100"'),
    ],
)
def test_running_clock(minutes: float, used: float, state: str, words: str, value: str) -> None:
    html = render("{% clock due used %}", due=NOW + timedelta(minutes=minutes), used=used)
    assert state in html
    assert words in html
    assert value in html


def test_clock_with_a_note_and_a_finished_one() -> None:
    assert "剩 2 分，待接单" in render('{% clock due 0.8 note="待接单" %}', due=NOW + timedelta(minutes=2))
    assert "21 分，超 1 分" in render("{% clock_done 21 20 %}")
    assert "<progress" not in render("{% clock_done 21 %}")


@pytest.mark.parametrize(
    ("form", "chinese", "english"),
    [
        ("", "18:21", "18:21"),
        (":'date'", "2026 年 7 月 16 日", "16 Jul 2026"),
        (":'full'", "2026 年 7 月 16 日 18:21:36", "16 Jul 2026 18:21:36"),
        (":'seconds'", "7 月 16 日 18:21:36", "16 Jul 18:21:36"),
    ],
)
def test_local_time(form: str, chinese: str, english: str) -> None:
    at = NOW - timedelta(minutes=3)
    assert render(f"{{{{ at|local_time{form} }}}}", at=at).endswith(f">{chinese}</time>")
    with translation.override("en"):
        assert f">{english}</time>" in render(f"{{{{ at|local_time{form} }}}}", at=at)


def test_local_time_of_another_day_and_of_none() -> None:
    assert "7 月 15 日 12:24" in render("{{ at|local_time }}", at=NOW - timedelta(hours=30))
    assert "2025 年" in render("{{ at|local_time }}", at=NOW - timedelta(days=400))
    assert render("{{ at|local_time }}{{ at|age }}{{ at|duration }}", at=None) == "———"
    with pytest.raises(ValueError, match="local_time has the form 'iso'; allowed"):
        render("{{ at|local_time:'iso' }}", at=NOW)


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (4, "4 秒前", "4 s ago"),
        (61, "1 分钟前", "1 min ago"),
        (7300, "2 小时前", "2 h ago"),
        (200000, "2 天前", "2 d ago"),
    ],
)
def test_age(seconds: int, chinese: str, english: str) -> None:
    html = render("{{ at|age }}", at=NOW - timedelta(seconds=seconds))
    assert html.startswith("<time data-age datetime=")
    assert chinese in html
    with translation.override("en"):
        assert english in render("{{ at|age }}", at=NOW - timedelta(seconds=seconds))


def test_age_of_the_future_is_now() -> None:
    assert "0 秒前" in render("{{ at|age }}", at=NOW + timedelta(hours=1))


def test_localized_falls_back() -> None:
    both, own = {"name": "东泽区", "name_en": "Dongze"}, {"name": "东泽区", "name_en": ""}
    assert render("{{ a|localized }}{{ b|localized }}", a=both, b=own) == "东泽区东泽区"
    with translation.override("en"):
        assert render("{{ a|localized }} {{ b|localized }}", a=both, b=own) == "Dongze 东泽区"


def test_query_replace_sets_and_removes() -> None:
    path = "/orders?q=%E9%9D%92%E6%BA%AA&page=3&level=1&level=2"
    assert render("{% query_replace page=4 %}", path) == "?q=%E9%9D%92%E6%BA%AA&amp;level=1&amp;level=2&amp;page=4"
    assert render("{% query_replace page=None q='' %}", path) == "?level=1&amp;level=2"


def test_query_inputs_carry_the_filters() -> None:
    html = render('{% query_inputs "q" %}', "/orders?q=a&page=3&level=%22%3E&level=2")
    assert html == '<input type="hidden" name="level" value="&quot;&gt;"><input type="hidden" name="level" value="2">'


def make_table(total: int, *cells: object) -> Table:
    query = parse({"sort": "-due"}, sortable=("due",), default_sort="due", page_size=10)
    columns = (Column("no", "工单"), Column("due", "到期", sortable=True, numeric=True))
    rows = (Row(cells, href="/orders/1"),) if cells else ()
    return Table(
        "工单", columns, rows, Page.of(query, total), "?format=csv", "没有超期工单。", "/orders", "查看今天办结的"
    )


def test_table_says_how_many_sorts_and_pages() -> None:
    html = render('{% include "ui/parts/table.html" %}', "/orders?q=x&page=2", table=make_table(482, "GD-<1>", 3))
    assert "第 1–10 条，共 482 条" in html
    assert 'aria-sort="descending"><a href="?q=x&amp;sort=due">到期 ↓</a>' in html
    assert '<a href="/orders/1">GD-&lt;1&gt;</a>' in html
    assert 'href="?q=x&amp;page=2"' in html
    assert "下载 CSV" in html


def test_empty_table_says_why_and_what_to_do() -> None:
    html = render('{% include "ui/parts/table.html" %}', table=make_table(0))
    assert "没有超期工单。" in html
    assert "查看今天办结的" in html
    assert "<table" not in html


def test_row_with_too_few_cells_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        render('{% include "ui/parts/table.html" %}', table=make_table(1, "GD-1"))


class PlaceForm(forms.Form):
    place = forms.CharField(label="地点", help_text="路名加门牌", min_length=5)
    kind = forms.ChoiceField(
        label="类别", choices=[("a", "积水"), ("b", "路灯")], widget=forms.RadioSelect, required=False
    )


def test_form_field_names_its_hint_and_error() -> None:
    form = PlaceForm({"place": "桥下", "kind": "a"})
    html = render("{% error_summary form %}{% field form.place %}{% field form.kind %}", form=form)
    assert "有 1 处需要修改" in html
    assert '<a href="#id_place">' in html
    assert 'aria-describedby="id_place-h id_place-e"' in html
    assert 'aria-invalid="true"' in html
    assert "<fieldset" in html
    assert "（选填）" in html


def test_summary_names_the_field_that_was_left_empty() -> None:
    source = "{% error_summary form %}{% field form.place %}"
    html = render(source, form=PlaceForm({"place": ""}))
    assert '<a href="#id_place">“地点”必填。</a>' in html
    with translation.override("en"):
        assert '<a href="#id_place">“地点” is required.</a>' in render(source, form=PlaceForm({}))


def test_error_summary_of_a_list_and_of_nothing() -> None:
    html = render("{% error_summary errors %}", errors=[{"field": "old", "message": "<密码不对>"}])
    assert '<a href="#old">&lt;密码不对&gt;</a>' in html
    assert render("{% error_summary errors %}", errors=[]) == ""


def test_plain_field_shows_its_own_error_and_never_a_password() -> None:
    source = (
        '{% include "ui/parts/field.html" with name="old" label="密码" type="password" value="secret" '
        "errors=errors only %}"
    )
    html = render(source, errors=[{"field": "old", "message": "密码不对"}, {"field": "new", "message": "太短"}])
    assert "密码不对" in html
    assert "太短" not in html
    assert "secret" not in html
    assert 'aria-describedby="old-e"' in html


def test_loop_chain_timeline_figures() -> None:
    steps = [
        LoopStep(3, "批准方案乙", at=NOW, compared=Compared("峰值", "33", "31.8", "厘米")),
        LoopStep(6, "拍照", "todo", when="待 18:50"),
    ]
    html = render('{% include "ui/parts/loop.html" with steps=steps only %}', steps=steps)
    assert "峰值：预测 33，实测 <b>31.8</b> 厘米" in html
    assert 'class="todo"' in html
    chain = render(
        '{% include "ui/parts/chain.html" with links=links back=back back_label="写回" only %}',
        links=[ChainLink(1, "17:41", "15.2 厘米", "#s1")],
        back=[Link("第 3 版", "#s2")],
    )
    assert '<a href="#s1">感知</a> <b>17:41</b>' in chain
    assert '写回：<a href="#s2">第 3 版</a>' in chain
    log = render(
        '{% include "ui/parts/timeline.html" with entries=entries only %}', entries=[TimelineEntry(NOW, "结案", "系统")]
    )
    assert "系统：结案" in log
    figures = [Figure("最大水深", "31.0", "厘米", "青溪下穿", NOW, 2)]
    shown = render('{% include "ui/parts/figures.html" with figures=figures only %}', figures=figures)
    assert "Ⅱ级 橙色 · 严重" in shown
    assert "0 秒前" in shown
