"""What a debug execution tells: prompts, answers, how they were read, and the time each took."""

from collections.abc import Mapping
from typing import Any

from lakegloss.engine.execution import Executed


def debug_trace(values: Mapping[str, Any], executed: Executed) -> dict[str, Any]:
    """JSON values: inputs, calls (messages, answer, usage, seconds), parsing, seconds in all."""
    return {
        "inputs": dict(values),
        "calls": [
            {
                "model": call.model,
                "messages": [
                    {"role": message.role, "content": message.content}
                    for message in (call.request.messages if call.request else ())
                ],
                "answer": call.text,
                "finish_reason": call.finish_reason,
                "input_tokens": call.usage.input,
                "output_tokens": call.usage.output,
                "attempts": call.attempts,
                "seconds": round(call.seconds, 6),
                "error": call.error,
            }
            for call in executed.calls
        ],
        "parsing": list(executed.parsing),
        "seconds": round(executed.seconds, 6),
    }
