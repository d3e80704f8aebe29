"""The nouns of prevention."""

from lapwing_web.prevention.models.own_list import Grade, OwnEntry

__all__ = ["Grade", "OwnEntry"]
