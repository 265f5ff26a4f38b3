#!/bin/sh
# Declares the newest commit with an agent's own key. Nothing of the session but a salted digest of its name is kept.
#
#   declare-hook.sh TOOL MODEL [SESSION]
#
# As a hook: .git/hooks/post-commit, or what the agent runs when it has finished. The agent's key is git config
# provenance.signingKey; what it confirms, which classes of data it is given and on which class of device it runs:
# provenance.agentConfirm, provenance.agentDataClass, provenance.agentDevice, one id a value.
set -eu
tool=$1 model=$2 session=${3:-}
# A hook of git runs with git's own idea of where it is; the command finds it by itself.
unset GIT_INDEX_FILE
set -- declare HEAD --extent generated --tool "$tool" --model "$model"
for id in $(git config --get-all provenance.agentConfirm || true); do set -- "$@" --confirm "$id"; done
for id in $(git config --get-all provenance.agentDataClass || true); do set -- "$@" --data-class "$id"; done
for id in $(git config --get provenance.agentDevice || true); do set -- "$@" --device "$id"; done
if [ -n "$session" ]; then
  salt=$(git rev-parse --git-path provenance-salt)
  [ -s "$salt" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$salt"
  digest=$(printf '%s %s' "$(cat "$salt")" "$session" | sha256sum | cut -c1-64)
  set -- "$@" --session-digest "$digest"
fi
# A commit that could not be declared stays: nothing is lost, and the gate will say what is missing.
git provenance "$@" --format json || echo "not declared: see the message above, mend it and run it again" >&2
