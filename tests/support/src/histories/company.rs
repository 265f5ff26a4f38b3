//! What the company asks at some time: its policy, its roster, its tools; and how it changes its mind.

use provenance_core::key::{FileSigner, Signer as _};
use provenance_core::time::Timestamp;

use super::{LIVE, MAIN};
use crate::Random;
use crate::bench::signer;

/// Everybody: their id, kind and roles, and the seed of their key.
const PEOPLE: [(&str, &str, &str, u8); 8] = [
    ("ana", "human", "\"admin\", \"security\", \"editor\"", 1),
    ("bot", "agent", "", 7),
    ("ci", "service", "", 8),
    ("ed", "human", "\"editor\"", 3),
    ("eva", "human", "\"editor\", \"trainer\"", 4),
    ("lee", "human", "\"legal\"", 5),
    ("wes", "human", "\"writer\"", 6),
    ("zoe", "human", "\"admin\", \"editor\"", 2),
];
/// Ed's other key; Mallory is in no roster.
pub(super) const ED_LATER: u8 = 13;
pub(super) const MALLORY: u8 = 66;

/// The key by which somebody signs as a rule.
pub(super) fn key_of(person: &str) -> FileSigner {
    let seed = PEOPLE.iter().find(|(id, ..)| *id == person).map_or(MALLORY, |(.., seed)| *seed);
    signer(seed)
}

/// What a company asks.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) editors: usize,
    pub(super) legal: bool,
    pub(super) declaration: bool,
    pub(super) checklist: bool,
    pub(super) terminal: bool,
    pub(super) no_ai_in_law: bool,
    pub(super) scans: bool,
    pub(super) every_commit: bool,
    pub(super) promotes: bool,
    pub(super) live_first: bool,
    max_steps: Option<usize>,
    waivers: bool,
    pub(super) acceptance: bool,
    pub(super) course: bool,
    lenient: bool,
    synthetic: bool,
    burst: bool,
    accountable: bool,
    known_authors: bool,
    pub(super) zoe: bool,
    pub(super) eva: bool,
    /// The last day of Ed's work, and the keys that he has.
    pub(super) ed_retired: Option<String>,
    pub(super) ed_keys: String,
    wes_left: bool,
    writer: &'static str,
    writer_until: Option<String>,
    models: bool,
    /// How often anything was changed.
    version: usize,
}

/// Whether, in a third of all cases.
fn perhaps(random: &mut Random) -> bool {
    random.below(3) == 0
}

