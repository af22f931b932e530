from pathlib import Path
from typing import Any

import pytest

from luca_local.deployment_errors import TemplateError
from luca_local.template_language import Scope, load, resolve

SCOPE = Scope(
    references={"AWS::Region": "us-east-1", "Name": "luca", "Empty": ""},
    attribute=lambda resource, name: f"<{resource}.{name}>",
    conditions={"Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}, "Never": {"Fn::Equals": ["a", "b"]}},
)


def loaded(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "some.yaml"
    path.write_text(text)
    return load(path)


def test_short_forms_are_read_as_long_ones(tmp_path: Path) -> None:
    template = loaded(
        tmp_path,
        "Parameters: {Name: {Type: String, Default: luca}, Other: {Type: String}}\n"
        "A: !Ref Name\nB: !GetAtt Table.Stream.Arn\nC: !Sub ${Name}/x\nD: !If [Named, !Ref Name, !Ref AWS::NoValue]\n",
    )
    assert template.stack == "luca-some"
    assert template.parameters == {"Name": "luca", "Other": None}
    assert template.body["A"] == {"Ref": "Name"}
    assert template.body["B"] == {"Fn::GetAtt": ["Table", "Stream.Arn"]}
    assert template.body["C"] == {"Fn::Sub": "${Name}/x"}
    assert template.body["D"] == {"Fn::If": ["Named", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]}


def test_a_short_form_of_a_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="!Sub"):
        loaded(tmp_path, "A: !Sub {a: b}\n")


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Name"}, "luca"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "<Table.Arn>"),
        ({"Fn::Sub": "a/${Name}/${AWS::Region}/${Table.Arn}"}, "a/luca/us-east-1/<Table.Arn>"),
        ({"Fn::Sub": "${Name}/${!aws:PrincipalTag/school_id}/*"}, "luca/${aws:PrincipalTag/school_id}/*"),
        ({"Fn::If": ["Named", {"Ref": "Name"}, "other"]}, "luca"),
        ({"Fn::If": ["Never", {"Ref": "Name"}, "other"]}, "other"),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": {"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        ({"Ref": "AWS::NoValue"}, None),
        ("TENANT#${aws:PrincipalTag/school_id}#*", "TENANT#${aws:PrincipalTag/school_id}#*"),
        ({"Null": {"dynamodb:LeadingKeys": "false"}}, {"Null": {"dynamodb:LeadingKeys": "false"}}),
        (True, True),
    ],
)
def test_functions_are_computed_and_everything_else_is_left_alone(value: Any, resolved: Any) -> None:
    assert resolve(value, SCOPE) == resolved


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Ref": "Nothing"}, "Nothing"),
        ({"Fn::Sub": "${Nothing}"}, "Nothing"),
        ({"Fn::If": ["Nothing", 1, 2]}, "Nothing"),
        ({"Fn::Join": [",", ["a"]]}, "Fn::Join"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(value: Any, named: str) -> None:
    with pytest.raises(TemplateError, match=named):
        resolve(value, SCOPE)
