//! What a reviewer answers, held to the checklist before anything is signed.

use super::review::{Item, Verdict};
use super::span::Span;
use super::{Desk, DraftError, known};
use crate::policy::AnswerNeed;
use crate::statement::{Answer, AnswerResult, Decision, FoundStatus};

impl Item {
    /// What the policy wants of an answer and this one lacks. What fails or does not apply needs no
    /// more than it says.
    pub fn lacks(&self, answer: &Answer) -> Vec<AnswerNeed> {
        let blank = |text: &str| text.trim().is_empty();
        let has = |need: AnswerNeed| match need {
            AnswerNeed::Note => answer.note.as_deref().is_some_and(|note| !blank(note)),
            AnswerNeed::Sources => answer.sources.iter().any(|source| !blank(source)),
        };
        let asked = self.needs.iter().copied().filter(|_| answer.result == AnswerResult::Pass);
        asked.filter(|need| !has(*need)).collect()
    }
}

impl Desk<'_> {
    /// Refuses a verdict that answers what nobody asks or says less than it must; all of it at once.
    pub(super) fn check_verdict(&self, span: &Span, verdict: &Verdict) -> Result<(), DraftError> {
        let items = self.checklist(span);
        verdict.answers.iter().try_for_each(|answer| self.check_answer(&items, answer))?;
        if verdict.decision == Decision::Reject {
            return Ok(());
        }
        let mut wrong: Vec<String> = items.iter().flat_map(|item| open(item, &verdict.answers)).collect();
        let unfinished = verdict.findings.iter().filter(|found| found.status == FoundStatus::Open);
        wrong.extend(unfinished.map(|found| {
            format!("the finding of kind `{}` is open: fix it, accept it for a reason, or --reject", found.kind)
        }));
        if !wrong.is_empty() {
            return Err(DraftError::Incomplete { what: "the checklist is not complete", wrong });
        }
        match verdict.answers.iter().find(|answer| answer.result == AnswerResult::Fail) {
            Some(failed) => Err(DraftError::Request(format!("an approval cannot fail `{}`: use --reject", failed.id))),
            None => Ok(()),
        }
    }

    fn check_answer(&self, items: &[Item], answer: &Answer) -> Result<(), DraftError> {
        let id = &answer.id;
        if self.question(id).is_none() {
            let ids: Vec<_> = items.iter().map(|item| &item.id).collect();
            let listed = if ids.is_empty() { "no item".to_owned() } else { known(ids) };
            return Err(DraftError::Request(format!("`{id}` is no checklist item; this review has {listed}")));
        }
        let silent = answer.note.as_ref().is_none_or(|note| note.trim().is_empty());
        if answer.result == AnswerResult::NotApplicable && silent {
            return Err(DraftError::Request(format!("say why `{id}` does not apply: --answer '{id}=n/a:WHY'")));
        }
        Ok(())
    }
}

/// What is still to be said of an item, as options.
fn open(item: &Item, answers: &[Answer]) -> Vec<String> {
    let id = &item.id;
    let Some(answer) = answers.iter().find(|answer| answer.id == *id) else {
        let note = if item.needs.contains(&AnswerNeed::Note) { "pass:WHAT" } else { "pass" };
        let source =
            if item.needs.contains(&AnswerNeed::Sources) { format!(" --source {id}=WHERE") } else { String::new() };
        return vec![format!("--answer {id}={note}|fail|n/a:WHY{source}   {}", item.question)];
    };
    let say = |need| match need {
        AnswerNeed::Note => format!("--answer {id}=pass:WHAT   the policy wants to know what was checked"),
        AnswerNeed::Sources => format!("--source {id}=WHERE   the policy wants to know what it was checked against"),
    };
    item.lacks(answer).into_iter().map(say).collect()
}
