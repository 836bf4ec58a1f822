"""Every error that a user can meet, in one tree.

    DutyError
    ├── UsageError              the call itself is wrong; the command line exits with 2
    │   ├── QuestionError       a question that is empty, too long, or no text
    │   ├── UnknownNameError    a department or position that no document has
    │   └── SettingError        a DUTY_* variable that is unknown or has a bad value
    ├── DocumentError           a source file that cannot become clauses
    │   └── NotFoundError       a clause, document or file that is not there
    ├── IndexUnavailableError   an index that must not be served
    │   ├── IndexMissingError   none was published in this home
    │   ├── IndexDamagedError   a file is gone, changed or unreadable
    │   ├── IndexMismatchError  built for another format, model or dimension
    │   └── BuildRunningError   another build holds the home
    ├── StorageError            a database that cannot be reached or written
    ├── ModelError              an encoder that cannot be loaded
    └── ServeError              a server that must not or cannot start

A message says what is wrong, which value, what is allowed and what to run next. `code` is the stable
word for machines (the `code` of the HTTP error body); `field` names the input at fault, where one is.
"""

from typing import ClassVar


class DutyError(Exception):
    """Base of all errors with a message meant for users."""

    code: ClassVar[str] = "failed"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        """Errors come back whole from the process that reads a file."""
        return _error, (type(self), self.message, self.field)


def _error(kind: type[DutyError], message: str, field: str | None) -> DutyError:
    return kind(message, field=field)


class UsageError(DutyError):
    code = "bad_request"


class QuestionError(UsageError):
    code = "bad_question"


class UnknownNameError(UsageError):
    code = "unknown_name"


class SettingError(UsageError):
    code = "bad_setting"


class DocumentError(DutyError):
    code = "bad_document"


class NotFoundError(DocumentError):
    code = "not_found"


class IndexUnavailableError(DutyError):
    code = "index_unavailable"


class IndexMissingError(IndexUnavailableError):
    code = "index_missing"


class IndexDamagedError(IndexUnavailableError):
    code = "index_damaged"


class IndexMismatchError(IndexUnavailableError):
    code = "index_mismatch"


class BuildRunningError(IndexUnavailableError):
    code = "build_running"


class ModelError(DutyError):
    code = "bad_model"


class StorageError(DutyError):
    code = "storage_unavailable"


class ServeError(DutyError):
    code = "cannot_serve"
