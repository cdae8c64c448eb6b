"""From answers to one of five levels, A the most urgent; the table itself lies beside the questions."""

from collections.abc import Mapping

from triage.questions import Question, Questions, current

CALMEST = "E"


def _level(question: Question, answer: str | None) -> str:
    if not answer:
        return question.skipped
    option = question.option(answer)
    return option.level if option else CALMEST


def urgency_of(answers: Mapping[str, str], questions: Questions | None = None) -> str:
    """Return the most urgent level that any answer asks for; ``answers`` is question code → option code.

    What somebody wrote in their own words is not read here, and can only ever raise a level.
    """
    asked = (questions or current()).questions
    return min((_level(question, answers.get(question.code)) for question in asked), default=CALMEST)