impl Rules {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            editors: 1 + usize::from(perhaps(random)),
            legal: perhaps(random),
            declaration: !perhaps(random),
            checklist: !perhaps(random),
            terminal: random.below(8) == 0,
            no_ai_in_law: perhaps(random),
            scans: random.below(6) == 0,
            every_commit: random.below(6) == 0,
            promotes: random.below(6) != 0,
            live_first: false,
            max_steps: (random.below(4) == 0).then(|| 1 + random.below(4)),
            waivers: !perhaps(random),
            acceptance: random.below(5) == 0,
            course: random.below(6) == 0,
            lenient: random.below(6) == 0,
            synthetic: random.below(6) == 0,
            burst: random.below(6) == 0,
            accountable: perhaps(random),
            known_authors: random.below(6) == 0,
            zoe: !perhaps(random),
            eva: true,
            ed_retired: None,
            ed_keys: quoted(3),
            wes_left: false,
            writer: "approved",
            writer_until: None,
            models: perhaps(random),
            version: 0,
        }
    }

    /// Changes its mind on one thing; says on what.
    pub(super) fn change(&mut self, random: &mut Random, now: i64) -> &'static str {
        self.version += 1;
        let day = day_of(now + (random.below(5) as i64 - 1) * 86_400);
        match random.below(16) {
            0 => {
                self.eva = !self.eva;
                // Two seats need two editors who are left whoever has retired.
                self.editors = 1;
                "policy: a person comes or goes"
            }
            1 => {
                self.zoe = !self.zoe;
                "policy: an admin comes or goes"
            }
            2 => {
                self.ed_retired = self.ed_retired.take().xor(Some(day));
                "policy: a person retires"
            }
            3 => {
                self.ed_keys = format!("{{ public = {}, until = {day} }}, {}", quoted(3), quoted(ED_LATER));
                "policy: a key ends, another comes"
            }
            4 => {
                self.ed_keys =
                    format!("{{ public = {}, revoked = {day}, because = \"lost\" }}, {}", quoted(3), quoted(ED_LATER));
                "policy: a key is revoked"
            }
            5 => {
                self.ed_keys = if perhaps(random) { quoted(ED_LATER) } else { quoted(3) };
                "policy: a key is taken out"
            }
            6 => {
                self.writer = ["approved", "retired", "requested"][random.below(3)];
                "policy: a tool is retired or approved"
            }
            7 => {
                self.writer_until = self.writer_until.take().xor(Some(day));
                "policy: a tool is approved for a time"
            }
            8 => {
                self.wes_left = !self.wes_left;
                "policy: a writer leaves or returns"
            }
            9 => {
                self.live_first = !self.live_first;
                "policy: the authority is handed over"
            }
            10..=12 => self.turn(random),
            _ => "policy: a remark",
        }
    }

    /// Turns one rule round.
    fn turn(&mut self, random: &mut Random) -> &'static str {
        let switches = [
            &mut self.legal,
            &mut self.declaration,
            &mut self.checklist,
            &mut self.no_ai_in_law,
            &mut self.every_commit,
            &mut self.promotes,
            &mut self.waivers,
            &mut self.acceptance,
            &mut self.lenient,
            &mut self.synthetic,
            &mut self.accountable,
            &mut self.scans,
        ];
        let at = random.below(switches.len());
        let switch = switches.into_iter().nth(at).expect("it is below their number");
        *switch = !*switch;
        "policy: a rule changes"
    }

    /// The three files.
    pub(super) fn files(&self) -> [(String, String); 3] {
        [("policy", self.policy()), ("people", self.people()), ("tools", self.tools())]
            .map(|(name, text)| (format!(".provenance/{name}.toml"), text))
    }

    fn policy(&self) -> String {
        let branches = if self.live_first { [LIVE, MAIN] } else { [MAIN, LIVE] };
        let mut text = format!("version = 1\nrepository = \"acme/site\"\nbranches = {branches:?}\n");
        let mut add = |when: bool, more: &str| {
            if when {
                text += more;
            }
        };
        add(true, &self.max_steps.map_or(String::new(), |steps| format!("review-max-steps = {steps}\n")));
        add(self.every_commit, "history = \"every-commit\"\n");
        add(self.known_authors, "authors = \"roster\"\n");
        let declaration = if self.declaration { "required" } else { "optional" };
        let rule = "[[rule]]\nname = \"content\"\npaths = [\"content/**\"]\nconfirm = [\"no-client-data\"]\n";
        add(true, &format!("# {}\n{rule}declaration = \"{declaration}\"\n", self.version));
        add(true, &format!("reviews = [{{ roles = [\"editor\"], count = {} }}]\n", self.editors));
        add(self.checklist, "checklist = [\"accuracy\"]\n");
        add(self.terminal, "presence = \"terminal\"\n");
        add(self.scans, "scans = [\"names\"]\n");
        add(true, "[[rule]]\nname = \"law\"\npaths = [\"content/law/**\"]\n");
        add(self.legal, "reviews = [{ roles = [\"legal\"] }]\n");
        add(self.no_ai_in_law, "ai = \"forbidden\"\n");
        add(true, "[[exempt]]\npaths = [\"log/**\"]\nreason = \"a machine writes it\"\n");
        add(self.promotes, &format!("[[promote]]\nfrom = \"{MAIN}\"\nto = \"{LIVE}\"\n"));
        add(true, COMPANY);
        add(self.waivers, "[waiver]\nroles = [\"legal\"]\nmax-days = 14\n");
        add(self.acceptance, "[document.ai-policy]\npath = \"AI-POLICY.md\"\naccepted-by = [\"ai\", \"review\"]\n");
        let course = "[course.basics]\nmodules = [\"one\"]\nrequired-for = [\"ai\"]\nvalid-days = 20\n";
        add(self.course && self.eva, course);
        add(self.lenient, "[severity]\nAc1 = \"warning\"\nTr1 = \"off\"\nA5 = \"warning\"\n");
        add(self.synthetic, "[synthetic]\nlabels = [\"made by AI\"]\n");
        add(self.burst, "[burst]\nreviews = 1\nminutes = 600\n");
        add(
            self.accountable,
            "[[accountable]]\nperson = \"lee\"\ntitle = \"Counsel\"\ncontact = \"lee@example.com\"\n",
        );
        text
    }

    fn people(&self) -> String {
        let here = |id: &str| (id != "zoe" || self.zoe) && (id != "eva" || self.eva) && (id != "wes" || !self.wes_left);
        let person = |(id, kind, roles, seed): &(&str, &str, &str, u8)| {
            let keys = if *id == "ed" { self.ed_keys.clone() } else { quoted(*seed) };
            let retired = self.ed_retired.as_ref().filter(|_| *id == "ed");
            let mut more = retired.map_or(String::new(), |day| format!("retired = {day}\n"));
            if *id == "bot" {
                more += if self.wes_left { "operators = [\"lee\"]\n" } else { "operators = [\"wes\"]\n" };
            }
            format!(
                "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\n\
                 roles = [{roles}]\nkeys = [{keys}]\n{more}"
            )
        };
        PEOPLE.iter().filter(|(id, ..)| here(id)).map(person).collect()
    }

    fn tools(&self) -> String {
        let until = self.writer_until.as_ref().map_or(String::new(), |day| format!("approved-until = {day}\n"));
        let models = if self.models { "models = [\"opus-*\"]\n" } else { "" };
        format!(
            "[tool.writer]\nname = \"Writer\"\nstatus = \"{}\"\n{models}{until}\n\
             [tool.asked]\nname = \"Asked for\"\nstatus = \"requested\"\n",
            self.writer
        )
    }
}

const COMPANY: &str = r#"[checklist.accuracy]
question = "Are facts checked?"
[confirmation.no-client-data]
statement = "No client data was put into the prompt."
[use.drafting]
title = "Drafting"
[use.legal-advice]
title = "Legal advice"
restricted = true
[scan.names]
title = "Names of clients"
"#;

/// A key as it stands in the roster.
fn quoted(seed: u8) -> String {
    format!("\"{}\"", signer(seed).public_key())
}

fn day_of(seconds: i64) -> String {
    Timestamp::from_seconds(seconds).expect("it is in this century").day().to_string()
}
