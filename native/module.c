/* The module lapwing._native: what Python sees of this folder, and nothing else. */
#include "lapwing.h"

static PyMethodDef methods[] = {
    {"pdq_bits", lapwing_pdq_bits, METH_VARARGS, "pdq_bits(samples, cosines) -> bytes"},
    {"pdq_columns", lapwing_pdq_columns, METH_VARARGS, "pdq_columns(samples, sums, channels, starts, weights)"},
    {"pdq_rows", lapwing_pdq_rows, METH_VARARGS, "pdq_rows(sums, rows, first, starts, weights, path)"},
    {"build_table", lapwing_build_table, METH_VARARGS,
     "build_table(hashes, table, id_bytes, offsets, following, ids)"},
    {"digest_three", lapwing_digest_three, METH_VARARGS, "digest_three(state, blocks)"},
    {"find_exact", lapwing_find_exact, METH_VARARGS,
     "find_exact(values, size, entries, starts, bits, queries) -> bytes"},
    {"scan", lapwing_scan, METH_VARARGS, "scan(entries, queries, numbers, distance, most, path) -> bytes"},
    {"search_tables", lapwing_search_tables, METH_VARARGS,
     "search_tables(hashes, offsets, following, ids, id_bytes, queries, allowances, first, last, spent, budget, "
     "most, path) -> bytes"},
    {"spread_bits", lapwing_spread_bits, METH_VARARGS, "spread_bits(hashes, spread)"},
    {NULL, NULL, 0, NULL},
};

static int begin(PyObject *module)
{
    PyObject *paths = paths_here();
    int failed = paths ? PyModule_AddObjectRef(module, "PATHS", paths) : -1;
    Py_XDECREF(paths);
    return failed ? failed : PyModule_AddIntConstant(module, "SHA", sha_here());
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)begin}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "lapwing._native",
    .m_doc = "Lapwing's heavy loops. Each is defined by a NumPy function that works without it.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
