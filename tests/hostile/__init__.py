"""A site over a sheet in which every cell of every tab was written by somebody who means harm, or by a broken program."""
