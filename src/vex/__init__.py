"""VEX's Python SDK and command line: models, transports, importing of other desks' exports."""
