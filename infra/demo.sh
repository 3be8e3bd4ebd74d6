#!/usr/bin/env bash
# The demo from a fresh checkout: restores, builds, pre-trains a small elastic ViT on the demo images, evaluates every
# sub-network and prints the table. Needs the .NET 10 SDK, and nothing else.
#   bash infra/demo.sh            at most 8 minutes on two cores after the build; the host then runs until Ctrl+C
#   bash infra/demo.sh --exit     ends after the table
#   bash infra/demo.sh --all      also a linear probe, detection and segmentation on three sub-networks: at most 20 minutes on two cores
#   bash infra/demo.sh --quick    a smoke run of about a minute (its table shows that it works, not how well it learns)
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for argument in "$@"; do
  case $argument in
    --exit | --quick | --all | --json | --help | -h | --home=*) ;;
    *) echo "error: unknown option '$argument'" >&2; echo "remedy: bash infra/demo.sh [--exit] [--quick] [--all]" >&2; exit 2 ;;
  esac
done
cd "$here/.."
exec "$here/poa" demo "$@"
