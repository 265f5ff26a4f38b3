//! Images.

use provenance_core::signal::{Claim, Problem, Reading, image};

use super::{claims, told};

const TERM: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

fn xmp(properties: &str) -> Vec<u8> {
    format!("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF><rdf:Description {properties}</rdf:RDF></x:xmpmeta>")
        .into_bytes()
}

fn attribute(term: &str) -> Vec<u8> {
    xmp(&format!("Iptc4xmpExt:DigitalSourceType=\"{TERM}{term}\"/>"))
}

fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks.iter().chain([&(b"IEND", &b""[..])]) {
        image.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        image.extend(kind.iter());
        image.extend(*data);
        image.extend([0; 4]);
    }
    image
}

fn png_xmp(packet: &[u8]) -> Vec<u8> {
    png(&[(b"IHDR", &[0; 13]), (b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", packet].concat()), (b"IDAT", b"pixels")])
}

fn segment(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, kind], &length[..], data].concat()
}

fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    [&b"\xff\xd8"[..], &segments.concat(), b"\xff\xda\0\x02picture\xff\xd9"].concat()
}

fn webp(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    [&b"RIFF\0\0\0\0WEBP"[..], kind, &length, data].concat()
}

#[test]
fn reads_source_types_in_every_container() {
    let packet = attribute("trainedAlgorithmicMedia");
    let svg = [b"<?xml version=\"1.0\"?><svg><metadata>", &packet[..], b"</metadata></svg>"].concat();
    let jpeg = jpeg(&[segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat())]);
    for image in [png_xmp(&packet), jpeg, webp(b"XMP ", &packet), svg] {
        let reading = image::read(&image);
        assert_eq!((claims(&reading), reading.problems), (vec![Claim::AiGenerated], vec![]));
    }
}

#[test]
fn knows_the_terms_old_and_new() {
    for (term, expected) in [
        ("compositeWithTrainedAlgorithmicMedia", Some(Claim::AiAssisted)),
        ("compositeSynthetic", Some(Claim::Ai)),
        ("digitalCapture", Some(Claim::NotAi)),
        ("digitalCreation", Some(Claim::NotAi)),
        ("minorHumanEdits", Some(Claim::NotAi)),
        ("digitalArt", Some(Claim::NotAi)),
        ("softwareImage", None),
        ("algorithmicMedia", None),
    ] {
        let reading = image::read(&png_xmp(&attribute(term)));
        assert_eq!((claims(&reading), reading.problems), (expected.into_iter().collect(), vec![]), "{term}");
    }
    let https = xmp("/><Iptc4xmpExt:DigitalSourceType>https://cv.iptc.org/newscodes/digitalsourcetype/\
                     trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>");
    let resource = xmp(&format!("/><Iptc4xmpExt:DigitalSourceType rdf:resource='{TERM}trainedAlgorithmicMedia'/>"));
    for packet in [https, resource] {
        assert_eq!(claims(&image::read(&png_xmp(&packet))), [Claim::AiGenerated]);
    }
    let unknown = image::read(&png_xmp(&attribute("madeByMartians")));
    assert!(matches!(unknown.problems[..], [Problem::UnknownValue { .. }]));
}

#[test]
fn never_shows_a_prompt() {
    let prompt = "secret client DigitalSourceType='trainedAlgorithmicMedia' AISystemUsed='secret'";
    for packet in [
        xmp(&format!("Iptc4xmpExt:AIPromptInformation=\"{prompt}\" Iptc4xmpExt:AISystemUsed=\"ChatGPT\"/>")),
        xmp(&format!(
            "><Iptc4xmpExt:AIPromptInformation>{prompt}</Iptc4xmpExt:AIPromptInformation>\
             <Iptc4xmpExt:AISystemUsed>ChatGPT</Iptc4xmpExt:AISystemUsed></rdf:Description>"
        )),
    ] {
        let reading = image::read(&png_xmp(&packet));
        assert_eq!(told(&reading), ["ai chatgpt -"]);
        assert!(!format!("{reading:?}").contains("secret"));
    }
    let text =
        image::read(&png(&[(b"tEXt", b"parameters\0secret"), (b"tEXt", b"AIGC\0{\"Label\":\"1\",\"P\":\"secret\"}")]));
    assert_eq!(told(&text), ["ai-generated - -"]);
    assert!(!format!("{text:?}").contains("secret"));
}

