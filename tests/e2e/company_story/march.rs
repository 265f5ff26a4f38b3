//! An emergency, a tool and a colleague that go, a stolen laptop, two incidents at once, a training that ran out, a
//! clause that somebody would rather not have.

use super::company::{Company, record};

pub(super) fn happens(company: &mut Company) {
    company.month("March: what goes wrong");
    let waivers = an_emergency(company);
    a_tool_is_retired(company);
    somebody_leaves(company);
    the_emergency_is_settled(company, &waivers);
    a_laptop_is_stolen(company);
    two_incidents_at_one_page(company);
    training_runs_out(company);
    a_clause_is_not_switched_off(company);
    the_last_day(company);
}

fn an_emergency(company: &mut Company) -> [String; 2] {
    company.day("2026-03-02", "a recall must go out, and no editor is there");
    company.writes("wes", "recall", "content/recall.md", "# Recall\n\nStop riding the R7.\n");
    company.declares("wes", "recall", "none", 0);
    company.refused("recall", &["missing-review"]);
    let reason = "-m 'forks break, the editors are in the air'";
    company.runs("wes", &format!("waive main...recall --until 2026-03-04 {reason}"), 1);
    company.runs("ana", &format!("waive main...recall --until 2026-05-01 {reason}"), 2);
    let first = record(&company.runs("ana", &format!("waive main...recall --until 2026-03-04 {reason}"), 0));
    let second = record(&company.runs(
        "sam",
        "waive main...recall --from 2026-03-03 --until 2026-03-06 -m 'should it take longer'",
        0,
    ));
    company.name(&first, "WAIVER-1");
    company.name(&second, "WAIVER-2");
    company.allowed("recall", &["missing-review"]);
    company.lands("recall");
    [first, second]
}

fn a_tool_is_retired(company: &mut Company) {
    company.day("2026-03-03", "a picture made with painter is reviewed, and waits");
    company.writes("zoe", "poster", "content/poster.md", "# Spring\n\n![a bicycle in a meadow](spring.svg)\n");
    company.declares("zoe", "poster", "generated --tool painter --use-case illustration", 0);
    company.approves("ed", "poster", 0);
    company.allowed("poster", &[]);
    company.day("2026-03-04", "painter is retired: nobody uses it any more, and what waits is made anew");
    company.branch("ana", "no-painter");
    let tools = String::from_utf8(company.repo.read(".provenance/tools.toml")).unwrap();
    let (before, painter) = tools.split_once("[tool.painter]").unwrap();
    let retired = painter.replace("status = \"approved\"", "status = \"retired\"");
    company.repo.write(".provenance/tools.toml", format!("{before}[tool.painter]{retired}"));
    company.proposes("ana", "painter is retired: its maker was sold");
    company.declares("ana", "no-painter", "none", 0);
    company.runs("sam", "review main...no-painter --approve", 0);
    company.allowed("no-painter", &[]);
    company.lands("no-painter");
    company.refused("poster", &["unapproved-tool"]);
    company.declares("zoe", "poster", "generated --tool painter --use-case illustration", 2);
    company.writes(
        "zoe",
        "poster",
        "content/poster.md",
        "# Spring\n\n![our own photograph of a bicycle in a meadow](spring.jpg)\n",
    );
    company.declares("zoe", "poster", "none", 0);
    company.approves("ed", "poster", 0);
    company.allowed("poster", &[]);
    company.lands("poster");
}

fn somebody_leaves(company: &mut Company) {
    company.day("2026-03-06", "Mia's last day");
    company.writes("wes", "chains", "content/chains.md", "# Chains\n\nOil it.\n");
    company.declares("wes", "chains", "none", 0);
    company.approves("mia", "chains", 0);
    company.allowed("chains", &[]);
    company.day("2026-03-09", "Mia has left, Wes becomes an editor");
    company.branch("ana", "goodbye-mia");
    company.edit(".provenance/people.toml", "name = \"Mia Roth\"\n", "name = \"Mia Roth\"\nretired = 2026-03-06\n");
    company.runs("ana", "people add wes --role editor", 0);
    company.proposes("ana", "Mia retires, Wes is an editor");
    company.declares("ana", "goodbye-mia", "none", 0);
    company.runs("sam", "review main...goodbye-mia --approve", 0);
    company.allowed("goodbye-mia", &[]);
    company.lands("goodbye-mia");
    company.refused("chains", &["unknown-key"]);
    company.approves("mia", "chains", 1);
    company.approves("ed", "chains", 0);
    company.allowed("chains", &[]);
    company.lands("chains");
    company.day("2026-03-10", "her key is revoked, and what she approved stays published");
    company.branch("ana", "mias-key");
    let key = company.public("mia");
    company.edit(
        ".provenance/people.toml",
        &format!("\"{key}\""),
        &format!("{{ public = \"{key}\", revoked = 2026-03-10, because = \"left\" }}"),
    );
    company.proposes("ana", "Mia's key is revoked");
    company.declares("ana", "mias-key", "none", 0);
    company.runs("sam", "review main...mias-key --approve", 0);
    company.allowed("mias-key", &[]);
    company.lands("mias-key");
    for branch in ["bells", "locks"] {
        company.asked_again(company.landing(branch), &[]);
    }
}

