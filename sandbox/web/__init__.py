"""What the pages for people and the control API share: templates, protection, live changes."""
