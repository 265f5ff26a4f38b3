//! A new version of the policy document, a hidden trailer, a use that is restricted, an incident.

use super::company::{Company, record};

pub(super) fn happens(company: &mut Company) {
    company.month("February: the policy is lived");
    the_document_is_revised(company);
    days_of_grace(company);
    a_trailer_says_more_than_the_declaration(company);
    an_appraisal_written_with_ai(company);
    an_incident(company);
    the_path_is_free_again(company);
}

fn the_document_is_revised(company: &mut Company) {
    company.day("2026-02-02", "the policy document is revised, and one team has not read it");
    company.branch("ana", "revise");
    company.append(
        "AI-POLICY.md",
        "\n## 10. Questions\n\nWhoever asks whether AI took part in something gets an answer within a week.\n",
    );
    company.proposes("ana", "AI-POLICY.md, second version");
    company.declares("ana", "revise", "none", 0);
    for who in ["ed", "lea", "sam"] {
        company.approves(who, "revise", 0);
    }
    company.refused("revise", &["wrong-role"]);
    company.approves("tia", "revise", 0);
    company.allowed("revise", &[]);
    company.lands("revise");
}

fn days_of_grace(company: &mut Company) {
    company.day("2026-02-04", "within the days of grace, who has not accepted the new version is warned");
    company.writes("wes", "gears", "content/gears.md", "# Gears\n\nFewer are lighter.\n");
    company.declares("wes", "gears", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("ed", "gears", 0);
    company.allowed("gears", &["policy-not-accepted"]);
    company.lands("gears");
    company.day("2026-02-18", "after them they are refused, until they accept");
    company.writes("wes", "pumps", "content/pumps.md", "# Pumps\n\nCarry one.\n");
    company.declares("wes", "pumps", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.approves("ed", "pumps", 0);
    company.refused("pumps", &["policy-not-accepted"]);
    for who in ["wes", "ed", "mia", "zoe", "ana", "sam", "lea", "tia"] {
        company.runs(who, "policy accept --yes", 0);
    }
    company.allowed("pumps", &[]);
    company.lands("pumps");
}

fn a_trailer_says_more_than_the_declaration(company: &mut Company) {
    company.day("2026-02-19", "a commit says what its author did not");
    company.branch("wes", "tyres");
    company.repo.write("content/tyres.md", "# Tyres\n\nWider is slower, and softer.\n");
    company.proposes("wes", "content/tyres.md, on tyres\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    let wrong = company.declares("wes", "tyres", "none", 0);
    company.name(&wrong, "DECLARATION");
    company.approves("mia", "tyres", 0);
    company.refused("tyres", &["undeclared-ai"]);
    company.runs("wes", &format!("revoke {wrong} -m 'I forgot the outline'"), 0);
    company.declares("wes", "tyres", "assisted --tool claude-code --model opus-4 --use-case drafting", 0);
    company.allowed("tyres", &[]);
    company.lands("tyres");
}

fn an_appraisal_written_with_ai(company: &mut Company) {
    company.day("2026-02-20", "an appraisal is written with AI, where AI must not be used");
    company.writes("tia", "appraisal", "hr/appraisal.md", "# Appraisal\n\nA team player, going forward.\n");
    company.runs("tia", "train --tool claude-code", 0);
    company.declares("tia", "appraisal", "assisted --tool claude-code --model opus-4 --use-case drafting", 2);
    company.refused("appraisal", &["missing-declaration", "missing-review"]);
    company.writes("tia", "appraisal", "hr/appraisal.md", "# Appraisal\n\nAsks the question that nobody else asks.\n");
    company.declares("tia", "appraisal", "none", 0);
    company.approves("ed", "appraisal", 0);
    company.allowed("appraisal", &[]);
    company.lands("appraisal");
}

fn an_incident(company: &mut Company) {
    company.day("2026-02-23", "a published page is wrong");
    let open = company.runs(
        "lea",
        "incident open content/bells.md --severity high --owner wes --due 2026-02-27 -m 'the law asks for 85 dB'",
        0,
    );
    let incident = record(&open);
    company.name(&incident, "INCIDENT");
    company.writes(
        "zoe",
        "bells-more",
        "content/bells.md",
        "# Bells\n\nA bell is loud, and 80 dB is enough.\n\nOurs is brass.\n",
    );
    company.declares("zoe", "bells-more", "none", 0);
    company.approves("ed", "bells-more", 0);
    company.refused("bells-more", &["open-incident"]);
    company.writes("wes", "bells-right", "content/bells.md", "# Bells\n\nA bell is loud: the law asks for 85 dB.\n");
    company.declares("wes", "bells-right", "none", 0);
    company.approves("ed", "bells-right", 0);
    company.refused("bells-right", &["open-incident"]);
    company.runs("wes", &format!("incident correct {incident} main...bells-right -m 'We gave 80 dB; it is 85.'"), 0);
    company.allowed("bells-right", &[]);
    company.lands("bells-right");
    company.runs("ana", "incident list", 0);
    company.runs("ana", &format!("incident close {incident} -m corrected"), 1);
    company.runs("ed", &format!("incident close {incident} -m 'corrected, readers told'"), 0);
}

fn the_path_is_free_again(company: &mut Company) {
    company.day("2026-02-24", "what had to wait goes on");
    let text = "# Bells\n\nA bell is loud: the law asks for 85 dB.\n\nOurs is brass.\n";
    company.writes("zoe", "bells-more", "content/bells.md", text);
    company.declares("zoe", "bells-more", "none", 0);
    company.approves("ed", "bells-more", 0);
    company.allowed("bells-more", &[]);
    company.lands("bells-more");
}
