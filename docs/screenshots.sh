#!/usr/bin/env bash
# Pictures of the running desktop, as PNG files in the folder given (default build/screenshots): docs/screenshots.sh [FOLDER [LANGUAGE [SIZE [SCALE]]]]
#   docs/screenshots.sh build/screenshots de 1920x1080 2      German, another window, 200 %
# Needs what `./go test` has built.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
folder=$(readlink -m "${1:-build/screenshots}")
export ROUNDEL_SCREENSHOTS=$folder ROUNDEL_ENGINE=${ROUNDEL_ENGINE:-$PWD/bin/roundel} ROUNDEL_DECODER=${ROUNDEL_DECODER:-$PWD/bin/roundel}
export ROUNDEL_SCREENSHOT_LANGUAGE=${2:-en} ROUNDEL_SCREENSHOT_SIZE=${3:-1366x768} QT_SCALE_FACTOR=${4:-1}
xvfb-run -a -s "-screen 0 3840x2400x24" "${ROUNDEL_STUDIO_TESTS:-build/studio/tests/ui/studio_tests}" --gtest_filter='*Screenshots*'
ls "$folder"
