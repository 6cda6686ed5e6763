"""Keeps the place where models that earlier versions registered look for their class."""

from lakegloss.serving.model.registered import RegisteredProgram

__all__ = ["RegisteredProgram"]
