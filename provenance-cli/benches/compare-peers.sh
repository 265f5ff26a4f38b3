#!/bin/sh
# What two peers cost for each commit: sequoia-git's `sq-git log`, beside `git log --show-signature` over the same OpenPGP
# signatures, and git-ai's `git-ai stats`.
#
#   SQ_GIT=/path/to/sq-git GIT_AI=/path/to/git-ai provenance-cli/benches/compare-peers.sh [N]
#
# A peer that is not given is left out. Needs git, gpg 2.2 or newer, and peers that were built elsewhere. Makes a scratch
# repository with N signed commits (200 unless told), each adding a page of one line; best of three for each row. Nothing is
# written outside the scratch folder, and git-ai's background service, which it cannot do without, ends with it.
set -eu
count=${1:-200}
sq_git=${SQ_GIT:-}
git_ai=${GIT_AI:-}
[ -z "$sq_git" ] || sq_git=$(realpath "$sq_git")
[ -z "$git_ai" ] || git_ai=$(realpath "$git_ai")
work=$(mktemp -d)
service=
finish() {
  if [ -n "$service" ]; then "$git_ai" bg shutdown > /dev/null 2>&1 || true; fi
  gpgconf --kill gpg-agent > /dev/null 2>&1 || true
  rm -rf "$work" 2> /dev/null || { sleep 1; rm -rf "$work"; }
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
export HOME="$work" GNUPGHOME="$work/gnupg" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig"
export XDG_CACHE_HOME="$work/cache" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" SEQUOIA_HOME="$work/sequoia"
export GIT_AI_ALLOW_SUPERUSER=1
unset XDG_RUNTIME_DIR GIT_DIR GIT_WORK_TREE GIT_TRACE2_EVENT || true
mkdir -m 700 "$GNUPGHOME" "$work/sequoia"
gpg --quiet --batch --passphrase '' --quick-generate-key 'wes <wes@example.com>' ed25519 sign never 2> /dev/null
key=$(gpg --batch --with-colons --list-keys 2> /dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --batch --armor --export "$key" > "$work/wes.asc"
for pair in user.name=wes user.email=wes@example.com user.signingKey="$key" commit.gpgSign=true gpg.program=gpg init.defaultBranch=main gc.auto=0; do
  git config --global "${pair%%=*}" "${pair#*=}"
done

# git-ai as its users have it: a background service that git tells, by trace2, of each commit. Here it tells nobody else.
if [ -n "$git_ai" ]; then
  mkdir "$work/.git-ai"
  printf '{ "telemetry_oss": "off", "disable_version_checks": true, "disable_auto_updates": true, "api_base_url": "http://127.0.0.1:9" }\n' > "$work/.git-ai/config.json"
  service=1
  "$git_ai" bg start > "$work/service" 2>&1 || { cat "$work/service"; exit 1; }
  socket=$(find "$work/.git-ai" -type s -name '*trace*' | head -n 1)
  git config --global trace2.eventTarget "af_unix:stream:$socket"
  git config --global trace2.eventNesting 0
fi

cd "$work"
git init --quiet site
cd site
echo site > README
[ -z "$sq_git" ] || "$sq_git" policy authorize --project-maintainer 'wes <wes@example.com>' --cert-file "$work/wes.asc" > /dev/null
git add -A
git commit --quiet -m policy
root=$(git rev-parse HEAD)
mkdir content
i=0
while [ "$i" -lt "$count" ]; do
  i=$((i + 1))
  echo "page $i" > "content/$i.md"
  # An agent's hook: the lines of this page are an agent's.
  [ -z "$git_ai" ] || "$git_ai" checkpoint mock_ai "content/$i.md" > /dev/null 2>&1
  git add -A
  git commit --quiet -m "page $i"
done
git log --format=%H "$root..HEAD" > "$work/commits"
[ -z "$git_ai" ] || "$git_ai" await --timeout 600 > "$work/await" 2>&1 || cat "$work/await" >&2

row() { # NAME BEFORE COMMAND...: best of three, BEFORE is not timed
  name=$1 before=$2 best=
  shift 2
  for _ in 1 2 3; do
    "$before"
    start=$(date +%s%N)
    "$@" > /dev/null 2> "$work/errors" || { echo "failed: $name" >&2; cat "$work/errors" >&2; exit 1; }
    took=$(($(date +%s%N) - start))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
  done
  awk -v name="$name" -v ns="$best" -v n="$count" 'BEGIN { printf "| %s | %.1f | %.3f |\n", name, ns / 1e6, ns / 1e6 / n }'
}
none() { :; }
forget() { rm -rf "$XDG_CACHE_HOME"; mkdir "$XDG_CACHE_HOME"; } # sq-git keeps what it verified
each_stats() { while read -r commit; do "$git_ai" stats "$commit" --json || return 1; done < "$work/commits"; }

echo "| way | ms | ms for each of $count |"
echo "|---|--:|--:|"
GIT_TRACE2_EVENT=0 row '`git log --show-signature`, OpenPGP by gpg' none git log --show-signature "$root..HEAD"
if [ -n "$sq_git" ]; then
  # What it allows below it must be able to refuse.
  GIT_TRACE2_EVENT=0 git commit --quiet --no-gpg-sign --allow-empty -m unsigned
  if "$sq_git" log --trust-root "$root" > /dev/null 2>&1; then echo "sq-git let an unsigned commit pass" >&2; exit 1; fi
  GIT_TRACE2_EVENT=0 git reset --quiet --hard HEAD~1
  row '`sq-git log`, nothing cached' forget "$sq_git" log --trust-root "$root"
  row '`sq-git log`, from its cache' none "$sq_git" log --trust-root "$root"
fi
if [ -n "$git_ai" ]; then
  "$git_ai" stats "$root..HEAD" --json > "$work/range" 2> /dev/null
  # The service has noted each commit by itself.
  grep -q "\"commits_with_authorship\":$count," "$work/range" || { echo "git-ai: $(cat "$work/range")" >&2; exit 1; }
  row '`git-ai stats ROOT..HEAD --json`, verifies nothing' none "$git_ai" stats "$root..HEAD" --json
  row 'a loop of `git-ai stats COMMIT --json`, verifies nothing' none each_stats
fi
