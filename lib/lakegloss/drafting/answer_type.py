"""The type of a comment program's answer, as Spark and SQL write it."""

COMMENT_RESULT = (
    "table string, comments array<struct<column:string,comment:string,source:string,model:string,"
    "checks:array<string>,reason:string>>, quality array<struct<column:string,score:double,"
    "problems:array<string>>>, error string, problem string, model string, "
    "program_version string, version string, input_tokens bigint, output_tokens bigint"
)
"""The outputs of the signature in `serving.model.types`: for `spark_udf` and `ai_query`."""
