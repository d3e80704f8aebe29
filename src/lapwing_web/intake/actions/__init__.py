"""What is done with what arrives: gathered, kept, and, when it cannot be read, cleared by a person."""
