"""An answer becomes a page and an API; thin, without retrieval logic."""
