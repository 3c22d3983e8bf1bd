"""Hand-written test reports in Markdown, taken apart: blocks, facts, cases. The reader puts them together."""
