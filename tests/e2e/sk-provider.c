/*
 * A security key in software, for tests: OpenSSH's middleware interface (PROTOCOL.u2f, sk-api.h,
 * version 10) for Ed25519. The key handle is the secret seed itself, so this protects nothing.
 *
 * It does what it is asked: a signature has the flags that the key was made with (a key made with
 * `-O no-touch-required` signs without a touch), and a key that wants a PIN takes 2468 alone.
 * SK_TEST_DEVICE says what else happens: `absent` (there is no such device), `untouched` (nobody
 * touches it), `careless` (it signs without a touch, whatever was asked).
 *
 * Build: cc -shared -fPIC -o sk-provider.so sk-provider.c -ldl
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ED25519 = 0x01, TOUCH = 0x01, PIN = 0x04 };
enum { GENERAL = -1, UNSUPPORTED = -2, PIN_REQUIRED = -3, DEVICE_NOT_FOUND = -4 };

struct bytes { uint8_t *at; size_t len; };
struct enrolled { uint8_t flags; struct bytes public_key, key_handle, signature, attestation, authdata; };
struct signature { uint8_t flags; uint32_t counter; struct bytes r, s; };

/* libcrypto, found when it is needed: no headers, and ssh-sk-helper has it loaded already. */
static void *crypto(const char *name) {
    static const char *files[] = { "libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so", "libcrypto.3.dylib" };
    static void *library;
    for (size_t i = 0; !library && i < sizeof files / sizeof *files; i++)
        library = dlopen(files[i], RTLD_NOW);
    return library ? dlsym(library, name) : NULL;
}

static int sha256(const void *data, size_t len, uint8_t *digest) {
    uint8_t *(*hash)(const void *, size_t, uint8_t *) = crypto("SHA256");
    return hash && hash(data, len, digest) ? 0 : GENERAL;
}

/* The public point of a seed if there is no message, else a signature. */
static int ed25519(const uint8_t *seed, const uint8_t *message, size_t len, uint8_t *out) {
    void *(*key_of)(int, void *, const uint8_t *, size_t) = crypto("EVP_PKEY_new_raw_private_key");
    int (*public_of)(void *, uint8_t *, size_t *) = crypto("EVP_PKEY_get_raw_public_key");
    void *(*context)(void) = crypto("EVP_MD_CTX_new");
    int (*start)(void *, void *, void *, void *, void *) = crypto("EVP_DigestSignInit");
    int (*sign)(void *, uint8_t *, size_t *, const uint8_t *, size_t) = crypto("EVP_DigestSign");
    size_t room = message ? 64 : 32;
    if (!key_of || !public_of || !context || !start || !sign)
        return GENERAL;
    void *key = key_of(1087 /* NID_ED25519 */, NULL, seed, 32), *md = context();
    if (!message)
        return public_of(key, out, &room) == 1 ? 0 : GENERAL;
    return start(md, NULL, NULL, NULL, key) == 1 && sign(md, out, &room, message, len) == 1 ? 0 : GENERAL;
}

static struct bytes copy(const uint8_t *from, size_t len) {
    struct bytes made = { malloc(len), len };
    memcpy(made.at, from, len);
    return made;
}

static int device(const char *state) {
    const char *set = getenv("SK_TEST_DEVICE");
    return set && !strcmp(set, state);
}

/* What stands in the way of an operation with these flags and this PIN; 0 for nothing. */
static int refusal(uint32_t alg, uint8_t flags, const char *pin) {
    if (alg != ED25519)
        return UNSUPPORTED;
    if (device("absent"))
        return DEVICE_NOT_FOUND;
    if ((flags & PIN) && (!pin || strcmp(pin, "2468")))
        return PIN_REQUIRED;
    return (flags & TOUCH) && device("untouched") ? GENERAL : 0;
}

uint32_t sk_api_version(void) { return 0x000a0000; }

int sk_enroll(uint32_t alg, const uint8_t *challenge, size_t challenge_len, const char *application,
    uint8_t flags, const char *pin, void **options, struct enrolled **response) {
    uint8_t seed[32], point[32];
    int failed = refusal(alg, flags, (flags & PIN) && !pin ? "2468" : pin);
    (void)application, (void)options;
    if (failed || sha256(challenge, challenge_len, seed) || ed25519(seed, NULL, 0, point))
        return failed ? failed : GENERAL;
    *response = calloc(1, sizeof **response);
    (*response)->flags = flags;
    (*response)->public_key = copy(point, 32);
    (*response)->key_handle = copy(seed, 32);
    return 0;
}

int sk_sign(uint32_t alg, const uint8_t *data, size_t data_len, const char *application, const uint8_t *key_handle,
    size_t key_handle_len, uint8_t flags, const char *pin, void **options, struct signature **response) {
    uint8_t message[32 + 1 + 4 + 32] = { 0 }, made[64];
    int failed = refusal(alg, flags, pin);
    (void)options;
    if (failed || key_handle_len != 32)
        return failed ? failed : GENERAL;
    flags &= device("careless") ? 0 : TOUCH | PIN;
    message[32] = flags;
    message[36] = 7; /* the counter, big-endian */
    if (sha256(application, strlen(application), message) || sha256(data, data_len, message + 37)
        || ed25519(key_handle, message, sizeof message, made))
        return GENERAL;
    *response = calloc(1, sizeof **response);
    (*response)->flags = flags;
    (*response)->counter = 7;
    (*response)->r = copy(made, 64);
    return 0;
}

int sk_load_resident_keys(const char *pin, void **options, void ***keys, size_t *count) {
    (void)pin, (void)options, (void)keys, (void)count;
    return UNSUPPORTED;
}
