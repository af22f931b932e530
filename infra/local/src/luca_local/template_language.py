"""CloudFormation's template language, as much of it as our templates speak."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from luca_local.deployment_errors import TemplateError


class _Loader(yaml.SafeLoader):
    """Reads the short forms (`!Sub x`) as the long ones (`{"Fn::Sub": "x"}`)."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TemplateError(f"!{suffix} takes text or a list, not a mapping")
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@dataclass(frozen=True, slots=True)
class Template:
    """A template as written.

    Attributes:
        name: the file's name without its ending; the stack is called `luca-{name}`.
        text: what CloudFormation is given.
        body: the same, parsed, in long forms.
    """

    name: str
    text: str
    body: Mapping[str, Any]

    @property
    def stack(self) -> str:
        """The name of the stack that is made of it."""
        return f"luca-{self.name}"

    @property
    def parameters(self) -> Mapping[str, str | None]:
        """Each parameter with its default, None where there is none."""
        return {name: declared.get("Default") for name, declared in self.body.get("Parameters", {}).items()}


def load(path: Path) -> Template:
    """Read one template."""
    text = path.read_text(encoding="utf-8")
    return Template(path.stem, text, yaml.load(text, _Loader))  # noqa: S506 - a SafeLoader with the short forms


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template's references stand for.

    Attributes:
        references: the values of `!Ref`: parameters, pseudo parameters (`AWS::Region`) and resources (physical ids).
        attribute: gives the value of `!GetAtt` for a logical id and an attribute's name.
        conditions: the template's conditions, as written.
    """

    references: Mapping[str, str]
    attribute: Callable[[str, str], str]
    conditions: Mapping[str, Any]


_NO_VALUE = object()
_SUBSTITUTED = re.compile(r"\$\{(!?)([^}]+)\}")


def resolve(value: Any, scope: Scope) -> Any:
    """The value with every function computed, every `AWS::NoValue` left out.

    Raises:
        TemplateError: it refers to nothing known, or uses a function that our templates have not used so far.
    """
    resolved = _resolve(value, scope)
    return None if resolved is _NO_VALUE else resolved


def _resolve(value: Any, scope: Scope) -> Any:
    if isinstance(value, list):
        return [item for item in (_resolve(each, scope) for each in value) if item is not _NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return _call(name, argument, scope)
    items = ((key, _resolve(each, scope)) for key, each in value.items())
    return {key: each for key, each in items if each is not _NO_VALUE}


def _call(name: str, argument: Any, scope: Scope) -> Any:
    match name, argument:
        case "Ref", str(reference):
            return _NO_VALUE if reference == "AWS::NoValue" else _reference(reference, scope)
        case "Fn::GetAtt", [str(resource), str(attribute)]:
            return scope.attribute(resource, attribute)
        case "Fn::Sub", str(text):
            return _SUBSTITUTED.sub(lambda found: _substitute(found, scope), text)
        case "Fn::If", [str(condition), then, otherwise]:
            if condition not in scope.conditions:
                raise TemplateError(f"there is no condition {condition}")
            return _resolve(then if _resolve(scope.conditions[condition], scope) else otherwise, scope)
        case "Fn::Equals", [left, right]:
            return _resolve(left, scope) == _resolve(right, scope)
        case "Fn::Not", [condition]:
            return not _resolve(condition, scope)
        case _:
            raise TemplateError(f"{name} in this form is not understood: {argument!r}")


def _reference(name: str, scope: Scope) -> str:
    try:
        return scope.references[name]
    except KeyError:
        raise TemplateError(f"there is nothing called {name}") from None


def _substitute(found: re.Match[str], scope: Scope) -> str:
    escaped, name = found.groups()
    if escaped:
        return f"${{{name}}}"  # `${!x}` is the text `${x}`: a variable of an IAM policy
    resource, dot, attribute = name.partition(".")
    return scope.attribute(resource, attribute) if dot else _reference(name, scope)
