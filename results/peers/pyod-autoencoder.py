"""PyOD's AutoEncoder at its defaults, asked line by line.

Each line of the standard input is JSON: files of 32-bit floats with the training and the test rows, their number of columns, a seed.
Each line of the output is JSON too: where the scores of the test rows lie, and the processor's seconds that fitting and scoring took.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from pyod.models.auto_encoder import AutoEncoder

threads = int(sys.argv[1])
torch.set_num_threads(threads)


def scored(train, test, seed):
    started = time.process_time()
    model = AutoEncoder(verbose=0, random_state=seed)
    model.fit(train)
    scores = model.decision_function(test)
    return np.asarray(scores, dtype=np.float64), time.process_time() - started


# What is loaded at the first call is not counted.
scored(np.random.default_rng(0).normal(size=(64, 4)), np.zeros((4, 4)), 0)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    rows = [np.fromfile(asked[name], dtype="<f4").reshape(-1, asked["size"]) for name in ("train", "test")]
    scores, seconds = scored(*rows, asked["seed"])
    np.nan_to_num(scores).astype("<f8").tofile(asked["scores"])
    print(json.dumps({"seconds": seconds}), flush=True)
