//! Every clause of an AI usage policy, broken and kept, by the command: what the gate holds ([`gate`])
//! of work and of people ([`people`]), and what the linter holds ([`lint`]). What a report holds is in `report`.

mod gate;
mod lint;
mod people;
