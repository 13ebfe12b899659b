#!/usr/bin/env bash
# Everything from a bare Debian 12 or 13 to a running Roundel. Call it as often as you like: what is done is not done again.
#
#   ./go demo      build, then make a small dental study, train on it and show what came out; opens the desktop where there is a screen
#   ./go build     build both programs: bin/roundel and the desktop bin/roundel-studio
#   ./go test      build everything and run the tests          (./go test -L unit: only some, as ctest understands it)
#   ./go bench     build and run the benches                   (./go bench NAME: only programs whose name begins so)
#   ./go studio    build and open the desktop: bin/roundel-studio
#   ./go package   build both programs and pack them: bin/roundel_*.deb and bin/roundel-*.tar.gz
#
#   --preset NAME  another preset of CMakePresets.json for demo, build and test (engine, dev, asan ...), after the word
#
# ROUNDEL_TORCH=FOLDER  uses that LibTorch (2.11 or newer) and fetches none.
# What the tools say goes to go.log.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
root=$PWD
log=$root/go.log
cache=${XDG_CACHE_HOME:-$HOME/.cache}/roundel

# The same names in Debian 12 and 13. docs/DEPENDENCIES.md says what each is for.
packages=(
  g++ cmake ninja-build ccache pkg-config ca-certificates
  libgdcm-dev libpng-dev libjpeg62-turbo-dev libtiff-dev libhdf5-dev zlib1g-dev libopencv-core-dev libopencv-imgproc-dev libeigen3-dev
  libsqlitecpp-dev libsqlite3-dev nlohmann-json3-dev libpugixml-dev libcli11-dev libspdlog-dev libgtest-dev libgmock-dev
  libhpdf-dev fonts-dejavu-core
)

# The desktop's own (preset `studio`): `--preset engine` needs none of them.
desktopPackages=(qt6-base-dev libqt6opengl6-dev qt6-qpa-plugins qt6-svg-dev qt6-tools-dev qt6-l10n-tools qt6-translations-l10n libvtk9-dev)
desktopTestPackages=(xvfb xauth)
packagingPackages=(dpkg-dev file)

say() { printf '%s\n' "$*"; printf '== %s\n' "$*" >>"$log"; }
fail() { printf '\n%s\n' "$*" >&2; printf '== %s\n' "$*" >>"$log"; exit 1; }

# Why the last command failed, as a sentence, where the log's end shows a known cause.
reason() {
  local end
  end=$(tail -n 60 "$log")
  if grep -qiE 'could not resolve|temporary failure (in name resolution|resolving)|network is unreachable|failed to establish a new connection|cannot initiate the connection|could not connect|connection (refused|timed out)|name or service not known|no route to host' <<<"$end"; then
    echo "This machine has no network, or the network does not reach the package servers. Connect it (or set https_proxy), then call ./go again."
  elif grep -qiE 'no space left on device|not enough free space' <<<"$end"; then
    echo "The disk is full. Make room, then call ./go again."
  elif grep -qiE 'could not get lock|unable to lock' <<<"$end"; then
    echo "Another program is installing packages. Wait until it has ended, then call ./go again."
  elif grep -qiE 'hashes? .*(mismatch|do not match)|THESE PACKAGES DO NOT MATCH THE HASHES' <<<"$end"; then
    echo "What came is not the file that Roundel was built with (its SHA-256 differs). A proxy may have changed it; call ./go again, elsewhere if that does not help."
  elif grep -qiE 'killed signal terminated program|cannot allocate memory|virtual memory exhausted' <<<"$end"; then
    echo "The machine ran out of memory. Close other programs, or set ROUNDEL_JOBS=1, then call ./go again."
  else
    echo "The last lines of $log:"
    tail -n 12 "$log" | cut -c 1-300
  fi
}

checkMachine() {
  [ "$(uname -s)" = Linux ] || fail "Roundel is built on Linux; this is $(uname -s). Use a Debian 12 or 13 machine."
  [ "$(uname -m)" = x86_64 ] || fail "Roundel needs a 64-bit Intel or AMD processor (x86-64); this machine is $(uname -m)."
  command -v apt-get >/dev/null || fail "Roundel installs what it needs with apt, and this machine has none. Use Debian 12 or 13."
}

# needSpace FOLDER MEGABYTES WHAT
needSpace() {
  local free
  free=$(df -Pm "$1" 2>>"$log" | awk 'NR == 2 {print $4}') || return 0  # a machine that cannot say is not stopped
  [ "${free:-$2}" -ge "$2" ] || fail "The disk is too small: $3 needs about $2 MB in $1, and $free MB are free. Make room, then call ./go again."
}

