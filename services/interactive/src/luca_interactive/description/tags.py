"""The resources by which endpoints are grouped."""

from typing import Final

# By the part of a path that names them, in the order in which they are shown.
TAGS: Final = {
    "me": ("Me", "The person who asks."),
    "classes": ("Classes", "A class in a subject and a term, and who teaches it."),
    "roster": ("Rosters", "Who is enrolled in a class."),
    "rosters": ("Rosters", "Who is enrolled in a class."),
    "assessments": ("Assessments", "What a class is graded on."),
    "grades": ("Grades", "What is known of a student's work, each version of it kept for good."),
    "gradebook": ("Gradebooks", "A class's students, assessments, grades and averages in one answer."),
    "students": ("Students", "A student's profile, report card and behavior."),
    "rules": ("Grading rules", "How the grades of a subject become averages and letters."),
    "terms": ("Terms", "When grades may be changed, and when no more."),
    "sync": ("Government sync", "Where grades stand with the government."),
}


def tag_of(path: str) -> str:
    """Return the resource that an endpoint is about: the last one that its path names.

    >>> tag_of("/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}/history")
    'Grades'

    Raises:
        LookupError: it names none.
    """
    for part in reversed(path.split("/")):
        if (name := part.partition(".")[0]) in TAGS:
            return TAGS[name][0]
    raise LookupError(f"{path} names no resource that has a tag")
