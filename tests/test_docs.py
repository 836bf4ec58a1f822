"""docs/service.md says all that there is: every setting with its default, every route, every metric."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from indexer.encoders.encoder import Encoder
from server.app import create_app
from server.settings import SETTINGS, Setting
from tests.platforms import EVERY_BOT
from tests.service import settings_for

ROOT = Path(__file__).parent.parent
SERVICE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.name for setting in SETTINGS])
def test_a_setting_is_documented_as_the_table_has_it(setting: Setting) -> None:
    default = f"`{setting.default}`" if setting.default else ""
    assert f"| `{setting.name}` | {default} | {setting.help} |" in SERVICE


def test_every_route_is_documented(home: Path, encoder: Encoder, tmp_path: Path) -> None:
    schema = create_app(settings_for(home, tmp_path, **EVERY_BOT), encoder).openapi()
    routes = {f"`{method.upper()} {path}`" for path, methods in schema["paths"].items() for method in methods}
    assert len(routes) > 12
    assert {route for route in routes if route not in SERVICE} == set()


def test_every_metric_is_documented() -> None:
    names = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in REGISTRY.collect()
        if metric.name.startswith("duty_")
    }
    assert len(names) > 8
    assert {name for name in names if f"`{name}`" not in SERVICE} == set()


def test_the_readme_is_short_and_leads_here() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/service.md" in readme
    assert len(readme.split()) < 600
