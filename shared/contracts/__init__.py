"""The contracts as others read them: JSON Schema and AsyncAPI, made from the code alone.

Reading order: `carried` (which topic carries what), `schemas` (a JSON Schema for each event type),
`asyncapi` (topics, who sends and receives), `routes` (served by every service).
"""

from shared.contracts.asyncapi import document
from shared.contracts.carried import CARRIED, is_decided, producer
from shared.contracts.schemas import event_schema

__all__ = ["CARRIED", "document", "event_schema", "is_decided", "producer"]
