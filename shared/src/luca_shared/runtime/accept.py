"""What a client would rather have, as `Accept-Encoding` and `Accept-Language` say it (RFC 9110 section 12.4.2)."""

from collections.abc import Iterator


def preferences(header: str) -> Iterator[tuple[str, float]]:
    """Yield each value of a header, in lower case, with its weight from 0 (not at all) to 1; 0 for one not understood.

    >>> list(preferences("es-CL, en;q=0.5"))
    [('es-cl', 1.0), ('en', 0.5)]
    """
    for part in header.split(","):
        value, _, parameter = part.partition(";")
        yield value.strip().lower(), _weight(parameter)


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
