/* Which of 32 elements differ from `wanted` in at most `bits` bits, on each path: a mask of 32.
 *
 * x & (x - 1) clears the lowest bit that is set, so x has at most `bits` bits when it is zero after so many.
 * `bits` is a constant where these are called.
 */
#ifndef NEAR_H
#define NEAR_H

#include "lapwing.h"

INLINE uint32_t near_portable(const uint16_t *elements, uint16_t wanted, int bits)
{
    uint16_t left[32], all = 0xffff;
    uint32_t mask = 0;
    for (int i = 0; i < 32; i++) {
        uint16_t x = elements[i] ^ wanted;
        for (int bit = 0; bit < bits; bit++)
            x &= (uint16_t)(x - 1);
        left[i] = x;
    }
    for (int i = 0; i < 32; i++)
        all &= left[i] ? 0xffff : 0; /* vectors, on any processor: nearly always none is zero */
    if (LIKELY(all))
        return 0;
    for (int i = 0; i < 32; i++)
        mask |= (uint32_t)(left[i] == 0) << i;
    return mask;
}

#if HAS_AVX2
FOR_AVX2 INLINE uint32_t near_avx2(const uint16_t *elements, __m256i wanted, int bits)
{
    const __m256i less = _mm256_set1_epi16(-1), zero = _mm256_setzero_si256();
    __m256i x = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)elements), wanted);
    __m256i y = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(elements + 16)), wanted);
    for (int bit = 0; bit < bits; bit++) {
        x = _mm256_and_si256(x, _mm256_add_epi16(x, less));
        y = _mm256_and_si256(y, _mm256_add_epi16(y, less));
    }
    x = _mm256_packs_epi16(_mm256_cmpeq_epi16(x, zero), _mm256_cmpeq_epi16(y, zero));
    if (LIKELY(_mm256_testz_si256(x, x)))
        return 0;
    return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(x, 0xd8)); /* packs takes halves in turn */
}
#endif

#endif
