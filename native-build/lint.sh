#!/usr/bin/env bash
# Checks that PTX files hold to the numeric contract, prints counts per file, and exits 1 with the offending lines otherwise.
# Refused: contractible or otherwise rounded arithmetic (mul, add, sub, mad, fma, div, sqrt, rcp without .rn), approximations,
# flushing of subnormals, minimum and maximum (their NaN and zero are not the contract's), functions of the hardware, and
# atomics on floating-point numbers.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: lint.sh FILE.ptx ..." >&2; exit 2; }

# Instructions at the start of a statement, after an optional predicate.
start='^[[:space:]]*(@!?%[a-zA-Z0-9_]+[[:space:]]+)?'
refused=(
  "${start}(mul|add|sub|mad|fma|div|sqrt|rcp)\.(ftz\.|sat\.|approx\.|full\.|rz\.|rm\.|rp\.)*(f32|f64|f16|bf16)"
  "${start}[a-z0-9._]*\.(ftz|sat|approx|full)\b"
  "${start}cvt\.(rz|rm|rp)\.[a-z0-9.]*f(32|64)"
  "${start}(min|max|sin|cos|ex2|lg2|tanh|rsqrt|copysign|testp)\.[a-z0-9.]*f(32|64)"
  "${start}(atom|red)\.[a-z0-9_.:]*f(32|64|16)"
)

status=0
for file in "$@"; do
  for pattern in "${refused[@]}"; do
    if grep -nE "$pattern" "$file" | sed "s|^|$file:|" >&2; then
      status=1
    fi
  done
  printf '%-28s' "$(basename "$file")"
  for instruction in fma.rn.f32 fma.rn.f64 mul.rn add.rn sub.rn div.rn sqrt.rn; do
    printf ' %s %s' "$instruction" "$(grep -cE "${start}${instruction//./\\.}" "$file" || true)"
  done
  echo
done
exit $status
