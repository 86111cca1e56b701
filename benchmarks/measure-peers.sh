#!/usr/bin/env bash
# Runs every comparison that benchmarks/results/README.md shows, about half an hour on an idle machine, and appends to FILE.
#   benchmarks/measure-peers.sh avx2|avx512 FILE [rounds=N]
# The level is that of Bitlift's, OpenBLAS's and PyTorch's vectors; ONNX Runtime chooses for itself. Afterwards:
#   benchmarks/run-peers.sh results FILE...
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  avx2) level=2 ;;
  avx512) level=3 ;;
  *) sed -n '2,5s/^# *//p' "$0" >&2; exit 2 ;;
esac
file="${2:?a file that results are appended to}"
shift 2
export BITLIFT_JAVA_OPTS="-XX:UseAVX=$level ${BITLIFT_JAVA_OPTS:-}"
BITLIFT_JAVA_OPTS="${BITLIFT_JAVA_OPTS% }"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export DJL_CACHE_DIR="${DJL_CACHE_DIR:-$scratch/djl}"

peers() {
  benchmarks/run-peers.sh "$@" json="$file"
}

products=
for samples in 512 1000 5000; do
  products+="NT:${samples}x784x784,NN:${samples}x784x784,TN:784x784x$samples,"
done
peers product threads=1 shapes="${products}NT:100x784x784,NT:64x784x784" "$@"
peers product threads=2 shapes="${products%,}" "$@"
peers predict threads=1 rows=1,10 "$@"
peers step threads=2 "$@"
for threads in 1 2; do
  peers isgm threads="$threads" "$@"
  peers deep threads="$threads" "$@"
done
peers tv threads=2 "$@"
