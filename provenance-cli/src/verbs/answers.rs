//! What a reviewer types: answers, what they were checked against, and findings.

use provenance_core::name::Ident;
use provenance_core::statement::{Answer, AnswerResult, Found, FoundStatus};

use crate::error::CliError;

/// An answer, as `ID=pass`, `ID=fail:TEXT` or `ID=n/a:TEXT`.
pub(super) fn answer(text: &str) -> Result<Answer, CliError> {
    let wrong = || {
        CliError::usage(format!(
            "`{text}` is no answer: expected ID=pass, ID=fail or ID=n/a, each with :TEXT behind it"
        ))
    };
    let (id, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (result, note) =
        rest.split_once(':').map_or((rest, None), |(result, note)| (result, Some(note.trim().to_owned())));
    let id = id.parse().map_err(|error| CliError::usage(format!("{error}")))?;
    Ok(Answer { sources: Vec::new(), id, result: result_of(result).ok_or_else(wrong)?, note })
}

/// The result of an answer, also by its first letter.
pub(super) fn result_of(text: &str) -> Option<AnswerResult> {
    match text.trim() {
        "pass" | "p" => Some(AnswerResult::Pass),
        "fail" | "f" => Some(AnswerResult::Fail),
        "n/a" | "n" => Some(AnswerResult::NotApplicable),
        _ => None,
    }
}

/// The item and the source of `ID=TEXT`.
pub(super) fn source(text: &str) -> Result<(Ident, String), CliError> {
    let (id, source) = text.split_once('=').filter(|(_, source)| !source.trim().is_empty()).ok_or_else(|| {
        CliError::usage(format!("`{text}` is no source: expected ID=TEXT, ID being a checklist item"))
    })?;
    let id = id.parse().map_err(|error| CliError::usage(format!("{error}")))?;
    Ok((id, source.trim().to_owned()))
}

/// Gives each source to the answer of its item, and returns those whose item is not answered.
pub(super) fn attach(answers: &mut [Answer], sources: Vec<(Ident, String)>) -> Vec<(Ident, String)> {
    let mut left = Vec::new();
    for (id, source) in sources {
        match answers.iter_mut().find(|answer| answer.id == id) {
            Some(answer) => answer.sources.push(source),
            None => left.push((id, source)),
        }
    }
    left
}

/// A finding, as `KIND=open:TEXT`, `KIND=fixed:TEXT` or `KIND=accepted:TEXT::REASON`. Of an accepted one
/// the reason is what stands behind the last `::`, so that the text may have colons of its own.
pub(super) fn found(text: &str) -> Result<Found, CliError> {
    let wrong = || {
        CliError::usage(format!(
            "`{text}` is no finding: expected KIND=open:TEXT, KIND=fixed:TEXT or KIND=accepted:TEXT::REASON"
        ))
    };
    let (kind, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (status, said) = rest.split_once(':').ok_or_else(wrong)?;
    let (status, said, because) = match status.trim() {
        "open" => (FoundStatus::Open, said, None),
        "fixed" => (FoundStatus::Fixed, said, None),
        "accepted" => {
            let (said, because) = said.rsplit_once("::").ok_or_else(wrong)?;
            (FoundStatus::Accepted, said, Some(because.trim()))
        }
        _ => return Err(wrong()),
    };
    if said.trim().is_empty() || because.is_some_and(str::is_empty) {
        return Err(wrong());
    }
    let kind = kind.trim().parse().map_err(|error| CliError::usage(format!("{error}")))?;
    Ok(Found { kind, text: said.trim().to_owned(), status, because: because.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_a_kind_a_status_and_a_text_and_what_is_accepted_a_reason() {
        let accepted = found("bias=accepted:he: for all :: it is a quotation :: by law").unwrap();
        assert_eq!((accepted.kind.as_str(), accepted.status), ("bias", FoundStatus::Accepted));
        assert_eq!(accepted.text, "he: for all :: it is a quotation");
        assert_eq!(accepted.because.as_deref(), Some("by law"));
        let fixed = found("inaccuracy=fixed:12 kg: too much :: by far").unwrap();
        assert_eq!((fixed.text.as_str(), fixed.because), ("12 kg: too much :: by far", None));
        for text in [
            "",
            "bias",
            "bias=fixed",
            "bias=fixed: ",
            "bias=gone:x",
            "bias=accepted:x",
            "bias=accepted:x::",
            "B=open:x",
        ] {
            assert!(found(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_source_goes_to_the_answer_of_its_item() {
        let mut answers = vec![answer("accuracy=pass:read").unwrap()];
        let sources = ["accuracy=a=b", "bias= c "].map(|text| source(text).unwrap());
        let left = attach(&mut answers, sources.to_vec());
        assert_eq!(answers[0].sources, ["a=b"]);
        assert_eq!(left, [("bias".parse().unwrap(), "c".to_owned())]);
        assert!(["accuracy", "accuracy=", "A=b"].into_iter().all(|text| source(text).is_err()));
    }
}
