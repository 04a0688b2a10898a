"""The error tree of the evaluation. Every message says what was wrong and what to do next.

EvaluationError
├── GoldError         a gold file that cannot be used; the message names file and line
├── RunError          a run that cannot be read, continued or compared
├── RuleError         a gate rule that cannot be understood
└── SystemFailed      the system under test did not answer this question (becomes a row that counts as zero)
"""


class EvaluationError(Exception):
    """Anything the evaluation refuses; the message is one sentence and what to do."""


class GoldError(EvaluationError):
    """A gold file cannot be used."""


class RunError(EvaluationError):
    """A run cannot be read, continued or compared."""


class RuleError(EvaluationError):
    """A gate rule or a variation cannot be understood."""


class SystemFailed(EvaluationError):
    """The system under test did not give a usable reply."""
