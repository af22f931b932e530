"""The file that a benchmark leaves under `build/bench/`."""

import importlib.metadata
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path("build/bench")


def write(name: str, result: Mapping[str, Any]) -> Path:
    """Write a benchmark's result in place of the last one; return where."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(rounded(result), indent=2, ensure_ascii=False) + "\n")
    return path


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Return which version of each package runs here."""
    return {package: importlib.metadata.version(package) for package in packages}


def versions_in(python: str, packages: Sequence[str]) -> dict[str, str]:
    """Return the same of another environment, by its interpreter."""
    code = "import importlib.metadata as m, json, sys; print(json.dumps({p: m.version(p) for p in sys.argv[1:]}))"
    done = subprocess.run([python, "-c", code, *packages], capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, str] = json.loads(done.stdout)
    return found


def rounded(value: Any) -> Any:
    """Return a result with four significant digits in each fraction: more would be noise."""
    match value:
        case float():
            return float(f"{value:.4g}")
        case Mapping():
            return {name: rounded(inner) for name, inner in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return rounded(value._asdict())
        case list() | tuple():
            return [rounded(inner) for inner in value]
        case _:
            return value
