"""What the assistant does besides answering from articles: look-ups, actions, and procedures of a few steps.

All of it works without a model: what is asked, looked up and said comes from what the owner wrote.
"""
