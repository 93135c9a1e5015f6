#!/bin/sh
# Style and walls, by machine. Usage: tools/lint.sh BIN
set -eu
bin=$1
"$bin/ruff" check src tests tools benchmarks
"$bin/ruff" format --check src tests tools benchmarks
"$bin/mypy"
"$bin/lint-imports" --no-cache
