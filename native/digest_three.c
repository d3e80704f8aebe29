/* MD5, SHA-1 and SHA-256 of the same bytes in one loop.
 *
 * hashlib defines all three (tests/lapwing/hashing/test_together.py). Each round of MD5 waits for the one
 * before, and leaves most of the processor idle meanwhile: the two others, by the processor's own SHA
 * instructions, are done in that time. So the lines of the three are mixed here, and all of them take as long
 * as MD5 alone. Sources: RFC 1321 (MD5), FIPS 180-4 (SHA).
 */
#include "lapwing.h"

#if HAS_AVX2
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define LEFT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define F(b, c, d) (d ^ (b & (c ^ d)))
#define G(b, c, d) (~d & c) + (d & b) /* no bit is in both: a sum, whose first half need not wait for b */
#define H(b, c, d) (b ^ (c ^ d))
#define I(b, c, d) (c ^ (b | ~d))
#define MD5(f, a, b, c, d, at, k, n) \
    a += word[at] + k##u + f(b, c, d); \
    a = LEFT(a, n) + b;

/* Four rounds, and four words of the schedule for later. m0 to m3, n0 to n3: the next sixteen words. */
#define SHA256_LAST(m0, i) \
    t = _mm_add_epi32(m0, _mm_loadu_si128((const __m128i *)(K + 4 * i))); \
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, t); \
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(t, 0x0e));
#define SHA256(m0, m1, m2, m3, i) \
    SHA256_LAST(m0, i) \
    m0 = _mm_add_epi32(_mm_sha256msg1_epu32(m0, m1), _mm_alignr_epi8(m3, m2, 4)); \
    m0 = _mm_sha256msg2_epu32(m0, m3);
#define SHA1_LAST(n0, e, o, kind) \
    e = _mm_sha1nexte_epu32(e, n0); \
    o = abcd; \
    abcd = _mm_sha1rnds4_epu32(abcd, e, kind);
#define SHA1_FIRST(n0, n1, n2, n3) \
    e = _mm_add_epi32(e, n0); \
    o = abcd; \
    abcd = _mm_sha1rnds4_epu32(abcd, e, 0); \
    n0 = _mm_xor_si128(_mm_sha1msg1_epu32(n0, n1), n2); \
    n0 = _mm_sha1msg2_epu32(n0, n3);
#define SHA1(n0, n1, n2, n3, e, o, kind) \
    SHA1_LAST(n0, e, o, kind) \
    n0 = _mm_xor_si128(_mm_sha1msg1_epu32(n0, n1), n2); \
    n0 = _mm_sha1msg2_epu32(n0, n3);

