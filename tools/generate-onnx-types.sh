#!/bin/sh
# Generates test/generated/ from the schema inside the `onnx` Python package: run when ONNX has a new version.
# Needs protoc (Debian: protobuf-compiler), Python with pip, npm. The result is committed: tests
# compare our own reading and writing with it.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$work" "onnx==${ONNX_VERSION:-1.23.2}"
(cd "$work" && unzip -q -j onnx-*.whl 'onnx/onnx.proto')
npm install --silent --no-save --prefix "$work" @bufbuild/protoc-gen-es@2.17.0 typescript@5
mkdir -p test/generated
PATH="$work/node_modules/.bin:$PATH" protoc --proto_path="$work" --es_out=test/generated --es_opt=target=ts,import_extension=js onnx.proto
