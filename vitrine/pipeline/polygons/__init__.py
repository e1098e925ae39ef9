"""OBJ, STL and PLY: files of bare polygons, read by readers of our own and written as one core GLB.

Everything here but `child.py` runs in a child of its own (`python -m vitrine.pipeline.polygons`). Why no library
reads them: docs/adr/0007.
"""
