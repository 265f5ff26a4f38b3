//! Laws of the whole module: what each verdict takes, and that hostile bytes never do worse than an error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::private::LABEL;
use super::sshsig::Hash;
use super::wire::put_string;
use super::*;

const MESSAGE: &[u8] = b"DSSEv1 1 a 5 hello";

fn soft() -> FileSigner {
    FileSigner::from_seed(&[7; 32], "test").unwrap()
}

fn hard() -> (SigningKey, PublicKey) {
    let signing = SigningKey::from_bytes(&[9; 32]);
    let key = PublicKey::from_sk_ed25519(signing.verifying_key().to_bytes(), "ssh:").unwrap();
    (signing, key)
}

/// The signature blob a FIDO device with these flags gives over `data`.
fn sk_blob(signing: &SigningKey, application: &str, flags: u8, counter: u32, data: &[u8]) -> Vec<u8> {
    let mut signed = Sha256::digest(application).to_vec();
    signed.push(flags);
    signed.extend_from_slice(&counter.to_be_bytes());
    signed.extend_from_slice(&Sha256::digest(data));
    let mut blob = Vec::new();
    put_string(&mut blob, b"sk-ssh-ed25519@openssh.com");
    put_string(&mut blob, &signing.sign(&signed).to_bytes());
    blob.push(flags);
    blob.extend_from_slice(&counter.to_be_bytes());
    blob
}

fn hard_signature(flags: u8) -> (PublicKey, Vec<u8>) {
    let (signing, key) = hard();
    let blob = sk_blob(&signing, "ssh:", flags, 42, &sshsig::signed_data(MESSAGE, Hash::Sha512));
    let sig = sshsig::wrap(&key, &blob);
    (key, sig)
}

fn soft_sshsig() -> Vec<u8> {
    let raw = soft().sign(&sshsig::signed_data(MESSAGE, Hash::Sha512)).unwrap();
    sshsig::wrap(soft().public_key(), &raw)
}

/// The blob with these fields, signed for what they say.
fn blob_of(version: u32, namespace: &str, reserved: &[u8], hash: &str, digest: &[u8]) -> Vec<u8> {
    let mut signed = b"SSHSIG".to_vec();
    for field in [namespace.as_bytes(), reserved, hash.as_bytes(), digest] {
        put_string(&mut signed, field);
    }
    let mut typed = Vec::new();
    put_string(&mut typed, b"ssh-ed25519");
    put_string(&mut typed, &soft().sign(&signed).unwrap());
    let mut blob = b"SSHSIG".to_vec();
    blob.extend_from_slice(&version.to_be_bytes());
    for field in [&soft().public_key().to_wire(), namespace.as_bytes(), reserved, hash.as_bytes(), &typed] {
        put_string(&mut blob, field);
    }
    blob
}

#[test]
fn accepts_raw_and_sshsig_of_a_key_file_without_presence() {
    let key = soft().public_key().clone();
    for sig in [soft().sign(MESSAGE).unwrap(), soft_sshsig()] {
        assert_eq!(key.verify(MESSAGE, &sig), Ok(Proof { presence: Presence::None, counter: None }));
        assert!(key.verify(b"another message", &sig).is_err());
    }
}

#[test]
fn accepts_either_digest_and_refuses_others() {
    let key = soft().public_key().clone();
    let sha256 = Sha256::digest(MESSAGE);
    let sha512 = sha2::Sha512::digest(MESSAGE);
    assert!(key.verify(MESSAGE, &blob_of(1, NAMESPACE, b"", "sha256", &sha256)).is_ok());
    assert!(key.verify(MESSAGE, &blob_of(1, NAMESPACE, b"", "sha512", &sha512)).is_ok());
    let sha384 = blob_of(1, NAMESPACE, b"", "sha384", &sha512);
    assert_eq!(key.verify(MESSAGE, &sha384), Err(VerifyError::Hash("sha384".to_owned())));
}

#[test]
fn refuses_foreign_namespaces_versions_and_reserved_bytes() {
    let key = soft().public_key().clone();
    let digest = Sha256::digest(MESSAGE);
    for namespace in ["", "git", "file", "git-provenanc", "git-provenance ", "git-provenance\0"] {
        let sig = blob_of(1, namespace, b"", "sha256", &digest);
        assert!(matches!(key.verify(MESSAGE, &sig), Err(VerifyError::Namespace { .. })), "{namespace}");
        assert!(sshsig::verify(&key, namespace, MESSAGE, &sig).is_ok(), "{namespace}");
    }
    for version in [0, 2, u32::MAX] {
        assert!(key.verify(MESSAGE, &blob_of(version, NAMESPACE, b"", "sha256", &digest)).is_err());
    }
    assert!(key.verify(MESSAGE, &blob_of(1, NAMESPACE, b"x", "sha256", &digest)).is_err());
}

