"""What the endpoints work with, made once when the service starts."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from luca_interactive.bulk_writing import BulkWriting
from luca_interactive.configuration import Configuration
from luca_interactive.erasing import Erasing
from luca_interactive.first_answers import FirstAnswers
from luca_interactive.grade_writing import GradeWriting
from luca_interactive.rules_writing import RulesWriting
from luca_interactive.sealed_texts import SealedTexts
from luca_interactive.term_writing import TermWriting
from luca_shared.tenancy.table import Tables


@dataclass(frozen=True, slots=True)
class Parts:
    """The tables, what is remembered of them, the encrypted texts, what writes and erases, and the answers given."""

    tables: Tables
    configuration: Configuration
    texts: SealedTexts
    grade_writing: GradeWriting
    bulk_writing: BulkWriting
    erasing: Erasing
    rules_writing: RulesWriting
    term_writing: TermWriting
    first_answers: FirstAnswers


PARTS: Final[web.AppKey[Parts]] = web.AppKey("parts", Parts)
