#!/usr/bin/env bash
# Everything that is to be measured on a GPU, for a machine that is lent for minutes: builds what it needs and no more, then measures in
# pieces of less than three minutes. The most wanted numbers come first; what a piece has measured stays when a later one fails. All of it
# takes about ten minutes: where a call may last no longer, make two, `build limit parity embed` and `decode train large`.
#
#   tests/bench/gpu_session.sh OUT [PIECE...]        PIECE: build limit parity embed decode train large   (default: all, in this order)
#   tests/bench/gpu_session.sh OUT build teach       trains the generalists that ship anew, pictures and volumes side by side
#
#   ROUNDEL_TEACH_SECONDS  how long `teach` may take (540)
#   ROUNDEL_TORCH=FOLDER   LibTorch 2.11 or newer with CUDA; default: the one of python3's torch
#   ROUNDEL_GOLDEN=FOLDER  golden cases for `parity`; without, the processor's float32 is what is compared with
#   ROUNDEL_TINY=1         small sizes on the processor, to see that the script works
#
# Needs g++, CMake 3.25, Ninja or make, and nlohmann-json's headers (in .deps/include of this clone where the system has none). Writes
# OUT/PIECE.jsonl, one measurement a line (tests/bench/gpu_bench.cpp says what each holds), OUT/build.log and OUT/pieces.txt.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
out=${1:?gpu_session.sh OUT [PIECE...]}
shift
pieces=("$@")
[ ${#pieces[@]} -gt 0 ] || pieces=(build limit parity embed decode train large)
mkdir -p "$out"
out=$(readlink -f "$out")
bench=build/gpu/tests/bench/gpu_bench
tiny=${ROUNDEL_TINY:-}
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-1000}  # threads that spin hold up whatever else runs (engine/cli/waiting.h)
device=auto seconds=3
[ -z "$tiny" ] || device=cpu seconds=0

# measure PIECE NAME FLAG...: one line, at most a minute.
measure() {
  local piece=$1
  shift
  local line
  line=$(timeout 60 "$bench" "$@" --device "$device" --seconds "$seconds" 2>>"$out/errors.log")
  [ -n "$line" ] || line="{\"bench\": \"$*\", \"error\": \"ended without an answer, or took more than a minute\"}"
  echo "$line" >>"$out/$piece.jsonl"
  echo "$line" | cut -c 1-400
}

build() {
  local torch=${ROUNDEL_TORCH:-}
  [ -n "$torch" ] || torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))') || return
  local ninja=()
  ! command -v ninja >/dev/null || ninja=(-G Ninja)  # the preset leaves the generator open, and there may be no make
  { cmake --preset gpu "${ninja[@]}" -DROUNDEL_TORCH="$torch" -DROUNDEL_VERIFY_HEADERS=OFF -DBUILD_TESTING=OFF &&
    cmake --build build/gpu --target gpu_bench generalist_session -j "$(nproc)"; } >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log"; return 1; }
}

limit() {
  local size=8192
  [ -z "$tiny" ] || size=512
  for precision in bfloat16 float32; do measure limit limit --size $size --precision $precision; done
}

parity() {
  local networks=(sam_vit_b mobile_sam sam_med2d_vit_b_256 sam2.1_hiera_tiny sam_med3d_vit_b_ori)
  [ -z "$tiny" ] || networks=(sam_med2d_vit_b_256)
  for network in "${networks[@]}"; do
    for precision in float32 bfloat16; do measure parity parity --network "$network" --precision $precision; done
  done
}

embed() {
  local networks=(sam_vit_b sam_vit_l sam_vit_h mobile_sam sam2.1_hiera_tiny) batches=(1 8)
  [ -z "$tiny" ] || networks=(sam_med2d_vit_b_256) batches=(1 2)
  for network in "${networks[@]}"; do
    for batch in "${batches[@]}"; do
      case $network in sam2*) [ "$batch" = 1 ] || continue ;; esac  # its images go one at a time
      measure embed embed --network "$network" --batch "$batch" --precision bfloat16
    done
  done
}

decode() {
  local counts=(1 32)
  [ -z "$tiny" ] || counts=(1 2)
  for prompts in "${counts[@]}"; do
    for precision in bfloat16 float32; do measure decode decode --prompts $prompts --precision $precision; done
  done
}

train() {
  local shape=(--width 64 --batch 16 --height 384 --columns 224)
  [ -z "$tiny" ] || shape=(--width 4 --batch 2 --height 64 --columns 32)
  for precision in bfloat16 float32; do measure train train "${shape[@]}" --precision $precision; done
}

# What is nice to have: float32, and whether a larger batch helps.
large() {
  [ -z "$tiny" ] || return 0
  for network in sam_vit_b sam_vit_l sam_vit_h; do
    measure large embed --network $network --batch 4 --precision float32
    measure large embed --network $network --batch 32 --precision bfloat16
  done
}

# Both at once, makers of scenes on all cores: OUT/teach/builtin-2d.plan/model.safetensors and builtin-3d.plan/.
teach() {
  local seconds=${ROUNDEL_TEACH_SECONDS:-540} probe=60 makers all=() failed=0
  [ -z "$tiny" ] || seconds=20 probe=5
  makers=$((($(nproc) + 1) / 2))
  for plan in resources/models/*.plan.json; do
    build/gpu/tests/bench/generalist_session "$out/teach" "$seconds" "$plan" --probe $probe --makers $makers --threads 4 --device "$device" \
      >"$out/teach-$(basename "$plan" .plan.json).log" 2>&1 &
    all+=($!)
  done
  for one in "${all[@]}"; do wait "$one" || failed=1; done
  tail -n 2 "$out"/teach-*.log | cut -c 1-400
  return $failed
}

failed=0
for piece in "${pieces[@]}"; do
  case $piece in build | limit | parity | embed | decode | train | large | teach) ;; *) echo "no piece named $piece" >&2; exit 2 ;; esac
  begin=$SECONDS
  state=done
  # A line that could not be measured says so itself; a build that fails ends everything.
  "$piece" || case $piece in build | teach) state=failed ;; esac
  echo "$piece $state $((SECONDS - begin)) s" | tee -a "$out/pieces.txt"
  [ $state = done ] || { failed=1; break; }
done
exit $failed
