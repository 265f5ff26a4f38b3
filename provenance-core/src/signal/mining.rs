//! Marks that content is not for the training of models: inside images, in HTML, and for a whole site.
//!
//! They say nothing of how content was made and are no signals. Each reader says whether a mark is there that
//! reserves all of it; a mark that leaves the terms to another text is none, since that text is not read.

use serde::Deserialize;

use super::{MAX_INPUT, image};
use crate::markup;

/// The most bytes of a site's file that are read, as crawlers do.
pub const MAX_SITE_FILE: usize = 512 << 10;

/// Crawlers that gather what models are trained on, by the names that their makers document for `robots.txt`.
pub const CRAWLERS: [&str; 7] =
    ["GPTBot", "ClaudeBot", "Google-Extended", "CCBot", "Applebot-Extended", "Meta-ExternalAgent", "Bytespider"];

/// Terms of the PLUS vocabulary for `plus:DataMining` that prohibit training.
const PROHIBITED: [&str; 4] = [
    "DMI-PROHIBITED",
    "DMI-PROHIBITED-AIMLTRAINING",
    "DMI-PROHIBITED-GENAIMLTRAINING",
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
];

/// Whether a PNG, JPEG, WebP or SVG says in XMP that it is not for training.
pub fn image(bytes: &[u8]) -> bool {
    image::collect(bytes).reserved
}

/// Whether a property of XMP says so: `DataMining` of PLUS, or `tdm:reservation` of TDMRep.
pub(super) fn reserves(name: &str, value: &str) -> bool {
    let value = value.trim();
    if markup::local(name) == "DataMining" {
        return value.rsplit('/').next().is_some_and(|term| PROHIBITED.contains(&term));
    }
    name == "tdm:reservation" && value == "1"
}

/// Whether an HTML page says in its metadata that it is not for training. More than [`MAX_INPUT`] is not read.
pub fn html(page: &[u8]) -> bool {
    if page.len() > MAX_INPUT {
        return false;
    }
    let text = String::from_utf8_lossy(page);
    let metas = markup::tags(&text, &["script", "style", "template", "textarea"])
        .filter(|tag| tag.name.eq_ignore_ascii_case("meta"));
    let said = metas.filter_map(|tag| {
        let content = tag.attribute("content")?;
        let name = tag.attribute("name")?.trim();
        let noai = || content.split(',').any(|word| word.trim().eq_ignore_ascii_case("noai"));
        Some(
            (name.eq_ignore_ascii_case("tdm-reservation") && content.trim() == "1")
                || (name.eq_ignore_ascii_case("robots") && noai()),
        )
    });
    said.into_iter().any(|said| said)
}

/// The [`CRAWLERS`] that a `robots.txt` (RFC 9309) does not keep from the whole site. A group that allows some path
/// keeps nobody from the whole.
pub fn robots(text: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_SITE_FILE)]);
    let groups = Groups::of(&text, &["/", "/*"]);
    CRAWLERS.into_iter().filter(|crawler| !groups.keeps_out(crawler)).collect()
}

/// Whether an `ai.txt` lets nobody train on anything.
pub fn ai_txt(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_SITE_FILE)]);
    Groups::of(&text, &["/", "/*", "*"]).keeps_out("*")
}

/// Whether a `tdmrep.json` reserves the whole site, and gives nothing of it free.
pub fn tdmrep(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Rule {
        location: String,
        #[serde(rename = "tdm-reservation")]
        reservation: u64,
    }
    if json.len() > MAX_SITE_FILE {
        return false;
    }
    let Ok(rules) = serde_json::from_slice::<Vec<Rule>>(json) else { return false };
    let whole = |rule: &Rule| rule.reservation == 1 && ["/", "/*", "*"].contains(&rule.location.as_str());
    rules.iter().any(whole) && rules.iter().all(|rule| rule.reservation == 1)
}

/// The groups of a `robots.txt`: for whom each is, and whether it shuts everything.
struct Groups<'t>(Vec<Group<'t>>);

#[derive(Default)]
struct Group<'t> {
    agents: Vec<&'t str>,
    shut: bool,
    allows: bool,
    has_rules: bool,
}

