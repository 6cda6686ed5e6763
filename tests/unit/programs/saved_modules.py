"""Modules of several predictors, as a team's package has them."""

from typing import Any

import dspy


class Reviewer(dspy.Module):  # type: ignore[misc]  # dspy is untyped
    """Answers, then judges the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = dspy.ChainOfThought("question -> answer")
        self.judge = dspy.Predict("question, answer -> verdict")

    def forward(self, question: str) -> Any:
        answer = self.answer(question=question).answer
        return self.judge(question=question, answer=answer)


class Sized(Reviewer):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
