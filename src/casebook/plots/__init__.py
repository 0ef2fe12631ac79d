"""Figures of the casebook: each module draws the data frames that a room of it returns."""
