#!/bin/sh
# Volumes with a handful of labels: every way of learning from unlabelled ones on the same cases, with the same number of steps, from
# scratch. Each arm is a study and a run of its own, so that what is done is skipped, what was broken off goes on, and several of these may
# work in one folder at the same time.
#
#   tests/bench/volume_methods.sh hippocampus WORK DATA     runs what is missing; medical decathlon, Task 4: DATA holds images/ and labels/
#   tests/bench/volume_methods.sh left-atrium WORK DATA     likewise; the literature's HDF5: DATA holds volumes/, train.list and test.list
#   tests/bench/volume_methods.sh --table WORK              the table, from the reports in WORK/reports
#
# What all arms of a task share (learning rate, grey values; no quarter turns of the hippocampus: a head lies one way) was chosen by the
# supervised arm on validation cases of the hippocampus.
#
# LABELS="1 2 5" SEEDS="1 2 3" ARMS="supervised ua-mt ..." STEPS=400 THREADS=1 choose; ROUNDEL names the program.
set -eu

roundel=${ROUNDEL:-bin/roundel}
labels=${LABELS:-1}
seeds=${SEEDS:-1}
steps=${STEPS:-400}
threads=${THREADS:-1}
all="supervised mean-teacher ua-mt dan dtc urpc supervised+semisam mean-teacher+semisam ua-mt+semisam dan+semisam dtc+semisam urpc+semisam o1 full"
arms=${ARMS:-$all}

