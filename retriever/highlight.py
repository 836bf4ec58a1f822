"""Where a clause's text holds the question's words."""

from collections.abc import Iterable, Iterator

from indexer.normalise import fold


def highlights(text: str, tokens: Iterable[str]) -> list[tuple[int, int]]:
    """Spans [start, end) of `text`, in order and apart, that hold one of the tokens."""
    folded = fold(text)
    spans = sorted(
        (start, start + len(token)) for token in tokens if token in folded for start in _occurrences(token, folded)
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _occurrences(token: str, text: str) -> Iterator[int]:
    start = text.find(token)
    while start >= 0:
        yield start
        start = text.find(token, start + 1)
