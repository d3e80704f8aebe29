/* The bits of a hash, dealt so that those that are alike lie in different chunks (docs/matching.md).
 *
 * A hash is 16 rows of 16 bits. Bit c of each row moves 3c rows on, round the hash, and stays bit c. No distance
 * between two hashes changes. Defined by lapwing.matching.tables.spread_numpy.
 */
#ifndef SPREAD_H
#define SPREAD_H

#include "lapwing.h"

#define ROWS_OF(columns) ((columns) * 0x0001000100010001u) /* the same columns of the four rows of a word */

/* `to` may be `from`. Column c moves 3c rows in steps of 1, 2, 4 and 8. */
INLINE void spread_256(const uint64_t *from, uint64_t *to)
{
    const uint64_t one = ROWS_OF(0xaaaau), two = ROWS_OF(0x6666u), four = ROWS_OF(0xb4b4u), eight = ROWS_OF(0xc738u);
    uint64_t a[4], b[4];
    for (int w = 0; w < 4; w++)
        a[w] = (from[w] & ~one) | ((from[w] << 16 | from[(w + 3) & 3] >> 48) & one);
    for (int w = 0; w < 4; w++)
        b[w] = (a[w] & ~two) | ((a[w] << 32 | a[(w + 3) & 3] >> 32) & two);
    for (int w = 0; w < 4; w++)
        a[w] = (b[w] & ~four) | (b[(w + 3) & 3] & four);
    for (int w = 0; w < 4; w++)
        to[w] = (a[w] & ~eight) | (a[(w + 2) & 3] & eight);
}

#endif
