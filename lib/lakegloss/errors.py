"""Defines the exceptions that users of lakegloss meet.

Each message names the thing that is wrong and says what to do next.

    LakeglossError
    ├── SettingsError            a settings file, variable or option that cannot be used
    ├── EnvironmentNotReadyError what the machine lacks: Java, jars, a package
    │   └── CatalogLockedError   another process holds the local catalog
    ├── AssetNotFoundError       no table or column of that name
    ├── CatalogError             the catalog refused a read or a statement
    ├── EndpointError            the model endpoint
    │   ├── EndpointAuthError    key missing, wrong or without rights
    │   ├── EndpointUnavailableError  unreachable, or it failed too often in a row
    │   └── RateLimitedError     it takes no more calls for now
    ├── BudgetExceededError      the next request would pass the budget
    ├── AnswerError              a model's answer that cannot be read
    ├── ReviewFileError          a review file that cannot be read or written
    ├── RunNotFoundError         no run of that id in the ledgers
    ├── SignatureError           a signature, chain or pipeline that is put together wrongly
    │   └── SignatureNotFoundError   no signature of that name
    ├── ProgramNotFoundError     no program of that name
    ├── RegistryError            the registry of program versions did not answer as it should
    │   ├── OnlyMlflowError          it cannot be read without MLflow, which is asked then
    │   ├── VersionNotFoundError     no such version, or no version under that alias
    │   └── VersionRefusedError      a version that must not be used: pickled, of another signature,
    │                                of a name that is not allowed
    ├── RolloutBusyError         another process steps this rollout
    ├── DecisionOvertakenError   somebody else decided on these versions meanwhile
    ├── ExecutionNotFoundError   no execution or proposal of that id
    ├── ExecutionTimeoutError    an execution took longer than it may (a TimeoutError, too)
    ├── ExecutionStoppedError    an execution was cancelled
    ├── BusyError                too many executions wait already
    ├── ExampleFileError         a file of examples that cannot be read or written
    ├── DescriptionFileError     a file of another tool (dbt, a contract, a dictionary) that cannot
    │                            be read or written
    └── InputError               inputs that a program cannot take
        └── FeedbackConflictError    other feedback was given under the same id
"""

from typing import Self


class LakeglossError(Exception):
    """The root of all errors that lakegloss raises on purpose.

    Args:
        message: names the thing and what is wrong with it.
        remedy: what to do next, shown after the message.
        detail: what another server said about it; callers of a service do not see it.
    """

    def __init__(self, message: str, *, remedy: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.detail = detail

    @property
    def said(self) -> str:
        """The message together with the detail."""
        return f"{self.message.removesuffix('.')} ({self.detail})." if self.detail else self.message

    def __str__(self) -> str:
        return f"{self.said} {self.remedy}".strip()


class SettingsError(LakeglossError):
    """A settings file, an environment variable or an option cannot be used."""


class EnvironmentNotReadyError(LakeglossError):
    """The machine lacks something: Java, Delta's jars, a Python package."""


class CatalogLockedError(EnvironmentNotReadyError):
    """Another process holds the local catalog, which serves one process at a time."""


class AssetNotFoundError(LakeglossError):
    """No table or column of that name can be seen."""


class CatalogError(LakeglossError):
    """The catalog refused a read or a statement."""


class EndpointError(LakeglossError):
    """The model endpoint did not answer as it should."""


class EndpointAuthError(EndpointError):
    """The endpoint refused the key: missing, wrong, expired or without rights."""


class EndpointUnavailableError(EndpointError):
    """The endpoint cannot be reached, or failed too often in a row."""


class RateLimitedError(EndpointError):
    """The endpoint takes no more calls for now, after all retries."""


class BudgetExceededError(LakeglossError):
    """The next request would pass the budget that was set for the run."""


class AnswerError(LakeglossError):
    """A model's answer cannot be read as comments."""


class ReviewFileError(LakeglossError):
    """A review file cannot be read or written."""


class RunNotFoundError(LakeglossError):
    """The ledgers hold no run of that id."""


class SignatureError(LakeglossError):
    """A signature, a chain or a pipeline is put together wrongly."""


class SignatureNotFoundError(SignatureError):
    """No signature of that name is known."""


class InputError(LakeglossError):
    """A program cannot take these inputs: missing, unknown, of another type, out of bounds."""


class FeedbackConflictError(InputError):
    """Other feedback was given under the same id before."""


class ExampleFileError(LakeglossError):
    """A file of examples cannot be read or written: it names the file, the line and the remedy."""


class DescriptionFileError(LakeglossError):
    """A file of another tool (dbt, a contract, a dictionary) cannot be read or written."""


class ExecutionNotFoundError(LakeglossError):
    """No execution or proposal of that id is known."""


class ProgramNotFoundError(LakeglossError):
    """No program of that name is known."""


class RegistryError(LakeglossError):
    """The registry of program versions did not answer as it should."""


class OnlyMlflowError(RegistryError):
    """The registry cannot be read without MLflow. It is asked then; users never meet this."""


class VersionNotFoundError(RegistryError):
    """The registry has no such version, or none under that alias."""


class VersionRefusedError(RegistryError):
    """A version that must not be used, whatever it holds."""


class RolloutBusyError(LakeglossError):
    """Another process steps this rollout, or has changed it meanwhile."""


class DecisionOvertakenError(LakeglossError):
    """Somebody else decided on the versions of a name meanwhile: nothing was recorded."""


class ExecutionTimeoutError(LakeglossError, TimeoutError):
    """An execution took longer than it may."""

    @classmethod
    def after(cls, seconds: float, more: str = "", *, remedy: str = "") -> Self:
        """The error of an execution that was ended after so many seconds."""
        return cls(f"Execution timeout after {seconds:g} seconds{more}", remedy=remedy)


class ExecutionStoppedError(LakeglossError):
    """An execution was cancelled: nobody waits for it any more."""


class BusyError(LakeglossError):
    """Too many executions wait for their turn already."""
