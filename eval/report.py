"""A run for people at a terminal (tables) and for machines (one JSON object)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from eval.compare import Difference
from eval.gate import Regression
from eval.run import Outcome
from eval.summary import Measured, Summary

SLICE_METRICS = ("hit@1", "hit@3", "clause recall@5", "answered when answerable", "refused when unanswerable")
SIGNIFICANT = 0.05
SHOWN_CHANGES = 8


def print_summary(summary: Summary, console: Console) -> None:
    """Headline numbers with 95% intervals, slices, latency."""
    table = Table("metric", "value", "95% interval", "questions", title_justify="left")
    for name, measured in summary.metrics.items():
        low, high = measured.interval
        table.add_row(name, f"{measured.value:.3f}", f"{low:.3f} to {high:.3f}", str(measured.count))
    console.print(table)
    slices = Table("slice", *SLICE_METRICS)
    for name, metrics in summary.slices.items():
        slices.add_row(name, *(_cell(metrics.get(metric)) for metric in SLICE_METRICS))
    console.print(slices)
    console.print(
        "latency in process: " + ", ".join(f"{name} {value:.1f} ms" for name, value in summary.latency_ms.items())
    )


def _cell(measured: Measured | None) -> str:
    return "" if measured is None else f"{measured.value:.3f} ({measured.count})"


def print_differences(full: str, compared: Mapping[str, Sequence[Difference]], console: Console) -> None:
    """Each configuration against the full one: means, p, and which questions changed.

    A mark says where it is significant.
    """
    console.print(f"full configuration: {full}; * p < {SIGNIFICANT} (paired randomisation)")
    for name, differences in compared.items():
        table = Table("metric", "full", "this", "difference", "p", "", "lost", "won", title=name, title_justify="left")
        for found in differences:
            mark = "*" if found.p < SIGNIFICANT else ""
            gap = f"{found.other - found.full:+.3f}"
            table.add_row(
                found.metric,
                f"{found.full:.3f}",
                f"{found.other:.3f}",
                gap,
                f"{found.p:.4f}",
                mark,
                _changed(found.lost),
                _changed(found.won),
            )
        console.print(table)


def _changed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN_CHANGES} more" if len(ids) > SHOWN_CHANGES else ""
    return f"{len(ids)}: {' '.join(ids[:SHOWN_CHANGES])}{more}" if ids else "0"


def describe_regressions(found: Sequence[Regression], outcomes: Sequence[Outcome]) -> str:
    """What the gate says when it fails: metric, before and now, p, and the questions that broke."""
    questions = {outcome.gold.id: outcome.gold.question for outcome in outcomes}
    lines = []
    for regression in found:
        lines.append(
            f"{regression.metric} fell from {regression.before:.3f} to {regression.now:.3f} (p {regression.p:.4f}):"
        )
        lines += [f"  {name} {questions[name]}" for name in regression.broken]
    return "\n".join(lines)


def as_object(summary: Summary, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything about a run, for machines."""
    return {
        "metrics": {name: _measured(measured) for name, measured in summary.metrics.items()},
        "slices": {
            name: {key: _measured(value) for key, value in part.items()} for name, part in summary.slices.items()
        },
        "latency_ms": dict(summary.latency_ms),
        "risk_coverage": {"coverage": summary.curve.coverage.tolist(), "risk": summary.curve.risk.tolist()},
        "reliability": [part._asdict() for part in summary.bins],
        "questions": [_outcome(outcome) for outcome in outcomes],
    }


def _measured(measured: Measured) -> dict[str, Any]:
    return {"value": measured.value, "interval": list(measured.interval), "questions": measured.count}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.gold.id,
        "question": outcome.gold.question,
        "kind": outcome.gold.kind.value,
        "expected": {str(post): grade for post, grade in outcome.gold.posts.items()},
        "posts": list(outcome.posts),
        "nearest": list(outcome.nearest),
        "clauses": list(outcome.clauses),
        "abstained": outcome.abstained,
        "confidence": outcome.confidence,
        "scores": outcome.scores,
    }


def to_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
