#!/usr/bin/env bash
# Builds everything and runs every test: what continuous integration runs, and what to run before handing in a change.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: bash infra/test.sh [options] [-- options for the test programs]

  --quick            leave out the tests with real processes (Poa.EndToEnd.Tests, Poa.Browser.Tests), and the check of code style
  --project NAME     only this test project (Storage, Poa.Storage.Tests); may be given several times
  --filter PATTERN   only tests whose full name matches; * stands for anything
  --configuration C  Release (default) or Debug
  --no-build         run what was built before
  --help             this text

Needs the .NET 10 SDK. What some tests talk to is installed if it is missing: Azurite and axe-core into artifacts/tools (npm), and,
if we are root, nodejs, npm, chromium, postgresql and dataset-fashion-mnist (apt-get). Reports and logs: artifacts/test-results; pictures of every page of the dashboard:
artifacts/test-results/pages. The last line printed is "N passed, N failed, N skipped"; the exit code is 0 only if none failed, no
test program crashed, and none was empty.

environment:
  POA_GOLDEN         folder of golden vectors to test against instead of tests/golden
  POA_GOLDEN_DOWNSTREAM  the same for the downstream evaluations, instead of tests/golden-downstream
  POA_AZURITE        path of azurite-blob, if it is not to be installed
  POA_POSTGRES       folder of PostgreSQL's programs (initdb, postgres, pg_ctl), if it is not to be installed
  POA_CHROMIUM       path of a Chromium (default /usr/bin/chromium, Debian's)
  POA_AXE            path of axe.min.js, if it is not to be installed
  POA_TEST_LIMIT     seconds that one test project may take (default 1800)
  OMP_NUM_THREADS    threads of one tensor operation (default 1: test classes run side by side)
TEXT
}

configuration=Release quick= filter= build=1 projects=() extra=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=1 ;;
    --project) projects+=("${2:?--project needs a name}"); shift ;;
    --filter) filter=${2:?--filter needs a pattern}; shift ;;
    --configuration) configuration=${2:?--configuration needs Release or Debug}; shift ;;
    --no-build) build= ;;
    --help | -h) usage; exit 0 ;;
    --) shift; extra=("$@"); break ;;
    *) echo "infra/test.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
results=artifacts/test-results tools=artifacts/tools azurite_version=3.35.0 axe_version=4.14.1

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'infra/test.sh: %s\n' "$*" >&2; exit 1; }

command -v dotnet >/dev/null || fail "there is no dotnet on the PATH. Install the .NET 10 SDK: https://dotnet.microsoft.com/download"

# Which test projects: Poa.X.Tests, X.Tests or X.
selected=()
for folder in tests/*.Tests; do
  name=$(basename "$folder")
  if [ ${#projects[@]} -gt 0 ]; then
    for wanted in "${projects[@]}"; do
      case $name in "$wanted" | "Poa.$wanted" | "Poa.$wanted.Tests") selected+=("$name") ;; esac
    done
  elif [ -z "$quick" ] || { [ "$name" != Poa.EndToEnd.Tests ] && [ "$name" != Poa.Browser.Tests ]; }; then
    selected+=("$name")
  fi
done
[ ${#selected[@]} -gt 0 ] || fail "no test project is called ${projects[*]}. There are: $(cd tests && echo *.Tests)"

# debian THING PACKAGE...: installs Debian packages where the command or folder is missing and we may; otherwise says what is needed.
debian() {
  local command=$1
  shift
  { command -v "$command" >/dev/null || [ -d "$command" ]; } && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "$command is missing. Install it (sudo apt-get install $*); infra/test.sh --help names settings that point to another place."
  fi
  say "Installing $* (apt-get)"
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

# from_npm PACKAGE VERSION FILE: installs an npm package into artifacts/tools, unless its file is there.
from_npm() {
  [ -e "$tools/node_modules/$3" ] && return
  debian npm nodejs npm
  say "Installing $1 $2 into $tools"
  mkdir -p "$tools"
  npm install --prefix "$tools" --no-audit --no-fund --no-update-notifier --silent "$1@$2"
  [ -e "$tools/node_modules/$3" ] || fail "npm did not bring $tools/node_modules/$3."
}

# needed_by_tests NAME: true if the code of a selected test project speaks of it.
needed_by_tests() { (cd tests && grep -rqs "$1" "${selected[@]}" --include='*.cs'); }

if [ -z "${POA_AZURITE:-}" ] && needed_by_tests AzuriteServer; then
  from_npm azurite "$azurite_version" .bin/azurite-blob
  export POA_AZURITE="$PWD/$tools/node_modules/.bin/azurite-blob"
fi
if [ -z "${POA_POSTGRES:-}" ] && needed_by_tests PostgresServer && ! command -v initdb >/dev/null; then debian /usr/lib/postgresql postgresql; fi
if [ -z "${POA_CHROMIUM:-}" ] && needed_by_tests POA_CHROMIUM; then debian chromium chromium; fi
if needed_by_tests FashionMnist; then debian /usr/share/datasets/fashion-mnist dataset-fashion-mnist; fi
if [ -z "${POA_AXE:-}" ] && needed_by_tests POA_AXE; then from_npm axe-core "$axe_version" axe-core/axe.min.js; fi

if [ -n "$build" ]; then
  say "Building ($configuration)"
  if [ ${#projects[@]} -gt 0 ]; then targets=("${selected[@]/#/tests/}"); else targets=(Poa.Actors.sln); fi
  for target in "${targets[@]}"; do
    dotnet build "$target" -c "$configuration" -v quiet -nologo -nodeReuse:false || fail "the build failed."
  done
  say "Checking the format"
  dotnet format whitespace . --folder --verify-no-changes --exclude '**/obj/**' --exclude artifacts/ ||
    fail "the format differs from .editorconfig; run: dotnet format whitespace . --folder"
  # Code style needs every project restored, so not for a selection of them.
  if [ -z "$quick" ] && [ ${#projects[@]} -eq 0 ]; then
    dotnet format Poa.Actors.sln --verify-no-changes --no-restore || fail "the code style differs; run: dotnet format Poa.Actors.sln"
  fi
fi

# count FILE NAME: a whole number that is an attribute of the report's <assembly> element; nothing if the report is cut off.
count() { sed -n "s/.*<assembly[^>]* $2=\"\([0-9][0-9]*\)\".*/\1/p" "$1" | head -n 1; }

mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=()
for name in "${selected[@]}"; do
  say "$name"
  program="tests/$name/bin/$configuration/net10.0/$name" report="$results/$name.xml" log="$results/$name.log"
  rm -f "$report" "$log"
  if [ ! -x "$program" ]; then
    broken+=("$name: $program was not built")
    continue
  fi
  code=0
  # timeout signals the whole process group: children that tests started end with them.
  { timeout -k 10 "${POA_TEST_LIMIT:-1800}" "$program" -noLogo -noColor -result-xml "$report" \
    ${filter:+-method "$filter"} ${extra[@]+"${extra[@]}"} >"$log" 2>&1 || code=$?; } 2>/dev/null
  # What failed, in full; of what passed only the summary.
  if [ $code != 0 ]; then sed -n '/\[FAIL\]/,$p' "$log" | head -n 400; else tail -n 1 "$log"; fi

  total= project_passed= project_failed= errors= project_skipped=
  if [ -s "$report" ]; then
    total=$(count "$report" total) project_passed=$(count "$report" passed) project_failed=$(count "$report" failed)
    errors=$(count "$report" errors) project_skipped=$(count "$report" skipped)
  fi
  if [ -z "$total" ] || [ -z "$project_passed" ] || [ -z "$project_failed" ] || [ -z "$errors" ] || [ -z "$project_skipped" ]; then
    if [ $code = 124 ] || [ $code = 137 ]; then why="ran longer than ${POA_TEST_LIMIT:-1800} s (POA_TEST_LIMIT)"; else why="crashed with exit code $code"; fi
    broken+=("$name: $why; see $log")
    tail -n 30 "$log"
    continue
  fi
  project_failed=$((project_failed + errors)) # errors: a fixture or a test program's clean-up failed
  passed=$((passed + project_passed)) failed=$((failed + project_failed)) skipped=$((skipped + project_skipped))
  if [ "$total" = 0 ] && [ -z "$filter" ] && [ ${#extra[@]} = 0 ]; then
    broken+=("$name: it holds no test")
  elif [ $code != 0 ] && [ $project_failed = 0 ]; then
    broken+=("$name: ended with exit code $code though no test failed; see $log")
  fi
done

if [ $((passed + failed + skipped + ${#broken[@]})) = 0 ]; then broken+=("no test was run"); fi
if [ $failed != 0 ] || [ ${#broken[@]} != 0 ]; then
  say "Failed"
  for name in "${selected[@]}"; do
    [ -s "$results/$name.log" ] && sed -n 's/^ *\(.*\) \[FAIL\]$/  \1/p' "$results/$name.log"
  done
  for line in ${broken[@]+"${broken[@]}"}; do echo "  $line"; done
fi
failed=$((failed + ${#broken[@]}))
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ $failed = 0 ]
