"""The error tree of the index floor. Every message says what was wrong and what to do next.

IndexFloorError
├── UnreadableFile     a file that cannot be read (reported by name; the rest goes on)
├── NothingToIndex     the folder does not exist or holds nothing readable
├── NoIndex            there is no index at this place yet
├── IndexMismatch      the index was made by another model, format or version
├── IndexDamaged       a checksum or a file of the index is wrong
├── IndexLocked        another process is building this index
├── IndexWriteFailed   the disk is full, or the place cannot be written
└── EmbedderError      the embedding model cannot be loaded or used
"""


class IndexFloorError(Exception):
    """Anything the index floor refuses; the message is one sentence and what to do."""


class UnreadableFile(IndexFloorError):
    """This file cannot be read; the message names it and says why."""


class NothingToIndex(IndexFloorError):
    """The folder is missing, or nothing in it can be read."""


class NoIndex(IndexFloorError):
    """No index stands at the given place."""


class IndexMismatch(IndexFloorError):
    """The index does not fit this program or this embedding model."""


class IndexDamaged(IndexFloorError):
    """A file of the index is missing or not what the manifest says."""


class IndexLocked(IndexFloorError):
    """Another process is writing this index."""


class IndexWriteFailed(IndexFloorError):
    """The index could not be written; the old one is unharmed."""


class EmbedderError(IndexFloorError):
    """The embedding model cannot be loaded or used."""
