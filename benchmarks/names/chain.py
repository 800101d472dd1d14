"""Fits a chain of labels over words (a CRF) by stochastic gradient descent."""

import random
import sys
import time

import numpy as np
from scipy import sparse

from benchmarks.names.lists import NAME
from supportsite.redaction import recogniser, words


class Encoded:
    """Examples as features and labels."""

    def __init__(self, examples, lexicon: words.Lexicon, rng: random.Random, *, hide: bool) -> None:
        self.columns, self.owners, self.labels, self.lengths = [], [], [], []
        for text, spans in examples:
            split = words.split(text)[:140]
            if not split:
                continue
            labels = np.zeros(len(split), np.int8)
            for start, end, label in spans:
                for at, word in enumerate(split):
                    if word.start < end and word.end > start:
                        labels[at] = label
            hidden = (
                {at for at in range(len(split)) if rng.random() < (0.4 if labels[at] == NAME else 0.05)}
                if hide
                else set()
            )
            found = words.features(split, lexicon, hidden=hidden)
            owner = np.concatenate(
                [np.repeat(np.arange(len(split)), found.counts), np.repeat(np.arange(len(split)), found.pairs.shape[1])]
            )
            self.columns.append(np.concatenate([found.own, found.pairs.ravel()]).astype(np.int32))
            self.owners.append(owner.astype(np.int32))
            self.labels.append(labels)
            self.lengths.append(len(split))


def _batches(data: Encoded, size: int, rng: random.Random):
    order = sorted(range(len(data.lengths)), key=lambda at: (data.lengths[at] // 4, rng.random()))
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(groups)
    for group in groups:
        longest = max(data.lengths[at] for at in group)
        rows = np.concatenate([data.owners[at] + place * longest for place, at in enumerate(group)])
        columns = np.concatenate([data.columns[at] for at in group])
        matrix = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(group) * longest, words.BUCKETS)
        )
        labels, mask = np.zeros((len(group), longest), np.int64), np.zeros((len(group), longest), bool)
        for place, at in enumerate(group):
            labels[place, : data.lengths[at]] = data.labels[at]
            mask[place, : data.lengths[at]] = True
        yield matrix, labels, mask


def _chain(scores, steps, labels, mask):
    """Gradients of the log-likelihood of a batch: of the scores (rows, words, labels) and of the steps."""
    rows, length, n = scores.shape
    forward = np.empty_like(scores)
    forward[:, 0] = scores[:, 0]
    for t in range(1, length):
        new = _sum(forward[:, t - 1, :, None] + steps[None], 1) + scores[:, t]
        forward[:, t] = np.where(mask[:, t, None], new, forward[:, t - 1])
    total = _sum(forward[:, -1], 1)
    backward = np.zeros_like(scores)
    expected = np.zeros_like(steps)
    for t in range(length - 2, -1, -1):
        later = scores[:, t + 1] + backward[:, t + 1]
        both = forward[:, t, :, None] + steps[None] + later[:, None, :] - total[:, None, None]
        expected += (np.exp(both) * mask[:, t + 1, None, None]).sum(0)
        backward[:, t] = np.where(mask[:, t + 1, None], _sum(steps[None] + later[:, None, :], 2), 0.0)
    marginal = np.exp(forward + backward - total[:, None, None]) * mask[..., None]
    gold = np.eye(n)[labels] * mask[..., None]
    pairs = np.zeros_like(steps)
    both = mask[:, 1:]
    np.add.at(pairs, (labels[:, :-1][both], labels[:, 1:][both]), 1)
    return gold - marginal, pairs - expected


def _sum(values, axis):
    most = values.max(axis=axis, keepdims=True)
    return np.squeeze(most, axis) + np.log(np.exp(values - most).sum(axis=axis))


def fit(data: Encoded, *, epochs: int, rate: float, decay: float, rng: random.Random):
    n = len(recogniser.LABELS)
    weights, squares = np.zeros((words.BUCKETS, n), np.float32), np.full((words.BUCKETS, n), 1e-2, np.float32)
    steps, step_squares = np.zeros((n, n)), np.full((n, n), 1e-2)
    for epoch in range(epochs):
        began = time.perf_counter()
        for matrix, labels, mask in _batches(data, 384, rng):
            scores = (matrix @ weights).reshape(*mask.shape, n).astype(np.float64)
            of_scores, of_steps = _chain(scores, steps, labels, mask)
            gradient = matrix.T @ (of_scores.reshape(-1, n).astype(np.float32) / len(mask))
            touched = np.flatnonzero(np.abs(gradient).sum(1))
            change = gradient[touched] - decay * weights[touched]
            squares[touched] += change**2
            weights[touched] += rate * change / np.sqrt(squares[touched])
            of_steps = of_steps / len(mask)
            step_squares += of_steps**2
            steps += 0.1 * of_steps / np.sqrt(step_squares)
        print(f"epoch {epoch}: {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    return weights, steps.astype(np.float32)
