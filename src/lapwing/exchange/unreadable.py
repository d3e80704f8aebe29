"""What is raised when a document cannot be read, or a report cannot be put into a format."""


class Unreadable(Exception):
    """A document is not what it should be. `where` says exactly where: a line and column, or a byte, with a
    path.
    """

    def __init__(self, sentence: str, where: str = "") -> None:
        self.sentence = sentence
        self.where = where
        super().__init__(sentence, where)

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence


class Malformed(Unreadable):
    """It is not even the kind of text that it should be: XML that is not well formed, JSON that is not
    JSON."""


class Unwritable(Exception):
    """A report lacks something without which the format would not be valid. `sentence` says what."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)
