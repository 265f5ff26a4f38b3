#!/usr/bin/env bash
# What verifying costs beside what one would use instead, in one run: N signed commits and N reviews of ours.
#
#   provenance-cli/benches/compare.sh [N] [BINARY]
#
# Needs git 2.34 or newer and ssh-keygen. Prints one row for each way: milliseconds in all, and for each signature.
set -euo pipefail
count=${1:-200}
binary=$(realpath "${2:-target/release/git-provenance}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=wes GIT_AUTHOR_EMAIL=wes@example.com GIT_COMMITTER_NAME=wes GIT_COMMITTER_EMAIL=wes@example.com
unset SSH_AUTH_SOCK
for who in ana wes; do ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$work/$who"; done
printf 'wes@example.com %s\n' "$(cut -d' ' -f1,2 "$work/wes.pub")" > "$work/allowed"

cd "$work"
git init --quiet --initial-branch=main site
cd site
mkdir .provenance content
person() { printf '[person.%s]\nname = "%s"\nkind = "human"\nemails = ["%s@example.com"]\nroles = [%s]\nkeys = ["%s"]\n' \
  "$1" "$1" "$1" "$2" "$(cut -d' ' -f1,2 "$work/$1.pub")"; }
{ person ana '"admin", "security", "editor"'; person wes '"writer"'; } > .provenance/people.toml
printf 'version = 1\nrepository = "acme/site"\nbranches = ["refs/heads/main"]\n[[rule]]\nname = "content"\npaths = ["content/**"]\nreviews = [{ roles = ["editor"] }]\n' > .provenance/policy.toml
git add -A
git commit --quiet -m policy
git config provenance.root "$(git rev-parse HEAD)"
git config gpg.format ssh
git config user.signingKey "$work/wes"
git config gpg.ssh.allowedSignersFile "$work/allowed"
git checkout --quiet -b topic
for i in $(seq "$count"); do
  echo "page $i" > "content/$i.md"
  git add -A
  git commit --quiet -S -m "page $i"
done
# A declaration and a review of every page, and a note of git's own for each commit.
"$binary" declare main...topic --extent none --key "$work/wes" > /dev/null 2>&1
"$binary" review main...topic --separate --approve --yes --key "$work/ana" > /dev/null 2>&1
git log --format=%H main..topic > "$work/commits"
while read -r commit; do
  git notes --ref=plain add -m reviewed "$commit"
done < "$work/commits" 2> /dev/null
echo text > "$work/text"
ssh-keygen -q -Y sign -n file -f "$work/wes" "$work/text"

row() { # NAME SIGNATURES COMMAND...
  local name=$1 signatures=$2 best= start took
  shift 2
  for _ in 1 2 3; do
    start=$(date +%s%N)
    "$@" > /dev/null 2>&1
    took=$(( $(date +%s%N) - start ))
    if [ -z "$best" ] || [ "$took" -lt "$best" ]; then best=$took; fi
  done
  awk -v name="$name" -v ns="$best" -v n="$signatures" 'BEGIN { printf "| %s | %.1f | %.3f |\n", name, ns / 1e6, ns / 1e6 / n }'
}
loop_keygen() { while read -r _; do ssh-keygen -Y verify -f "$work/allowed" -I wes@example.com -n file -s "$work/text.sig" < "$work/text"; done < "$work/commits"; }
loop_notes() { while read -r commit; do git notes --ref=plain show "$commit"; done < "$work/commits"; }

echo "| way | ms | ms for each of $count |"
echo "|---|--:|--:|"
row "\`git log --show-signature\`, signed commits" "$count" git log --show-signature main..topic
row "a loop of \`ssh-keygen -Y verify\`" "$count" loop_keygen
row "a loop of \`git notes show\`, which verifies nothing" "$count" loop_notes
"$binary" check main...topic > /dev/null # a failure ends this
row "\`git provenance check\`, $count files" "$count" "$binary" check main...topic
