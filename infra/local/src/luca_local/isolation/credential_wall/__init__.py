"""The third wall alone: nobody looks at keys, no policy stands behind it; only who signs counts."""
