"""Every setting, in one table. A DUTY_* variable that is not in it is refused: a misspelt setting must not pass in silence."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from corpus.errors import SettingError

PREFIX = "DUTY_"


class Setting(NamedTuple):
    name: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("DUTY_HOME", ".duty", "folder of the index and of everything else that is kept"),
    Setting("DUTY_MODEL", "shipped", "embedding model: shipped, a sentence-transformers folder, or a model name"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path
    model: str


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises SettingError on an unknown or empty DUTY_* variable."""
    known = {setting.name: setting.default for setting in SETTINGS}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise SettingError(f"unknown setting {name}={value}; {hint}Allowed: {', '.join(known)}. Unset or correct it")
        if not value.strip():
            raise SettingError(f"setting {name} is empty; unset it for its default ({known[name]}) or give a value")
        known[name] = value
    return Settings(Path(known["DUTY_HOME"]), known["DUTY_MODEL"])
