"""`honeydesk bot finetune`: makes the leading encoder know the corpus, and takes the result only if it ranks better.

A low-rank adapter (`bot.encoder.adapter`) of the upper layers is trained so that a text lies near its entry's proxy, a
learned vector, and far from all the others' (Movshovitz-Attias et al. 2017, arXiv 1703.07464; softmax over cosines as
in Wang et al. 2017, arXiv 1704.06369). Proxies start as the means of the entries' texts and are thrown away in the end:
what ranks is retrieval, and entries written later profit as well. Texts are the phrasings in all locales, the answers
and logged pairs. Beside them it learns to tell the detectors' labels apart (`nlu/`, in all languages; phrasings are no
wish), through a linear layer that is thrown away as well: the detectors fit their own on what it has learned. The
adapted encoder is written in the layout of `models/encoder`, the adapter in it, and kept only if
R@1 on the held-out paraphrases rises, with the whole engine and the quantised graphs. Needs both extras,
sentence-transformers and encoder.
"""

import hashlib
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot.corpus import Corpus
from bot.detectors.examples import about_a_wish, is_wish
from bot.detectors.kinds import LABELS, label_of_intent
from bot.encoder.adapter import Adapted, Adapter
from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import NAME, Check, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.runtime import INT8_FILE, PLAIN_FILE, OnnxEncoder
from bot.encoder.torch_runtime import WEIGHTS_FILE, TorchEncoder
from bot.encoder.torch_weights import MATRICES, read_torch_weights, write_torch_weights
from bot.encoder.use import UseEncoder
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query

BATCH = 64
EPOCHS = 3
_RANK, _LAYERS = 16, 6
_SCALE = 2.0
_SHARPNESS = 15.0
_RATE, _PROXY_RATE = 1e-3, 4e-3
_TOKENS = 64
# Batches among which texts are sorted by length: padding is half the work otherwise.
_SORTED_TOGETHER = 16
_STARTING = 8


class Text(NamedTuple):
    """A text with its prompt; the place of its entry, and of its label in `LABELS`, each None where it has none."""

    text: str
    entry: int | None
    label: int | None


def lessons(corpus: Corpus, logged: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], list[Text]]:
    """The entries' texts, and everything that is learned from, those first."""
    texts = texts_of(corpus, logged)
    # Questions of these entries, and any that a pattern recognises, may be wishes: no label would be right.
    between = about_a_wish(corpus)
    found = [
        Text(text, place, None if entry_id in between or is_wish(text.split(": ", 1)[1]) else 0)
        for place, (entry_id, own) in enumerate(texts.items())
        for text in own
    ]
    for intent in corpus.nlu.intents:
        found += [Text(f"query: {text}", None, label_of_intent(intent.name)) for text in intent.texts]
    return texts, found


