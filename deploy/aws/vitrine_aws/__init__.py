"""Vitrine on AWS: what is asked for by `app.py`, priced by `costs.py`."""
