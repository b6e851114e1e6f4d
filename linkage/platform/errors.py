"""What a user may read when something is wrong: one message, one exit code, never a person's value."""

from collections.abc import Iterable


class UserFacingError(Exception):
    """A problem whose message is complete and safe to show; all problems of a kind come together."""

    exit_code = 1

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class InputError(UserFacingError):
    """The user's input or settings are at fault."""

    exit_code = 2


class ContractError(UserFacingError):
    """The data broke a contract."""

    exit_code = 3
