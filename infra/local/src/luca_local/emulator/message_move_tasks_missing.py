# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: SQS knows no StartMessageMoveTask, CancelMessageMoveTask, ListMessageMoveTasks.

ministack 1.5.33 answers InvalidAction. On AWS they redrive a dead-letter queue: a message goes to the queue it came
from, or to the destination named, as a new message with a new id; one that was sent to the dead-letter queue directly
has no source, and fails the task unless a destination is named (SQS API reference; developer guide, "Configuring a
dead-letter queue redrive"). Mended in the simplest way that shows all that: a task moves what is visible before it
answers, so that none is ever left to cancel; the rate is noted and not kept.
"""

import base64
import json
import time
from typing import Any

from ministack.core import iam_actions
from ministack.services import sqs

from luca_local.emulator.patching import UnexpectedEmulatorError, original, replace

Request = dict[str, Any]

_tasks: dict[str, list[dict[str, Any]]] = {}
"""The tasks of each source queue, by ARN, the last one first."""


def install() -> None:
    """Add the three operations, authorised on the source queue."""
    if added := {"StartMessageMoveTask", "CancelMessageMoveTask", "ListMessageMoveTasks"}.intersection(sqs._HANDLERS):
        raise UnexpectedEmulatorError(f"ministack's SQS has {', '.join(sorted(added))} now")
    original(sqs, "_queue_by_arn", "arn")
    original(sqs, "_get_q", "url", "action")
    original(sqs, "_act_send_message", "data", "qurl")
    original(sqs, "_ensure_msg_fields", "m")
    resource = original(
        iam_actions,
        "extract_resource_arn",
        *("service", "method", "path", "headers", "body", "query_params", "region", "account_id"),
    )

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        found: str = resource(service, method, path, headers, body, query_params, region, account_id)
        return (_source_of(body) or found) if service == "sqs" and found == "*" else found

    replace(iam_actions, "extract_resource_arn", extract_resource_arn)
    sqs._HANDLERS.update(StartMessageMoveTask=_start, CancelMessageMoveTask=_cancel, ListMessageMoveTasks=_list)


def _source_of(body: bytes) -> str | None:
    try:
        request = json.loads(body)
        source = request.get("SourceArn") or json.loads(base64.b64decode(request["TaskHandle"]))["sourceArn"]
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    return source if isinstance(source, str) else None


def _start(data: Request, _url: str) -> dict[str, Any]:
    source, destination = data.get("SourceArn", ""), data.get("DestinationArn")
    queue = _queue(source, "SourceArn", "sqs:StartMessageMoveTask")
    if source not in _dead_letter_targets():
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    if destination:
        _queue(destination, "DestinationArn", "sqs:SendMessage")
    now = time.time()
    waiting = [message for message in queue["messages"] if message["visible_at"] <= now]
    task = {
        "Status": "COMPLETED",
        "SourceArn": source,
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": len(waiting),
        "StartedTimestamp": int(now * 1000),
    }
    task.update({name: data[name] for name in ("DestinationArn", "MaxNumberOfMessagesPerSecond") if data.get(name)})
    _tasks.setdefault(source, []).insert(0, task)
    for message in waiting:
        sqs._ensure_msg_fields(message)
        target = destination or message["sys"].get("DeadLetterQueueSourceArn")
        if target is None:
            task.update(Status="FAILED", FailureReason="CouldNotDetermineMessageSource")
            break
        _move(message, queue, target)
        task["ApproximateNumberOfMessagesMoved"] += 1
    handle = json.dumps({"taskId": sqs.new_uuid(), "sourceArn": source})
    return {"TaskHandle": base64.b64encode(handle.encode()).decode()}


def _move(message: dict[str, Any], queue: dict[str, Any], target: str) -> None:
    url = _queue(target, "DestinationArn", None)["url"]
    copy: Request = {
        "QueueUrl": url,
        "MessageBody": message["body"],
        "MessageAttributes": message["message_attributes"],
        "MessageGroupId": message["group_id"],
        "MessageDeduplicationId": message["dedup_id"],
    }
    sqs._act_send_message(copy, url)
    queue["messages"] = [other for other in queue["messages"] if other is not message]


def _cancel(data: Request, _url: str) -> dict[str, Any]:
    source = _source_of(json.dumps(data).encode()) or ""
    _queue(source, "TaskHandle", "sqs:CancelMessageMoveTask")
    raise sqs._Err("UnsupportedOperation", "Only active tasks can be cancelled.")


def _list(data: Request, _url: str) -> dict[str, Any]:
    source = data.get("SourceArn", "")
    _queue(source, "SourceArn", "sqs:ListMessageMoveTasks")
    return {"Results": _tasks.get(source, [])[: int(data.get("MaxResults") or 1)]}


def _queue(arn: str, parameter: str, action: str | None) -> dict[str, Any]:
    """The queue of that ARN, for an action that its own policy must not deny."""
    queue: dict[str, Any] | None = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException", f"The resource that you specified for the {parameter} parameter doesn't exist."
        )
    found: dict[str, Any] = sqs._get_q(queue["url"], action)
    return found


def _dead_letter_targets() -> set[str]:
    policies = (queue["attributes"].get("RedrivePolicy") for queue in sqs._queues.values())
    return {json.loads(policy).get("deadLetterTargetArn") for policy in policies if policy}
