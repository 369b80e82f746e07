"""The peer of `gargalo serve`: the same model file behind FastAPI, onnxruntime and uvicorn, as its users write it.

POST /score takes a row of JSON, or a list of rows, runs the model and answers the mean squared error in scaled units of
each row, with the verdict by a threshold: what `gargalo serve --score error` answers, without the causes.
"""

import json
import sys
from typing import Any

import numpy as np
import onnxruntime
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

task = json.loads(sys.argv[1])
columns, scale, threshold = task["columns"], np.array(task["scale"], np.float32), task["threshold"]

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(task["model"], options, providers=["CPUExecutionProvider"])


def score(rows: list[dict[str, float]]) -> dict[str, Any]:
    values = np.array([[row[name] for name in columns] for row in rows], np.float32)
    (rebuilt,) = session.run(["reconstruction"], {"input": values})
    scores = np.mean(((rebuilt - values) * scale) ** 2, axis=1)
    return {
        "examples": len(rows),
        "threshold": threshold,
        "results": [{"score": float(value), "anomaly": bool(value > threshold)} for value in scores],
    }


app = FastAPI()

if task["form"] == "fast":
    # the least that it can do: bytes in, bytes out, on the event loop
    @app.post("/score")
    async def answer(request: Request) -> Response:
        body = orjson.loads(await request.body())
        return Response(orjson.dumps(score(body if isinstance(body, list) else [body])), media_type="application/json")

else:
    # as its documentation has it: a typed body, a function that does not wait, in a pool of threads
    @app.post("/score")
    def answer(row: dict[str, float]) -> dict[str, Any]:
        return score([row])


uvicorn.run(app, host="127.0.0.1", port=task["port"], log_level="warning", access_log=False)
