"""One module a format. Each exports ``READER``; the registry finds it by being here."""
