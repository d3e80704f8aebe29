"""Wire formats: one module each, listed in FORMATS; every one reads into and writes from `lapwing.report.Report`."""
