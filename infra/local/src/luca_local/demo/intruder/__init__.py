"""Somebody of one school who reaches for another school's data, at every door that there is."""