#[test]
fn reads_presence_from_the_flags() {
    for (flags, presence) in [(0, Presence::None), (1, Presence::Touch), (4, Presence::None), (5, Presence::Pin)] {
        let (key, sig) = hard_signature(flags);
        assert_eq!(key.verify(MESSAGE, &sig), Ok(Proof { presence, counter: Some(42) }), "{flags}");
    }
}

#[test]
fn refuses_every_other_flag() {
    for flags in (0..=u8::MAX).filter(|flags| flags & !5 != 0) {
        let (key, sig) = hard_signature(flags);
        assert_eq!(key.verify(MESSAGE, &sig), Err(VerifyError::Flags(flags)));
    }
}

#[test]
fn refuses_claimed_presence_that_was_not_signed() {
    let (key, mut sig) = hard_signature(0);
    let flags = sig.len() - 5;
    sig[flags] = 1;
    assert_eq!(key.verify(MESSAGE, &sig), Err(VerifyError::Mismatch));
}

#[test]
fn refuses_a_raw_signature_by_hardware_and_a_soft_one_in_its_name() {
    let (signing, key) = hard();
    assert_eq!(key.verify(MESSAGE, &signing.sign(MESSAGE).to_bytes()), Err(VerifyError::Raw));
    let plain = FileSigner::from_seed(&[9; 32], "").unwrap();
    let raw = plain.sign(&sshsig::signed_data(MESSAGE, Hash::Sha512)).unwrap();
    assert_eq!(key.verify(MESSAGE, &sshsig::wrap(plain.public_key(), &raw)), Err(VerifyError::OtherKey));
    let mut typed = Vec::new();
    put_string(&mut typed, b"ssh-ed25519");
    put_string(&mut typed, &raw);
    assert!(matches!(key.verify(MESSAGE, &sshsig::wrap(&key, &typed)), Err(VerifyError::Malformed(_))));
}

#[test]
fn refuses_another_application() {
    let (signing, key) = hard();
    let blob = sk_blob(&signing, "ssh:other", 1, 42, &sshsig::signed_data(MESSAGE, Hash::Sha512));
    assert_eq!(key.verify(MESSAGE, &sshsig::wrap(&key, &blob)), Err(VerifyError::Mismatch));
}

#[test]
fn refuses_a_signature_by_another_key() {
    let other = FileSigner::from_seed(&[8; 32], "").unwrap();
    assert_eq!(other.public_key().verify(MESSAGE, &soft_sshsig()), Err(VerifyError::OtherKey));
    assert_eq!(other.public_key().verify(MESSAGE, &soft().sign(MESSAGE).unwrap()), Err(VerifyError::Mismatch));
}

#[test]
fn refuses_every_flipped_bit_and_every_other_length() {
    let (hard_key, hard_sig) = hard_signature(5);
    let soft_key = soft().public_key().clone();
    for (key, sig) in [(&soft_key, soft().sign(MESSAGE).unwrap()), (&soft_key, soft_sshsig()), (&hard_key, hard_sig)] {
        assert!(key.verify(MESSAGE, &sig).is_ok());
        for bit in 0..sig.len() * 8 {
            let mut bad = sig.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(key.verify(MESSAGE, &bad).is_err(), "bit {bit}");
        }
        for len in 0..sig.len() {
            assert!(key.verify(MESSAGE, &sig[..len]).is_err(), "{len} bytes");
        }
        assert!(key.verify(MESSAGE, &[&sig[..], &[0]].concat()).is_err());
    }
}

#[test]
fn refuses_bytes_after_the_inner_signature() {
    let (signing, key) = hard();
    let data = sshsig::signed_data(MESSAGE, Hash::Sha512);
    let mut blob = sk_blob(&signing, "ssh:", 1, 42, &data);
    blob.push(0);
    assert!(matches!(key.verify(MESSAGE, &sshsig::wrap(&key, &blob)), Err(VerifyError::Malformed(_))));

    let mut typed = Vec::new();
    put_string(&mut typed, b"ssh-ed25519");
    put_string(&mut typed, &soft().sign(&data).unwrap());
    let sound = soft_sshsig();
    let head = &sound[..sound.len() - typed.len() - 4];
    let with = |typed: &[u8]| {
        let mut sig = head.to_vec();
        put_string(&mut sig, typed);
        soft().public_key().verify(MESSAGE, &sig)
    };
    assert!(with(&typed).is_ok());
    typed.push(0);
    assert!(matches!(with(&typed), Err(VerifyError::Malformed(_))));
}

