"""The service's own numbers: counted in each process for next to nothing, added up in Redis, read at /metrics."""
