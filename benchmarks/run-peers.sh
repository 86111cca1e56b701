#!/usr/bin/env bash
# Times Bitlift against PyTorch (through DJL) and OpenBLAS; fetches 120 MB of jars the first time.
#   benchmarks/run-peers.sh step    [threads=2] [images=1000] [rounds=25]
#   benchmarks/run-peers.sh tv      [threads=2] [images=1000] [iterations=1000] [rounds=5]
#   benchmarks/run-peers.sh product [threads=1,2] [shapes=...] [rounds=25] [torch] [plain]
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  step) main=TrainingStepPeers ;;
  tv) main=TotalVariationPeers ;;
  product) main=ProductPeers ;;
  *) sed -n '2,5s/^# *//p' "$0" >&2; exit 2 ;;
esac
shift
threads=2
for word in "$@"; do
  case "$word" in threads=*) threads="${word#threads=}" ;; esac
done
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mvn -B -q -ntp -Ppeers test-compile dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="$scratch/classpath" >&2
# DJL unpacks PyTorch's libraries below its cache folder.
DJL_OFFLINE=true DJL_CACHE_DIR="${DJL_CACHE_DIR:-$scratch/djl}" java --add-modules jdk.incubator.vector -Xmx4g \
    -Dbitlift.home="$PWD" -Dai.djl.pytorch.num_threads="${threads%%,*}" -Dai.djl.pytorch.num_interop_threads=1 \
    -cp "target/test-classes:target/classes:$(cat "$scratch/classpath")" "io.github.bitlift.peers.$main" "$@"
