"""How the embedded model was made; runs again from the data folder with one command."""
