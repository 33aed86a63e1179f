"""Scripts that take labelled people out of the packages that carry them; each runs in `.venv-quality` alone."""
