"""Defines the signatures that come with lakegloss: generation, analysis, conversation, tasks."""

from types import MappingProxyType
from typing import Any

from lakegloss.programs.signatures import BaseSignature, SignatureField

_TONE = "how it should sound, such as 'formal' or 'helpful and friendly'"
_LENGTH = "how long it may be, such as '100 words' or 'two paragraphs'"


class DraftText(BaseSignature):
    """Write a first draft about a topic, complete and ready to be revised."""

    topic = SignatureField("what to write about")
    tone = SignatureField(_TONE, default="neutral")
    length = SignatureField(_LENGTH, default="300 words")
    draft = SignatureField("the draft alone, without remarks about it", prefix="Draft:")


class ReviseText(BaseSignature):
    """Revise a text so that it meets the goals, and change nothing that they do not touch."""

    original_text = SignatureField("the text as it is")
    revision_goals = SignatureField("what to improve, such as 'clarity, add examples'")
    revised_text = SignatureField("the whole text, revised", prefix="Revised text:")
    changes: list[str] = SignatureField("what was changed and why, a line each", output=True)


class ExpandText(BaseSignature):
    """Work an idea out in full. Claim nothing that does not follow from it or is not well known."""

    core_idea = SignatureField("the idea in a sentence or two")
    aspects_to_expand = SignatureField("which sides of it to work out", default="")
    expanded_text = SignatureField("the idea, worked out", prefix="Expanded text:")


class RefineText(BaseSignature):
    """Polish a text: wording, rhythm, grammar. Its content and its order stay."""

    text = SignatureField("the text to polish")
    refinement_goals = SignatureField("what matters most", default="clear, plain and short")
    refined_text = SignatureField("the polished text", prefix="Refined text:")


class CritiqueText(BaseSignature):
    """Judge a text by the criteria. Point to places in it, and say how each could be better."""

    text = SignatureField("the text to judge")
    criteria = SignatureField("what to judge it by", default="clarity, accuracy, structure")
    critique = SignatureField("the judgement, criterion by criterion", prefix="Critique:")
    strengths: list[str] = SignatureField("what is good already", output=True)
    suggestions: list[str] = SignatureField("what to change, most important first", output=True)


class SummarizeText(BaseSignature):
    """Summarise a document faithfully: its main points, its own numbers and names, no opinion."""

    document = SignatureField("the text to summarise", aliases=("text",))
    max_length = SignatureField(_LENGTH, default="100 words")
    summary = SignatureField("the summary", prefix="Summary:")


class ExtractInfo(BaseSignature):
    """Extract the wanted kinds of information from a document, each item as it says them.

    What the document does not tell is left out, never guessed.
    """

    document = SignatureField("the text to read", aliases=("text",))
    info_types = SignatureField("which kinds to look for, such as 'dates, key personnel'")
    extracted_info = SignatureField("a line for each item: 'kind: value'", prefix="Extracted info:")


class ClassifyText(BaseSignature):
    """Assign a text to the one category that fits it best."""

    text = SignatureField("the text to classify", aliases=("document",))
    categories = SignatureField("the categories, separated by commas")
    classification = SignatureField("one of the categories, verbatim", prefix="Classification:")
    confidence: float = SignatureField(
        "how sure this is, from 0.0 to 1.0", output=True, minimum=0.0, maximum=1.0
    )


class RespondToUser(BaseSignature):
    """Answer a user from the context. Where it does not hold the answer, say so."""

    user_query = SignatureField("what the user asks", aliases=("user_input",))
    context = SignatureField("what is known about user, product and conversation", default="")
    tone = SignatureField(_TONE, default="helpful and friendly")
    response = SignatureField("the answer to the user", prefix="Response:")


class ClarifyIntent(BaseSignature):
    """Find out what a user wants: the likeliest intent, and one question that settles it."""

    user_input = SignatureField("what the user said", aliases=("user_query",))
    possible_intents = SignatureField("the intents to choose from, if known", default="")
    likely_intent = SignatureField("the likeliest of them", prefix="Likely intent:")
    clarifying_question = SignatureField("a short question to the user", output=True)
    confidence: float = SignatureField(
        "how sure the intent is, from 0.0 to 1.0", output=True, minimum=0.0, maximum=1.0
    )


class GenerateFollowUp(BaseSignature):
    """Suggest what the user may want to ask or do next, given the conversation so far."""

    conversation = SignatureField("the conversation so far")
    goal = SignatureField("what the conversation is to reach", default="")
    follow_ups: list[str] = SignatureField("up to three questions or offers, best first")


class ResolveQuery(BaseSignature):
    """Resolve a user's question from the given knowledge, with the steps that lead there."""

    query = SignatureField("the question or problem", aliases=("user_query",))
    knowledge = SignatureField("what may be relied on", default="", aliases=("context",))
    resolution = SignatureField("the answer, with the steps to take", prefix="Resolution:")
    resolved: bool = SignatureField("whether the knowledge was enough", output=True)


class EmailDraft(BaseSignature):
    """Write an e-mail that covers the key points and nothing beyond them."""

    recipient = SignatureField("who receives it")
    subject = SignatureField("what it is about")
    key_points = SignatureField("what it must say, separated by commas", aliases=("context",))
    tone = SignatureField(_TONE, default="friendly and professional")
    email_body = SignatureField("greeting, text and closing", prefix="Email body:")


class CodeGeneration(BaseSignature):
    """Write code that meets the requirements: whole, runnable, with errors handled."""

    requirements = SignatureField("what the code must do")
    language = SignatureField("the programming language", default="Python")
    constraints = SignatureField("libraries, style, limits", default="")
    code = SignatureField("the code alone, without fences", prefix="Code:")
    explanation = SignatureField("how it works, in a few sentences", output=True)


class DataAnalysis(BaseSignature):
    """Answer a question from data. Use its numbers, and say what they cannot tell."""

    data = SignatureField("the data, as text, CSV or JSON")
    question = SignatureField("what is to be found out")
    analysis = SignatureField("the answer and how it follows", prefix="Analysis:")
    insights: list[str] = SignatureField("what else stands out, a line each", output=True)


class ReportGeneration(BaseSignature):
    """Write a report from findings, in sections with headings."""

    title = SignatureField("the title of the report")
    findings = SignatureField("what it reports", aliases=("data",))
    audience = SignatureField("who reads it", default="decision makers")
    report = SignatureField("the report in Markdown", prefix="Report:")


SIGNATURES: MappingProxyType[str, Any] = MappingProxyType(
    {
        signature.__name__: signature
        for signature in (
            DraftText, ReviseText, ExpandText, RefineText,
            CritiqueText, SummarizeText, ExtractInfo, ClassifyText,
            RespondToUser, ClarifyIntent, GenerateFollowUp, ResolveQuery,
            EmailDraft, CodeGeneration, DataAnalysis, ReportGeneration,
        )
    }
)  # fmt: skip
"""The signatures of the library by name."""
