//! Measuring in turns, and the table.

use std::time::{Duration, Instant};

/// One row of the table.
#[derive(Debug)]
struct Row {
    what: String,
    ours: f64,
    baseline: f64,
    unit: &'static str,
    budget: Option<f64>,
}

/// The figures of a run, and which of them were asked for.
#[derive(Debug)]
pub struct Figures {
    filters: Vec<String>,
    rows: Vec<Row>,
}

impl Figures {
    /// What was asked for on the command line: parts of names, or nothing for all. `None` where
    /// the program was not started by `cargo bench` and has nothing to measure.
    pub fn asked() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let benching = arguments.iter().any(|argument| argument == "--bench");
        let filters = arguments.into_iter().filter(|argument| !argument.starts_with('-')).collect();
        benching.then_some(Self { filters, rows: Vec::new() })
    }

    /// Whether a group of figures was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter.as_str()))
    }

    /// Adds a ratio of times; no budget means that it is for information.
    pub fn times(&mut self, what: impl Into<String>, ours: Duration, baseline: Duration, budget: Option<f64>) {
        self.add(what.into(), (millis(ours), millis(baseline)), "ms", budget);
    }

    /// Adds a ratio of sizes in bytes.
    pub fn sizes(&mut self, what: impl Into<String>, ours: u64, baseline: u64, budget: Option<f64>) {
        let mega = |bytes: u64| bytes as f64 / 1e6;
        self.add(what.into(), (mega(ours), mega(baseline)), "MB", budget);
    }

    fn add(&mut self, what: String, (ours, baseline): (f64, f64), unit: &'static str, budget: Option<f64>) {
        self.rows.push(Row { what, ours, baseline, unit, budget });
    }

    /// The table, as Markdown.
    pub fn table(&self) -> String {
        let mut text = String::from("| what | ours | baseline | ratio | budget | met |\n|---|--:|--:|--:|--:|---|\n");
        for row in &self.rows {
            let ratio = row.ours / row.baseline;
            let (budget, met) = match row.budget {
                Some(budget) => (format!("≤ {budget}"), if ratio <= budget { "yes" } else { "**no**" }),
                None => (String::new(), ""),
            };
            let (what, unit) = (&row.what, row.unit);
            text.push_str(&format!(
                "| {what} | {:.2} {unit} | {:.2} {unit} | {} | {budget} | {met} |\n",
                row.ours,
                row.baseline,
                significant(ratio)
            ));
        }
        text
    }
}

/// A ratio with three digits that say something.
fn significant(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.4}") } else { format!("{ratio:.2}") }
}

/// Milliseconds, for people.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The sum of some floors.
pub fn sum(times: &[Duration]) -> Duration {
    times.iter().sum()
}

/// Runs some deeds in turns, so that what else the machine does meets all of them alike, and
/// returns the median time of each. The first turn is not counted.
pub fn alternate<const N: usize>(runs: usize, mut deeds: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(runs));
    for run in 0..=runs {
        for (deed, times) in deeds.iter_mut().zip(&mut times) {
            let start = Instant::now();
            deed();
            if run > 0 {
                times.push(start.elapsed());
            }
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}
