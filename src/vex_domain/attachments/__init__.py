"""Rules of attachments: names, contents, chunks, downloads. Plain functions over bytes and numbers."""
