"""Pages that join applications: home, search, glossary, refusals."""
