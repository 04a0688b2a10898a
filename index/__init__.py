"""Articles become a searchable index; knows nothing of questions, of models that talk, or of the web."""
