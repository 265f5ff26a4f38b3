//! Eight people and two agents, three months under an AI usage policy: one history, told as a chronicle.
//!
//! Ana (admin), Sam (admin, security), Lea (legal), Tia (people, trainer), Ed (editor in chief, answers for what is
//! published), Mia (editor, leaves in March), Wes (writer), Zoe (writer, hired in January); Wes's agent `scribe`
//! and Zoe's agent `polly`.

mod company;
mod february;
mod january;
mod march;

use company::{Company, LEDGER};

#[test]
fn a_quarter_of_a_company_under_its_policy() {
    let mut company = Company::found();
    january::happens(&mut company);
    february::happens(&mut company);
    march::happens(&mut company);
    assert!(company.landed.len() >= 25, "{} steps", company.landed.len());
    every_step_is_allowed_as_of_its_landing(&company);
    by_the_records_of_today_the_same_is_said(&company);
    one_byte_more_is_refused(&company);
    insta::assert_snapshot!("chronicle", company.chronicle());
    the_guide_quotes_the_chronicle(&company);
}

/// An auditor judges the whole history anew: each step by the policy it replaced, at the time it landed, by the
/// records that were there then. The ledger is a branch, and keeps what it was.
fn every_step_is_allowed_as_of_its_landing(company: &Company) {
    let chain = company.repo.git(&["rev-list", "--first-parent", "--reverse", "main"]);
    let landed: Vec<&str> = company.landed.iter().map(|step| step.new.as_str()).collect();
    assert!(chain.lines().collect::<Vec<_>>().ends_with(&landed), "every step is one that the chronicle tells");
    let today = company.repo.rev(LEDGER);
    for step in &company.landed {
        company.repo.git(&["update-ref", LEDGER, &step.ledger]);
        let ran = company.judge(&format!("{}..{}", step.old, step.new), &step.at);
        assert_eq!(ran.code, 0, "{} at {}: {}\n{}", step.title, step.at, ran.out, ran.err);
    }
    company.repo.git(&["update-ref", LEDGER, &today]);
}

/// By the records of today the same is said: what was opened, settled or closed since states a later time
/// (G23.1, G24.1).
fn by_the_records_of_today_the_same_is_said(company: &Company) {
    for step in &company.landed {
        let ran = company.judge(&format!("{}..{}", step.old, step.new), &step.at);
        assert_eq!(ran.code, 0, "{} at {}: {}\n{}", step.title, step.at, ran.out, ran.err);
    }
}

/// The same steps with one byte more in one of their files.
fn one_byte_more_is_refused(company: &Company) {
    for step in company.landed.iter().step_by(4) {
        let changed = company.repo.git(&["diff", "--name-only", "--diff-filter=AM", &step.old, &step.new]);
        let path = changed.lines().next().expect("a step changes something");
        let mutant = company.with_one_byte_more(&step.new, path);
        let ran = company.judge(&format!("{}..{mutant}", step.old), &step.at);
        assert_eq!(ran.code, 1, "{path} of {} at {}: {}\n{}", step.title, step.at, ran.out, ran.err);
        let codes = ran.codes("error");
        assert!(codes.iter().any(|code| code == "missing-review" || code == "policy-removed"), "{path}: {codes:?}");
    }
}

/// What the walk-through for compliance officers shows was really said.
fn the_guide_quotes_the_chronicle(company: &Company) {
    let guide = include_str!("../../docs/guide/a-quarter.md");
    let chronicle = company.chronicle();
    let known: Vec<&str> = chronicle.lines().map(str::trim).collect();
    for block in guide.split("```").skip(1).step_by(2) {
        for line in block.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            assert!(known.contains(&line.trim()), "docs/guide/a-quarter.md quotes what the chronicle has not: {line}");
        }
    }
}
