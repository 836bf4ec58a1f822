"""schemathesis: requests made up from /openapi.json, good and bad, for every route; none may be a server error."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from indexer.encoders.encoder import Encoder
from server.app import create_app
from tests.platforms import EVERY_BOT
from tests.service import running, settings_for

EXAMPLES = 15


@pytest.fixture(scope="module")
def schema(home: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    changed = tmp_path_factory.mktemp("home") / "home"  # some requests change what is in it
    shutil.copytree(home, changed)
    settings = settings_for(changed, tmp_path_factory.mktemp("database"), rate_per_minute="1000000", **EVERY_BOT)
    with running(create_app(settings, encoder)) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_no_request_makes_the_server_fail(schema: Any, mode: schemathesis.GenerationMode) -> None:
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 12
    statuses: set[int] = set()
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def check(case: Any) -> None:
            response = case.call()
            statuses.add(response.status_code)
            assert response.status_code < 500, f"{case.method} {case.path}: {response.status_code} {response.text}"

        # A route without parameters has no wrong ones.
        with (
            contextlib.suppress(Unsatisfiable)
            if mode is schemathesis.GenerationMode.NEGATIVE
            else contextlib.nullcontext()
        ):
            check()
    assert statuses & {200, 422}
