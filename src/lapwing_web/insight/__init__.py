"""Read-only: attrition and statistics."""
