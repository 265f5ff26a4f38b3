//! Turns: what there may be any number of is judged a part at a time, where a part may settle it.

/// The items in turns: so many first, one at least, then each time twice as many. What one turn settles is not asked of the next,
/// and a few rounds of questions do for any number.
pub(super) fn in_turns<T>(items: &[T], first: usize) -> impl Iterator<Item = &[T]> {
    let (mut rest, mut some) = (items, first.max(1));
    std::iter::from_fn(move || {
        let (now, later) = rest.split_at(some.min(rest.len()));
        (rest, some) = (later, some.saturating_mul(2));
        (!now.is_empty()).then_some(now)
    })
}

#[cfg(test)]
mod tests {
    use super::in_turns;

    #[test]
    fn every_item_has_its_turn_and_each_turn_is_twice_as_long() {
        let items: Vec<usize> = (0..10).collect();
        for (first, lengths) in
            [(0, vec![1, 2, 4, 3]), (1, vec![1, 2, 4, 3]), (4, vec![4, 6]), (10, vec![10]), (usize::MAX, vec![10])]
        {
            let turns: Vec<&[usize]> = in_turns(&items, first).collect();
            assert_eq!(turns.iter().map(|turn| turn.len()).collect::<Vec<_>>(), lengths);
            assert_eq!(turns.concat(), items);
        }
        assert_eq!(in_turns(&items[..0], 4).count(), 0);
    }
}
