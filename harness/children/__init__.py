"""Other people's code in processes of its own: what it says is JSON and raw numbers, and its end is one sentence.

The process that judges imports none of that code and unpickles nothing of it. A child can hang, print, exit, die by a
signal or send nonsense: each is a :class:`Lost` whose words complete a sentence ("died with SIGILL while importing").
This keeps accidents and false replies apart from the judge; it is no sandbox against a program that attacks the files
or the processes of its user.
"""

from harness.children.frames import frame, private_pipes, receive_frame, send_frame
from harness.children.process import Child, Lost, ending, one_line, stop

__all__ = ["Child", "Lost", "ending", "frame", "one_line", "private_pipes", "receive_frame", "send_frame", "stop"]
