//! Adoption, training, the first pages made with AI, somebody new, agents, a tool.

use super::company::Company;

pub(super) fn happens(company: &mut Company) {
    company.month("January: the policy is adopted");
    the_policy_comes(company);
    the_documents_are_approved(company);
    everybody_accepts_and_is_trained(company);
    the_first_tool_is_approved(company);
    the_first_article_with_ai(company);
    somebody_new(company);
    agents_declare(company);
    a_second_tool(company);
}

fn the_policy_comes(company: &mut Company) {
    company.day("2026-01-05", "the policy comes, and everybody's key");
    let home = company.repo.home().display().to_string();
    let admins = format!(
        "--admin 'Ana Ruiz <ana@example.com>' --key {home}/ana.pub --admin 'Sam Okoro <sam@example.com>' --key {home}/sam.pub"
    );
    let teams = "--team 'legal=Lea Brandt <lea@example.com>' --team security=sam --team 'people=Tia Lund <tia@example.com>' --team 'trainer=Tia Lund <tia@example.com>' --team 'editor=Ed Novak <ed@example.com>' --team 'editor=Mia Roth <mia@example.com>'";
    let rest = "--accountable ed@example.com --title 'Editor in chief' --contact ed@example.com --restricted 'Appraisals=hr/**' --restricted 'Contracts=contracts/**'";
    company.runs(
        "ana",
        &format!("init --template responsible-ai --company 'Acme Press' --repository acme/website {admins} {teams} {rest} --tool 'claude-code=Claude Code' --commit"),
        0,
    );
    company.repo.git(&["stash", "--include-untracked", "--quiet"]);
    company.branch("ana", "keys");
    for who in ["lea", "tia", "ed", "mia"] {
        company.runs("ana", &format!("people add {who} --key {home}/{who}.pub"), 0);
    }
    company.runs(
        "ana",
        &format!("people add wes --name 'Wes Chen' --email wes@example.com --role writer --key {home}/wes.pub"),
        0,
    );
    company.runs("ana", &format!("people add scribe --name Scribe --kind agent --operator wes --email scribe@example.com --key {home}/scribe.pub"), 0);
    company.edit(".provenance/people.toml", "name = \"Wes Chen\"\n", "name = \"Wes Chen\"\nsupervisor = \"ed\"\n");
    company.proposes("ana", "everybody's key, Wes and his agent");
    company.refused("keys", &["missing-review"]);
    company.declares("ana", "keys", "none", 0);
    company.approves("ana", "keys", 1);
    company.runs("sam", "review main...keys --approve", 0);
    company.allowed("keys", &[]);
    company.lands("keys");
}

fn the_documents_are_approved(company: &mut Company) {
    company.day("2026-01-06", "three teams approve the policy document");
    company.branch("ana", "adopt");
    company.repo.git(&["stash", "pop", "--quiet"]);
    company.proposes("ana", "the AI policy, the statement for the website, the document of the first tool");
    company.runs("ana", "policy lint", 0);
    company.declares("ana", "adopt", "none", 0);
    company.approves("ed", "adopt", 0);
    company.approves("lea", "adopt", 0);
    company.refused("adopt", &["wrong-role"]);
    company.approves("sam", "adopt", 0);
    company.approves("tia", "adopt", 0);
    company.allowed("adopt", &[]);
    company.lands("adopt");
}

fn everybody_accepts_and_is_trained(company: &mut Company) {
    company.day("2026-01-07", "the first trainer, then everybody but Wes, who is away");
    company.runs("tia", "train tia ai-basics -m 'course of the chamber of commerce'", 0);
    for who in ["ana", "sam", "lea", "ed", "mia"] {
        company.runs("tia", &format!("train {who} ai-basics"), 0);
    }
    company.runs("ed", "train mia ai-basics", 1);
    for who in ["ana", "sam", "lea", "tia", "ed", "mia"] {
        company.runs(who, "policy accept --yes", 0);
    }
    company.runs("scribe", "policy accept --yes", 1);
    company.runs("ed", "policy accept website --yes", 2);
    company.runs("tia", "train zoe ai-basics", 2);
}

