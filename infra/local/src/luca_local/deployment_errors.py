"""What can be wrong with a deployment."""

from collections.abc import Sequence


class DeploymentError(Exception):
    """The templates are not, or not as written, what runs at the endpoint."""


class TemplateError(DeploymentError):
    """A template says something that is not understood here."""


class StackFailed(DeploymentError):
    """CloudFormation could not make a stack.

    Attributes:
        stack: its name.
        reasons: what CloudFormation said about each resource that failed, the first failure first.
    """

    def __init__(self, stack: str, reasons: Sequence[str]) -> None:
        self.stack = stack
        self.reasons = tuple(reasons)
        super().__init__("\n  ".join([f"the stack {stack} failed:", *(self.reasons or ("no reason given",))]))


class DeployedDifferently(DeploymentError):
    """What was deployed is not what the templates say.

    Attributes:
        differences: one sentence each, beginning with the resource and the property.
    """

    def __init__(self, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__("\n  ".join(["what was deployed differs from the templates:", *self.differences]))
