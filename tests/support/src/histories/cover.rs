//! Who declares and reviews a proposal, and what goes wrong with it.

use provenance_core::entry::Change;
use serde_json::{Value, json};

use super::deeds::Proposal;
use super::records::Filed;
use super::world::World;

impl World {
    /// Declares and reviews a proposal as its branch asks, or nearly.
    pub(super) fn cover(&mut self, proposal: &Proposal) {
        if proposal.changes.is_empty() {
            return;
        }
        let fault = if self.chance(78) { 0 } else { 1 + self.random.below(24) };
        let branch = self.name_of(proposal.at);
        if fault != 1 && (self.branches[proposal.at].rules.declaration || self.chance(90)) {
            let declaration = self.declaration(proposal.who, branch, &proposal.changes);
            self.file("declaration", proposal.who, declaration);
        }
        if self.branches[proposal.at].rules.scans && self.chance(85) {
            let result = if self.chance(90) { "pass" } else { "fail" };
            self.scan(proposal, result);
        }
        self.clock += 300;
        let reviewers = self.reviewers(proposal);
        let mut reviews = Vec::new();
        for (place, who) in reviewers.into_iter().enumerate() {
            let mut review = self.review(branch, proposal.base, &proposal.changes);
            if place == 0 {
                let wrong = self.misjudged(fault, proposal, &mut review);
                self.met.add(wrong);
                if fault == 2 {
                    continue;
                }
            }
            reviews.push(self.file("review", who, review));
        }
        if let Some(first) = reviews.first().cloned() {
            self.aftermath(fault, proposal, &first);
        }
    }

