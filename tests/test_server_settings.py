"""DUTY_* variables: defaults, values, and what is refused."""

from dataclasses import fields
from pathlib import Path

import pytest

from corpus.errors import SettingError
from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.settings import SETTINGS, Setting, Settings, read_settings


def test_defaults_leave_other_variables_alone() -> None:
    settings = read_settings({"PATH": "", "HOME": "/home/somebody", "duty_home": "x"})
    assert settings == read_settings({})
    assert (settings.home, settings.model, settings.audit, settings.page_access) == (
        Path(".duty"),
        "shipped",
        False,
        "key",
    )


def test_values() -> None:
    settings = read_settings({"DUTY_HOME": "/srv/duty", "DUTY_MODEL": "BAAI/bge-m3"})
    assert (settings.home, settings.model) == (Path("/srv/duty"), "BAAI/bge-m3")


def test_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTY_MODEL", "from-outside")
    assert read_settings().model == "from-outside"


@pytest.mark.parametrize(
    ("name", "meant"), [("DUTY_HOMES", "DUTY_HOME"), ("DUTY_MODLE", "DUTY_MODEL"), ("DUTY_HOm", "DUTY_HOME")]
)
def test_misspelt_name_suggests_the_near_one(name: str, meant: str) -> None:
    with pytest.raises(SettingError, match=rf"^unknown setting {name}; did you mean {meant}\? Allowed: .*{meant}"):
        read_settings({name: "x"})


def test_unknown_name_lists_what_is_allowed() -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_QQQQQQQQQQQQQQQ": "x"})
    allowed = ", ".join(setting.name for setting in SETTINGS)
    assert caught.value.message == f"unknown setting DUTY_QQQQQQQQQQQQQQQ; Allowed: {allowed}. Unset or correct it"


def test_the_value_of_a_misspelt_secret_is_not_shown() -> None:
    with pytest.raises(
        SettingError, match=r"^unknown setting DUTY_LLM_APIKEY; did you mean DUTY_LLM_API_KEY\?"
    ) as caught:
        read_settings({"DUTY_LLM_APIKEY": "sk-123"})
    assert "sk-123" not in caught.value.message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"DUTY_LLM_BASE_URL": "http://127.0.0.1:1/v1", "DUTY_LLM_MODEL": "m"},
            (
                "DUTY_LLM_BASE_URL needs openai and pybreaker, not installed here; unset it, or run: "
                "pip install 'dutyfinder[llm]'"
            ),
        ),
        (
            {"DUTY_DATABASE_URL": "postgresql://duty@db/duty"},
            (
                "DUTY_DATABASE_URL with postgresql:// needs psycopg, not installed here; unset it, or run: "
                "pip install 'dutyfinder[postgres]'"
            ),
        ),
    ],
    ids=["llm", "postgres"],
)
def test_a_setting_whose_library_is_not_installed_names_the_extra(
    given: dict[str, str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: Encoder
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingError) as caught:
        create_app(read_settings({"DUTY_HOME": str(tmp_path), **given}), encoder)
    assert caught.value.message == message


def test_hosts_are_compared_in_lower_case() -> None:
    assert read_settings({"DUTY_ALLOWED_HOSTS": "Duty.Example.COM, duty"}).allowed_hosts == ("duty.example.com", "duty")


def test_no_upload_is_longer_than_what_is_read() -> None:
    with pytest.raises(SettingError, match="allowed: a whole number from 1000 to 20971520"):
        read_settings({"DUTY_MAX_UPLOAD_BYTES": "20971521"})


@pytest.mark.parametrize("value", ["", " \t"], ids=["empty", "blank"])
def test_empty_value_is_refused(value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_HOME": value})
    assert caught.value.message == "setting DUTY_HOME is empty; unset it for its default (.duty) or give a value"


OTHER_VALUES = {
    "DUTY_DATABASE_URL": "postgresql://duty@db/duty",
    "DUTY_AUDIT": "on",
    "DUTY_KEEP_DAYS": "7",
    "DUTY_KEEP_VERSIONS": "1",
    "DUTY_MAX_UPLOAD_BYTES": "4000",
    "DUTY_RATE_PER_MINUTE": "5",
    "DUTY_MAX_BODY_BYTES": "2000",
    "DUTY_MAX_CONCURRENT": "3",
    "DUTY_TIMEOUT_SECONDS": "4",
    "DUTY_CACHE_ANSWERS": "0",
    "DUTY_CORS_ORIGINS": "https://intranet.example.com",
    "DUTY_ALLOWED_HOSTS": "duty.example.com, duty",
    "DUTY_PAGE_ACCESS": "open",
    "DUTY_PROXY_HEADER": "X-User",
    "DUTY_PROXY_ADDRESSES": "10.0.0.5, 10.1.0.0/16",
    "DUTY_PUBLIC_URL": "https://duty.example.com",
    "DUTY_LLM_TIMEOUT_SECONDS": "3",
    "DUTY_WECOM_API": "https://wecom.example.com",
    "DUTY_FEISHU_API": "https://open.larksuite.com",
    "DUTY_DINGTALK_ORIGINS": "https://dingtalk.example.com",
}
_WECOM = {"DUTY_WECOM_CORP_ID": "ww1", "DUTY_WECOM_TOKEN": "t", "DUTY_WECOM_AES_KEY": "a" * 43}
_WECOM_APP = {**_WECOM, "DUTY_WECOM_AGENT_ID": "1000002", "DUTY_WECOM_SECRET": "s"}
_FEISHU = {"DUTY_FEISHU_APP_ID": "cli_1", "DUTY_FEISHU_APP_SECRET": "s", "DUTY_FEISHU_ENCRYPT_KEY": "k"}
_DINGTALK = {"DUTY_DINGTALK_CLIENT_ID": "ding1", "DUTY_DINGTALK_CLIENT_SECRET": "s"}
TOGETHER = {
    **{name: group for group in (_WECOM_APP, _FEISHU, _DINGTALK) for name in group},
    "DUTY_LLM_BASE_URL": {"DUTY_LLM_BASE_URL": "http://llm:8080/v1", "DUTY_LLM_MODEL": "qwen"},
    "DUTY_LLM_MODEL": {"DUTY_LLM_BASE_URL": "http://llm:8080/v1", "DUTY_LLM_MODEL": "qwen"},
}


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.name for setting in SETTINGS])
def test_every_setting_is_read_and_explained(setting: Setting) -> None:
    environment = TOGETHER.get(setting.name, {setting.name: OTHER_VALUES.get(setting.name, "another")})
    assert getattr(read_settings(environment), setting.field) != getattr(read_settings({}), setting.field)
    assert setting.help


