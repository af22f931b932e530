"""What the judges go by: what was asked and answered at the doors, and what lies in tables, queues and logs after it.

All of it is collected from the outside. Texts and numbers are as they were sent or are stored; no record class of the
services reads them, so that a fault in one can't hide itself.
"""
