"""USDZ: made from a core GLB for Quick Look, checked, and read back.

Everything here but the steps' side of it runs in a child of its own (`python -m vitrine.pipeline.usdz`),
because a parser written in C++ may die on a file and must not take the worker with it.

Matrices are 4×4, double, for row vectors (`point @ matrix`), as USD writes them; glTF's column-major
sixteen numbers, read row by row, are just that.
"""
