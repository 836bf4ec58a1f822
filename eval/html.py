"""A run as one self-contained page that a manager can read. The only module that imports jinja2."""

from collections.abc import Sequence
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader
from numpy.typing import ArrayLike

from eval.metrics import ReliabilityBin, RiskCoverage, reliability, risk_coverage
from eval.run import Outcome
from eval.summary import Summary

# What each headline number means, in the words of somebody who has to decide on it.
EXPLAINED = {
    "hit@1": "第一个岗位就对的问题占比（没有回答的算错）",
    "hit@3": "前三个岗位里有对的",
    "MRR@10": "正确岗位排名倒数的平均",
    "nDCG@5": "前五个岗位的排序质量，考虑主次",
    "clause recall@5": "应引用的条款有多少在前五条里",
    "clause recall@10": "应引用的条款有多少在前十条里",
    "answered when answerable": "文档里有的，回答了的占比",
    "refused when unanswerable": "文档里没有的，如实说没有的占比",
    "citation exactness": "引用的编号、文字、行号与原文完全一致",
    "AUROC answerable": "把握程度区分“文档里有/没有”的能力（1 为完美，0.5 为瞎猜）",
    "AUROC first right": "把握程度区分“答对/答错”的能力",
    "area under risk-coverage": "按把握从高到低回答时的平均出错率，越低越好",
    "coverage at 5% risk": "若只容许 5% 出错，能回答多少问题",
    "calibration error": "说的把握与实际答对率的平均差距，越低越好",
}
PLOT = 300


def render(summary: Summary, outcomes: Sequence[Outcome], index_version: str, gold: str) -> str:
    """The page as HTML. All texts are escaped; it loads nothing from elsewhere."""
    failures = sorted((outcome for outcome in outcomes if _failed(outcome)), key=lambda outcome: -outcome.confidence)
    return (
        _environment()
        .get_template("report.html")
        .render(
            summary=summary,
            outcomes=outcomes,
            failures=failures,
            explained=EXPLAINED,
            **_plots(summary.curve, summary.bins),
            index_version=index_version,
            gold=gold,
            now=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        )
    )


def _failed(outcome: Outcome) -> bool:
    if not outcome.gold.relevant:
        return not outcome.abstained
    return outcome.scores["hit@1"] == 0


def left_out_page(confidences: ArrayLike, right: ArrayLike, organisations: int) -> str:
    """The plots of questions to organisations that the confidence was not fitted on, as HTML."""
    curve, bins = risk_coverage(confidences, right), reliability(confidences, right)
    return (
        _environment()
        .get_template("left_out.html")
        .render(organisations=organisations, questions=len(curve.coverage), **_plots(curve, bins))
    )


def _environment() -> Environment:
    return Environment(loader=PackageLoader("eval", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _plots(curve: RiskCoverage, bins: Sequence[ReliabilityBin]) -> dict[str, object]:
    """What the templates of the plots need."""
    return {"curve": risk_coverage_points(curve), "bins": reliability_points(bins), "plot": PLOT}


def risk_coverage_points(curve: RiskCoverage) -> str:
    """The curve as SVG points in a square of PLOT: coverage to the right, risk upwards."""
    pairs = zip(curve.coverage, curve.risk, strict=True)
    return " ".join(f"{coverage * PLOT:.1f},{PLOT - risk * PLOT:.1f}" for coverage, risk in pairs)


def reliability_points(bins: Sequence[ReliabilityBin]) -> list[tuple[float, float, float, int]]:
    """Each bin as x, y, radius (by its share of all questions) and its number of questions."""
    total = sum(part.questions for part in bins)
    return [
        (part.confidence * PLOT, PLOT - part.accuracy * PLOT, 3 + 14 * (part.questions / total) ** 0.5, part.questions)
        for part in bins
    ]