fn the_first_tool_is_approved(company: &mut Company) {
    company.day("2026-01-08", "the tool that was asked for is used too early, then approved");
    company.writes("wes", "bells", "content/bells.md", "# Bells\n\nA bell is loud.\n");
    company.declares("wes", "bells", "assisted --tool claude-code --use-case drafting", 2);
    company.branch("ana", "approve-claude");
    company.runs("ana", "tools approve claude-code --vendor Anthropic --model opus-* --use drafting --use translation --until 2026-12-31", 0);
    company.runs("ana", "policy lint", 1);
    company.append(
        ".provenance/tools.toml",
        "data-classes = [\"public\"]\nprocessor-agreement = \"signed on 2026-01-07, kept by legal\"\nretention = \"30 days\"\nregion = \"EU\"\ntrains-on-input = false\n",
    );
    company.runs("ana", "policy lint", 0);
    company.proposes("ana", "claude-code is approved");
    company.declares("ana", "approve-claude", "none", 0);
    company.runs("ed", "review main...approve-claude --approve", 1);
    company.runs("sam", "review main...approve-claude --approve", 0);
    company.allowed("approve-claude", &[]);
    company.lands("approve-claude");
}

fn the_first_article_with_ai(company: &mut Company) {
    company.day("2026-01-12", "the first article with AI, by somebody untrained");
    company.writes("wes", "saddles", "content/saddles.md", "# Saddles\n\nA saddle fits or it does not.\n");
    company.refused("saddles", &["missing-declaration", "missing-review"]);
    company.declares("wes", "saddles", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("ed", "saddles", 0);
    company.refused("saddles", &["untrained"]);
    company.runs("tia", "train wes ai-basics", 0);
    company.allowed("saddles", &["policy-not-accepted", "untrained"]);
    company.runs("wes", "policy accept --yes", 0);
    company.runs("wes", "train --tool claude-code", 0);
    company.allowed("saddles", &[]);
    company.lands("saddles");
    company.day("2026-01-13", "an article without AI needs its declaration and its review all the same");
    company.writes("wes", "bells", "content/bells.md", "# Bells\n\nA bell is loud, and 80 dB is enough.\n");
    company.declares("wes", "bells", "none", 0);
    company.approves("wes", "bells", 1);
    company.approves("mia", "bells", 0);
    company.allowed("bells", &[]);
    company.lands("bells");
}

fn somebody_new(company: &mut Company) {
    company.day("2026-01-21", "Zoe is hired, and has an agent");
    let home = company.repo.home().display().to_string();
    company.branch("ana", "zoe");
    company.runs(
        "ana",
        &format!("people add zoe --name 'Zoe Adeyemi' --email zoe@example.com --role writer --key {home}/zoe.pub"),
        0,
    );
    company.runs(
        "ana",
        &format!(
            "people add polly --name Polly --kind agent --operator zoe --email polly@example.com --key {home}/polly.pub"
        ),
        0,
    );
    company.edit(
        ".provenance/people.toml",
        "name = \"Zoe Adeyemi\"\n",
        "name = \"Zoe Adeyemi\"\nsupervisor = \"ed\"\n",
    );
    company.proposes("ana", "Zoe and her agent");
    company.declares("ana", "zoe", "none", 0);
    company.runs("sam", "review main...zoe --approve", 0);
    company.allowed("zoe", &[]);
    company.lands("zoe");
    company.day("2026-01-22", "Zoe writes with AI before she has accepted the policy");
    company.writes("zoe", "locks", "content/locks.md", "# Locks\n\nLock the frame, not the wheel.\n");
    company.declares("zoe", "locks", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("mia", "locks", 0);
    company.refused("locks", &["policy-not-accepted", "untrained"]);
    company.runs("zoe", "policy accept --yes", 0);
    company.refused("locks", &["untrained"]);
    company.runs("tia", "train zoe ai-basics --until 2026-03-15 -m 'on probation, a refresher in March'", 0);
    company.runs("zoe", "train --tool claude-code", 0);
    company.runs("ed", "train zoe --knows-policy", 0);
    company.allowed("locks", &[]);
    company.lands("locks");
}

fn agents_declare(company: &mut Company) {
    company.day("2026-01-23", "an agent declares with its own key, and never reviews");
    company.writes("scribe", "lights", "content/lights.md", "# Lights\n\nSeen is safe.\n");
    company.declares("scribe", "lights", "none", 2);
    company.declares("scribe", "lights", "generated --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("scribe", "lights", 1);
    company.approves("wes", "lights", 1);
    company.refused("lights", &["missing-review"]);
    company.approves("ed", "lights", 0);
    company.allowed("lights", &[]);
    company.lands("lights");
    company.day("2026-01-26", "the other agent translates");
    company.writes("polly", "lights-de", "content/de/lights.md", "# Licht\n\nWer gesehen wird, kommt an.\n");
    company.declares("polly", "lights-de", "generated --tool claude-code --model opus-4 --use-case translation", 0);
    company.approves("mia", "lights-de", 0);
    company.allowed("lights-de", &[]);
    company.lands("lights-de");
}

fn a_second_tool(company: &mut Company) {
    company.day("2026-01-27", "a second tool is asked for");
    company.branch("zoe", "ask-painter");
    company.runs("zoe", "tools request painter --name Painter --note 'pictures for the shop'", 0);
    company.proposes("zoe", "painter is asked for");
    company.declares("zoe", "ask-painter", "none", 0);
    company.runs("sam", "review main...ask-painter --approve", 0);
    company.allowed("ask-painter", &[]);
    company.lands("ask-painter");
    company.writes("zoe", "bike", "content/bike.md", "# A bicycle\n\n![a red bicycle before a wall](bike.svg)\n");
    company.declares("zoe", "bike", "generated --tool painter --use-case illustration", 2);
    who_approves_does_not_write(company);
}

fn who_approves_does_not_write(company: &mut Company) {
    company.day("2026-01-29", "security writes the entry itself, and then nobody is left to review it");
    painters_entry(company, "sam", "painter-by-sam", "2026-12-31");
    company.refused("painter-by-sam", &["missing-review"]);
    company.approves("sam", "painter-by-sam", 1);
    company.day("2026-01-30", "who asked writes it, security reviews it, and the tool is used");
    painters_entry(company, "zoe", "painter", "2026-06-30");
    company.approves("sam", "painter", 0);
    company.refused("painter", &["wrong-role"]);
    company.approves("ed", "painter", 0);
    company.allowed("painter", &[]);
    company.lands("painter");
    company.writes("zoe", "bike", "content/bike.md", "# A bicycle\n\n![a red bicycle before a wall](bike.svg)\n");
    company.declares("zoe", "bike", "generated --tool painter --use-case illustration", 0);
    company.runs("zoe", "train --tool painter", 0);
    company.approves("ed", "bike", 0);
    company.allowed("bike", &[]);
    company.lands("bike");
}

fn painters_entry(company: &mut Company, who: &str, branch: &str, until: &str) {
    company.branch(who, branch);
    company.repo.write("ai-tools/painter.md", PAINTER.replace("UNTIL", until));
    company.runs(who, &format!("tools approve painter --vendor Easel --use illustration --until {until}"), 0);
    company.append(".provenance/tools.toml", TERMS);
    company.proposes(who, "painter is approved");
    company.runs(who, "policy lint", 0);
    company.declares(who, branch, "none", 0);
}

const PAINTER: &str = "# Painter\n\nApproved until UNTIL.\n\n## Capabilities\n\nPictures from words.\n\n## Limits\n\nHands, letters, spokes.\n\n## Guidelines\n\nLook twice.\n";
const TERMS: &str = r#"document = "ai-tools/painter.md"
data-classes = ["public"]
processor-agreement = "signed on 2026-01-28, kept by legal"
retention = "none"
region = "EU"
trains-on-input = true
"#;
