#!/usr/bin/env python3
"""Checks that model files are ONNX as the standard has it, and not only as our own engine reads it.

    .venv/bin/python tools/check-onnx.py FILE_OR_FOLDER...

Runs the reference checker with strict shape inference over every .onnx file named or found in a folder named, and takes
the decoder out of each that has "code" and "reconstruction", with onnx.utils.extract_model: it must give their digits.
One line per file; exit status 1 when any fails, 2 when there is nothing to check. Set up with tools/setup-python.sh.
"""

import sys
import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime


def find_models(arguments):
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            yield from sorted(path.rglob("*.onnx"))
        else:
            yield path


def describe(value):
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return f"{value.name}[?]"
    sides = (side.dim_param or (str(side.dim_value) if side.HasField("dim_value") else "?") for side in tensor.shape.dim)
    return f"{value.name}[{','.join(sides)}]"


def run(path, feeds, outputs):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(outputs, feeds)


def check_decoder(path, graph):
    shape = [side.dim_value or 3 for side in graph.input[0].type.tensor_type.shape.dim]
    examples = numpy.random.default_rng(0).normal(size=shape).astype(numpy.float32)
    code, expected = run(path, {"input": examples}, ["code", "reconstruction"])
    with tempfile.TemporaryDirectory() as folder:
        decoder = Path(folder) / "decoder.onnx"
        onnx.utils.extract_model(str(path), str(decoder), ["code"], ["reconstruction"])
        (got,) = run(decoder, {"code": code}, ["reconstruction"])
    if not numpy.array_equal(got, expected, equal_nan=True):
        raise ValueError("the decoder that extract_model takes out gives other digits")
    return "; its decoder can be taken out"


def check(path):
    # check_custom_domain: an operator outside the standard is an error too, even one that the file itself defines.
    onnx.checker.check_model(str(path), full_check=True, check_custom_domain=True)
    model = onnx.load(str(path))
    # full_check infers shapes without propagating the values of shape tensors; with them, a Reshape that cannot work shows.
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    graph = model.graph
    versions = ", ".join(f"{entry.domain or 'ai.onnx'} {entry.version}" for entry in model.opset_import)
    inputs = " ".join(map(describe, graph.input))
    outputs = " ".join(map(describe, graph.output))
    has_seam = {"code", "reconstruction"} <= {output.name for output in graph.output}
    decoder = check_decoder(path, graph) if has_seam else ""
    return f"{versions}; {len(graph.node)} nodes; {inputs} -> {outputs}{decoder}"


def main(arguments):
    models = list(find_models(arguments))
    if not models:
        print("check-onnx: expected .onnx files or folders that hold some, got none", file=sys.stderr)
        return 2
    failures = 0
    for path in models:
        try:
            print(f"ok      {path}  ({check(path)})")
        except Exception as error:  # the checker raises several unrelated types, and each means the same here
            failures += 1
            print(f"failed  {path}  ({' '.join(str(error).split())})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
