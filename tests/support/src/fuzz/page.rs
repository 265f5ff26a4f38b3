//! Pages: what their front matter says of AI, images without a text, files named, and labels.

use provenance_core::page::{Kind, files_named, images_without_text, says};
use provenance_core::signal::{Place, Source, front_matter, mining};

use super::{Target, seeds, signals};

pub(super) const TARGET: Target = Target {
    name: "page",
    reads: &[
        "signal::front_matter::read",
        "page::alt::images_without_text",
        "page::label::says",
        "page::media::files_named",
        "signal::mining::html",
        "signal::mining::robots",
        "signal::mining::ai_txt",
        "signal::mining::tdmrep",
    ],
    run,
    seeds: samples,
    tokens: &[
        "---\n",
        "+++\n",
        "ai-disclosure: ",
        "ai_disclosure = ",
        "ai-model: ",
        "ai-tool: ",
        "ai-assisted",
        "fully_autonomous",
        "none",
        "\"",
        "'",
        " #",
        "\r\n",
        "\u{feff}",
        "<meta name=\"ai-disclosure\" content=\"",
        "<script>",
        "</script",
        "<template>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "<img ",
        "<IMG\n",
        " alt=\"\"",
        " alt",
        ">",
        "/>",
        "![",
        "](",
        "`",
        "```\n",
        "~~~\n",
        "\\!",
        " ai-disclosure=mixed",
        "../",
        "/img/a.png",
        "%2e%2e",
        "?v=1",
        "://",
        "</style>",
        "made with AI",
        "<meta name=\"tdm-reservation\" content=\"1\">",
        "User-agent: *\nDisallow: /\n",
        "[{\"location\": \"/\", \"tdm-reservation\": 1}]",
    ],
};

fn run(bytes: &[u8]) {
    let reading = signals::read(front_matter::read, bytes);
    for signal in &reading.signals {
        assert!(signal.source == Source::FrontMatter && signal.place == Place::File);
    }
    let text = [b"text\n".as_slice(), bytes].concat();
    assert!(front_matter::read(&text).signals.is_empty(), "what begins as text has neither front matter nor tags");
    // What begins with a mark is read by it.
    let marked = [b"\xfe\xff".as_slice(), b"\xff\xfe", b"\xef\xbb\xbf"].iter().any(|mark| bytes.starts_with(mark));
    for kind in [Kind::Markdown, Kind::Html] {
        let count = images_without_text(bytes, kind);
        assert!(count <= bytes.len() / 4, "an image takes some bytes");
        let same = marked || images_without_text(&text, kind) == count;
        assert!(same, "a line of text before the page changes nothing");
        assert_eq!(images_without_text(&bytes.to_ascii_uppercase(), kind), count, "tags have no case");
        let labels = ["Made with AI".to_owned()];
        let labelled = says(bytes, kind, &labels);
        assert_eq!(says(&bytes.to_ascii_uppercase(), kind, &labels), labelled, "neither have labels");
        assert!(!labelled || bytes.len() >= labels[0].len(), "a label takes some bytes");
    }
    let first = mining::robots(bytes);
    assert_eq!(mining::robots(bytes), first, "reading is the same twice");
    assert!(
        first.iter().all(|crawler| mining::robots(b"").contains(crawler)),
        "nobody is let in but whom a file can keep out"
    );
    for read in [mining::html, mining::ai_txt, mining::tdmrep] {
        assert_eq!(read(bytes), read(bytes), "reading is the same twice");
    }
    let at = "content/a.md".parse().expect("the constant is a path");
    let named = files_named(bytes, &at, &[]);
    assert!(named.len() <= bytes.len(), "a name takes some bytes");
    let same = marked || files_named(&text, &at, &[]).is_superset(&named);
    assert!(same, "a line of text before the page hides no name");
}

fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "![a](<../my pic.png> \"t\")\n<img src=x%20y.webp?v=1>\n{{< figure src=\"/img/a.jpg\" >}}\n*made with\nAI* <!-- made with AI -->\n",
        "---\ntitle: a\nai-disclosure: ai-assisted\nai_model: 'claude-opus-4-6' # so\nAI-Tool: Cursor\n---\n\n![](a.png)\n",
        "+++\nai_disclosure = \"none\"\n+++\ntext `![](a.png)` \\![](b.png) ![a bell](c.png)\n",
        "\u{feff}---\r\nai-disclosure-level: fully_autonomous\r\n---\r\n```\n<img src=a>\n```\n~~~\n![](b)\n",
        "<!doctype html><html><head><meta name=\"AI-disclosure\" content='mixed'><script>\"<img>\"</script></head>\
         <body><p ai-disclosure=ai-generated><img src=a alt=\"\"><IMG\n src='a alt=b'><img></p><!-- <img> --></body>",
    ])
}
