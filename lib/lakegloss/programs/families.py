"""Defines the eight families of prompts that retrieval systems use, each with a signature.

Beside them stand two tasks of reasoning about what the families gave.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field

from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.signatures import BaseSignature, SignatureField

_COUNT = "at most so many"


class PromptFamily(StrEnum):
    """What a prompt is for."""

    ENTITY_EXTRACTION = "entity_extraction"
    SUMMARIZATION = "summarization"
    QUERY_PROCESSING = "query_processing"
    DOCUMENT_ANALYSIS = "document_analysis"
    RELATIONSHIP_EXTRACTION = "relationship_extraction"
    ANSWER_GENERATION = "answer_generation"
    CONTEXT_COMPRESSION = "context_compression"
    QUESTION_REFORMULATION = "question_reformulation"


class Entity(BaseModel):
    """Something that a text names."""

    name: str
    type: str
    description: str


class Relationship(BaseModel):
    """How one entity stands to another, with the strength of the link from 0 to 1."""

    source: str
    target: str
    relation: str
    strength: float = Field(ge=0, le=1)


class ExtractEntities(BaseSignature):
    """Extract the entities that the text names, each once, under the name that the text gives it.

    Only types that are asked for count. What the text does not name is no entity.
    """

    text = SignatureField("the text to read")
    entity_types: list[str] = SignatureField("the types to look for; empty means all", default=[])
    entities: list[Entity] = SignatureField("name, type and a line from the text", output=True)


class SummarizeContent(BaseSignature):
    """Summarise the content: its main points with their figures, nothing that is not in it."""

    content = SignatureField("the text to summarise")
    focus = SignatureField("what matters to the reader", default="")
    max_words: int = SignatureField("words of the summary", default=120, minimum=5, maximum=5_000)
    summary = SignatureField("the summary", output=True)
    key_points: list[str] = SignatureField("the main points, a line each", output=True)


class ProcessQuery(BaseSignature):
    """Prepare a query for retrieval: what is wanted, and the words to look for."""

    query = SignatureField("what the user typed")
    conversation = SignatureField("what was said before, if anything", default="")
    intent = SignatureField("what the user wants to know or do", output=True)
    high_level_keywords: list[str] = SignatureField("themes and concepts", output=True)
    low_level_keywords: list[str] = SignatureField("names, terms, numbers", output=True)


class AnalyzeDocument(BaseSignature):
    """Analyse a document: what kind it is, what it is about, how it is built."""

    document = SignatureField("the text to analyse")
    document_type = SignatureField("the kind, such as contract or report", output=True)
    topics: list[str] = SignatureField("its topics, main one first", output=True)
    structure: list[str] = SignatureField("its parts in order, a line each", output=True)
    language = SignatureField("the language it is written in", output=True)


class ExtractRelationships(BaseSignature):
    """Extract how the entities stand to each other. Only links that the text states count."""

    text = SignatureField("the text to read")
    entities: list[str] = SignatureField("names of the entities to link", default=[])
    relationships: list[Relationship] = SignatureField(
        "source, target, relation in a few words, strength", output=True
    )


class GenerateAnswer(BaseSignature):
    """Answer the question from the context alone. Where it does not hold the answer, say so."""

    question = SignatureField("the question")
    context: list[str] = SignatureField("passages to rely on")
    answer = SignatureField("the answer", output=True)
    used_passages: list[int] = SignatureField("numbers of the passages used, from 0", output=True)
    answerable: bool = SignatureField("whether the context holds the answer", output=True)


class CompressContext(BaseSignature):
    """Shorten the context to what helps with the question; keep names, figures and conditions."""

    context = SignatureField("the text to shorten")
    question = SignatureField("what it is needed for")
    max_words: int = SignatureField("words to keep", default=200, minimum=5, maximum=10_000)
    compressed_context = SignatureField("the shortened text", output=True)


class ReformulateQuestion(BaseSignature):
    """Reword the question so that it stands alone and retrieves better, its meaning unchanged."""

    question = SignatureField("the question")
    conversation = SignatureField("what was said before, if anything", default="")
    count: int = SignatureField(_COUNT, default=3, minimum=1, maximum=20)
    standalone_question = SignatureField("the question without need of context", output=True)
    alternatives: list[str] = SignatureField("other wordings, best first", output=True)


class VerifyGraph(BaseSignature):
    """Check links between entities against the text. Keep those that it states, mend the others.

    A link that the text does not state is left out. One that it states and that lacks is added.
    """

    text = SignatureField("the text that the links are to come from")
    links: list[Relationship] = SignatureField("the links to check")
    verified: list[Relationship] = SignatureField("the links that the text states", output=True)


class ReflectOnAnswer(BaseSignature):
    """Look at an answer again: does the context bear it out, and does it meet the question?"""

    question = SignatureField("the question")
    context: list[str] = SignatureField("passages to rely on", default=[])
    given_answer = SignatureField("the answer to look at again")
    holds: bool = SignatureField("whether the answer can stay as it is", output=True)
    answer = SignatureField("the answer, mended where necessary", output=True)


FAMILIES: MappingProxyType[PromptFamily, Any] = MappingProxyType(
    {
        PromptFamily.ENTITY_EXTRACTION: ExtractEntities,
        PromptFamily.SUMMARIZATION: SummarizeContent,
        PromptFamily.QUERY_PROCESSING: ProcessQuery,
        PromptFamily.DOCUMENT_ANALYSIS: AnalyzeDocument,
        PromptFamily.RELATIONSHIP_EXTRACTION: ExtractRelationships,
        PromptFamily.ANSWER_GENERATION: GenerateAnswer,
        PromptFamily.CONTEXT_COMPRESSION: CompressContext,
        PromptFamily.QUESTION_REFORMULATION: ReformulateQuestion,
    }
)
"""The signature of each family."""

REASONING: MappingProxyType[str, Any] = MappingProxyType(
    {"graph_verification": VerifyGraph, "general_reflection": ReflectOnAnswer}
)
"""The signature of each task of reasoning."""

NAMED_SIGNATURES: MappingProxyType[str, Any] = MappingProxyType(
    {
        **SIGNATURES,
        **{signature.__name__: signature for signature in FAMILIES.values()},
        **{family.value: signature for family, signature in FAMILIES.items()},
        **{signature.__name__: signature for signature in REASONING.values()},
        **REASONING,
    }
)
"""All signatures of lakegloss by name; those of families and tasks by these names, too."""
LISTED_SIGNATURES: tuple[str, ...] = tuple(
    name for name, signature in NAMED_SIGNATURES.items() if name == signature.__name__
)
"""Their names, each signature once."""


def canonical_name(program: str) -> str:
    """The name of the signature where a program is called by that of its family or task."""
    signature = NAMED_SIGNATURES.get(program)
    return program if signature is None else str(signature.__name__)