#[test]
fn reads_the_label_of_tc260() {
    let packet = xmp("TC260:AIGC=\"{&quot;Label&quot;:&quot;2&quot;,&quot;ContentProducer&quot;:&quot;x&quot;}\"/>");
    assert_eq!(told(&image::read(&png_xmp(&packet))), ["ai - -"]);
}

#[test]
fn finds_source_types_in_manifests() {
    // CBOR: a text of 70 bytes, then a key that begins with the letter `d`.
    let store = [b"jumbc2pa.actions\x78\x46", TERM.as_bytes(), b"trainedAlgorithmicMediadwhen"].concat();
    let (head, tail) = store.split_at(40);
    let part = |number: u8, repeat: &[u8], data: &[u8]| {
        segment(0xeb, &[&b"JP\0\x01\0\0\0"[..], &[number], repeat, data].concat())
    };
    let jpeg = jpeg(&[part(1, b"", head), part(2, &head[..8], tail)]);
    for image in [png(&[(b"caBX", &store)]), jpeg, webp(b"C2PA", &store)] {
        assert_eq!(claims(&image::read(&image)), [Claim::AiGenerated]);
    }
    let disclosed = png(&[(b"caBX", b"jumdc2pa.ai-disclosure\0")]);
    assert_eq!(claims(&image::read(&disclosed)), [Claim::Ai]);
    // What may be done with an image says nothing of how it was made.
    let mining = png(&[(b"caBX", b"jumdc2pa.training-mining c2pa.ai_generative_training notAllowed")]);
    assert_eq!(image::read(&mining), Reading::default());
}

#[test]
fn says_what_it_cannot_read() {
    let whole = png_xmp(&attribute("trainedAlgorithmicMedia"));
    for image in [
        &b""[..],
        b"GIF89a",
        &whole[..whole.len() - 12],
        b"\xff\xd8\xff\xe1\xff\xff",
        &png(&[(b"zTXt", b"XML:com.adobe.xmp\0\0xx")]),
        &png(&[(b"caBX", b"brob")]),
    ] {
        assert!(!image::read(image).problems.is_empty(), "{image:?}");
    }
}

#[test]
fn reads_values_however_xml_and_jpeg_part_them() {
    let uri = format!("{TERM}trainedAlgorithmicMedia");
    let element = |value: &str| xmp(&format!("/><p:DigitalSourceType>{value}</p:DigitalSourceType>"));
    let (head, tail) = uri.split_at(50);
    let utf_16 = String::from_utf8(element(&uri)).unwrap();
    for packet in [
        element(&format!("<rdf:Bag><rdf:li>{uri}</rdf:li></rdf:Bag>")),
        element(&format!("<rdf:value>{uri}</rdf:value>")),
        element(&format!("<![CDATA[{uri}]]>")),
        element(&format!("{head}<!-- x -->{tail}")),
        element(&uri.replace("trained", "&#116;raine&#x64;")),
        attribute("trained&#65;lgorithmicMedia"),
        utf_16.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        utf_16.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ] {
        let reading = image::read(&png_xmp(&packet));
        assert_eq!((claims(&reading), reading.problems), (vec![Claim::AiGenerated], vec![]), "{packet:?}");
    }
    let prompt = xmp(&format!("/><p:AIPromptInformation><rdf:li>{uri}</rdf:li></p:AIPromptInformation>"));
    let comment = xmp(&format!("/><!-- <p:DigitalSourceType>{uri}</p:DigitalSourceType> -->"));
    for packet in [prompt, comment] {
        assert_eq!(claims(&image::read(&png_xmp(&packet))), []);
    }
    let packet = attribute("trainedAlgorithmicMedia");
    let (first, second) = packet.split_at(packet.len() - 20);
    let part = |digest: u8, offset: usize, text: &[u8]| {
        let numbers =
            [u32::try_from(packet.len()).unwrap(), u32::try_from(offset).unwrap()].map(u32::to_be_bytes).concat();
        segment(0xe1, &[b"http://ns.adobe.com/xmp/extension/\0", &[digest; 32][..], &numbers, text].concat())
    };
    let parts = [part(b'A', first.len(), second), part(b'B', 0, b"<x/>"), part(b'A', 0, first)];
    assert_eq!(claims(&image::read(&jpeg(&parts))), [Claim::AiGenerated]);
    let raw = png(&[(b"zTXt", b"Raw profile type xmp\0\0x")]);
    assert!(matches!(image::read(&raw).problems[..], [Problem::Malformed { .. }]));
}
