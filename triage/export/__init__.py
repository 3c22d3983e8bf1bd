"""Documents: postmortems of clusters and investigations as Markdown, HTML and JSON."""
