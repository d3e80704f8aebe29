"""The same hashing and matching over a folder or an object store of millions of files.

A job has a folder. Its source is listed once, in parts (`listing`); each part is hashed and written whole
(`parts`); what the parts have is gathered by content, so that copies of a file lie together (`shards`), and
compared with lists there (`matches`). Whoever does it, processes here or Spark (`engines`), runs those same
functions over the numbers of the parts and shards that are not there yet: so a kill costs the parts in hand,
what one engine began the other can finish, and the results are the same bytes.
"""
