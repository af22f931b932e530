"""What every service stands on: settings, logs, correlation, metrics, problems and the life cycle."""
