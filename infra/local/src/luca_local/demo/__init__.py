"""A school day, played on the local platform from the outside, and judged from the outside."""
