#!/usr/bin/env python3
"""Checks that a model file gives the same reconstruction in Python's onnxruntime as it gave in Gargalo.

    .venv/bin/python tools/check-reconstruction.py MODEL.onnx INPUT.npy EXPECTED.npy

The model takes `input` and gives `reconstruction`, both in the data's own units. The largest difference allowed is 1e-5 of
the range of EXPECTED, because the same model over pixels counts 0 to 255 or 0 to 1. Exit status 0 when it holds, 1 when it
does not, 2 on wrong usage. Set up with tools/setup-python.sh.
"""

import sys

import numpy
import onnxruntime

TOLERANCE = 1e-5


def main(arguments):
    if len(arguments) != 3:
        print(f"check-reconstruction: expected MODEL INPUT.npy EXPECTED.npy, got {len(arguments)} arguments", file=sys.stderr)
        return 2
    model, input_path, expected_path = arguments
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    # Tables hold an example a row; a model of images wants them in their shape.
    (model_input,) = session.get_inputs()
    given = numpy.load(input_path).astype(numpy.float32)
    given = given.reshape(-1, *model_input.shape[1:])
    expected = numpy.load(expected_path).astype(numpy.float64).reshape(given.shape)
    (actual,) = session.run(["reconstruction"], {"input": given})
    if actual.shape != expected.shape:
        print(f"failed  reconstruction: expected shape {expected.shape}, got {actual.shape}")
        return 1
    if expected.size == 0:
        print("failed  reconstruction: expected some values to compare, got none")
        return 1
    spread = float(expected.max() - expected.min())
    scale = spread if spread > 0 else max(abs(float(expected.max())), 1.0)  # a constant image still needs a unit
    difference = float(numpy.abs(actual.astype(numpy.float64) - expected).max())
    # Written so that a NaN, which compares false with everything, fails.
    verdict = "ok    " if difference <= TOLERANCE * scale else "failed"
    print(
        f"{verdict}  reconstruction: largest difference {difference:.3e}, allowed {TOLERANCE * scale:.3e} "
        f"(1e-5 of a range of {scale:g}) over {len(expected)} examples, onnxruntime {onnxruntime.__version__}"
    )
    return 0 if verdict != "failed" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
