"""Is it any good? Gold questions, measures, runs, reports."""
