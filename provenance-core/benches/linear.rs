//! Readers of foreign bytes: eight times as much takes about eight times as long, whatever it is made of.
//!
//! `cargo bench -p provenance-core --bench linear [TARGET]`: every token of a format, and every two of them, again and
//! again, at 4 KiB and at 32 KiB in the same run. Prints what took more than 24 times as long, three times in a row,
//! and half a second at least. Takes minutes.

#![allow(clippy::print_stdout, reason = "it prints figures")]

use std::time::Instant;

use provenance_test_support::fuzz::TARGETS;

const SIZES: [usize; 2] = [4 << 10, 32 << 10];
const TIMES: f64 = 24.0;
const SECONDS: f64 = 0.5;

fn main() {
    // `cargo test` runs benchmarks too, without this word, and has no use for one.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for target in TARGETS.iter().filter(|target| asked.is_empty() || asked.iter().any(|name| name == target.name)) {
        let pairs = target.tokens.iter().flat_map(|one| target.tokens.iter().map(move |other| [*one, *other]));
        let slow: Vec<[&str; 2]> = pairs.filter(|pair| (0..3).all(|_| grows(target.run, *pair))).collect();
        println!("{}: {} of {} pairs of tokens", target.name, slow.len(), target.tokens.len().pow(2));
        slow.iter().for_each(|pair| println!("  {pair:?}"));
    }
}

/// Whether one of two inputs made of these tokens takes much longer than its length explains.
fn grows(run: fn(&[u8]), tokens: [&str; 2]) -> bool {
    let [few, many] = SIZES.map(|len| seconds(run, tokens, len));
    (0..2).any(|input| many[input] > SECONDS && many[input] > TIMES * few[input])
}

/// How long it takes to read one token often and then the other often, and both in turns.
fn seconds(run: fn(&[u8]), tokens: [&str; 2], len: usize) -> [f64; 2] {
    let [one, other] = tokens.map(|token| token.repeat(len / 2 / token.len()));
    [one + &other, tokens.concat().repeat(len / tokens.concat().len())].map(|input| {
        let start = Instant::now();
        run(input.as_bytes());
        start.elapsed().as_secs_f64()
    })
}
