"""A local HTTP service that says whether hashes, a file or URLs are on lists.

It speaks RSGI, the interface of the server it runs on (granian), so that a look-up costs little more than the
reading of its request.
"""
