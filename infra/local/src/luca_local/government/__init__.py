"""A government API as strict as its contract and as unstable as the real one, with a log that can be judged."""
