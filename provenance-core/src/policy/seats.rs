//! Quorums: seats that persons fill, one seat a person within each rule.

use std::collections::BTreeMap;

use super::Requirements;
use crate::name::{PersonId, Role};

/// The seats of one rule; each is filled by a holder of one of its roles, or by any human.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seats {
    pub(crate) rule: String,
    pub(crate) seats: Vec<Vec<Role>>,
}

/// The seats that the rules ask for, with one more in each rule where nobody answered for the work.
pub(crate) fn seats(requirements: &Requirements, one_more: bool) -> Vec<Seats> {
    let mut rules: BTreeMap<&str, Vec<Vec<Role>>> = BTreeMap::new();
    for quorum in requirements.quorums() {
        let seats = rules.entry(quorum.rule.as_str()).or_default();
        seats.extend((0..quorum.count).map(|_| quorum.roles.clone()));
    }
    rules
        .into_iter()
        .map(|(rule, mut seats)| {
            if one_more {
                seats.push(if seats.iter().any(Vec::is_empty) { Vec::new() } else { seats.concat() });
            }
            Seats { rule: rule.to_owned(), seats }
        })
        .collect()
}

/// The seats that stay empty when these persons sit down as well as they can.
pub(crate) fn empty_seats<'s>(
    seats: &'s Seats,
    persons: &[PersonId],
    holds: impl Fn(&PersonId, &Role) -> bool,
) -> Vec<&'s [Role]> {
    let fits = |seat: usize, person: usize| {
        let roles = &seats.seats[seat];
        roles.is_empty() || roles.iter().any(|role| holds(&persons[person], role))
    };
    unfilled(seats.seats.len(), persons.len(), fits).into_iter().map(|seat| seats.seats[seat].as_slice()).collect()
}

/// Of so many seats those that stay empty when so many persons sit down as well as they can.
pub(crate) fn unfilled(seats: usize, persons: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut seat_of: Vec<Option<usize>> = vec![None; persons];
    (0..seats).filter(|seat| !place(*seat, &fits, &mut seat_of)).collect()
}

/// Finds somebody for a seat, moving those already seated along an augmenting path if that helps.
fn place(seat: usize, fits: &impl Fn(usize, usize) -> bool, seat_of: &mut [Option<usize>]) -> bool {
    // Breadth-first over seats; `came_from` of a person is the seat that wants them.
    let mut came_from: Vec<Option<usize>> = vec![None; seat_of.len()];
    let mut queue = std::collections::VecDeque::from([seat]);
    while let Some(wanting) = queue.pop_front() {
        for person in 0..seat_of.len() {
            if came_from[person].is_some() || !fits(wanting, person) {
                continue;
            }
            came_from[person] = Some(wanting);
            match seat_of[person] {
                Some(taken) => queue.push_back(taken),
                None => {
                    reseat(person, seat, &came_from, seat_of);
                    return true;
                }
            }
        }
    }
    false
}

fn reseat(free: usize, seat: usize, came_from: &[Option<usize>], seat_of: &mut [Option<usize>]) {
    let mut person = free;
    while let Some(wanting) = came_from[person] {
        let previous = seat_of.iter().position(|taken| *taken == Some(wanting));
        seat_of[person] = Some(wanting);
        match previous {
            Some(displaced) if wanting != seat => person = displaced,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(seats: &[&[&str]]) -> Seats {
        let seats = seats.iter().map(|roles| roles.iter().map(|role| role.parse().unwrap()).collect()).collect();
        Seats { rule: "r".to_owned(), seats }
    }

    fn empty(seats: &[&[&str]], persons: &[(&str, &[&str])]) -> usize {
        let ids: Vec<PersonId> = persons.iter().map(|(name, _)| name.parse().unwrap()).collect();
        let holds = |person: &PersonId, role: &Role| {
            persons.iter().any(|(name, roles)| *name == person.as_str() && roles.contains(&role.as_str()))
        };
        empty_seats(&table(seats), &ids, holds).len()
    }

    #[test]
    fn refuses_one_person_on_two_seats_of_a_rule() {
        assert_eq!(empty(&[&["legal"], &["editor"]], &[("ana", &["legal", "editor"])]), 1);
    }

    #[test]
    fn accepts_two_persons_whichever_sat_down_first() {
        let both: &[&str] = &["legal", "editor"];
        assert_eq!(empty(&[&["editor"], &["legal"]], &[("ana", both), ("bob", &["editor"])]), 0);
        assert_eq!(empty(&[&["editor"], &["legal"]], &[("bob", &["editor"]), ("ana", both)]), 0);
        assert_eq!(empty(&[&["legal"], &["editor"], &[]], &[("ana", both), ("bob", both), ("cy", &[])]), 0);
    }

    #[test]
    fn refuses_a_seat_whose_role_nobody_holds() {
        assert_eq!(empty(&[&["legal"], &["legal"]], &[("ana", &["editor"]), ("bob", &["legal"])]), 1);
        assert_eq!(empty(&[&[]], &[]), 1);
    }
}
