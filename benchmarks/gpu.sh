#!/bin/sh
# Everything worth running on a host with an NVIDIA GPU, in under ten minutes, from the bundle or from the sources:
#   gpu.sh FOLDER [--skip STAGE]... [--backend NAME] [--fuzz N] [--quick]
# Stages: verify, fuzz, train (digests), sanitizer, bench (Bitlift and PyTorch by turns). What each printed and a summary
# go to FOLDER, with device, driver and date. Exit code 1 if a stage failed; a stage that cannot run here is skipped and
# says why. --backend cpu tries the script itself where there is no GPU.
set -eu

stages="verify fuzz train sanitizer bench"
budget=570
started="$(date +%s)"
out=
backend=cuda
skip=" "
fuzz=2000
quick=

help() {
  sed -n '2,7s/^# *//p' "$0"
}

usage() {
  help >&2
  echo "gpu.sh: $*" >&2
  exit 2
}

is_one_of() {
  case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

while [ $# -gt 0 ]; do
  case "$1" in
    --skip|--backend|--fuzz) [ $# -gt 1 ] || usage "$1: expected a value after it" ;;
  esac
  case "$1" in
    --skip) is_one_of "$2" "$stages" || usage "--skip $2: expected one of $stages"; skip="$skip$2 "; shift ;;
    --backend) backend="$2"; shift ;;
    --fuzz) fuzz="$2"; shift ;;
    --quick) quick=--quick ;;
    -h|--help) help; exit ;;
    -*) usage "unknown option $1" ;;
    *) [ -z "$out" ] || usage "$1: one folder is enough"; out="$1" ;;
  esac
  shift
done
[ -n "$out" ] || usage "expected a folder for the results"

here="$(cd "$(dirname "$0")" && pwd)"
if [ -x "$here/bitlift" ]; then
  home="$here"
  peer="$here/torch_gpu.py"
else
  home="$(dirname "$here")"
  peer="$here/peers/torch_gpu.py"
fi
mkdir -p "$out"
out="$(cd "$out" && pwd)"
summary="$out/summary.txt"
failed=0

say() {
  echo "$*" | tee -a "$summary"
}

left() {
  echo $((budget - $(date +%s) + started))
}

# Runs a command for at most so many seconds, its output in a file.
limited() {
  seconds="$1"
  file="$2"
  shift 2
  rest="$(left)"
  [ "$seconds" -le "$rest" ] || seconds="$rest"
  [ "$seconds" -gt 0 ] || { echo "no time left" >"$file"; return 124; }
  timeout "$seconds" "$@" >"$file" 2>&1
}

# One line of the summary: what ran, how it ended, its last words.
stage() {
  what="$1"
  seconds="$2"
  file="$out/$3"
  shift 3
  code=0
  limited "$seconds" "$file" "$@" || code=$?
  last="$(tail -n 1 "$file")"
  case "$code" in
    0) say "$what: ok: $last" ;;
    124) say "$what: FAILED: not done within the time it was given: $last"; failed=1 ;;
    *) say "$what: FAILED with exit code $code: $last"; failed=1 ;;
  esac
  return "$code"
}

wanted() {
  if is_one_of "$1" "$skip"; then
    say "$1: skipped: --skip"
    return 1
  fi
}

bitlift() {
  "$home/bitlift" "$@"
}

host() {
  date -u '+date: %Y-%m-%d %H:%M UTC'
  uname -srm
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=name,compute_cap,driver_version,memory.total,clocks.max.sm,clocks.sm,power.limit --format=csv
  else
    echo "no nvidia-smi"
  fi
  bitlift --version 2>/dev/null
}

# Repeats the kept training runs: each line is a digest and the options that give it.
digests() {
  runs="$(mktemp -d)"
  wrong=0
  all=0
  while read -r digest options; do
    case "$digest" in ''|'#'*) continue ;; esac
    all=$((all + 1))
    found="$(bitlift train $options --backend "$backend" --quiet --out "$runs/$all" </dev/null 2>"$runs/err" \
      | sed -n 's/^digest *//p')"
    [ "$found" = "$digest" ] || { wrong=$((wrong + 1)); cat "$runs/err"; }
    echo "$([ "$found" = "$digest" ] && echo same || echo "OTHER, expected $digest:") $found $options"
  done <"$home/validation/golden/training.sha256"
  rm -rf "$runs"
  echo "$all training runs, $wrong with another digest"
  [ "$wrong" -eq 0 ]
}

train() {
  code=0
  digests >"$out/train.txt" 2>&1 || code=$?
  if [ "$code" -eq 0 ]; then
    say "train: ok: $(tail -n 1 "$out/train.txt")"
  else
    say "train: FAILED: $(tail -n 1 "$out/train.txt")"
    failed=1
  fi
}

sanitizer() {
  tool="$(command -v compute-sanitizer || true)"
  [ -n "$tool" ] || tool=/usr/local/cuda/bin/compute-sanitizer
  if [ ! -x "$tool" ]; then
    say "sanitizer: skipped: no compute-sanitizer found"
    return
  fi
  for check in memcheck racecheck; do
    stage "sanitizer $check" 60 "sanitizer-$check.txt" "$tool" --tool "$check" --target-processes all \
      --error-exitcode 9 "$home/bitlift" verify --backend "$backend" --repeat 1 --operation soft_threshold || true
  done
}

can_run_peer() {
  if ! command -v python3 >/dev/null; then
    say "peers: skipped: no python3 found"
  elif ! python3 -c 'import torch; assert torch.cuda.is_available()' >/dev/null 2>&1; then
    say "peers: skipped: PyTorch is not there or finds no CUDA device"
  else
    return 0
  fi
  return 1
}

# By turns, one kind of case after the other, so that both meet the same clocks and temperatures.
bench() {
  peers=yes
  can_run_peer || peers=no
  for group in product/forward product/adjoint product/gradient elementwise update reduce column_sum copy step; do
    name="$(echo "$group" | tr / -)"
    stage "bench $group" 90 "bench-$name.txt" "$home/bitlift" bench --backend "$backend" --filter "$group/" $quick \
      --json "$out/bench-$name.json" || true
    if [ "$peers" = yes ]; then
      stage "peers $group" 90 "torch-$name.txt" python3 "$peer" --filter "$group/" $quick --seconds 40 \
        --json "$out/torch-$name.json" || true
    fi
  done
}

: >"$summary"
host >"$out/host.txt" 2>&1 || true
say "$(head -n 1 "$out/host.txt"), backend $backend"
if wanted verify; then
  stage verify 150 verify.txt "$home/bitlift" verify --backend "$backend" --json "$out/verify.json" || true
fi
if wanted fuzz; then
  stage fuzz 100 fuzz.txt "$home/bitlift" verify --backend "$backend" --fuzz "$fuzz" || true
fi
if wanted train; then
  train
fi
if wanted sanitizer; then
  sanitizer
fi
if wanted bench; then
  bench
fi
say "$(($(date +%s) - started)) s, results in $out"
exit "$failed"
