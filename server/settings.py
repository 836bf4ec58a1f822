"""Every setting, in one table.

A DUTY_* variable that is not in it is refused: a misspelt setting must not pass in silence.
"""

import difflib
import importlib.util
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from corpus.errors import SettingError
from corpus.readers.limits import MAX_BYTES

PREFIX = "DUTY_"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(", ".join(words))
        return value

    return read


def _switch(value: str) -> bool:
    return _one_of("on", "off")(value) == "on"


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(host.lower() for host in _list(value))


def _origins(value: str) -> tuple[str, ...]:
    if not all(re.fullmatch(r"https?://[^/\s*]+", origin) for origin in _list(value)):
        raise ValueError("origins such as https://intranet.example.com, separated by commas; no *")
    return _list(value)


def _networks(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in _list(value))
    except ValueError:
        raise ValueError("IP addresses or networks such as 10.0.0.5, 10.1.0.0/16, separated by commas") from None


def _url(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value.rstrip("/")

    return read


def _header(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise ValueError("an HTTP header name such as X-Remote-User")
    return value.lower()


def _field(name: str) -> str:
    """The field of Settings that holds a setting.

    >>> _field("DUTY_PUBLIC_URL")
    'public_url'
    """
    return name.removeprefix(PREFIX).lower()


def _like(pattern: str, allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(allowed)
        return value

    return read


class Setting(NamedTuple):
    """`read` turns the value into what Settings holds; it raises ValueError that says what is allowed."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any]
    secret: bool

    @property
    def field(self) -> str:
        return _field(self.name)


def _setting(default: str, purpose: str, read: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    """A field of Settings. A secret is in no message and no log."""
    return field(repr=not secret, metadata={"default": default, "help": purpose, "read": read, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, where `DUTY_X_Y` is `x_y`.

    Each has its default as a variable would hold it, what it is for, and how it is read.
    """

    home: Path = _setting(".duty", "folder of the index and of everything else that is kept", Path)
    model: str = _setting("shipped", "embedding model: shipped, a sentence-transformers folder, or a model name")
    database_url: str = _setting(
        "",
        "database of keys, answers and feedback: a postgresql:// or sqlite:/// URL; "
        "by default service.sqlite in the home",
        _url("postgresql", "sqlite"),
        secret=True,
    )
    keep_versions: int = _setting("5", "index versions kept beside the current one, to go back to", _whole(0, 1000))
    audit: bool = _setting(
        "off", "on: keep who asked what; off: keep an answer's id and posts only, for feedback", _switch
    )
    keep_days: int = _setting(
        "90", "days after which answers are forgotten, asker and question included", _whole(1, 36500)
    )
    rate_per_minute: int = _setting(
        "600", "requests a minute that a key (or an address without one) has", _whole(1, 10**6)
    )
    max_body_bytes: int = _setting("1000000", "longest request body", _whole(1000, 10**9))
    max_upload_bytes: int = _setting("20971520", "longest document that may be uploaded", _whole(1000, MAX_BYTES))
    max_concurrent: int = _setting("100", "requests that a worker handles at once; more get 503", _whole(1, 10**5))
    timeout_seconds: int = _setting(
        "30", "seconds for a request's body to arrive, and again for its answer", _whole(1, 3600)
    )
    cache_answers: int = _setting(
        "4096", "answers that a worker remembers, for the same question again", _whole(0, 10**7)
    )
    cors_origins: tuple[str, ...] = _setting(
        "", "other sites whose pages may call the API, such as https://intranet.example.com", _origins
    )
    allowed_hosts: tuple[str, ...] = _setting(
        "",
        "Host headers that are answered, such as duty.example.com; "
        "by default loopback names without keys, any with keys",
        _hosts,
    )
    page_access: str = _setting(
        "key",
        "who may ask without a key of their own once there are keys: "
        "key (sign in with one), open (anyone), proxy (SSO)",
        _one_of("open", "key", "proxy"),
    )
    proxy_header: str = _setting("X-Remote-User", "header in which the SSO proxy names the user", _header)
    proxy_addresses: tuple[str, ...] = _setting(
        "", "addresses of the SSO proxy; the header counts from there only", _networks
    )
    public_url: str = _setting(
        "", "address that citations link to; by default that of the request", _url("http", "https")
    )
    llm_base_url: str = _setting(
        "", "OpenAI-compatible endpoint that words answers; none by default", _url("http", "https")
    )
    llm_model: str = _setting("", "the model to ask there")
    llm_api_key: str = _setting("", "the key to ask it with", secret=True)
    llm_timeout_seconds: int = _setting(
        "15", "seconds that the LLM has, retries included; then the extractive answer", _whole(1, 600)
    )
    bot_document: str = _setting("", "the only document (its slug) that bots answer from; empty: all")
    wecom_corp_id: str = _setting("", "WeCom: the corporation (企业ID); set, POST /bots/wecom answers")
    wecom_token: str = _setting("", "WeCom: the Token of the app's callback", secret=True)
    wecom_aes_key: str = _setting(
        "",
        "WeCom: the EncodingAESKey of the app's callback",
        _like("[A-Za-z0-9]{43}", "43 letters and digits"),
        secret=True,
    )
    wecom_agent_id: str = _setting(
        "", "WeCom: the app (AgentId), for answers as Markdown", _like("[0-9]{1,12}", "digits")
    )
    wecom_secret: str = _setting(
        "", "WeCom: the app's Secret; without it answers are the plain text of the HTTP response", secret=True
    )
    wecom_api: str = _setting("https://qyapi.weixin.qq.com", "WeCom: where its API is", _url("https", "http"))
    feishu_app_id: str = _setting("", "Feishu: the app (App ID)")
    feishu_app_secret: str = _setting("", "Feishu: the app's App Secret", secret=True)
    feishu_encrypt_key: str = _setting(
        "", "Feishu: the Encrypt Key of its events; set, POST /bots/feishu answers", secret=True
    )
    feishu_api: str = _setting(
        "https://open.feishu.cn", "Feishu: where its API is; https://open.larksuite.com for Lark", _url("https", "http")
    )
    dingtalk_client_id: str = _setting("", "DingTalk: the app (Client ID, formerly AppKey)")
    dingtalk_client_secret: str = _setting(
        "", "DingTalk: the app's Client Secret; set, POST /bots/dingtalk answers", secret=True
    )
    dingtalk_origins: tuple[str, ...] = _setting(
        "https://oapi.dingtalk.com", "DingTalk: the only sites that answers are sent to", _origins
    )


SETTINGS = tuple(Setting(f"{PREFIX}{one.name.upper()}", **one.metadata) for one in fields(Settings))

_TOGETHER = (
    ("DUTY_LLM_BASE_URL", "DUTY_LLM_MODEL"),
    ("DUTY_WECOM_CORP_ID", "DUTY_WECOM_TOKEN", "DUTY_WECOM_AES_KEY"),
    ("DUTY_WECOM_AGENT_ID", "DUTY_WECOM_SECRET"),
    ("DUTY_FEISHU_APP_ID", "DUTY_FEISHU_APP_SECRET"),
    ("DUTY_DINGTALK_CLIENT_ID", "DUTY_DINGTALK_CLIENT_SECRET"),
)
_NEEDS = (("DUTY_WECOM_SECRET", "DUTY_WECOM_CORP_ID"), ("DUTY_FEISHU_ENCRYPT_KEY", "DUTY_FEISHU_APP_ID"))


def need_extra(setting: str, extra: str, *libraries: str) -> None:
    """Raise SettingError where a setting needs libraries that are not installed."""
    if any(importlib.util.find_spec(library) is None for library in libraries):
        raise SettingError(
            f"{setting} needs {' and '.join(libraries)}, not installed here; unset it, or run: "
            f"pip install 'dutyfinder[{extra}]'"
        )


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises SettingError on an unknown, empty or malformed DUTY_* variable."""
    known = {setting.name: setting for setting in SETTINGS}
    values = {setting.name: setting.default for setting in SETTINGS}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            # Not its value: a secret's name may be misspelt too.
            hint = f"did you mean {close[0]}? " if close else ""
            raise SettingError(f"unknown setting {name}; {hint}Allowed: {', '.join(known)}. Unset or correct it")
        if not value.strip():
            default = known[name].default or "none"
            raise SettingError(f"setting {name} is empty; unset it for its default ({default}) or give a value")
        values[name] = value
    settings = Settings(**{setting.field: _read(setting, values[setting.name]) for setting in SETTINGS})
    _check_together(settings)
    return settings


def _read(setting: Setting, value: str) -> Any:
    try:
        return setting.read(value)
    except ValueError as error:
        shown = "" if setting.secret else f"={value}"
        raise SettingError(f"bad setting {setting.name}{shown}; allowed: {error}. Unset or correct it") from None


def _check_together(settings: Settings) -> None:
    """Settings that need each other. The message names the one that is missing."""
    if settings.page_access == "proxy" and not settings.proxy_addresses:
        raise SettingError(
            "DUTY_PAGE_ACCESS=proxy needs DUTY_PROXY_ADDRESSES: whose header to trust; for example 10.0.0.5"
        )
    for group in _TOGETHER:
        missing = [name for name in group if not getattr(settings, _field(name))]
        if 0 < len(missing) < len(group):
            raise SettingError(f"{missing[0]} is missing: {' and '.join(group)} are set together or not at all")
    for name, needed in _NEEDS:
        if getattr(settings, _field(name)) and not getattr(settings, _field(needed)):
            raise SettingError(f"{name} needs {needed} too")
