//! Bursts: many approvals by one person in a short time are allowed, and somebody should look.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use crate::finding::{Code, Finding};
use crate::id::RecordId;
use crate::name::PersonId;
use crate::policy::Clause;
use crate::time::Timestamp;

/// The approvals that counted: who signed each, and when they say they did.
pub(super) type Counted = BTreeMap<RecordId, (PersonId, Timestamp)>;

impl Judge<'_> {
    /// A finding for each person with more approvals in a short time than the policy thinks can be
    /// careful ones.
    pub(super) fn bursts(&self) -> Vec<Finding> {
        let burst = self.case.policy.company().burst;
        let Some(severity) = self.rosters().level(Clause::A2).severity() else { return Vec::new() };
        let mut times: BTreeMap<PersonId, BTreeSet<(Timestamp, RecordId)>> = BTreeMap::new();
        for (record, (person, time)) in self.counted.borrow().iter() {
            times.entry(person.clone()).or_default().insert((*time, *record));
        }
        let finding = |(person, times): (PersonId, BTreeSet<(Timestamp, RecordId)>)| {
            let times: Vec<Timestamp> = times.into_iter().map(|(time, _)| time).collect();
            let span = 60 * i64::from(burst.minutes);
            let most = (0..times.len()).map(|at| within(&times[at..], span)).max().unwrap_or(0);
            (most > burst.reviews as usize).then(|| {
                let message = format!(
                    "{person} signed {most} of these approvals within {} minutes; more than {} is asked about ({})",
                    burst.minutes,
                    burst.reviews,
                    Clause::A2
                );
                let hint = "ask the reviewer what they looked at; the policy's [burst] says from when on to ask";
                Finding { severity, ..Finding::warning(Code::ReviewBurst, message).hint(hint) }
            })
        };
        times.into_iter().filter_map(finding).collect()
    }
}

/// How many of these times, the first among them, lie within so many seconds of it.
fn within(times: &[Timestamp], seconds: i64) -> usize {
    times.iter().take_while(|time| time.seconds() - times[0].seconds() <= seconds).count()
}
