"""What organisations do: duties of other organisations, against which a question is held beside the corpus.

How near a question is to the best clause of a corpus says little by itself: some questions are near to everything. What
tells is whether the duties of hundreds of other organisations are nearer. Speaker verification normalises scores by
such a cohort for the same reason (Auckenthaler et al. 2000, "Score Normalization for Text-Independent Speaker
Verification Systems"). The duties are those of the bank that also trains the encoder. Beside them stands what is no
question at all (bank/chatter.txt): what is said to a bot in passing, in any language, and what keyboards make.

    python -m indexer.background        writes the vectors of the shipped model, after a change of model or bank
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus.errors import IndexDamagedError
from indexer.dense import STEPS
from indexer.encoders.encoder import SHIPPED_FOLDER, Encoder, Vectors, load_encoder
from indexer.normalise import normalise
from indexer.topic import asked_text

BANK = Path(__file__).with_name("bank")
CHATTER = BANK / "chatter.txt"
FILE = "background.npz"


class BankDuty(NamedTuple):
    """A duty of an invented organisation, and how people ask for it."""

    organisation: str
    department: str
    position: str | None
    clause: str
    questions: tuple[str, ...]

    @property
    def text(self) -> str:
        """As the encoder sees a clause: with its post."""
        return f"{self.department}{self.position or ''}：{self.clause}"


def read_bank() -> Iterator[BankDuty]:
    """Every duty of indexer/bank/, file by file."""
    for path in sorted(BANK.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield BankDuty(row["org"], row["department"], row["position"], row["clause"], tuple(row["questions"]))


class Background(NamedTuple):
    """Vectors, of shape (duties, dimension) and (strings, dimension)."""

    duties: Vectors
    chatter: Vectors


class Digest(NamedTuple):
    """What vectors are of: an encoder, and texts."""

    identity: str
    texts: str


def write_background(encoder: Encoder, folder: Path, earlier: Path | None) -> None:
    """Into a version's folder, where the encoder is not the shipped one, with which they ship.

    They are taken over from an `earlier` version of the same encoder. Raises OSError.
    """
    digest = _digest(encoder)
    if _kept(SHIPPED_FOLDER, digest) is None:
        save_background((earlier and _kept(earlier, digest)) or encode_background(encoder), digest, folder)


def load_background(folder: Path, encoder: Encoder) -> Background:
    """Those of a version, or those that ship. Raises IndexDamagedError."""
    for path in (folder / FILE, SHIPPED_FOLDER / FILE):
        try:
            if path.exists() and (found := _read(path)).identity == encoder.identity:
                return found.background
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexDamagedError(f"{path} cannot be read ({error}); rebuild it with: duty index") from error
    raise IndexDamagedError(f"{folder / FILE} is missing; rebuild it with: duty index")


def encode_background(encoder: Encoder) -> Background:
    return Background(*map(encoder.encode_passages, _texts()))


def save_background(background: Background, digest: Digest, folder: Path) -> None:
    """In signed bytes. Raises OSError."""
    scale = float(max(np.abs(part).max(initial=0) for part in background)) / STEPS or 1.0
    duties, chatter = (np.rint(part / np.float32(scale)).astype(np.int8) for part in background)
    np.savez(folder / FILE, duties=duties, chatter=chatter, scale=scale, digest=np.array(digest))


class _Read(NamedTuple):
    identity: str
    texts: str
    background: Background


def _read(path: Path) -> _Read:
    with np.load(path) as kept:
        scale = np.float32(kept["scale"])
        identity, texts = map(str, kept["digest"])
        return _Read(identity, texts, Background(kept["duties"] * scale, kept["chatter"] * scale))


def _kept(folder: Path, digest: Digest) -> Background | None:
    """What a folder has, if it is of this encoder and these texts."""
    if not (folder / FILE).exists():
        return None
    found = _read(folder / FILE)
    return found.background if (found.identity, found.texts) == digest else None


def _texts() -> tuple[list[str], list[str]]:
    duties = [normalise(duty.text) for duty in read_bank()]
    chatter = [asked_text(normalise(line)) for line in CHATTER.read_text(encoding="utf-8").splitlines()]
    return duties, chatter


def _digest(encoder: Encoder) -> Digest:
    return Digest(encoder.identity, _texts_digest())


@cache
def _texts_digest() -> str:
    """Of the bank as it is when a process first asks."""
    duties, chatter = _texts()
    return hashlib.sha256("\0".join((*duties, "", *chatter)).encode()).hexdigest()


def main() -> None:
    encoder = load_encoder()
    background = encode_background(encoder)
    save_background(background, _digest(encoder), SHIPPED_FOLDER)
    print(f"{len(background.duties)} duties and {len(background.chatter)} lines of chatter: {SHIPPED_FOLDER / FILE}")


if __name__ == "__main__":
    main()
