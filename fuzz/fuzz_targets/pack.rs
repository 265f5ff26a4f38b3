#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| provenance_test_support::fuzz::run("pack", bytes));