def texts_of(corpus: Corpus, logged: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Per entry what may stand for it. `logged`: (text, entry) of customers' messages that it answered."""
    found: dict[str, list[str]] = {}
    for entry in corpus.entries.values():
        own = [f"query: {text}" for body in entry.locales.values() for text in body.phrasings]
        own += [f"passage: {body.question} {body.answer}" for body in entry.locales.values()]
        found[entry.id] = own
    for text, entry_id in logged:
        if entry_id in found:
            found[entry_id].append(f"query: {text}")
    return found


def batches(texts: Sequence[Text], epochs: int, seed: int = 0) -> Iterator[list[Text]]:
    """Every text once an epoch, those of a length together."""
    draws = random.Random(seed)  # noqa: S311 - no secret
    flat = list(texts)
    for _ in range(epochs):
        draws.shuffle(flat)
        some = []
        for start in range(0, len(flat), BATCH * _SORTED_TOGETHER):
            part = sorted(flat[start : start + BATCH * _SORTED_TOGETHER], key=lambda text: len(text.text))
            some += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        draws.shuffle(some)
        yield from some


def train(
    model: Any, entries: Mapping[str, Sequence[str]], texts: Sequence[Text], epochs: int, *, quiet: bool = False
) -> Adapter:
    """The adapter for a loaded SentenceTransformer, which carries it afterwards; the progress bar goes to stderr."""
    import torch
    from torch.nn.functional import cross_entropy, normalize
    from tqdm import tqdm

    torch.manual_seed(0)
    middle, proxies = _starts(model, entries)
    added = _attach(model)
    wishes = torch.nn.Linear(len(middle), len(LABELS))
    weights = [weight for pair in added.values() for weight in pair]
    groups = [
        {"params": weights, "rate": _RATE},
        {"params": [proxies], "rate": _PROXY_RATE},
        {"params": wishes.parameters(), "rate": _PROXY_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, lr=_RATE, weight_decay=0.01)
    model.train()
    model.max_seq_length = _TOKENS
    steps = list(batches(texts, epochs))
    for number, batch in enumerate(tqdm(steps, desc="finetune", unit="batch", disable=quiet)):
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * min(1.0, (number + 1) / 30) * (1 - number / len(steps))
        with _half(torch):
            vectors = _vectors(model, [text.text for text in batch])
        near = normalize(vectors.float() - middle, dim=1)
        # -100 is what cross_entropy leaves out.
        owners = torch.tensor([-100 if text.entry is None else text.entry for text in batch])
        labels = torch.tensor([-100 if text.label is None else text.label for text in batch])
        loss = (
            cross_entropy(_SHARPNESS * near @ normalize(proxies, dim=1).T, owners, reduction="sum")
            + cross_entropy(_SHARPNESS * wishes(near), labels, reduction="sum")
        ) / len(batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
    model.eval()
    return Adapter({name: (down.detach().numpy(), _SCALE * up.detach().numpy()) for name, (down, up) in added.items()})


def _half(torch: Any) -> AbstractContextManager[Any]:
    """bfloat16 products where the processor has them, half the time; elsewhere they would take longer."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        flags = ""
    able = "avx512_bf16" in flags or "amx_bf16" in flags
    context: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16, enabled=able)
    return context


def _attach(model: Any) -> dict[str, tuple[Any, Any]]:
    """Freezes the model and adds (down, up) to every matrix of the upper layers; `up` is zero at first."""
    import torch

    class Sum(torch.nn.Module):  # type: ignore[misc]
        """A linear layer and what is learned beside it."""

        def __init__(self, linear: Any) -> None:
            super().__init__()
            self.linear = linear
            self.down = torch.nn.Parameter(torch.randn(_RANK, linear.in_features) / linear.in_features**0.5)
            self.up = torch.nn.Parameter(torch.zeros(linear.out_features, _RANK))

        def forward(self, rows: Any) -> Any:
            return self.linear(rows) + _SCALE * ((rows @ self.down.T) @ self.up.T)

    for weight in model.parameters():
        weight.requires_grad_(False)
    layers = model[0].auto_model.encoder.layer
    added: dict[str, tuple[Any, Any]] = {}
    for number in range(max(0, len(layers) - _LAYERS), len(layers)):
        for theirs, ours in MATRICES:
            *path, last = theirs.split(".")
            owner = layers[number]
            for step in path:
                owner = getattr(owner, step)
            both = Sum(getattr(owner, last))
            setattr(owner, last, both)
            added[f"l{number}.{ours}"] = (both.down, both.up)
    return added


def _starts(model: Any, texts: Mapping[str, Sequence[str]]) -> tuple[Any, Any]:
    """The mean of some texts' vectors (dimensions), and the entries' means less it as parameters (entries x
    dimensions). They are where training starts, so a few texts of each entry do."""
    import torch

    some = [own[:: max(1, len(own) // _STARTING)] for own in texts.values()]
    flat = [text for own in some for text in own]
    vectors = model.encode(flat, prompt="", batch_size=BATCH, convert_to_numpy=True, show_progress_bar=False)
    middle = vectors.mean(axis=0)
    ends = np.cumsum([len(own) for own in some])[:-1]
    means = np.stack([part.mean(axis=0) for part in np.split(vectors, ends)]) - middle
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return torch.tensor(middle), torch.nn.Parameter(torch.tensor(means))


def _vectors(model: Any, texts: list[str]) -> Any:
    import torch

    return torch.nn.functional.normalize(model(model.tokenize(texts))["sentence_embedding"], dim=1)


def regression(encoder: OnnxEncoder, second: UseEncoder, corpus: Corpus, rows: Sequence[tuple[str, str, str]]) -> float:
    """R@1 of (text, entry, locale) rows with the whole engine."""
    index = EmbeddedEngine(second, encoder).index(corpus, date.today())
    rankings = index.rank([Query(text, locale) for text, _, locale in rows], 1)
    hits = [
        bool(found.candidates) and found.candidates[0].entry_id == row[1]
        for found, row in zip(rankings, rows, strict=True)
    ]
    return float(np.mean(hits))


def finetune(
    base: Path,
    out: Path,
    corpus: Corpus,
    held: Sequence[tuple[str, str, str]],
    logged: Sequence[tuple[str, str]] = (),
    *,
    epochs: int = EPOCHS,
    quiet: bool = False,
) -> dict[str, Any]:
    """Trains `base` (a directory with torch weights) and writes `out` if R@1 on `held` rises. Raises EncoderMissing."""
    began = time.perf_counter()
    if out.exists():
        raise EncoderMissing(f"{out} exists: name a folder that does not")
    if not held:
        raise ValueError("no held-out rows to judge by")
    second = UseEncoder.open(base.with_name("encoder-use"))
    before = regression(OnnxEncoder.open(base), second, corpus, held)
    entries, texts = lessons(corpus, logged)
    adapter = train(TorchEncoder.open(str(base), cache=0).model, entries, texts, epochs, quiet=quiet)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tuned-") as scratch:
        draft = Path(scratch) / "encoder"
        export(adapter, base, draft)
        after = regression(OnnxEncoder.open(draft), second, corpus, held)
        taken = after > before
        if taken:
            draft.rename(out)
    told = {"taken": taken, "r1_before": round(before, 4), "r1_after": round(after, 4), "rows": len(held)}
    return {**told, "seconds": round(time.perf_counter() - began, 1), "out": str(out) if taken else None}


def export(adapter: Adapter, base: Path, out: Path) -> EncoderManifest:
    """Writes `base` with the adapter added, in the layout of `base`, and the adapter itself as a file in it."""
    from bot.encoder.graph import write_graphs

    known = read_manifest(base)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".encoder-") as scratch:
        draft = Path(scratch) / "encoder"
        shutil.copytree(base, draft, ignore=shutil.ignore_patterns("*.onnx", WEIGHTS_FILE, NAME))
        adapter.write(draft / "adapter.safetensors")
        weights = Adapted(read_torch_weights(base), adapter)
        write_torch_weights(weights, draft / WEIGHTS_FILE)
        (draft / "onnx").mkdir(exist_ok=True)
        write_graphs(weights, int8=draft / INT8_FILE, fp32=draft / PLAIN_FILE)
        vectors = OnnxEncoder.plain(draft).encode(CHECK_TEXTS)
        files = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        digests = {name: sha256_of(draft / name) for name in files}
        manifest = EncoderManifest(
            encoder=hashlib.sha256(f"{known.encoder}{digests['adapter.safetensors']}".encode()).hexdigest(),
            name=f"{known.name}, finetuned",
            licence=known.licence,
            dimensions=known.dimensions,
            files=digests,
            checks=tuple(Check.of(text, vector) for text, vector in zip(CHECK_TEXTS, vectors, strict=True)),
        )
        manifest.write(draft)
        draft.rename(out)
    return manifest
