"""What this project gets from the template it came from: more components, and updates."""
