"""Rules as a person reads them: patterns, ranges and lengths."""


def plain_pattern(pattern: str) -> str:
    """A regular expression without its anchors, which say nothing to a reader."""
    return pattern.removesuffix(r"(?!\n)").removeprefix("^").removesuffix("$")


def number_range(low: float | None, high: float | None) -> str | None:
    """`between 0 and 10`, `at least 0`, `at most 10`; None when anything goes."""
    if low is not None and high is not None:
        return f"between {_number(low)} and {_number(high)}"
    if low is not None:
        return f"at least {_number(low)}"
    return None if high is None else f"at most {_number(high)}"


def count_range(least: int | None, most: int | None) -> str:
    """`1 to 100`, `exactly 3`, `at least 1`, `at most 100`."""
    if least is not None and most is not None:
        return f"exactly {least}" if least == most else f"{least} to {most}"
    return f"at least {least}" if most is None else f"at most {most}"


def text_length(least: int | None, most: int | None) -> str | None:
    """`1 to 64 characters`; None when anything goes."""
    return None if least is None and most is None else f"{count_range(least, most)} characters"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
