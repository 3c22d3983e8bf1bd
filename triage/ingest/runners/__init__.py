"""What the readers of one runner share: the texts of pytest, Go, JUnit and others, whatever document they come in."""
