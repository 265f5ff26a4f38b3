//! The bill of tools: what the register, the tools' documents and declarations say of each.

use super::tip::{File, Tip};
use crate::account::{Bom, Component, Considerations, Risk, ToolFigures};
use crate::draft::{Desk, DraftError};
use crate::policy::Tool;
use crate::policy::lint::points;

/// The largest document that is read, in bytes.
const MAX_DOCUMENT: u64 = 1 << 20;

/// Every tool of the figures.
pub(super) fn bill(desk: &Desk<'_>, tip: &Tip, tools: &[ToolFigures]) -> Result<Bom, DraftError> {
    let mut components = Vec::new();
    for figures in tools {
        components.push(component(desk, tip, figures)?);
    }
    Ok(Bom::of(desk.policy().repository(), &desk.tip().to_string(), desk.now(), components))
}

fn component(desk: &Desk<'_>, tip: &Tip, figures: &ToolFigures) -> Result<Component, DraftError> {
    let id = figures.id.as_str();
    let Some(tool) = desk.policy().tools().get(&figures.id) else {
        return Ok(used(Component::tool(id, id), figures));
    };
    let mut component = Component::tool(id, &tool.name).supplied_by(tool.vendor.as_ref());
    let file = tool.document.as_ref().and_then(|path| tip.files.get(path));
    if let Some(path) = &tool.document {
        let entry = file.map(|file| file.entry_in(desk)).transpose()?;
        component = component.described_by(path, entry.and_then(|entry| entry.sha256()));
    }
    let text = file.map(|file: &File| file.text_in(desk, MAX_DOCUMENT)).transpose()?.flatten().unwrap_or_default();
    let component = component.with_card(tool.capabilities.join("; "), considerations(desk, tool, &text));
    Ok(used(entry(component, tool, figures), figures))
}

/// What the headings of its document say, and the register beside.
fn considerations(desk: &Desk<'_>, tool: &Tool, text: &str) -> Considerations {
    let uses = desk.policy().use_cases().filter(|(id, _)| tool.uses.contains(id));
    let ethics = points(text, &["ethic", "bias", "hazard", "risk"]);
    Considerations {
        users: points(text, &["user", "audience"]),
        use_cases: points(text, &["capabilit"]).into_iter().chain(uses.map(|(_, it)| it.title.clone())).collect(),
        technical_limitations: points(text, &["limit"]).into_iter().chain(tool.limits.iter().cloned()).collect(),
        ethical_considerations: ethics.into_iter().map(|name| Risk { name }).collect(),
    }
}

/// Its entry in the register.
fn entry(component: Component, tool: &Tool, figures: &ToolFigures) -> Component {
    component
        .with("approved-from", tool.approved_from)
        .with("approved-until", tool.approved_until)
        .with("requested-on", figures.requested_on)
        .with("answered-on", figures.answered_on)
        .with("approved-model", &tool.models)
        .with("approved-version", &tool.versions)
        .with("data-class", &tool.data_classes)
        .with("processor-agreement", &tool.processor_agreement)
        .with("retention", &tool.retention)
        .with("region", &tool.region)
        .with("trainsOnInput", tool.trains_on_input)
}

/// Its status, and how much it was used by what is declared.
fn used(component: Component, figures: &ToolFigures) -> Component {
    let models = figures.models.iter().filter_map(|it| it.model.as_ref());
    component
        .with("status", [&figures.status])
        .with("declarations", [figures.declarations])
        .with("files", [figures.files])
        .with("declared-model", models)
}
