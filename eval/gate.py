"""The release gate: no metric significantly below the committed baseline, and the questions that broke by name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import DocumentError, NotFoundError
from eval.run import Outcome
from eval.significance import paired_randomisation

BASELINE = Path(__file__).with_name("baseline.json")
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Regression:
    """A metric that fell: means over the questions of both runs, p, and the questions that scored less than before."""

    metric: str
    before: float
    now: float
    p: float
    broken: tuple[str, ...]


def write_baseline(outcomes: Sequence[Outcome], path: Path = BASELINE) -> None:
    """Every question's scores, by id: what later runs are compared with, question by question."""
    scores = {
        outcome.gold.id: {name: round(value, 4) for name, value in outcome.scores.items()} for outcome in outcomes
    }
    lines = (
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(values)}" for name, values in sorted(scores.items())
    )
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def regressions(outcomes: Sequence[Outcome], path: Path = BASELINE) -> list[Regression]:
    """Metrics whose mean fell below the baseline with a paired p under LEVEL, over the questions that both runs have.

    Raises NotFoundError or DocumentError when there is no usable baseline, or it has no question of this run.
    """
    baseline = _read(path)
    known = [outcome for outcome in outcomes if outcome.gold.id in baseline]
    if not known:
        raise DocumentError(f"{path.name} has none of these questions; make it anew with: duty eval --save-baseline")
    found = []
    for metric in dict.fromkeys(name for outcome in known for name in outcome.scores):
        pairs = [
            (outcome.gold.id, baseline[outcome.gold.id][metric], round(outcome.scores[metric], 4))
            for outcome in known
            if metric in outcome.scores and metric in baseline[outcome.gold.id]
        ]
        before, now = [pair[1] for pair in pairs], [pair[2] for pair in pairs]
        p = paired_randomisation(before, now)
        if pairs and np.mean(now) < np.mean(before) and p < LEVEL:
            broken = tuple(name for name, first, second in pairs if second < first)
            found.append(Regression(metric, float(np.mean(before)), float(np.mean(now)), p, broken))
    return found


def _read(path: Path) -> dict[str, dict[str, float]]:
    if not path.is_file():
        raise NotFoundError(f"no baseline {path}; make one with: duty eval --save-baseline")
    try:
        content: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DocumentError(f"{path}: not JSON ({error}); make it anew with: duty eval --save-baseline") from None
    if not isinstance(content, dict) or not all(map(_are_scores, content.values())):
        raise DocumentError(
            f"{path}: expected scores by metric by question; make it anew with: duty eval --save-baseline"
        )
    return content


def _are_scores(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(score, int | float) for score in value.values())
