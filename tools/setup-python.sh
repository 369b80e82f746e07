#!/usr/bin/env bash
# Makes .venv/ in the repository root (git ignores it) for the things that need Python:
#
#   tools/setup-python.sh            checks: onnx and onnxruntime, for tools/check-onnx.py and tools/check-reconstruction.py
#   tools/setup-python.sh pytorch    the benchmark's peer, for bench/peers/pytorch.py (same as tools/setup-pytorch.sh)
#   tools/setup-python.sh fastapi    the peer of gargalo serve, for bench/peers/fastapi-service.py
#   tools/setup-python.sh pandas     the reader that tables are compared with, for tools/pandas-dialects.py
#   tools/setup-python.sh pyod       the peer of one row of the results, for results/peers/pyod-autoencoder.py
#
# All may be run, in any order. PYTHON names the interpreter to build on; python3 where it is not set.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
python="$root/.venv/bin/python"
what="${1:-checks}"

case "$what" in
  checks) packages=(numpy onnx onnxruntime) ;;
  pytorch) packages=(numpy torch) ;;
  fastapi) packages=(numpy onnxruntime fastapi "uvicorn[standard]" orjson) ;;
  pandas) packages=(pandas) ;;
  pyod) packages=(numpy torch tqdm pyod) ;;
  *)
    echo "setup-python: expected checks, pytorch, fastapi, pandas or pyod, got $what" >&2
    exit 2
    ;;
esac

[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$root/.venv"

if [ "$what" = pytorch ]; then
  # The Linux build in the standard index is linked against the CUDA libraries and refuses to load without them, even to
  # compute on a processor; so they come along although nothing here uses them. Installing with --no-deps does not help.
  # Whoever points pip at PyTorch's own index of processor-only builds gets a far smaller one; the code measured is the same.
  echo 'setup-python: the standard build of PyTorch for Linux brings about 5 GB of libraries' >&2
fi
"$python" -m pip install --no-input --disable-pip-version-check --progress-bar off "${packages[@]}"

if [ "$what" = pytorch ]; then
  "$python" - <<'CHECK'
import torch
layer = torch.nn.Linear(8, 8)
layer(torch.zeros(2, 8)).sum().backward()
print(f"setup-python: PyTorch {torch.__version__} computes on the processor ({torch.backends.cpu.get_cpu_capability()})")
CHECK
  command -v "${CXX:-g++}" > /dev/null ||
    echo 'setup-python: no C++ compiler found, so torch.compile cannot be measured; install g++ or set CXX' >&2
elif [ "$what" = checks ]; then
  "$python" -c 'import onnx, onnxruntime; print(f"setup-python: onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")'
fi
