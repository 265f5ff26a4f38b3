//! Front matter and HTML.

use provenance_core::signal::{Problem, Reading, front_matter};

use super::told;

#[test]
fn reads_front_matter() {
    for (page, expected) in [
        ("---\ntitle: a\nai_disclosure_level: some_ai\n---\n\ntext\n", "ai-assisted - -"),
        ("---\nai_disclosure_level: \"fully_autonomous\" # all\n---\n", "ai-generated - -"),
        ("---\r\nai_disclosure_level: no_ai\r\n---\r\n", "not-ai - -"),
        ("+++\nai-disclosure = \"ai-assisted\"\nai_model = \"Claude Opus 4.7\"\n+++\n", "ai-assisted - opus-4.7"),
        ("\u{feff}---\nai-disclosure: mixed\n---\n", "ai-assisted - -"),
    ] {
        assert_eq!(told(&front_matter::read(page.as_bytes())), [expected], "{page}");
    }
}

#[test]
fn reads_html() {
    for (page, expected) in [
        ("<!doctype html><head><META Name='ai-disclosure' content=ai-autonomous>", "ai-generated - -"),
        ("<meta content=\"human-only\" name=\"ai-disclosure\"/>", "not-ai - -"),
        ("<html><article ai-disclosure=\"ai-assisted\" ai-model=\"gpt-5.4\">", "ai-assisted - gpt-5.4"),
        ("---\nlayout: x\n---\n<main ai-disclosure=\"ai-generated\">", "ai-generated - -"),
    ] {
        assert_eq!(told(&front_matter::read(page.as_bytes())), [expected], "{page}");
    }
}

#[test]
fn reads_no_text_for_a_mark() {
    for page in [
        "",
        "ai_disclosure_level: some_ai\n",
        "---\ntitle: a\n---\nai_disclosure_level: some_ai\n",
        "---\nextra:\n  ai_disclosure_level: some_ai\n---\n",
        "---\nai_disclosure_level: some_ai\n",
        "# Page\n\n```html\n<meta name=\"ai-disclosure\" content=\"ai-assisted\">\n```\n",
        "<!-- <meta name=\"ai-disclosure\" content=\"ai-assisted\"> -->",
        "<script>'<meta name=\"ai-disclosure\" content=\"ai-assisted\">'</script>",
    ] {
        assert_eq!(front_matter::read(page.as_bytes()), Reading::default(), "{page}");
    }
}

#[test]
fn says_that_a_value_is_unknown() {
    let reading = front_matter::read(b"---\nai_disclosure_level: lots\n---\n");
    assert!(matches!(reading.problems[..], [Problem::UnknownValue { .. }]));
}
