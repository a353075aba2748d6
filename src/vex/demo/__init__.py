"""The main job, from an empty machine to verified tickets, for somebody who watches."""
