"""Backups of one installation: the database, the files that it names, and the keys.

    TO/
      files/ab/<sha256>             every file once, whichever backups name it
      2026-11-25T193045Z/           a backup that is whole: it got this name when it was
        manifest.json               what it is of, how many of everything, and each part's SHA-256
        files.jsonl                 a line for each file: key, sha256, size
        database.dump               pg_dump's custom format
        keys/                       secret_key, and the certificate authority of TLS=1
      .unfinished-…/                one that is being made, or died

The database's snapshot comes first and names the files. They never change, and `catalog/holding.py` keeps them there
until they are copied, so nothing has to stop meanwhile.
"""
