"""How the web server is started, wherever it is: by `make run`, by tests, by the bench."""

APPLICATION = "vitrine.config.rsgi:application"
GRANIAN = ("-m", "granian", "--interface", "rsgi", "--no-ws", "--no-access-log")
"""What Python is told, but for where and by how many processes. How many threads is ours to say (settings.THREADS)."""
