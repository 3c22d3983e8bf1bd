"""Pure functions over the model: what a failed run means. The same figure on the screen, in JSON, in exports."""
