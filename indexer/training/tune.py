"""Tune a BERT encoder: questions learn to find their clauses.

The loss is that of multiple negatives (Henderson et al. 2017, "Efficient Natural Language Response Suggestion for Smart
Reply"): each question must find its clause among all clauses of the batch, right and wrong ones.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase, get_cosine_schedule_with_warmup

from indexer.training.triples import Duty, Hardest, Triple, batches, triples
from indexer.training.weights import Ranges, Weights

MAX_TOKENS = 64
PART = 48  # texts of like length that are encoded together: padding is work
RATE = 1.5e-4
WARM_UP = 0.1  # share of the steps
SCALE = 50.0  # what a cosine is multiplied by in the softmax: the lower, the more the easy negatives count
KEPT_EVERY = 50  # steps


def fine_tune(model: Path, duties: Sequence[Duty], hardest: Hardest, work: Path, *, epochs: int, seed: int) -> Weights:
    """The tuned weights by their torch names.

    What a run has done it keeps in `work` every few minutes: after it was stopped, the same call goes on from there and
    ends with the same weights. Embeddings stay as they are: they hold half of the weights, and what a small data set
    would teach them does not carry over to words that it lacks.
    """
    torch.manual_seed(seed)
    encoder = AutoModel.from_pretrained(model, add_pooling_layer=False).float()
    encoder.embeddings.requires_grad_(requires_grad=False)
    tuning = _Tuning(encoder, AutoTokenizer.from_pretrained(model))
    plan = list(_plan(duties, hardest, epochs, seed))
    trained = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.0)
    schedule = get_cosine_schedule_with_warmup(optimizer, int(WARM_UP * len(plan)), len(plan))
    parts = {"encoder": encoder, "optimizer": optimizer, "schedule": schedule}
    kept = work / "checkpoint.pt"
    first = 0
    if kept.exists():
        content = torch.load(kept)
        first = content.pop("step")
        for name, part in parts.items():
            part.load_state_dict(content[name])
    tuning.train()
    for step in range(first, len(plan)):
        torch.manual_seed(seed + step)
        with torch.autocast("cpu", torch.bfloat16, enabled=training_precision() == "bf16"):
            loss = tuning(plan[step])
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if (step + 1) % KEPT_EVERY == 0:
            print(f"step {step + 1} of {len(plan)}: loss {loss.item():.3f}", flush=True)
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save(states | {"step": step + 1}, kept.with_suffix(".part"))
            kept.with_suffix(".part").replace(kept)
    return {name: tensor.detach().numpy() for name, tensor in encoder.state_dict().items()}


def input_ranges(model: Path, texts: Sequence[str]) -> Ranges:
    """For each matrix of a model, the largest absolute value of each channel that goes into it for these texts."""
    encoder = AutoModel.from_pretrained(model, add_pooling_layer=False).float().eval()
    ranges: dict[str, Tensor] = {}

    def note(name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
        def see(_layer: nn.Module, inputs: tuple[Tensor]) -> None:
            widest = inputs[0].abs().flatten(0, -2).amax(dim=0)
            ranges[name] = torch.maximum(ranges.get(name, widest), widest)

        return see

    for name, layer in encoder.named_modules():
        if isinstance(layer, nn.Linear):
            layer.register_forward_pre_hook(note(f"{name}.weight"))
    tokenizer = AutoTokenizer.from_pretrained(model)
    with torch.no_grad():
        for text in texts:  # one by one: no padding, whose values nobody asks for
            _first_tokens(encoder, tokenizer, [text])
    return {name: widest.numpy() for name, widest in ranges.items()}


def training_precision() -> str:
    """`bf16` where the processor computes in it, else `float32`.

    Elsewhere bf16 is emulated, and takes 2.5 times as long.
    """
    capabilities = torch.cpu.get_capabilities()
    return "bf16" if any(has for name, has in capabilities.items() if name.endswith("bf16")) else "float32"


def _plan(duties: Sequence[Duty], hardest: Hardest, epochs: int, seed: int) -> Iterator[list[Triple]]:
    for epoch in range(epochs):
        generator = random.Random(seed + epoch)
        yield from batches(triples(duties, hardest, generator), generator)


class _Tuning(nn.Module):
    """The loss of a batch."""

    def __init__(self, encoder: nn.Module, tokenizer: PreTrainedTokenizerBase) -> None:
        super().__init__()
        self._encoder, self._tokenizer = encoder, tokenizer

    def forward(self, batch: Sequence[Triple]) -> Tensor:
        texts = [text for place in ("anchor", "positive", "negative") for text in (getattr(t, place) for t in batch)]
        vectors = self._encode(texts)
        questions, found = vectors[: len(batch)], vectors[len(batch) :]
        clauses = torch.tensor([*(triple.right for triple in batch), *(triple.wrong for triple in batch)])
        right = torch.arange(len(batch))
        also_right = clauses[right, None] == clauses[None]
        also_right[right, right] = False
        scores = (SCALE * questions @ found.T).masked_fill(also_right, -torch.inf)
        return functional.cross_entropy(scores, right)

    def _encode(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, shape (texts, dimension)."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [order[start : start + PART] for start in range(0, len(order), PART)]
        vectors = torch.cat(
            [_first_tokens(self._encoder, self._tokenizer, [texts[place] for place in part]) for part in parts]
        )
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return functional.normalize(vectors[back].float(), dim=-1)


def _first_tokens(encoder: nn.Module, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> Tensor:
    """The hidden states of [CLS], shape (texts, dimension)."""
    inputs = tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    first: Tensor = encoder(**inputs).last_hidden_state[:, 0]
    return first
