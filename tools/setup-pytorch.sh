#!/usr/bin/env bash
# Installs PyTorch into .venv/, so that `npm run bench` has it to measure against.
exec "$(dirname "${BASH_SOURCE[0]}")/setup-python.sh" pytorch