def test_the_table_and_the_fields_are_the_same() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("DUTY_AUDIT", "yes", "on, off"),
        ("DUTY_PAGE_ACCESS", "sso", "open, key, proxy"),
        ("DUTY_KEEP_DAYS", "0", "a whole number from 1 to 36500"),
        ("DUTY_RATE_PER_MINUTE", "1.5", "a whole number from 1 to 1000000"),
        ("DUTY_MAX_BODY_BYTES", "-1", "a whole number from 1000"),
        ("DUTY_CORS_ORIGINS", "*", "origins such as https://intranet.example.com"),
        ("DUTY_PROXY_ADDRESSES", "proxy.local", "IP addresses or networks such as 10.0.0.5"),
        ("DUTY_PROXY_HEADER", "X User", "an HTTP header name such as X-Remote-User"),
        ("DUTY_PUBLIC_URL", "duty.example.com", "a URL that starts with http:// or https://"),
        ("DUTY_WECOM_AGENT_ID", "my app", "digits"),
        ("DUTY_DINGTALK_ORIGINS", "dingtalk", "origins such as https://"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({name: value})
    assert caught.value.message.startswith(f"bad setting {name}={value}; allowed: {allowed}")


def test_a_secret_is_in_no_message_and_no_repr() -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_DATABASE_URL": "mysql://root:hunter2@db/duty"})
    assert "hunter2" not in caught.value.message
    assert "postgresql:// or sqlite://" in caught.value.message
    environment = {
        **_WECOM_APP, **_FEISHU, **_DINGTALK,
        **dict.fromkeys((setting.name for setting in SETTINGS if setting.secret), "hunter" * 7 + "s"),
        "DUTY_DATABASE_URL": "postgresql://duty:hunter2@db/duty",
    }  # fmt: skip
    assert "hunter" not in repr(read_settings(environment))
    with pytest.raises(SettingError) as caught:
        read_settings({"DUTY_WECOM_AES_KEY": "hunter2"})
    assert caught.value.message == "bad setting DUTY_WECOM_AES_KEY; allowed: 43 letters and digits. Unset or correct it"


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"DUTY_PAGE_ACCESS": "proxy"}, "DUTY_PROXY_ADDRESSES"),
        ({"DUTY_LLM_MODEL": "qwen"}, "DUTY_LLM_BASE_URL"),
        ({"DUTY_LLM_BASE_URL": "http://llm/v1"}, "DUTY_LLM_MODEL"),
        ({"DUTY_WECOM_CORP_ID": "ww1", "DUTY_WECOM_TOKEN": "t"}, "DUTY_WECOM_AES_KEY is missing"),
        ({"DUTY_WECOM_AGENT_ID": "1", "DUTY_WECOM_SECRET": "s"}, "DUTY_WECOM_SECRET needs DUTY_WECOM_CORP_ID"),
        ({"DUTY_FEISHU_APP_ID": "cli_1"}, "DUTY_FEISHU_APP_SECRET is missing"),
        ({"DUTY_FEISHU_ENCRYPT_KEY": "k"}, "DUTY_FEISHU_ENCRYPT_KEY needs DUTY_FEISHU_APP_ID"),
        ({"DUTY_DINGTALK_CLIENT_SECRET": "s"}, "DUTY_DINGTALK_CLIENT_ID is missing"),
    ],
)
def test_settings_that_need_each_other(environment: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingError, match=missing):
        read_settings(environment)
