"""What a build takes over from the version before it: vectors and tokens of the texts that did not change.

Each row of a version is known by the digest of the text that it was made from. What the earlier version does not have
is made anew, so that an index built on an earlier one says the same as one built from nothing (tested).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexUnavailableError
from indexer.dense import DenseIndex
from indexer.encoders.encoder import Encoder, Progress
from indexer.tokenise import Tokeniser
from indexer.versions import IndexPaths, Manifest, verify_encoder, verify_files

DIGESTS_FILE = "texts.npy"  # beside the vectors of each kind, in their order
TOKENS_FILE = "tokens.npz"
DICTIONARY_FILE = "dictionary.json"
_DIGEST_BYTES = 16

Digests = NDArray[np.uint8]


def earlier_version(paths: IndexPaths, encoder: Encoder) -> Path | None:
    """The folder of the current version; None where there is none, or it is damaged, or of another format or model."""
    try:
        name = paths.current_version()
        if name is None:
            return None
        folder = paths.version(name)
        manifest = Manifest.load(folder)
        verify_encoder(manifest, encoder)
        verify_files(folder, manifest)
    except IndexUnavailableError:
        return None
    return folder


# -- vectors -----------------------------------------------------------------------------------------------------------


def vector_indexes(
    texts: Mapping[str, Sequence[str]],
    rows: Mapping[str, NDArray[np.int64]],
    encoder: Encoder,
    earlier: Path | None,
    progress: Progress,
) -> dict[str, DenseIndex]:
    """For each kind of texts its index, in which text i belongs to rows[i]."""
    old = {} if earlier is None else {kind: DenseIndex.load(earlier / kind) for kind in texts}
    found = {
        kind: _matches(_digests(part), np.load(earlier / kind / DIGESTS_FILE) if earlier else _digests(()))
        for kind, part in texts.items()
    }
    missing = {kind: np.flatnonzero(places < 0) for kind, places in found.items()}
    new = [texts[kind][place] for kind, places in missing.items() for place in places.tolist()]
    vectors = encoder.encode_passages(new, progress) if new else np.empty((0, encoder.dimension), dtype=np.float32)
    indexes, start = {}, 0
    for kind, places in missing.items():
        whole = np.empty((len(texts[kind]), encoder.dimension), dtype=np.float32)
        whole[places] = vectors[start : start + len(places)]
        start += len(places)
        if len(places) < len(whole):
            taken = found[kind] >= 0
            whole[taken] = old[kind].vectors()[found[kind][taken]]
        indexes[kind] = DenseIndex.build(whole, rows[kind])
        if len(places) < len(whole) and indexes[kind].scale != old[kind].scale:
            # The largest component came or went. Rounded bytes do not round again to what they were rounded from.
            return vector_indexes(texts, rows, encoder, None, progress)
    return indexes


def save_digests(texts: Sequence[str], folder: Path) -> None:
    np.save(folder / DIGESTS_FILE, _digests(texts))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()


def _digests(texts: Sequence[str]) -> Digests:
    """Shape (texts, 16)."""
    return np.frombuffer(b"".join(map(_digest, texts)), dtype=np.uint8).reshape(-1, _DIGEST_BYTES)


def _matches(wanted: Digests, held: Digests) -> NDArray[np.int64]:
    """For each wanted digest the place of its own among the held, -1 without one. Equal texts take theirs in order."""
    places: dict[bytes, list[int]] = {}
    for place in range(len(held) - 1, -1, -1):
        places.setdefault(held[place].tobytes(), []).append(place)
    found = np.full(len(wanted), -1, dtype=np.int64)
    for index, digest in enumerate(wanted):
        if mine := places.get(digest.tobytes()):
            found[index] = mine.pop() if len(mine) > 1 else mine[0]
    return found


# -- tokens ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens of a version's texts as numbers, text after text; `spans` finds a text's by its digest."""

    spans: Mapping[bytes, tuple[int, int]]
    numbers: NDArray[np.int32]
    vocabulary: Sequence[str]

    def of(self, digest: bytes) -> list[str] | None:
        if digest not in self.spans:
            return None
        start, end = self.spans[digest]
        return [self.vocabulary[number] for number in self.numbers[start:end].tolist()]


def tokenise_all(
    texts: Sequence[str], words: Sequence[str], earlier: Path | None, progress: Progress
) -> tuple[list[list[str]], Tokeniser]:
    """The tokens of each text, and a tokeniser that knows only the words of these texts."""
    kept = None if earlier is None else _read_tokens(earlier / TOKENS_FILE, words)
    tokens = [None if kept is None else kept.of(digest) for digest in map(_digest, texts)]
    fresh = [text for text, known in zip(texts, tokens, strict=True) if known is None]
    full = Tokeniser.full(words) if fresh else None
    for index, text in enumerate(texts):
        if tokens[index] is None and full is not None:
            tokens[index] = full.tokens(text)
        progress(index + 1, len(texts))
    new = full.restricted_to(fresh) if full else None
    if kept is not None and earlier is not None:
        before = Tokeniser.load(earlier / DICTIONARY_FILE)
        new = before.narrowed_to(texts, new)
    assert new is not None
    return [part for part in tokens if part is not None], new


def save_tokens(texts: Sequence[str], tokens: Sequence[list[str]], words: Sequence[str], path: Path) -> None:
    vocabulary: dict[str, int] = {}
    numbers = [vocabulary.setdefault(token, len(vocabulary)) for part in tokens for token in part]
    np.savez(
        path,
        texts=_digests(texts),
        words=_words_digest(words),
        ends=np.cumsum([len(part) for part in tokens], dtype=np.int64),
        numbers=np.array(numbers, dtype=np.int32),
        vocabulary=np.frombuffer(json.dumps([*vocabulary]).encode(), dtype=np.uint8),
    )


def _read_tokens(path: Path, words: Sequence[str]) -> _Tokens | None:
    """None when the tokens were cut with other words."""
    with np.load(path) as kept:
        if not np.array_equal(kept["words"], _words_digest(words)):
            return None
        ends = kept["ends"].tolist()
        spans = {text.tobytes(): span for text, span in zip(kept["texts"], pairwise([0, *ends]), strict=True)}
        return _Tokens(spans, kept["numbers"], json.loads(kept["vocabulary"].tobytes()))


def _words_digest(words: Sequence[str]) -> Digests:
    return _digests(["\0".join(words)])