#[test]
fn refuses_weak_and_non_canonical_points() {
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    let mut over = [0xff; 32];
    (over[0], over[31]) = (0xf0, 0x7f); // y = 3 with p added
    let mut three = [0; 32];
    three[0] = 3;
    assert!(PublicKey::from_ed25519(three).is_ok(), "so that the next list refuses the encoding, not the point");
    for point in [[0; 32], one, minus_one, over, [0xff; 32]] {
        assert_eq!(PublicKey::from_ed25519(point), Err(ParseKeyError::Weak), "{point:02x?}");
    }
}

#[test]
fn refuses_key_lines_of_other_kinds_and_shapes() {
    let line = soft().public_key().to_string();
    assert_eq!(PublicKey::parse_line(&format!("{line}  a b \n")).unwrap().1, "a b");
    let hidden = hard().1.to_string().replace("sk-ssh-ed25519@openssh.com", "ssh-ed25519");
    for bad in [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ",
        &format!("restrict {line}"),
        &format!("{line}\n{line}"),
        &format!("{line}="),
        &format!("{line}AAAA"),
        &hidden,
    ] {
        assert!(bad.parse::<PublicKey>().is_err(), "{bad}");
    }
    assert!(PublicKey::parse_line(&format!("{line} {}", "x".repeat(5000))).is_err());
}

#[test]
fn agent_round_trip_makes_verifiable_signatures() {
    let (signing, key) = hard();
    let data = sshsig::signed_data(MESSAGE, Hash::Sha512);
    let mut answer = vec![14];
    put_string(&mut answer, &sk_blob(&signing, "ssh:", 1, 1, &data));
    let sig = sshsig::wrap(&key, &agent::parse_signature(&key, &answer).unwrap());
    assert_eq!(key.verify(MESSAGE, &sig).unwrap().presence, Presence::Touch);
    assert!(agent::parse_signature(soft().public_key(), &answer).is_err());
    assert_eq!(agent::parse_signature(&key, &[5]), Err(agent::AnswerError::Refused));
    answer.push(0);
    assert!(agent::parse_signature(&key, &answer).is_err());
    assert_eq!(agent::sign_request(&key, b"x", 0).get(4), Some(&13));
    assert_eq!(agent::identities_request(), [0, 0, 0, 1, 11]);
}

#[test]
fn skips_foreign_keys_of_an_agent_and_bounds_its_answers() {
    let mut answer = vec![12, 0, 0, 0, 2];
    put_string(&mut answer, b"\0\0\0\x07ssh-rsa");
    put_string(&mut answer, b"old");
    put_string(&mut answer, &hard().1.to_wire());
    put_string(&mut answer, b"token");
    assert_eq!(agent::parse_identities(&answer).unwrap(), [(hard().1, "token".to_owned())]);
    let many = |count: u32| [&[12], &count.to_be_bytes()[..], &vec![0; count as usize * 8]].concat();
    assert_eq!(agent::parse_identities(&many(2048)), Ok(vec![]));
    assert!(agent::parse_identities(&many(2049)).is_err());
    assert!(agent::parse_identities(&[&answer[..], &[0]].concat()).is_err());
    assert!(agent::answer_len([0, 0, 0, 0]).is_err() && agent::answer_len([0, 4, 0, 1]).is_err());
    assert_eq!(agent::answer_len([0, 4, 0, 0]), Ok(agent::MAX_ANSWER));
}

#[test]
fn generated_keys_open_with_their_passphrase_only() {
    let key = generate([3; 64], "me@here", Some(b"secret")).unwrap();
    let file = PrivateKey::parse(key.private.as_bytes()).unwrap();
    assert!(file.is_encrypted());
    assert_eq!(file.public_key(), key.public_key());
    assert_eq!(file.signer().unwrap_err(), DecryptError::Needed);
    assert_eq!(file.decrypt(b"").unwrap_err(), DecryptError::Passphrase);
    assert_eq!(file.decrypt(b"wrong").unwrap_err(), DecryptError::Passphrase);
    assert_eq!(file.decrypt(b"secret").unwrap().comment(), "me@here");
    assert_eq!(PublicKey::parse_line(&key.public).unwrap(), (key.public_key().clone(), "me@here".to_owned()));
}

