#!/bin/sh
# What sequoia-git's `sq-git log` costs for each commit, beside `git log --show-signature` over the same OpenPGP signatures.
#
#   provenance-cli/benches/compare-sq.sh SQ_GIT [N]
#
# Needs git, gpg 2.2 or newer, and a `sq-git` that was built elsewhere. Makes a scratch repository with N signed commits (200 unless
# told), each adding a page of one line; best of three for each row.
set -eu
sq_git=$(realpath "$1")
count=${2:-200}
work=$(mktemp -d)
finish() {
  gpgconf --kill gpg-agent > /dev/null 2>&1 || true
  rm -rf "$work" 2> /dev/null || { sleep 1; rm -rf "$work"; }
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
export HOME="$work" GNUPGHOME="$work/gnupg" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig"
export XDG_CACHE_HOME="$work/cache" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" SEQUOIA_HOME="$work/sequoia"
mkdir -m 700 "$GNUPGHOME" "$work/sequoia"
gpg --quiet --batch --passphrase '' --quick-generate-key 'wes <wes@example.com>' ed25519 sign never 2> /dev/null
key=$(gpg --batch --with-colons --list-keys 2> /dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --batch --armor --export "$key" > "$work/wes.asc"
for pair in user.name=wes user.email=wes@example.com user.signingKey="$key" commit.gpgSign=true gpg.program=gpg init.defaultBranch=main gc.auto=0; do
  git config --global "${pair%%=*}" "${pair#*=}"
done

git init --quiet "$work/site"
cd "$work/site"
"$sq_git" policy authorize --project-maintainer 'wes <wes@example.com>' --cert-file "$work/wes.asc" > /dev/null
git add -A
git commit --quiet -m policy
root=$(git rev-parse HEAD)
mkdir content
i=0
while [ "$i" -lt "$count" ]; do
  i=$((i + 1))
  echo "page $i" > "content/$i.md"
  git add -A
  git commit --quiet -m "page $i"
done

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
forget() { rm -rf "$XDG_CACHE_HOME"; mkdir "$XDG_CACHE_HOME"; } # it keeps what it verified

echo "| way | ms | ms for each of $count |"
echo "|---|--:|--:|"
row '`git log --show-signature`, OpenPGP by gpg' none git log --show-signature "$root..HEAD"
# What it allows below it must be able to refuse.
git commit --quiet --no-gpg-sign --allow-empty -m unsigned
if "$sq_git" log --trust-root "$root" > /dev/null 2>&1; then echo "sq-git let an unsigned commit pass" >&2; exit 1; fi
git reset --quiet --hard HEAD~1
row '`sq-git log`, nothing cached' forget "$sq_git" log --trust-root "$root"
row '`sq-git log`, from its cache' none "$sq_git" log --trust-root "$root"
