//! Reviews: who reviewed how much, how fast, and what became of it.

use std::collections::{BTreeMap, HashMap};

use super::facts::{ChangeNumber, Facts, ReviewFact};
use super::tip::Tip;
use crate::account::{ReviewTotals, ReviewerFigures, Reviews, Share};
use crate::draft::Desk;
use crate::name::PersonId;
use crate::policy::company::Burst;
use crate::statement::Decision;
use crate::time::Timestamp;

/// When each change was declared, oldest first.
type Declared = HashMap<ChangeNumber, Vec<Timestamp>>;

/// The figures of everybody who reviewed.
pub(super) fn figures(desk: &Desk<'_>, facts: &Facts, tip: &Tip) -> Reviews {
    let mut declared = Declared::new();
    for declaration in facts.declarations.iter().filter(|it| it.declares()) {
        for number in &declaration.changes {
            declared.entry(*number).or_default().push(declaration.mark.at);
        }
    }
    let in_range = |review: &&ReviewFact| review.changes.iter().any(|number| tip.in_range(&facts.changes[*number]));
    let mut by_person: BTreeMap<&PersonId, Vec<&ReviewFact>> = BTreeMap::new();
    for review in facts.reviews.iter().filter(|it| it.counted).filter(in_range) {
        by_person.entry(&review.mark.signer).or_default().push(review);
    }
    let mut all_times = Vec::new();
    let reviewers: Vec<ReviewerFigures> =
        by_person.into_iter().map(|(person, reviews)| of(desk, person, &reviews, &declared, &mut all_times)).collect();
    let sum = |of: fn(&ReviewerFigures) -> usize| reviewers.iter().map(of).sum::<usize>();
    let (approvals, rejections) = (sum(|it| it.approvals), sum(|it| it.rejections));
    let totals = ReviewTotals {
        reviewers: reviewers.len(),
        approvals,
        rejections,
        reject_rate: Share::of(rejections, approvals + rejections),
        median_seconds: median(&mut all_times),
        bursts: sum(|it| it.bursts),
    };
    Reviews { reviewers, totals }
}

fn of(
    desk: &Desk<'_>,
    person: &PersonId,
    reviews: &[&ReviewFact],
    declared: &Declared,
    all_times: &mut Vec<i64>,
) -> ReviewerFigures {
    let approvals: Vec<Timestamp> =
        reviews.iter().filter(|it| it.decision == Decision::Approve).map(|it| it.mark.at).collect();
    let rejections = reviews.len() - approvals.len();
    let mut times: Vec<i64> = reviews.iter().filter_map(|review| waited(review, declared)).collect();
    all_times.extend(&times);
    let roster = desk.policy().roster();
    let (most_in_burst, bursts) = bursts(&approvals, desk.policy().company().burst);
    let many = |holds: fn(&ReviewFact) -> bool| reviews.iter().filter(|it| holds(it)).count();
    ReviewerFigures {
        person: person.clone(),
        competence: roster.person(person).map(|person| person.competence().to_vec()).unwrap_or_default(),
        approvals: approvals.len(),
        rejections,
        reject_rate: Share::of(rejections, reviews.len()),
        amending: many(|it| it.amends),
        superseded: many(|it| it.superseded),
        revoked: many(|it| !it.mark.stands),
        timed: times.len(),
        median_seconds: median(&mut times),
        most_in_burst,
        bursts,
        last_reviewed_at: reviews.last().map(|it| it.mark.at),
    }
}

/// Seconds from the newest declaration of a change of the review that is not after it.
fn waited(review: &ReviewFact, declared: &Declared) -> Option<i64> {
    let of = |number: &ChangeNumber| {
        let times = declared.get(number)?;
        times[..times.partition_point(|time| *time <= review.mark.at)].last()
    };
    let newest = review.changes.iter().filter_map(of).max()?;
    Some(review.mark.at.seconds() - newest.seconds())
}

/// The middle value, of an even number the lower one of the two.
fn median(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

/// The most approvals within the burst's minutes, and how often there were more than it allows, counted without
/// overlap. The times are in order.
fn bursts(times: &[Timestamp], burst: Burst) -> (usize, usize) {
    let (span, allowed) = (60 * i64::from(burst.minutes), burst.reviews as usize);
    let (mut most, mut count, mut first, mut free_from) = (0, 0, 0, 0);
    for (last, time) in times.iter().enumerate() {
        while time.seconds() - times[first].seconds() > span {
            first += 1;
        }
        most = most.max(last + 1 - first);
        if last + 1 - first.max(free_from) > allowed {
            count += 1;
            free_from = last + 1;
        }
    }
    (most, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(60 * minute).unwrap()
    }

    #[test]
    fn a_burst_is_more_than_the_policy_allows_in_its_minutes() {
        let burst = Burst { reviews: 2, minutes: 10 };
        assert_eq!(bursts(&[at(0), at(5), at(11)], burst), (2, 0));
        assert_eq!(bursts(&[at(0), at(5), at(10)], burst), (3, 1));
        assert_eq!(bursts(&[at(0), at(1), at(2), at(3), at(4), at(5)], burst), (6, 2));
        assert_eq!(bursts(&[], burst), (0, 0));
    }

    #[test]
    fn the_median_is_a_value_that_was_measured() {
        assert_eq!(median(&mut [30, 10, 20]), Some(20));
        assert_eq!(median(&mut [40, 10, 20, 30]), Some(20));
        assert_eq!(median(&mut []), None);
    }
}
