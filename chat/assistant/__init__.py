"""The assistant: a library within, without rows, sockets or tasks. It begins at `respond.respond`."""

import os

# Nothing leaves the machine without a row in the ledger: whatever the environment says, LangChain sends no traces.
for _name in ("LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGCHAIN_TRACING"):
    os.environ[_name] = "false"
