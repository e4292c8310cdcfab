"""What stands round all pages: their frame, the clock, the palette, the way in."""
