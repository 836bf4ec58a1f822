"""DUTY_* variables: defaults, values, and what is refused."""

from pathlib import Path

import pytest

from corpus.errors import SettingError
from corpus.settings import SETTINGS, Settings, read_settings


def test_defaults_leave_other_variables_alone() -> None:
    assert read_settings({"PATH": "", "HOME": "/home/somebody", "duty_home": "x"}) == Settings(Path(".duty"), "shipped")


def test_values() -> None:
    assert read_settings({"DUTY_HOME": "/srv/duty", "DUTY_MODEL": "BAAI/bge-m3"}) == Settings(Path("/srv/duty"), "BAAI/bge-m3")


def test_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTY_MODEL", "from-outside")
    assert read_settings().model == "from-outside"


@pytest.mark.parametrize(
    ("name", "meant"), [("DUTY_HOMES", "DUTY_HOME"), ("DUTY_MODLE", "DUTY_MODEL"), ("DUTY_HOm", "DUTY_HOME")]
)
def test_misspelt_name_suggests_the_near_one(name: str, meant: str) -> None:
    with pytest.raises(SettingError, match=rf"^unknown setting {name}=x; did you mean {meant}\? Allowed: .*{meant}"):
        read_settings({name: "x"})


def test_unknown_name_lists_what_is_allowed() -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_QQQQQQQQQQQQQQQ": "x"})
    allowed = ", ".join(setting.name for setting in SETTINGS)
    assert caught.value.message == f"unknown setting DUTY_QQQQQQQQQQQQQQQ=x; Allowed: {allowed}. Unset or correct it"


@pytest.mark.parametrize("value", ["", " \t"], ids=["empty", "blank"])
def test_empty_value_is_refused(value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_HOME": value})
    assert caught.value.message == "setting DUTY_HOME is empty; unset it for its default (.duty) or give a value"


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.name for setting in SETTINGS])
def test_every_setting_is_read(setting: tuple[str, str, str]) -> None:
    name, default, explained = setting
    assert read_settings({name: default}) == read_settings({}) != read_settings({name: "another"})
    assert explained
