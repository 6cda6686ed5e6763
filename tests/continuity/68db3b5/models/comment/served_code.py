"""What MLflow runs when it loads a registered model, in place of a pickle."""

from mlflow.models import set_model

from lakegloss.serving.registered import RegisteredProgram

set_model(RegisteredProgram())
