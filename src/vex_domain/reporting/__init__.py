"""Figures that are kept when something happens and add up exactly: tallies, histograms, what a change counts."""
