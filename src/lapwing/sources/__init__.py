"""Lists fetched from who publishes them: the only part of the library that uses a network.

What a publisher sends is checked before anything changes; what looks wrong is held for a person, and the last
good version stays in use.
"""