table() {
  # A case's Dice is the mean over its classes; then the mean over cases, and over seeds with the deviation between them.
  for file in "$1"/reports/*.csv; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .csv)
    seconds=$(cat "$1/reports/$name.seconds" 2>/dev/null || echo 0)
    awk -F, -v name="$name" -v seconds="$seconds" '
      NR > 1 && $5 == "strategy" && $6 ~ /^(dice|hd95)$/ && $7 != "" && ($4 == "test" || $4 == "validation") {
        if ($1 + 0 > last) last = $1 + 0
        key = $1 FS $4 FS $6 FS $2; sum[key] += $7; count[key]++
        if ($6 == "dice" && $4 == "test") { of[$1 FS $3] += $7; many[$1 FS $3]++; seen[$3] = 1 }
      }
      END {
        for (key in sum) { split(key, part, FS); if (part[1] + 0 == last) { total[part[2] part[3]] += sum[key] / count[key]; cases[part[2] part[3]]++ } }
        n = 0; for (class in seen) names[++n] = class
        if (n > 1 && names[1] > names[2]) { swap = names[1]; names[1] = names[2]; names[2] = swap }
        split(name, part, "_")
        mean = cases["testdice"] ? total["testdice"] / cases["testdice"] : -1
        far = cases["testhd95"] ? total["testhd95"] / cases["testhd95"] : -1
        first = cases["validationdice"] ? total["validationdice"] / cases["validationdice"] : -1
        a = many[last FS names[1]] ? of[last FS names[1]] / many[last FS names[1]] : -1
        b = many[last FS names[2]] ? of[last FS names[2]] / many[last FS names[2]] : -1
        printf "%s %s %s %.4f %.4f %.4f %.4f %.2f %s\n", substr(part[1], 2), part[3], substr(part[2], 2), first, mean, a, b, far, seconds
      }' "$file"
  done | awk -v order="$all" '
    { key = $1 " " $2; n[key]++; validation[key] += $4; sum[key] += $5; square[key] += $5 * $5; a[key] += $6; b[key] += $7; far[key] += $8; s[key] += $9; labels[$1] = 1 }
    END {
      print "| labelled | arm | seeds | validation Dice | test Dice | first class | second class | HD95, mm or voxels | seconds a run |"
      print "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
      many = split(order, arm, " ")
      for (l = 1; l <= 1000; l++) if (l in labels) for (i = 1; i <= many; i++) {
        key = l " " arm[i]
        if (!(key in n)) continue
        k = n[key]; mean = sum[key] / k
        spread = k > 1 ? sprintf(" ± %.3f", sqrt((square[key] - k * mean * mean) / (k - 1) > 0 ? (square[key] - k * mean * mean) / (k - 1) : 0)) : ""
        second = b[key] < 0 ? "" : sprintf("%.3f", b[key] / k)
        printf "| %d | %s | %d | %.3f | %.3f%s | %.3f | %s | %.1f | %.0f |\n", l, arm[i], k, validation[key] / k, mean, spread, a[key] / k, second, far[key] / k, s[key] / k
      }
    }'
}

if [ "${1:-}" = --table ]; then
  table "$2"
  exit
fi
task=$1
work=$2
data=$3
mkdir -p "$work/reports"
case $task in
  hippocampus)
    form=""
    shared="--set patch=40,40,40 --set turns=false --set intensity=0.5 --set foreground_share=1 --set learning_rate=0.005"
    ;;
  left-atrium) # half as fine, so that two cores can
    form="--format hdf5"
    shared="--set volume_coarser=2 --set patch=64,64,32 --set intensity=0.5 --set foreground_share=1 --set learning_rate=0.005"
    ;;
  *) echo "Unknown task: $task" >&2; exit 2 ;;
esac

# Lists: those that may be labelled (pool), validation, test, unlabelled.
if [ ! -e "$work/unlabelled.txt" ]; then
  if [ "$task" = hippocampus ]; then # the order of the cases is that of a hash of their names
    for file in "$data"/labels/*.nii.gz; do
      name=$(basename "$file" .nii.gz)
      [ -e "$data/images/$name.nii.gz" ] && printf '%s %s\n' "$(printf %s "$name" | sha256sum | cut -c1-16)" "$name"
    done | sort | cut -d' ' -f2 > "$work/order.txt"
    sed -n 1,5p "$work/order.txt" > "$work/pool.txt"
    sed -n 6,15p "$work/order.txt" > "$work/validation.txt"
    sed -n 16,55p "$work/order.txt" > "$work/test.txt"
    sed -n 56,95p "$work/order.txt" > "$work/unlabelled.txt"
  else # the literature's own lists; of train.list the first three, two for validation, the rest
    sed -n 1,3p "$data/train.list" > "$work/pool.txt"
    sed -n 4,5p "$data/train.list" > "$work/validation.txt"
    cp "$data/test.list" "$work/test.txt"
    sed -n '6,$p' "$data/train.list" > "$work/unlabelled.txt"
  fi
fi

one() { # labelled, seed, arm
  name=n$1_s$2_$3
  study=$work/$name
  [ -e "$work/reports/$name.csv" ] && return
  mkdir "$study.busy" 2>/dev/null || { echo "$name: another is at it (or was killed: remove $study.busy)"; return; }
  trap 'rmdir "$study.busy"' EXIT
  began=$(date +%s)
  if [ ! -e "$study/split.done" ]; then
    rm -rf "$study"
    "$roundel" --quiet project new "$study"
    # shellcheck disable=SC2086
    "$roundel" --quiet import "$study" "$data" $form
    # Another seed begins with another labelled case.
    { sed -n "$2,\$p" "$work/pool.txt"; sed -n "1,$(($2 - 1))p" "$work/pool.txt"; } 2>/dev/null | head -n "$1" > "$study/labelled.txt"
    "$roundel" --quiet split "$study" --labelled "$study/labelled.txt" --unlabelled "$work/unlabelled.txt" --validation "$work/validation.txt" --test "$work/test.txt"
    touch "$study/split.done"
  fi
  case $3 in
    *+semisam) strategy="semisam-plus --set semisam_base=${3%+semisam} --generalist ${GENERALIST:-builtin-2d} --set generalist_every=4 --set generalist_slices=4" ;;
    o1) strategy="semisam-o1 --set o1_strategy=mean-teacher" ;;
    full) strategy=full-supervision ;;
    *) strategy=$3 ;;
  esac
  rounds=1
  [ "$3" = o1 ] && rounds=2
  if [ -e "$study/runs/r0001/plan.json" ]; then
    "$roundel" --quiet --threads "$threads" run "$study" --resume r0001
  else
    # One step for the first specialist: every arm begins from scratch in its round.
    # shellcheck disable=SC2086
    "$roundel" --quiet --threads "$threads" run "$study" --strategy $strategy --rounds $rounds --control none --seed "$2" --set start=scratch \
      --set steps=1 --set round_steps="$steps" --set width=8 --set folds=0 --set refine_test=false --set validate_every=100 \
      --set uncertainty_passes=4 $shared ${SET:-}
  fi
  "$roundel" --quiet report "$study" --run r0001 --format csv --out "$study/report"
  echo $(($(date +%s) - began)) > "$work/reports/$name.seconds"
  cp "$(find "$study/report" -name '*.csv' | head -n 1)" "$work/reports/$name.csv.part"
  mv "$work/reports/$name.csv.part" "$work/reports/$name.csv"
  echo "$name done"
  rmdir "$study.busy"
  trap - EXIT
}

for n in $labels; do
  for seed in $seeds; do
    for arm in $arms; do
      one "$n" "$seed" "$arm"
    done
  done
done
table "$work"
