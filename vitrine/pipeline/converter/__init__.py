"""FBX and USDZ to GLB, where Blender's Python module is installed: never a requirement, never imported by us.

It is GPL, and it wants libraries of its own. So it runs as another Python's process (`blender.py`), confined as
every tool is.
"""
