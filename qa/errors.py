"""The error tree of the answer floor.

AnswerFloorError
├── BadQuestion       an empty or over-long question, or an option out of range
├── UnknownArticle    no article of this id
├── LLMUnavailable    an LLM was asked for and none is configured, or it failed
└── SettingsError     a setting cannot be used; the message names it and its source
"""


class AnswerFloorError(Exception):
    """Anything the answer floor refuses; the message is one sentence and what to do."""


class BadQuestion(AnswerFloorError):
    """The question or one of its options cannot be used."""


class UnknownArticle(AnswerFloorError):
    """No article has this id."""


class LLMUnavailable(AnswerFloorError):
    """The LLM that was asked for is not configured or did not answer."""


class SettingsError(AnswerFloorError):
    """A setting is wrong; the message names it, what it was and what it may be."""
