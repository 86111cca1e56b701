#!/usr/bin/env bash
# Times Bitlift against other libraries; fetches 210 MB of jars the first time.
#   benchmarks/run-peers.sh product [threads=1,2] [shapes=NT:512x784x784,...] [torch] [plain]      OpenBLAS, PyTorch
#   benchmarks/run-peers.sh predict [threads=1] [nets=784x7,784-64-64-10] [rows=1,10,64] [plain]   ONNX Runtime, PyTorch
#   benchmarks/run-peers.sh step    [threads=2] [images=1000]                                      PyTorch
#   benchmarks/run-peers.sh isgm    [threads=2] [net=784-64-64-10] [batch=100] [inner=150]         PyTorch
#   benchmarks/run-peers.sh deep    [threads=2] [layers=128] [width=64] [batch=1]                  PyTorch
#   benchmarks/run-peers.sh tv      [threads=2] [images=1000] [iterations=1000]                    PyTorch
#   benchmarks/run-peers.sh results FILE...    makes benchmarks/results/README.md of what json= has collected
# Each but the last also takes [rounds=N] [clock=cpu] [json=FILE].
# JAVA_HOME says which Java, BITLIFT_JAVA_OPTS holds options for it, such as -XX:UseAVX=2.
set -euo pipefail
cd "$(dirname "$0")/.."
threads=2
case "${1:-}" in
  product) main=ProductPeers ;;
  predict) main=PredictPeers threads=1 ;;
  step) main=TrainingStepPeers ;;
  isgm) main=ImplicitGradientPeers ;;
  deep) main=DeepPeers ;;
  tv) main=TotalVariationPeers ;;
  results) main=ResultsPage ;;
  *) sed -n '2,11s/^# *//p' "$0" >&2; exit 2 ;;
esac
shift
for word in "$@"; do
  case "$word" in threads=*) threads="${word#threads=}" ;; esac
done
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

classpath=target/peers.classpath
if [ ! -f "target/test-classes/io/github/bitlift/peers/$main.class" ] || [ ! -f "$classpath" ] \
    || [ -n "$(find pom.xml src benchmarks/java benchmarks/peers validation/java kernels/ptx -newer "$classpath" \
        -print -quit)" ]; then
  mvn -B -q -ntp -Ppeers test-compile dependency:build-classpath -Dmdep.includeScope=test \
      -Dmdep.outputFile="$classpath" >&2
  touch "$classpath"
fi
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
read -r -a options <<<"${BITLIFT_JAVA_OPTS:-}"
# Environments that pin OpenBLAS to an older processor would make it slower than it is.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
# Limited to AVX2, we are compared with others limited alike, as far as they can be: ONNX Runtime can't.
case " ${BITLIFT_JAVA_OPTS:-} " in
  *" -XX:UseAVX=2 "*)
    export OPENBLAS_CORETYPE=Haswell ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2 ONEDNN_MAX_CPU_ISA=AVX2 ;;
esac
# DJL unpacks PyTorch's libraries below its cache folder.
DJL_OFFLINE=true DJL_CACHE_DIR="${DJL_CACHE_DIR:-$scratch/djl}" "$java" --add-modules jdk.incubator.vector -Xmx4g \
    -Djava.awt.headless=true -Dbitlift.home="$PWD" \
    -Dai.djl.pytorch.num_threads="${threads%%,*}" -Dai.djl.pytorch.num_interop_threads=1 "${options[@]}" \
    -cp "target/test-classes:target/classes:$(cat "$classpath")" "io.github.bitlift.peers.$main" "$@"