installPackages() {
  local have missing=() package asRoot=()
  # A name may also be what an installed package provides: Debian 13 has no libqt6opengl6-dev of its own.
  have=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true
    dpkg-query -W -f='${db:Status-Status} ${Provides}\n' | sed -n 's/^installed //p' | tr ',' '\n' | sed 's/^ *\([^ ]*\).*/\1 installed/')
  for package in "$@"; do
    grep -qxF "$package installed" <<<"$have" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "${#missing[@]} packages are missing, and installing them needs root or sudo. Ask whoever looks after this machine to run: apt-get install ${missing[*]}"
    asRoot=(sudo)
    [ -t 0 ] || asRoot=(sudo -n)
    "${asRoot[@]}" true 2>>"$log" || fail "${#missing[@]} packages are missing, and sudo did not let you install them. Ask whoever looks after this machine to run: apt-get install ${missing[*]}"
  fi
  needSpace /usr 3500 "installing packages"
  say "Installing what is missing (${#missing[@]}): ${missing[*]}"
  local apt=("${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  "${apt[@]}" update >>"$log" 2>&1 </dev/null || true  # one dead source of several is no reason to stop
  "${apt[@]}" install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null ||
    fail "The packages could not be installed. $(reason)"
}

# True where all wheels of cmake/libtorch.txt lie in $1, whole.
haveWheels() {
  local found
  found=$(sha256sum "$1"/*.whl 2>/dev/null | cut -d' ' -f1)
  for sum in $(sed -n 's/.*sha256://p' cmake/libtorch.txt); do
    grep -qxF "$sum" <<<"$found" || return 1
  done
}

bringTorch() {
  [ -z "${ROUNDEL_TORCH:-}" ] || return 0
  local version downloads folder part sum
  version=$(sed -n 's/^torch==\([^ ]*\).*/\1/p' cmake/libtorch.txt)
  downloads=$cache/downloads folder=$cache/torch-$version
  # One in .deps/ is used as it is; a link to an older pin of ours, or one that points nowhere, is set anew.
  if [ -e .deps/torch ]; then
    case $(readlink .deps/torch || true) in
      "$folder") return 0 ;;
      "$cache"/torch-*) ;;
      *) return 0 ;;
    esac
  fi
  mkdir -p .deps "$downloads"
  exec 9>"$cache/lock"
  flock 9  # another clone may be fetching the same
  if [ ! -d "$folder" ]; then
    if ! haveWheels "$downloads"; then
      needSpace "$cache" 2300 "LibTorch"
      installPackages python3-pip
      say "Fetching LibTorch $version (530 MB, once for this user; kept in $cache) ..."
      rm -rf "$downloads" && mkdir -p "$downloads"
      # pip unpacks nothing and runs nothing of it here; /tmp may be small, so it works beside its target.
      TMPDIR=$downloads python3 -m pip download --no-cache-dir --disable-pip-version-check --progress-bar off --require-hashes --no-deps \
        --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_28_x86_64 \
        --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
        -r cmake/libtorch.txt -d "$downloads" >>"$log" 2>&1 </dev/null || fail "LibTorch could not be fetched. $(reason)"
      haveWheels "$downloads" || fail "What was fetched for LibTorch is not whole. Call ./go again."
    fi
    needSpace "$cache" 1300 "unpacking LibTorch"
    installPackages unzip
    say "Unpacking LibTorch $version ..."
    rm -rf "$cache"/torch-*.part
    part=$folder.part
    for wheel in "$downloads"/*.whl; do  # its C++ part only
      unzip -q -o "$wheel" 'torch/lib/*' 'torch/include/*' 'torch/share/*' 'nvidia/*' '*.dist-info/*' -d "$part" >>"$log" 2>&1 || [ $? -eq 11 ] ||
        fail "LibTorch could not be unpacked. $(reason)"  # 11: one of the patterns matched nothing in this wheel
    done
    mv -T "$part" "$folder"
  fi
  exec 9>&-
  ln -sfn "$folder" .deps/torch
}

# A file that includes LibTorch takes up to 2 GB to compile.
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(($(awk '/^MemAvailable/ {print $2}' /proc/meminfo) / 2000000))
  [ "$memory" -ge 1 ] || memory=1
  echo "${ROUNDEL_JOBS:-$((cores < memory ? cores : memory))}"
}

configure() {
  [ "$1" != fuzz ] || installPackages clang
  cmake --preset "$1" -DROUNDEL_TORCH="${ROUNDEL_TORCH:-}" >>"$log" 2>&1 </dev/null || fail "The build could not be set up. $(reason)"
}

# compile PRESET TARGET: shows how far it is at every tenth.
compile() {
  local folder=build/$1 target=$2 started=$SECONDS
  if [ -f "$folder/build.ninja" ] && ninja -C "$folder" -n "$target" 2>>"$log" | tail -n 1 | grep -q 'no work to do'; then return 0; fi
  needSpace . 4000 "the build"
  say "Building with $(jobs) jobs (the first time takes a while; details in go.log) ..."
  if ! cmake --build "$folder" --target "$target" --parallel "$(jobs)" 2>&1 </dev/null | tee -a "$log" |
    awk 'match($0, /^\[[0-9]+\/[0-9]+\]/) {
           split(substr($0, 2, RLENGTH - 2), n, "/"); tenth = int(10 * n[1] / n[2])
           if (n[2] >= 20 && tenth > last) { last = tenth; printf "  %d of %d steps\n", n[1], n[2]; fflush() } }'; then
    printf '\n' >&2
    grep -E '(error:|undefined reference|No space left|Killed signal)' "$log" | cut -c 1-300 | tail -n 8 >&2 || true
    fail "The build failed; all of it is in $log. $(reason)"
  fi
  say "Built in $(((SECONDS - started) / 60)) min $(((SECONDS - started) % 60)) s."
}

prepare() {
  checkMachine
  installPackages "${packages[@]}" "$@"
  bringTorch
}

# Whether a preset builds the desktop.
hasDesktop() { [ "$1" = studio ]; }

buildProgram() {
  if hasDesktop "$preset"; then prepare "${desktopPackages[@]}"; else prepare; fi
  configure "$preset"
  compile "$preset" roundel
  if hasDesktop "$preset"; then compile "$preset" roundel-studio; fi
}

runTests() {
  if hasDesktop "$preset"; then prepare "${desktopPackages[@]}" "${desktopTestPackages[@]}"; else prepare; fi
  configure "$preset"
  compile "$preset" all
  say "Testing ..."
  local status=0 from
  from=$(($(wc -l <"$log") + 1))
  # Two threads a program, so that numbers do not depend on how many cores there are.
  OMP_NUM_THREADS=${OMP_NUM_THREADS:-2} ASAN_OPTIONS=${ASAN_OPTIONS:-detect_odr_violation=0} ctest --test-dir "build/$preset" \
    --output-on-failure --no-tests=error --parallel "$(jobs)" "$@" >>"$log" 2>&1 </dev/null || status=$?
  tail -n "+$from" "$log" | sed -n '/tests passed,/,$p'
  [ $status -eq 0 ] || fail "Some tests failed: see $log."
}

runBenches() {
  prepare libbenchmark-dev
  configure bench
  compile bench all
  local program any=
  for program in build/bench/tests/bench/*; do
    { [ -f "$program" ] && [ -x "$program" ]; } || continue
    case $(basename "$program") in gpu_bench) continue ;; "${1:-}"*) ;; *) continue ;; esac  # gpu_session.sh runs that one
    any=yes
    say "$(basename "$program")"
    "$program" 2>>"$log" | tee -a "$log"
  done
  [ -n "$any" ] || fail "There is no bench whose name begins with '${1:-}'."
}

# The demo; then the desktop on its study, where there is a screen.
runDemo() {
  buildProgram
  if [ $# -gt 0 ] || ! hasDesktop "$preset" || [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then exec bin/roundel demo "$@"; fi
  bin/roundel demo
  exec bin/roundel-studio roundel-demo/study
}

makePackages() {
  prepare "${desktopPackages[@]}" "${packagingPackages[@]}"
  configure studio
  compile studio roundel
  compile studio roundel-studio
  needSpace . 2500 "packing"
  say "Packing ..."
  rm -f bin/roundel_*.deb bin/roundel-*.tar.gz
  # Not `cmake --build --target package`: that would build the tests, too.
  (cd build/studio && cpack) >>"$log" 2>&1 </dev/null || fail "The packages could not be made. $(reason)"
  rm -rf bin/_CPack_Packages
  installer/check_package bin >>"$log" 2>&1 || fail "The packages were made, but something is wrong with them. $(reason)"
  say "Made:"
  ls -l bin/roundel_*.deb bin/roundel-*.tar.gz | awk '{printf "  %s  %d MB\n", $NF, $5 / 1000000}'
}

word=${1:-help}
[ $# -eq 0 ] || shift
preset=studio
if [ "${1:-}" = --preset ]; then
  [ $# -ge 2 ] || { echo "--preset wants a name." >&2; exit 2; }
  preset=$2
  shift 2
fi
case $word in
  demo | build | test | bench | studio | package) : >"$log" ;;
  help | -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) echo "./go does not know '$word': demo, build, test, bench, studio and package are the words." >&2; exit 2 ;;
esac
case $word in
  build) buildProgram; say "Ready: bin/roundel --help$(hasDesktop "$preset" && echo ", bin/roundel-studio")" ;;
  demo) runDemo "$@" ;;
  test) runTests "$@" ;;
  bench) runBenches "$@" ;;
  package) makePackages ;;
  studio)
    buildProgram
    exec bin/roundel-studio "$@"
    ;;
esac
