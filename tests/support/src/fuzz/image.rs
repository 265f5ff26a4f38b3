//! Metadata of images.

use provenance_core::signal::{Place, Reading, Source, image, mining};

use super::{Target, signals};

pub(super) const TARGET: Target = Target {
    name: "image",
    reads: &["signal::image::read", "signal::mining::image"],
    run,
    seeds: samples,
    tokens: &[
        "\u{0}\u{0}\u{0}\u{8}tEXt",
        "iTXt",
        "zTXt",
        "caBX",
        "IEND",
        "IHDR",
        "XML:com.adobe.xmp\0\0\0\0\0",
        "AIGC\0",
        "RIFF",
        "WEBP",
        "XMP ",
        "C2PA",
        "http://ns.adobe.com/xap/1.0/\0",
        "http://ns.adobe.com/xmp/extension/\0",
        "JP\0\u{1}",
        "<svg>",
        "<c2pa:manifest>",
        "</c2pa:manifest>",
        "DigitalSourceType=\"",
        "AISystemUsed",
        "AIPromptInformation",
        "rdf:resource='",
        "http://cv.iptc.org/newscodes/digitalsourcetype/",
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "digitalCapture",
        "c2pa.ai-disclosure",
        "brob",
        "{\"Label\":\"1\"}",
        "<!--",
        "<![CDATA[",
        "<x:a ",
        "/>",
        "\"",
        "\0",
        "\u{ff}",
    ],
};

fn run(bytes: &[u8]) {
    let reading = signals::read(image::read, bytes);
    of_images(&reading);
    assert_eq!(mining::image(bytes), mining::image(bytes), "reading is the same twice");
    // The rest of the law wants a packet that fits into one segment of a JPEG.
    if bytes.len() <= 60_000 {
        same_in_every_container(bytes);
    }
}

fn of_images(reading: &Reading) {
    for signal in &reading.signals {
        assert!(signal.source == Source::Image && signal.place == Place::File);
    }
}

/// A packet says the same wherever it lies.
fn same_in_every_container(packet: &[u8]) {
    let all = [png_xmp(packet), jpeg_xmp(packet), webp_xmp(packet)].map(|image| signals::read(image::read, &image));
    of_images(&all[0]);
    assert_eq!(all[0], all[1], "PNG and JPEG");
    assert_eq!(all[0], all[2], "PNG and WebP");
}

fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks.iter().chain([&(b"IEND", &b""[..])]) {
        let length = u32::try_from(data.len()).expect("the data is short");
        image.extend([&length.to_be_bytes(), kind.as_slice(), data, &[0; 4]].concat());
    }
    image
}

fn png_xmp(packet: &[u8]) -> Vec<u8> {
    png(&[(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", packet].concat())])
}

fn segment(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("the data is short").to_be_bytes();
    [&[0xff, kind], &length[..], data].concat()
}

fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    [b"\xff\xd8", segments.concat().as_slice(), b"\xff\xda\0\x02picture\xff\xd9"].concat()
}

fn jpeg_xmp(packet: &[u8]) -> Vec<u8> {
    jpeg(&[segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", packet].concat())])
}

fn webp_xmp(packet: &[u8]) -> Vec<u8> {
    let length = u32::try_from(packet.len()).expect("the packet is short").to_le_bytes();
    [b"RIFF\0\0\0\0WEBPXMP ", &length[..], packet].concat()
}

const PACKET: &str = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF><rdf:Description Iptc4xmpExt:DigitalSourceType=\
    \"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\"><Iptc4xmpExt:AISystemUsed>Midjourney\
    </Iptc4xmpExt:AISystemUsed><TC260:AIGC>{\"Label\":\"1\"}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>";
const STORE: &[u8] = b"\0\0\0\x40jumbc2pa\x78\x4fhttp://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrained\
    AlgorithmicMediac2pa.ai-disclosure";

fn samples() -> Vec<Vec<u8>> {
    let box_part = |data: &[u8]| segment(0xeb, &[b"JP\0\x01\0\0\0\x01", data].concat());
    let more = [b"http://ns.adobe.com/xmp/extension/\0".as_slice(), &[b'0'; 40], PACKET.as_bytes()].concat();
    vec![
        PACKET.as_bytes().to_vec(),
        png_xmp(PACKET.as_bytes()),
        png(&[(b"IHDR", &[0; 13]), (b"tEXt", b"AIGC\0{\"Label\":\"2\"}"), (b"caBX", STORE), (b"IDAT", b"pixels")]),
        jpeg_xmp(PACKET.as_bytes()),
        jpeg(&[segment(0xe1, &more), box_part(STORE), box_part(b"\0\0\0\x40jumbmore")]),
        webp_xmp(PACKET.as_bytes()),
        format!("<?xml version=\"1.0\"?><svg><c2pa:manifest>YzJwYS5haS1kaXNjbG9zdXJl</c2pa:manifest>{PACKET}</svg>")
            .into(),
    ]
}
