"""Path 2 of Luca: from the queue of events into the table, each event exactly once."""