fn the_emergency_is_settled(company: &mut Company, waivers: &[String]) {
    company.day("2026-03-11", "both waivers of the recall are over: it is reviewed after all, and they are settled");
    let recall = company.landing("recall");
    company.asked_again(recall, &["expired-waiver", "missing-review"]);
    company.approves_step("ed", recall);
    for record in waivers {
        company.runs("ana", &format!("waive --settle {record} -m 'reviewed on 2026-03-11'"), 0);
    }
    company.asked_again(recall, &[]);
}

fn a_laptop_is_stolen(company: &mut Company) {
    company.day("2026-03-12", "Ed's laptop is stolen: what its key signed no longer counts");
    company.writes("scribe", "racks", "content/racks.md", "# Racks\n\nTen kilograms.\n");
    company.declares("scribe", "racks", "generated --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("ed", "racks", 0);
    company.allowed("racks", &[]);
    company.branch("ana", "eds-key");
    let (old, new) = (company.public("ed"), company.public("ed-new"));
    company.edit(
        ".provenance/people.toml",
        &format!("\"{old}\""),
        &format!("{{ public = \"{old}\", revoked = 2026-03-12, because = \"laptop stolen\" }}, \"{new}\""),
    );
    company.proposes("ana", "Ed's key is revoked, he has a new one");
    company.declares("ana", "eds-key", "none", 0);
    company.runs("sam", "review main...eds-key --approve", 0);
    company.allowed("eds-key", &[]);
    company.lands("eds-key");
    company.refused("racks", &["revoked-key"]);
    company.approves("ed", "racks", 1);
    company.signs_with("ed", "ed-new");
    company.approves("ed", "racks", 0);
    // What he accepted with that key counts no longer either.
    company.refused("racks", &["policy-not-accepted", "revoked-key"]);
    company.runs("ed", "policy accept --yes", 0);
    company.allowed("racks", &[]);
    company.lands("racks");
    // Nor does it close what it closed: a thief could have signed that.
    let listed = company.runs("ana", "incident list", 0);
    let again = listed.out.split(' ').next().unwrap_or_default().to_owned();
    company.runs("ed", &format!("incident close {again} -m 'corrected, readers told; closed anew'"), 0);
    company.runs("ana", "incident list", 0);
}

fn two_incidents_at_one_page(company: &mut Company) {
    company.day("2026-03-16", "two incidents at one page, and each needs its correction");
    let open =
        |summary: &str| format!("incident open content/racks.md --severity medium --due 2026-03-20 -m '{summary}'");
    let weight = record(&company.runs("zoe", &open("it carries eight kilograms"), 0));
    let price = record(&company.runs("lea", &open("no word on child seats"), 0));
    company.name(&weight, "INCIDENT-1");
    company.name(&price, "INCIDENT-2");
    company.writes("wes", "racks-right", "content/racks.md", "# Racks\n\nEight kilograms, and no child's seat.\n");
    company.declares("wes", "racks-right", "none", 0);
    company.approves("ed", "racks-right", 0);
    company.runs("wes", &format!("incident correct {weight} main...racks-right -m 'Eight, not ten.'"), 0);
    company.refused("racks-right", &["open-incident"]);
    company.runs("wes", &format!("incident correct {price} main...racks-right -m 'Not for children.'"), 0);
    company.allowed("racks-right", &[]);
    company.lands("racks-right");
    for incident in [weight, price] {
        company.runs("ed", &format!("incident close {incident} -m corrected"), 0);
    }
    company.runs("ana", "incident list", 0);
}

fn training_runs_out(company: &mut Company) {
    company.day("2026-03-18", "Zoe's training ended three days ago");
    company.writes("zoe", "helmets", "content/helmets.md", "# Helmets\n\nOne fall, one helmet.\n");
    company.declares("zoe", "helmets", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("ed", "helmets", 0);
    company.refused("helmets", &["untrained"]);
    company.runs("tia", "train zoe ai-basics -m refresher", 0);
    company.allowed("helmets", &[]);
    company.lands("helmets");
}

fn a_clause_is_not_switched_off(company: &mut Company) {
    company.day("2026-03-20", "a writer switches the training off, and no editor can approve that");
    company.branch("wes", "no-training");
    company.append(".provenance/policy.toml", "\n[severity]\nTr1 = \"off\"\n");
    company.proposes("wes", "Nobody has time for courses");
    company.declares("wes", "no-training", "none", 0);
    company.runs("ed", "review main...no-training --approve", 1);
    company.refused("no-training", &["missing-review"]);
    company.runs("ana", "review main...no-training --reject -m 'the training stays'", 0);
    company.refused("no-training", &["rejected"]);
    company.branch("wes", "stricter");
    company.append(".provenance/policy.toml", "\n[severity]\nTr2 = \"error\"\n");
    company.proposes("wes", "Who uses a tool has read its document, no exceptions");
    company.declares("wes", "stricter", "none", 0);
    company.runs("ana", "review main...stricter --approve", 0);
    company.allowed("stricter", &[]);
    company.lands("stricter");
}

fn the_last_day(company: &mut Company) {
    company.day("2026-03-31", "the quarter ends");
    company.writes("polly", "helmets-de", "content/de/helmets.md", "# Helme\n\nEin Sturz, ein Helm.\n");
    company.declares("polly", "helmets-de", "generated --tool claude-code --model opus-4 --use-case translation", 0);
    company.approves("ed", "helmets-de", 0);
    company.allowed("helmets-de", &[]);
    company.lands("helmets-de");
    company.runs("ana", "policy lint", 0);
    company.runs("ana", "incident list", 0);
}