impl<'t> Groups<'t> {
    fn of(text: &'t str, everything: &[&str]) -> Self {
        let mut groups: Vec<Group<'t>> = Vec::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if groups.last().is_none_or(|group| group.has_rules) {
                    groups.push(Group::default());
                }
                groups.iter_mut().next_back().into_iter().for_each(|group| group.agents.push(value));
                continue;
            }
            let Some(group) = groups.last_mut() else { continue };
            group.has_rules |= key == "disallow" || key == "allow";
            group.shut |= key == "disallow" && everything.contains(&value);
            group.allows |= key == "allow" && !value.is_empty();
        }
        Self(groups)
    }

    /// Whether the groups for an agent, or else those for all, shut everything.
    fn keeps_out(&self, agent: &str) -> bool {
        let named = |name: &str| {
            let of = |group: &&Group<'_>| group.agents.iter().any(|agent| agent.eq_ignore_ascii_case(name));
            let groups: Vec<&Group<'_>> = self.0.iter().filter(of).collect();
            let shut = groups.iter().any(|group| group.shut) && !groups.iter().any(|group| group.allows);
            (!groups.is_empty()).then_some(shut)
        };
        named(agent).or_else(|| named("*")).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_reserves_by_terms_that_prohibit() {
        let term = |term: &str| reserves("plus:DataMining", &format!("http://ns.useplus.org/ldf/vocab/{term}"));
        assert!(PROHIBITED.into_iter().all(term) && reserves("p:DataMining", " DMI-PROHIBITED "));
        let others = [
            "DMI-ALLOWED",
            "DMI-UNSPECIFIED",
            "DMI-PROHIBITED-SEECONSTRAINT",
            "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
            "",
        ];
        assert!(!others.into_iter().any(term));
        assert!(
            reserves("tdm:reservation", "1") && !reserves("tdm:reservation", "0") && !reserves("x:reservation", "1")
        );
    }

    #[test]
    fn html_says_it_in_its_metadata() {
        assert!(html(b"<!doctype html><html><head><META content='1' name=TDM-Reservation></head>"));
        assert!(html(b"<html><meta name=\"robots\" content=\"noindex, NoAI\">"));
        for none in [
            "<meta name=tdm-reservation content=0>",
            "<meta name=robots content=noaiximage>",
            "<!-- <meta name=robots content=noai> -->",
            "<script><meta name=robots content=noai></script>",
            "noai",
        ] {
            assert!(!html(none.as_bytes()), "{none}");
        }
        assert!(!html(&[b"<meta name=robots content=noai>".to_vec(), vec![b' '; MAX_INPUT]].concat()));
    }

    #[test]
    fn robots_keep_out_each_crawler_by_its_own_group_or_that_for_all() {
        assert_eq!(robots(b"\xef\xbb\xbfUser-Agent: * # all\nDisallow: /\n"), Vec::<&str>::new());
        let each = CRAWLERS.map(|name| format!("user-agent: {name}\n")).concat();
        assert_eq!(robots(format!("{each}Disallow: /*\n\nUser-agent: *\nDisallow:\n").as_bytes()), Vec::<&str>::new());
        assert_eq!(robots(b"User-agent: *\nDisallow: /\nUser-agent: gptbot\nDisallow: /private\n"), ["GPTBot"]);
        assert_eq!(robots(b"User-agent: *\nDisallow: /\nUser-agent: CCBot\nDisallow: /\nAllow: /free\n"), ["CCBot"]);
        for open in ["", "Disallow: /\n", "User-agent: *\nDisallow: /a\n", "User-agent: Other\nDisallow: /\n"] {
            assert_eq!(robots(open.as_bytes()), CRAWLERS, "{open}");
        }
        let late = [vec![b'#'; MAX_SITE_FILE], b"\nUser-agent: *\nDisallow: /\n".to_vec()].concat();
        assert_eq!(robots(&late), CRAWLERS);
    }

    #[test]
    fn ai_txt_and_tdmrep_are_of_the_whole_site() {
        assert!(ai_txt(b"User-Agent: *\nDisallow: *\n"));
        assert!(!ai_txt(b"User-Agent: *\nDisallow: *.jpg\n") && !ai_txt(b"User-Agent: *\nDisallow: /\nAllow: *.txt\n"));
        assert!(tdmrep(br#"[{"location":"/","tdm-reservation":1,"tdm-policy":"https://x.example/p.json"}]"#));
        for none in [
            "",
            "{}",
            r#"[{"location":"/a","tdm-reservation":1}]"#,
            r#"[{"location":"/","tdm-reservation":0}]"#,
            r#"[{"location":"/","tdm-reservation":1},{"location":"/free","tdm-reservation":0}]"#,
        ] {
            assert!(!tdmrep(none.as_bytes()), "{none}");
        }
        assert!(!tdmrep("[".repeat(400_000).as_bytes()));
    }
}
