"""Who calls, and what they may do: keys, sessions of the page, the SSO proxy, this machine."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from server.settings import Settings
from server.storage.database import Database, Key

SCOPES = ("ask", "feedback", "admin")
DEFAULT_SCOPES = ("ask", "feedback")
COOKIE = "duty_session"


@dataclass(frozen=True, slots=True)
class Caller:
    """`name` is what audit and feedback record, and what the rate limit counts by."""

    name: str
    scopes: frozenset[str]


class Refused(Exception):  # noqa: N818 - an outcome, which the guard turns into a response
    """Why a caller is turned away: `no_key` (none, or a malformed header) or `bad_key` (wrong or revoked)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Access:
    """Finds the caller of a request.

    While no key was ever created, everyone who can reach the server may do everything: server/run.py then listens on
    loopback only.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._proxies = [ipaddress.ip_network(network) for network in settings.proxy_addresses]
        self.needs_key = database.has_keys()

    def refresh(self) -> None:
        """Look whether a first key was created since; the server's watcher calls this."""
        self.needs_key = self.needs_key or self._database.has_keys()

    def caller(self, headers: Mapping[str, str], address: str) -> Caller:
        """The caller of a request with these headers (lower-case names). Raises Refused, StorageError."""
        if not self.needs_key and self._settings.page_access != "proxy":
            return Caller(f"local:{address}", frozenset(SCOPES))
        if "authorization" in headers:
            return self._of_key(headers["authorization"])
        mode = self._settings.page_access
        if mode == "proxy" and (user := self._proxy_user(headers, address)):
            return Caller(f"user:{user}", frozenset(DEFAULT_SCOPES))
        if mode == "key" and (token := session_token(headers)):
            if key := self._database.key_of_session(token):
                return _caller(key)
            raise Refused("bad_key", "the session has ended; sign in again")
        if mode == "open":
            return Caller(f"anonymous:{address}", frozenset(DEFAULT_SCOPES))
        raise Refused(
            "no_key", "an API key is needed: send Authorization: Bearer KEY; make one with: duty key create --name NAME"
        )

    def _of_key(self, header: str) -> Caller:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Refused("no_key", "malformed Authorization header; expected: Authorization: Bearer KEY")
        if key := self._database.key_of(secret.strip()):
            return _caller(key)
        raise Refused("bad_key", "this API key is unknown or revoked; list the valid ones with: duty key list")

    def _proxy_user(self, headers: Mapping[str, str], address: str) -> str | None:
        """The user that the proxy names; None unless the request comes from the proxy's own address."""
        try:
            trusted = any(ipaddress.ip_address(address) in network for network in self._proxies)
        except ValueError:
            return None
        user = headers.get(self._settings.proxy_header, "").strip()
        return user[:200] if trusted and user.isprintable() else None


def session_token(headers: Mapping[str, str]) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value or None


def _caller(key: Key) -> Caller:
    scopes = SCOPES if "admin" in key.scopes else key.scopes
    return Caller(f"key:{key.id}", frozenset(scopes))