/* `state`: the 4 words of MD5, 5 of SHA-1 and 8 of SHA-256, as their standards name them. */
__attribute__((target("sha,ssse3,sse4.1"))) static void three(uint32_t *state, const uint8_t *from, size_t blocks)
{
    const __m128i reverse = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], word[16];
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i e = _mm_set_epi32((int)state[8], 0, 0, 0), o;
    __m128i low = _mm_loadu_si128((const __m128i *)(state + 9));
    __m128i high = _mm_loadu_si128((const __m128i *)(state + 13)), t;
    __m128i abef = _mm_shuffle_epi32(_mm_unpacklo_epi64(low, high), 0x1b); /* a b e f, highest first */
    __m128i cdgh = _mm_shuffle_epi32(_mm_unpackhi_epi64(low, high), 0x1b);
    for (; blocks; blocks--, from += 64) {
        const uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
        const __m128i abcd0 = abcd, e0 = e, abef0 = abef, cdgh0 = cdgh;
        const __m128i x0 = _mm_loadu_si128((const __m128i *)from);
        const __m128i x1 = _mm_loadu_si128((const __m128i *)(from + 16));
        const __m128i x2 = _mm_loadu_si128((const __m128i *)(from + 32));
        const __m128i x3 = _mm_loadu_si128((const __m128i *)(from + 48));
        __m128i n0 = _mm_shuffle_epi8(x0, reverse), n1 = _mm_shuffle_epi8(x1, reverse);
        __m128i n2 = _mm_shuffle_epi8(x2, reverse), n3 = _mm_shuffle_epi8(x3, reverse);
        __m128i m0 = _mm_shuffle_epi8(x0, swap), m1 = _mm_shuffle_epi8(x1, swap);
        __m128i m2 = _mm_shuffle_epi8(x2, swap), m3 = _mm_shuffle_epi8(x3, swap);
        memcpy(word, from, 64);

        SHA256(m0, m1, m2, m3, 0)
        MD5(F, a, b, c, d, 0, 0xd76aa478, 7)
        MD5(F, d, a, b, c, 1, 0xe8c7b756, 12)
        SHA1_FIRST(n0, n1, n2, n3)
        MD5(F, c, d, a, b, 2, 0x242070db, 17)
        MD5(F, b, c, d, a, 3, 0xc1bdceee, 22)
        SHA256(m1, m2, m3, m0, 1)
        MD5(F, a, b, c, d, 4, 0xf57c0faf, 7)
        MD5(F, d, a, b, c, 5, 0x4787c62a, 12)
        SHA1(n1, n2, n3, n0, o, e, 0)
        MD5(F, c, d, a, b, 6, 0xa8304613, 17)
        MD5(F, b, c, d, a, 7, 0xfd469501, 22)
        SHA256(m2, m3, m0, m1, 2)
        MD5(F, a, b, c, d, 8, 0x698098d8, 7)
        MD5(F, d, a, b, c, 9, 0x8b44f7af, 12)
        SHA1(n2, n3, n0, n1, e, o, 0)
        MD5(F, c, d, a, b, 10, 0xffff5bb1, 17)
        MD5(F, b, c, d, a, 11, 0x895cd7be, 22)
        SHA256(m3, m0, m1, m2, 3)
        MD5(F, a, b, c, d, 12, 0x6b901122, 7)
        MD5(F, d, a, b, c, 13, 0xfd987193, 12)
        SHA1(n3, n0, n1, n2, o, e, 0)
        SHA1(n0, n1, n2, n3, e, o, 0)
        MD5(F, c, d, a, b, 14, 0xa679438e, 17)
        MD5(F, b, c, d, a, 15, 0x49b40821, 22)
        SHA256(m0, m1, m2, m3, 4)
        MD5(G, a, b, c, d, 1, 0xf61e2562, 5)
        MD5(G, d, a, b, c, 6, 0xc040b340, 9)
        SHA1(n1, n2, n3, n0, o, e, 1)
        MD5(G, c, d, a, b, 11, 0x265e5a51, 14)
        MD5(G, b, c, d, a, 0, 0xe9b6c7aa, 20)
        SHA256(m1, m2, m3, m0, 5)
        MD5(G, a, b, c, d, 5, 0xd62f105d, 5)
        MD5(G, d, a, b, c, 10, 0x02441453, 9)
        SHA1(n2, n3, n0, n1, e, o, 1)
        MD5(G, c, d, a, b, 15, 0xd8a1e681, 14)
        MD5(G, b, c, d, a, 4, 0xe7d3fbc8, 20)
        SHA256(m2, m3, m0, m1, 6)
        MD5(G, a, b, c, d, 9, 0x21e1cde6, 5)
        MD5(G, d, a, b, c, 14, 0xc33707d6, 9)
        SHA1(n3, n0, n1, n2, o, e, 1)
        MD5(G, c, d, a, b, 3, 0xf4d50d87, 14)
        MD5(G, b, c, d, a, 8, 0x455a14ed, 20)
        SHA256(m3, m0, m1, m2, 7)
        MD5(G, a, b, c, d, 13, 0xa9e3e905, 5)
        MD5(G, d, a, b, c, 2, 0xfcefa3f8, 9)
        SHA1(n0, n1, n2, n3, e, o, 1)
        SHA1(n1, n2, n3, n0, o, e, 1)
        MD5(G, c, d, a, b, 7, 0x676f02d9, 14)
        MD5(G, b, c, d, a, 12, 0x8d2a4c8a, 20)
        SHA256(m0, m1, m2, m3, 8)
        MD5(H, a, b, c, d, 5, 0xfffa3942, 4)
        MD5(H, d, a, b, c, 8, 0x8771f681, 11)
        SHA1(n2, n3, n0, n1, e, o, 2)
        MD5(H, c, d, a, b, 11, 0x6d9d6122, 16)
        MD5(H, b, c, d, a, 14, 0xfde5380c, 23)
        SHA256(m1, m2, m3, m0, 9)
        MD5(H, a, b, c, d, 1, 0xa4beea44, 4)
        MD5(H, d, a, b, c, 4, 0x4bdecfa9, 11)
        SHA1(n3, n0, n1, n2, o, e, 2)
        MD5(H, c, d, a, b, 7, 0xf6bb4b60, 16)
        MD5(H, b, c, d, a, 10, 0xbebfbc70, 23)
        SHA256(m2, m3, m0, m1, 10)
        MD5(H, a, b, c, d, 13, 0x289b7ec6, 4)
        MD5(H, d, a, b, c, 0, 0xeaa127fa, 11)
        SHA1(n0, n1, n2, n3, e, o, 2)
        MD5(H, c, d, a, b, 3, 0xd4ef3085, 16)
        MD5(H, b, c, d, a, 6, 0x04881d05, 23)
        SHA256(m3, m0, m1, m2, 11)
        MD5(H, a, b, c, d, 9, 0xd9d4d039, 4)
        MD5(H, d, a, b, c, 12, 0xe6db99e5, 11)
        SHA1(n1, n2, n3, n0, o, e, 2)
        SHA1(n2, n3, n0, n1, e, o, 2)
        MD5(H, c, d, a, b, 15, 0x1fa27cf8, 16)
        MD5(H, b, c, d, a, 2, 0xc4ac5665, 23)
        SHA256_LAST(m0, 12)
        MD5(I, a, b, c, d, 0, 0xf4292244, 6)
        MD5(I, d, a, b, c, 7, 0x432aff97, 10)
        SHA1(n3, n0, n1, n2, o, e, 3)
        MD5(I, c, d, a, b, 14, 0xab9423a7, 15)
        MD5(I, b, c, d, a, 5, 0xfc93a039, 21)
        SHA256_LAST(m1, 13)
        MD5(I, a, b, c, d, 12, 0x655b59c3, 6)
        MD5(I, d, a, b, c, 3, 0x8f0ccc92, 10)
        SHA1_LAST(n0, e, o, 3)
        MD5(I, c, d, a, b, 10, 0xffeff47d, 15)
        MD5(I, b, c, d, a, 1, 0x85845dd1, 21)
        SHA256_LAST(m2, 14)
        MD5(I, a, b, c, d, 8, 0x6fa87e4f, 6)
        MD5(I, d, a, b, c, 15, 0xfe2ce6e0, 10)
        SHA1_LAST(n1, o, e, 3)
        MD5(I, c, d, a, b, 6, 0xa3014314, 15)
        MD5(I, b, c, d, a, 13, 0x4e0811a1, 21)
        SHA256_LAST(m3, 15)
        MD5(I, a, b, c, d, 4, 0xf7537e82, 6)
        MD5(I, d, a, b, c, 11, 0xbd3af235, 10)
        SHA1_LAST(n2, e, o, 3)
        SHA1_LAST(n3, o, e, 3)
        MD5(I, c, d, a, b, 2, 0x2ad7d2bb, 15)
        MD5(I, b, c, d, a, 9, 0xeb86d391, 21)
        a += a0, b += b0, c += c0, d += d0;
        e = _mm_sha1nexte_epu32(e, e0);
        abcd = _mm_add_epi32(abcd, abcd0);
        abef = _mm_add_epi32(abef, abef0);
        cdgh = _mm_add_epi32(cdgh, cdgh0);
    }
    state[0] = a, state[1] = b, state[2] = c, state[3] = d;
    _mm_storeu_si128((__m128i *)(state + 4), _mm_shuffle_epi32(abcd, 0x1b));
    state[8] = (uint32_t)_mm_extract_epi32(e, 3);
    low = _mm_shuffle_epi32(abef, 0x1b);
    high = _mm_shuffle_epi32(cdgh, 0x1b);
    _mm_storeu_si128((__m128i *)(state + 9), _mm_unpacklo_epi64(low, high));
    _mm_storeu_si128((__m128i *)(state + 13), _mm_unpackhi_epi64(low, high));
}
#else
static void three(uint32_t *state, const uint8_t *from, size_t blocks)
{
    (void)state, (void)from, (void)blocks; /* sha_here() says no, so nobody comes here */
}
#endif

static PyObject *take(Py_buffer *state, Py_buffer *from)
{
    if (state->len != 17 * 4 || from->len % 64) {
        PyErr_SetString(PyExc_ValueError, "17 words of state and whole blocks of 64 bytes are needed");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    three(state->buf, from->buf, (size_t)from->len / 64);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

PyObject *lapwing_digest_three(PyObject *self, PyObject *args)
{
    PyObject *words, *bytes, *done = NULL;
    Py_buffer state, from;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &words, &bytes))
        return NULL;
    if (!sha_here()) {
        PyErr_SetString(PyExc_ValueError, "this processor has no instructions for SHA");
        return NULL;
    }
    if (buffer_get(words, &state, 4, 1, "state"))
        return NULL;
    if (!PyObject_GetBuffer(bytes, &from, PyBUF_SIMPLE)) {
        done = take(&state, &from);
        PyBuffer_Release(&from);
    }
    PyBuffer_Release(&state);
    return done;
}
