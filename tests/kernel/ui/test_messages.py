"""Every message of the whole tree speaks Chinese, and speaks it right."""

import os
import re
from pathlib import Path

import pytest

from cityloop.kernel.ui import messages
from cityloop.kernel.ui.messages import (
    BadMessageError,
    Message,
    compile_all,
    extract,
    feature_of,
    from_python,
    from_template,
)

UI = messages.PACKAGE / "kernel" / "ui"
USED = extract()
FEATURES = sorted(USED)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
_HAN = r"[\u4e00-\u9fff]"
_HALF_WIDTH = re.compile(rf"{_HAN}\s*[,;:!?()]|[,;:!?()]\s*{_HAN}|{_HAN}\.(?!\w)")
_TIGHT_DIGIT = re.compile(rf"{_HAN}[0-9]|[0-9]{_HAN}")
_MARKUP = re.compile(r"<[^>]+>|https?://\S+|`[^`]+`")


def name_of(feature: Path) -> str:
    return str(feature.relative_to(messages.PACKAGE))


def translations(feature: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    """Context and text → translation, as the feature's own file has it."""
    source = feature / "locale" / messages.LANGUAGE / "LC_MESSAGES" / "django.po"
    if not source.exists():
        return {}
    found = {}
    for entry in messages.read(source):
        if entry.id:
            text = entry.id[0] if isinstance(entry.id, tuple) else entry.id
            said = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            found[entry.context or "", text] = tuple(part or "" for part in said)
    return found


COMMON = translations(UI)
SOURCES = sorted(messages.PACKAGE.glob(f"**/locale/{messages.LANGUAGE}/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_every_message_is_translated(feature: Path) -> None:
    known = {**COMMON, **translations(feature)}
    missing = [
        f"{message.text!r} ({where})"
        for message, where in USED[feature].items()
        if not all(part.strip() for part in known.get(message.key, ("",)))
    ]
    shown = "; ".join(missing[:10])
    assert not missing, f"{name_of(feature)}: {len(missing)} messages without zh-Hans: {shown}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: name_of(path.parents[3]))
def test_no_translation_is_left_over(source: Path) -> None:
    feature = source.parents[3]
    features = FEATURES if feature == UI else [feature]
    used = {message.key for one in features for message in USED.get(one, {})}
    unused = sorted(text for context, text in translations(feature) if (context, text) not in used)
    assert not unused, f"{source}: nobody says {unused}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: name_of(path.parents[3]))
def test_placeholders_are_the_same(source: Path) -> None:
    for (_, text), said in translations(source.parents[3]).items():
        for part in said:
            assert set(_PLACEHOLDER.findall(part)) == set(_PLACEHOLDER.findall(text)), f"{source}: {text!r} → {part!r}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: name_of(path.parents[3]))
def test_chinese_is_set_as_chinese(source: Path) -> None:
    for said in translations(source.parents[3]).values():
        for part in said:
            plain = _MARKUP.sub("", _PLACEHOLDER.sub("", part))
            assert not _HALF_WIDTH.search(plain), f"{source}: half-width punctuation beside Chinese in {part!r}"
            assert not _TIGHT_DIGIT.search(plain), f"{source}: no space between Chinese and digits in {part!r}"


def test_python_messages_of_every_kind() -> None:
    code = (
        '_("a" "b"); gettext_noop("c"); pgettext("clock", "d"); ngettext("%(n)s e", "%(n)s es", 2); '
        'x.gettext("f"); _(name)'
    )
    assert [message for _, message in from_python(code, "x.py")] == [
        Message("ab"), Message("c"), Message("d", context="clock"), Message("%(n)s e", "%(n)s es"), Message("f"),
    ]  # fmt: skip


def test_python_message_that_is_put_together_is_refused() -> None:
    with pytest.raises(
        BadMessageError, match=r"x\.py:1: _\(\) is called with a text put together; allowed: one plain string"
    ):
        list(from_python('_(f"{count} rows")', "x.py"))


def test_template_messages_of_every_kind() -> None:
    source = """{% translate "a" %}{% translate 'b' context "clock" as x %}{% include "x" with label=_("c") %}
{{ _("d %") }}
{% blocktranslate count n=rows|length trimmed %}
  {{ n }} row
{% plural %}{{ n }} rows
{% endblocktranslate %}{% blocktranslate with p=1 %}100 % of {{ p }}{% endblocktranslate %}"""
    found = [message for _, message in from_template(source, "x.html")]
    assert found == [
        Message("a"), Message("b", context="clock"), Message("c"), Message("d %%"), Message("%(n)s row", "%(n)s rows"),
        Message("100 %% of %(p)s"),
    ]  # fmt: skip


def test_template_block_without_an_end_is_refused() -> None:
    with pytest.raises(BadMessageError, match=r"x\.html:1: a blocktranslate has no end"):
        list(from_template("{% blocktranslate %}a", "x.html"))


def test_feature_of_a_file() -> None:
    package = messages.PACKAGE
    assert feature_of(package / "serve" / "orders" / "templates" / "x.html") == package / "serve" / "orders"
    assert feature_of(package / "kernel" / "clock.py") == package / "kernel"


def test_compiling_writes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "serve" / "orders" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    source.write_text(header + 'msgid "Order"\nmsgstr "工单"\n', encoding="utf-8")
    assert compile_all(tmp_path) == [source.with_suffix(".mo")]
    assert "工单".encode() in source.with_suffix(".mo").read_bytes()
    assert compile_all(tmp_path) == []
    os.utime(source, (4e9, 4e9))
    assert len(compile_all(tmp_path)) == 1


def test_a_broken_translation_file_is_named(tmp_path: Path) -> None:
    source = tmp_path / "x" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_bytes('msgid "a"\nmsgstr "工单"\n'.encode("gb18030"))
    with pytest.raises(BadMessageError, match=r"django\.po can't be read: .* Correct the file; allowed: gettext PO"):
        compile_all(tmp_path)
