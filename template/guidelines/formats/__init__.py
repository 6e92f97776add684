"""How a report is written, one module per format. Each has `render(report) -> str`."""
