"""The pages: what each address shows and does."""
