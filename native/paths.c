#include "lapwing.h"

#if HAS_AVX2
#include <cpuid.h>

static int has_sha(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 9) || !(c & 1u << 19)) /* SSSE3, SSE4.1 */
        return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & 1u << 29;
}

int sha_here(void)
{
    static int known; /* 0: not asked yet. A virtual machine takes 50 microseconds to answer */
    if (!known)
        known = has_sha() ? 1 : -1;
    return known > 0;
}

static int has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
#else
int sha_here(void)
{
    return 0;
}

static int has_avx2(void)
{
    return 0;
}
#endif

path_kind path_named(const char *name)
{
    if (strcmp(name, "portable") == 0)
        return PATH_PORTABLE;
    if (strcmp(name, "avx2") == 0 && has_avx2())
        return PATH_AVX2;
    PyErr_Format(PyExc_ValueError, "this processor has no path named %s", name);
    return PATH_UNKNOWN;
}

PyObject *paths_here(void)
{
    return has_avx2() ? Py_BuildValue("(ss)", "portable", "avx2") : Py_BuildValue("(s)", "portable");
}