/// What opening an unencrypted private file says after a change to its bytes.
fn opened_after(change: impl FnOnce(&mut Vec<u8>)) -> Result<(), DecryptError> {
    let key = generate([3; 64], "c", None).unwrap();
    let mut bytes = pem::decode(&key.private, LABEL).unwrap().to_vec();
    change(&mut bytes);
    let text = pem::encode(&STANDARD.encode(&bytes), LABEL);
    PrivateKey::parse(text.as_bytes()).unwrap().signer().map(|_| ())
}

#[test]
fn refuses_private_files_whose_parts_do_not_belong_together() {
    let point = *generate([3; 64], "", None).unwrap().public_key().point();
    let places = |bytes: &[u8]| -> Vec<usize> {
        bytes.windows(32).enumerate().filter(|(_, window)| *window == point).map(|(at, _)| at).collect()
    };
    assert_eq!(opened_after(|_| ()), Ok(()));
    for copy in 0..3 {
        let result = opened_after(|bytes| {
            let at = places(bytes)[copy];
            bytes[at..at + 32].copy_from_slice(soft().public_key().point());
        });
        assert_eq!(result, Err(DecryptError::Malformed("its halves do not belong together")), "copy {copy}");
    }
    let padding = opened_after(|bytes| *bytes.last_mut().unwrap() ^= 1);
    assert_eq!(padding, Err(DecryptError::Malformed("its padding is wrong")));
}

#[test]
fn refuses_comments_and_passphrases_that_do_not_hold() {
    assert_eq!(generate([3; 64], "a\nb", None).err(), Some(GenerateError::Comment));
    assert_eq!(generate([3; 64], &"x".repeat(257), None).err(), Some(GenerateError::Comment));
    assert_eq!(generate([3; 64], "", Some(b"")).err(), Some(GenerateError::Passphrase));
    let key = generate([3; 64], "", None).unwrap();
    assert!(PrivateKey::parse(key.private.as_bytes()).unwrap().signer().is_ok());
}

#[test]
fn debug_shows_no_secret() {
    let text = format!("{:?}", soft());
    assert!(text.contains("SHA256:") && !text.contains("7, 7"), "{text}");
}

proptest! {
    #[test]
    fn hostile_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let key = soft().public_key().clone();
        let magic = [b"SSHSIG\0\0\0\x01", &bytes[..]].concat();
        prop_assert!(key.verify(MESSAGE, &bytes).is_err());
        prop_assert!(hard().1.verify(MESSAGE, &magic).is_err());
        prop_assert!(sshsig::embedded_key(&magic).is_err());
        prop_assert!(PublicKey::from_wire(&bytes).is_err());
        prop_assert!(PublicKey::parse_line(&text).is_err());
        prop_assert!(PrivateKey::parse(&bytes).is_err());
        prop_assert!(sshsig::dearmor(&text).is_err());
        prop_assert!(agent::parse_signature(&key, &[&[14], &bytes[..]].concat()).is_err());
        let _ = agent::parse_identities(&[&[12], &bytes[..]].concat());
    }

    #[test]
    fn hostile_private_files_never_panic(change in any::<(prop::sample::Index, u8)>(), cut in any::<prop::sample::Index>()) {
        let key = generate([3; 64], "c", None).unwrap();
        let mut bytes = pem::decode(&key.private, LABEL).unwrap().to_vec();
        let at = change.0.index(bytes.len());
        bytes[at] ^= change.1;
        bytes.truncate(cut.index(bytes.len() + 1));
        let text = pem::encode(&STANDARD.encode(&bytes), LABEL);
        if let Ok(file) = PrivateKey::parse(text.as_bytes())
            && let Ok(signer) = file.signer()
        {
            prop_assert_eq!(signer.public_key(), key.public_key());
        }
    }

    #[test]
    fn every_form_of_a_key_reads_back(seed: [u8; 32], application in "[!-~]{1,255}") {
        let soft = FileSigner::from_seed(&seed, "").unwrap().public_key().clone();
        let hard = PublicKey::from_sk_ed25519(*soft.point(), &application).unwrap();
        for key in [soft, hard] {
            prop_assert_eq!(&PublicKey::from_wire(&key.to_wire()).unwrap(), &key);
            prop_assert_eq!(&key.to_string().parse::<PublicKey>().unwrap(), &key);
            prop_assert_eq!(key.fingerprint().to_string().parse::<Fingerprint>().unwrap(), key.fingerprint());
        }
    }

    #[test]
    fn armor_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        let blob = [b"SSHSIG", &bytes[..]].concat();
        prop_assert_eq!(sshsig::dearmor(&sshsig::armor(&blob)).unwrap(), blob);
    }
}