    /// Those who are asked, and perhaps one more.
    fn reviewers(&mut self, proposal: &Proposal) -> Vec<&'static str> {
        let rules = &self.branches[proposal.at].rules;
        let touches = |folder: &str| {
            let inside = |change: &Change| change.path().as_bytes().starts_with(folder.as_bytes());
            proposal.changes.iter().any(inside)
        };
        let mut wanted = rules.editors;
        let legal = rules.legal && touches("content/law/");
        let admin = if proposal.who == "ana" && rules.zoe { "zoe" } else { "ana" };
        let policy = touches(".provenance/");
        let pool = ["ed", "eva", "zoe", "ana"].into_iter().filter(|who| {
            (*who != "eva" || rules.eva) && (*who != "zoe" || rules.zoe) && (*who != "ed" || rules.ed_retired.is_none())
        });
        let mut pool: Vec<&str> = pool.filter(|who| *who != proposal.who).collect();
        wanted += usize::from(self.chance(10));
        let mut reviewers = Vec::new();
        while reviewers.len() < wanted && !pool.is_empty() {
            reviewers.push(pool.remove(self.random.below(pool.len()).min(1)));
        }
        if legal {
            reviewers.push("lee");
        }
        if policy {
            reviewers.retain(|who| *who != admin);
            reviewers.push(admin);
            // Only Ana may approve tools.
            if !reviewers.contains(&"ana") {
                reviewers.push("ana");
            }
        }
        reviewers
    }

    /// What is wrong with the first review.
    fn misjudged(&mut self, fault: usize, proposal: &Proposal, review: &mut Value) -> &'static str {
        match fault {
            0 => "reviewed as it should be",
            1 => "fault: nobody declared it",
            2 => "fault: one review is missing",
            3 => {
                let steps = &self.branches[proposal.at].steps;
                review["base"] = json!(steps[self.random.below(steps.len())]);
                "fault: another base"
            }
            4 => {
                review["reviewedAt"] = json!(self.time(86_400 * 3));
                "fault: reviewed some days later"
            }
            5 => {
                review["reviewedAt"] = json!(self.time(86_400 * 3_000));
                "fault: reviewed years later"
            }
            6 => {
                review["decision"] = json!("reject");
                "fault: rejected"
            }
            7 => {
                review["answers"] = json!([{ "id": "accuracy", "result": "fail" }]);
                "fault: an answer says no"
            }
            8 => {
                review["answers"] = json!([]);
                "fault: an answer is missing"
            }
            9 => {
                review["repository"] = json!("acme/other");
                "fault: of another repository"
            }
            10 => {
                review["changes"] = json!(&proposal.changes[..1]);
                "fault: half of it reviewed"
            }
            11 => self.part_of_more(proposal, review),
            _ => "reviewed, and then something happened",
        }
    }

    /// The set has a change that does not land.
    fn part_of_more(&mut self, proposal: &Proposal, review: &mut Value) -> &'static str {
        review["scope"] = json!("set");
        let (tip, path) = (proposal.base, "docs/never.md".to_owned());
        let mut files = self.files[&tip].clone();
        files.insert(path, (provenance_core::entry::Mode::Regular, b"never\n".to_vec()));
        let never = self.commit(&[tip], files, "wes", "never");
        let more = self.changes(tip, never);
        review["changes"] = json!([&proposal.changes[..], &more].concat());
        "fault: part of a larger set"
    }

    /// What happens to the first review once it is there.
    fn aftermath(&mut self, fault: usize, proposal: &Proposal, first: &Filed) {
        let what = match self.revoked_after(fault, proposal, first) {
            "" => self.contradicted(fault, first),
            what => what,
        };
        if !what.is_empty() {
            self.met.add(what);
        }
    }

    /// The review is revoked; what was done, or nothing.
    fn revoked_after(&mut self, fault: usize, proposal: &Proposal, first: &Filed) -> &'static str {
        let who = first.who.clone();
        match fault {
            12 => {
                self.revoke(&who, first);
                "after: revoked by its signer"
            }
            13 => {
                self.revoke("ana", first);
                "after: revoked by an admin"
            }
            14 => {
                self.revoke("wes", first);
                "after: revoked by somebody else"
            }
            15 => {
                let revocation = self.revoke(&who, first);
                self.revoke(&who, &revocation);
                "after: revoked, which was revoked"
            }
            23 | 24 => {
                self.waive(proposal);
                self.revoke(&who, first);
                "after: revoked and waived"
            }
            _ => "",
        }
    }

    /// Another record says otherwise; what was done, or nothing.
    fn contradicted(&mut self, fault: usize, first: &Filed) -> &'static str {
        let who = first.who.clone();
        match fault {
            16 => {
                self.again(&who, first, "reject");
                "after: superseded by a rejection"
            }
            17 => {
                let rejection = self.rejection("eva", first);
                self.again("eva", &rejection, "approve");
                "after: rejected, and the rejection superseded"
            }
            18 => {
                let rejection = self.rejection("eva", first);
                let revoker = self.pick(&["eva", "ana", "wes"]).to_owned();
                self.revoke(&revoker, &rejection);
                "after: rejected, and the rejection revoked"
            }
            19 => {
                self.rejection("lee", first);
                "after: rejected by somebody"
            }
            20 => {
                self.spoil(first);
                "after: the signature spoilt"
            }
            21 => {
                self.forge(&who, first.predicate.clone());
                "after: forged as well"
            }
            22 => {
                let mut amended = first.predicate.clone();
                amended["amends"] = json!([first.id]);
                amended["reviewedAt"] = json!(self.time(240));
                self.file("review", &who, amended);
                "after: amended"
            }
            _ => "",
        }
    }

    /// The same review once more, in the place of the first.
    fn again(&mut self, who: &str, of: &Filed, decision: &str) {
        let mut review = of.predicate.clone();
        review["supersedes"] = json!([of.id]);
        review["decision"] = json!(decision);
        review["reviewedAt"] = json!(self.time(200));
        self.file("review", who, review);
    }

    fn rejection(&mut self, who: &str, of: &Filed) -> Filed {
        let mut review = of.predicate.clone();
        review["decision"] = json!("reject");
        review["reviewedAt"] = json!(self.time(100));
        self.file("review", who, review)
    }
}
