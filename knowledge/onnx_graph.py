"""Writes the ONNX graph of all-MiniLM-L6-v2 without weights: its tensors point into the package's safetensors file.

The protobuf bytes are written by hand, so that neither `onnx` nor a converter is needed. The field numbers are those
of onnx.proto3 (ONNX IR 10). The graph ends with mean pooling over the attention mask and an L2 norm, as the model's
card says.
Run `python -m knowledge.onnx_graph MODEL.safetensors OUT.onnx` to look at one by itself.
"""

import json
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = 1e-12
FLOAT, INT64 = 1, 7
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_INTS = 1, 2, 7
_EXTERNAL = 1
FLOAT_MASK = "float_mask"


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _whole(tag: int, number: int) -> bytes:
    return _varint(tag << 3) + _varint(number)


def _real(tag: int, number: float) -> bytes:
    return _varint(tag << 3 | 5) + struct.pack("<f", number)


def _bytes(tag: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(tag << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: float | int | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return _bytes(1, name) + _real(2, value) + _whole(20, _ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return _bytes(1, name) + _whole(3, value) + _whole(20, _ATTRIBUTE_INT)
    return _bytes(1, name) + b"".join(_whole(8, v) for v in value) + _whole(20, _ATTRIBUTE_INTS)


def _value_info(name: str, kind: int, shape: Iterable[int | str]) -> bytes:
    dims = b"".join(_bytes(1, _bytes(2, d) if isinstance(d, str) else _whole(1, d)) for d in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _whole(1, kind) + _bytes(2, dims)))


def tensor_places(header: dict[str, dict[str, Any]], start: int) -> dict[str, tuple[list[int], int, int]]:
    """Name → (shape, offset in the file, length in bytes) of every float tensor of a safetensors header."""
    places = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = entry["data_offsets"]
            places[name] = (list(entry["shape"]), start + begin, end - begin)
    return places


def read_places(weights: Path) -> dict[str, tuple[list[int], int, int]]:
    """The places of the tensors in a safetensors file."""
    with weights.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        return tensor_places(json.loads(file.read(size)), 8 + size)


@dataclass
class _Graph:
    """Nodes and tensors in the order in which they were added."""

    places: dict[str, tuple[list[int], int, int]]
    location: str
    nodes: list[bytes] = field(default_factory=list)
    tensors: dict[str, bytes] = field(default_factory=dict)

    def weight(self, name: str) -> str:
        """A tensor that lies in the weights file."""
        if name not in self.tensors:
            shape, offset, length = self.places[name]
            entries = {"location": self.location, "offset": str(offset), "length": str(length)}
            outside = b"".join(_bytes(13, _bytes(1, key) + _bytes(2, value)) for key, value in entries.items())
            dims = b"".join(_whole(1, d) for d in shape)
            self.tensors[name] = dims + _whole(2, FLOAT) + _bytes(8, name) + outside + _whole(14, _EXTERNAL)
        return name

    def constant(self, name: str, values: Sequence[int] | float) -> str:
        """A small constant inside the graph: a list of int64, or one float."""
        if isinstance(values, float):
            body = _whole(2, FLOAT) + _bytes(8, name) + _bytes(9, struct.pack("<f", values))
        else:
            body = _whole(1, len(values)) + _whole(2, INT64) + _bytes(8, name)
            body += _bytes(9, struct.pack(f"<{len(values)}q", *values))
        self.tensors[name] = body
        return name

    def add(self, kind: str, *inputs: str, named: str = "", **attributes: float | int | Sequence[int]) -> str:
        """A node; its output's name is made up unless `named` gives it."""
        output = named or f"{kind.lower()}_{len(self.nodes)}"
        body = b"".join(_bytes(1, i) for i in inputs) + _bytes(2, output) + _bytes(3, output) + _bytes(4, kind)
        body += b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
        self.nodes.append(body)
        return output

    def linear(self, x: str, name: str) -> str:
        """x · Wᵀ + b over rows of (tokens, width)."""
        return self.add("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def norm(self, x: str, name: str) -> str:
        return self.add(
            "LayerNormalization",
            x,
            self.weight(f"{name}.weight"),
            self.weight(f"{name}.bias"),
            axis=-1,
            epsilon=EPSILON,
        )

    def model(self, inputs: Iterable[bytes], outputs: Iterable[bytes]) -> bytes:
        graph = b"".join(_bytes(1, n) for n in self.nodes) + _bytes(2, "all-MiniLM-L6-v2")
        graph += b"".join(_bytes(5, t) for t in self.tensors.values())
        graph += b"".join(_bytes(11, i) for i in inputs) + b"".join(_bytes(12, o) for o in outputs)
        return _whole(1, 10) + _bytes(2, "tandem") + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _whole(2, 20))


def _embeddings(g: _Graph) -> str:
    """Word + position + first token type, as rows of (batch · length, width)."""
    shape = g.add("Shape", "input_ids")
    length = g.add("Slice", shape, g.constant("one", [1]), g.constant("two", [2]))
    positions = g.add("Slice", g.weight("embeddings.position_embeddings.weight"), g.constant("zero", [0]), length)
    kind = g.add("Slice", g.weight("embeddings.token_type_embeddings.weight"), "zero", "one")
    words = g.add("Gather", g.weight("embeddings.word_embeddings.weight"), "input_ids")
    total = g.add("Add", g.add("Add", words, positions), kind)
    rows = g.add("Reshape", total, g.constant("rows", [-1, WIDTH]))
    g.add("Concat", shape, g.constant("heads", [HEADS, WIDTH // HEADS]), axis=0, named="split_shape")
    g.add("Concat", shape, g.constant("width", [WIDTH]), axis=0, named="whole_shape")
    return g.norm(rows, "embeddings.LayerNorm")


def _mask(g: _Graph) -> str:
    """0 where a token is, a very negative number where padding is, as (batch, 1, 1, length)."""
    g.add("Cast", "attention_mask", named=FLOAT_MASK, to=FLOAT)
    absent = g.add("Sub", g.constant("unit", 1.0), FLOAT_MASK)
    return g.add("Unsqueeze", g.add("Mul", absent, g.constant("far", -1e9)), g.constant("head_axes", [1, 2]))


def _attention(g: _Graph, x: str, layer: str, mask: str) -> str:
    def heads(part: str, order: Sequence[int]) -> str:
        flat = g.linear(x, f"{layer}.attention.self.{part}")
        return g.add("Transpose", g.add("Reshape", flat, "split_shape"), perm=order)

    scores = g.add("MatMul", heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]))
    scaled = g.add("Mul", scores, g.constant("scale", (WIDTH / HEADS) ** -0.5))
    shares = g.add("Softmax", g.add("Add", scaled, mask), axis=-1)
    mixed = g.add("MatMul", shares, heads("value", [0, 2, 1, 3]))
    return g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), "rows")


def _layer(g: _Graph, x: str, layer: str, mask: str) -> str:
    attended = g.linear(_attention(g, x, layer, mask), f"{layer}.attention.output.dense")
    x = g.norm(g.add("Add", x, attended), f"{layer}.attention.output.LayerNorm")
    inner = g.add("Gelu", g.linear(x, f"{layer}.intermediate.dense"))
    return g.norm(g.add("Add", x, g.linear(inner, f"{layer}.output.dense")), f"{layer}.output.LayerNorm")


def _pool(g: _Graph, x: str) -> None:
    tokens = g.add("Unsqueeze", FLOAT_MASK, "two")
    kept = g.add("Mul", g.add("Reshape", x, "whole_shape"), tokens)
    mean = g.add("Div", g.add("ReduceSum", kept, "one", keepdims=0), g.add("ReduceSum", tokens, "one", keepdims=0))
    g.add("LpNormalization", mean, axis=1, p=2, named="embedding")


def graph_bytes(places: dict[str, tuple[list[int], int, int]], location: str) -> bytes:
    """The whole model: input_ids and attention_mask (batch, length) int64 → embedding (batch, 384) float32."""
    g = _Graph(places, location)
    x, mask = _embeddings(g), _mask(g)
    for number in range(LAYERS):
        x = _layer(g, x, f"encoder.layer.{number}", mask)
    _pool(g, x)
    inputs = [_value_info(name, INT64, ["batch", "length"]) for name in ("input_ids", "attention_mask")]
    return g.model(inputs, [_value_info("embedding", FLOAT, ["batch", WIDTH])])


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.write_bytes(graph_bytes(read_places(source), source.name))
