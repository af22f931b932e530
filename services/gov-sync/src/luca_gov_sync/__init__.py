"""Path 3 of Luca: every grade of a quarter to the government, provably complete."""
