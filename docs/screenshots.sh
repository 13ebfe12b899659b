#!/usr/bin/env bash
# Pictures of the running desktop, as PNG files in the folder given (default build/screenshots): docs/screenshots.sh [FOLDER]
# Needs what `./go test` has built.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
folder=$(readlink -m "${1:-build/screenshots}")
export ROUNDEL_SCREENSHOTS=$folder ROUNDEL_ENGINE=${ROUNDEL_ENGINE:-$PWD/bin/roundel} ROUNDEL_DECODER=${ROUNDEL_DECODER:-$PWD/bin/roundel}
xvfb-run -a -s "-screen 0 1920x1200x24" build/studio/tests/ui/studio_tests --gtest_filter='*Screenshots*'
ls "$folder"
