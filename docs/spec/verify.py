# Verifies the records in a note (on stdin) with the keys of people.toml (its path is the argument).
import base64, hashlib, json, struct, sys, tomllib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

keys = {}
for person, entry in tomllib.load(open(sys.argv[1], "rb"))["person"].items():
    for key in entry.get("keys", []):
        blob = base64.b64decode((key if isinstance(key, str) else key["public"]).split()[1])
        fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        keys[fingerprint] = (person, blob[-32:])  # ssh-ed25519: the last 32 bytes are the point

for line in sys.stdin.buffer.read().splitlines():
    try:
        envelope = json.loads(line)
        if "envelope" in envelope:
            print("pointer to", envelope["envelope"])
            continue
        payload = base64.b64decode(envelope["payload"], validate=True)
        kind = envelope["payloadType"].encode()
        signature = envelope["signatures"][0]
        person, point = keys[signature["keyid"]]
        pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        Ed25519PublicKey.from_public_bytes(point).verify(base64.b64decode(signature["sig"], validate=True), pae)
        statement = json.loads(payload)
        signer = statement["predicate"]["signer"]
        if signer != {"person": person, "key": signature["keyid"]}:
            raise ValueError("the statement names another signer")
        print(person, statement["predicateType"].split("/")[-2], *[subject["name"] for subject in statement["subject"]])
    except (InvalidSignature, ValueError, KeyError) as error:
        print("void:", repr(error))
