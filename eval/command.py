"""What `duty eval` does, one function a form."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from corpus.errors import DutyError, IndexMismatchError, UsageError
from corpus.load import load_corpus
from eval.beir import read_data_set, run_data_set, score_run, write_trec
from eval.candidates import candidates
from eval.compare import differences, run_configurations
from eval.gate import regressions, write_baseline
from eval.gold import read_gold
from eval.html import render
from eval.report import as_object, describe_regressions, print_differences, print_summary, to_json
from eval.run import check_gold, run_gold
from eval.summary import summarise
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, load_encoder
from indexer.index import open_index
from retriever.retriever import Retriever

GOLD = Path(__file__).with_name("gold")
TEST, DEV = GOLD / "test.jsonl", GOLD / "dev.jsonl"
StageProgress = Callable[[str, int, int], None]


class GateError(DutyError):
    """The release gate failed."""

    code = "below_baseline"


def evaluate_gold(
    retriever: Retriever,
    *,
    gold: Path | None,
    json_out: Path | None,
    html_out: Path | None,
    compare: bool,
    base: str | None,
    gate: bool,
    save_baseline: bool,
    report: StageProgress,
) -> None:
    """Score the gold questions on an index; raises GateError when the gate is asked for and a metric fell."""
    path = gold or TEST
    questions = read_gold(path)
    check_gold(questions, retriever.index, path.name)
    _check_folders(json_out, html_out)
    corpus = load_corpus([Path(source) for source in retriever.index.manifest.corpus_paths])
    if corpus.digest != retriever.index.manifest.corpus_sha256:
        raise IndexMismatchError("the documents have changed since they were indexed; run: duty index")
    outcomes = run_gold(questions, retriever, corpus, lambda done, total: report("ask", done, total))
    summary = summarise(outcomes)
    console = _console()
    print_summary(summary, console)
    if json_out is not None:
        json_out.write_text(to_json(as_object(summary, outcomes)), encoding="utf-8")
    if html_out is not None:
        html_out.write_text(render(summary, outcomes, retriever.index.version, path.name), encoding="utf-8")
    if compare:
        encoders = {"model in use": retriever.encoder, **({"base model": load_encoder(base)} if base else {})}
        runs = run_configurations(questions, corpus, encoders, report)
        full, *others = runs
        print_differences(full, {name: differences(runs[full], runs[name]) for name in others}, console)
    if gate and (found := regressions(outcomes)):
        console.print(describe_regressions(found, outcomes))
        raise GateError(
            f"{len(found)} metrics fell significantly below eval/baseline.json: "
            f"{', '.join(fall.metric for fall in found)}; "
            "mend what broke, or accept it with: duty eval --save-baseline"
        )
    if save_baseline:  # behind the gate: what is made the baseline first would always pass
        write_baseline(outcomes)


def _console() -> Console:
    """As wide as the terminal; wide enough for the tables where there is none.

    Questions may hold brackets: no markup.
    """
    return Console(markup=False, width=None if sys.stdout.isatty() else 160)


def _check_folders(*paths: Path | None) -> None:
    """Raise UsageError for an output whose folder is missing, before any work is done."""
    for path in filter(None, paths):
        if not path.parent.is_dir():
            raise UsageError(f"no such folder: {path.parent}; create it, or choose another place for {path.name}")


def evaluate_data_set(
    folder: Path, run_out: Path | None, json_out: Path | None, encoder: Encoder, report: StageProgress
) -> None:
    """Index a BEIR-layout folder in a temporary home, ask its judged queries, write the run and print the scores."""
    _check_folders(run_out, json_out)
    data = read_data_set(folder)
    with tempfile.TemporaryDirectory() as home:
        build_index(data.corpus, encoder, Path(home), report)
        retriever = Retriever(open_index(Path(home), encoder), encoder)
        run = run_data_set(data, retriever, lambda done, total: report("ask", done, total))
        retriever.index.store.close()
    if run_out is not None:
        write_trec(run, run_out)
    scores = score_run(data.qrels, run)
    console = _console()
    console.print(f"{len(data.corpus.clauses)} documents, {len(data.qrels)} queries, model {encoder.name}")
    for name, value in scores.items():
        console.print(f"{name:>12} {value:.4f}")
    if data.unknown:
        console.print(
            f"{len(data.unknown)} judged documents are not in corpus.jsonl and count as not found: "
            f"{' '.join(data.unknown[:10])}"
        )
    if json_out is not None:
        sizes = {
            "documents": len(data.corpus.clauses),
            "queries": len(data.qrels),
            "unknown_documents": list(data.unknown),
        }
        json_out.write_text(to_json({"metrics": scores, **sizes}), encoding="utf-8")


def write_candidates(feedback: Path, out: Path, retriever: Retriever) -> int:
    """Write the candidates for review; how many."""
    known = [question for path in (DEV, TEST) for question in read_gold(path)]
    found = candidates(feedback, known, retriever.index)
    out.write_text("".join(to_json(candidate).replace("\n", "") + "\n" for candidate in found), encoding="utf-8")
    return len(found)
