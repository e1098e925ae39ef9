"""One trace from a request through its job to the engine's commands, for whoever names an OpenTelemetry collector."""
