# Compares what a case expects with what a gate said. Called as: awk -v code=EXIT -v push=1 -f judge.awk CASE REPORT,
# without push=1 where the case is none.
# Prints nothing where the case holds, else one line of expected and found.

FNR == 1 { files++ }
files == 1 && ARGV[1] == FILENAME { expect($0); next }
{ text = text $0 "\n" }

function expect(line,    space, word) {
  space = index(line, " ")
  if (line ~ /^#/ || !space) return
  word = substr(line, 1, space - 1)
  line = substr(line, space + 1)
  if (word == "exit") wanted_code = line
  else if (word == "error" || word == "warning" || word == "note") {
    want_severity[++wants] = word
    want[wants] = line
  } else if (word == "never") never[++nevers] = line
}

END {
  if (code == 0 || code == 1 || code == 3) read_report()
  for (i = 1; i <= wants; i++) wanted = wanted ", " want_severity[i] " " want[i]
  for (i = 1; i <= nevers; i++) wanted = wanted ", never " never[i]
  if (!holds()) print "expected exit " wanted_code wanted "; found exit " code found()
}

function holds(    i) {
  if (code "" != wanted_code "") return 0
  if (code == 2) return 1
  # What is no commit, and what git says of a push and cannot be read, leaves nothing to report on.
  if (code == 3 && !wants && !nevers) return 1
  if (broken || verdict != (code == 0 ? "allowed" : code == 1 ? "refused" : "undecided")) return 0
  for (i = 1; i <= wants; i++) if (!reported(want_severity[i], want[i])) return 0
  for (i = 1; i <= count; i++) if (!fits(i)) return 0
  return 1
}

# Whether a finding of this severity has this code, and this path where the case names one.
function reported(severity, what,    i) {
  for (i = 1; i <= count; i++) if (finding[i, "severity"] == severity && matches(i, what)) return 1
  return 0
}

function matches(i, what) {
  return what == finding[i, "code"] || what == finding[i, "code"] " " finding[i, "path"]
}

# Whether the case has room for a finding: none that it rules out, and each error of a refusal must be one that it names.
# Where the gate cannot decide, it may say more or less beside.
function fits(i,    j) {
  for (j = 1; j <= nevers; j++) if (matches(i, never[j])) return 0
  if (finding[i, "severity"] != "error" || code == 3) return 1
  for (j = 1; j <= wants; j++) if (want_severity[j] == "error" && matches(i, want[j])) return 1
  return 0
}

function found(    i, said) {
  if (code != 0 && code != 1 && code != 3) return ""
  if (broken) return ", no report: " broken
  said = ", verdict " verdict
  for (i = 1; i <= count; i++)
    said = said ", " finding[i, "severity"] " " finding[i, "code"] (finding[i, "path"] == "" ? "" : " " finding[i, "path"])
  return said
}

# The report is one JSON value; of it only `verdict` and `findings` are read, of a push those of its `reports` too.
function read_report() {
  at = 1
  value("")
  blank()
  if (!broken && at <= length(text)) broken = "something stands behind the JSON value"
  if (!broken && verdict == "") broken = "it has no verdict"
}

function value(path,    first) {
  blank()
  first = substr(text, at, 1)
  if (first == "{") object(path)
  else if (first == "[") array(path)
  else if (first == "\"") keep(path, string())
  else if (match(substr(text, at, 40), /^(true|false|null|-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?)/)) at += RLENGTH
  else fail()
}

function object(path,    name) {
  at++
  blank()
  if (substr(text, at, 1) == "}") { at++; return }
  while (!broken) {
    blank()
    if (substr(text, at, 1) != "\"") { fail(); return }
    name = string()
    blank()
    if (substr(text, at++, 1) != ":") { fail(); return }
    value(path "." name)
    if (!another("}")) return
  }
}

function array(path,    n) {
  at++
  blank()
  if (substr(text, at, 1) == "]") { at++; return }
  while (!broken) {
    n++
    if (path == ".findings" || push && path ~ /^\.reports\.[0-9]+\.findings$/) place[path "." n] = ++count
    value(path "." n)
    if (!another("]")) return
  }
}

function another(end,    next_one) {
  blank()
  next_one = substr(text, at++, 1)
  if (next_one != "," && next_one != end) fail()
  return next_one == ","
}

function string(    rest, said) {
  at++
  while (!broken) {
    rest = substr(text, at)
    if (!match(rest, /["\\\n]/)) { fail(); return "" }
    said = said substr(rest, 1, RSTART - 1)
    at += RSTART
    rest = substr(rest, RSTART, 6)
    if (substr(rest, 1, 1) == "\"") return said
    if (substr(rest, 1, 1) == "\n") { fail(); return "" }
    if (rest ~ /^\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]$/) { said = said rest; at += 5 }
    else if (rest ~ /^\\["\\\/bfnrt]/) { said = said plain(substr(rest, 2, 1)); at++ }
    else fail()
  }
}

# Paths that cases name are ASCII: of the escapes only those of printed characters are undone.
function plain(letter) {
  return index("\"\\/", letter) ? letter : "\\" letter
}

function keep(path, said,    above) {
  if (path == ".verdict") verdict = said
  above = path
  sub(/\.[^.]*$/, "", above)
  if (above in place) finding[place[above], substr(path, length(above) + 2)] = said
}

function blank() {
  while (index(" \t\r\n", substr(text, at, 1)) && at <= length(text)) at++
}

function fail() {
  if (!broken) broken = "no JSON at character " at
}
