"""The demo products: each module builds one, from geometry.py, textures.py and surfaces.py."""
