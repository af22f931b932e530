"""Demo schools for a fresh platform: planned first, then written as each school itself would."""
