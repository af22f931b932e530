"""What the worker counts; no label names a school."""

from prometheus_client import Counter, Gauge, Histogram

from luca_ingest_worker.refusals import Reason

MESSAGES = Counter("luca_ingest_messages_received_total", "Messages received")
REDELIVERIES = Counter("luca_ingest_redeliveries_total", "Messages received again while they were in hand")
EVENTS_RECEIVED = Counter("luca_ingest_events_received_total", "Events in the messages received, good and bad")
STORED = Counter("luca_ingest_events_stored_total", "Events written to the table")
DUPLICATES = Counter("luca_ingest_events_duplicate_total", "Events that were stored already, with the same payload")
LEFT = Counter("luca_ingest_messages_left_total", "Messages left on the queue for another try")
DELETED = Counter("luca_ingest_messages_deleted_total", "Messages deleted: everything of them is durable")
NOT_DELETED = Counter("luca_ingest_deletes_failed_total", "Messages that could not be deleted and will come again")
FAULTS = Counter("luca_ingest_faults_total", "Exceptions that nothing in the worker expects", ["stage"])

_DEAD_LETTERS = Counter("luca_ingest_dead_letters_total", "Dead letters sent", ["reason"])
DEAD_LETTERS = {reason: _DEAD_LETTERS.labels(reason) for reason in Reason}  # made now, so that each starts at 0

BATCH_SIZE = Histogram("luca_ingest_batch_events", "Events in a batch", buckets=(1, 2, 5, 10, 15, 20, 24, 25))
AGE = Histogram(
    "luca_ingest_message_age_seconds",
    "Time from a message's receipt to its deletion",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 30, 60, 120, 300),
)

IN_HAND = Gauge("luca_ingest_room_taken_units", "Room that is taken: an event, or 4 KiB of a message, is a unit")
BUFFERS = Gauge("luca_ingest_buffers", "Schools with events that wait for a batch")
RECEIVERS = Gauge("luca_ingest_receivers", "Receivers at work")
CIRCUIT_OPEN = Gauge("luca_ingest_circuit_open", "1 while the table counts as failing")
