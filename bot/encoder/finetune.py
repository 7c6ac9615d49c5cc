"""`honeydesk bot finetune`: makes the leading encoder know the corpus, and takes the result only if it ranks better.

Contrastive: in a batch every entry comes once, a text is pulled to another text of its entry (phrasings in all locales,
answers, logged pairs) and pushed from the others'. The vocabulary's table stays as it is, so its 4-bit blocks remain
exact and the artefact keeps its size. Judged by R@1 on the held-out paraphrases, with the whole engine; the artefact
is written in the layout of `models/encoder`, graphs included. Needs both extras, sentence-transformers and encoder.
"""

import hashlib
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bot.corpus import Corpus
from bot.encoder.build import CHECK_TEXTS
from bot.encoder.manifest import NAME, Check, EncoderManifest, EncoderMissing, read_manifest, sha256_of
from bot.encoder.runtime import INT8_FILE, PLAIN_FILE, OnnxEncoder
from bot.encoder.torch_runtime import WEIGHTS_FILE, TorchEncoder
from bot.encoder.use import UseEncoder
from bot.engines.embedded import EmbeddedEngine
from bot.engines.port import Query

BATCH = 24
_TEMPERATURE, _RATE, _TOKENS = 0.05, 2e-5, 64

# Texts of an entry with the prompt each is read with.
Texts = Mapping[str, Sequence[str]]


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
    return {entry_id: texts for entry_id, texts in found.items() if len(texts) > 1}


def batches(texts: Texts, epochs: int, seed: int = 0) -> Iterator[list[tuple[str, str]]]:
    """Pairs of different texts of an entry, an entry once a batch; in an epoch every text leads about once."""
    draws = random.Random(seed)  # noqa: S311 - no secret
    rounds = max(1, round(sum(map(len, texts.values())) / max(1, len(texts))))
    for _ in range(epochs * rounds):
        order = draws.sample(sorted(texts), len(texts))
        for start in range(0, len(order), BATCH):
            pairs = [draws.sample(list(texts[entry_id]), 2) for entry_id in order[start : start + BATCH]]
            if len(pairs) > 1:
                yield [(left, right) for left, right in pairs]


def train(model: Any, texts: Texts, epochs: int, *, quiet: bool = False) -> None:
    """Trains a loaded SentenceTransformer in place; the progress bar goes to stderr."""
    import torch
    from tqdm import tqdm

    body = model[0].auto_model
    body.embeddings.word_embeddings.weight.requires_grad_(False)
    wanted = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(wanted, lr=_RATE)
    model.train()
    model.max_seq_length = _TOKENS
    steps = list(batches(texts, epochs))
    torch.manual_seed(0)
    for number, pairs in enumerate(tqdm(steps, desc="finetune", unit="batch", disable=quiet)):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (number + 1) / 20) * (1 - number / len(steps))
        sides = [_vectors(model, [pair[side] for pair in pairs]) for side in (0, 1)]
        scores = sides[0] @ sides[1].T / _TEMPERATURE
        target = torch.arange(len(pairs))
        loss = (
            torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)
        ) / 2
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(wanted, 1.0)
        optimiser.step()
    model.eval()


def _vectors(model: Any, texts: list[str]) -> Any:
    import torch

    return torch.nn.functional.normalize(model(model.tokenize(texts))["sentence_embedding"], dim=1)


def regression(encoder: Any, second: UseEncoder, corpus: Corpus, rows: Sequence[tuple[str, str, str]]) -> float:
    """R@1 of (text, entry, locale) rows with the whole engine."""
    index = EmbeddedEngine(encoder, second).index(corpus, date.today())
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
    epochs: int = 1,
    quiet: bool = False,
) -> dict[str, Any]:
    """Trains `base` (a directory with torch weights) and writes `out` if R@1 on `held` rises. Raises EncoderMissing."""
    began = time.perf_counter()
    leading = TorchEncoder.open(str(base), cache=0)
    second = UseEncoder.open(base.with_name("encoder-use"))
    before = regression(leading, second, corpus, held)
    train(leading.model, texts_of(corpus, logged), epochs, quiet=quiet)
    after = regression(TorchEncoder(leading.model, identity="candidate", cache=0), second, corpus, held)
    taken = after > before
    if taken:
        export(leading.model, base, out)
    told = {"taken": taken, "r1_before": round(before, 4), "r1_after": round(after, 4), "rows": len(held)}
    return {**told, "seconds": round(time.perf_counter() - began, 1), "out": str(out) if taken else None}


def export(model: Any, base: Path, out: Path) -> EncoderManifest:
    """Writes a trained model in the layout of `base`, which gives everything but the weights."""
    from safetensors.numpy import save_file

    from bot.encoder.graph import write_graphs
    from bot.encoder.torch_weights import read_torch_weights

    if out.exists():
        raise EncoderMissing(f"{out} exists: name a folder that does not")
    known = read_manifest(base)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".encoder-") as scratch:
        draft = Path(scratch) / "encoder"
        shutil.copytree(base, draft, ignore=shutil.ignore_patterns("*.onnx", WEIGHTS_FILE, NAME))
        state = model[0].auto_model.state_dict()
        tensors = {name: value.detach().cpu().numpy() for name, value in state.items() if value.is_floating_point()}
        save_file(tensors, str(draft / WEIGHTS_FILE), metadata={"format": "pt"})
        (draft / "onnx").mkdir(exist_ok=True)
        write_graphs(read_torch_weights(draft), int8=draft / INT8_FILE, fp32=draft / PLAIN_FILE)
        vectors = OnnxEncoder.plain(draft).encode(CHECK_TEXTS)
        files = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        digests = {name: sha256_of(draft / name) for name in files}
        manifest = EncoderManifest(
            encoder=hashlib.sha256(f"{known.encoder}{digests[WEIGHTS_FILE]}".encode()).hexdigest(),
            name=f"{known.name}, finetuned",
            licence=known.licence,
            dimensions=known.dimensions,
            files=digests,
            checks=tuple(Check.of(text, vector) for text, vector in zip(CHECK_TEXTS, vectors, strict=True)),
        )
        manifest.write(draft)
        draft.rename(out)
    return manifest
