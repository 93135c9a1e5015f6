import pytest

from cityloop.kernel import settings


def test_a_value_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITYLOOP_PORT", raising=False)
    assert (settings.value("CITYLOOP_PORT").text, settings.value("CITYLOOP_PORT").source) == ("8000", "default")
    monkeypatch.setenv("CITYLOOP_PORT", "8123")
    assert (settings.integer("CITYLOOP_PORT"), settings.value("CITYLOOP_PORT").source) == (8123, "environment")


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("CITYLOOP_PORT", "eighty", "allowed: a number"),
        ("CITYLOOP_PORT", "70000", "allowed: 1 to 65535"),
        ("CITYLOOP_STA_OPEN", "yes", "allowed: 0 or 1"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, message: str
) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(settings.SettingError, match=message) as caught:
        settings.value(name)
    assert name in str(caught.value)
    assert given in str(caught.value)


def test_a_variable_that_means_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLOOP_PROT", "8000")
    assert settings.unknown() == ["CITYLOOP_PROT"]


def test_every_setting_can_be_read() -> None:
    for setting in settings.SETTINGS:
        assert settings.value(setting.name).setting.help.endswith((".", ". "))
