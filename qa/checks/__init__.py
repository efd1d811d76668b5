"""The families of checks by the name that a scorecard calls them by."""

from collections.abc import Mapping
from typing import Final

from qa.checks import (
    closing,
    forbidden_words,
    greeting,
    knowledge,
    misunderstanding,
    person_request,
    personal_data,
    promises,
    questions,
    response_time,
)
from qa.checks.base import Family

FAMILIES: Final[Mapping[str, Family]] = {
    "greeting": greeting.FAMILY,
    "person_request_honoured": person_request.FAMILY,
    "questions_answered": questions.FAMILY,
    "promise_without_ticket": promises.FAMILY,
    "personal_data_repeated": personal_data.FAMILY,
    "forbidden_words": forbidden_words.FAMILY,
    "repeated_misunderstanding": misunderstanding.FAMILY,
    "agent_response_time": response_time.FAMILY,
    "closing_courtesy": closing.FAMILY,
    "knowledge_cited": knowledge.FAMILY,
}
