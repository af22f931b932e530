"""The three commands that lead from an account to a recorded grade, ready to be pasted into a terminal."""

import json
import shlex

from luca_local.run_record import Account, RunRecord

CREATING = "-H 'If-None-Match: *'"
REPLACING = """-H 'If-Match: "1"'"""


def log_in(run: RunRecord, account: Account) -> str:
    """Return the command that puts an ID token into `TOKEN`."""
    parameters = json.dumps({"USERNAME": account.username, "PASSWORD": account.password})
    request = (
        f'{{"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": {json.dumps(run.client_id)},\n'
        f'    "AuthParameters": {parameters}}}'
    )
    take = 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["IdToken"])'
    return "\n".join([
        f"TOKEN=$(curl -s {run.aws_endpoint}/ \\",
        "  -H 'Content-Type: application/x-amz-json-1.1' \\",
        "  -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\",
        f"  -d {shlex.quote(request)} \\",
        f"  | python3 -c {shlex.quote(take)})",
    ])  # fmt: skip


def record(run: RunRecord) -> str:
    """Return the command that records the example's grade."""
    return "\n".join([
        f"curl -i -X PUT {_grade(run)} \\",
        '  -H "Authorization: Bearer $TOKEN" \\',
        f"  -H 'Content-Type: application/json' {CREATING} \\",
        """  -d '{"status": "scored", "score": 8.5, "comment": "Bien"}'""",
    ])  # fmt: skip


def read(run: RunRecord) -> str:
    """Return the command that reads it back."""
    return f'curl -i {_grade(run)} \\\n  -H "Authorization: Bearer $TOKEN"'


def _grade(run: RunRecord) -> str:
    example = run.example
    path = f"/v1/classes/{example.class_id}/assessments/{example.assessment_id}/grades/{example.student_id}"
    return run.edge + path
