"""Makes the registered model when MLflow loads it, in place of a pickle."""

from mlflow.models import set_model

from lakegloss.serving.model.registered import RegisteredProgram

set_model(RegisteredProgram())
