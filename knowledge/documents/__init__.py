"""Files to documents, one module for each form. They run in a process of their own (`__main__`), without settings.

Every byte that they read is hostile: they build no path from it, fetch nothing, and give back Markdown that is rendered
safely elsewhere. What is wrong with a file is a `Fault` with a `Reason`; `knowledge/import_words.py` says it in words.
"""
