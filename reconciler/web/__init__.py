"""The local page of `gwctl ui`: server-rendered, without scripts, for one person in one browser."""
